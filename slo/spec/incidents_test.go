package spec_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec"
)

const incidents = `# What should have paged in November.
- name: failed-release
  from: 2026-11-20T12:46:00+09:00
  to: 2026-11-20T13:01:00+09:00
  slos: [order-online/*, receipt-delivery]
  expect: page
  note: |
    Rolled back
    by hand.
- {name: 支払い が遅い, from: 2026-11-21T00:00:00Z, to: "2026-11-21T00:00:30.5Z"}
- {name: slow search, from: 2026-11-22T00:00:00Z, to: 2026-11-22T01:00:00Z, expect: ticket}
- {name: load test, from: 2026-11-23T00:00:00Z, to: 2026-11-23T01:00:00Z, expect: none}
`

func TestDecodeIncidents(t *testing.T) {
	t.Parallel()
	place := func(line, column, to int) diag.Span {
		return diag.Span{File: "i.yaml", Start: diag.Position{Line: line, Column: column}, End: diag.Position{Line: line, Column: to}}
	}
	day := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	want := []slo.Incident{
		{
			Name: "failed-release", From: day(20, 3).Add(46 * time.Minute), To: day(20, 4).Add(time.Minute), SLOs: []string{"order-online/*", "receipt-delivery"},
			Expect: slo.Page, Note: "Rolled back\nby hand.", Origin: place(2, 9, 23), Places: []diag.Span{place(5, 10, 24), place(5, 26, 42)},
		},
		{
			Name: "支払い が遅い", From: day(21, 0), To: day(21, 0).Add(30500 * time.Millisecond), Expect: slo.Page,
			Origin: place(10, 10, 17),
		},
		{Name: "slow search", From: day(22, 0), To: day(22, 1), Expect: slo.Ticket, Origin: place(11, 10, 21)},
		{Name: "load test", From: day(23, 0), To: day(23, 1), Origin: place(12, 10, 19)},
	}
	for name, data := range map[string]string{
		"as it is": incidents, "windows": strings.ReplaceAll(incidents, "\n", "\r\n"), "byte order mark": "\ufeff" + incidents,
		"a document that ends":                 incidents + "...\n# the end\n",
		"a document that begins after another": "# nothing\n---\n" + incidents,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, findings := spec.DecodeIncidents(spec.File{Name: "i.yaml", Data: []byte(data)})
			if len(findings) > 0 {
				t.Fatalf("findings: %v", findings)
			}
			if name == "a document that begins after another" {
				for i := range got {
					got[i].Origin.Start.Line -= 2
					got[i].Origin.End.Line -= 2
					for k := range got[i].Places {
						got[i].Places[k].Start.Line -= 2
						got[i].Places[k].End.Line -= 2
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	if updating() {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestDecodeBadIncidents reads every file of testdata/incidents/bad. The .golden file
// beside it holds what people see, and the names of the incidents that can be used; the
// .ja.golden file what they see in Japanese.
func TestDecodeBadIncidents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/incidents/bad/*.yaml")
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
			found, findings := spec.DecodeIncidents(spec.File{Name: filepath.Base(file), Data: data})
			if !findings.Failed() {
				t.Error("it is read without an error")
			}
			var text, inJapanese bytes.Buffer
			lines := strings.Split(string(data), "\n")
			line := func(_ string, number int) (string, bool) { return lines[number-1], true }
			if err := render.Text(&text, findings, render.Options{Lines: line}); err != nil {
				t.Fatal(err)
			}
			if err := render.Text(&inJapanese, findings, render.Options{Lines: line, Language: japanese.Language()}); err != nil {
				t.Fatal(err)
			}
			text.WriteString("\nread:")
			for _, incident := range found {
				fmt.Fprintf(&text, " %q", incident.Name)
			}
			text.WriteString("\n")
			compareGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", text.String())
			compareGolden(t, strings.TrimSuffix(file, ".yaml")+".ja.golden", inJapanese.String())
		})
	}
}

// TestDecodeHostileIncidents reads files that are made to hurt.
func TestDecodeHostileIncidents(t *testing.T) {
	t.Parallel()
	const entry = "- {name: %d, from: 2026-11-20T03:46:00Z, to: 2026-11-20T04:01:00Z}\n"
	bomb := "- &a0 [x, x]\n" + counted("- {name: &a%d x}\n", 30)
	for _, test := range []struct {
		name, data string
		code       diag.Code // "" when it is read
	}{
		{"many incidents", counted(entry, 3_000), ""},
		{"too long", counted(entry, 20_000), diag.CodeNotSupported},
		{"deep", strings.Repeat("- ", 20_000), diag.CodeSyntax},
		{"anchors", bomb, diag.CodeType},
		{"an alias to the list around it", "&a\n- *a\n", diag.CodeType},
		{"an alias to the incident around it", "- &a {name: *a}\n", diag.CodeType},
		{"one incident many times", strings.Replace(counted(entry, 1), "- {", "- &a {", 1) + strings.Repeat("- *a\n", 3_000), diag.CodeDuplicate},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found, findings := spec.DecodeIncidents(spec.File{Name: "f", Data: []byte(test.data)})
			if test.code == "" {
				if len(findings) > 0 || len(found) != 3_000 {
					t.Errorf("%d incidents, findings %s", len(found), first(findings))
				}
				return
			}
			if !slices.ContainsFunc(findings, func(d diag.Diagnostic) bool { return d.Code == test.code }) {
				t.Errorf("no %s among %d findings: %s", test.code, len(findings), first(findings))
			}
		})
	}
}

// FuzzDecodeIncidents feeds anything to the decoder: it must not panic, every finding
// must lie inside the file, and what it returns without one can be used.
func FuzzDecodeIncidents(f *testing.F) {
	f.Add([]byte(incidents))
	files, err := filepath.Glob("testdata/incidents/bad/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, findings := spec.DecodeIncidents(spec.File{Name: "f", Data: data})
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		for _, d := range findings {
			for _, at := range []diag.Position{d.Span.Start, d.Span.End} {
				if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len([]rune(lines[at.Line-1]))+2 {
					t.Errorf("%s %q at %+v is outside the %d lines", d.Code, d.Message, d.Span, len(lines))
				}
			}
		}
		if !findings.Failed() && len(found) == 0 {
			t.Error("neither incidents nor findings")
		}
		names := map[string]bool{}
		for i := range found {
			if found[i].Name == "" || names[found[i].Name] || found[i].Span().Len() == 0 || len(found[i].Places) != len(found[i].SLOs) {
				t.Errorf("%+v cannot be used", found[i])
			}
			names[found[i].Name] = true
		}
		slo.CheckIncidents(&slo.Set{}, found)
	})
}
