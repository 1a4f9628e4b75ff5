package burnrate_test

import (
	"encoding/json"
	"math"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// published is a number that somebody else published, with where. A note says
// when the source has it rounded or wrong.
type published struct {
	Name, Source, Kind, Note string
	Inputs, Expected         map[string]any
}

// notOurs are published numbers that nothing here computes.
var notOurs = map[string]string{
	"sre-5-10-buckets":               "which target a class of services gets is a choice of its owners",
	"datadog-missing-data-semantics": "how another product fills minutes that were not measured, in three ways; ours are never filled (a slice without data was measured)",
	"nobl9-alert-lifecycle":          "one window that has to burn for ten minutes, which tiers do not have: their short window says that it goes on",
	"slogen-default-policy":          "thresholds of one window each, another project's choice; there is no number that follows from another",
}

// TestPublished checks every number of testdata/published.json, or says why
// not.
func TestPublished(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/published.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []published
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	checks := publishedChecks()
	for _, p := range all {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			check, reason := checks[p.Name], notOurs[p.Name]
			switch {
			case (check == nil) == (reason == ""):
				t.Fatalf("of %s: it needs either a check or a reason why there is none", p.Source)
			case check != nil:
				check(t, p)
			}
		})
	}
	if len(all) != len(checks)+len(notOurs) || len(all) < 80 {
		t.Errorf("%d numbers, %d checks and %d reasons", len(all), len(checks), len(notOurs))
	}
}

func (p published) number(t *testing.T, from map[string]any, key string) float64 {
	t.Helper()
	value, ok := from[key].(float64)
	if !ok {
		t.Fatalf("%s has no number %s", p.Name, key)
	}
	return value
}

func (p published) in(t *testing.T, key string) float64  { return p.number(t, p.Inputs, key) }
func (p published) out(t *testing.T, key string) float64 { return p.number(t, p.Expected, key) }

// exact is a number as the decimal it is written as.
func exact(value float64) *big.Rat {
	text, _ := json.Marshal(value) // shortest decimal that is this float
	r, _ := new(big.Rat).SetString(string(text))
	return r
}

// targetOf makes a target of a share: 0.999 is 99.9%.
func targetOf(t *testing.T, share float64) slo.Target {
	t.Helper()
	percent := new(big.Rat).Mul(exact(share), big.NewRat(100, 1))
	return target(t, percent.FloatString(9)+"%")
}

// period reads how long the objective's window is, in the units of the source.
func (p published) period(t *testing.T) slo.Window {
	t.Helper()
	for key, minutes := range map[string]float64{
		"period_seconds": 1.0 / 60, "period_hours": 60, "period_days": 1440, "slo_period_days": 1440,
		"window_days": 1440, "window_minutes": 1,
	} {
		if value, ok := p.Inputs[key].(float64); ok {
			return slo.Rolling(int64(math.Round(value * minutes)))
		}
	}
	text, _ := p.Inputs["period"].(string)
	return window(t, text)
}

// single is a tier with one window, as tables before the last of the workbook
// have it: the short one is as long.
func single(budget *big.Rat, long time.Duration, period slo.Window, of slo.Target) (*burnrate.Tier, slo.Objective) {
	percent, _ := slo.ParsePercentage(new(big.Rat).Mul(budget, big.NewRat(100, 1)).FloatString(9) + "%")
	o := slo.Objective{Target: of, Window: period, Alerts: &slo.AlertPolicy{Tiers: []slo.Tier{{Budget: percent, Long: long, Short: long}}}}
	return &burnrate.Tiers(o)[0], o
}

func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func burnOf(t *testing.T, total, bad int64, of slo.Target) float64 {
	t.Helper()
	return value(t, burnrate.BurnRate(slo.Counts{Total: total, Bad: bad}, of))
}

func errorsOf(t *testing.T, total, bad int64) float64 {
	t.Helper()
	return value(t, burnrate.ErrorRatio(slo.Counts{Total: total, Bad: bad}))
}
