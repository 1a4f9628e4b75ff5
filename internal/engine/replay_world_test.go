package engine

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// story is a source of what happens to indicators, minute by minute.
type story struct {
	begin slo.Minute
	tells func(id slo.IndicatorID, m slo.Minute) sources.Sum
}

func (s *story) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for k, end := range s.Ends(now, slos) {
		extents[k].Span = slo.Span{Start: s.begin, End: end}
	}
	return extents
}

func (*story) Ends(now time.Time, slos []*slo.SLO) []slo.Minute {
	ends := make([]slo.Minute, len(slos))
	for k, s := range slos {
		ends[k] = s.SLI.Closed(slo.MinuteAt(now.Add(-lagOf(s))))
	}
	return ends
}

func (s *story) Counts(_ context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	for k, r := range requests {
		for i := 1; i < len(r.Cuts); i++ {
			var sum sources.Sum
			for m := r.Cuts[i-1]; m < r.Cuts[i]; m++ {
				sum = sum.Add(s.tells(r.SLO.Indicator, m))
			}
			answers[k].Sums = append(answers[k].Sums, sum)
		}
	}
	return answers
}

// lagOf is how long until an SLO of a story can be measured.
func lagOf(s *slo.SLO) time.Duration { return lag + s.SLI.Lag.Value }

func storyLag(s *slo.SLO) (time.Duration, bool) { return lagOf(s), true }

// lived is an engine that has measured a story, and what it said in every minute.
type lived struct {
	*rig
	story     *story
	set       *slo.Set
	snapshots map[slo.Minute]burnrate.Snapshot
	fired     map[slo.Minute][]alert.Key // of which people were told
}

// shop is a set with all that a replay has to go through: journeys of each kind, a
// shared SLO, slices, weights, calendar windows, lags, and an exclusion that begins a
// while after a minute. What happens then is in [shopStory].
func shop(t *testing.T, from slo.Minute) *slo.Set {
	t.Helper()
	team := &slo.Team{Name: "shop", Notify: []*slo.Notifier{{Name: "hook"}}}
	source := &slo.Source{Name: "story", Owner: "shop", NewRelic: slo.NewRelic{Lateness: time.Hour, Retention: slo.Retention{Default: 60 * 24 * time.Hour}}}
	set := &slo.Set{Sources: []*slo.Source{source}, Teams: []*slo.Team{team}, Notifiers: team.Notify}
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	tight, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	month, err := slo.ParseWindow("month")
	if err != nil {
		t.Fatal(err)
	}
	objectives := func() []slo.Objective {
		return []slo.Objective{
			{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]},
			{Name: "month", Target: target, Window: month},
			{Name: "1h", Target: target, Window: slo.Rolling(60)},
		}
	}
	byID := map[string]*slo.SLO{}
	add := func(id string, kind slo.Kind, late int) *slo.SLO {
		s := &slo.SLO{
			ID: id, Kind: kind, Source: source, Indicator: slo.IndicatorID(id), About: slo.About{Owner: "shop", Stage: slo.Active},
			SLI: slo.SLI{From: []diag.Located[string]{{Value: "Event"}}}, Objectives: objectives(),
		}
		s.SLI.Lag.Value = time.Duration(late) * time.Minute
		set.SLOs, byID[id] = append(set.SLOs, s), s
		return s
	}
	add("buy/cart", slo.KindStep, 0)
	add("buy/pay", slo.KindStep, 4).Objectives[0].Target = tight
	add("find/list", slo.KindStep, 0).Objectives = nil
	add("look/sliced", slo.KindStep, 0).SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: 5 * time.Minute}}
	add("login", slo.KindSLO, 0)
	add("same", slo.KindSLO, 2).Indicator = "login" // which lags so much for both
	add("weighed", slo.KindSLO, 0).SLI.Count = diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
	journey := func(id string, compose slo.Compose, steps ...string) *slo.Journey {
		j := &slo.Journey{ID: id, About: slo.About{Owner: "shop", Stage: slo.Active}, Compose: compose, Objectives: objectives()}
		for _, step := range steps {
			j.Steps = append(j.Steps, slo.Step{Name: step, SLO: byID[step]})
		}
		set.Journeys = append(set.Journeys, j)
		return j
	}
	journey("buy", slo.Series, "buy/cart", "buy/pay", "login")
	journey("find", slo.Pooled, "find/list", "login")
	look := journey("look", slo.Measured, "look/sliced")
	look.SLI, look.Source, look.Indicator = &slo.SLI{From: []diag.Located[string]{{Value: "View"}}}, source, "look"
	set.Exclusions = []*slo.Exclusion{{
		Name: "works", SLOs: []string{"weighed"}, From: (from + 15).Time(), To: (from + 35).Time(), Effect: slo.Drop,
	}}
	return set
}

// shopStory is what happens in a shop: nothing bad but one event an hour, until some
// minutes from a minute on.
func shopStory(from slo.Minute) func(slo.IndicatorID, slo.Minute) sources.Sum {
	return func(id slo.IndicatorID, m slo.Minute) sources.Sum {
		within := func(start, end slo.Minute) bool { return m >= from+start && m < from+end }
		rows := slo.Counts{Total: int64(40+m%7) + int64(len(id))}
		if m%60 == 7 {
			rows.Bad = 1
		}
		switch {
		case id == "buy/pay" && within(9, 60):
			rows.Bad = rows.Total
		case id == "weighed" && within(9, 40):
			rows.Bad = rows.Total / 2
		case id == "login" && within(70, 95):
			rows = slo.Counts{}
		case id == "buy/cart" && within(80, 125):
			return sources.Sum{}
		case id == "look" && within(60, 75):
			rows.Bad = rows.Total
		case id == "look/sliced" && m%5 != 0:
			rows = slo.Counts{}
		case id == "look/sliced":
			rows = slo.Counts{Total: 1}
			if within(60, 80) {
				rows.Bad = 1
			}
		case id == "anew" && within(140, 160):
			rows.Bad = rows.Total / 3
		}
		sum := sources.Sum{Counts: rows, Rows: rows, Minutes: 1}
		if id == "weighed" {
			sum.Counts = slo.Counts{Total: rows.Total * 2500, Bad: rows.Bad * 2000}
		}
		return sum
	}
}

// live has an engine measure a shop, from some minutes before a minute on, and
// remembers what it says. edit changes the set at a minute, if it is not nil.
func live(t *testing.T, minutes, at int, edit func(*slo.Set)) (*lived, slo.Minute) {
	t.Helper()
	r := newRig(t, 1)
	from, days := slo.MinuteAt(time.Now())+5, slo.Minute(16)
	if testing.Short() {
		days = 2
	}
	l := &lived{rig: r, story: &story{begin: from - days*1440, tells: shopStory(from)}, set: shop(t, from), snapshots: map[slo.Minute]burnrate.Snapshot{}, fired: map[slo.Minute][]alert.Key{}}
	specs := func() Specs { return Specs{Set: l.set, Sources: map[string]sources.Source{"story": l.story}} }
	options := Options{Ledger: r.ledger, Clock: r.clock, Log: slog.New(slog.DiscardHandler)}
	var err error
	if r.engine, _, err = New(t.Context(), options, specs()); err != nil {
		t.Fatal(err)
	}
	for n := range minutes {
		if n == at && edit != nil {
			changed := shop(t, from)
			edit(changed)
			l.set = changed
			if _, err := r.engine.Reload(t.Context(), specs()); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		view := r.engine.View()
		if n >= 4 {
			if view.Progress.Gaps > 0 && n < 60 {
				t.Fatalf("in minute %d %+v", n, view.Progress)
			}
			l.snapshots[slo.MinuteAt(time.Now())] = view.Snapshot
			l.fired[slo.MinuteAt(time.Now())] = toldKeys(view.Alerts.State.Alerts)
		}
		if err := r.engine.between(t.Context(), time.Now().Truncate(time.Minute).Add(measuring)); err != nil {
			t.Fatal(err)
		}
		next(1)
	}
	return l, from
}

// toldKeys returns the keys of alerts that people were told of.
func toldKeys(list []alert.Alert) []alert.Key {
	var keys []alert.Key
	for _, a := range list {
		if a.Sent {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// events is the log of the engine's alerts as of whole minutes.
func (l *lived) events() []alert.Event {
	var events []alert.Event
	for _, n := range l.engine.View().Alerts.Log {
		if n.Kind != alert.Missed {
			n.Event.At, n.Event.Since = n.At.Truncate(time.Minute), n.Since.Truncate(time.Minute)
			events = append(events, n.Event)
		}
	}
	return events
}

// span is the minutes that are remembered.
func (l *lived) span() (first, last slo.Minute) {
	for m := range l.snapshots {
		if first == 0 || m < first {
			first = m
		}
		last = max(last, m)
	}
	return first, last
}

// replay makes a replay of minutes.
func (l *lived) replay(first, last slo.Minute) *Replay {
	return &Replay{Set: l.set, Records: l.ledger, Lag: storyLag, From: first.Time(), To: last.Time()}
}

// kept makes a copy of a snapshot that stays as it is.
func keptSnapshot(s burnrate.Snapshot) burnrate.Snapshot {
	s.Statuses = slices.Clone(s.Statuses)
	for i := range s.Statuses {
		objectives := slices.Clone(s.Statuses[i].Objectives)
		for k := range objectives {
			o := &objectives[k]
			o.Burn, o.Tiers, o.Traffic = slices.Clone(o.Burn), slices.Clone(o.Tiers), slices.Clone(o.Traffic)
		}
		s.Statuses[i].Objectives = objectives
	}
	return s
}
