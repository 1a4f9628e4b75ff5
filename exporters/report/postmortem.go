package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// Postmortem writes what is known of an episode as the beginning of a postmortem
// in Markdown. Sections with what only people know are left for them. letters are
// those about the episode that were not delivered; at is when it is written.
func (a Alerts) Postmortem(w io.Writer, e Episode) error {
	p := &postmortem{w: bufio.NewWriter(w), episode: e, at: a.At, zone: time.UTC}
	if e.TimeZone != "" {
		if zone, err := slo.LoadTimeZone(e.TimeZone); err == nil {
			p.zone = zone
		}
	}
	for _, l := range a.Undelivered {
		if l.Episode == e.Episode {
			p.letters = append(p.letters, l)
		}
	}
	p.summary()
	p.impact()
	p.detection()
	p.attribution()
	p.timeline()
	p.links()
	p.open()
	return p.w.Flush()
}

type postmortem struct {
	w       *bufio.Writer
	episode Episode
	letters []letterEntry
	at      time.Time
	zone    *time.Location // of the objective, or UTC
}

// line writes one line; errors of the writer surface at Flush.
func (p *postmortem) line(format string, args ...any) {
	p.w.WriteString(fmt.Sprintf(format, args...) + "\n") //nolint:errcheck // see above
}

// section begins one.
func (p *postmortem) section(title string) { p.line("\n## %s\n", title) }

// instant is when something happened, in UTC and in the zone of the objective.
func (p *postmortem) instant(at time.Time) string {
	text := minuteText(at) + " UTC"
	if p.zone != time.UTC {
		text += " (" + p.local(at) + " " + words.Markdown(p.zone.String()) + ")"
	}
	return text
}

// local is an instant in the zone of the objective.
func (p *postmortem) local(at time.Time) string { return at.In(p.zone).Format("2006-01-02 15:04") }

func (p *postmortem) summary() {
	e := p.episode
	title := e.Labels.Title
	if title == "" {
		title = e.ID
	}
	p.line("# Postmortem: %s", words.Markdown(title))
	p.line("\nA %s (%s) of %s%s fired at %s%s.", words.Markdown(string(e.Severity)), words.Markdown(string(e.Kind)), words.Markdown(aboutText(e.Key)), p.target(),
		p.instant(e.Since), p.ended())
	p.line("")
	p.line("| | |\n|---|---|")
	s := e.Subject
	for _, row := range [][2]string{
		{"Owner", with(s.OwnerTitle, e.Labels.Owner)},
		{"Contact", s.Contact},
		{"Journey", with(s.JourneyTitle, s.Journey)},
		{"Step", s.Step},
		{"Step of", strings.Join(s.Journeys, ", ")},
		{"Description", s.Description},
		{"Alert policy", s.Policy},
		{"Notified", e.toldText()},
	} {
		if row[1] != "" {
			p.line("| %s | %s |", row[0], words.Markdown(row[1]))
		}
	}
	if isEpisode(e.Episode) {
		p.line("| Episode | %s |", e.Episode)
	}
}

// with is a title with the name behind it.
func with(title, name string) string {
	if title == "" || title == name {
		return name
	}
	return title + " (" + name + ")"
}

func (p *postmortem) target() string {
	s := p.episode.Subject
	if s.Target == "" {
		return ""
	}
	return " (" + words.Markdown(s.Target) + " over " + words.Markdown(s.Window) + ")"
}

func (p *postmortem) ended() string {
	e := p.episode
	switch {
	case e.Kind == alert.Missed || e.Kind == alert.Test:
		return ""
	case e.Until != nil:
		return fmt.Sprintf(", and resolved at %s, after %s, as %s", p.instant(*e.Until), minutesText(e.Minutes), words.Markdown(string(e.Reason)))
	case e.EvidenceAt != nil:
		return ", and fires still, for " + minutesText(e.Minutes) + " so far"
	default:
		return "; when it resolved is not known"
	}
}

func (p *postmortem) impact() {
	e := p.episode
	p.section("Impact")
	if i := e.Impact; i != nil {
		p.line("- Window: %s to %s, %s", p.instant(i.Start), p.instant(i.End), minutesText(minutesBetween(i.Start, i.End)))
		if e.HasBudget() && i.told() {
			p.budget(*i)
		}
	}
	if e.Subject.WhenSpent != "" {
		p.line("- When the budget is spent: %s", words.Markdown(e.Subject.WhenSpent))
	}
	p.line("- Who noticed, and how it was for them: …")
}

func (p *postmortem) budget(i Impact) {
	p.line("- Budget spent in this time: %s", shareText(i.Spent))
	if i.SpentWithLead.Defined() {
		p.line("- Budget spent in this time and the %s before: %s", words.Markdown(i.Lead), shareText(i.SpentWithLead))
	}
	p.line("- Budget spent before: %s, and after: %s", shareText(i.Before), shareText(i.After))
	if i.Total != nil && i.Bad != nil {
		p.line("- Events: %s bad of %s valid ones", *i.Bad, *i.Total)
	}
	if covered, known := i.Coverage.Value(); known && i.From == fromLedger && covered < 1 {
		p.line("- Measured: %s of this time", percent(covered, 1))
	}
	if i.From == fromLedger {
		p.line("- These numbers are those of the minutes in the ledger, with what came late.")
	} else {
		p.line("- These numbers are those that were told first and last: the difference is less than what was spent where older failures left the window.")
	}
}

// spentFirst says how much of the budget was spent in the long window of the tier
// that fired first, when it did: at 14.4 times the pace of 30 days, 2 % in 1h.
func (p *postmortem) spentFirst(t alert.Tier) {
	long, err := slo.ParseDuration(t.Long)
	burn, known := t.LongBurn.Value()
	window, wrong := slo.ParseWindow(p.episode.Subject.Window)
	if err != nil || wrong != nil || !known {
		return
	}
	p.line("- Spent in the %s before it fired: about %s of the budget", words.Markdown(t.Long), percent(burn*long.Minutes()/float64(window.Minutes()), 1))
}

func (p *postmortem) detection() {
	p.section("Detection")
	w := p.episode.whyFired()
	if len(w.Tiers) > 0 {
		p.line("| tier | burn rate over the long window | over the short one | factor | bad of valid events | verdict |\n|---|---|---|---|---|---|")
		for _, t := range w.Tiers {
			p.line("| %s | %s | %s | %s | %d of %d | %s |", words.Markdown(t.Long+"/"+t.Short), burnText(t.LongBurn), burnText(t.ShortBurn), burnText(t.Factor),
				t.Bad, t.Events, words.Markdown(t.Verdict))
		}
		p.line("")
		if i := p.episode.Impact; i == nil || !i.SpentWithLead.Defined() {
			p.spentFirst(w.Tiers[0])
		}
	}
	if w.Guard != nil {
		p.line("- Guard: %s", words.Markdown(guardWords(*w.Guard)))
	}
	if w.Budget != nil {
		p.line("- Budget: %s", words.Markdown(spentPhrase(*w.Budget, time.UTC).String()))
	}
	for _, text := range missingPhrases(w, time.UTC) {
		p.line("- %s", words.Markdown(text.String()))
	}
	p.line("- Who looked first, and when: …")
}

func (p *postmortem) attribution() {
	var lines []string
	if i := p.episode.Impact; i != nil {
		lines = i.causes()
	}
	if c := p.episode.whyFired().Cause; c != nil {
		lines = append(lines, "when it fired, "+causePhrase(*c).String())
	}
	if len(lines) == 0 {
		return
	}
	p.section("Attribution")
	for _, line := range lines {
		p.line("- %s", words.Markdown(line))
	}
}

// happened is a line of the timeline.
type happened struct {
	at   time.Time
	what string
}

func (p *postmortem) timeline() {
	p.section("Timeline")
	var list []happened
	for _, m := range p.episode.Messages {
		list = append(list, happened{m.At, m.text()})
	}
	if len(list) == 0 {
		list = append(list, happened{p.episode.Since, "fires; nobody was told"})
	}
	for _, e := range p.episode.Missed {
		list = append(list, happened{e.At, fmt.Sprintf("%s of %s: %s, found later", e.Severity, aboutText(e.Key), e.Change)})
	}
	for _, l := range p.letters {
		if l.DeadAt != nil {
			list = append(list, happened{*l.DeadAt, fmt.Sprintf("the message to %s of %s (%s) was given up: %s", l.To, minuteText(l.Since), l.Change, l.Reason)})
		} else {
			list = append(list, happened{p.at, fmt.Sprintf("the message to %s of %s (%s) waits still", l.To, minuteText(l.Since), l.Change)})
		}
	}
	slices.SortStableFunc(list, func(x, y happened) int { return x.at.Compare(y.at) })
	if p.zone == time.UTC {
		p.line("| UTC | what |\n|---|---|")
	} else {
		p.line("| UTC | %s | what |\n|---|---|---|", words.Markdown(p.zone.String()))
	}
	for _, h := range list {
		if p.zone == time.UTC {
			p.line("| %s | %s |", minuteText(h.at), words.Markdown(h.what))
		} else {
			p.line("| %s | %s | %s |", minuteText(h.at), p.local(h.at), words.Markdown(h.what))
		}
	}
}

// text says what was told.
func (m message) text() string {
	text := string(m.Change)
	switch {
	case m.Change == alert.Firing:
		text = "fires"
	case m.Reason != "":
		text += ", " + string(m.Reason)
	}
	if m.Below != nil {
		text += ", which was told by " + aboutText(*m.Below) + " until then"
	}
	if m.Level != "" {
		text += ", at " + m.Level
	}
	if m.Consumed.Defined() {
		text += "; " + spentPhrase(alert.BudgetSpent{Consumed: m.Consumed}, time.UTC).String()
	}
	return text
}

func (p *postmortem) links() {
	s := p.episode.Subject
	if s.Runbook == "" && len(s.Links) == 0 {
		return
	}
	p.section("Links")
	if s.Runbook != "" {
		p.line("- %s", words.MarkdownLink("Runbook", s.Runbook))
	}
	for _, l := range s.Links {
		p.line("- %s", words.MarkdownLink(l.Title, l.URL))
	}
}

// open leaves room for what only people know.
func (p *postmortem) open() {
	for _, title := range []string{"Root cause", "What went well", "What went badly", "Action items"} {
		p.section(title)
		if title == "Action items" {
			p.line("| what | who | until |\n|---|---|---|\n| … | … | … |")
		} else {
			p.line("…")
		}
	}
}
