package burnrate_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func outage(ratio, perMinute string, lag time.Duration) burnrate.Outage {
	e, _ := new(big.Rat).SetString(ratio)
	n, _ := new(big.Rat).SetString(perMinute)
	return burnrate.Outage{ErrorRatio: e, PerMinute: n, Lag: lag}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	paging := slo.Objective{Target: target(t, "99.9%"), Window: window(t, "28d"), Alerts: slo.BuiltInPolicies()[0]}
	type detected struct {
		Verdict      string
		After, Quiet string
		Spent        float64
	}
	for _, test := range []struct {
		name   string
		outage burnrate.Outage
		want   []detected
	}{
		// 13.44 × 0.1 % / 100 % × 60 min = 0.81 min; 5.6: 2.02; 2.8: 4.03; 1: 4.32.
		{"everything fails", outage("1", "1000", 0), []detected{
			{"fires", "1m", "5m", 1 / 40.32}, {"fires", "3m", "30m", 3 / 40.32}, {"fires", "5m", "2h", 5 / 40.32}, {"fires", "5m", "6h", 5 / 40.32},
		}},
		// The lag comes on top, and its minutes spend too.
		{"three minutes late", outage("1", "1000", 3*time.Minute), []detected{
			{"fires", "4m", "8m", 4 / 40.32}, {"fires", "6m", "33m", 6 / 40.32}, {"fires", "8m", "123m", 8 / 40.32}, {"fires", "8m", "363m", 8 / 40.32},
		}},
		// 5.6 × 0.1 % / 1 % × 360 min = 201.6 min; 2.8 of 1 d: 403.2; 1 of 3 d: 432,
		// at which it burns at 1 exactly and not above. The short window is quiet
		// when 16.8 bad minutes of 30 are left, 33.6 of 120, and 36 of 360.
		{"1 %", outage("0.01", "1000000", 0), []detected{
			{"calm-long", "0m", "0m", 0}, {"fires", "202m", "14m", 202.0 / 4032}, {"fires", "404m", "87m", 404.0 / 4032}, {"fires", "433m", "324m", 433.0 / 4032},
		}},
		// With a thousandth of the events it takes a little more to be sure: of
		// 360,000 at 0.56 %, 1.645 standard deviations are 74 failures, 7.4 minutes.
		{"1 %, seen through chance", outage("0.01", "1000", 0), []detected{
			{"calm-long", "0m", "0m", 0}, {"fires", "210m", "14m", 210.0 / 4032}, {"fires", "414m", "87m", 414.0 / 4032}, {"fires", "443m", "324m", 443.0 / 4032},
		}},
		// At exactly the factor it never fires.
		{"0.1 %", outage("0.001", "1000", 0), []detected{
			{"calm-long", "0m", "0m", 0}, {"calm-long", "0m", "0m", 0}, {"calm-long", "0m", "0m", 0}, {"calm-long", "0m", "0m", 0},
		}},
		// An event every ten minutes has six in an hour, which are too few.
		{"an event every ten minutes", outage("1", "0.1", 0), []detected{
			{"few-events", "0m", "0m", 0}, {"fires", "30m", "30m", 30 / 40.32}, {"fires", "30m", "2h", 30 / 40.32}, {"fires", "30m", "6h", 30 / 40.32},
		}},
		// One of ten fails: the third after half an hour, which 60 events at 1.344 %
		// bring by chance in 4.7 % of all hours. The others need more than three.
		{"an event a minute, 10 %", outage("0.1", "1", 0), []detected{
			{"fires", "30m", "5m", 30 / 403.2}, {"fires", "1h", "30m", 60 / 403.2}, {"fires", "90m", "2h", 90 / 403.2}, {"fires", "90m", "6h", 90 / 403.2},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []detected
			for _, tier := range burnrate.Tiers(paging) {
				d, err := tier.Detect(paging, test.outage)
				if err != nil {
					t.Fatal(err)
				}
				spent, _ := d.Spent.Value()
				got = append(got, detected{d.Verdict.String(), slo.FormatDuration(d.After), slo.FormatDuration(d.Quiet), spent})
			}
			if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestDetectLooksBack has an event every ten minutes. 61 minutes that end with
// the tenth of the outage hold its first one, and six from before: those of the
// minutes -51, -41 and so on to -1.
func TestDetectLooksBack(t *testing.T) {
	t.Parallel()
	tier := slo.Tier{Burn: decimal(t, "1"), Long: 61 * time.Minute, Short: 5 * time.Minute}
	o := policy(t, "99%", "28d", tier, slo.Guard{MinEvents: 7})
	got, err := burnrate.Tiers(o)[0].Detect(o, outage("1", "0.1", 0))
	if err != nil || got.After != 10*time.Minute {
		t.Errorf("%+v, %v; want it to fire after 10m", got, err)
	}
}

func TestOutageOutOfRange(t *testing.T) {
	t.Parallel()
	o := policy(t, "99.9%", "30d", hour(t), slo.Guard{})
	for _, bad := range []burnrate.Outage{
		outage("0", "1", 0), outage("-0.1", "1", 0), outage("1.001", "1", 0), outage("0.0001", "1", 0),
		outage("1", "0", 0), outage("1", "-1", 0), outage("1", "1000000001", 0), outage("1", "0.0005", 0),
	} {
		if got, err := burnrate.Tiers(o)[0].Detect(o, bad); err == nil {
			t.Errorf("%s errors of %s a minute: %+v", bad.ErrorRatio, bad.PerMinute, got)
		}
	}
}

// clock plays an outage event by event: thousandths of an event pile up, and
// so do thousandths of a failure with each event.
type clock struct {
	perMinute, ratio int64 // in thousandths
	events, failures int64 // piled up
	minutes          []slo.Counts
}

func (c *clock) tick(failing bool) {
	var minute slo.Counts
	c.events += c.perMinute
	for ; c.events >= 1000; c.events -= 1000 {
		minute.Total++
		if !failing {
			continue
		}
		if c.failures += c.ratio; c.failures >= 1000 {
			c.failures -= 1000
			minute.Bad++
		}
	}
	c.minutes = append(c.minutes, minute)
}

func (c *clock) last(minutes int64) slo.Counts {
	var sum slo.Counts
	for _, minute := range c.minutes[int64(len(c.minutes))-minutes:] {
		sum = sum.Add(minute)
	}
	return sum
}

// fires is what the definition says, in fractions, with the tail added up.
func (c *clock) fires(o slo.Objective) bool {
	tier, guard := o.Alerts.Tiers[0], o.Alerts.Guard
	for _, length := range []time.Duration{tier.Long, tier.Short} {
		w := c.last(int64(length / time.Minute))
		burn := ratio(w.Bad, w.Total)
		if burn == nil || burn.Quo(burn, o.Target.AllowedRat()).Cmp(tier.Factor(o.Window)) <= 0 {
			return false
		}
	}
	long := c.last(int64(tier.Long / time.Minute))
	if long.Total < guard.MinEvents || long.Bad < guard.MinBad {
		return false
	}
	p, _ := new(big.Rat).Mul(tier.Factor(o.Window), o.Target.AllowedRat()).Float64()
	confidence, _ := guard.Confidence.Rat().Float64()
	return confidence == 0 || tailOf(long, p) < 1-confidence
}

// tailOf adds up the probabilities of c.Bad and more failures, in logarithms,
// since that of no failure at all may be too small for a float.
func tailOf(c slo.Counts, p float64) float64 {
	term := float64(c.Total) * math.Log1p(-p) // of no failure
	sum := 0.0
	for k := int64(0); k <= c.Total; k++ {
		if k >= c.Bad {
			sum += math.Exp(term)
		}
		term += math.Log(float64(c.Total-k)/float64(k+1)) + math.Log(p) - math.Log1p(-p)
	}
	return sum
}

// TestDetectAgainstSimulation plays random outages minute by minute.
func TestDetectAgainstSimulation(t *testing.T) {
	t.Parallel()
	noticed, never := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		tier := slo.Tier{
			Burn:  decimal(t, rapid.SampledFrom([]string{"1", "2.5", "6", "13.44"}).Draw(t, "burn")),
			Short: time.Duration(rapid.Int64Range(1, 20).Draw(t, "short")) * time.Minute,
			Long:  time.Duration(rapid.Int64Range(21, 90).Draw(t, "long")) * time.Minute,
		}
		guard := slo.Guard{
			MinEvents: rapid.SampledFrom([]int64{0, 10, 30}).Draw(t, "minEvents"), MinBad: rapid.Int64Range(0, 4).Draw(t, "minBad"),
			Confidence: share(t, rapid.SampledFrom([]string{"0%", "80%", "95%"}).Draw(t, "confidence")),
		}
		o := policy(t, rapid.SampledFrom([]string{"95%", "99%", "99.5%"}).Draw(t, "target"), "7d", tier, guard)
		// What repeats does so within 250 minutes: a tenth of an event by a 25th bad.
		c := clock{
			perMinute: rapid.SampledFrom([]int64{100, 200, 250, 500, 1000, 1500, 2000, 7000, 12_500}).Draw(t, "thousandths of an event a minute"),
			ratio:     rapid.SampledFrom([]int64{40, 50, 100, 125, 500, 900, 1000}).Draw(t, "thousandths of them bad"),
		}
		lag := time.Duration(rapid.Int64Range(0, 5).Draw(t, "lag")) * time.Minute
		// The outage begins when the last event of a round number of minutes
		// has just come.
		for range 200 {
			c.tick(false)
		}
		after := int64(0)
		for minute := int64(1); minute <= 400 && after == 0; minute++ {
			c.tick(true)
			if c.fires(o) {
				after = minute
			}
		}
		got, err := burnrate.Tiers(o)[0].Detect(o, burnrate.Outage{
			ErrorRatio: big.NewRat(c.ratio, 1000), PerMinute: big.NewRat(c.perMinute, 1000), Lag: lag,
		})
		if err != nil {
			t.Fatal(err)
		}
		if after == 0 {
			never++
			if got.Verdict == burnrate.Fires {
				t.Errorf("never noticed, but detected after %s", got.After)
			}
			return
		}
		noticed++
		quiet := int64(1)
		for minute := int64(1); minute <= 90; minute++ {
			c.tick(false)
			if c.fires(o) {
				quiet = minute + 1
			}
		}
		if want := time.Duration(after)*time.Minute + lag; got.Verdict != burnrate.Fires || got.After != want {
			t.Errorf("noticed after %s, but detected as %s after %s", want, got.Verdict, got.After)
		}
		if want := time.Duration(quiet)*time.Minute + lag; got.Quiet != want {
			t.Errorf("quiet after %s, but detected %s", want, got.Quiet)
		}
		spent := float64(c.ratio) / 1000 / o.Target.AllowedRatio() * got.After.Minutes() / float64(o.Window.Minutes())
		if value, _ := got.Spent.Value(); math.Abs(value-spent) > 1e-9 {
			t.Errorf("spent %v, want %v", value, spent)
		}
	})
	if noticed == 0 || never == 0 {
		t.Errorf("%d outages were noticed and %d never were, which says little", noticed, never)
	}
}

// TestDetectJourney expects that a journey notices what its failing step, or
// all steps together, would notice with its target. minEvents and minBad count
// the rows of all steps, and are off.
func TestDetectJourney(t *testing.T) {
	t.Parallel()
	o := policy(t, "99.5%", "28d", slo.BuiltInPolicies()[0].Tiers[0], slo.Guard{Confidence: share(t, "95%")})
	tier := burnrate.Tiers(o)[0]
	fired := 0
	for _, compose := range []slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled} {
		j := journeyOf(t, compose, "1", "2", "0.5")
		for _, perMinute := range []string{"0.1", "1", "20"} {
			for _, e := range []string{"1", "0.1", "0.07", "0.01"} {
				want, err := tier.Detect(o, outage(e, perMinute, time.Minute))
				if err != nil {
					t.Fatal(err)
				}
				got, err := tier.DetectJourney(j, o, outage(e, perMinute, time.Minute))
				if err != nil || got != want {
					t.Errorf("%s, %s errors of %s a minute: %+v, %v; want %+v", compose, e, perMinute, got, err, want)
				}
				if got.Verdict == burnrate.Fires {
					fired++
				}
			}
		}
	}
	if fired == 0 {
		t.Error("no outage was noticed")
	}
	// Three steps with at most four events an hour each have twelve together.
	o.Alerts.Guard = slo.Guard{MinEvents: 10}
	tier = burnrate.Tiers(o)[0]
	series := journeyOf(t, slo.Series, "1", "1", "1")
	for steps, want := range map[int]burnrate.Verdict{2: burnrate.FewEvents, 3: burnrate.Fires} {
		few := &slo.Journey{Compose: slo.Series, Steps: series.Steps[:steps]}
		if got, err := tier.DetectJourney(few, o, outage("1", "0.066", 0)); err != nil || got.Verdict != want {
			t.Errorf("%d steps: %s, %v; want %s", steps, got.Verdict, err, want)
		}
	}
}
