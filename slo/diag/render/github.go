package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// GitHub prints every finding as a workflow command of GitHub Actions, which
// shows it beside the changed line:
//
//	::error file=checkout.yaml,line=14,endLine=14,col=13,endColumn=16,title=SLO007::target 100 leaves no error budget
//
// The texts are in the given language. What is accepted is left out. GitHub takes columns only when a finding begins and ends on one line.
func GitHub(w io.Writer, list diag.List, l diag.Language) error {
	out := bufio.NewWriter(w)
	for _, d := range list.Counting() {
		properties := []string{}
		add := func(name string, value any) {
			properties = append(properties, name+"="+githubProperty(fmt.Sprint(value)))
		}
		if d.Span.File != "" {
			add("file", clean(d.Span.File))
		}
		if start, end := d.Span.Start, d.Span.End; start.Known() {
			add("line", start.Line)
			add("endLine", end.Line)
			if start.Line == end.Line {
				add("col", start.Column)
				add("endColumn", end.Column)
			}
		}
		add("title", d.Code)
		fmt.Fprintf(out, "::%s %s::%s\n", githubLevel(d.Severity), strings.Join(properties, ","), githubData(withPlaces(d, l))) //nolint:errcheck // surfaces at Flush
	}
	return out.Flush()
}

// withPlaces is the message with its hint and its related places, for which an
// annotation has no fields.
func withPlaces(d diag.Diagnostic, l diag.Language) string {
	text := withHint(d, l)
	for _, r := range d.Related {
		if r.Message.Empty() {
			continue
		}
		text += "\n" + note(clean(Mask(r.Message.In(l))), l)
	}
	return text
}

func githubLevel(s diag.Severity) string {
	if s == diag.Info {
		return "notice"
	}
	return s.String()
}

// githubData escapes what would end a command or begin the next one.
func githubData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// githubProperty also escapes what separates properties.
func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
