package render_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// TestAnnotations prints findings as what services show beside the lines of a change.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		finding       diag.Diagnostic
		github, azure string
	}{
		{
			diag.Diagnostic{Code: diag.CodeTarget, Severity: diag.Error, Span: lineSpan(14, 13, 14, 16), Message: diag.Verbatim("target 100 leaves no error budget"), Hint: diag.Verbatim("use 99.99%")},
			"::error file=f.yaml,line=14,endLine=14,col=13,endColumn=16,title=SLO007::target 100 leaves no error budget%0Ahint: use 99.99%25",
			"##vso[task.logissue type=error;sourcepath=f.yaml;linenumber=14;columnnumber=13;code=SLO007;]target 100 leaves no error budget%0Ahint: use 99.99%AZP25",
		},
		{
			diag.Diagnostic{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(2, 3, 4, 1), Message: diag.Verbatim("over lines: no columns")},
			"::warning file=f.yaml,line=2,endLine=4,title=SLO021::over lines: no columns",
			"##vso[task.logissue type=warning;sourcepath=f.yaml;linenumber=2;columnnumber=3;code=SLO021;]over lines: no columns",
		},
		{
			diag.Diagnostic{Code: diag.CodeReference, Severity: diag.Error, Span: diag.Span{File: "a,b:c;d].yaml"}, Message: diag.Verbatim("about the whole file")},
			"::error file=a%2Cb%3Ac;d].yaml,title=SLO011::about the whole file",
			"##vso[task.logissue type=error;sourcepath=a,b:c%3Bd%5D.yaml;code=SLO011;]about the whole file",
		},
		{
			diag.Diagnostic{Code: diag.CodeValue, Severity: diag.Error, Message: diag.Verbatim("about nothing that is written")},
			"::error title=SLO013::about nothing that is written",
			"##vso[task.logissue type=error;code=SLO013;]about nothing that is written",
		},
		{
			diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: lineSpan(5, 1, 5, 2), Message: diag.Verbatim("twice"), Hint: diag.Verbatim("rename one"),
				Related: []diag.Related{{Span: lineSpan(1, 2, 1, 3), Message: diag.Verbatim("the first one is at f.yaml:1:2")}},
			},
			"::error file=f.yaml,line=5,endLine=5,col=1,endColumn=2,title=SLO010::twice%0Ahint: rename one%0Anote: the first one is at f.yaml:1:2",
			"##vso[task.logissue type=error;sourcepath=f.yaml;linenumber=5;columnnumber=1;code=SLO010;]twice%0Ahint: rename one%0Anote: the first one is at f.yaml:1:2",
		},
		{ // Azure has no issues that are infos
			diag.Diagnostic{Code: diag.CodeReference, Severity: diag.Info, Span: lineSpan(7, 2, 7, 3), Message: diag.Verbatim("worth knowing"), Hint: diag.Verbatim("no ##vso[task.complete]")},
			"::notice file=f.yaml,line=7,endLine=7,col=2,endColumn=3,title=SLO011::worth knowing%0Ahint: no ##vso[task.complete]",
			"info: f.yaml:7:2: worth knowing; hint: no ##vso(task.complete] [SLO011]",
		},
		{
			diag.Diagnostic{Code: diag.CodeReference, Severity: diag.Info, Message: diag.Verbatim("about nothing that is written")},
			"::notice title=SLO011::about nothing that is written",
			"info: about nothing that is written [SLO011]",
		},
		{ // what is accepted is not annotated
			diag.Diagnostic{Code: diag.CodeCeiling, Severity: diag.Warning, Span: lineSpan(9, 1, 9, 2), Message: diag.Verbatim("accepted"), Acceptance: "The contract says so."},
			"", "",
		},
	} {
		for _, service := range []struct {
			print func(io.Writer, diag.List, diag.Language) error
			want  string
		}{{render.GitHub, test.github}, {render.Azure, test.azure}} {
			want := ""
			if service.want != "" {
				want = strings.Repeat(service.want+"\n", 2)
			}
			var out bytes.Buffer
			if err := service.print(&out, diag.List{test.finding, test.finding}, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, out.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
	}
}

// TestAnnotationsAreReadAsMeant takes what is printed of hostile texts apart as the services do.
func TestAnnotationsAreReadAsMeant(t *testing.T) {
	t.Parallel()
	for name, text := range hostile.Texts() {
		if name == "key" {
			continue // changed on purpose
		}
		shown := replaced(text)
		message := shown
		if text != "" {
			message += "\nhint: " + shown + "\nnote: " + shown
		}
		for _, service := range []struct {
			print func(io.Writer, diag.List, diag.Language) error
			read  func(t *testing.T, line string) (properties map[string]string, message string)
			want  map[string]string
		}{
			{render.GitHub, readCommand, map[string]string{
				"file": shown + ".yaml", "line": "1", "endLine": "1", "col": "1", "endColumn": "2", "title": "SLO013",
			}},
			{render.Azure, readIssue, map[string]string{
				"type": "error", "sourcepath": shown + ".yaml", "linenumber": "1", "columnnumber": "1", "code": "SLO013",
			}},
		} {
			var out bytes.Buffer
			if err := service.print(&out, everywhere(text), nil); err != nil {
				t.Fatal(err)
			}
			properties, got := service.read(t, out.String())
			if got != message {
				t.Errorf("%s: the message is read as %q, want %q", name, got, message)
			}
			if diff := cmp.Diff(service.want, properties); diff != "" {
				t.Errorf("%s: properties (-want +got):\n%s", name, diff)
			}
		}
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

// replaced has the characters of hostile texts replaced that change how a terminal looks.
func replaced(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("\x00\x07\x08\v\f\r\n\x1b\x7f\u0085\u009b\u2028\u2029\u202e\u2066\u2069", r) {
			return '�'
		}
		return r
	}, text)
}
