package query

import (
	"cmp"
	"slices"
	"strings"
)

// label is a name and a value that is not empty.
type label struct{ name, value string }

// set is the labels of a series, ordered by name. Sets that are alike are the same
// pointer, as far as they come from the same [interner]; so they are compared, and found
// in maps, at no cost.
type set struct{ labels []label }

// value returns that of a label, "" when there is none.
func (s *set) value(name string) string {
	i, found := slices.BinarySearchFunc(s.labels, name, func(l label, name string) int { return cmp.Compare(l.name, name) })
	if !found {
		return ""
	}
	return s.labels[i].value
}

// are reports whether some labels, ordered by name, are those of the set. It says no also
// where they are in another order, or where it would have to replace what is no UTF-8.
func (s *set) are(labels []Label) bool {
	n := 0
	for _, l := range labels {
		if l.Value == "" {
			continue
		}
		if n == len(s.labels) || s.labels[n].name != l.Name || s.labels[n].value != l.Value {
			return false
		}
		n++
	}
	return n == len(s.labels)
}

// exported makes a map of it, which belongs to the caller.
func (s *set) exported() Labels {
	labels := make(Labels, len(s.labels))
	for _, l := range s.labels {
		labels[l.name] = l.value
	}
	return labels
}

// String writes it as PromQL does: {id="checkout", window="1h"}.
func (s *set) String() string {
	texts := make([]string, len(s.labels))
	for i, l := range s.labels {
		texts[i] = l.name + "=" + quoted(l.value)
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// compare orders sets label by label, as Prometheus orders series.
func (s *set) compare(other *set) int {
	if s == other {
		return 0
	}
	return slices.CompareFunc(s.labels, other.labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value))
	})
}

// interner holds each set once.
type interner struct {
	below *interner // is looked into first, and not changed; or nil
	sets  map[string]*set
	texts map[string]string
	key   []byte
	kept  []label // of only and with
}

func newInterner(below *interner) *interner {
	return &interner{below: below, sets: map[string]*set{}, texts: map[string]string{}}
}

// set returns the set of labels, whose order it changes. Those without a value are left
// out: for PromQL they are not there.
func (in *interner) set(labels []label) *set {
	labels = slices.DeleteFunc(labels, func(l label) bool { return l.value == "" })
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	in.key = in.key[:0]
	for _, l := range labels {
		in.key = append(append(in.key, l.name...), 0xff) // no byte of UTF-8
		in.key = append(append(in.key, l.value...), 0xff)
	}
	if in.below != nil {
		if known := in.below.sets[string(in.key)]; known != nil {
			return known
		}
	}
	if known := in.sets[string(in.key)]; known != nil {
		return known
	}
	made := &set{labels: make([]label, len(labels))}
	for i, l := range labels {
		made.labels[i] = label{name: in.text(l.name), value: in.text(l.value)}
	}
	in.sets[string(in.key)] = made
	return made
}

// text returns the same bytes each time, as many series have the same values.
func (in *interner) text(text string) string {
	known, found := in.texts[text]
	if !found {
		known = strings.Clone(text)
		in.texts[known] = known
	}
	return known
}

// only returns the set of those labels of s that are named.
func (in *interner) only(s *set, names []string) *set {
	in.kept = in.kept[:0]
	for _, l := range s.labels {
		if slices.Contains(names, l.name) {
			in.kept = append(in.kept, l)
		}
	}
	return in.set(in.kept)
}

// with returns s with other values of some labels.
func (in *interner) with(s *set, changed ...label) *set {
	in.kept = in.kept[:0]
	for _, l := range s.labels {
		if !slices.ContainsFunc(changed, func(c label) bool { return c.name == l.name }) {
			in.kept = append(in.kept, l)
		}
	}
	in.kept = append(in.kept, changed...)
	return in.set(in.kept)
}
