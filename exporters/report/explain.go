package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Explain prints the sums behind the numbers of one id of a snapshot, and what
// is to be noticed about it and its steps. Numbers are shown with six digits;
// all of them are computed from the counts, and not from what is shown. Of an
// id that could not be computed it prints nothing.
func Explain(w io.Writer, s burnrate.Snapshot, id string) error {
	i := slices.IndexFunc(s.Statuses, func(status burnrate.Status) bool { return status.ID == id })
	if i < 0 {
		return nil
	}
	status := s.Statuses[i]
	e := &explanation{w: bufio.NewWriter(w)}
	if len(status.Objectives) == 0 {
		e.line("%s has no objective, and so no budget. What it adds to a journey is explained there.", status.ID)
	}
	for i, o := range status.Objectives {
		if i > 0 {
			e.line("")
		}
		e.objective(status, o)
	}
	e.notices(status, s.Notices)
	return e.w.Flush()
}

type explanation struct{ w *bufio.Writer }

// line writes one line; errors of the writer surface at Flush.
func (e *explanation) line(format string, args ...any) {
	fmt.Fprintf(e.w, format+"\n", args...) //nolint:errcheck // see above
}

// row writes a line with a name in front.
func (e *explanation) row(name, format string, args ...any) {
	e.line("  %-12s%s", name, fmt.Sprintf(format, args...))
}

// notices prints those of a status and of its steps, which are named.
func (e *explanation) notices(status burnrate.Status, notices []burnrate.Notice) {
	for _, n := range notices {
		if n.ID == status.ID {
			e.row("note", "%s", render.Plain(n.Message))
		} else if slices.Contains(status.Steps, n.ID) {
			e.row("note", "%s: %s", n.ID, render.Plain(n.Message))
		}
	}
}

func (e *explanation) objective(status burnrate.Status, o burnrate.Objective) {
	w := o.Window
	e.line("%s, objective %s: %s over %s", status.ID, o.Name, o.Target, windowText(w.Window))
	e.row("window", "from %s to %s, %d minutes", stamp(w.Span.Start), stamp(w.Span.End), w.Span.Len())
	if w.Window.IsCalendar() {
		e.row("", "%s of the %s is over", percent(math.Floor(o.Elapsed*1000)/1000, 1), w.Window)
	}
	e.row("measured", "%d of %d minutes: coverage %s, %s", w.Measured, w.Span.Len(), number(burnrate.RatioOf(w.Coverage())), w.State)
	if o.Approximate > 0 {
		e.row("", "approximate: %s is known as sums of whole hours only", approximateText(o.Approximate, o.Composed))
	}
	if len(o.Exclusions) > 0 {
		e.row("excluded", "%s by %s", slo.FormatDuration(time.Duration(w.Excluded.Minutes)*time.Minute), strings.Join(o.Exclusions, ", "))
	}
	if o.Composed {
		e.composed(status, o)
	} else {
		e.counted(o, status.Unit)
	}
	e.row("remaining", "1 - %s = %s: %s", number(o.Budget.Consumed), number(o.Budget.Remaining), o.Budget.State)
	if len(o.Exclusions) > 0 {
		e.row("", "%s without exclusions", number(o.Unexcluded))
	}
	e.forecast(o)
	record := recordOf(o, status.Unit)
	for _, a := range record.Alerts {
		e.row("tier", "%s %s/%s: %s", a.Severity, a.Long, a.Short, record.verdictText(a))
	}
	if len(o.Shares) > 0 && !o.Composed {
		e.steps(status, o)
	}
}

// forecast says what becomes of a budget that is not spent yet.
func (e *explanation) forecast(o burnrate.Objective) {
	f := o.Forecast
	switch {
	case o.Budget.State == burnrate.Unknown, f.Exhausts && f.Exhaustion == 0:
		return
	case f.Exhausts && f.Earliest:
		e.row("forecast", "spent in %s at the earliest, as failures also leave the window", term.Duration(f.Exhaustion))
	case f.Exhausts:
		e.row("forecast", "spent in %s when it goes on like that", term.Duration(f.Exhaustion))
	default:
		e.row("forecast", "not spent when it goes on like that")
	}
	if o.Window.Window.IsCalendar() {
		e.row("", "%s left at the end of the %s", number(f.End.Remaining), o.Window.Window)
	}
}

func (e *explanation) counted(o burnrate.Objective, unit int64) {
	w, b, allowed := o.Window, o.Budget, number(burnrate.RatioOf(o.Target.AllowedRatio()))
	count := func(n int64) string { return slo.FormatCount(n, unit) }
	total, bad, budget := count(w.Counts.Total), count(w.Counts.Bad), number(perUnit(b.Allowed, unit))
	if x := w.Excluded; x.Minutes > 0 {
		e.row("valid", "%s measured - %s excluded = %s", count(w.Counts.Total+x.Total), count(x.Total), total)
		e.row("bad", "%s measured - %s excluded = %s", count(w.Counts.Bad+x.Bad), count(x.Bad), bad)
	} else {
		e.row("valid", "%s", total)
		e.row("bad", "%s", bad)
	}
	e.row("error ratio", "%s / %s = %s", bad, total, number(w.ErrorRatio))
	e.row("burn rate", "%s / %s = %s", number(w.ErrorRatio), allowed, number(o.BurnRate))
	if b.Missing > 0 && b.Pace.Minutes > 0 {
		pace := perUnit(burnrate.RatioOf(float64(b.Pace.Total)/float64(b.Pace.Minutes)), unit)
		e.row("to come", "m = %d, the minutes that were not measured yet", b.Missing)
		e.row("", "r = %s events / %d minutes = %s a minute", count(b.Pace.Total), b.Pace.Minutes, number(pace))
		e.row("budget", "B = %s × (%s + %s × %d) = %s bad events", allowed, total, number(pace), b.Missing, budget)
	} else {
		e.row("budget", "B = %s × %s = %s bad events", allowed, total, budget)
	}
	e.row("consumed", "%s / %s = %s", bad, budget, number(b.Consumed))
}

// perUnit turns a number of events that is counted in a unit into events.
func perUnit(events burnrate.Ratio, unit int64) burnrate.Ratio {
	value, known := events.Value()
	if !known {
		return events
	}
	return burnrate.RatioOf(value / float64(max(1, unit)))
}

func (e *explanation) composed(status burnrate.Status, o burnrate.Objective) {
	allowed := number(burnrate.RatioOf(o.Target.AllowedRatio()))
	e.steps(status, o)
	e.row("error ratio", "%s (%s) = %s", formula(status.Compose), status.Compose, number(o.Window.ErrorRatio))
	e.row("burn rate", "%s / %s = %s", number(o.Window.ErrorRatio), allowed, number(o.BurnRate))
	if !o.Budget.SoFar.Defined() {
		e.row("consumed", "%s", number(o.Budget.Consumed))
		return
	}
	e.row("so far", "%s of the minutes of the window, by each step's part", number(o.Budget.SoFar))
	e.row("consumed", "%s × %s = %s", number(o.BurnRate), number(o.Budget.SoFar), number(o.Budget.Consumed))
}

func (e *explanation) steps(status burnrate.Status, o burnrate.Objective) {
	for _, s := range o.Shares {
		part := "no part"
		if share, known := s.Ratio.Value(); known {
			part = percent(share, 1) + " of the errors"
		}
		if s.Estimated && s.Ratio.Defined() {
			part += ", estimated"
		}
		name := s.Step
		if status.Compose == slo.Weighted {
			name += " (w = " + s.Weight.String() + ")"
		}
		e.row("step", "%s: %s / %s = %s, %s; %s", name,
			slo.FormatCount(s.Window.Counts.Bad, s.Unit), slo.FormatCount(s.Window.Counts.Total, s.Unit), number(s.Window.ErrorRatio), s.Window.State, part)
	}
}

func formula(c slo.Compose) string {
	switch c {
	case slo.Worst:
		return "max e"
	case slo.Weighted:
		return "Σ w × e / Σ w"
	case slo.Pooled:
		return "Σ bad / Σ total"
	default:
		return "1 - Π (1 - e)"
	}
}

func number(r burnrate.Ratio) string {
	value, known := r.Value()
	if !known {
		return "undefined"
	}
	return strconv.FormatFloat(value, 'g', 6, 64)
}
