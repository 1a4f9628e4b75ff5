package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/diag/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const key = hostile.Key

// golden is one finding or several about one source. The first place of mark
// in the source is the span of the first finding, unless it has one.
type golden struct {
	name    string
	source  string // the whole file; "" when it cannot be read
	mark    string
	list    diag.List
	color   bool
	noLines bool
	accepts bool // what is accepted is printed as well
	locale  diag.Language
}

func goldens() []golden {
	const spec = "kind: Journey\nspec:\n  target: 100\n"
	one := func(d diag.Diagnostic) diag.List {
		if d.Severity == 0 {
			d.Severity = diag.Error
		}
		if d.Code == "" {
			d.Code = diag.CodeValue
		}
		return diag.List{d}
	}
	severities := diag.List{
		{Code: diag.CodeTarget, Severity: diag.Error, Message: diag.Verbatim("target 100 leaves no error budget"), Label: diag.Verbatim("must be below 100"), Hint: diag.Verbatim("use 99.99")},
		{Code: diag.CodeValue, Severity: diag.Warning, Span: lineSpan(1, 7, 1, 14), Message: diag.Verbatim("a warning")},
		{Code: diag.CodeValue, Severity: diag.Info, Span: lineSpan(2, 1, 2, 5), Message: diag.Verbatim("a trait"), Hint: diag.Verbatim("nothing to do")},
	}
	spoken := diag.List{
		{
			Code: diag.CodeTarget, Severity: diag.Error, Message: diag.Say("target %s leaves no error budget", "100"), Label: diag.Say("the second one"),
			Hint:    diag.Say("use less than 100%%; 99.99%% allows 4m 2s of failure in 28 days"),
			Related: []diag.Related{{Span: lineSpan(1, 7, 1, 14), Message: diag.Say("the first one is at %s", lineSpan(1, 7, 1, 14))}},
		},
		{Code: diag.CodeNRQLPattern, Severity: diag.Warning, Span: lineSpan(1, 7, 1, 14), Message: diag.Say("NRQL: %s", diag.Say("RLIKE matches the whole value anyway"))},
		{Code: diag.CodeNRQLSampled, Severity: diag.Info, Span: lineSpan(2, 1, 2, 5), Message: diag.Verbatim("what somebody else said")},
	}
	accepted := diag.List{
		{Code: diag.CodeCeiling, Severity: diag.Warning, Message: diag.Verbatim("a warning"), Hint: diag.Verbatim("use 99"), Acceptance: "The contract says so: " + key},
		{Code: diag.CodeValue, Severity: diag.Warning, Span: lineSpan(1, 7, 1, 14), Message: diag.Verbatim("one that counts"), Hint: diag.Verbatim("correct it")},
		{
			Code: diag.CodeNRQLSampled, Severity: diag.Info, Span: lineSpan(2, 1, 2, 5), Message: diag.Verbatim("a trait"), Acceptance: "割合は正しい。",
			Related: []diag.Related{{Message: diag.Verbatim("it is elsewhere too")}},
		},
	}
	return []golden{
		{name: "accepted", source: spec, mark: "100", list: accepted},
		{name: "accepted_shown", source: spec, mark: "100", list: accepted, accepts: true},
		{name: "accepted_japanese", source: spec, mark: "100", list: accepted, accepts: true, locale: japanese.Language()},
		{name: "severities", source: spec, mark: "100", list: severities},
		{name: "color", source: spec, mark: "100", list: severities, color: true},
		{name: "japanese", source: spec, mark: "100", list: spoken, locale: japanese.Language()},
		{name: "no_lines", list: severities, noLines: true},
		{name: "line_not_found", list: one(diag.Diagnostic{Span: lineSpan(99, 1, 99, 2), Message: diag.Verbatim("behind the end"), Hint: diag.Verbatim("hint")})},
		{name: "no_place", source: spec, list: one(diag.Diagnostic{Span: diag.Span{File: "f.yaml"}, Message: diag.Verbatim("about the whole file")})},
		{name: "no_file", source: spec, list: one(diag.Diagnostic{Span: diag.Span{}, Message: diag.Verbatim("about nothing that is written")})},
		{name: "empty", list: diag.List{}},
		{name: "tab", source: "a:\tb\t= x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("carets behind tabs")})},
		{name: "tab_inside", source: "a\tb\n", mark: "a\tb", list: one(diag.Diagnostic{Message: diag.Verbatim("a tab takes one caret")})},
		{name: "wide", source: "title: 決済 (注文) x\n", mark: "注文", list: one(diag.Diagnostic{Message: diag.Verbatim("注文 is not known"), Label: diag.Verbatim("ここ")})},
		{name: "wide_before", source: "title: 決済ｶ x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("behind wide and half-width characters")})},
		{name: "ambiguous", source: "α…→§ x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("widths that differ between locales")})},
		{name: "combining", source: "e\u0301te\u0301 = x\n", mark: "e\u0301te\u0301", list: one(diag.Diagnostic{Message: diag.Verbatim("marks take no column")})},
		{name: "combining_before", source: "e\u0301te\u0301 = x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("marks take no column")})},
		{name: "emoji", source: "title: 👨‍👩‍👧🇯🇵👍🏽 = x\n", mark: "🇯🇵👍🏽", list: one(diag.Diagnostic{Message: diag.Verbatim("what is joined takes two columns"), Label: diag.Verbatim("a flag and a thumb")})},
		{name: "emoji_before", source: "👨‍👩‍👧\t🇯🇵👍🏽 = x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("behind a family, a tab, a flag and a thumb")})},
		{name: "emoji_inside", source: "a 👨‍👩‍👧 b\n", mark: "\u200d👧", list: one(diag.Diagnostic{Message: diag.Verbatim("within a family")})},
		{name: "lines", source: "where: |\n  a = 1 AND  \n  b\n", mark: "a = 1 AND  \n  b", list: one(diag.Diagnostic{Message: diag.Verbatim("the first line is shown")})},
		{name: "line_end", source: "key:\n", list: one(diag.Diagnostic{Span: lineSpan(1, 5, 1, 5), Message: diag.Verbatim("a value is missing")})},
		{name: "beyond_line", source: "key:\n", list: one(diag.Diagnostic{Span: lineSpan(1, 50, 1, 60), Message: diag.Verbatim("carets stay near the line")})},
		{name: "empty_line", source: "a\n\nb\n", list: one(diag.Diagnostic{Span: lineSpan(2, 1, 2, 1), Message: diag.Verbatim("nothing here")})},
		{name: "long_line", source: strings.Repeat("a ", 200) + "MARK" + strings.Repeat(" b", 200) + "\n", mark: "MARK", list: one(diag.Diagnostic{Message: diag.Verbatim("only what is around it")})},
		{name: "long_line_start", source: "MARK" + strings.Repeat(" b", 200) + "\n", mark: "MARK", list: one(diag.Diagnostic{Message: diag.Verbatim("cut at the end")})},
		{name: "long_span", source: "MARK" + strings.Repeat("b", 400) + "\n", mark: "MARK" + strings.Repeat("b", 400), list: one(diag.Diagnostic{Message: diag.Verbatim("carets end with the line")})},
		{name: "large_line_number", source: strings.Repeat("\n", 123455) + "x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("six digits")})},
		{name: "related", source: "a: 1\nb: 2\na: 3\n", list: one(diag.Diagnostic{
			Code: diag.CodeDuplicate, Span: lineSpan(3, 1, 3, 2), Message: diag.Verbatim("a stands twice"), Hint: diag.Verbatim("keep one"),
			Related: []diag.Related{
				{Span: lineSpan(1, 1, 1, 2), Message: diag.Verbatim("the first one is at f.yaml:1:1")},
				{Span: lineSpan(2, 1, 2, 2), Message: diag.Verbatim("this one is fine")},
			},
		})},
		{name: "control", source: "a: \x1b[2J\u202e\u2028\u009b31m\x00 x\n", mark: "x", list: one(diag.Diagnostic{
			Span: diag.Span{File: "\x1b[31m.yaml"}, Message: diag.Verbatim("bad \x1b[31m\u202e\nerror: faked"), Label: diag.Verbatim("\x07bell"), Hint: diag.Verbatim("not \u009b or \u2066"),
			Related: []diag.Related{{Message: diag.Verbatim("\rover it")}},
		})},
		{name: "secret", source: "apiKey: " + key + " x\n", mark: key, list: one(diag.Diagnostic{
			Code: diag.CodeSecret, Message: diag.Verbatim("the key " + key + " stands in the file"), Label: diag.Verbatim("not " + key),
			Hint:    diag.Verbatim("revoke " + key + ", then use {env: NEW_RELIC_API_KEY}"),
			Related: []diag.Related{{Message: diag.Verbatim("also " + key)}},
		})},
		{name: "secret_before", source: "a: " + key + ", b: _" + key + " x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("two keys before")})},
		{name: "secret_partly", source: "a: " + key + " x\n", mark: key[10:] + " x", list: one(diag.Diagnostic{Message: diag.Verbatim("from within a key")})},
		{name: "secret_wide", source: "鍵: " + key + " 値\n", mark: "値", list: one(diag.Diagnostic{Message: diag.Verbatim("wide characters on both sides")})},
		{name: "secret_none", source: "# NRQL-like, not NRAK, x\n", mark: "x", list: one(diag.Diagnostic{Message: diag.Verbatim("NRQL-based words are no keys")})},
	}
}

func lineSpan(line, column, endLine, endColumn int) diag.Span {
	return diag.Span{
		File: "f.yaml", Start: diag.Position{Line: line, Column: column}, End: diag.Position{Line: endLine, Column: endColumn},
	}
}

// findings returns the list with the span of its first finding filled in.
func (g golden) findings(t *testing.T) diag.List {
	t.Helper()
	list := append(diag.List{}, g.list...)
	if g.mark == "" {
		return list
	}
	offset := strings.Index(g.source, g.mark)
	if offset < 0 {
		t.Fatalf("%q is not in the source", g.mark)
	}
	file := "f.yaml"
	if list[0].Span.File != "" {
		file = list[0].Span.File
	}
	list[0].Span = diag.PlainText(g.source, file, diag.Position{Line: 1, Column: 1}).Span(offset, offset+len(g.mark))
	return list
}

func (g golden) options() render.Options {
	if g.noLines {
		return render.Options{Color: g.color, Language: g.locale}
	}
	return render.Options{Color: g.color, Language: g.locale, Accepted: g.accepts, Lines: func(_ string, line int) (string, bool) {
		lines := strings.Split(g.source, "\n")
		if g.source == "" || line > len(lines) {
			return "", false
		}
		return lines[line-1], true
	}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var text, document bytes.Buffer
			if err := render.Text(&text, g.findings(t), g.options()); err != nil {
				t.Fatal(err)
			}
			if err := render.JSON(&document, g.findings(t), g.locale); err != nil {
				t.Fatal(err)
			}
			compare(t, g.name+".txt", text.Bytes())
			compare(t, g.name+".json", document.Bytes())

			for _, out := range []string{text.String(), document.String()} {
				if strings.Contains(out, key[5:]) {
					t.Errorf("the output holds a key:\n%s", out)
				}
				if !g.color && strings.ContainsAny(out, "\x1b\x00\x07\r\u009b\u202e\u2066") {
					t.Errorf("the output holds control characters: %q", out)
				}
			}
		})
	}
}

func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestJSONKeys(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	list := diag.List{{Code: diag.CodeTarget, Severity: diag.Warning, Span: lineSpan(3, 5, 4, 1), Message: diag.Verbatim("a <b> & c"), Hint: diag.Verbatim("h")}}
	if err := render.JSON(&b, list, nil); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"schema": "slojourn.diagnostics/v1",
		"findings": []any{map[string]any{
			"code": "SLO007", "severity": "warning", "file": "f.yaml", "line": 3.0, "column": 5.0,
			"endLine": 4.0, "endColumn": 1.0, "message": "a <b> & c", "hint": "h",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if !strings.Contains(b.String(), "a <b> & c") {
		t.Errorf("signs are escaped as for HTML:\n%s", b.String())
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	const tail = "0123456789ABCDEFGHIJKLMNOPQ" // 27 characters, as New Relic's keys have
	tests := []struct{ text, want string }{
		{"NRAK-" + tail, "NRAK-…"},
		{"NRAK-short, NRII-x_y-z", "NRAK-…, NRII-…"},
		{"said nrak-" + strings.ToLower(tail) + "!", "said nrak-…!"},
		{"Nraa-" + tail, "Nraa-…"},
		{"0123456789abcdef0123456789abcdefFFFFNRAL", "…"},
		{"eu01xx789abcdef0123456789abcdefffffnral1", "eu01xx789abcdef0123456789abcdefffffnral1"},
		{"enrol-now, unripe, NRQL-like, nrql-" + strings.ToLower(tail), "enrol-now, unripe, NRQL-like, nrql-" + strings.ToLower(tail)},
	}
	for _, test := range tests {
		if got := render.Mask(test.text); got != test.want {
			t.Errorf("Mask(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

// TestEncode keeps every character for programs and shows none to a terminal.
func TestEncode(t *testing.T) {
	t.Parallel()
	const hostile = "\x1b]0;owned\x07 \u202e\u2066 \u2028 \u009b31m \x7f\r\n\ttab 名 <&>"
	var b bytes.Buffer
	if err := render.Encode(&b, map[string]string{"a\u202e": hostile}); err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"a\\u202e\": \"" +
		`\u001b]0;owned\u0007 \u202e\u2066 \u2028 \u009b31m \u007f\r\n\ttab 名 <&>` + "\"\n}\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	var got map[string]string
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got["a\u202e"] != hostile {
		t.Errorf("reads back as %q, %v", got, err)
	}
}

// TestLinesAreReadOnce prints many findings about one line. Each must cost
// what it prints and not what the line is long.
func TestLinesAreReadOnce(t *testing.T) {
	t.Parallel()
	text := "a: " + key + strings.Repeat(", b: 1", 1000)
	var list diag.List
	for i := range 100 {
		list.Errorf(diag.CodeValue, lineSpan(1, 40+i, 1, 41+i), diag.Phrase{}, "finding")
	}
	list.Errorf(diag.CodeValue, lineSpan(2, 1, 2, 2), diag.Phrase{}, "finding")
	calls := 0
	var got bytes.Buffer
	err := render.Text(&got, list, render.Options{Lines: func(_ string, line int) (string, bool) {
		calls++
		return text, line == 1
	}})
	if err != nil || calls != 2 {
		t.Errorf("%d calls, want 2; %v", calls, err)
	}
	if shown := strings.Count(got.String(), "    1 | "); shown != 100 {
		t.Errorf("the line is shown under %d findings, want 100", shown)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	list := diag.List{{Code: diag.CodeTarget, Severity: diag.Error, Message: diag.Verbatim("m")}}
	if err := render.Text(fullDisk{}, list, render.Options{}); !errors.Is(err, errFull) {
		t.Errorf("Text returned %v", err)
	}
	if err := render.JSON(fullDisk{}, list, nil); !errors.Is(err, errFull) {
		t.Errorf("JSON returned %v", err)
	}
	if err := render.Encode(fullDisk{}, func() {}); err == nil || errors.Is(err, errFull) {
		t.Errorf("Encode of a function returned %v", err)
	}
	if err := render.SARIF(fullDisk{}, list, tool()); !errors.Is(err, errFull) {
		t.Errorf("SARIF returned %v", err)
	}
	if err := render.GitHub(fullDisk{}, list, nil); !errors.Is(err, errFull) {
		t.Errorf("GitHub returned %v", err)
	}
	if err := render.Azure(fullDisk{}, list, nil); !errors.Is(err, errFull) {
		t.Errorf("Azure returned %v", err)
	}
}
