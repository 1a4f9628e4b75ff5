package burnrate

import "github.com/slojourn/slojourn/slo"

// tallies are what was measured in some windows.
type tallies struct {
	all   []Sum
	parts []parts // what exclusions are about; nil when none apply
}

// parts are what was measured in the minutes that exclusions drop, and in those
// that count as good.
type parts struct{ dropped, good Sum }

// newTallies makes empty tallies of windows.
func newTallies(windows int, excluding bool) tallies {
	t := tallies{all: make([]Sum, windows)}
	if excluding {
		t.parts = make([]parts, windows)
	}
	return t
}

// excluded returns the parts of a window, which are empty when none apply.
func (t *tallies) excluded(window int) parts {
	if t.parts == nil {
		return parts{}
	}
	return t.parts[window]
}

// add adds what was measured in a minute on which exclusions have an effect.
func (t *tallies) add(window int, s *Sum, effect slo.Effect) {
	t.all[window] = t.all[window].add(*s)
	if part := t.part(window, effect); part != nil {
		*part = part.add(*s)
	}
}

// remove takes out what was added.
func (t *tallies) remove(window int, s *Sum, effect slo.Effect) {
	t.all[window] = t.all[window].sub(*s)
	if part := t.part(window, effect); part != nil {
		*part = part.sub(*s)
	}
}

// clear forgets what was measured in a window.
func (t *tallies) clear(window int) {
	t.all[window] = Sum{}
	if t.parts != nil {
		t.parts[window] = parts{}
	}
}

func (t *tallies) part(window int, effect slo.Effect) *Sum {
	switch effect {
	case slo.Drop:
		return &t.parts[window].dropped
	case slo.CountAsGood:
		return &t.parts[window].good
	default:
		return nil
	}
}
