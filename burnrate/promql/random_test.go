// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package promql_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestRandomHistories compares error ratios and tiers at the end of random
// histories, or before it.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	o := objective(t, "99%", slo.Rolling(30*day))
	rapid.Check(t, func(r *rapid.T) {
		h := draw(r)
		p, series := newPrometheus(t, h), h.series(t)
		defer p.close(t)
		end := slo.Minute(rapid.IntRange(0, len(h)).Draw(r, "end"))
		compare(t, p, series, end)
		for _, tier := range burnrate.Tiers(o) {
			alike(t, p, series, o, tier, end)
		}
		if t.Failed() {
			r.FailNow() // show what was drawn
		}
	})
}

// draw strings together hours of one kind each, up to two days, with single
// minutes among them.
func draw(t *rapid.T) history {
	var h history
	for range rapid.IntRange(0, 5).Draw(t, "parts") {
		n := rapid.SampledFrom([]int{1, 4, 30, 200, 600}).Draw(t, "minutes")
		total := rapid.SampledFrom([]int64{1, 10, 1000, 123_456_789}).Draw(t, "total")
		switch rapid.SampledFrom([]string{"silent", "gap", "constant", "uneven"}).Draw(t, "kind") {
		case "silent":
			h = join(h, silent(n))
		case "gap":
			h = join(h, unmeasured(n))
		case "constant":
			h = join(h, failing(n, total, rapid.Int64Range(0, total).Draw(t, "bad")))
		default:
			for i := range n { // a wave whose length divides no window
				c := slo.Counts{Total: total * int64(1+i%7)}
				c.Bad = c.Total * int64(i%11) / 100
				h = append(h, c)
			}
		}
	}
	return h
}
