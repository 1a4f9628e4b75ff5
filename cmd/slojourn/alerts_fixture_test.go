package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// alertSpecs is the example that the story is about.
const alertSpecs = "../../examples/alerts-and-exclusions"

// storyEnd is when the story ends: in the middle of an outage.
func storyEnd() time.Time { return time.Date(2026, 11, 22, 8, 59, 40, 0, time.UTC) }

// storyDays is how long it lasts.
const storyDays = 4

// incident is a share of events that fail for a while.
type incident struct {
	id       string
	from, to string // in November 2026
	percent  int64
}

// storyRow is what is measured in a minute of the story: an outage that is over, one
// that goes on, one of what is only observed, and a few failures at night.
func storyRow(id string, minute slo.Minute) burnrate.Row {
	counts := slo.Counts{Total: map[string]int64{"barcode-payment/show-barcode": 2, "barcode-payment/authorise": 40, "fill-basket": 20}[id]}
	for _, i := range []incident{
		{"barcode-payment/authorise", "20 03:10", "20 03:32", 30},
		{"barcode-payment/authorise", "22 08:21", "23 00:00", 25},
		{"barcode-payment/show-barcode", "22 08:52", "22 08:54", 100},
		{"fill-basket", "22 08:00", "23 00:00", 15},
	} {
		at := minute.Time().Format("02 15:04")
		if i.id == id && at >= i.from && at < i.to {
			counts.Bad = counts.Total * i.percent / 100
		}
	}
	return burnrate.Counted(counts)
}

// writeStory measures, judges and keeps the story as serve does.
func writeStory(ctx context.Context, dir, specs string) (err error) {
	result, err := load.Load([]string{specs}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil {
		return err
	}
	if result.Findings.Failed() {
		return fmt.Errorf("the specs have mistakes: %v", result.Findings)
	}
	s := newIncidents(result.Set)
	var entries []burnrate.Entry
	for at := storyEnd().Add(-storyDays * 24 * time.Hour); !at.After(storyEnd()); at = at.Add(time.Minute) {
		more, err := s.tick(at)
		if err != nil {
			return err
		}
		entries = append(entries, more...)
	}
	lineages, _, err := lineage.Adopt(burnrate.Kept{}, result.Set, lineage.Always(s.begin))
	if err != nil {
		return err
	}
	letters, err := s.undelivered()
	if err != nil {
		return err
	}
	state, err := s.state.Entry()
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errCloser(err, l.Close()) }()
	return l.Commit(ctx, burnrate.Tick{
		At: storyEnd(), Measured: s.batches(), Entries: slices.Concat(lineages, entries, letters, []burnrate.Entry{state}),
	})
}

func errCloser(err, closing error) error {
	if err == nil {
		return closing
	}
	return err
}

// incidents is what is known while it goes on.
type incidents struct {
	set       *slo.Set
	evaluator *burnrate.Evaluator
	measured  []*slo.SLO
	begin     slo.Minute
	ends      []slo.Minute
	state     outbox.State
	told      []alert.Notification
}

func newIncidents(set *slo.Set) *incidents {
	s := &incidents{set: set, evaluator: burnrate.NewEvaluator(set), measured: set.Measured()}
	s.begin = slo.MinuteAt(storyEnd().Add(-storyDays*24*time.Hour)) - 60
	history := map[string]burnrate.Series{}
	for _, id := range s.evaluator.Measured() {
		none, err := burnrate.SeriesOf(slo.Span{Start: s.begin, End: s.begin}, nil, nil)
		if err != nil {
			panic(err)
		}
		history[id] = none
	}
	if err := s.evaluator.Load(history); err != nil {
		panic(err)
	}
	return s
}

func (s *incidents) records(minutes []slo.Minute) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		for _, minute := range minutes {
			record := burnrate.Record{Minute: minute}
			if minute >= s.begin {
				for _, m := range s.measured {
					record.Rows = append(record.Rows, storyRow(m.ID, minute))
				}
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// tick does what is done in a minute, and returns what it adds to the log.
func (s *incidents) tick(at time.Time) ([]burnrate.Entry, error) {
	s.ends = s.ends[:0]
	for _, m := range s.measured {
		lag, _ := lagOf(m)
		s.ends = append(s.ends, slo.MinuteAt(at.Add(-lag)))
	}
	if err := s.evaluator.Advance(s.ends, s.records(s.evaluator.Needs(s.ends))); err != nil {
		return nil, err
	}
	states, events := alert.Advance(s.state.States, s.evaluator.Snapshot(at))
	s.state.Judged = s.state.JudgedAt(at, 0)
	s.state.States = states
	var entries []burnrate.Entry
	for _, e := range events {
		n := alert.Notification{Event: e, Subject: s.subject(e.ID)}
		s.state.Next++
		s.told = append(s.told, n)
		entry, err := outbox.Logged(s.state.Next, n)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// subject is what the specs say of an id.
func (s *incidents) subject(id string) alert.Subject {
	subject := alert.Subject{Window: "28d", Policy: "shop"}
	about := func(a slo.About, objectives []slo.Objective) {
		team := s.set.Team(a.Owner)
		subject.OwnerTitle, subject.Contact = team.Title, team.Contact
		subject.Description, subject.WhenSpent, subject.Runbook = a.Description, a.WhenSpent, a.Runbook
		subject.Target = objectives[0].Target.String()
	}
	for _, m := range s.set.SLOs {
		if m.ID == id {
			about(m.About, m.Objectives)
		}
	}
	for _, j := range s.set.Journeys {
		if journey, step, isStep := strings.Cut(id, "/"); journey == j.ID {
			subject.Journey, subject.JourneyTitle, subject.Step = j.ID, j.About.Title, step
			if !isStep {
				about(j.About, j.Objectives)
			}
		}
	}
	return subject
}

// undelivered is a message that waits and one that was given up.
func (s *incidents) undelivered() ([]burnrate.Entry, error) {
	var last alert.Notification
	for _, n := range s.told {
		if !n.Labels.Observe {
			last = n
		}
	}
	letter := outbox.Letter{Number: s.state.Next + 1, To: "payments-slack", Notification: last}
	waits, err := letter.Entry()
	if err != nil {
		return nil, err
	}
	letter = outbox.Letter{Number: s.state.Next + 2, To: "payments-duty", Notification: last}
	gone, err := outbox.Dead{Letter: letter, At: storyEnd(), Reason: "PagerDuty refuses the routing key: 400 Bad Request"}.Entry()
	s.state.Next += 2
	return []burnrate.Entry{waits, gone}, err
}

func (s *incidents) batches() []burnrate.Batch {
	var batches []burnrate.Batch
	for i, m := range s.measured {
		batch := burnrate.Batch{Indicators: []slo.IndicatorID{m.Indicator}}
		for minute := s.begin; minute < s.ends[i]; minute++ {
			batch.Records = append(batch.Records, burnrate.Record{Minute: minute, Rows: []burnrate.Row{storyRow(m.ID, minute)}})
		}
		batches = append(batches, batch)
	}
	return batches
}

// tellStory is the command of scripts: it copies the example's specs and writes the
// ledger of the story.
func tellStory(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: story DIR SPECS")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(alertSpecs)))
	ts.Check(writeStory(context.Background(), ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

// told is a folder with the ledger of the story.
func told(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := writeStory(t.Context(), dir, alertSpecs); err != nil {
		t.Fatal(err)
	}
	return dir
}
