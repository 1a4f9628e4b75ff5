package simulator

import (
	"math"
	"regexp"
	"slices"
	"strings"

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
func (s *scope) snap() *queryError {
	if len(s.types) > 1 {
		return refusal("FROM Metric together with other types")
	}
	s.step = 1
	if s.query.Raw {
		if s.begin < s.nowMillis-fineMillis {
			return refusal("RAW beyond the last 48 hours")
		}
		return nil
	}
	if s.rawMetrics {
		return nil
	}
	s.step = rollupStep(s.begin, s.end, s.nowMillis, s.rollUpOld)
	s.begin, s.end = floor(s.begin, s.step), floor(s.end, s.step)
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
	name, field := metricField(s.arg)
	_, isStar := s.arg.(*nrql.Star)
	switch {
	case isStar:
		a.take = m.countPoints(c)
	case name == nil:
		c.refuse("%s() of %s FROM Metric", s.function, nrql.Print(s.arg))
	case name.Wildcard && !facetsByMetric(c.scope.query):
		c.refuse("the wildcard %s without FACET metricName", name.Value)
	case name.Value == "timestamp" && field == "":
		a.take = m.takeTime(c, s.function)
	default:
		if !name.Wildcard {
			m.onMove(func() {
				if m.table.byName[name.Value] != nil && !m.isMetric(name.Value) {
					c.refuse("%s() of the attribute %s FROM Metric", s.function, nrql.Print(name))
				}
			})
		}
		a.take = m.takeMetric(c, s.function, name, field)
	}
	return a
}

// metricField takes took[count] and getField(took, count) apart; the name is
// nil for everything that is no metric.
func metricField(x nrql.Expr) (name *nrql.Name, field string) {
	var key nrql.Expr
	switch whole := x.(type) {
	case *nrql.Index:
		x, key = whole.X, whole.Key
	case *nrql.Call:
		if whole.Name == "getField" {
			x, key = whole.Args[0], whole.Args[1]
		}
	}
	switch key := key.(type) {
	case *nrql.Name:
		field = key.Value
	case *nrql.String:
		field = key.Value
	}
	name, _ = x.(*nrql.Name)
	return name, field
}

// facetsByMetric reports whether every group is of one metric. Whether
// New Relic adds several up elsewhere, or gives a column for each, is not known.
func facetsByMetric(query *nrql.Query) bool {
	return query.Facet != nil && slices.ContainsFunc(query.Facet.By, func(by nrql.Column) bool {
		name, isName := by.Expr.(*nrql.Name)
		return isName && name.Value == "metricName"
	})
}

// name refuses the name of a metric where an attribute has to be: what a
// condition on a metric means is not documented.
func (m metricLeaves) name(c *compiler, x *nrql.Name) valueFunc {
	m.notMetric(c, x)
	return m.rowLeaves.name(c, x)
}

// column leaves all names to name.
func (m metricLeaves) column(nrql.Expr, func(*column, *pool)) bool { return false }

func (m metricLeaves) notMetric(c *compiler, x *nrql.Name) {
	m.onMove(func() {
		if m.table.byName[x.Value] == nil && m.isMetric(x.Value) {
			c.refuse("the metric %s outside of an aggregate", nrql.Print(x))
		}
	})
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

// oddPoint is refused where it is met.
const oddPoint = "a data point of %s that is neither a gauge, a count nor a summary"

// takeFunc counts in what a row means for an aggregate.
type takeFunc func(t *total, row row)

func (m metricLeaves) countPoints(c *compiler) takeFunc {
	names := m.field("metricName")
	types, values, counts := m.field("metricType"), m.field("value"), m.field("count")
	return func(t *total, row row) {
		n := 1.0
		// As for a metric itself, one without a type and a value is a summary.
		kind := types(row.number).text
		switch kind {
		case "", "gauge", "count", "summary":
		default:
			c.refuse(oddPoint, names(row.number).text)
		}
		isSummary := kind == "summary" || kind == "" && values(row.number).kind != number
		if count := counts(row.number); isSummary && count.kind == number {
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

// names returns what tells the points of a metric, or of those that a wildcard
// means, from others.
func (m metricLeaves) names(c *compiler, wanted *nrql.Name) func(row int) bool {
	var names *column
	var ids map[uint64]bool
	var matches func(string) bool
	if wanted.Wildcard {
		pattern, err := regexp.Compile(`(?s)\A` + strings.ReplaceAll(regexp.QuoteMeta(wanted.Value), "%", ".*") + `\z`)
		if err != nil { // no text in UTF-8
			c.refuse("the wildcard %q", wanted.Value)
			return nil
		}
		matches = pattern.MatchString
	}
	m.cursor.column("metricName", func(found *column, strings *pool) {
		names, ids = found, map[uint64]bool{}
		if id, known := strings.ids[wanted.Value]; known && !wanted.Wildcard {
			ids[uint64(id)] = true
		}
		for id, name := range strings.strings {
			if wanted.Wildcard && matches(name) {
				ids[uint64(id)] = true
			}
		}
	})
	return func(row int) bool {
		name := names.at(row)
		return name.kind == text && ids[name.bits]
	}
}

func (m metricLeaves) takeMetric(c *compiler, function string, name *nrql.Name, field string) takeFunc {
	switch what := function + " " + field; what {
	case "count ", "sum ", "average ", "min ", "max ", "earliest ", "latest ", "sum count", "sum total", "min min", "max max", "latest latest":
	default:
		if field != "" {
			field = " the field " + field + " of"
		}
		c.refuse("%s() of%s a metric", function, field)
	}
	isMeant, read := m.names(c, name), m.reader()
	return func(t *total, row row) {
		if !isMeant(row.number) {
			return
		}
		p, complete := read(row.number)
		switch {
		case !complete:
			c.refuse(oddPoint, name.Value)
		case p.metricType == "count" && field == "count":
			t.add(Number(p.sum), row.millis, row.weight)
		case p.metricType == "count" && (function != "sum" || field != ""):
			c.refuse("%s() of %s, a metric of the type count", function, name.Value)
		case p.metricType == "summary" && (function == "latest" || function == "earliest"):
			c.refuse("%s() of %s, a metric of the type summary", function, name.Value)
		case field == "count":
			t.add(Number(p.count), row.millis, row.weight)
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
	return m.rowLeaves.name(nil, &nrql.Name{Value: name})
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
