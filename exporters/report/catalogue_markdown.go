package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Markdown writes the catalogue as a page of a wiki: a table of all journeys, a section for
// each journey and each SLO of its own, the teams, and what is missing. With the address of
// a Grafana, the sections link to the dashboards there.
func (c Catalogue) Markdown(w io.Writer, dashboards string) error {
	p := &cataloguePage{w: bufio.NewWriter(w), dashboards: strings.TrimRight(dashboards, "/"), teams: map[string]teamEntry{}, text: c.text}
	for _, t := range c.Teams {
		p.teams[t.Name] = t
	}
	p.overview(c)
	for _, j := range c.Journeys {
		p.journey(j)
	}
	for _, o := range c.SLOs {
		p.slo(o)
	}
	p.listTeams(c.Teams)
	p.gaps(c.Gaps)
	return p.w.Flush()
}

type cataloguePage struct {
	w          *bufio.Writer
	dashboards string // without a slash at the end; "" for none
	teams      map[string]teamEntry
	text       func(diag.Phrase) string
}

// sayLine writes one line in the language of the catalogue.
func (p *cataloguePage) sayLine(format string, args ...any) {
	p.line("%s", p.text(diag.Say(format, args...)))
}

// line writes one line; errors of the writer surface at Flush.
func (p *cataloguePage) line(format string, args ...any) {
	p.w.WriteString(fmt.Sprintf(format, args...) + "\n") //nolint:errcheck // see above
}

// section begins one. Those of journeys and SLOs are headed by ids alone, which sites make
// anchors of as they are, and stand before those that a journey might be called like.
func (p *cataloguePage) section(heading string) { p.line("\n## %s", heading) }

func (p *cataloguePage) overview(c Catalogue) {
	steps := 0
	for _, j := range c.Journeys {
		steps += len(j.Steps)
	}
	p.sayLine("# Journeys and their owners")
	p.line("")
	p.sayLine("%s with %s, %s, %s.",
		countPhrase(len(c.Journeys), diag.Say("journey"), "journeys"), countPhrase(steps, diag.Say("step"), "steps"),
		countPhrase(len(c.SLOs), diag.Say("SLO in a document of its own"), "SLOs in documents of their own"), countPhrase(len(c.Teams), diag.Say("team"), "teams"))
	if len(c.Journeys) == 0 {
		return
	}
	p.line("")
	p.sayLine("| journey | title | owner | objective | stage |")
	p.line("|---|---|---|---|---|")
	for _, j := range c.Journeys {
		p.line("| [%s](#%s) | %s | %s | %s | %s |", j.ID, j.ID, words.Markdown(plainOf(j.Title)), words.Markdown(j.Owner), p.objectives(j.Objectives), j.Stage)
	}
}

func (p *cataloguePage) journey(j journeyEntry) {
	p.section(j.ID)
	p.about(j.aboutEntry)
	if j.Compose != slo.Series {
		p.fact(diag.Say("Composed as"), string(j.Compose))
	}
	p.facts(j.aboutEntry, j.placeEntry)
	p.line("")
	p.sayLine("| step | title | owner | objective | what it is |")
	p.line("|---|---|---|---|---|")
	for _, s := range j.Steps {
		name := s.Step
		if s.Shared {
			name = fmt.Sprintf("%s: [%s](#%s)", s.Step, s.ID, s.ID)
		}
		p.line("| %s | %s | %s | %s | %s |", name, words.Markdown(plainOf(s.Title)), words.Markdown(s.Owner), p.objectives(s.Objectives), words.Markdown(plainOf(s.Description)))
	}
}

func (p *cataloguePage) slo(o sloEntry) {
	p.section(o.ID)
	p.about(o.aboutEntry)
	if len(o.Journeys) > 0 {
		var links []string
		for _, id := range o.Journeys {
			links = append(links, fmt.Sprintf("[%s](#%s)", id, id))
		}
		p.cell(diag.Say("Step of"), strings.Join(links, ", "))
	}
	p.facts(o.aboutEntry, o.placeEntry)
}

// about writes what something is, and begins the table of facts.
func (p *cataloguePage) about(a aboutEntry) {
	if a.Title != nil {
		p.line("\n**%s**", words.Markdown(*a.Title))
	}
	if a.Description != nil {
		p.line("\n%s", words.Markdown(*a.Description))
	}
	p.line("\n| | |\n|---|---|")
	p.fact(diag.Say("Owner"), p.ownerText(a.Owner))
	for _, o := range a.Objectives {
		p.cell(diag.Say("Objective"), p.objective(o))
	}
	p.fact(diag.Say("Stage"), string(a.Stage))
}

func (p *cataloguePage) ownerText(name string) string {
	t := p.teams[name] // not there when only steps are asked for
	text := with(plainOf(t.Title), name)
	if t.Contact != nil {
		text += ", " + *t.Contact
	}
	return text
}

func (p *cataloguePage) fact(name diag.Phrase, text string) {
	if text != "" {
		p.cell(name, words.Markdown(text))
	}
}

// cell writes a fact that is Markdown.
func (p *cataloguePage) cell(name diag.Phrase, text string) {
	p.line("| %s | %s |", p.text(name), text)
}

func (p *cataloguePage) facts(a aboutEntry, place placeEntry) {
	p.fact(diag.Say("When the budget is spent"), plainOf(a.WhenSpent))
	for _, key := range slices.Sorted(maps.Keys(a.Labels)) {
		p.fact(diag.Say("Label %s", words.Markdown(key)), a.Labels[key])
	}
	p.fact(diag.Say("Measured by"), plainOf(a.Source))
	var links []string
	if a.Runbook != nil {
		links = append(links, words.MarkdownLink(p.text(diag.Say("Runbook")), *a.Runbook))
	}
	if p.dashboards != "" {
		links = append(links, words.MarkdownLink(p.text(diag.Say("Dashboard")), p.dashboards+"/d/"+uid.Of(a.ID)))
	}
	for _, l := range a.Links {
		links = append(links, words.MarkdownLink(plainOf(l.Title), l.URL))
	}
	if len(links) > 0 {
		p.cell(diag.Say("Links"), strings.Join(links, ", "))
	}
	p.fact(diag.Say("Written in"), place.File)
}

// objectives is all objectives in a cell.
func (p *cataloguePage) objectives(objectives []targetEntry) string {
	var texts []string
	for _, o := range objectives {
		texts = append(texts, p.objective(o))
	}
	return strings.Join(texts, "; ")
}

// objective is one objective, in Markdown.
func (p *cataloguePage) objective(o targetEntry) string {
	text := diag.Say("%s over %s", o.Target, o.Window)
	if o.TimeZone != nil {
		text = diag.Say("%s over the %s (%s)", o.Target, o.Window, *o.TimeZone)
	}
	if o.Name != o.Window {
		text = diag.Say("%s: %s", o.Name, text)
	}
	if o.Alerts != nil {
		text = diag.Say("%s, alerts %s", text, *o.Alerts)
	}
	return words.Markdown(p.text(text))
}

func (p *cataloguePage) listTeams(teams []teamEntry) {
	if len(teams) == 0 {
		return
	}
	p.section(p.text(diag.Say("Teams")))
	p.line("")
	p.sayLine("| team | title | contact | told by | owns |")
	p.line("|---|---|---|---|---|")
	for _, t := range teams {
		p.line("| %s | %s | %s | %s | %s |", t.Name, words.Markdown(plainOf(t.Title)), words.Markdown(plainOf(t.Contact)),
			words.Markdown(strings.Join(t.Notify, ", ")), words.Markdown(strings.Join(t.owned(), ", ")))
	}
}

// countPhrase is a number with its noun, whose plural is English.
func countPhrase(n int, one diag.Phrase, many string) diag.Phrase {
	if n == 1 {
		return diag.Say("%d %s", n, one)
	}
	return diag.Say("%d %s", n, one.Inflected(many))
}

func (p *cataloguePage) gaps(gaps []gapEntry) {
	for i, g := range gaps {
		if i == 0 {
			p.section(p.text(diag.Say("What is missing")))
		}
		if i == 0 || gaps[i-1].Gap != g.Gap {
			p.line("")
			p.sayLine("**%s**: %s; %s.", g.Gap, words.Markdown(g.Message), words.Markdown(strings.TrimRight(g.Remedy, ".。")))
			p.line("")
		}
		p.line("- %s (%s)", words.Markdown(g.ID), words.Markdown(g.placeText()))
	}
}
