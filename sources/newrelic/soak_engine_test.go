package newrelic_test

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// soaked is an engine with a ledger, which measures more and more SLOs.
type soaked struct {
	t      *testing.T
	dir    string // of the ledger
	ledger *ledger.Ledger
	engine *engine.Engine
	source *newrelic.Source
	config *slo.Source
	list   []*indicator
	kept   []*slo.SLO
}

// bubble is the clock of a synctest bubble.
type bubble struct{}

func (bubble) Now() time.Time { return time.Now() }

func (bubble) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (bubble) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

func newSoaked(t *testing.T, source *newrelic.Source, config slo.NewRelic) *soaked {
	t.Helper()
	dir := t.TempDir()
	l, err := ledger.Open(t.Context(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return &soaked{t: t, dir: dir, ledger: l, source: source, config: &slo.Source{Name: "newrelic", NewRelic: config}}
}

func (s *soaked) options() engine.Options {
	return engine.Options{
		Ledger: s.ledger, Clock: bubble{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Maintain: func(ctx context.Context, now time.Time) error {
			_, err := s.ledger.Maintain(ctx, now)
			return err
		},
	}
}

// open begins to measure more SLOs, by a reload.
func (s *soaked) open(list []*indicator) {
	s.t.Helper()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, i := range list {
		m := i.slo()
		m.Source, m.Indicator = s.config, slo.IndicatorID(i.id)
		m.Objectives = []slo.Objective{
			{Name: "5h", Target: target, Window: slo.Rolling(300), Alerts: slo.BuiltInPolicies()[0]}, {Name: "2d", Target: target, Window: slo.Rolling(2880)},
		}
		s.list, s.kept = append(s.list, i), append(s.kept, m)
	}
	if s.engine == nil {
		s.engine, _, err = engine.New(s.t.Context(), s.options(), s.specs())
	} else {
		_, err = s.engine.Reload(s.t.Context(), s.specs())
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *soaked) specs() engine.Specs {
	return engine.Specs{Set: &slo.Set{SLOs: slices.Clone(s.kept)}, Sources: map[string]sources.Source{"newrelic": s.source}}
}

// tick measures what there is to measure now, and some of what there was.
func (s *soaked) tick(ctx context.Context) {
	s.t.Helper()
	if err := s.engine.Tick(ctx); err != nil {
		s.t.Fatal(err)
	}
	for range 3 {
		if more, err := s.engine.Backfill(ctx, 15*time.Second); err != nil {
			s.t.Fatal(err)
		} else if !more {
			break
		}
	}
	if _, err := s.ledger.Maintain(ctx, time.Now()); err != nil {
		s.t.Fatal(err)
	}
}

// compareKept compares every minute of every SLO that is kept with what
// happened, and what the engine says with what follows from what is kept.
func (s *soaked) compareKept(w *history) {
	t := s.t
	t.Helper()
	var ids []slo.IndicatorID
	for _, m := range s.kept {
		ids = append(ids, m.Indicator)
	}
	end := slo.MinuteAt(time.Now().Add(-time.Hour))
	rows := map[slo.Minute][]burnrate.Row{}
	for record, err := range s.ledger.Minutes(t.Context(), ids, slo.Span{Start: 0, End: end}) {
		if err != nil {
			t.Fatal(err)
		}
		rows[record.Minute] = slices.Clone(record.Rows)
	}
	differences := 0
	for m := w.begin; m < end; m++ {
		for k, i := range s.list {
			var got sources.Sum
			if rows[m] != nil && rows[m][k].Measured {
				got = sources.Sum{Counts: rows[m][k].Counts, Rows: rows[m][k].Rows, Minutes: 1}
			}
			want := w.counts[k].of(w.begin, m)
			if i.loose {
				want.Rows = got.Rows
			}
			if got == want {
				continue
			}
			if differences++; differences <= 10 {
				t.Errorf("%s at %s: got %+v, want %+v (%+v)", i.id, m.Time().Format("2006-01-02 15:04"), got, want, i.sli)
			}
		}
	}
	if differences > 0 {
		t.Errorf("%d minutes are not what happened", differences)
	}
	s.compareAnew()
	report, err := ledger.Check(t.Context(), s.dir)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the ledger's check finds %v, %v", report.Findings, err)
	}
}

// compareAnew has another engine begin with what is kept: it says the same.
func (s *soaked) compareAnew() {
	t := s.t
	t.Helper()
	before := s.engine
	s.tick(t.Context())
	var changes []lineage.Change
	var err error
	if s.engine, changes, err = engine.New(t.Context(), s.options(), s.specs()); err != nil || len(changes) > 0 {
		t.Fatal(err, changes)
	}
	s.tick(t.Context())
	old, anew := before.View(), s.engine.View()
	for k, status := range anew.Snapshot.Statuses {
		for n, o := range status.Objectives {
			if other := old.Snapshot.Statuses[k].Objectives[n]; !reflect.DeepEqual(o, other) {
				t.Errorf("%s: an engine that begins anew says\n%+v, and the other one\n%+v", status.ID, o, other)
			}
		}
	}
	for _, p := range []engine.Progress{old.Progress, anew.Progress} {
		if p.Gaps > 0 || p.Failing > 0 || p.Ready() != nil {
			t.Errorf("in the end there is %+v: %v", p, p.Ready())
		}
	}
}

// lateness is how long the engine looks for late events every hour.
const lateness = 6 * time.Hour
