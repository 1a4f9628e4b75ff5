package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Table prints the document for people: what fires, what is held back, what fired
// before, and what was not delivered, each with the reasons below it.
func (a Alerts) Table(w io.Writer, color bool) error {
	t := &alertTable{w: bufio.NewWriter(w), color: color}
	t.header(a)
	t.firing(a.Firing)
	t.held(a.Held)
	t.past(a.Past)
	t.undelivered(a.Undelivered)
	if !a.some() {
		t.line("", "Nothing to show.")
	}
	return t.w.Flush()
}

type alertTable struct {
	w     *bufio.Writer
	color bool
}

// Widths of the first columns; the last one, with what the row is about, gets what
// they leave and goes on in the next line.
const (
	severityWidth = 13 // also the heads of the parts
	kindWidth     = 9
	lengthWidth   = 11
	instantWidth  = 16
	rateWidth     = 6
	byWidth       = 8
)

// line writes one line in a style; errors of the writer surface at Flush.
func (t *alertTable) line(s style, text string) {
	text = strings.TrimRight(render.Plain(text), " ")
	if s != "" && text != "" {
		text = painted(t.color, s, text)
	}
	t.w.WriteString(text + "\n") //nolint:errcheck // see above
}

func (t *alertTable) header(a Alerts) {
	at := minuteText(a.At)
	text := "At " + at + " UTC"
	switch {
	case a.JudgedAt == nil:
		text += "; no alert was judged yet"
	case minuteText(*a.JudgedAt) != at:
		day, _, _ := strings.Cut(at, " ")
		text += ", judged last at " + strings.TrimPrefix(minuteText(*a.JudgedAt), day+" ")
	}
	t.line(dim, text)
}

// head begins a part of the table.
func (t *alertTable) head(cells ...string) {
	t.line("", "")
	t.line(bold, strings.Join(cells, " "))
}

// row writes cells, the last of which goes on in further lines.
func (t *alertTable) row(s style, first, what string, cells ...string) {
	text := strings.Join(cells, " ")
	cells = append([]string{painted(t.color && s != "", s, term.Fit(render.Plain(first), severityWidth))}, render.Plain(text))
	if text == "" {
		cells = cells[:1]
	}
	before := severityWidth + 1
	if text != "" {
		before += term.Width(text) + 1
	}
	for i, line := range term.Wrap(render.Plain(what), max(1, tableWidth-before)) {
		if i > 0 {
			cells = []string{strings.Repeat(" ", before-1)}
		}
		t.w.WriteString(strings.TrimRight(strings.Join(append(cells, line), " "), " ") + "\n") //nolint:errcheck // see line
	}
}

// detail writes a text below a row.
func (t *alertTable) detail(format string, args ...any) {
	for i, line := range term.Wrap(render.Plain(fmt.Sprintf(format, args...)), tableWidth-4) {
		indent := "  "
		if i > 0 {
			indent = "    "
		}
		t.w.WriteString(indent + line + "\n") //nolint:errcheck // see line
	}
}

func severityStyle(s slo.Severity) style {
	if s == slo.Page {
		return red
	}
	return yellow
}

func (t *alertTable) firing(list []Episode) {
	if len(list) == 0 {
		return
	}
	t.head(term.Fit("FIRING", severityWidth), term.Fit("KIND", kindWidth), term.Fit("FOR", lengthWidth), term.Fit("SINCE", instantWidth),
		term.Fit("OWNER", ownerWidth), "WHAT")
	for _, e := range list {
		t.episode(e)
		t.why(e)
		if e.Clearing != nil {
			t.detail("%s", e.Clearing.text())
		}
		if text := e.evidenceText(); text != "" {
			t.detail("%s", text)
		}
		t.impact(e)
		t.detail("%s; episode %s", e.toldText(), shortEpisode(e.Episode))
	}
}

func (t *alertTable) episode(e Episode) {
	t.row(severityStyle(e.Severity), string(e.Severity), aboutText(e.Key), term.Fit(string(e.Kind), kindWidth),
		term.Fit(e.lengthText(), lengthWidth), term.Fit(minuteText(e.Since), instantWidth), term.Fit(e.Labels.Owner, ownerWidth))
}

func (t *alertTable) why(e Episode) {
	for _, tier := range e.Why.Tiers {
		t.detail("%s", tierText(tier))
	}
	if c := e.Why.Cause; c != nil {
		t.detail("%s", causePhrase(*c))
	}
	for _, text := range missingPhrases(e.Why, time.UTC) {
		t.detail("%s", text)
	}
	if b := e.Why.Budget; b != nil {
		t.detail("%s", spentPhrase(*b, time.UTC))
	}
}

func (t *alertTable) impact(e Episode) {
	if e.Impact == nil || !e.Impact.told() {
		return
	}
	t.detail("%s", e.Impact.text())
	for _, a := range e.Impact.causes() {
		t.detail("%s", a)
	}
}

func (t *alertTable) held(list []heldRecord) {
	if len(list) == 0 {
		return
	}
	t.head(term.Fit("HELD BACK", severityWidth), term.Fit("TIER", kindWidth), term.FitRight("LONG", rateWidth), term.FitRight("SHORT", rateWidth),
		term.FitRight("FACTOR", rateWidth), " "+term.Fit("BY", byWidth), term.Fit("OWNER", ownerWidth), "WHAT")
	for _, r := range list {
		what := aboutText(r.Key)
		if r.Observe {
			what += " (observe)"
		}
		t.row("", string(r.Severity), what, term.Fit(r.Long+"/"+r.Short, kindWidth), term.FitRight(burnText(r.LongBurn), rateWidth),
			term.FitRight(burnText(r.ShortBurn), rateWidth), term.FitRight(burnText(r.Factor), rateWidth), " "+term.Fit(strings.TrimSuffix(r.HeldBy, "-window"), byWidth),
			term.Fit(r.Owner, ownerWidth))
		if text := r.text(); text != "" {
			t.detail("%s", text)
		}
	}
}

func (t *alertTable) past(list []Episode) {
	if len(list) == 0 {
		return
	}
	t.head(term.Fit("PAST", severityWidth), term.Fit("KIND", kindWidth), term.Fit("FOR", lengthWidth), term.Fit("SINCE", instantWidth),
		term.Fit("OWNER", ownerWidth), "WHAT")
	for _, e := range list {
		t.episode(e)
		for _, text := range missingPhrases(e.Why, time.UTC) {
			t.detail("%s", text)
		}
		t.impact(e)
		text := e.endText()
		if c := e.Why.Cause; c != nil {
			text += "; " + causePhrase(*c).String()
		}
		t.detail("%s; episode %s", text, shortEpisode(e.Episode))
		for _, m := range e.Missed {
			t.detail("%s %s %s %s", minuteText(m.At), m.Severity, aboutText(m.Key), m.Change)
		}
	}
}

func (t *alertTable) undelivered(list []letterEntry) {
	if len(list) == 0 {
		return
	}
	t.head(term.Fit("NOT DELIVERED", severityWidth), term.Fit("CHANGE", kindWidth), term.Fit("SINCE", instantWidth), term.Fit("TO", ownerWidth), "WHAT")
	for _, l := range list {
		s := style("")
		if l.State == dead {
			s = red
		}
		t.row(s, l.State, string(l.Severity)+" of "+aboutText(l.Key), term.Fit(string(l.Change), kindWidth), term.Fit(minuteText(l.Since), instantWidth), term.Fit(l.To, ownerWidth))
		if l.DeadAt != nil {
			t.detail("given up at %s: %s", minuteText(*l.DeadAt), l.Reason)
		}
	}
}

// lengthText is how long an episode lasted, or a dash.
func (e Episode) lengthText() string {
	if e.Until == nil && e.EvidenceAt == nil {
		return "–"
	}
	return minutesText(e.Minutes)
}

// minuteText is an instant of UTC to the minute.
func minuteText(at time.Time) string { return minuteIn(at, time.UTC) }

func minuteIn(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04")
}

func minutesText(n int64) string {
	if n <= 0 {
		return "0m"
	}
	return term.Duration(time.Duration(n) * time.Minute)
}

func shortEpisode(episode string) string {
	const digits = 12
	if len(episode) > digits {
		return episode[:digits]
	}
	return episode
}

// aboutText is what a key is about.
func aboutText(k alert.Key) string { return strings.TrimSpace(k.ID + " " + k.Objective) }

// tierText says what a tier makes of its windows.
func tierText(t alert.Tier) string {
	text := fmt.Sprintf("%s/%s burns at %s and %s, factor %s: ", t.Long, t.Short, burnText(t.LongBurn), burnText(t.ShortBurn), burnText(t.Factor))
	switch t.Verdict {
	case burnrate.Fires.String():
		return fmt.Sprintf("%sfires, %d bad of %d events", text, t.Bad, t.Events)
	case burnrate.Uncovered.String():
		return text + "not judged, as less than half of a window was measured"
	case burnrate.CalmLong.String():
		return text + "the long window is calm"
	case burnrate.CalmShort.String():
		return text + "the short window is calm"
	default:
		return fmt.Sprintf("%sheld back by the guard, %s (%d bad of %d)", text, guardText(t.Verdict), t.Bad, t.Events)
	}
}

// text says more of what holds a tier back, "" when there is no more to say: a
// window does not burn above the factor, any more or yet.
func (r heldRecord) text() string {
	switch r.HeldBy {
	case heldByGuard:
		text := fmt.Sprintf("%d bad of %d events", r.Bad, r.Events)
		switch {
		case r.Guard == nil:
			return text + ", " + guardText(r.Verdict)
		case r.Verdict == burnrate.Chance.String():
			return text + ", which chance may explain: the guard asks for a confidence of " + r.Guard.Confidence
		default:
			return fmt.Sprintf("%s, and the guard asks for %d valid and %d bad ones", text, r.Guard.MinEvents, r.Guard.MinBad)
		}
	case heldByCoverage:
		long, _ := r.LongCoverage.Value()
		short, _ := r.ShortCoverage.Value()
		return fmt.Sprintf("%s of %s and %s of %s were measured, and it takes half", percent(long, 0), r.Long, percent(short, 0), r.Short)
	default:
		return ""
	}
}
