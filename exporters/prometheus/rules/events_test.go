// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package rules

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/util/teststorage"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// recorded is what is recorded of the two windows of a tier.
type recorded struct{ long, short burnrate.Sample }

// prometheus has an engine judge expressions over recordings, of which those of each
// case are an hour after those of the one before.
type prometheus struct {
	storage *teststorage.TestStorage
	engine  *promql.Engine
	at      time.Time
}

func newPrometheus(t *testing.T) *prometheus {
	t.Helper()
	p := &prometheus{teststorage.New(t), promqltest.NewTestEngine(t, false, 0, 1_000_000), time.Unix(0, 0)}
	t.Cleanup(func() {
		if err := p.storage.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// record stores what is recorded of ids, of which some count in thousandths.
func (p *prometheus) record(t *rapid.T, tier slo.Tier, ids map[string]recorded, weighted ...string) {
	p.at = p.at.Add(time.Hour)
	app := p.storage.Appender(t.Context())
	add := func(name, id string, value float64) {
		if _, err := app.Append(0, labels.FromStrings("__name__", name, "id", id), p.at.UnixMilli(), value); err != nil {
			t.Fatal(err)
		}
	}
	for id, r := range ids {
		for window, s := range map[string]burnrate.Sample{slo.FormatDuration(tier.Long): r.long, slo.FormatDuration(tier.Short): r.short} {
			unit := 1.0
			if slices.Contains(weighted, id) {
				unit = slo.Thousandths
			}
			add(bad(window), id, float64(s.Counts.Bad)/unit)
			add(total(window), id, float64(s.Counts.Total)/unit)
			if s.Counts.Total > 0 {
				add(ratio(window), id, float64(s.Counts.Bad)/float64(s.Counts.Total))
			}
			add(minutes(window), id, float64(s.Measured))
			if slices.Contains(weighted, id) {
				add(unweighted(bad)(window), id, float64(s.Rows.Bad))
				add(unweighted(total)(window), id, float64(s.Rows.Total))
				if s.Rows.Total > 0 {
					add(unweighted(ratio)(window), id, float64(s.Rows.Bad)/float64(s.Rows.Total))
				}
			}
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
}

// fires reports whether an expression has a result, of which there is one at most.
func (p *prometheus) fires(t *rapid.T, expr string) bool {
	query, err := p.engine.NewInstantQuery(t.Context(), p.storage, nil, expr, p.at)
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	defer query.Close()
	vector, err := query.Exec(t.Context()).Vector()
	if err != nil || len(vector) > 1 {
		t.Fatalf("%s: %d results, %v", expr, len(vector), err)
	}
	return len(vector) == 1
}

// cases is how many are judged for each check of rapid's.
const cases = 20

// TestEventsAgreeOnSLOs judges what was measured of an SLO as the engine does and as
// Prometheus does. They part where only the probability itself says that it is not
// by chance, and not its bound: then Prometheus does not fire.
func TestEventsAgreeOnSLOs(t *testing.T) {
	t.Parallel()
	p, verdicts := newPrometheus(t), map[burnrate.Verdict]int{}
	rapid.Check(t, func(r *rapid.T) {
		for range cases {
			tier, guard := drawTier(r)
			sampled, shop, weighted := recorded{drawSample(r, &tier, tier.Long), drawSample(r, &tier, tier.Short)}, slo.SLO{ID: "shop"}, []string(nil)
			if rapid.Bool().Draw(r, "weighted") {
				sampled.long.Rows, shop.SLI, weighted = drawSample(r, &tier, tier.Long).Rows, weighedSLI(), []string{"shop"}
			}
			p.record(r, tier.Tier, map[string]recorded{"shop": sampled, "other": {}}, weighted...)
			expr := measuredOf(&subject{id: "shop", slo: &shop}).fires(&tier, guard)
			verdict, fires := tier.Judge(sampled.long, sampled.short), expr != "" && p.fires(r, expr)
			verdicts[verdict]++
			if alone := (&slo.Journey{Compose: slo.Worst}); weighted != nil && (nearLimit(&tier, alone, []burnrate.Sample{sampled.long}) || nearLimit(&tier, alone, []burnrate.Sample{sampled.short})) {
				continue
			}
			if want := verdict == burnrate.Fires && surelyNoChance(sampled.long.Rows, &tier, guard); fires != want {
				r.Fatalf("%+v is %s; Prometheus fires: %t, want %t\n%s", sampled, verdict, fires, want, expr)
			}
		}
	})
	for verdict := burnrate.Uncovered; verdict <= burnrate.Fires; verdict++ {
		if verdicts[verdict] == 0 {
			t.Errorf("nothing is %s: this proves less than it should", verdict)
		}
	}
}

// surelyNoChance is whether the bound of Chernoff is enough.
func surelyNoChance(c slo.Counts, tier *burnrate.Tier, guard slo.Guard) bool {
	if guard.Confidence.Sign() == 0 {
		return true
	}
	p, _ := tier.Limit().Float64()
	e, n := float64(c.Bad)/float64(c.Total), float64(c.Total)
	if e <= p {
		return false
	}
	exponent := n * e * math.Log(e/p)
	if e < 1 {
		exponent += n * (1 - e) * math.Log((1-e)/(1-p))
	}
	return exponent > -math.Log(1-guard.Confidence.Share())+1e-6
}

// TestEventsAgreeOnJourneys judges what was measured of the steps of a composed
// journey. Prometheus never fires where the engine does not, and fires where there is
// no guard, or so many events that it says nothing.
func TestEventsAgreeOnJourneys(t *testing.T) {
	t.Parallel()
	p, seen := newPrometheus(t), map[string]int{}
	compositions := []slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled}
	rapid.Check(t, func(r *rapid.T) {
		for range cases {
			tier, guard := drawTier(r)
			j := &slo.Journey{ID: "pay", Compose: rapid.SampledFrom(compositions).Draw(r, "compose")}
			slos, ids := []*slo.SLO{{ID: "pay/a"}, {ID: "pay/b"}, {ID: "shared"}}, map[string]recorded{}
			var weighted []string
			for _, o := range slos {
				sampled := recorded{drawSample(r, &tier, tier.Long), drawSample(r, &tier, tier.Short)}
				if sampled.long.Counts.Total > 0 && rapid.IntRange(0, 3).Draw(r, "weighted") == 0 {
					o.SLI, weighted = weighedSLI(), append(weighted, o.ID)
					if rows := drawSample(r, &tier, tier.Long).Rows; rows.Total > 0 {
						sampled.long.Rows = rows
					}
				}
				ids[o.ID] = sampled
			}
			var long, short []burnrate.Sample
			for i := range rapid.IntRange(1, 4).Draw(r, "steps") {
				o := rapid.SampledFrom(slos).Draw(r, "slo")
				weight, _ := slo.ParseDecimal(rapid.SampledFrom([]string{"1", "1", "2", "0.5"}).Draw(r, "weight"))
				j.Steps = append(j.Steps, slo.Step{Name: fmt.Sprint(i), SLO: o, Weight: weight})
				long, short = append(long, ids[o.ID].long), append(short, ids[o.ID].short)
			}
			p.record(r, tier.Tier, ids, weighted...)
			expr := measuredOf(&subject{id: j.ID, journey: j}).fires(&tier, guard)
			verdict, fires := tier.JudgeJourney(j, long, short), expr != "" && p.fires(r, expr)
			if nearLimit(&tier, j, long) || nearLimit(&tier, j, short) {
				continue
			}
			if fires && verdict != burnrate.Fires || !fires && verdict == burnrate.Fires && guard == (slo.Guard{}) {
				r.Fatalf("%s of %v: %+v and %+v are %s; Prometheus fires: %t\n%s", j.Compose, j.Steps, long, short, verdict, fires, expr)
			}
			seen[fmt.Sprint(j.Compose, " ", verdict, " ", fires, " ", guard != (slo.Guard{}))]++
		}
	})
	for _, compose := range compositions {
		if seen[fmt.Sprint(compose, " fires true true")] == 0 {
			t.Errorf("nothing fires in Prometheus of %s with a guard: this proves less than it should", compose)
		}
	}
}

// weighedSLI is one whose events do not count as one each.
func weighedSLI() slo.SLI {
	return slo.SLI{Count: diag.PlainText("sum(items)", "a.yaml", diag.Position{Line: 1, Column: 1})}
}

// nearLimit reports whether a composed error ratio is within a billionth of the
// limit, where floats may fall to either side.
func nearLimit(tier *burnrate.Tier, j *slo.Journey, steps []burnrate.Sample) bool {
	through, sum, by, worst := 1.0, 0.0, 0.0, 0.0
	for i, s := range steps {
		if s.Counts.Total == 0 {
			continue
		}
		e, weight := float64(s.Counts.Bad)/float64(s.Counts.Total), 1.0
		switch j.Compose {
		case slo.Weighted:
			weight, _ = j.Steps[i].Weight.Rat().Float64()
		case slo.Pooled:
			weight = float64(s.Counts.Total) / float64(j.Steps[i].SLO.SLI.Unit())
		}
		through, sum, by, worst = through*(1-e), sum+weight*e, by+weight, max(worst, e)
	}
	limit, _ := tier.Limit().Float64()
	e := map[slo.Compose]float64{slo.Series: 1 - through, slo.Worst: worst, slo.Weighted: sum / by, slo.Pooled: sum / by}[j.Compose]
	return math.Abs(e/limit-1) < 1e-9
}

func drawTier(r *rapid.T) (burnrate.Tier, slo.Guard) {
	target, _ := slo.ParseTarget(rapid.SampledFrom([]string{"50%", "90%", "99%", "99.95%", "99.999%"}).Draw(r, "target"))
	policy := *rapid.SampledFrom(slo.BuiltInPolicies()).Draw(r, "policy")
	policy.Guard = rapid.SampledFrom([]slo.Guard{{}, slo.DefaultGuard(), slo.DefaultGuard(), {MinBad: 1, Confidence: slo.DefaultGuard().Confidence}}).Draw(r, "guard")
	o := slo.Objective{Target: target, Window: slo.Rolling(rapid.SampledFrom([]int64{7 * 1440, 28 * 1440}).Draw(r, "window")), Alerts: &policy}
	return rapid.SampledFrom(burnrate.Tiers(o)).Draw(r, "tier"), policy.Guard
}

// drawSample is of nothing, of few events or of many, without failures, with nothing
// else, or near the limit.
func drawSample(r *rapid.T, tier *burnrate.Tier, window time.Duration) burnrate.Sample {
	s := burnrate.Sample{Minutes: int64(window / time.Minute)}
	s.Measured = rapid.SampledFrom([]int64{s.Minutes, s.Minutes, s.Minutes, s.Minutes, (s.Minutes + 1) / 2, (s.Minutes - 1) / 2}).Draw(r, "measured")
	s.Counts.Total = rapid.OneOf(rapid.Just[int64](0), rapid.Int64Range(1, 30), rapid.Int64Range(30, 1000), rapid.Int64Range(1000, 1e9)).Draw(r, "total")
	at := new(big.Rat).Mul(tier.Limit(), big.NewRat(s.Counts.Total, 1))
	limit := new(big.Int).Quo(at.Num(), at.Denom()).Int64()
	s.Counts.Bad = min(s.Counts.Total, rapid.SampledFrom([]int64{0, limit, limit + 1, limit + 2, 2*limit + 1, 5*limit + 3, s.Counts.Total}).Draw(r, "bad"))
	s.Rows = s.Counts
	return s
}
