package query

// subquery evaluates Of at each multiple of Every, and keeps what it was at those that lie
// in the time before: as times never go back, each is evaluated once. Those between two
// times are evaluated also where both look back over less, since Prometheus does so too and
// finds the same mistakes.
func (o Over) subquery(c *compiler, of reduction, length int64) (node, error) {
	inner, err := c.series(o.Of)
	if err != nil {
		return node{}, err
	}
	every := o.Every.of(c.with).Milliseconds()
	if every <= 0 {
		return node{}, c.wrong(o, "the instants that are looked at have no distance")
	}
	var (
		next   = int64(-1) // multiple that has not been evaluated; negative at first
		places = map[identity]int{}
		kept   []series
		names  []identity
		out    []element
		once   = unique{of: o}
	)
	return node{at: func(at int64) ([]element, error) {
		if next < 0 {
			next = multipleAfter(at-length, every)
		}
		for ; next <= at; next += every {
			elements, err := inner.at(next)
			if err != nil {
				return nil, err
			}
			for _, e := range elements {
				i, known := places[e.identity]
				if !known {
					i = len(kept)
					places[e.identity] = i
					kept, names = append(kept, series{labels: e.labels}), append(names, e.identity)
				}
				kept[i].points = append(kept[i].points, point{next, e.value})
			}
		}
		out = out[:0]
		for i := range kept {
			one := &kept[i]
			one.points = one.between(at-length, at)
			if len(one.points) == 0 {
				continue
			}
			if value, is := of(one.points, at-length, at); is {
				name := identity{labels: one.labels}
				if o.Function.keepsMetric() {
					name = names[i]
				}
				out = append(out, element{name, value})
			}
		}
		return out, once.check(c, out)
	}}, nil
}

// multipleAfter returns the first multiple of a distance after a time.
func multipleAfter(time, distance int64) int64 {
	first := time / distance * distance
	if first <= time {
		first += distance
	}
	return first
}
