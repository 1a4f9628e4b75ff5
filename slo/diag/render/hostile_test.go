package render_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// everywhere puts a text into every field of a finding.
func everywhere(text string) diag.List {
	span := lineSpan(1, 1, 1, 2)
	span.File = text + ".yaml"
	return diag.List{{
		Code: diag.CodeValue, Severity: diag.Error, Span: span, Message: diag.Verbatim(text), Label: diag.Verbatim(text), Hint: diag.Verbatim(text),
		Related: []diag.Related{{Span: span, Message: diag.Verbatim(text)}},
	}, {
		Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(1, 1, 1, 2), Message: diag.Verbatim("accepted"), Acceptance: "as " + text,
	}}
}

// renderers returns all of them, with texts that say which one it is.
func renderers(source string) map[string]func(io.Writer, diag.List) error {
	return map[string]func(io.Writer, diag.List) error{
		"text": func(w io.Writer, list diag.List) error {
			return render.Text(w, list, render.Options{Accepted: true, Lines: func(string, int) (string, bool) { return source, true }})
		},
		"json":   func(w io.Writer, list diag.List) error { return render.JSON(w, list, nil) },
		"sarif":  func(w io.Writer, list diag.List) error { return render.SARIF(w, list, tool()) },
		"github": func(w io.Writer, list diag.List) error { return render.GitHub(w, list, nil) },
		"azure":  func(w io.Writer, list diag.List) error { return render.Azure(w, list, nil) },
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("little of it runs at once")
	}
	for name, text := range hostile.Texts() {
		for format, print := range renderers(text) {
			var out, again bytes.Buffer
			list := everywhere(text)
			if name == "key" { // a file's name is not masked, or nobody would find it
				list[0].Span.File, list[0].Related[0].Span.File = "f.yaml", "f.yaml"
			}
			if err := print(&out, list); err != nil {
				t.Fatal(err)
			}
			if err := print(&again, list); err != nil {
				t.Fatal(err)
			}
			if out.String() != again.String() {
				t.Errorf("%s, %s: two outputs differ", name, format)
			}
			if strings.Contains(out.String(), key[5:]) {
				t.Errorf("%s, %s: the key is printed:\n%s", name, format, &out)
			}
			for _, r := range out.String() {
				if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
					t.Errorf("%s, %s: U+%04X is printed:\n%q", name, format, r, &out)
					break
				}
			}
			switch format {
			case "json", "sarif":
				if !json.Valid(out.Bytes()) {
					t.Errorf("%s, %s: not JSON:\n%s", name, format, &out)
				}
			case "github", "azure":
				if lines := strings.Count(out.String(), "\n"); lines != 1 {
					t.Errorf("%s, %s: %d lines for one finding:\n%s", name, format, lines, &out)
				}
			case "text":
				for line := range strings.Lines(out.String()) {
					if strings.HasPrefix(strings.TrimSpace(line), "::") && !strings.HasPrefix(text, "::") {
						t.Errorf("%s, %s: a line that is a command: %q", name, format, line)
					}
					if strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
						t.Errorf("%s, %s: a line with a command: %q", name, format, line)
					}
				}
			}
		}
	}
}
