package burnrate

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Excluded is what exclusions took out of the counts of a window. Counts and
// Excluded together are what was measured.
type Excluded struct {
	Minutes int64
	Total   int64 // valid events that do not count
	Bad     int64 // bad events that do not count as bad
}

// exclusions are the minutes in which something does not count as it was
// measured. A minute that is dropped by one exclusion and counted as good by
// another is dropped: what nobody counts cannot be good.
type exclusions struct {
	drop, good spans
	named      []namedSpans
}

type namedSpans struct {
	name  string
	spans spans
}

// none reports whether everything counts as it was measured.
func (x *exclusions) none() bool { return len(x.named) == 0 }

// effect returns what exclusions do to a minute, "" for nothing.
func (x *exclusions) effect(minute slo.Minute) slo.Effect {
	switch {
	case x.none():
		return ""
	case x.drop.hold(minute):
		return slo.Drop
	case x.good.hold(minute):
		return slo.CountAsGood
	default:
		return ""
	}
}

// minutes returns how many minutes of a span are excluded.
func (x *exclusions) minutes(within slo.Span) int64 {
	return x.drop.minutes(within) + x.good.minutes(within)
}

// delay returns how long it takes from the beginning of a span until so much
// time has passed in it that is not excluded.
func (x *exclusions) delay(within slo.Span, d time.Duration) time.Duration {
	from, passed := within.Start, time.Duration(0)
	for _, span := range union(slices.Concat(x.drop.touching(within), x.good.touching(within))) {
		counting := time.Duration(span.Start-from) * time.Minute
		if passed+counting >= d {
			break
		}
		from, passed = span.End, passed+counting
	}
	return time.Duration(from-within.Start)*time.Minute + d - passed
}

// names lists the exclusions that hold within a span.
func (x *exclusions) names(within slo.Span) []string {
	var names []string
	for _, n := range x.named {
		if n.spans.minutes(within) > 0 {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return names
}

// agreement is the exclusions of a set and when each of them holds.
type agreement struct {
	exclusions []*slo.Exclusion
	spans      []spans
}

// agree looks up when exclusions hold within a span. That is done once for all
// of a set: a rule may have to be followed from long ago.
func agree(list []*slo.Exclusion, within slo.Span) agreement {
	a := agreement{exclusions: list}
	for _, e := range list {
		a.spans = append(a.spans, spansOf(union(e.Spans(within))))
	}
	return a
}

// applying returns the exclusions that apply to something.
func (a agreement) applying(applies func(*slo.Exclusion) bool) exclusions {
	var x exclusions
	var drop, good []slo.Span
	for i, e := range a.exclusions {
		if !applies(e) {
			continue
		}
		x.named = append(x.named, namedSpans{e.Name, a.spans[i]})
		if e.Effect == slo.Drop {
			drop = append(drop, a.spans[i].list...)
		} else {
			good = append(good, a.spans[i].list...)
		}
	}
	drop = union(drop)
	x.drop, x.good = spansOf(drop), spansOf(subtract(union(good), drop))
	return x
}
