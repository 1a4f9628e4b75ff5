package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/draft"
)

// prompted matches the lines of a dialogue that end with an answer.
var prompted = regexp.MustCompile(`(?m)^(?:\[.*\] )?> (.*)$`)

// TestInitPage has the dialogue on the page of init, runs its commands, and compares what
// the page says is printed and written. With -update it writes down what happens now.
func TestInitPage(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	const path, pageEndpoint = "../../docs/init.md", "http://127.0.0.1:8800/graphql"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	endpoint, variables := serveShop(t)
	dir := t.TempDir()
	var played strings.Builder
	marker, inside := "", false
	var block strings.Builder
	for line := range strings.Lines(string(text)) {
		switch {
		case !inside:
			played.WriteString(line)
			if strings.HasPrefix(line, "```") {
				inside = true
				block.Reset()
			} else if strings.TrimSpace(line) != "" {
				marker = strings.TrimSpace(line)
			}
			continue
		case !strings.HasPrefix(line, "```"):
			block.WriteString(line)
			continue
		}
		inside = false
		shown := block.String()
		switch command, _, _ := strings.Cut(shown, "\n"); {
		case marker == "<!-- dialogue -->":
			p := onTerminal(t, 100, dir, variables, strings.Fields(strings.ReplaceAll(command, pageEndpoint, endpoint))[3:]...)
			for _, answer := range prompted.FindAllStringSubmatch(shown, -1) {
				p.sees("> ")
				p.types(answer[1] + "\n")
			}
			code, screen := p.ends()
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, screen)
			}
			shown = command + "\n" + screen
		case strings.HasPrefix(marker, "<!-- specs/"):
			written, err := os.ReadFile(filepath.Join(dir, strings.Fields(marker)[1]))
			if err != nil {
				t.Fatal(err)
			}
			shown = string(written)
		case strings.HasPrefix(shown, "$ "):
			shown = ""
			for _, command := range regexp.MustCompile(`(?m)^\$ .*$`).FindAllString(block.String(), -1) {
				shown += command + "\n" + printedBy(t, dir, variables, strings.Fields(command[2:]))
			}
		}
		played.WriteString(strings.ReplaceAll(shown, endpoint, pageEndpoint) + line)
		marker = ""
	}
	switch {
	case played.String() == string(text):
	case *update:
		if err := os.WriteFile(path, []byte(played.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the page is not what happens:\n%s", firstDifference(string(text), played.String()))
	}
	checkLayers(t, path, string(text))
}

// printedBy runs a command of the page, and returns what a terminal shows.
func printedBy(t *testing.T, dir string, variables, words []string) string {
	t.Helper()
	for strings.Contains(words[0], "=") { // it is among the variables
		words = words[1:]
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir, command.Env = dir, append(append(os.Environ(), "LC_ALL=C"), variables...)
	output, err := command.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return string(output)
}

// checkLayers keeps the table of layers equal to what there is. What is bad is written by
// hand.
func checkLayers(t *testing.T, path, page string) {
	t.Helper()
	_, table, _ := strings.Cut(page, "<!-- layers -->\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[2:]
	layers := draft.Layers()
	if len(rows) != len(layers) {
		t.Fatalf("%s has %d layers, want %d", path, len(rows), len(layers))
	}
	for i, layer := range layers {
		var keys []string
		for _, field := range layer.Fields {
			key := "`" + field.Key + "`"
			if field.Optional || field.Default != "" {
				key = "[" + key + "]"
			}
			keys = append(keys, key)
		}
		want := "| `" + layer.Name + "` | " + strings.Join(layer.Types, ", ") + " | " + strings.Join(keys, ", ") + " | "
		if !strings.HasPrefix(rows[i], want) {
			t.Errorf("%s: the row\n%s\ndoes not begin with\n%s", path, rows[i], want)
		}
	}
}
