package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Of returns what differs in meaning between a set and what has become of it. renamed has
// the former ids of journeys, steps and SLOs and what they are called now, as renamedFrom
// says. Changes are ordered by what they are about, that with the most important change
// first, and then by weight and kind. Those that are the same for many are one.
func Of(before, after *slo.Set, renamed map[string]string) []Change {
	c := &comparison{before: before, after: after, was: formerIDs(before, after, renamed)}
	c.journeys()
	c.slos()
	c.policies()
	c.exclusions()
	c.teams()
	c.notifiers()
	c.sources()
	changes := grouped(c.changes)
	order(changes)
	return changes
}

// comparison collects what differs.
type comparison struct {
	before, after *slo.Set
	was           map[string]string // ids after the change to those before it, where they differ
	changes       []Change
}

func (c *comparison) add(changes ...Change) { c.changes = append(c.changes, changes...) }

// formerIDs returns what ids were called before, as far as that is gone and they are new.
func formerIDs(before, after *slo.Set, renamed map[string]string) map[string]string {
	old, now := ids(before), ids(after)
	was := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(renamed)) {
		id := renamed[name]
		if _, twice := was[id]; old[name] && !now[name] && now[id] && !old[id] && !twice {
			was[id] = name
		}
	}
	return was
}

func ids(set *slo.Set) map[string]bool {
	ids := map[string]bool{}
	for _, id := range set.IDs() {
		ids[id] = true
	}
	return ids
}

// old returns what an id was called before the change.
func (c *comparison) old(id string) string {
	if name, renamed := c.was[id]; renamed {
		return name
	}
	return id
}

// same is the name of what keeps it.
func same(name string) string { return name }

// pair is a thing before and after a change, the zero value where it is not.
type pair[T any] struct{ before, after T }

// match finds what belongs together of two lists: by names, which old turns into those
// before the change. What is gone comes last.
func match[T any](before, after []T, name func(T) string, old func(string) string) []pair[T] {
	byName := map[string]T{}
	for _, b := range before {
		byName[name(b)] = b
	}
	var pairs []pair[T]
	seen := map[string]bool{}
	for _, a := range after {
		n := old(name(a))
		pairs = append(pairs, pair[T]{byName[n], a})
		seen[n] = true
	}
	for _, b := range before {
		if !seen[name(b)] {
			pairs = append(pairs, pair[T]{before: b})
		}
	}
	return pairs
}

// paired returns what each thing after a change was before it, nil for what is new, and
// what is left of those before. A thing goes with the first one that the earliest of the
// likenesses finds for it.
func paired[T any](before, after []T, likenesses ...func(b, a *T) bool) (old, left []*T) {
	old = make([]*T, len(after))
	left = pointers(before)
	for _, alike := range likenesses {
		for i := range after {
			if old[i] != nil {
				continue
			}
			if k := slices.IndexFunc(left, func(b *T) bool { return alike(b, &after[i]) }); k >= 0 {
				old[i] = left[k]
				left = slices.Delete(left, k, k+1)
			}
		}
	}
	return old, left
}

func pointers[T any](list []T) []*T {
	pointers := make([]*T, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	return pointers
}

// text returns a change of what somebody wrote, if there is one.
func text(kind Kind, subject Subject, place diag.Span, before, after string) []Change {
	return said(kind, subject, place, diag.Verbatim(before), diag.Verbatim(after))
}

// said returns a change of what can be said in words, if there is one.
func said(kind Kind, subject Subject, place diag.Span, before, after diag.Phrase) []Change {
	if before.Equal(after) {
		return nil
	}
	return []Change{{Kind: kind, Weight: Neutral, Subject: subject, Before: before, After: after, Place: place}}
}

// weighted gives changes a weight.
func weighted(changes []Change, weigh func(Change) Weight) []Change {
	for i := range changes {
		changes[i].Weight = weigh(changes[i])
	}
	return changes
}

// comesOrGoes weighs a text: something is lost without it, and gained with it.
func comesOrGoes(otherwise Weight) func(Change) Weight {
	return func(c Change) Weight {
		switch {
		case c.After.Empty():
			return Loses
		case c.Before.Empty():
			return Gains
		}
		return otherwise
	}
}

func always(w Weight) func(Change) Weight { return func(Change) Weight { return w } }

// missing returns what is in one list more often than in another one.
func missing(from, in []string) []string {
	count := map[string]int{}
	for _, text := range in {
		count[text]++
	}
	var list []string
	for _, text := range from {
		if count[text]--; count[text] < 0 {
			list = append(list, text)
		}
	}
	return list
}

// order sorts changes for people: what needs attention first.
func order(changes []Change) {
	best := map[Subject]int{}
	for _, c := range changes {
		section := c.Subject.Section()
		if rank, known := best[section]; !known || c.Weight.rank() < rank {
			best[section] = c.Weight.rank()
		}
	}
	kinds := ranks()
	slices.SortStableFunc(changes, func(a, b Change) int {
		s, t := a.Subject.Section(), b.Subject.Section()
		return cmp.Or(
			cmp.Compare(best[s], best[t]), cmp.Compare(s.What.rank(), t.What.rank()), cmp.Compare(s.Name, t.Name),
			cmp.Compare(a.Weight.rank(), b.Weight.rank()), cmp.Compare(kinds[a.Kind], kinds[b.Kind]), cmp.Compare(a.Subject.Name, b.Subject.Name),
			cmp.Compare(a.Objective, b.Objective), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.Before.String(), b.Before.String()), cmp.Compare(a.After.String(), b.After.String()),
		)
	})
}

// oneLine joins the lines of a text.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// written is what somebody wrote, on one line.
func written(text string) diag.Phrase { return diag.Verbatim(oneLine(text)) }

// parted puts semicolons between phrases, in every language.
func parted(phrases []diag.Phrase) diag.Phrase {
	var all diag.Phrase
	for i, p := range phrases {
		if i == 0 {
			all = p
		} else {
			all = diag.Say("%v; %v", all, p)
		}
	}
	return all
}

// turn is what was before and what is after a change.
type turn struct{ before, after diag.Phrase }
