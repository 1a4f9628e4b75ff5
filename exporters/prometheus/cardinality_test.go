package prometheus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestCardinality counts what a page has, in which everything is known.
func TestCardinality(t *testing.T) {
	t.Parallel()
	v := fleet(t, 40)
	for _, s := range v.Set.SLOs {
		v.Snapshot.Seams = append(v.Snapshot.Seams, burnrate.Seam{ID: s.ID, At: end})
	}
	v.Set.Exclusions = []*slo.Exclusion{{Name: "moving", SLOs: []string{"journey-of-shoppers-0000*"}, From: end.Time(), To: (end + 60).Time(), Effect: slo.Drop}}
	c, err := CardinalityOf(v.Set)
	if err != nil {
		t.Fatal(err)
	}
	text := written(t, NewPage(v), Scrape{Format: expfmt.FmtText})
	byMetric, byID := map[string]int{}, map[string]int{}
	for _, sample := range samples(t, text) {
		name, labels, _ := strings.Cut(sample, "{")
		_, id, _ := strings.Cut(labels, `id="`)
		id, _, _ = strings.Cut(id, `"`)
		byMetric[name]++
		byID[id]++
	}
	sum := 0
	for _, m := range c.Metrics {
		if sum += m.Series; byMetric[m.Name] != m.Series {
			t.Errorf("%s: %d counted, %d exported", m.Name, m.Series, byMetric[m.Name])
		}
	}
	for _, one := range c.IDs {
		if byID[one.ID] != one.Series {
			t.Errorf("%s: %d counted, %d exported", one.ID, one.Series, byID[one.ID])
		}
	}
	if len(c.IDs) != len(byID) || len(c.Metrics) != len(byMetric) || sum != c.Series || c.Series != len(samples(t, text)) {
		t.Errorf("%d series of %d ids and %d metrics; there are %d of %d and %d", c.Series, len(c.IDs), len(c.Metrics), len(samples(t, text)), len(byID), len(byMetric))
	}
	if first := c.IDs[0]; first.Objectives != 1 || first.Windows != 8 {
		t.Errorf("the largest id has %+v", first)
	}
	if open := written(t, NewPage(v), Scrape{Format: expfmt.FmtOpenMetrics_1_0_0}); c.Created != strings.Count(open, "_created{") || c.Objectives != 50 {
		t.Errorf("%d lines say since when counters count, and %d objectives", c.Created, c.Objectives)
	}
	if size := int64(len(text)); c.Text < size*9/10 || c.Text > size*11/10 || c.Gzip < 500 || c.Gzip > c.Text/4 {
		t.Errorf("%d bytes of text are counted, there are %d; %d gzipped", c.Text, size, c.Gzip)
	}
}

// TestAnySet exports no series twice, and none that was not counted before, of
// whatever set in whatever state.
func TestAnySet(t *testing.T) {
	t.Parallel()
	tokyo := window(t, "month", "Asia/Tokyo")
	windows := []slo.Window{
		window(t, "month", ""), window(t, "month", "UTC"), tokyo, window(t, "month", "Europe/Berlin"), window(t, "week", "Asia/Tokyo"),
		slo.Rolling(5), slo.Rolling(60), slo.Rolling(28 * 24 * 60),
	}
	policies := append([]*slo.AlertPolicy{nil, {Name: "none"}, {Name: "twice", Tiers: []slo.Tier{
		{Severity: slo.Page, Burn: decimal(t, "2"), Long: time.Hour, Short: 5 * time.Minute}, {Severity: slo.Page, Burn: decimal(t, "3"), Long: time.Hour, Short: 5 * time.Minute},
	}}}, slo.BuiltInPolicies()...)
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t, windows, policies)
		got := samples(t, written(t, NewPage(v), Scrape{Format: expfmt.FmtText}))
		most, err := fullest(v.Set)
		if err != nil {
			t.Fatal(err)
		}
		counted := samples(t, written(t, NewPage(most), Scrape{Format: expfmt.FmtText}))
		slices.Sort(counted)
		for _, sample := range got {
			if _, found := slices.BinarySearch(counted, sample); !found {
				t.Errorf("%s was not counted", sample)
			}
		}
		if c, err := CardinalityOf(v.Set); err != nil || c.Series != len(counted) {
			t.Errorf("%d series are counted and %d are there, %v", c.Series, len(counted), err)
		}
	})
}

func decimal(t rapid.TB, text string) slo.Decimal {
	t.Helper()
	d, err := slo.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anyView is a set of journeys and SLOs, some of them shared, some of them elsewhere,
// of which something was measured.
func anyView(t *rapid.T, windows []slo.Window, policies []*slo.AlertPolicy) View {
	var (
		set        = &slo.Set{}
		few        = rapid.IntRange(0, 3)
		source     = rapid.SampledFrom([]*slo.Source{{Name: "a"}, {Name: "b"}})
		sli        = rapid.SampledFrom([]slo.SLI{{}, {Count: diag.PlainText("sum(items)", "a.yaml", diag.Position{Line: 1, Column: 1})}})
		objectives = func(name string) (list []slo.Objective) {
			for i := range few.Draw(t, name) {
				list = append(list, slo.Objective{
					Name: fmt.Sprint("o", i), Target: target(t, "99.9%"), Window: rapid.SampledFrom(windows).Draw(t, "window"),
					Alerts: rapid.SampledFrom(policies).Draw(t, "policy"),
				})
			}
			return list
		}
		about = slo.About{Owner: "web", Stage: slo.Active, Labels: map[string]string{"a-b": "1", "a.b": "2"}}
		add   = func(id string, kind slo.Kind) *slo.SLO {
			s := &slo.SLO{ID: id, Kind: kind, SLI: sli.Draw(t, "sli"), About: about, Source: source.Draw(t, "source"), Elsewhere: rapid.Bool().Draw(t, "elsewhere")}
			if !s.Elsewhere {
				s.Objectives = objectives(id)
			}
			set.SLOs = append(set.SLOs, s)
			return s
		}
	)
	shared := add("shared", slo.KindSLO)
	for i := range few.Draw(t, "journeys") {
		j := &slo.Journey{
			ID: fmt.Sprint("j", i), About: about, Objectives: objectives("journey"),
			Compose: rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled, slo.Measured}).Draw(t, "compose"),
		}
		if j.Compose == slo.Measured {
			j.SLI, j.Source = &slo.SLI{}, source.Draw(t, "source")
		}
		for k := range 1 + few.Draw(t, "steps") {
			step := slo.Step{Name: fmt.Sprint("s", k), Weight: decimal(t, "1"), SLO: shared}
			if !rapid.Bool().Draw(t, "shared") {
				step.SLO = add(j.ID+"/"+step.Name, slo.KindStep)
			}
			j.Steps = append(j.Steps, step)
		}
		set.Journeys = append(set.Journeys, j)
	}
	for i := range few.Draw(t, "exclusions") {
		set.Exclusions = append(set.Exclusions, &slo.Exclusion{
			Name: fmt.Sprint("e", i), SLOs: []string{rapid.SampledFrom([]string{"*", "j0", "j1/*", "shared"}).Draw(t, "about")},
			From: end.Time().Add(-time.Hour), To: end.Time(), Effect: rapid.SampledFrom([]slo.Effect{slo.Drop, slo.CountAsGood}).Draw(t, "effect"),
		})
	}
	slices.SortFunc(set.SLOs, func(a, b *slo.SLO) int { return strings.Compare(a.ID, b.ID) })
	extents, measured := map[string]slo.Span{}, map[string]burnrate.Measurement{}
	for _, s := range set.Measured() {
		extents[s.ID] = slo.Span{Start: end - slo.Minute(rapid.IntRange(0, 60*24*60).Draw(t, "since")), End: end}
	}
	v := View{Set: set}
	cuts := burnrate.Cuts(set, extents)
	for _, s := range set.Measured() {
		rows := make([]burnrate.Row, max(0, len(cuts[s.ID])-1))
		for i := range rows {
			total := rapid.Int64Range(-1, 3).Draw(t, "total")
			if rows[i] = burnrate.Counted(slo.Counts{Total: total, Bad: total / 2}); total < 0 {
				rows[i] = burnrate.Row{}
			}
		}
		series, err := burnrate.NewSeries(extents[s.ID], cuts[s.ID], rows)
		if err != nil {
			t.Fatal(err)
		}
		measured[s.ID] = burnrate.Measurement{Series: series, End: end}
		v.Snapshot.Meters = append(v.Snapshot.Meters, burnrate.Meter{ID: s.ID, Unit: s.SLI.Unit(), Began: end.Time(), Watermark: slo.Minute(few.Draw(t, "watermark"))})
	}
	meters := v.Snapshot.Meters
	v.Snapshot = burnrate.Evaluate(set, end.Time(), measured)
	v.Snapshot.Meters = meters
	return v
}
