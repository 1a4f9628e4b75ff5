package newrelic

import (
	"encoding/json"
	"strconv"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// judge says whether a slice is good.
type judge struct {
	good  nrql.Expr // a condition on value
	pick  string    // the member that is meant when a value has several
	empty slo.Empty
}

// picked returns the aggregate whose result holds a value, and the member of the
// result that is meant: percentile(duration, 95, 99)['95'] is asked for without
// its brackets, since New Relic's answers to these were seen under odd names.
func picked(value nrql.Expr) (of nrql.Expr, member string) {
	index, ok := value.(*nrql.Index)
	if !ok {
		return value, ""
	}
	switch key := index.Key.(type) {
	case *nrql.String:
		return index.X, key.Value
	case *nrql.Name:
		return index.X, key.Value
	case *nrql.Number:
		return index.X, nrql.Print(key)
	default:
		return value, ""
	}
}

// sliceReader reads the columns of [parsing.slices]: the value of a slice and,
// but for metrics, how many events it has. One without events or without a value
// is empty.
func sliceReader(j judge) reader {
	return func(r row, names []string) (reading, error) {
		value, has, err := j.value(r, names[0])
		if err != nil {
			return reading{}, err
		}
		events, counted := int64(0), len(names) > 1
		if counted {
			if events, err = r.integer(names[1]); err != nil {
				return reading{}, err
			}
		}
		if counted && events == 0 || !has {
			made := reading{Sum: sources.Sum{Counts: emptySlice(j.empty)}}
			if events > 0 {
				made.note = "a slice had events, and none of them has the attribute that its value is made of"
			}
			made.Rows = made.Counts
			return made, nil
		}
		c := slo.Counts{Total: 1}
		switch value.meets(j.good, subject{attribute: "value"}) {
		case holds:
		case depends:
			return reading{}, errUndecided
		default:
			c.Bad = 1
		}
		return reading{Sum: sources.Sum{Counts: c, Rows: c}}, nil
	}
}

// errUndecided is the error of a condition that [decides] refuses.
var errUndecided = diag.Say("whether a slice is good cannot be decided by its value: compare value with a number").Err()

// decides reports whether a condition on value can be decided for every number.
func decides(good nrql.Expr) bool {
	for _, s := range samplesOf([]claim{{x: good}}) {
		if (s.kind == oneNumber || s.kind == between) && s.meets(good, subject{attribute: "value"}) == depends {
			return false
		}
	}
	return true
}

// emptySlice is what a slice without data counts as.
func emptySlice(empty slo.Empty) slo.Counts {
	switch empty {
	case slo.EmptyGood:
		return slo.Counts{Total: 1}
	case slo.EmptyBad:
		return slo.Counts{Total: 1, Bad: 1}
	default:
		return slo.Counts{}
	}
}

// value reads the value of a slice, which New Relic may give as a number, as
// text, or as an object with a member for each percentile or part of a score.
func (j judge) value(r row, name string) (sample, bool, error) {
	raw := r[name]
	if r.lacks(name) {
		return sample{}, false, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil {
		member, err := j.member(members)
		if err != nil || len(member) == 0 || string(member) == "null" {
			return sample{}, false, err
		}
		raw = member
	}
	var text string
	var truth bool
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return sample{kind: oneText, text: text}, true, nil
	case json.Unmarshal(raw, &truth) == nil:
		return sample{kind: boolean, truth: truth}, true, nil
	case number.Match(raw):
		value, err := strconv.ParseFloat(string(raw), 64)
		return sample{kind: oneNumber, number: value}, err == nil, nil
	default:
		return sample{}, false, diag.Say("New Relic answered with a value of %s that is neither a number nor text", name).Err()
	}
}

// member picks the part of a result that is meant; the only one when none is
// named.
func (j judge) member(members map[string]json.RawMessage) (json.RawMessage, error) {
	if j.pick == "" {
		for _, only := range members {
			if len(members) == 1 {
				return only, nil
			}
		}
		return nil, diag.Say("New Relic answered with %d values for a slice, not 1", len(members)).Err()
	}
	for _, name := range []string{j.pick, j.pick + ".0"} {
		if member, found := members[name]; found {
			return member, nil
		}
	}
	return nil, diag.Say("New Relic answered without the part %q of a value", j.pick).Err()
}
