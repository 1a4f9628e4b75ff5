package simulator

// gatherFunc takes a value that is not null, of an event.
type gatherFunc func(t *total, v Value, row row)

// numbersOfValue is how many numbers take the memory of a different value.
const numbersOfValue = 16

// gatherer returns what a slot does with the values it sees; nil when the
// total's own figures are enough.
func (s slot) gatherer(c *compiler) gatherFunc {
	switch s.function {
	case "percentile":
		return func(t *total, v Value, row row) {
			for range row.copies {
				if v.kind == number {
					g := t.gather()
					g.values, g.sorted = append(g.values, v.number), false
					if len(g.values)%numbersOfValue == 0 {
						c.hold(1)
					}
				}
			}
		}
	case "uniqueCount", "uniques":
		return func(t *total, v Value, _ row) {
			if g := t.gather(); !g.seen[v] {
				g.seen[v] = true
				g.order = append(g.order, v)
				c.hold(1)
			}
		}
	case "stddev", "stdvar":
		return func(t *total, v Value, row row) {
			if v.kind == number {
				t.numbers += row.weight
				t.gather().spread(v.number, row.weight)
			}
		}
	case "apdex":
		return func(t *total, v Value, row row) {
			g := t.gather()
			switch {
			case v.kind != number:
			case v.number <= s.threshold:
				g.satisfied += row.weight
			case v.number <= 4*s.threshold:
				g.tolerating += row.weight
			default:
				g.frustrated += row.weight
			}
		}
	case "histogram":
		return func(t *total, v Value, row row) {
			if v.kind == number {
				t.gather().high(s.bars.count)[s.bars.of(v.number)] += row.weight
			}
		}
	case "cdfPercentage":
		return func(t *total, v Value, row row) {
			if v.kind != number {
				return
			}
			t.numbers += row.weight
			heights := t.gather().high(len(s.points))
			for i, point := range s.points {
				if v.number <= point {
					heights[i] += row.weight
				}
			}
		}
	case "funnel":
		return s.stepper(c)
	}
	return nil
}
