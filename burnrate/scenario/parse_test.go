package scenario_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/scenario"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/diag/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestBad reads every file of testdata/bad. The .golden file beside it holds
// what people see: each mistake with its place and what to write instead; the .ja.golden
// file holds the same in Japanese.
func TestBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.burn")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".burn"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, list := scenario.Parse(filepath.Base(file), string(data), slo.BuiltInPolicies())
			if !list.Failed() {
				t.Error("there is no error")
			}
			lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
			line := func(_ string, line int) (string, bool) {
				if line > len(lines) {
					return "", false
				}
				return strings.TrimRight(lines[line-1], "\r"), true
			}
			for extension, language := range map[string]diag.Language{".golden": nil, ".ja.golden": japanese.Language()} {
				var text bytes.Buffer
				if err := render.Text(&text, list, render.Options{Lines: line, Language: language}); err != nil {
					t.Fatal(err)
				}
				isGolden(t, strings.TrimSuffix(file, ".burn")+extension, text.String())
			}
		})
	}
}

// FuzzParse reads anything. Errors stand in the file and in order, and what has
// none runs, if it is short.
func FuzzParse(f *testing.F) {
	f.Add("slo target=99.9% window=30d\nload 1m good=9 bad=9 for 1h\nexpect page within 10m\nexpect no ticket for 1h\n")
	f.Add("slo a target=90% window=day timeZone=Asia/Tokyo\nslo b\njourney j steps=a,b compose=pooled target=90% window=1d policy=paging-1d\n" +
		"load 5m good=9 b bad=7 for 1h\nload 1m a gap b no-traffic for 1h\ncorrect 0m..5m at 9m b bad=7\nexclude 5m..9m j effect=good\n" +
		"expect resolved page j reason=excluded within 5m..9m\nexpect page j step=b long=30m short=5m kind=burn within 9m\nexpect ticket level=80% within 1h\n")
	f.Add("slo a target=90% window=1d stage=observe source=logs\nslo b\nobjective b x target=90% window=1h policy=paging-1d\n" +
		"journey j steps=a,b compose=weighted weights=3,1 target=90% window=1h\njourney k steps=b compose=measured target=90% window=1h\n" +
		"load 1m good=9 k bad=2 for 2h\nfail 5m..50m logs\ndelay 3m..70m b\ncorrect 6m..9m at 20m a bad=1\nexpect no page source:logs kind=source for 1h\n" +
		"expect page a stage=observe objective=1d kind=noTraffic within 1h\n")
	for _, file := range []string{"statements", "declarations", "more", "bytes"} {
		data, err := os.ReadFile("testdata/bad/" + file + ".burn")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, list := scenario.Parse("fuzz.burn", text, slo.BuiltInPolicies())
		lines := strings.Count(text, "\n") + 1
		for _, d := range list {
			if start := d.Span.Start; start.Line < 1 || start.Line > lines || start.Column < 1 || d.Message.Empty() {
				t.Errorf("a finding at %s: %q", d.Span, d.Message)
			}
		}
		again := slices.Clone(list)
		again.Sort()
		if diff := cmp.Diff(again, list); diff != "" {
			t.Errorf("findings are not in order (-sorted +got):\n%s", diff)
		}
		if list.Failed() || s.Minutes() > 300 {
			return
		}
		if _, err := s.Run(); err != nil {
			t.Error(err)
		}
	})
}

// isGolden wants a text to be what a file holds. With -update it writes the file.
func isGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
