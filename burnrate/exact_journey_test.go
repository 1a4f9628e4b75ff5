package burnrate_test

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// world is two journeys, j in any composition and k in series, that share an
// SLO; and what was measured of all, in minutes.
type world struct {
	set      *slo.Set
	measured map[string]minutes
}

func drawWorld(t *rapid.T) world {
	objectives := []slo.Objective{{Name: "o", Target: target(t, "99%"), Window: rapid.Custom(drawAnyWindow).Draw(t, "window")}}
	compose := rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled, slo.Measured}).Draw(t, "compose")
	shared := &slo.SLO{ID: "shared", Kind: slo.KindSLO, Objectives: objectives}
	w := world{&slo.Set{SLOs: []*slo.SLO{shared}}, map[string]minutes{}}
	add := func(id string, compose slo.Compose, steps int) {
		j := &slo.Journey{ID: id, Compose: compose, Objectives: objectives}
		if compose == slo.Measured {
			j.SLI = &slo.SLI{}
		}
		for i := range steps {
			name := string(rune('a' + i))
			step := &slo.SLO{ID: id + "/" + name, Kind: slo.KindStep}
			w.set.SLOs = append(w.set.SLOs, step)
			j.Steps = append(j.Steps, slo.Step{Name: name, SLO: step})
		}
		j.Steps = append(j.Steps, slo.Step{Name: "shared", SLO: shared})
		for i := range j.Steps {
			j.Steps[i].Weight = decimal(t, rapid.SampledFrom([]string{"1", "0.25", "3"}).Draw(t, "weight"))
		}
		w.set.Journeys = append(w.set.Journeys, j)
	}
	add("j", compose, rapid.IntRange(0, 3).Draw(t, "steps of j"))
	add("k", slo.Series, 1)

	// Around changes of the clocks in Paris, New York and Cairo, a leap day, and
	// the turn of a year.
	around := rapid.SampledFrom([]string{"2026-03-29T01:00:00Z", "2026-11-01T06:00:00Z", "2026-04-23T22:00:00Z", "2028-03-01T00:00:00Z", "2026-12-31T18:15:00Z"}).Draw(t, "around")
	instant, err := time.Parse(time.RFC3339, around)
	if err != nil {
		t.Fatal(err)
	}
	now := slo.Minute(instant.Unix()/60) + slo.Minute(rapid.IntRange(-1500, 1500).Draw(t, "now"))
	for _, s := range w.set.Measured() {
		w.measured[s.ID] = drawHistory(t, s.ID, now-slo.Minute(rapid.IntRange(0, 5).Draw(t, "lag")))
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "exclusions") {
		from := now - slo.Minute(rapid.IntRange(-60, 3000).Draw(t, "from"))
		w.set.Exclusions = append(w.set.Exclusions, &slo.Exclusion{
			Name: string(rune('p' + i)), SLOs: []string{rapid.SampledFrom([]string{"j", "k", "j/a", "shared", "*"}).Draw(t, "about")},
			From: from.Time(), To: (from + slo.Minute(rapid.IntRange(1, 900).Draw(t, "minutes"))).Time(),
			Effect: rapid.SampledFrom([]slo.Effect{slo.Drop, slo.CountAsGood}).Draw(t, "effect"),
		})
	}
	return w
}

func drawAnyWindow(t *rapid.T) slo.Window {
	if rapid.Bool().Draw(t, "rolling") {
		return slo.Rolling(rapid.SampledFrom([]int64{60, 1440, 7 * 1440}).Draw(t, "length"))
	}
	zone := rapid.SampledFrom([]string{"UTC", "Asia/Tokyo", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Africa/Cairo"}).Draw(t, "zone")
	return calendar(t, rapid.SampledFrom([]string{"day", "day", "week", "month"}).Draw(t, "period"), zone)
}

// drawHistory draws what was measured up to end: stretches of equal minutes, of
// which some are gaps. A step may never fail, or always.
func drawHistory(t *rapid.T, id string, end slo.Minute) minutes {
	var m minutes
	fails := rapid.SampledFrom([]string{"never", "always", "at times"}).Draw(t, id+" fails")
	for range rapid.IntRange(0, 5).Draw(t, id+" stretches") {
		c := slo.Counts{Total: rapid.SampledFrom([]int64{0, 1, 10, 1000}).Draw(t, "total")}
		switch fails {
		case "always":
			c.Bad = c.Total
		case "at times":
			c.Bad = rapid.SampledFrom([]int64{0, min(1, c.Total), c.Total / 2}).Draw(t, "bad")
		}
		if rapid.IntRange(0, 4).Draw(t, "gap") == 0 {
			c = slo.Counts{Bad: 1}
		}
		for range rapid.SampledFrom([]int{1, 10, 100, 700}).Draw(t, "minutes") {
			m.counts = append(m.counts, c)
		}
	}
	m.start = end - slo.Minute(len(m.counts))
	return m
}

// about returns the exclusions that name one of the ids, or all, or the journey
// that a step belongs to.
func (w world) about(ids ...string) []*slo.Exclusion {
	var list []*slo.Exclusion
	for _, e := range w.set.Exclusions {
		if slices.ContainsFunc(ids, func(id string) bool {
			return e.SLOs[0] == "*" || e.SLOs[0] == id || strings.HasPrefix(id, e.SLOs[0]+"/")
		}) {
			list = append(list, e)
		}
	}
	return list
}

func (w world) end(id string) slo.Minute {
	m := w.measured[id]
	return m.start + slo.Minute(len(m.counts))
}

func (w world) evaluate(t fataler) map[string]burnrate.Objective {
	measured := map[string]burnrate.Measurement{}
	for id, m := range w.measured {
		cuts := make([]slo.Minute, len(m.counts)+1)
		for i := range cuts {
			cuts[i] = m.start + slo.Minute(i)
		}
		series, err := burnrate.NewSeries(m.extent(), cuts, rows(m.counts...))
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: w.end(id)}
	}
	found := map[string]burnrate.Objective{}
	for _, s := range burnrate.Evaluate(w.set, time.Unix(0, 0), measured).Statuses {
		if len(s.Objectives) > 0 {
			found[s.ID] = s.Objectives[0]
		}
	}
	return found
}

// TestJourneyBudgetsAgainstFractions composes steps that were measured for
// different times, with gaps and exclusions, over windows of every kind.
func TestJourneyBudgetsAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		found := w.evaluate(t)
		for _, j := range w.set.Journeys {
			w.checkJourney(t, j, found[j.ID])
		}
		own := w.measured["shared"]
		own.excluded = w.about("shared")
		checkCounted(t, "shared", own, w.end("shared"), found["shared"])
	})
}

// checkCounted checks the budget of what has counts of its own.
func checkCounted(t *rapid.T, id string, m minutes, end slo.Minute, got burnrate.Objective) {
	whole := walk(got.Window.Window, end)
	c, _ := m.budget(slo.Span{Start: whole.Start, End: end})
	if got.Window.Counts != c || got.Window.Span != (slo.Span{Start: whole.Start, End: end}) {
		t.Errorf("%s: %+v in %v, want %+v in %v up to %d", id, got.Window.Counts, got.Window.Span, c, whole, end)
	}
	near(t, id+" consumed", got.Budget.Consumed, exactConsumed(m, whole, end, got.Target.AllowedRat(), c))
}

func (w world) checkJourney(t *rapid.T, j *slo.Journey, got burnrate.Objective) {
	var steps []minutes
	end := slo.Minute(math.MaxInt64)
	for _, step := range j.Steps {
		m := w.measured[step.SLO.ID]
		m.excluded = w.about(j.ID, step.SLO.ID)
		steps, end = append(steps, m), min(end, w.end(step.SLO.ID))
	}
	if j.Compose == slo.Measured {
		own := w.measured[j.ID]
		own.excluded = w.about(j.ID)
		end = min(end, w.end(j.ID))
		checkCounted(t, j.ID, own, end, got)
		steps = append(steps, own)
	}
	whole := walk(got.Window.Window, end)
	span := slo.Span{Start: whole.Start, End: end}
	var counts []slo.Counts
	least, silent := span.Len(), 0
	for _, m := range steps {
		c, _ := m.budget(span)
		counts = append(counts, c)
		_, measured := m.sum(span)
		if least = min(least, measured); measured == 0 {
			silent++
		}
	}
	e := exactComposition(j, counts)
	near(t, j.ID+": E", got.Window.ErrorRatio, e)
	parts := exactParts(j, counts)
	if j.Compose == slo.Measured && (e == nil || e.Sign() == 0) {
		parts = nil
	}
	sum := new(big.Rat)
	for i, share := range got.Shares {
		var want *big.Rat
		if parts != nil && counts[i].Total > 0 {
			want = parts[i]
			sum.Add(sum, want)
		}
		near(t, j.ID+": part of "+share.Step, share.Ratio, want)
	}
	if parts != nil {
		near(t, j.ID+": all parts", burnrate.RatioOf(1), sum)
	}
	if j.Compose == slo.Measured {
		return
	}
	if got.Window.Measured != least {
		t.Errorf("%s: measured %d minutes, want %d", j.ID, got.Window.Measured, least)
	}
	if want := stateOf(silent, len(steps), least, span.Len(), e != nil); got.Window.State != want {
		t.Errorf("%s: %s, want %s", j.ID, got.Window.State, want)
	}
	near(t, j.ID+": consumed", got.Budget.Consumed, exactComposedConsumed(steps, parts, whole, end, e, got.Target))
	for _, b := range got.Burn {
		var burning []slo.Counts
		for _, m := range steps {
			burning = append(burning, m.burn(slo.Span{Start: end - slo.Minute(b.Window.Window.Minutes()), End: end}))
		}
		near(t, j.ID+": E over "+b.Window.Window.String(), b.Window.ErrorRatio, exactComposition(j, burning))
	}
}

func stateOf(silent, steps int, measured, minutes int64, traffic bool) burnrate.State {
	switch {
	case silent == steps:
		return burnrate.NoData
	case silent > 0 || 100*measured < 99*minutes:
		return burnrate.Partial
	case !traffic:
		return burnrate.NoTraffic
	default:
		return burnrate.Measured
	}
}

// TestJourneyExcludesASharedSLO excludes an outage of a shared SLO for one of
// two journeys: the journey's budget is without it, that of the SLO and of the
// other journey keep it.
func TestJourneyExcludesASharedSLO(t *testing.T) {
	t.Parallel()
	objectives := []slo.Objective{{Name: "1h", Target: target(t, "90%"), Window: slo.Rolling(60)}}
	shared := &slo.SLO{ID: "receipt", Kind: slo.KindSLO, About: slo.About{Owner: "payments"}, Objectives: objectives}
	set := &slo.Set{SLOs: []*slo.SLO{shared}}
	for _, id := range []string{"pay", "refund"} {
		set.Journeys = append(set.Journeys, &slo.Journey{
			ID: id, About: slo.About{Owner: "shop"}, Compose: slo.Series, Objectives: objectives, Steps: []slo.Step{{Name: "receipt", SLO: shared}},
		})
	}
	outage := minutes{start: 940, counts: make([]slo.Counts, 60)}
	for i := range outage.counts {
		outage.counts[i] = slo.Counts{Total: 10}
		if i < 30 {
			outage.counts[i].Bad = 4
		}
	}
	for _, test := range []struct {
		name, about                string
		effect                     slo.Effect
		pay, refund, shared        float64 // consumed
		ofPay, ofRefund, ofReceipt int     // exclusions named
	}{
		{"dropped for one journey", "pay", slo.Drop, 0, 2, 2, 1, 0, 0},
		{"good for one journey", "pay", slo.CountAsGood, 0, 2, 2, 1, 0, 0},
		{"dropped for the SLO", "receipt", slo.Drop, 0, 0, 0, 1, 1, 1},
		{"dropped for all", "*", slo.Drop, 0, 0, 0, 1, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			excluding := *set
			excluding.Exclusions = []*slo.Exclusion{{
				Name: "x", SLOs: []string{test.about}, Effect: test.effect, From: slo.Minute(940).Time(), To: slo.Minute(970).Time(),
			}}
			found := world{&excluding, map[string]minutes{"receipt": outage}}.evaluate(t)
			for id, want := range map[string]struct {
				consumed float64
				named    int
			}{"pay": {test.pay, test.ofPay}, "refund": {test.refund, test.ofRefund}, "receipt": {test.shared, test.ofReceipt}} {
				got := found[id]
				if consumed := value(t, got.Budget.Consumed); math.Abs(consumed-want.consumed) > 1e-12 || len(got.Exclusions) != want.named {
					t.Errorf("%s consumed %v, without %v; want %v, without %d", id, consumed, got.Exclusions, want.consumed, want.named)
				}
				if remaining, known := got.Unexcluded.Value(); known != (want.named > 0) || known && math.Abs(remaining+1) > 1e-12 {
					t.Errorf("%s: without exclusions %v would remain, want -1", id, got.Unexcluded)
				}
			}
		})
	}
}
