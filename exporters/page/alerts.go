package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// lists are those of what was sent, was silent and was held back. The last three are on
// the screen only, and closed at first.
type lists struct {
	Pages                 table
	Tickets, Silent, Held table
	OnPaper               string // how much the last three have
}

func (b *builder) lists() lists {
	l := lists{
		Pages:   b.alertTable(mostPages, b.paper.below, func(e *backtest.Episode) bool { return e.Told() && e.Severity == slo.Page }),
		Tickets: b.alertTable(mostTickets, 0, func(e *backtest.Episode) bool { return e.Told() && e.Severity != slo.Page }),
		Silent:  b.alertTable(mostSilent, 0, func(e *backtest.Episode) bool { return !e.Told() }),
		Held:    b.heldTable(),
	}
	if pages := l.Pages.All; b.compare && pages > 0 {
		l.OnPaper = b.t.OnScreen(pages, l.Tickets.All, l.Silent.All, l.Held.All)
	} else if l.Tickets.All+l.Silent.All+l.Held.All > 0 {
		l.OnPaper = b.t.OnScreen(0, l.Tickets.All, l.Silent.All, l.Held.All)
	}
	return l
}

// alertTable lists episodes in the order of time; those that fired in the first minute
// already are the last ones, as no figure counts them.
func (b *builder) alertTable(most, paper int, listed func(*backtest.Episode) bool) table {
	var rows [][]cell
	for _, before := range []bool{false, true} {
		for i := range b.last.Episodes {
			if e := &b.last.Episodes[i]; e.Before == before && listed(e) {
				rows = append(rows, b.alertRow(e))
			}
		}
	}
	return b.tableOf(b.alertHeads(), rows, most, paper)
}

// alertRow is a line about an episode. head are its first cells.
func (b *builder) alertRow(e *backtest.Episode, head ...cell) []cell {
	what, notes := b.about(e.ID), ""
	if e.Objective != "" {
		notes = safe(e.Objective)
	}
	if e.Kind != alert.Burn {
		notes = join(" · ", notes, b.t.Kind(e.Kind))
	}
	if c := e.Why.Cause; c != nil {
		notes = join(" · ", notes, b.t.Step+" "+safe(c.Step)+" "+share(c.Ratio))
	}
	switch {
	case e.Observe:
		notes = join(" · ", notes, b.t.Observed)
	case !e.Sent && e.Below != nil:
		notes = join(" · ", notes, b.t.Below(safe(e.Below.ID)))
	}
	what.Note = notes
	start := cell{Text: b.shortMoment(e.Start), Note: b.weekday(e.Start.In(b.zone))}
	if e.Before {
		start.Text, start.Note = "≤ "+start.Text, b.t.FromStart
	}
	end := cell{Text: b.t.Fires, Class: "screen"}
	if e.End != nil {
		end.Text, end.Note = b.shortMoment(*e.End), b.t.Reasons(e.Reason)
	}
	return append(head, start, wide(b.duration(e.Length(b.doc.To))), end, what, b.tiersOf(e), numeric(share(e.Spent)), wide(share(e.Consumed)))
}

// mostID is how many columns of an id a list has room for on paper.
const mostID = 24

// about names what a row is about. Of a long id both ends are printed: that of a
// journey and that of its step.
func (b *builder) about(id string) cell {
	c := text(safe(id))
	if short := middle(c.Text, mostID); short != c.Text {
		c.Short = short
	}
	return c
}

// mostTiersNamed is how many tiers of an alert a list has room for.
const mostTiersNamed = 2

func (b *builder) tiersOf(e *backtest.Episode) cell {
	c := cell{Class: b.besideChange("")}
	for n, tier := range e.Tiers {
		c.Title = join(", ", c.Title, safe(tier))
		if n < mostTiersNamed {
			c.Text = c.Title
		}
	}
	if more := len(e.Tiers) - mostTiersNamed; more > 0 {
		c.Text += " +" + count(int64(more))
	} else {
		c.Title = ""
	}
	c.Text = cmp.Or(c.Text, none)
	return c
}

// besideChange is the class of a column that paper has no room for beside what changed.
func (b *builder) besideChange(class string) string {
	if b.compare {
		return strings.TrimSpace(class + " screen")
	}
	return class
}

func (b *builder) alertHeads(head ...cell) []cell {
	return append(head, cell{Text: b.t.Start, Class: "start"}, wide(b.t.Length), cell{Text: b.t.Reason, Class: "screen"},
		text(b.t.Objective), cell{Text: b.t.Tier, Class: b.besideChange("tier")}, cell{Text: b.t.Spent, Class: "n spent"}, wide(b.t.Consumed))
}

// heldTable lists what guards held back: first what may have been chance, which is the
// closest to an alert, then few bad events, then few events; of each what burned most in
// relation to its factor.
func (b *builder) heldTable() table {
	held := make([]*backtest.Held, len(b.last.Held))
	for i := range held {
		held[i] = &b.last.Held[i]
	}
	slices.SortStableFunc(held, func(x, y *backtest.Held) int {
		return cmp.Or(cmp.Compare(guardRank(x), guardRank(y)), cmp.Compare(overFactor(y), overFactor(x)))
	})
	heads := []cell{
		text(b.t.Start), numeric(b.t.Length), text(b.t.Objective), text(b.t.Tier), numeric(b.t.Burn), numeric(b.t.BadEvents), text(b.t.Guard),
	}
	var rows [][]cell
	for _, h := range held[:min(len(held), mostHeld)] {
		what := b.about(h.ID)
		what.Note = safe(h.Objective)
		rows = append(rows, []cell{
			{Text: b.shortMoment(h.From), Note: b.weekday(h.From.In(b.zone))},
			numeric(b.minutes(float64(h.Minutes))), what,
			text(b.t.Severity(h.Severity) + " " + safe(h.Tier.Long+"/"+h.Tier.Short)),
			numeric(against(lower(h.Tier), h.Tier.Factor)), numeric(b.t.Of(int(h.Tier.Bad), int(h.Tier.Events))), text(cmp.Or(b.verdict(h.Tier.Verdict), none)),
		})
	}
	t := b.tableOf(heads, rows, mostHeld, 0)
	t.All = len(held)
	t.More, t.MoreOnPaper = b.bounded(len(held), mostHeld, 0)
	return t
}

func guardRank(h *backtest.Held) int {
	order := []string{burnrate.Chance.String(), burnrate.FewBad.String(), burnrate.FewEvents.String()}
	if n := slices.Index(order, h.Tier.Verdict); n >= 0 {
		return n
	}
	return len(order)
}

// overFactor is how many times its factor a tier burned, over both of its windows.
func overFactor(h *backtest.Held) float64 {
	burn, _ := lower(h.Tier).Value()
	factor, _ := h.Tier.Factor.Value()
	if factor <= 0 {
		return 0
	}
	return burn / factor
}

// lower is the burn rate that both windows of a tier had.
func lower(t alert.Tier) burnrate.Ratio {
	long, _ := t.LongBurn.Value()
	if short, known := t.ShortBurn.Value(); known && short < long {
		return t.ShortBurn
	}
	return t.LongBurn
}

// against writes a burn rate and the factor that it did not reach, or that a guard kept
// it from: with so many digits that they differ where they do. 0.9988 of 1 is 0.999 / 1.
func against(burn, factor burnrate.Ratio) string {
	text, limit := number(burn), number(factor)
	value, known := burn.Value()
	most, also := factor.Value()
	if text != limit || !known || !also || value == most {
		return text + " / " + limit
	}
	for decimals := 2; decimals <= 6 && text == limit; decimals++ {
		text, limit = decimal(value, decimals), decimal(most, decimals)
	}
	return text + " / " + limit
}
