// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

// Package rules_test proves that burn alerts fire and resolve in the same minutes
// as Prometheus' own alerting rules over the same series: a rule whose expression
// is that of the tiers, and whose keep_firing_for is the hold of the policy.
//
// They agree where every minute is measured and has an event, and without a
// guard, which a rule has no words for. Elsewhere they are not meant to agree, see
// [TestDifferent]: Prometheus takes silence for calm.
package rules_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/slojourn/slojourn/slo"
)

// tier is a tier in the numbers that a policy is written in: either budget, in
// percent, or burn.
type tier struct {
	severity     slo.Severity
	budget, burn string
	long, short  int64 // minutes
}

// policy is what both sides are made of.
type policy struct {
	target       string // in percent
	window       int64  // minutes
	tiers        []tier
	page, ticket int64 // hold, in minutes
}

func (p policy) hold(severity slo.Severity) time.Duration {
	if severity == slo.Page {
		return time.Duration(p.page) * time.Minute
	}
	return time.Duration(p.ticket) * time.Minute
}

// limit is the error ratio above which a tier fires, by the words of the
// workbook and nothing of ours: burn or, for a budget, budget × window / long;
// times 1 - target.
func (p policy) limit(t tier) *big.Rat {
	factor := rat(t.burn)
	if t.budget != "" {
		factor = new(big.Rat).Mul(rat(t.budget), big.NewRat(p.window, 100*t.long))
	}
	allowed := new(big.Rat).Sub(big.NewRat(100, 1), rat(p.target))
	return factor.Mul(factor, allowed.Quo(allowed, big.NewRat(100, 1)))
}

func rat(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

// expression is the usual alert of all tiers of a severity. bad / total > limit is
// written with products of whole numbers, as floats may fall to either side of a
// border. Half of each window has to be measured.
func (p policy) expression(severity slo.Severity) string {
	var tiers []string
	for _, t := range p.tiers {
		if t.severity != severity {
			continue
		}
		var parts []string
		for _, minutes := range []int64{t.long, t.short} {
			parts = append(parts, fmt.Sprintf("sum_over_time(bad[%[1]dm]) * %[2]s > sum_over_time(total[%[1]dm]) * %[3]s and count_over_time(total[%[1]dm]) * 2 >= %[1]d",
				minutes, p.limit(t).Denom(), p.limit(t).Num()))
		}
		tiers = append(tiers, strings.Join(parts, " and "))
	}
	return strings.Join(tiers, " or ")
}

// gap stands for a minute that was not measured, which has no sample.
var gap = slo.Counts{Total: -1}

// prometheus is the rules of a policy over a history.
type prometheus struct {
	storage *teststorage.TestStorage
	query   rules.QueryFunc
	rules   map[slo.Severity]*rules.AlertingRule
}

// newPrometheus stores a sample for each minute at its end: with that of the
// minute [59, 60) at 60, the range (0, 60] of Prometheus is the window [0, 60) of
// ours.
func newPrometheus(t *testing.T, p policy, history []slo.Counts) prometheus {
	t.Helper()
	storage := teststorage.New(t)
	app := storage.Appender(t.Context())
	for i, c := range history {
		if c == gap {
			continue
		}
		for name, value := range map[string]int64{"total": c.Total, "bad": c.Bad} {
			at := slo.Minute(i + 1).Time().UnixMilli()
			if _, err := app.Append(0, labels.FromStrings(model.MetricNameLabel, name), at, float64(value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := app.Commit(); err != nil {
		t.Fatal(err)
	}
	engine := promqltest.NewTestEngine(t, false, 0, 1_000_000)
	made := prometheus{storage, rules.EngineQueryFunc(engine, storage), map[slo.Severity]*rules.AlertingRule{}}
	for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
		text := p.expression(severity)
		if text == "" {
			continue
		}
		expression, err := parser.NewParser(parser.Options{}).ParseExpr(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		made.rules[severity] = rules.NewAlertingRule("burn", expression, 0, p.hold(severity),
			labels.EmptyLabels(), labels.EmptyLabels(), labels.EmptyLabels(), "", true, promslog.NewNopLogger())
	}
	return made
}

func (p prometheus) close(t *testing.T) {
	t.Helper()
	if err := p.storage.Close(); err != nil {
		t.Error(err)
	}
}

// fires evaluates the rule of a severity at a minute.
func (p prometheus) fires(t *testing.T, severity slo.Severity, at slo.Minute) bool {
	t.Helper()
	rule := p.rules[severity]
	if rule == nil {
		return false
	}
	if _, err := rule.Eval(t.Context(), 0, at.Time(), p.query, nil, 0); err != nil {
		t.Fatal(err)
	}
	fires := false
	rule.ForEachActiveAlert(func(a *rules.Alert) { fires = fires || a.State == rules.StateFiring })
	return fires
}
