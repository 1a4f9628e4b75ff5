package query

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

func (s Select) compile(c *compiler) (node, error) {
	chosen, err := c.choose(s)
	if err != nil {
		return node{}, err
	}
	offset, lookback := s.Offset.Milliseconds(), c.samples.lookback
	var out []element
	return node{at: func(at int64) ([]element, error) {
		out = out[:0]
		at -= offset
		for _, one := range chosen {
			if n := one.index(at); n > 0 && one.points[n-1].at > at-lookback {
				out = append(out, element{identity{s.Metric, one.labels}, one.points[n-1].value})
			}
		}
		return out, nil
	}}, nil
}

// choose returns the series that are selected, ordered by their labels.
func (c *compiler) choose(s Select) ([]*series, error) {
	if !metricName.MatchString(s.Metric) {
		return nil, c.wrong(s, "%q is not a name of a metric", s.Metric)
	}
	if _, kept := c.samples.kept[s.Metric]; !kept && c.samples.kept != nil {
		return nil, c.wrong(s, "samples of %s are not kept: name it to NewSamples", s.Metric)
	}
	var tests []func(*set) bool
	for _, m := range s.Matchers {
		test, err := c.matcher(s, m)
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	m := c.samples.metrics[s.Metric]
	if m == nil {
		return nil, nil
	}
	var chosen []*series
	for one := range c.candidates(m, s) {
		if !slices.ContainsFunc(tests, func(test func(*set) bool) bool { return !test(one.labels) }) {
			chosen = append(chosen, one)
		}
	}
	slices.SortFunc(chosen, func(a, b *series) int { return a.labels.compare(b.labels) })
	return chosen, nil
}

// candidates are the series of a metric that can be selected: those that have what the
// matcher wants that fewest of them have, and all where no matcher says which values there
// can be.
func (c *compiler) candidates(m *metric, s Select) iter.Seq[*series] {
	lists, fewest := [][]*series{m.series}, len(m.series)
	for _, matcher := range s.Matchers {
		values := c.values(matcher)
		if values == nil {
			continue
		}
		var having [][]*series
		n := 0
		for _, value := range values {
			list := m.having[label{matcher.Label, value}]
			having, n = append(having, list), n+len(list)
		}
		if n < fewest {
			lists, fewest = having, n
		}
	}
	return func(yield func(*series) bool) {
		for _, list := range lists {
			for _, one := range list {
				if !yield(one) {
					return
				}
			}
		}
	}
}

// values returns all values that a matcher wants, each once: nil when it does not list them,
// or when a label that is not there is wanted too.
func (c *compiler) values(m Matcher) []string {
	if m.Not {
		return nil
	}
	pattern, is := m.pattern(&c.with)
	if !is {
		if m.Value == "" {
			return nil
		}
		return []string{valid(m.Value)}
	}
	values := strings.Split(valid(pattern), "|")
	if slices.ContainsFunc(values, func(v string) bool { return v == "" || v != regexp.QuoteMeta(v) }) {
		return nil
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// matcher returns whether labels are what a matcher of a selector wants.
func (c *compiler) matcher(of Select, m Matcher) (func(*set) bool, error) {
	if err := c.label(of, m.Label); err != nil {
		return nil, err
	}
	pattern, is := m.pattern(&c.with)
	if !is {
		value := valid(m.Value)
		return func(s *set) bool { return (s.value(m.Label) == value) != m.Not }, nil
	}
	all, err := whole(pattern)
	if err != nil {
		return nil, c.wrong(of, "the pattern of %s: %w", m.Label, err)
	}
	return func(s *set) bool { return all.MatchString(s.value(m.Label)) != m.Not }, nil
}

// label is an error when a name cannot be that of a label.
func (c *compiler) label(e Expr, name string) error {
	switch {
	case name == "__name__":
		return c.wrong(e, "the name of a metric is not a label here: take Select.Metric")
	case !labelName.MatchString(name):
		return c.wrong(e, "%q is not a name of a label: that has letters, digits and _", name)
	}
	return nil
}

// names is an error when one of them cannot be that of a label.
func (c *compiler) names(e Expr, names []string) error {
	for _, name := range names {
		if err := c.label(e, name); err != nil {
			return err
		}
	}
	return nil
}

// whole compiles a pattern that has to match all of a text, with dots for any character.
func whole(pattern string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(valid(pattern)); err != nil {
		return nil, err // shows what was written
	}
	return regexp.Compile("^(?s:" + valid(pattern) + ")$")
}
