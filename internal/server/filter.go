package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// filter says which journeys, steps and SLOs are asked for: those that have
// one of the values of each parameter. One without values takes all.
type filter struct {
	ids, owners, kinds, budgets []string
}

// most values that a query may have, and characters in one of them. An id has
// 127 characters at the most.
const (
	mostValues     = 100
	mostCharacters = 200
)

// parameter is one of those that a query may have.
type parameter struct {
	values  *[]string
	allowed []string       // all values there are, or
	shape   *regexp.Regexp // what every value looks like, which says in words
	says    string
	longest int // characters of a value, when they are not mostCharacters
}

func (f *filter) parameters() map[string]parameter {
	return map[string]parameter{
		"id":     pattern(&f.ids),
		"owner":  {values: &f.owners, shape: regexp.MustCompile(`^[-a-z0-9]+$`), says: "the name of a team"},
		"kind":   {values: &f.kinds, allowed: []string{string(slo.KindJourney), string(slo.KindStep), string(slo.KindSLO)}},
		"budget": {values: &f.budgets, allowed: []string{string(burnrate.Healthy), string(burnrate.AtRisk), string(burnrate.Spent), string(burnrate.Unknown)}},
	}
}

// pattern is a parameter that takes patterns of ids.
func pattern(values *[]string) parameter {
	return parameter{
		values: values, shape: regexp.MustCompile(`^[-a-z0-9*]+(/[-a-z0-9*]+)?$`),
		says: "an id such as barcode-payment/authorise, with * for any characters",
	}
}

// parseFilter reads a query such as owner=shop&budget=spent&budget=at-risk. It
// returns everything that is wrong with it, sorted by parameter.
func parseFilter(query string) (filter, []problem) {
	var f filter
	problems := parse(query, f.parameters())
	return f, problems
}

// parse reads the values of known parameters from a query.
func parse(query string, known map[string]parameter) []problem {
	return parseUpTo(mostValues, query, known)
}

// parseUpTo reads so many values of known parameters.
func parseUpTo(most int, query string, known map[string]parameter) []problem {
	given := url.Values{}
	for part := range strings.SplitSeq(query, "&") {
		// All at once may be more than net/url reads.
		value, err := url.ParseQuery(part)
		if err != nil {
			return []problem{{Message: "the query cannot be read: " + shown(err.Error())}}
		}
		for name, values := range value {
			given[name] = append(given[name], values...)
		}
	}
	names := slices.Sorted(maps.Keys(known))
	var problems []problem
	count := 0
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if count += len(given[name]); count > most {
			return []problem{{Message: fmt.Sprintf("the query has more than %d values; name more at once with *", most)}}
		}
		p, isKnown := known[name]
		if !isKnown {
			problems = append(problems, problem{
				Message:   fmt.Sprintf("the parameter %s is unknown; %s", quoted(name), proposal(name, names)),
				Parameter: shown(name), Allowed: names,
			})
			continue
		}
		for _, value := range given[name] {
			if wrong, is := p.check(name, value); is {
				problems = append(problems, wrong)
			}
		}
		*p.values = given[name]
	}
	return problems
}

// check returns what is wrong with a value, and whether something is.
func (p parameter) check(name, value string) (problem, bool) {
	switch {
	case p.allowed != nil && slices.Contains(p.allowed, value), p.shape != nil && len(value) <= cmp.Or(p.longest, mostCharacters) && p.shape.MatchString(value):
		return problem{}, false
	case p.allowed != nil:
		return problem{
			Message:   fmt.Sprintf("%s has no value %s; %s", name, quoted(value), proposal(value, p.allowed)),
			Parameter: name, Value: shown(value), Allowed: p.allowed,
		}, true
	default:
		return problem{
			Message:   fmt.Sprintf("%s cannot be %s; write %s", name, quoted(value), p.says),
			Parameter: name, Value: shown(value),
		}, true
	}
}

// proposal says what to write instead of a word.
func proposal(word string, words []string) string {
	if len(word) <= mostCharacters {
		if near, found := diag.Nearest(word, words); found {
			return "did you mean " + near + "?"
		}
	}
	if len(words) == 1 {
		return "use " + words[0]
	}
	return "use " + strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// apply returns the part of a snapshot that is asked for. What is said of an
// id goes with it. Where an id has no state, as it could not be computed, its
// owner is not known: then only the ids that are asked for can leave it out.
func (f filter) apply(s burnrate.Snapshot) burnrate.Snapshot {
	part := burnrate.Snapshot{At: s.At}
	taken := make(map[string]bool, len(s.Statuses))
	for _, status := range s.Statuses {
		taken[status.ID] = f.takes(status)
		if taken[status.ID] {
			part.Statuses = append(part.Statuses, status)
		}
	}
	concerns := func(id string) bool {
		take, known := taken[id]
		return take || !known && f.takesID(id)
	}
	for _, failure := range s.Failures {
		if concerns(failure.ID) {
			part.Failures = append(part.Failures, failure)
		}
	}
	for _, notice := range s.Notices {
		if concerns(notice.ID) {
			part.Notices = append(part.Notices, notice)
		}
	}
	return part
}

func (f filter) takes(s burnrate.Status) bool {
	return f.takesID(s.ID) && among(f.owners, s.Owner) && among(f.kinds, string(s.Kind)) &&
		(len(f.budgets) == 0 || slices.ContainsFunc(s.Objectives, func(o burnrate.Objective) bool {
			return slices.Contains(f.budgets, string(o.Budget.State))
		}))
}

func (f filter) takesID(id string) bool {
	return len(f.ids) == 0 || slices.ContainsFunc(f.ids, func(pattern string) bool { return slo.MatchID(pattern, id) })
}

func among(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}
