package load_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/sources/newrelic"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestBad reads every file of testdata/bad. Each expected finding stands in a
// comment: # ERROR CODE "part of the message" (or WARNING, INFO, ACCEPTED), on the same line, one line below
// for each caret (# ERROR^ CODE …), or one line above for each v (# ERRORv CODE …). No
// other finding may come. The .golden file beside it holds what people see, and
// the .ja.golden file what they see in Japanese.
func TestBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			result, err := load.Load([]string{file}, nil, newrelic.Key, newrelic.Check)
			if err != nil {
				t.Fatal(err)
			}
			want := expected(t, string(data))
			var got []string
			for i, d := range result.Findings {
				severity := d.Severity.String()
				if d.Accepted() {
					severity = "accepted"
				}
				line := fmt.Sprintf("%d %s %s", d.Span.Start.Line, severity, d.Code)
				got = append(got, line)
				if i < len(want) && !strings.Contains(d.Message.String(), want[i].message) {
					t.Errorf("line %s: got message %q, want it to hold %q", line, d.Message, want[i].message)
				}
			}
			var places []string
			for _, w := range want {
				places = append(places, w.place)
			}
			if diff := cmp.Diff(places, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			if err := render.Text(&text, result.Findings, render.Options{Lines: result.Lines()}); err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", text.String())
			text.Reset()
			if err := render.Text(&text, result.Findings, render.Options{Lines: result.Lines(), Language: japanese.Language()}); err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".ja.golden", text.String())
		})
	}
}

type expectation struct{ place, message string }

func expected(t *testing.T, data string) []expectation {
	t.Helper()
	form := regexp.MustCompile(`# (ERROR|WARNING|INFO|ACCEPTED)(\^*|v*) (SLO\d{3}) "([^"]*)"`)
	var list []expectation
	for i, line := range strings.Split(data, "\n") {
		for _, m := range form.FindAllStringSubmatch(line, -1) {
			number := i + 1 - len(m[2])
			if strings.HasPrefix(m[2], "v") {
				number = i + 1 + len(m[2])
			}
			list = append(list, expectation{fmt.Sprintf("%d %s %s", number, strings.ToLower(m[1]), m[3]), m[4]})
		}
	}
	if len(list) == 0 {
		t.Fatal("no comment says what to expect")
	}
	return list
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// elsewhere are the codes that no file of this package can show: trust is the
// commands' business, and TIMESERIES is an error in specs.
var elsewhere = []string{"SLO019", "SLO022", "SLO068"}

// TestEveryCodeHasAFile looks for a file in testdata/bad that shows each code.
func TestEveryCodeHasAFile(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(data)
	}
	for _, code := range codes(t) {
		if strings.Contains(shown.String(), "["+code+"]") == slices.Contains(elsewhere, code) {
			t.Errorf("%s: shown by a file: %t", code, strings.Contains(shown.String(), "["+code+"]"))
		}
	}
}

// codes lists the codes that are declared.
func codes(t *testing.T) []string {
	t.Helper()
	declared, err := os.ReadFile("../../slo/diag/code.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile(`"(SLO\d{3})"`).FindAllStringSubmatch(string(declared), -1) {
		all = append(all, m[1])
	}
	if len(all) < 40 {
		t.Fatalf("found %d codes", len(all))
	}
	return all
}
