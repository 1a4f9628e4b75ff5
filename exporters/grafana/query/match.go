package query

// matching numbers what series of two sides have alike: the labels On, or all.
func (b Binary) matching(c *compiler) func(*set) int {
	if b.On == nil {
		ordinals := map[*set]int{}
		return func(s *set) int {
			i, known := ordinals[s]
			if !known {
				i = len(ordinals)
				ordinals[s] = i
			}
			return i
		}
	}
	return (&groups{compiler: c, by: b.On, of: map[*set]int{}, ordinals: map[*set]int{}}).index
}

// marks are numbers that were seen at an instant.
type marks struct{ seen []bool }

func (m *marks) reset() { clear(m.seen) }

// mark marks a number, and returns whether it was marked before.
func (m *marks) mark(i int) bool {
	for len(m.seen) <= i {
		m.seen = append(m.seen, false)
	}
	before := m.seen[i]
	m.seen[i] = true
	return before
}

func (m *marks) has(i int) bool { return i < len(m.seen) && m.seen[i] }

// sets is one of the set operators.
func (b Binary) sets(c *compiler, left, right node) node {
	number := b.matching(c)
	var (
		there marks
		out   []element
	)
	return node{byValue: left.byValue && b.Operator != Or, at: func(at int64) ([]element, error) {
		l, r, err := both(left, right, at)
		if err != nil {
			return nil, err
		}
		out = out[:0]
		there.reset()
		if b.Operator == Or {
			for _, e := range l {
				there.mark(number(e.labels))
			}
			out = append(out, l...)
			for _, e := range r {
				if !there.has(number(e.labels)) {
					out = append(out, e)
				}
			}
			return out, nil
		}
		for _, e := range r {
			there.mark(number(e.labels))
		}
		for _, e := range l {
			if there.has(number(e.labels)) == (b.Operator == And) {
				out = append(out, e)
			}
		}
		return out, nil
	}}
}

// vectors is between series that belong together.
func (b Binary) vectors(c *compiler, left, right node) node {
	var (
		number  = b.matching(c)
		apply   = b.apply()
		labels  = b.labels(c)
		there   marks             // on the right
		ones    []element         // of the right, by number
		matched marks             // of the left, where one belongs to one
		made    map[pair]struct{} // where many belong to one
		out     []element
	)
	if b.Many {
		made = map[pair]struct{}{}
	}
	return node{byValue: left.byValue, at: func(at int64) ([]element, error) {
		l, r, err := both(left, right, at)
		if err != nil || len(l) == 0 || len(r) == 0 {
			return nil, err
		}
		there.reset()
		matched.reset()
		clear(made)
		for _, e := range r {
			i := number(e.labels)
			if there.mark(i) {
				return nil, c.wrong(b, "two series of the right side belong to the same of the left: %s and %s; name more labels, or aggregate the right side",
					ones[i].labels, e.labels)
			}
			for len(ones) <= i {
				ones = append(ones, element{})
			}
			ones[i] = e
		}
		out = out[:0]
		for _, e := range l {
			i := number(e.labels)
			if !there.has(i) {
				continue
			}
			result := identity{labels: labels(e.labels, ones[i].labels)}
			if b.keepsMetric() && (b.Many || b.On == nil) {
				result.metric = e.metric
			}
			if b.Many {
				if _, twice := made[pair{i, result}]; twice {
					return nil, c.wrong(b, "two series of the result have the labels %s", result.labels)
				}
				made[pair{i, result}] = struct{}{}
			} else if matched.mark(i) {
				return nil, c.wrong(b, "many series of the left side belong to one of the right, such as %s: say so with Taking", e.labels)
			}
			if value, kept := apply(e.value, ones[i].value); kept {
				out = append(out, element{result, value})
			}
		}
		return out, nil
	}}
}

// pair is a result of many to one.
type pair struct {
	number int
	of     identity
}

// labels returns the labels of what becomes of a series on the left and one on the right.
func (b Binary) labels(c *compiler) func(left, right *set) *set {
	if !b.Many && b.On == nil || b.Many && len(b.Take) == 0 {
		return func(left, _ *set) *set { return left }
	}
	known := map[[2]*set]*set{}
	return func(left, right *set) *set {
		key := [2]*set{left, right}
		made := known[key]
		switch {
		case made != nil:
			return made
		case b.Many:
			taken := make([]label, 0, len(b.Take))
			for _, name := range b.Take {
				taken = append(taken, label{name: name, value: right.value(name)})
			}
			made = c.labels.with(left, taken...)
		default:
			made = c.labels.only(left, b.On)
		}
		known[key] = made
		return made
	}
}
