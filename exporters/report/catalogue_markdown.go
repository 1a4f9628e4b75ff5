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
)

// Markdown writes the catalogue as a page of a wiki: a table of all journeys, a section for
// each journey and each SLO of its own, the teams, and what is missing. With the address of
// a Grafana, the sections link to the dashboards there.
func (c Catalogue) Markdown(w io.Writer, dashboards string) error {
	p := &cataloguePage{w: bufio.NewWriter(w), dashboards: strings.TrimRight(dashboards, "/"), teams: map[string]teamEntry{}}
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
	p.line("# Journeys and their owners")
	p.line("\n%s with %s, %s, %s.", counted(len(c.Journeys), "journey", "journeys"), counted(steps, "step", "steps"),
		counted(len(c.SLOs), "SLO in a document of its own", "SLOs in documents of their own"), counted(len(c.Teams), "team", "teams"))
	if len(c.Journeys) == 0 {
		return
	}
	p.line("\n| journey | title | owner | objective | stage |\n|---|---|---|---|---|")
	for _, j := range c.Journeys {
		p.line("| [%s](#%s) | %s | %s | %s | %s |", j.ID, j.ID, words.Markdown(plainOf(j.Title)), words.Markdown(j.Owner), objectivesText(j.Objectives), j.Stage)
	}
}

func (p *cataloguePage) journey(j journeyEntry) {
	p.section(j.ID)
	p.about(j.aboutEntry)
	if j.Compose != slo.Series {
		p.fact("Composed as", string(j.Compose))
	}
	p.facts(j.aboutEntry, j.placeEntry)
	p.line("\n| step | title | owner | objective | what it is |\n|---|---|---|---|---|")
	for _, s := range j.Steps {
		name := s.Step
		if s.Shared {
			name = fmt.Sprintf("%s: [%s](#%s)", s.Step, s.ID, s.ID)
		}
		p.line("| %s | %s | %s | %s | %s |", name, words.Markdown(plainOf(s.Title)), words.Markdown(s.Owner), objectivesText(s.Objectives), words.Markdown(plainOf(s.Description)))
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
		p.line("| Step of | %s |", strings.Join(links, ", "))
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
	p.fact("Owner", p.ownerText(a.Owner))
	for _, o := range a.Objectives {
		p.line("| Objective | %s |", objectiveText(o))
	}
	p.fact("Stage", string(a.Stage))
}

func (p *cataloguePage) ownerText(name string) string {
	t := p.teams[name] // not there when only steps are asked for
	text := with(plainOf(t.Title), name)
	if t.Contact != nil {
		text += ", " + *t.Contact
	}
	return text
}

func (p *cataloguePage) fact(name, text string) {
	if text != "" {
		p.line("| %s | %s |", name, words.Markdown(text))
	}
}

func (p *cataloguePage) facts(a aboutEntry, place placeEntry) {
	p.fact("When the budget is spent", plainOf(a.WhenSpent))
	for _, key := range slices.Sorted(maps.Keys(a.Labels)) {
		p.fact("Label "+words.Markdown(key), a.Labels[key])
	}
	p.fact("Measured by", plainOf(a.Source))
	var links []string
	if a.Runbook != nil {
		links = append(links, words.MarkdownLink("Runbook", *a.Runbook))
	}
	if p.dashboards != "" {
		links = append(links, words.MarkdownLink("Dashboard", p.dashboards+"/d/"+uid.Of(a.ID)))
	}
	for _, l := range a.Links {
		links = append(links, words.MarkdownLink(plainOf(l.Title), l.URL))
	}
	if len(links) > 0 {
		p.line("| Links | %s |", strings.Join(links, ", "))
	}
	p.fact("Written in", place.File)
}

// objectivesText is all objectives in a cell.
func objectivesText(objectives []targetEntry) string {
	var texts []string
	for _, o := range objectives {
		texts = append(texts, objectiveText(o))
	}
	return strings.Join(texts, "; ")
}

// objectiveText is one objective, in Markdown.
func objectiveText(o targetEntry) string {
	text := o.Target + " over " + objectiveRecord{Window: o.Window, TimeZone: plainOf(o.TimeZone)}.windowText()
	if o.Name != o.Window {
		text = o.Name + ": " + text
	}
	if o.Alerts != nil {
		text += ", alerts " + *o.Alerts
	}
	return words.Markdown(text)
}

func (p *cataloguePage) listTeams(teams []teamEntry) {
	if len(teams) == 0 {
		return
	}
	p.section("Teams")
	p.line("\n| team | title | contact | told by | owns |\n|---|---|---|---|---|")
	for _, t := range teams {
		p.line("| %s | %s | %s | %s | %s |", t.Name, words.Markdown(plainOf(t.Title)), words.Markdown(plainOf(t.Contact)),
			words.Markdown(strings.Join(t.Notify, ", ")), words.Markdown(strings.Join(t.owned(), ", ")))
	}
}

func (p *cataloguePage) gaps(gaps []gapEntry) {
	for i, g := range gaps {
		if i == 0 {
			p.section("What is missing")
		}
		if i == 0 || gaps[i-1].Gap != g.Gap {
			p.line("\n**%s**: %s; %s.\n", g.Gap, words.Markdown(g.Message), words.Markdown(strings.TrimSuffix(g.Remedy, ".")))
		}
		p.line("- %s (%s)", words.Markdown(g.ID), words.Markdown(g.placeText()))
	}
}
