package render_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func TestGitHub(t *testing.T) {
	t.Parallel()
	list := diag.List{
		{Code: diag.CodeTarget, Severity: diag.Error, Span: lineSpan(14, 13, 14, 16), Message: diag.Verbatim("target 100 leaves no error budget"), Hint: diag.Verbatim("use 99.99%")},
		{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(2, 3, 4, 1), Message: diag.Verbatim("over lines: no columns")},
		{Code: diag.CodeReference, Severity: diag.Info, Span: diag.Span{File: "a,b:c.yaml"}, Message: diag.Verbatim("about the whole file")},
		{Code: diag.CodeValue, Severity: diag.Error, Message: diag.Verbatim("about nothing that is written")},
		{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: lineSpan(5, 1, 5, 2), Message: diag.Verbatim("twice"), Hint: diag.Verbatim("rename one"),
			Related: []diag.Related{{Span: lineSpan(1, 2, 1, 3), Message: diag.Verbatim("the first one is at f.yaml:1:2")}},
		},
		{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(9, 1, 9, 2), Message: diag.Verbatim("accepted"), Acceptance: "The contract says so."},
	}
	var out bytes.Buffer
	if err := render.GitHub(&out, list, nil); err != nil {
		t.Fatal(err)
	}
	want := `::error file=f.yaml,line=14,endLine=14,col=13,endColumn=16,title=SLO007::target 100 leaves no error budget%0Ahint: use 99.99%25
::warning file=f.yaml,line=2,endLine=4,title=SLO021::over lines: no columns
::notice file=a%2Cb%3Ac.yaml,title=SLO011::about the whole file
::error title=SLO013::about nothing that is written
::error file=f.yaml,line=5,endLine=5,col=1,endColumn=2,title=SLO010::twice%0Ahint: rename one%0Anote: the first one is at f.yaml:1:2
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// readCommand takes a workflow command apart as the runner of GitHub Actions
// does.
func readCommand(t *testing.T, line string) (properties map[string]string, message string) {
	t.Helper()
	parts := regexp.MustCompile(`^::(error|warning|notice) (.*?)::(.*)\n$`).FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("not a command: %q", line)
	}
	properties = map[string]string{}
	for property := range strings.SplitSeq(parts[2], ",") {
		name, value, found := strings.Cut(property, "=")
		if !found {
			t.Fatalf("the property %q of %q has no value", property, line)
		}
		properties[name] = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",").Replace(value)
	}
	return properties, strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n").Replace(parts[3])
}

func TestGitHubIsReadAsMeant(t *testing.T) {
	t.Parallel()
	for name, text := range hostile.Texts() {
		if name == "key" {
			continue // changed on purpose
		}
		var out bytes.Buffer
		if err := render.GitHub(&out, everywhere(text), nil); err != nil {
			t.Fatal(err)
		}
		properties, message := readCommand(t, out.String())
		shown := replaced(text)
		want := shown
		if text != "" {
			want += "\nhint: " + shown + "\nnote: " + shown
		}
		if message != want {
			t.Errorf("%s: the message is read as %q, want %q", name, message, want)
		}
		if properties["file"] != shown+".yaml" || properties["title"] != string(diag.CodeValue) || len(properties) != 6 {
			t.Errorf("%s: the properties are read as %v", name, properties)
		}
	}
}

// replaced has the characters of hostile texts replaced that change how a terminal looks.
func replaced(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("\x00\x07\x08\v\f\r\n\x1b\x7f\u0085\u009b\u2028\u2029\u202e\u2066\u2069", r) {
			return '�'
		}
		return r
	}, text)
}
