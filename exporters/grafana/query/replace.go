package query

import "regexp"

func (r Replace) compile(c *compiler) (node, error) {
	of, err := c.series(r.Of)
	if err != nil {
		return node{}, err
	}
	if err := c.label(r, r.Label); err != nil {
		return node{}, err
	}
	if r.From != "" { // a label that is never there, for a value that is always the same
		if err := c.label(r, r.From); err != nil {
			return node{}, err
		}
	}
	pattern, err := whole(r.Pattern)
	if err != nil {
		return node{}, c.wrong(r, "the pattern of %s: %w", r.From, err)
	}
	known := map[*set]*set{}
	var (
		out  []element
		once = unique{of: r}
	)
	return node{byValue: of.byValue, at: func(at int64) ([]element, error) {
		elements, err := of.at(at)
		if err != nil {
			return nil, err
		}
		out = out[:0]
		for _, e := range elements {
			made := known[e.labels]
			if made == nil {
				made = r.replaced(c, e.labels, pattern)
				known[e.labels] = made
			}
			e.labels = made
			out = append(out, e)
		}
		return out, once.check(c, out)
	}}, nil
}

// replaced returns labels with the one that is replaced.
func (r Replace) replaced(c *compiler, s *set, pattern *regexp.Regexp) *set {
	from := s.value(r.From)
	groups := pattern.FindStringSubmatchIndex(from)
	if groups == nil {
		return s
	}
	value := pattern.ExpandString(nil, valid(r.Value), from, groups)
	return c.labels.with(s, label{name: r.Label, value: string(value)})
}
