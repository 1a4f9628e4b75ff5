package main

import (
	"bufio"
	"fmt"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// printHealthTable prints source by source what it is, what measuring takes, and
// the findings.
func printHealthTable(env environment, health []checkup, lines render.Lines) error {
	w, l := bufio.NewWriter(env.stdout), env.language()
	say := func(phrase diag.Phrase) { fmt.Fprintln(w, phrase.In(l)) } //nolint:errcheck // errors surface at Flush
	for i, c := range health {
		if i > 0 {
			fmt.Fprintln(w) //nolint:errcheck // errors surface at Flush
		}
		if file := c.source.File; file != nil {
			say(diag.Say("Source %s: not looked at, as it is the file %s; eval says what is wrong with it.", c.source.Name, render.Plain(file.Path)))
			continue
		}
		c.printHead(say)
		var list diag.List
		for _, f := range c.Findings {
			d := f.Diagnostic
			if len(f.SLOs) > 0 {
				d.Related = []diag.Related{{Message: diag.Say("concerns %s", few(f.SLOs))}}
			}
			list.Add(d)
		}
		if len(list) == 0 {
			say(diag.Say("Nothing is wrong with the account."))
			continue
		}
		fmt.Fprintln(w) //nolint:errcheck // as above
		if err := render.Text(w, list, render.Options{Lines: lines, Color: term.Color(env.stdout, env.getenv), Language: l}); err != nil {
			return err
		}
		fmt.Fprintln(w) //nolint:errcheck // as above
		say(diag.Say("%s.", tally(c.Findings)))
	}
	return w.Flush()
}

// printHead says whose account is looked at and what measuring takes.
func (c checkup) printHead(say func(diag.Phrase)) {
	account := diag.Say("account %d", c.source.NewRelic.AccountID)
	if c.Account != "" {
		account = diag.Say("account %d (%s)", c.source.NewRelic.AccountID, render.Plain(c.Account))
	}
	slos := diag.Say("%d SLOs", c.slos)
	if c.slos == 1 {
		slos = diag.Say("1 SLO")
	}
	say(diag.Say("Source %s, %s: %s", c.source.Name, account, slos))
	if c.User != "" {
		say(diag.Say("The key is that of %s.", render.Plain(c.User)))
	}
	say(diag.Say("Measuring asks %s queries a minute; slojourn's share of an account is %d.", decimal(c.QueriesPerMinute), nerdgraph.DefaultQueries))
	if c.RecordsPerHour > 0 {
		say(diag.Say("By the traffic of the last hour it inspects %.0f records an hour; the share is %.0f billion.", c.RecordsPerHour, nerdgraph.DefaultRecords/1e9))
	}
}

// mostIDs is how many ids a line lists.
const mostIDs = 8

func few(ids []string) diag.Phrase {
	if more := len(ids) - mostIDs; more > 0 {
		return diag.Say("%s and %d more", diag.Joined(ids[:mostIDs]), more)
	}
	return diag.Joined(ids)
}

// tally counts findings by severity.
func tally(findings []newrelic.Finding) diag.Phrase {
	counts := map[diag.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	var parts []diag.Phrase
	for _, of := range []struct {
		severity  diag.Severity
		one, many diag.Phrase
	}{
		{diag.Error, diag.Say("1 error"), diag.Say("%d errors", counts[diag.Error])},
		{diag.Warning, diag.Say("1 warning"), diag.Say("%d warnings", counts[diag.Warning])},
		{diag.Info, diag.Say("1 info"), diag.Say("%d infos", counts[diag.Info])},
	} {
		switch counts[of.severity] {
		case 0:
		case 1:
			parts = append(parts, of.one)
		default:
			parts = append(parts, of.many)
		}
	}
	return diag.Joined(parts)
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
			made.Findings = append(made.Findings, healthFinding{render.Findings(diag.List{f.Diagnostic}, env.language())[0], ids})
		}
		document.Sources = append(document.Sources, made)
	}
	return render.Encode(env.stdout, document)
}
