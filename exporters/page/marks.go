package page

import (
	"strconv"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// at is where an instant lies, in percent of the length.
func (b *builder) at(at time.Time) float64 {
	return 100 * min(max(float64(at.Sub(b.from))/float64(b.length), 0), 1)
}

func percent(value float64) string { return strconv.FormatFloat(value, 'f', 2, 64) + "%" }

// place puts a mark where it belongs.
func (b *builder) place(m *mark, from, to time.Time, severity slo.Severity, lane int) {
	x := b.at(from)
	m.X, m.Width = percent(x), percent(max(b.at(to)-x, 0))
	m.Y, m.Thick = lane+ticketY, 3
	if severity == slo.Page {
		m.Y, m.Thick = lane+pageY, 6
	}
	m.Top = m.Y - m.Thick/2
}

func (b *builder) episodeMark(e *backtest.Episode, lane int, t *timeline) mark {
	m := mark{Class: severityClass(e.Severity), Symbol: severityClass(e.Severity)}
	switch e.Kind {
	case alert.Budget, alert.NoTraffic, alert.NoData, alert.Source:
		m.Symbol = string(e.Kind)
	}
	if !e.Told() {
		m.Class, t.untold = m.Class+" untold", true
	} else if _, drawn := t.symbols[m.Symbol]; !drawn || e.Severity == slo.Page {
		t.symbols[m.Symbol] = severityClass(e.Severity)
	}
	end := b.doc.To
	if e.End != nil {
		end = *e.End
	}
	b.place(&m, e.Start, end, e.Severity, lane)
	m.Title = b.t.Severity(e.Severity) + " (" + b.t.Kind(e.Kind) + "): " + b.stretch(e.Start, end) + ", " + b.lasted(e)
	for _, tier := range e.Tiers {
		m.Title += ", " + safe(tier)
	}
	if e.Spent.Defined() {
		m.Title += ", " + b.t.SpentTitle(share(e.Spent))
	}
	if e.Before {
		m.Title += ", " + b.t.FromStart
	}
	switch {
	case e.Observe:
		m.Title += ", " + b.t.Observed
	case !e.Sent && e.Below != nil:
		m.Title += ", " + b.t.Below(safe(e.Below.ID))
	}
	return m
}

// lasted says how long an episode lasted, and whether it fires still.
func (b *builder) lasted(e *backtest.Episode) string {
	text := b.duration(e.Length(b.doc.To))
	if e.End == nil {
		text += " (" + b.t.Fires + ")"
	}
	return text
}

func (b *builder) heldMark(h *backtest.Held, lane int, t *timeline) mark {
	m := mark{Class: "held " + severityClass(h.Severity), Symbol: "held"}
	t.symbols["held"] = "held"
	b.place(&m, h.From, h.To.Add(time.Minute), h.Severity, lane)
	burn := lower(h.Tier)
	m.Title = b.t.Severity(h.Severity) + " " + safe(h.Tier.Long+"/"+h.Tier.Short) + ": " + b.stretch(h.From, h.To) + ", " +
		b.t.HeldFor(b.minutes(float64(h.Minutes)), number(burn), number(h.Tier.Factor))
	if guard := b.verdict(h.Tier.Verdict); guard != "" {
		m.Title += " (" + guard + ")"
	}
	return m
}

// verdict says in words which guard held a tier back, "" for other verdicts.
func (b *builder) verdict(text string) string {
	for _, v := range []burnrate.Verdict{burnrate.FewEvents, burnrate.FewBad, burnrate.Chance} {
		if v.String() == text {
			return b.t.Verdict(v)
		}
	}
	return ""
}
