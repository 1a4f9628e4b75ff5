// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

// Package promql_test proves that the error ratios, the measured minutes and
// the burn-rate alerts of package burnrate are what Prometheus' own engine
// finds in the same minutes, through expressions that anybody can write:
//
//	sum_over_time(bad[1h]) / sum_over_time(total[1h])
//
// It is about what the words mean, not about digits: both add up the minutes,
// and whoever doubts a number of ours can ask a Prometheus. Package burnrate
// itself knows nothing of it.
package promql_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// gap stands for a minute that was not measured. In a [burnrate.Series] it is a
// row that was not, in Prometheus a stale marker.
var gap = slo.Counts{Total: -1}

// history is what was counted in each minute, from the first one of 1970 on.
type history []slo.Counts

func (h history) series(t *testing.T) burnrate.Series {
	t.Helper()
	cuts := make([]slo.Minute, len(h)+1)
	for i := range cuts {
		cuts[i] = slo.Minute(i)
	}
	rows := make([]burnrate.Row, len(h))
	for i, c := range h {
		if c != gap {
			rows[i] = burnrate.Counted(c)
		}
	}
	series, err := burnrate.NewSeries(slo.Span{End: slo.Minute(len(h))}, cuts, rows)
	if err != nil {
		t.Fatal(err)
	}
	return series
}

// load writes the history for promqltest: samples a minute apart, of which the
// first, at 0, is missing. A minute is over where its sample stands: with the
// sample of the minute [59, 60) at 60, the range (0, 60] of Prometheus is the
// window [0, 60) of ours.
func (h history) load() string {
	var total, bad strings.Builder
	for from := 0; from < len(h); {
		c, times := h[from], 1
		for from+times < len(h) && h[from+times] == c {
			times++
		}
		if c == gap {
			text := strings.Repeat(" stale", times)
			total.WriteString(text)
			bad.WriteString(text)
		} else {
			fmt.Fprintf(&total, " %dx%d", c.Total, times-1)
			fmt.Fprintf(&bad, " %dx%d", c.Bad, times-1)
		}
		from += times
	}
	return "load 1m\n  total _" + total.String() + "\n  bad _" + bad.String() + "\n"
}

// prometheus is a storage with one history, and an engine to ask it.
type prometheus struct {
	storage *teststorage.TestStorage
	engine  *promql.Engine
}

func newPrometheus(t *testing.T, h history) prometheus {
	t.Helper()
	return prometheus{
		storage: promqltest.LoadedStorage(t, h.load()),
		engine:  promqltest.NewTestEngine(t, false, 0, 1_000_000),
	}
}

func (p prometheus) close(t *testing.T) {
	t.Helper()
	if err := p.storage.Close(); err != nil {
		t.Error(err)
	}
}

// ask returns the one value of an expression, and whether there is one.
func (p prometheus) ask(t *testing.T, at slo.Minute, format string, args ...any) (value float64, found bool) {
	t.Helper()
	expression := fmt.Sprintf(format, args...)
	query, err := p.engine.NewInstantQuery(t.Context(), p.storage, nil, expression, at.Time())
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	defer query.Close()
	vector, err := query.Exec(t.Context()).Vector()
	switch {
	case err != nil:
		t.Fatalf("%s: %v", expression, err)
	case len(vector) > 1:
		t.Fatalf("%s: %d values", expression, len(vector))
	case len(vector) == 0:
		return 0, false
	}
	return vector[0].F, true
}

// near allows for the rounding of sums above 2^53 and of one division.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Abs(b) }
