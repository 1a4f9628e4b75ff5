package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestDocsOfCommands keeps the outputs on the pages of some commands equal to
// what they print about the file on the page, and about others below comments with
// their names. An … on a line of its own stands for lines that are left out.
func TestDocsOfCommands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"validate", "fmt", "explain"} {
		path := "../../docs/" + name + ".md"
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		page := string(data)
		folder := t.TempDir()
		file := filepath.Join(folder, "checkout.yaml")
		writeFile(t, file, fenced(t, path, page, "```yaml\n"))
		for _, block := range strings.Split(page, "\n<!-- ")[1:] {
			if other, _, isFile := strings.Cut(block, " -->\n```yaml\n"); isFile {
				writeFile(t, filepath.Join(folder, other), fenced(t, path, block, "```yaml\n"))
			}
		}
		for _, block := range strings.Split(page, "```\n$ slojourn "+name+" ")[1:] {
			line, shown, _ := strings.Cut(block, "\n")
			shown, _, _ = strings.Cut(shown, "```")
			args := strings.Fields(line)
			for i, arg := range args {
				if strings.HasSuffix(arg, ".yaml") {
					args[i] = filepath.Join(folder, arg)
				}
			}
			_, printed, _ := command(t, append([]string{name}, args...)...)
			if rest, found := strings.CutPrefix(shown, "$ cat checkout.yaml\n"); found {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				shown, printed = rest, string(content)
			}
			printed = strings.NewReplacer("file://"+folder+"/", "", folder+"/", "").Replace(printed)
			checkShown(t, path+": "+line, shown, printed)
		}
	}
}

func checkShown(t *testing.T, name, shown, printed string) {
	t.Helper()
	if !strings.Contains(shown, "…\n") {
		if diff := cmp.Diff(shown, printed); diff != "" {
			t.Errorf("%s (-shown +printed):\n%s", name, diff)
		}
		return
	}
	from := 0
	for part := range strings.SplitSeq(shown, "…\n") {
		part = strings.TrimRight(part, " ")
		at := strings.Index(printed[from:], part)
		if at < 0 {
			t.Errorf("%s: the output has no\n%s", name, part)
			return
		}
		from += at + len(part)
	}
}

// TestTableOfFaults keeps the table of failures on the page about New Relic equal
// to what becomes of each fault in the tests of the source. What to do is
// written by hand.
func TestTableOfFaults(t *testing.T) {
	t.Parallel()
	const path = "../../docs/new-relic.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("../../sources/newrelic/testdata/faults.golden")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| fault | while it lasts | once | what to do |\n|---|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	faults := strings.Split(strings.TrimSpace(string(golden)), "\n\n")
	if kinds := simulator.FaultKinds(); len(rows) != len(kinds) || len(faults) != len(kinds) {
		t.Fatalf("%s has %d faults, the golden file %d, and the simulator %d", path, len(rows), len(faults), len(kinds))
	}
	for i, fault := range faults {
		lines := strings.Split(strings.ReplaceAll(fault, "nerdgraph.test", "HOST"), "\n")
		became := map[string]string{}
		for _, line := range lines[2:] {
			when, what, _ := strings.Cut(line, ":")
			became[strings.TrimSpace(when)] = strings.TrimSpace(what)
		}
		want := "| `" + lines[0] + "`: " + strings.TrimSpace(lines[1]) + " | " + became["counts"] + " | " + became["once"] + " | "
		if remedy, found := strings.CutPrefix(rows[i], want); !found || len(remedy) < len("Nothing. |") {
			t.Errorf("%s: the row\n%s\ndoes not begin with\n%s\nor does not go on with what to do", path, rows[i], want)
		}
	}
}
