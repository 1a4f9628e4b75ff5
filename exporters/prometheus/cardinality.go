package prometheus

import (
	"cmp"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Cardinality is how many series a page of a set has at most: when everything in it is
// measured and everything fails a little.
type Cardinality struct {
	Metrics    []MetricSeries // the largest first
	IDs        []IDSeries     // the largest first
	Series     int
	Objectives int
	Created    int   // lines that OpenMetrics has besides, one for each counter
	Text       int64 // bytes of the page as text
	Gzip       int64 // bytes of it gzipped, about
}

// MetricSeries is how many series a metric has.
type MetricSeries struct {
	Name   string
	Series int
}

// IDSeries is how many series an id has, and what they come of.
type IDSeries struct {
	ID         string
	Series     int
	Objectives int
	Windows    int // that differ, of objectives and policies
}

// CardinalityOf counts the series of a set on a page of it.
func CardinalityOf(set *slo.Set) (Cardinality, error) {
	v, err := fullest(set)
	if err != nil {
		return Cardinality{}, err
	}
	text, err := newBody(v, expfmt.TypeTextPlain, nil)
	if err != nil {
		return Cardinality{}, err
	}
	all := Cardinality{Text: int64(text.size)}
	for _, segment := range text.deflated {
		all.Gzip += int64(len(segment))
	}
	c, ids, metric := newContent(v), map[string]IDSeries{}, MetricSeries{}
	for _, s := range c.subjects {
		ids[s.status.ID] = IDSeries{ID: s.status.ID, Objectives: len(s.status.Objectives), Windows: len(s.windows)}
		all.Objectives += len(s.status.Objectives)
	}
	count := func(f *dto.MetricFamily) error {
		metric.Name = f.GetName()
		metric.Series += len(f.Metric)
		for _, m := range f.Metric {
			id := idOf(m)
			of := ids[id]
			of.ID, of.Series = id, of.Series+1
			ids[id] = of
			if m.Counter != nil {
				all.Created++
			}
		}
		return nil
	}
	end := func() error {
		if metric.Series > 0 {
			all.Metrics, all.Series, metric = append(all.Metrics, metric), all.Series+metric.Series, MetricSeries{}
		}
		return nil
	}
	if err := collect(c, nil, count, end); err != nil {
		return Cardinality{}, err
	}
	for _, of := range ids {
		all.IDs = append(all.IDs, of)
	}
	slices.SortFunc(all.IDs, func(a, b IDSeries) int { return cmp.Or(b.Series-a.Series, cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(all.Metrics, func(a, b MetricSeries) int { return b.Series - a.Series })
	return all, nil
}

func idOf(m *dto.Metric) string {
	for _, l := range m.Label {
		if l.GetName() == "id" {
			return l.GetValue()
		}
	}
	return ""
}

// fullest returns a view of a set in which nothing is absent that could be there.
func fullest(set *slo.Set) (View, error) {
	const end = slo.Minute(29_500_000) // some minute: the windows are the same in all of them
	open := *set
	open.Exclusions = nil // they may hide all events of a window
	v := View{Set: set}
	extents := map[string]slo.Span{}
	for i, s := range open.Measured() {
		extents[s.ID] = slo.Span{End: end}
		v.Snapshot.Meters = append(v.Snapshot.Meters, burnrate.Meter{
			ID: s.ID, Unit: s.SLI.Unit(), Began: end.Time(), Events: burnrate.Outcomes{Good: 1_000_000 + int64(i), Bad: int64(i % 1_000)}, Watermark: end,
			Rows: burnrate.Outcomes{Good: 1_000_000, Bad: 1_000}, Minutes: 1_000,
		})
		v.Snapshot.Seams = append(v.Snapshot.Seams, burnrate.Seam{ID: s.ID, At: end})
	}
	measured := map[string]burnrate.Measurement{}
	for id, cuts := range burnrate.Cuts(&open, extents) {
		rows := make([]burnrate.Row, max(0, len(cuts)-1))
		for i := range rows {
			rows[i] = burnrate.Counted(slo.Counts{Total: 1_000 + int64(len(measured)%997), Bad: 1 + int64(i)})
		}
		series, err := burnrate.NewSeries(extents[id], cuts, rows)
		if err != nil {
			return View{}, err
		}
		measured[id] = burnrate.Measurement{Series: series, End: end}
	}
	meters, seams := v.Snapshot.Meters, v.Snapshot.Seams
	v.Snapshot = burnrate.Evaluate(&open, end.Time(), measured)
	v.Snapshot.Meters, v.Snapshot.Seams = meters, seams
	for i := range v.Snapshot.Statuses {
		s := &v.Snapshot.Statuses[i]
		for k := range s.Objectives {
			if o := &s.Objectives[k]; o.Window.Window.IsCalendar() {
				v.Snapshot.Previous = append(v.Snapshot.Previous, burnrate.Previous{ID: s.ID, Objective: o.Name, Remaining: burnrate.RatioOf(0.5)})
			}
		}
	}
	return v, nil
}
