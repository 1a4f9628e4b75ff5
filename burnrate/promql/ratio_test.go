// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package promql_test

import (
	"math"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

const day = 24 * 60 // minutes

// windows are those that burn rates are shown for, and 28d.
func windows() []slo.Window {
	var list []slo.Window
	for _, minutes := range []int64{5, 30, 60, 2 * 60, 6 * 60, day, 3 * day, 28 * day} {
		list = append(list, slo.Rolling(minutes))
	}
	return list
}

// failing is n minutes of constant counts.
func failing(n int, total, bad int64) history {
	h := make(history, n)
	for i := range h {
		h[i] = slo.Counts{Total: total, Bad: bad}
	}
	return h
}

func silent(n int) history { return failing(n, 0, 0) }

func unmeasured(n int) history { return failing(n, gap.Total, gap.Bad) }

func join(parts ...history) history {
	var h history
	for _, part := range parts {
		h = append(h, part...)
	}
	return h
}

// TestErrorRatios looks at histories that are easy to get wrong, at their last
// minute and at the one before.
func TestErrorRatios(t *testing.T) {
	t.Parallel()
	const most = int64(1e12)
	for name, h := range map[string]history{
		"constant":           failing(29*day, 1000, 1),
		"an outage":          join(failing(3*day, 1000, 1), failing(17, 1000, 1000), failing(50, 1000, 0)),
		"a first failure":    join(failing(day, 7, 0), failing(3, 7, 5)),
		"a quiet night":      join(failing(day, 50, 1), silent(7*60)),
		"one event at night": join(failing(day, 50, 1), silent(3*60), failing(1, 1, 1), silent(3*60)),
		"gaps":               join(failing(day, 10, 1), unmeasured(3), failing(2, 10, 2), unmeasured(100), failing(1, 9, 9), unmeasured(2), failing(1, 9, 0)),
		"a gap up to now":    join(failing(day, 10, 1), unmeasured(6*60+1)),
		"very large counts":  join(failing(7*day, most, 1), failing(3*day, most-1, most/3)),
		"no traffic":         silent(3 * day),
		"four minutes old":   failing(4, 3, 1),
		"never measured":     unmeasured(day),
		"nothing at all":     nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, series := newPrometheus(t, h), h.series(t)
			defer p.close(t)
			compare(t, p, series, slo.Minute(len(h)))
			compare(t, p, series, slo.Minute(max(0, len(h)-1)))
		})
	}
}

// compare evaluates a series up to end, and asks Prometheus for the same. It
// tells three things apart: a ratio; none, as nothing happened (NaN there); and
// none, as nothing was measured (no result there).
func compare(t *testing.T, p prometheus, series burnrate.Series, end slo.Minute) {
	t.Helper()
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	s := &slo.SLO{ID: "shop", Kind: slo.KindSLO}
	for _, w := range windows() {
		s.Objectives = append(s.Objectives, slo.Objective{Name: w.String(), Target: target, Window: w})
	}
	set, measured := &slo.Set{SLOs: []*slo.SLO{s}}, map[string]burnrate.Measurement{s.ID: {Series: series, End: end}}
	objectives := burnrate.Evaluate(set, end.Time(), measured).Statuses[0].Objectives

	for _, o := range objectives {
		w := o.Window
		want, found := p.ask(t, end, "sum_over_time(bad[%[1]s]) / sum_over_time(total[%[1]s])", o.Name)
		got, defined := w.ErrorRatio.Value()
		if defined != (found && !math.IsNaN(want)) || defined && !near(got, want) || w.ErrorRatio != burnrate.ErrorRatio(w.Counts) {
			t.Errorf("up to %d, %s: error ratio %v of %+v; Prometheus says %v, result %t", end, o.Name, w.ErrorRatio, w.Counts, want, found)
		}
		minutes, _ := p.ask(t, end, "count_over_time(total[%s])", o.Name)
		if found != (w.Measured > 0) || int64(minutes) != w.Measured {
			t.Errorf("up to %d, %s: %d minutes measured; Prometheus says %v, result %t", end, o.Name, w.Measured, minutes, found)
		}
		burn, _ := p.ask(t, end, "sum_over_time(bad[%[1]s]) / sum_over_time(total[%[1]s]) / 0.001", o.Name)
		if got, defined := o.BurnRate.Value(); defined && !near(got, burn) {
			t.Errorf("up to %d, %s: burn rate %v; Prometheus says %v", end, o.Name, o.BurnRate, burn)
		}
	}
}
