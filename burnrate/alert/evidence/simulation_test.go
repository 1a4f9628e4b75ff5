package evidence_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// simulation plays the minutes of one SLO through several policies that differ in
// nothing but guard and hold. It judges as serve does, with [burnrate.Tier.Judge]
// and [alert.Advance], over sums of its own and without what burn alerts do not
// look at, and so takes a year in less than a second; [TestSimulation] proves that
// the same happens as with the [burnrate.Evaluator].
type simulation struct {
	target   slo.Target
	window   slo.Window
	lengths  []int64      // of the windows, in minutes, those of a tier one after the other
	sums     []slo.Counts // of the windows
	recent   []slo.Counts // of the last minutes, a ring as long as the longest window
	end      slo.Minute   // minutes so far
	policies []*simulated
}

// simulated is what becomes of one policy.
type simulated struct {
	policy     *slo.AlertPolicy
	like       *simulated // one before it with the same tiers and guard, of which nothing is judged twice
	tiers      []burnrate.Tier
	judgements []burnrate.Judgement
	states     alert.States
	events     []alert.Event // of the last minute
}

func newSimulation(target slo.Target, window slo.Window, policies ...*slo.AlertPolicy) *simulation {
	s := &simulation{target: target, window: window}
	for _, p := range policies {
		tiers := burnrate.Tiers(slo.Objective{Target: target, Window: window, Alerts: p})
		made := &simulated{policy: p, tiers: tiers, judgements: make([]burnrate.Judgement, len(tiers))}
		for _, other := range s.policies {
			if other.policy.Guard == p.Guard {
				made.like = other
			}
		}
		s.policies = append(s.policies, made)
	}
	longest := int64(0)
	for _, t := range policies[0].Tiers {
		s.lengths = append(s.lengths, int64(t.Long/time.Minute), int64(t.Short/time.Minute))
		longest = max(longest, int64(t.Long/time.Minute))
	}
	s.sums, s.recent = make([]slo.Counts, len(s.lengths)), make([]slo.Counts, longest)
	return s
}

// minute takes one more minute on.
func (s *simulation) minute(c slo.Counts) {
	for i, length := range s.lengths {
		if int64(s.end) >= length {
			s.sums[i] = s.sums[i].Sub(s.recent[(int64(s.end)-length)%int64(len(s.recent))])
		}
		s.sums[i] = s.sums[i].Add(c)
	}
	s.recent[int64(s.end)%int64(len(s.recent))] = c
	s.end++
	for _, p := range s.policies {
		fires := false
		for i := range p.tiers {
			if p.like != nil {
				p.judgements[i] = p.like.judgements[i]
			} else {
				p.judgements[i] = s.judge(&p.tiers[i], s.sample(2*i), s.sample(2*i+1))
			}
			fires = fires || p.judgements[i].Verdict == burnrate.Fires
		}
		p.events = nil
		if fires || len(p.states.Alerts) > 0 { // else there is nothing to tell
			p.states, p.events = alert.Advance(p.states, s.snapshot(p))
		}
	}
}

func (*simulation) judge(tier *burnrate.Tier, long, short burnrate.Sample) burnrate.Judgement {
	j := burnrate.Judgement{Tier: tier, Verdict: tier.Judge(long, short), Rows: long.Rows}
	if short.Counts.Total == 0 {
		j.Quiet = quiet
	}
	return j
}

var quiet = []string{"shop"}

func (s *simulation) sample(window int) burnrate.Sample {
	return burnrate.Sample{
		Counts: s.sums[window], Rows: s.sums[window], Measured: min(int64(s.end), s.lengths[window]), Minutes: s.lengths[window],
	}
}

func (s *simulation) snapshot(p *simulated) burnrate.Snapshot {
	o := burnrate.Objective{Name: "28d", Target: s.target, Alerts: p.policy, Tiers: p.judgements}
	o.Window = burnrate.Window{Window: s.window, Span: s.window.Around(s.end)}
	for i, length := range s.lengths {
		w := slo.Rolling(length)
		o.Burn = append(o.Burn, burnrate.Burn{
			Window: burnrate.Window{Window: w, Span: w.Around(s.end), Counts: s.sums[i], Rows: s.sums[i]},
			Rate:   burnrate.BurnRate(s.sums[i], s.target),
		})
	}
	return burnrate.Snapshot{At: s.end.Time(), Statuses: []burnrate.Status{{ID: "shop", Objectives: []burnrate.Objective{o}}}}
}

// pages is how many pages began in the last minute.
func (p *simulated) pages() int {
	pages := 0
	for _, e := range p.events {
		if e.Change == alert.Firing && e.Severity == slo.Page {
			pages++
		}
	}
	return pages
}

// paging is the built-in policy without all but its page tiers, or some of them.
func paging(guard, hold bool, tiers ...int) *slo.AlertPolicy {
	built := slo.BuiltInPolicies()[0]
	p := &slo.AlertPolicy{Name: built.Name}
	for _, i := range tiers {
		p.Tiers = append(p.Tiers, built.Tiers[i])
	}
	if guard {
		p.Guard = built.Guard
	}
	if hold {
		p.Hold = built.Hold
	}
	return p
}

func targetOf(t testing.TB, text string) slo.Target {
	t.Helper()
	target, err := slo.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return target
}
