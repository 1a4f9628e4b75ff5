package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// Azure prints every finding as a logging command of Azure Pipelines, which lists it among
// the issues of a run, with its place:
//
//	##vso[task.logissue type=error;sourcepath=checkout.yaml;linenumber=14;columnnumber=13;code=SLO007;]target 100 leaves no error budget
//
// The texts are in the given language. There are errors and warnings alone, so that an info
// is a line of the log. What is accepted is left out.
func Azure(w io.Writer, list diag.List, l diag.Language) error {
	out := bufio.NewWriter(w)
	for _, d := range list.Counting() {
		if d.Severity == diag.Info {
			fmt.Fprintf(out, "%s: %s [%s]\n", d.Severity, azureLine(d, l), d.Code) //nolint:errcheck // surfaces at Flush
			continue
		}
		properties := "type=" + d.Severity.String() + ";"
		add := func(name string, value any) { properties += name + "=" + azureProperty(fmt.Sprint(value)) + ";" }
		if d.Span.File != "" {
			add("sourcepath", clean(d.Span.File))
		}
		if start := d.Span.Start; start.Known() {
			add("linenumber", start.Line)
			add("columnnumber", start.Column)
		}
		add("code", d.Code)
		fmt.Fprintf(out, "##vso[task.logissue %s]%s\n", properties, azureData(withPlaces(d, l))) //nolint:errcheck // surfaces at Flush
	}
	return out.Flush()
}

// azureLine is a finding on one line that is no command.
func azureLine(d diag.Diagnostic, l diag.Language) string {
	text := harmless(strings.ReplaceAll(withPlaces(d, l), "\n", "; "))
	if d.Span.File == "" && !d.Span.Start.Known() {
		return text
	}
	return harmless(d.Span.String()) + ": " + text
}

// azureData escapes what would end a command. The agent reads %AZP25 as a percent sign.
func azureData(text string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// azureProperty also escapes what separates properties and ends them.
func azureProperty(text string) string {
	return strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B").Replace(text)
}
