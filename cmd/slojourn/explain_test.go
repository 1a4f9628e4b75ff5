package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/docs"
)

// command runs a command line and returns its exit code and its output.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return commandIn(t, "", args...)
}

// commandIn does the same where LC_ALL says a locale.
func commandIn(t *testing.T, locale string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	getenv := func(name string) string {
		if name == "LC_ALL" {
			return locale
		}
		return ""
	}
	var out, errs bytes.Buffer
	code = run(t.Context(), environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: getenv, now: time.Now,
	}, args)
	return code, out.String(), errs.String()
}

func TestEveryCodeHasAPage(t *testing.T) {
	t.Parallel()
	declared, err := os.ReadFile("../../slo/diag/code.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, match := range regexp.MustCompile(`= "(SLO\d{3})"`).FindAllStringSubmatch(string(declared), -1) {
		codes = append(codes, match[1])
	}
	slices.Sort(codes)
	if diff := cmp.Diff(codes, diagnosticCodes()); diff != "" || len(codes) < 20 {
		t.Errorf("pages (-declared +explained):\n%s", diff)
	}
	for _, page := range docs.Diagnostics() {
		if !strings.HasPrefix(page.Text, "# "+page.Code+": "+page.Title+"\n\n") || page.Title == "" {
			t.Errorf("%s.md does not begin with its code and a title", page.Code)
		}
	}
}

// TestPagesAreTrue tries the examples of every page. Specs are validated, each
// as a file of a set that also holds base.yaml of docs/diagnostics.md, queries
// are checked as they are: the wrong one gives the code and is shown with its
// output, the right one gives neither errors nor warnings.
func TestPagesAreTrue(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("../../docs/diagnostics.md")
	if err != nil {
		t.Fatal(err)
	}
	mistake := regexp.MustCompile(`(?m)^[^ ]+: (error|warning): `)
	base := fenced(t, "docs/diagnostics.md", string(index), "```yaml\n")
	for _, page := range docs.Diagnostics() {
		t.Run(page.Code, func(t *testing.T) {
			t.Parallel()
			_, rest, _ := strings.Cut(page.Text, "\n## Wrong\n")
			wrong, right, found := strings.Cut(rest, "\n## Right\n")
			if !found {
				t.Fatal("the page has no sections Wrong and Right")
			}
			check, prompt := validated, "```\n$ slojourn validate specs\n"
			opening := regexp.MustCompile("```(yaml|nrql).*\n").FindString(wrong)
			if opening == "```nrql\n" {
				check, prompt = advised, "```\n$ slojourn nrql queries.nrql\n"
			}
			refused := check
			if served := "```\n$ slojourn serve --config operator --data-dir data specs\n"; strings.Contains(wrong, served) {
				refused, prompt = notServed, served
			}
			bad := fenced(t, page.Code, wrong, opening)
			if opening == "```yaml latin-1\n" {
				bad = latin1(t, bad)
			}
			output := refused(t, base, bad)
			if !strings.Contains(output, "["+page.Code+"]") {
				t.Errorf("the wrong example does not give %s:\n%s", page.Code, output)
			}
			if shown := fenced(t, page.Code, wrong, prompt); *update {
				text := strings.Replace(page.Text, prompt+shown+"```", prompt+output+"```", 1)
				if err := os.WriteFile("../../docs/diagnostics/"+page.Code+".md", []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(shown, output); diff != "" {
				t.Errorf("the output (-shown +printed):\n%s", diff)
			}
			opening = strings.TrimSuffix(opening, " latin-1\n")
			if output := check(t, base, fenced(t, page.Code, right, strings.TrimSpace(opening)+"\n")); mistake.MatchString(output) {
				t.Errorf("the right example gives\n%s", output)
			}
		})
	}
}

// TestJapanesePages compares the pages in Japanese with the English ones: the same
// examples, and what slojourn says of the wrong one in Japanese. With -update the examples
// and the outputs are written anew.
func TestJapanesePages(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("../../docs/diagnostics.md")
	if err != nil {
		t.Fatal(err)
	}
	base := fenced(t, "docs/diagnostics.md", string(index), "```yaml\n")
	for _, page := range docs.Diagnostics() {
		t.Run(page.Code, func(t *testing.T) {
			t.Parallel()
			translated, known := docs.Diagnostic(page.Code, "ja")
			if !known {
				t.Fatal("there is no page in Japanese")
			}
			if !strings.HasPrefix(translated.Text, "# "+page.Code+": "+translated.Title+"\n\n") || translated.Title == "" || translated.Title == page.Title {
				t.Error("the page does not begin with its code and a title in Japanese")
			}
			blocks := blocksOf.FindAllString(page.Text, -1)
			if len(blocks) != 3 {
				t.Fatalf("the English page has %d blocks", len(blocks))
			}
			blocks[1] = inJapanese(t, base, blocks)
			number := -1
			made := blocksOf.ReplaceAllStringFunc(translated.Text, func(old string) string {
				if number++; number < len(blocks) {
					return blocks[number]
				}
				return old
			})
			if number != len(blocks)-1 {
				t.Errorf("the page has %d blocks, want %d", number+1, len(blocks))
			}
			if *update {
				if err := os.WriteFile("../../docs/diagnostics/ja/"+page.Code+".md", []byte(made), 0o600); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(translated.Text, made); diff != "" {
				t.Errorf("the page (-shown +made):\n%s", diff)
			}
		})
	}
}

// blocksOf matches the blocks of a page.
var blocksOf = regexp.MustCompile("(?s)```.*?\n```\n")

// inJapanese is the second block of a page: what slojourn says in Japanese of the example
// in the first one.
func inJapanese(t *testing.T, base string, blocks []string) string {
	t.Helper()
	opening, _, _ := strings.Cut(blocks[0], "\n")
	example := fenced(t, "the page", blocks[0], opening+"\n")
	switch {
	case opening == "```yaml latin-1":
		example = latin1(t, example)
	case strings.Contains(blocks[1], "$ slojourn serve "):
		return "```\n$ LC_ALL=ja_JP.UTF-8 slojourn serve --config operator --data-dir data specs\n" + notServed(t, base, example, "ja_JP.UTF-8") + "```\n"
	case opening == "```nrql":
		return "```\n$ slojourn nrql --locale ja queries.nrql\n" + advised(t, base, example, "--locale", "ja") + "```\n"
	}
	return "```\n$ slojourn validate --locale ja specs\n" + validated(t, base, example, "--locale", "ja") + "```\n"
}

// fenced returns what stands between an opening line and the closing fence.
func fenced(t *testing.T, name, text, opening string) string {
	t.Helper()
	_, after, found := strings.Cut(text, opening)
	block, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatalf("%s has no block that begins with %q", name, opening)
	}
	return block
}

// validated prints the findings about a file of a set.
func validated(t *testing.T, base, text string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"base.yaml": base, "example.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := command(t, append([]string{"validate", dir}, flags...)...)
	if code > exitFindings || stderr != "" {
		t.Fatalf("exit code %d, stderr %s", code, stderr)
	}
	return strings.ReplaceAll(stdout, dir+"/", "specs/")
}

// notServed prints why a daemon does not begin with a file, beside those of the
// operator.
func notServed(t *testing.T, base, text string, locale ...string) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "operator", "base.yaml"), base)
	writeFile(t, filepath.Join(dir, "specs", "example.yaml"), text)
	code, stdout, stderr := commandIn(t, strings.Join(locale, ""), "serve", "--config", filepath.Join(dir, "operator"), "--data-dir", filepath.Join(dir, "data"), filepath.Join(dir, "specs"))
	if code != exitFindings || stdout != "" {
		t.Fatalf("exit code %d, stdout %s", code, stdout)
	}
	return strings.ReplaceAll(stderr, dir+"/", "")
}

// advised prints the findings about a query.
func advised(t *testing.T, _, text string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "queries.nrql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := command(t, append([]string{"nrql", filepath.Join(dir, "queries.nrql")}, flags...)...)
	if code > exitFindings || stderr != "" {
		t.Fatalf("exit code %d, stderr %s", code, stderr)
	}
	return strings.ReplaceAll(stdout, dir+"/", "")
}

func latin1(t *testing.T, text string) string {
	t.Helper()
	var bytes []byte
	for _, r := range text {
		if r > 0xff {
			t.Fatalf("%q is not in Latin-1", r)
		}
		bytes = append(bytes, byte(r))
	}
	return string(bytes)
}

// TestIndexOfCodes keeps the table of docs/diagnostics.md equal to the pages.
func TestIndexOfCodes(t *testing.T) {
	t.Parallel()
	const path = "../../docs/diagnostics.md"
	index, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	table := "| code | mostly | meaning |\n|---|---|---|\n"
	for _, page := range docs.Diagnostics() {
		// The severity is that of the example.
		severity := regexp.MustCompile(`: (\w+): .* \[` + page.Code + `\]`).FindStringSubmatch(page.Text)
		if severity == nil {
			t.Fatalf("%s: no example shows it", page.Code)
		}
		table += fmt.Sprintf("| [%s](diagnostics/%[1]s.md) ([ja](diagnostics/ja/%[1]s.md)) | %s | %s |\n", page.Code, severity[1], page.Title)
	}
	begin, rest, found := strings.Cut(string(index), "<!-- codes -->\n")
	shown, end, closed := strings.Cut(rest, "<!-- end of codes -->\n")
	if !found || !closed {
		t.Fatal("docs/diagnostics.md has no place for the table")
	}
	if *update {
		text := begin + "<!-- codes -->\n" + table + "<!-- end of codes -->\n" + end
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(shown, table); diff != "" {
		t.Errorf("the table (-shown +made):\n%s", diff)
	}
}
