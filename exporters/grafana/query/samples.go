package query

import "time"

// Labels are those of a series, without the name of its metric.
type Labels map[string]string

// Sample is a value of a series at an instant.
type Sample struct {
	Labels Labels
	Value  float64
}

// Point is a value at a time.
type Point struct {
	At    time.Time
	Value float64
}

// Series is values over time, in order. Where there is no point, there is no value.
type Series struct {
	Labels Labels
	Points []Point
}

// Data is what expressions are evaluated on. Results are ordered by their labels, but
// those of Top and Bottom at an instant by value, also when more is done with them: as
// long as they are the left side of it.
//
// Values are those of Prometheus: where something is divided by zero, they are infinite
// or not a number. Who shows values leaves those out.
type Data interface {
	// At evaluates an expression at an instant.
	At(e Expr, at time.Time, with Binding) ([]Sample, error)
	// Between evaluates it at from, and each step after that until to.
	Between(e Expr, from, to time.Time, step time.Duration, with Binding) ([]Series, error)
}

// Samples are series in memory, on which expressions mean what they mean to Prometheus 3.
// Times are kept to the millisecond. Once everything is added, they can be read by several
// goroutines at once.
type Samples struct {
	lookback int64               // milliseconds
	kept     map[string]struct{} // nil for all metrics
	metrics  map[string]*metric
	labels   *interner
	expected int             // points of a series
	newest   map[string]bool // metrics of which older samples are not kept
	pairs    []Label         // of Add
	scratch  []label
}

var _ Data = (*Samples)(nil)

// metric is the series of one name.
type metric struct {
	series   []*series
	byLabels map[*set]*series
	having   map[label][]*series // those that have a label with a value
	next     int                 // place of the series that follows the one that was added to last
}

// series has its points in order.
type series struct {
	labels *set
	points []point
	place  int // among those of its metric
}

// point is 16 bytes, of which there may be millions.
type point struct {
	at    int64 // milliseconds since 1970
	value float64
}

// NewSamples has no samples yet. An instant sees the newest sample of a series that is
// less than lookback old: 5 minutes are what Prometheus looks back, and samples that are
// further apart want their distance. When metrics are named, only those are kept; see
// [MetricsOf].
func NewSamples(lookback time.Duration, metrics ...string) *Samples {
	s := &Samples{lookback: lookback.Milliseconds(), metrics: map[string]*metric{}, labels: newInterner(nil)}
	if len(metrics) > 0 {
		s.kept = map[string]struct{}{}
	}
	for _, name := range metrics {
		s.kept[name] = struct{}{}
	}
	return s
}

// Expect says how many samples a series will have, most of them at least: memory for so many
// is taken at once.
func (s *Samples) Expect(points int) { s.expected = points }

// KeepNewest has series of some metrics keep their newest sample only. It is for those that
// are read at the end alone, and called before anything is added.
func (s *Samples) KeepNewest(metrics ...string) {
	s.newest = map[string]bool{}
	for _, name := range metrics {
		s.newest[name] = true
	}
}

// Add adds a sample. Labels without a value are not there, and invalid UTF-8 is replaced,
// as in what package prometheus exports. A sample that is not later than the one before it
// of its series is left out.
func (s *Samples) Add(name string, labels Labels, at time.Time, value float64) {
	s.pairs = s.pairs[:0]
	for name, value := range labels {
		s.pairs = append(s.pairs, Label{name, value})
	}
	s.AddLabels(name, s.pairs, at, value)
}

// Label is a name and a value.
type Label struct{ Name, Value string }

// AddLabels adds a sample as Add does. It is quick where labels are ordered by name, and
// series come in the same order each time.
func (s *Samples) AddLabels(name string, labels []Label, at time.Time, value float64) {
	if _, kept := s.kept[name]; !kept && s.kept != nil {
		return
	}
	m := s.metrics[name]
	if m == nil {
		m = &metric{byLabels: map[*set]*series{}, having: map[label][]*series{}}
		s.metrics[name] = m
	}
	one := s.of(m, labels)
	m.next = one.place + 1
	p := point{at: at.UnixMilli(), value: value}
	if n := len(one.points); n > 0 && one.points[n-1].at >= p.at {
		return
	}
	if s.newest[name] {
		one.points = append(one.points[:0], p)
		return
	}
	if n := len(one.points); n == cap(one.points) { // not twice as many, as append would
		one.points = append(make([]point, 0, max(s.expected, n+max(16, n/8))), one.points...)
	}
	one.points = append(one.points, p)
}

// of returns the series of a metric that has some labels.
func (s *Samples) of(m *metric, labels []Label) *series {
	if m.next == len(m.series) {
		m.next = 0
	}
	if len(m.series) > 0 && m.series[m.next].labels.are(labels) {
		return m.series[m.next]
	}
	s.scratch = s.scratch[:0]
	for _, l := range labels {
		s.scratch = append(s.scratch, label{name: l.Name, value: valid(l.Value)})
	}
	of := s.labels.set(s.scratch)
	one := m.byLabels[of]
	if one == nil {
		one = &series{labels: of, place: len(m.series)}
		m.byLabels[of] = one
		m.series = append(m.series, one)
		for _, l := range of.labels {
			m.having[l] = append(m.having[l], one)
		}
	}
	return one
}

// between returns the points after one time and not after another, in milliseconds.
func (s *series) between(after, until int64) []point {
	return s.points[s.index(after):s.index(until)]
}

// index returns how many points are not after a time.
func (s *series) index(until int64) int {
	low, high := 0, len(s.points)
	for low < high {
		if middle := (low + high) / 2; s.points[middle].at <= until {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
