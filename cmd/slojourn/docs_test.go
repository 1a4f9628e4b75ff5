package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocsOfCommands keeps the outputs on the pages of some commands equal to
// what they print about the file on the page. An … on a line of its own stands
// for lines that are left out.
func TestDocsOfCommands(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"validate", "fmt", "explain"} {
		path := "../../docs/" + name + ".md"
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		page := string(data)
		file := filepath.Join(t.TempDir(), "checkout.yaml")
		if err := os.WriteFile(file, []byte(fenced(t, path, page, "```yaml\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(page, "```\n$ slojourn "+name+" ")[1:] {
			line, shown, _ := strings.Cut(block, "\n")
			shown, _, _ = strings.Cut(shown, "```")
			args := strings.Fields(strings.ReplaceAll(line, "checkout.yaml", file))
			_, printed, _ := command(t, append([]string{name}, args...)...)
			if rest, found := strings.CutPrefix(shown, "$ cat checkout.yaml\n"); found {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				shown, printed = rest, string(content)
			}
			printed = strings.NewReplacer("file://"+file, "checkout.yaml", file, "checkout.yaml").Replace(printed)
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
