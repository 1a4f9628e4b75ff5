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

func TestAzure(t *testing.T) {
	t.Parallel()
	list := diag.List{
		{Code: diag.CodeTarget, Severity: diag.Error, Span: lineSpan(14, 13, 14, 16), Message: diag.Verbatim("target 100 leaves no error budget"), Hint: diag.Verbatim("use 99.99%")},
		{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(2, 3, 4, 1), Message: diag.Verbatim("over lines")},
		{Code: diag.CodeReference, Severity: diag.Error, Span: diag.Span{File: "a;b].yaml"}, Message: diag.Verbatim("about the whole file")},
		{Code: diag.CodeValue, Severity: diag.Error, Message: diag.Verbatim("about nothing that is written")},
		{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: lineSpan(5, 1, 5, 2), Message: diag.Verbatim("twice"), Hint: diag.Verbatim("rename one"),
			Related: []diag.Related{{Span: lineSpan(1, 2, 1, 3), Message: diag.Verbatim("the first one is at f.yaml:1:2")}},
		},
		{Code: diag.CodeReference, Severity: diag.Info, Span: lineSpan(7, 2, 7, 3), Message: diag.Verbatim("worth knowing"), Hint: diag.Verbatim("no ##vso[task.complete]")},
		{Code: diag.CodeReference, Severity: diag.Info, Message: diag.Verbatim("about nothing that is written")},
		{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(9, 1, 9, 2), Message: diag.Verbatim("accepted"), Acceptance: "The contract says so."},
	}
	var out bytes.Buffer
	if err := render.Azure(&out, list, nil); err != nil {
		t.Fatal(err)
	}
	want := `##vso[task.logissue type=error;sourcepath=f.yaml;linenumber=14;columnnumber=13;code=SLO007;]target 100 leaves no error budget%0Ahint: use 99.99%AZP25
##vso[task.logissue type=warning;sourcepath=f.yaml;linenumber=2;columnnumber=3;code=SLO021;]over lines
##vso[task.logissue type=error;sourcepath=a%3Bb%5D.yaml;code=SLO011;]about the whole file
##vso[task.logissue type=error;code=SLO013;]about nothing that is written
##vso[task.logissue type=error;sourcepath=f.yaml;linenumber=5;columnnumber=1;code=SLO010;]twice%0Ahint: rename one%0Anote: the first one is at f.yaml:1:2
info: f.yaml:7:2: worth knowing; hint: no ##vso(task.complete] [SLO011]
info: about nothing that is written [SLO011]
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// readIssue takes a logging command apart as the agent of Azure Pipelines does.
func readIssue(t *testing.T, line string) (properties map[string]string, message string) {
	t.Helper()
	begin := strings.Index(line, "##vso[")
	area, data, found := strings.Cut(line[max(begin, 0):], "]")
	parts := regexp.MustCompile(`^##vso\[task\.logissue (.*)$`).FindStringSubmatch(area)
	if begin != 0 || !found || parts == nil {
		t.Fatalf("not a command: %q", line)
	}
	properties = map[string]string{}
	for property := range strings.SplitSeq(strings.TrimSuffix(parts[1], ";"), ";") {
		name, value, found := strings.Cut(property, "=")
		if !found {
			t.Fatalf("the property %q of %q has no value", property, line)
		}
		properties[name] = strings.NewReplacer("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%AZP25", "%").Replace(value)
	}
	return properties, strings.NewReplacer("%0D", "\r", "%0A", "\n", "%AZP25", "%").Replace(strings.TrimSuffix(data, "\n"))
}

func TestAzureIsReadAsMeant(t *testing.T) {
	t.Parallel()
	for name, text := range hostile.Texts() {
		if name == "key" {
			continue // changed on purpose
		}
		var out bytes.Buffer
		if err := render.Azure(&out, everywhere(text), nil); err != nil {
			t.Fatal(err)
		}
		properties, message := readIssue(t, out.String())
		shown := replaced(text)
		want := shown
		if text != "" {
			want += "\nhint: " + shown + "\nnote: " + shown
		}
		if message != want {
			t.Errorf("%s: the message is read as %q, want %q", name, message, want)
		}
		if properties["sourcepath"] != shown+".yaml" || properties["code"] != string(diag.CodeValue) || properties["linenumber"] != "1" || len(properties) != 5 {
			t.Errorf("%s: the properties are read as %v", name, properties)
		}
	}
}
