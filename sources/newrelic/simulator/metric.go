package simulator

import (
	"math"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// metricType is the event type whose events are data points of metrics.
const metricType = "Metric"

const (
	rawMillis  = hourMillis      // ranges up to this length are answered from the points
	fineMillis = 48 * hourMillis // wider ones below this from rollups of five minutes, others from those of an hour
)

// rollupStep returns the grid onto which both ends of the range of a metric
// query are moved down, in milliseconds; 1 is no grid. It depends on the
// length of the range. Whether its age matters as well is not documented:
// rollUpOld takes rollups of a minute for short ranges that ended more than an
// hour ago.
func rollupStep(begin, end, nowMillis int64, rollUpOld bool) int64 {
	switch length := end - begin; {
	case length > rawMillis && length < fineMillis:
		return 5 * 60_000
	case length >= fineMillis:
		return hourMillis
	case rollUpOld && end < nowMillis-hourMillis:
		return 60_000
	default:
		return 1
	}
}

// snap moves the range of a query of metrics onto the grid of its rollup. Sums
// over whole steps are the same from rollups and from points, so no rollup is
// kept.
func (a *answer) snap(query *nrql.Query, in setting) *queryError {
	if len(a.eventTypes) > 1 {
		return refusal("FROM Metric together with other types")
	}
	a.step = 1
	if query.Raw {
		if a.begin < in.nowMillis-fineMillis {
			return refusal("RAW beyond the last 48 hours")
		}
		return nil
	}
	a.step = rollupStep(a.begin, a.end, in.nowMillis, in.rollUpOld)
	a.begin, a.end = floor(a.begin, a.step), floor(a.end, a.step)
	if ts := query.TimeSeries; ts != nil && ts.Width.Millis()%a.step != 0 {
		return refusal("FROM Metric with buckets that are no multiple of the rollup's step")
	}
	return nil
}

func floor(millis, step int64) int64 {
	return millis - ((millis%step)+step)%step
}

// countsDataPoints is the notice that New Relic gives with count(*) of
// metrics, in our words.
const countsDataPoints = "count(*) FROM Metric adds up the count field of summaries; every other data point counts as one."

// metricLeaves gives names the meaning they have in queries of metrics: behind
// WHERE they are attributes of data points, in aggregates metrics.
type metricLeaves struct {
	rowLeaves
	step int64
}

// adder compiles an aggregate of a metric. What New Relic could answer and
// this cannot is refused, some of it only when such a point is met.
func (m metricLeaves) adder(c *compiler, s slot) adder {
	var a adder
	for _, condition := range s.conditions {
		a.conditions = append(a.conditions, c.test(condition))
	}
	name, isName := s.arg.(*nrql.Name)
	_, isStar := s.arg.(*nrql.Star)
	switch {
	case isStar:
		a.take = m.countPoints()
	case !isName || name.Wildcard:
		c.refuse("%s() of %s FROM Metric", s.function, nrql.Print(s.arg))
	case name.Value == "timestamp":
		a.take = m.takeTime(c, s.function)
	default:
		m.onMove(func() {
			if m.table.byName[name.Value] != nil && !m.isMetric(name.Value) {
				c.refuse("%s() of the attribute %s FROM Metric", s.function, nrql.Print(name))
			}
		})
		a.take = m.takeMetric(c, s.function, name.Value)
	}
	return a
}

// isMetric reports whether any data point of the table is of a metric.
func (m metricLeaves) isMetric(name string) bool {
	id, known := m.table.pool.ids[name]
	names := m.table.byName["metricName"]
	for row := 0; known && row < len(m.table.times); row++ {
		if names.at(row) == (cell{text, uint64(id)}) {
			return true
		}
	}
	return false
}

// takeFunc counts in what a row means for an aggregate.
type takeFunc func(t *total, row row)

func (m metricLeaves) countPoints() takeFunc {
	types, counts := m.field("metricType"), m.field("count")
	return func(t *total, row row) {
		n := 1.0
		if count := counts(row.number); types(row.number).text == "summary" && count.kind == number {
			n = count.number
		}
		t.count += row.weight * n
	}
}

// takeTime takes the time of a point; points of a rollup have that of its
// step.
func (m metricLeaves) takeTime(c *compiler, function string) takeFunc {
	switch function {
	case "min", "max", "earliest", "latest":
	default:
		c.refuse("%s() of timestamp FROM Metric", function)
	}
	return func(t *total, row row) {
		t.add(Number(float64(floor(row.millis, m.step))), row.millis, row.weight)
	}
}

// point is a data point: what it says of the numbers behind it.
type point struct {
	metricType           string
	count, sum, min, max float64
}

func (m metricLeaves) takeMetric(c *compiler, function, name string) takeFunc {
	switch function {
	case "count", "sum", "average", "min", "max", "earliest", "latest":
	default:
		c.refuse("%s() of a metric", function)
	}
	var names *column
	var wanted cell
	m.cursor.column("metricName", func(found *column, strings *pool) {
		names, wanted = nil, cell{}
		if id, known := strings.ids[name]; known {
			names, wanted = found, cell{text, uint64(id)}
		}
	})
	read := m.reader()
	return func(t *total, row row) {
		if names == nil || names.at(row.number) != wanted {
			return
		}
		p, complete := read(row.number)
		switch {
		case !complete:
			c.refuse("a data point of %s that is neither a gauge, a count nor a summary", name)
		case p.metricType == "count" && function != "sum":
			c.refuse("%s() of %s, a metric of the type count", function, name)
		case p.metricType == "summary" && (function == "latest" || function == "earliest"):
			c.refuse("%s() of %s, a metric of the type summary", function, name)
		case function == "min":
			t.add(Number(p.min), row.millis, row.weight)
		case function == "latest", function == "earliest", function == "max":
			t.add(Number(p.max), row.millis, row.weight)
		default:
			t.count += row.weight * p.count
			t.numbers += row.weight * p.count
			t.sum += row.weight * p.sum
		}
	}
}

// field returns what reads a field of a data point.
func (m metricLeaves) field(name string) valueFunc {
	return m.name(nil, &nrql.Name{Value: name})
}

// reader returns what reads a row as a data point. One without a type is a
// gauge when it has a value, and a summary when it has a count.
func (m metricLeaves) reader() func(row int) (p point, complete bool) {
	numeric := func(name string) func(row int) float64 {
		read := m.field(name)
		return func(row int) float64 {
			if v := read(row); v.kind == number {
				return v.number
			}
			return math.NaN()
		}
	}
	types := m.field("metricType")
	value, count, sum, least, most := numeric("value"), numeric("count"), numeric("sum"), numeric("min"), numeric("max")
	return func(row int) (point, bool) {
		kind := types(row).text
		switch v := value(row); {
		case kind == "gauge", kind == "count", kind == "" && !math.IsNaN(v):
			return point{kind, 1, v, v, v}, !math.IsNaN(v)
		case kind == "summary" || kind == "":
			p := point{"summary", count(row), sum(row), least(row), most(row)}
			return p, !math.IsNaN(p.count + p.sum + p.min + p.max)
		default:
			return point{}, false
		}
	}
}
