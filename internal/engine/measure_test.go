package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// perMinute is a source in memory: every minute of its extent has the same
// counts. The event type of an SLI chooses its behaviour.
type perMinute struct {
	lag    time.Duration
	first  slo.Minute
	counts slo.Counts
	asked  []sources.Request
}

func (p *perMinute) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for i, s := range slos {
		extents[i].Span = slo.Span{Start: p.first, End: slo.MinuteAt(now.Add(-p.lag))}
		if s.SLI.EventTypes()[0] == "Unknown" {
			extents[i].Err = errors.New("no such event type")
			extents[i].Span.Start = extents[i].Span.End
		}
	}
	return extents
}

func (p *perMinute) Counts(_ context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	for i, r := range requests {
		p.asked = append(p.asked, r)
		if r.SLO.SLI.EventTypes()[0] == "Broken" {
			answers[i].Err = errors.New("it broke")
			continue
		}
		for k := 1; k < len(r.Cuts); k++ {
			n := int64(r.Cuts[k] - r.Cuts[k-1])
			c := slo.Counts{Total: n * p.counts.Total, Bad: n * p.counts.Bad}
			answers[i].Sums = append(answers[i].Sums, sources.Sum{Counts: c, Rows: c, Minutes: n})
		}
	}
	return answers
}

func sloOn(t testing.TB, id string, kind slo.Kind, source *slo.Source, eventType string) *slo.SLO {
	t.Helper()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	return &slo.SLO{
		ID: id, Kind: kind, Source: source, SLI: slo.SLI{From: []diag.Located[string]{{Value: eventType}}},
		Objectives: []slo.Objective{{Name: "1d", Target: target, Window: slo.Rolling(1440)}},
	}
}

const nowMinute = slo.Minute(30_000_000)

// TestEvaluate measures with two sources of different lag, one of which fails
// for some SLIs.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	quick, slow := &slo.Source{Name: "quick"}, &slo.Source{Name: "slow"}
	a := sloOn(t, "j/a", slo.KindStep, quick, "Transaction")
	b := sloOn(t, "j/b", slo.KindStep, slow, "Log")
	set := &slo.Set{
		Sources: []*slo.Source{quick, slow},
		SLOs: []*slo.SLO{
			sloOn(t, "broken", slo.KindSLO, quick, "Broken"), a, b,
			sloOn(t, "lost", slo.KindSLO, nil, "Transaction"), sloOn(t, "unknown", slo.KindSLO, slow, "Unknown"),
		},
		Journeys: []*slo.Journey{{ID: "j", Compose: slo.Series, Objectives: a.Objectives, Steps: []slo.Step{{Name: "a", SLO: a}, {Name: "b", SLO: b}}}},
	}
	measuring := map[string]sources.Source{
		"quick": &perMinute{lag: 3 * time.Minute, first: nowMinute - 10_000, counts: slo.Counts{Total: 100, Bad: 1}},
		"slow":  &perMinute{lag: 7 * time.Minute, first: nowMinute - 727, counts: slo.Counts{Total: 10}},
	}
	now := nowMinute.Time().Add(30 * time.Second)
	snapshot := engine.Evaluate(t.Context(), set, measuring, now, now)
	got := map[string]string{}
	for _, s := range snapshot.Statuses {
		o := s.Objectives[0]
		got[s.ID] = strings.Join([]string{
			string(o.Window.State), (o.Window.Span.End - nowMinute).Time().Sub(time.Unix(0, 0)).String(), o.BurnRate.String(),
		}, " ")
	}
	want := map[string]string{
		"j/a":     "measured -3m0s 1", // 1 of 100 burns at 1 with a target of 99 %
		"j/b":     "partial -7m0s 0",  // half a day since the first event
		"j":       "partial -7m0s 1",  // the journey ends with its slowest step
		"broken":  "no-data -3m0s undefined",
		"lost":    "no-data 0s undefined",
		"unknown": "no-data -7m0s undefined",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]burnrate.Failure{
		{ID: "broken", Message: "it broke"}, {ID: "lost", Message: "no source measures it: declare a Source"}, {ID: "unknown", Message: "no such event type"},
	}, snapshot.Failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// TestEvaluateSourcesThatFail ends windows with the newest closed minute also
// when nothing could be measured at all: those of an SLO at its source's lag,
// those of a journey with the earliest of its steps', and never in the future.
func TestEvaluateSourcesThatFail(t *testing.T) {
	t.Parallel()
	quick, slow := &slo.Source{Name: "quick"}, &slo.Source{Name: "slow"}
	a, b := sloOn(t, "j/a", slo.KindStep, quick, "Unknown"), sloOn(t, "j/b", slo.KindStep, slow, "Unknown")
	set := &slo.Set{
		Sources:  []*slo.Source{quick, slow},
		SLOs:     []*slo.SLO{a, b, sloOn(t, "lost", slo.KindSLO, nil, "Transaction")},
		Journeys: []*slo.Journey{{ID: "j", Compose: slo.Series, Objectives: a.Objectives, Steps: []slo.Step{{Name: "a", SLO: a}, {Name: "b", SLO: b}}}},
	}
	measuring := map[string]sources.Source{
		"quick": &perMinute{lag: 3 * time.Minute}, "slow": &perMinute{lag: 7 * time.Minute},
	}
	now := nowMinute.Time().Add(30 * time.Second)
	for _, test := range []struct {
		name string
		at   time.Time
		want map[string]slo.Minute
	}{
		{"now", now, map[string]slo.Minute{"j/a": -3, "j/b": -7, "j": -7, "lost": 0}},
		{"later", now.Add(24 * time.Hour), map[string]slo.Minute{"j/a": -3, "j/b": -7, "j": -7, "lost": 0}},
		{"within the lag", now.Add(-5 * time.Minute), map[string]slo.Minute{"j/a": -5, "j/b": -7, "j": -7, "lost": -5}},
		{"in the past", now.Add(-time.Hour), map[string]slo.Minute{"j/a": -60, "j/b": -60, "j": -60, "lost": -60}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := map[string]slo.Minute{}
			for _, s := range engine.Evaluate(t.Context(), set, measuring, now, test.at).Statuses {
				got[s.ID] = s.Objectives[0].Window.Span.End - nowMinute
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestEvaluateStepThatBreaks has a step whose events can be looked for and not
// be counted, on the slowest of three sources. The journey ends with it all the
// same: a failure must not move the windows of the others.
func TestEvaluateStepThatBreaks(t *testing.T) {
	t.Parallel()
	set := &slo.Set{}
	measuring := map[string]sources.Source{}
	journey := &slo.Journey{ID: "j", Compose: slo.Series}
	for i, eventType := range []string{"Transaction", "Log", "Broken"} {
		source := &slo.Source{Name: eventType}
		step := sloOn(t, "j/"+eventType, slo.KindStep, source, eventType)
		measuring[source.Name] = &perMinute{lag: time.Duration(3+2*i) * time.Minute, first: nowMinute - 10_000, counts: slo.Counts{Total: 1}}
		set.Sources, set.SLOs = append(set.Sources, source), append(set.SLOs, step)
		journey.Objectives = step.Objectives
		journey.Steps = append(journey.Steps, slo.Step{Name: eventType, SLO: step})
	}
	set.Journeys = []*slo.Journey{journey}
	snapshot := engine.Evaluate(t.Context(), set, measuring, nowMinute.Time(), nowMinute.Time())
	for _, s := range snapshot.Statuses {
		if w := s.Objectives[0].Window; s.ID == "j" && (w.Span.End != nowMinute-7 || w.State != burnrate.Partial) {
			t.Errorf("the journey ends at %d and is %s", w.Span.End-nowMinute, w.State)
		}
	}
}

// TestEvaluateAt asks for an instant of the past: windows end there, to the
// minute, and nothing outside the extent is asked.
func TestEvaluateAt(t *testing.T) {
	t.Parallel()
	source := &slo.Source{Name: "s"}
	set := &slo.Set{Sources: []*slo.Source{source}, SLOs: []*slo.SLO{sloOn(t, "a", slo.KindSLO, source, "Transaction")}}
	fake := &perMinute{lag: time.Minute, first: nowMinute - 1000, counts: slo.Counts{Total: 1}}
	at := (nowMinute - 500).Time().Add(59 * time.Second)
	snapshot := engine.Evaluate(t.Context(), set, map[string]sources.Source{"s": fake}, nowMinute.Time(), at)
	o := snapshot.Statuses[0].Objectives[0]
	if o.Window.Span.End != nowMinute-500 || o.Window.Counts.Total != 500 || !snapshot.At.Equal(at) {
		t.Errorf("got the end %d, total %d, at %s", o.Window.Span.End-nowMinute, o.Window.Counts.Total, snapshot.At)
	}
	cuts := fake.asked[0].Cuts
	if cuts[0] != nowMinute-1000 || cuts[len(cuts)-1] != nowMinute-500 || !slices.IsSorted(cuts) {
		t.Errorf("asked for %d … %d, want the extent up to the end", cuts[0]-nowMinute, cuts[len(cuts)-1]-nowMinute)
	}
}

// silent is a source that never had anything to measure an SLO by.
type silent struct{}

func (silent) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for i := range slos {
		extents[i] = sources.Extent{Span: slo.Span{Start: slo.MinuteAt(now), End: slo.MinuteAt(now)}, Never: true}
	}
	return extents
}

func (silent) Counts(_ context.Context, requests []sources.Request) []sources.Answer {
	return make([]sources.Answer, len(requests))
}

// TestEvaluateNever says what is probably spelt wrong, in the words of the SLI
// and of its source.
func TestEvaluateNever(t *testing.T) {
	t.Parallel()
	account, file := &slo.Source{Name: "account"}, &slo.Source{Name: "file", File: &slo.File{Path: "data/counts.csv"}}
	queries := sloOn(t, "queries", slo.KindSLO, account, "")
	queries.SLI = slo.SLI{Queries: &slo.Queries{}}
	set := &slo.Set{
		Sources: []*slo.Source{account, file},
		SLOs:    []*slo.SLO{sloOn(t, "events", slo.KindSLO, account, "Checkout"), queries, sloOn(t, "rows", slo.KindSLO, file, "Checkout")},
	}
	snapshot := engine.Evaluate(t.Context(), set, map[string]sources.Source{"account": silent{}, "file": silent{}}, nowMinute.Time(), nowMinute.Time())
	want := []burnrate.Notice{
		{ID: "events", Message: "there never was an event of Checkout, as far back as they are kept: is the name right?"},
		{ID: "queries", Message: "there never was an event of the types that its queries name, as far back as they are kept: are the names right?"},
		{ID: "rows", Message: "data/counts.csv has no row of this id: is it spelt there as it is here?"},
	}
	if diff := cmp.Diff(want, snapshot.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}
