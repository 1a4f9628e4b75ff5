package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// printHealthTable prints source by source what it is, what measuring takes, and
// the findings.
func printHealthTable(env environment, health []checkup, lines render.Lines) error {
	w := bufio.NewWriter(env.stdout)
	for i, c := range health {
		if i > 0 {
			fmt.Fprintln(w) //nolint:errcheck // errors surface at Flush
		}
		if file := c.source.File; file != nil {
			fmt.Fprintf(w, "Source %s: not looked at, as it is the file %s; eval says what is wrong with it.\n", c.source.Name, render.Plain(file.Path)) //nolint:errcheck // as above
			continue
		}
		c.printHead(w)
		var list diag.List
		for _, f := range c.Findings {
			d := f.Diagnostic
			if len(f.SLOs) > 0 {
				d.Related = []diag.Related{{Message: "concerns " + few(f.SLOs)}}
			}
			list.Add(d)
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "Nothing is wrong.") //nolint:errcheck // as above
			continue
		}
		fmt.Fprintln(w) //nolint:errcheck // as above
		if err := render.Text(w, list, render.Options{Lines: lines, Color: term.Color(env.stdout, env.getenv)}); err != nil {
			return err
		}
		fmt.Fprintf(w, "\n%s.\n", tally(c.Findings)) //nolint:errcheck // as above
	}
	return w.Flush()
}

// printHead says whose account is looked at and what measuring takes.
func (c checkup) printHead(w io.Writer) {
	var b strings.Builder
	fmt.Fprintf(&b, "Source %s, account %d", c.source.Name, c.source.NewRelic.AccountID)
	if c.Account != "" {
		fmt.Fprintf(&b, " (%s)", render.Plain(c.Account))
	}
	fmt.Fprintf(&b, ": %s\n", countOf(c.slos, "SLO", "SLOs"))
	if c.User != "" {
		fmt.Fprintf(&b, "The key is that of %s.\n", render.Plain(c.User))
	}
	fmt.Fprintf(&b, "Measuring asks %s queries a minute; slojourn's share of an account is %d.\n", decimal(c.QueriesPerMinute), nerdgraph.DefaultQueries)
	if c.RecordsPerHour > 0 {
		fmt.Fprintf(&b, "By the traffic of the last hour it inspects %.0f records an hour; the share is %.0f billion.\n",
			c.RecordsPerHour, nerdgraph.DefaultRecords/1e9)
	}
	io.WriteString(w, b.String()) //nolint:errcheck // errors surface at Flush
}

// mostIDs is how many ids a line lists.
const mostIDs = 8

func few(ids []string) string {
	if more := len(ids) - mostIDs; more > 0 {
		return strings.Join(ids[:mostIDs], ", ") + " and " + strconv.Itoa(more) + " more"
	}
	return strings.Join(ids, ", ")
}

// tally counts findings by severity.
func tally(findings []newrelic.Finding) string {
	counts := map[diag.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	var parts []string
	for _, of := range []struct {
		severity  diag.Severity
		one, many string
	}{{diag.Error, "error", "errors"}, {diag.Warning, "warning", "warnings"}, {diag.Info, "info", "infos"}} {
		if n := counts[of.severity]; n > 0 {
			parts = append(parts, countOf(n, of.one, of.many))
		}
	}
	return strings.Join(parts, ", ")
}

// doctorSchema is the name and version of the JSON document.
const doctorSchema = "slojourn.doctor/v1"

type healthDocument struct {
	Schema  string         `json:"schema"`
	Sources []sourceHealth `json:"sources"`
}

type sourceHealth struct {
	Source           string          `json:"source"`
	File             string          `json:"file,omitempty"` // then nothing was looked at
	AccountID        int64           `json:"accountId"`
	Reached          bool            `json:"reached"`
	User             string          `json:"user"`
	Account          string          `json:"account"`
	SLOs             int             `json:"slos"`
	QueriesPerMinute float64         `json:"queriesPerMinute"`
	RecordsPerHour   float64         `json:"recordsPerHour"`
	Findings         []healthFinding `json:"findings"`
}

type healthFinding struct {
	render.Finding
	SLOs []string `json:"slos"`
}

// printHealthJSON prints the same as a document.
func printHealthJSON(env environment, health []checkup, _ render.Lines) error {
	document := healthDocument{Schema: doctorSchema, Sources: []sourceHealth{}}
	for _, c := range health {
		made := sourceHealth{
			Source: c.source.Name, AccountID: c.source.NewRelic.AccountID, Reached: c.Reached,
			User: render.Plain(c.User), Account: render.Plain(c.Account), SLOs: c.slos,
			QueriesPerMinute: c.QueriesPerMinute, RecordsPerHour: c.RecordsPerHour, Findings: []healthFinding{},
		}
		if c.source.File != nil {
			made.File = c.source.File.Path
		}
		for _, f := range c.Findings {
			ids := f.SLOs
			if ids == nil {
				ids = []string{}
			}
			made.Findings = append(made.Findings, healthFinding{render.Findings(diag.List{f.Diagnostic})[0], ids})
		}
		document.Sources = append(document.Sources, made)
	}
	return render.Encode(env.stdout, document)
}
