package grafana

import (
	"maps"
	"slices"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	metrics "github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// shops loads journeys and SLOs of every sort.
func shops(t testing.TB) *slo.Set {
	t.Helper()
	result, err := load.Load([]string{"testdata/journeys"}, nil, newrelic.Key)
	if err != nil {
		t.Fatal(err)
	}
	if result.Findings.Failed() {
		t.Fatal(result.Findings)
	}
	return result.Set
}

// world is a set with numbers, and what /metrics said of them in the last day.
type world struct {
	set      *slo.Set
	at       time.Time
	snapshot burnrate.Snapshot
	samples  *query.Samples
}

// broken is for how many minutes more than usual has failed.
const broken = 15

// newWorld measures every SLI of a set for five weeks: 200 events a minute, of which 1 is
// bad, and of late 20. An alert fires.
func newWorld(t testing.TB, set *slo.Set, firing ...alert.Key) *world {
	t.Helper()
	return worldOf(t, set, func(string) (int64, int64, bool) { return 200, 1, true }, firing...)
}

// worldOf is newWorld of other events a minute; what is not measured never was.
func worldOf(t testing.TB, set *slo.Set, events func(id string) (total, bad int64, measured bool), firing ...alert.Key) *world {
	t.Helper()
	w := &world{set: set, at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), samples: query.NewSamples(5 * time.Minute)}
	end := slo.MinuteAt(w.at)
	extent := slo.Span{Start: end - 35*24*60, End: end}
	extents := map[string]slo.Span{}
	for _, s := range set.Measured() {
		extents[s.ID] = extent
	}
	measured := map[string]burnrate.Measurement{}
	cuts := burnrate.Cuts(set, extents)
	for _, s := range set.Measured() {
		total, bad, is := events(s.ID)
		if !is {
			continue
		}
		var rows []burnrate.Row
		for i := range len(cuts[s.ID]) - 1 {
			from, to := cuts[s.ID][i], cuts[s.ID][i+1]
			late := int64(slo.Span{Start: from, End: to}.Intersect(slo.Span{Start: end - broken, End: end}).Len())
			minutes := int64(to - from)
			unit := s.SLI.Unit()
			rows = append(rows, burnrate.Counted(slo.Counts{Total: total * minutes * unit, Bad: bad * (minutes + 19*late) * unit}))
		}
		series, err := burnrate.NewSeries(extent, cuts[s.ID], rows)
		if err != nil {
			t.Fatal(err)
		}
		measured[s.ID] = burnrate.Measurement{Series: series, End: end}
	}
	w.snapshot = burnrate.Evaluate(set, w.at, measured)
	for _, id := range slices.Sorted(maps.Keys(measured)) {
		w.snapshot.Meters = append(w.snapshot.Meters, burnrate.Meter{ID: id, Unit: 1, Watermark: end})
	}
	var alerts []alert.Alert
	for _, key := range firing {
		alerts = append(alerts, alert.Alert{Key: key, Sent: true})
	}
	const every, span = 5 * time.Minute, 25 * time.Hour
	for ago := span; ago >= 0; ago -= every {
		minutes := int64((span - ago) / time.Minute)
		for i := range w.snapshot.Meters {
			m := &w.snapshot.Meters[i]
			total, bad, _ := events(m.ID)
			m.Events, m.Late, m.Minutes = burnrate.Outcomes{Good: (total - bad) * minutes, Bad: bad * minutes}, burnrate.Outcomes{Good: minutes}, minutes
		}
		for f := range (metrics.View{Set: set, Snapshot: w.snapshot, Alerts: alerts}).Families() {
			for _, m := range f.Metric {
				labels := query.Labels{}
				for _, l := range m.Label {
					labels[l.GetName()] = l.GetValue()
				}
				w.samples.Add(f.GetName(), labels, w.at.Add(-ago), valueOf(m))
			}
		}
	}
	return w
}

func valueOf(m *dto.Metric) float64 {
	if m.Counter != nil {
		return m.Counter.GetValue()
	}
	return m.Gauge.GetValue()
}

// asks evaluates a query of a panel now.
func (w *world) asks(t testing.TB, p *Panel, refID string) []query.Sample {
	t.Helper()
	i := slices.IndexFunc(p.Targets, func(t Target) bool { return t.RefID == refID })
	if i < 0 {
		t.Fatalf("%q has no query %s", p.Title, refID)
	}
	samples, err := w.samples.At(p.Targets[i].Query, w.at, query.Binding{Range: 24 * time.Hour, Step: 15 * time.Minute, RateStep: 20 * time.Minute})
	if err != nil {
		t.Fatalf("%q: %s: %v", p.Title, p.Targets[i].Expr, err)
	}
	return samples
}

// one is the only value of the first query of a panel.
func (w *world) one(t testing.TB, p *Panel) float64 {
	t.Helper()
	samples := w.asks(t, p, "A")
	if len(samples) != 1 {
		t.Fatalf("%q: %s: %v", p.Title, p.Targets[0].Expr, samples)
	}
	return samples[0].Value
}

// objective is one of the snapshot.
func (w *world) objective(t testing.TB, id, name string) burnrate.Objective {
	t.Helper()
	for _, s := range w.snapshot.Statuses {
		for _, o := range s.Objectives {
			if s.ID == id && o.Name == name {
				return o
			}
		}
	}
	t.Fatalf("%s has no objective %s", id, name)
	return burnrate.Objective{}
}

// titled is the panel of a title.
func (d *Dashboard) titled(t testing.TB, title string) *Panel {
	t.Helper()
	for _, p := range d.Panels {
		if p.Title == title {
			return p
		}
	}
	t.Fatalf("%s has no panel %q", d.Title, title)
	return nil
}
