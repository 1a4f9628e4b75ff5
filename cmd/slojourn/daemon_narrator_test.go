package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// story is a narrator and what it is told, a minute after the other.
type story struct {
	*testing.T
	*narrator
	log, screen bytes.Buffer
	at          time.Time
}

func newStory(t *testing.T, sources map[string][]string) *story {
	t.Helper()
	s := &story{T: t, at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return harmless(groups, a)
	}}))
	s.narrator = newNarrator(log, term.NewStatus(&s.screen), func() int { return 80 }, func() time.Time { return s.at })
	s.specs(sources)
	return s
}

// specs are ids by source.
func (s *story) specs(sources map[string][]string) {
	set := &slo.Set{}
	for name, ids := range sources {
		source := &slo.Source{Name: name}
		for _, id := range ids {
			set.SLOs = append(set.SLOs, &slo.SLO{ID: id, Source: source})
		}
	}
	s.adopt(engine.Specs{Set: set})
}

// tells wants lines of the log about a view, whose failures are "id: reason".
func (s *story) tells(p engine.Progress, failures []string, want ...string) {
	s.Helper()
	view := &engine.View{Progress: p}
	for _, f := range failures {
		id, reason, _ := strings.Cut(f, ": ")
		view.Snapshot.Failures = append(view.Snapshot.Failures, burnrate.Failure{ID: id, Message: reason})
	}
	s.look(view)
	s.look(view)
	text := strings.TrimSpace(s.log.String())
	s.log.Reset()
	if diff := cmp.Diff(strings.Join(want, "\n"), text); diff != "" {
		s.Errorf("%v (-want +got):\n%s", s.at, diff)
	}
	s.at = s.at.Add(time.Minute)
}

// TestNarratorFailures says what begins and what ends, and nothing in between.
func TestNarratorFailures(t *testing.T) {
	t.Parallel()
	fine := engine.Progress{Indicators: 3, Fresh: 3}
	s := newStory(t, map[string][]string{"a": {"x", "y"}, "b": {"z"}})
	s.tells(fine, nil, `level=INFO msg="all history is there" indicators=3 failing=0 rows=0 took=0s`)
	s.tells(fine, []string{"x: gone\n\x1b[2J"}, `level=WARN msg="SLOs cannot be measured" count=1 slos=x error="gone\n�[2J"`)
	s.tells(fine, []string{"x: gone at 09:02", "y: no"},
		`level=WARN msg="SLOs cannot be measured" count=1 slos=y error=no`,
		`level=ERROR msg="nothing can be measured with a source" source=a slos=2`)
	s.tells(fine, []string{"x: gone", "y: no"})
	s.tells(fine, []string{"y: no"},
		`level=INFO msg="a source answers again" source=a`,
		`level=INFO msg="SLOs are measured again" count=1 slos=x after=3m0s`)
	s.specs(map[string][]string{"b": {"z"}})
	s.tells(fine, nil)
	var all []string
	for n := range 30 {
		all = append(all, fmt.Sprintf("s%02d: no", n))
	}
	s.specs(map[string][]string{"b": {"z"}})
	s.tells(fine, all, `level=WARN msg="SLOs cannot be measured" count=30 slos="s00, s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19 and 10 more" error=no`)
}

// TestNarratorPace says which sources are slow.
func TestNarratorPace(t *testing.T) {
	t.Parallel()
	s := newStory(t, map[string][]string{"a": {"x"}})
	s.tells(engine.Progress{Slow: []string{"a"}}, nil, `level=WARN msg="a source does not keep up: what wakes nobody is measured every 5 minutes" source=a`)
	s.tells(engine.Progress{Slow: []string{"a"}}, nil)
	s.tells(engine.Progress{}, nil, `level=INFO msg="a source keeps up again" source=a`)
}

// TestNarratorHistory says how far it is, and draws it.
func TestNarratorHistory(t *testing.T) {
	t.Parallel()
	s := newStory(t, map[string][]string{"a": {"x"}})
	p := func(rough int, gaps int64) engine.Progress {
		return engine.Progress{Indicators: 2, Fresh: 2, Rough: rough, Gaps: gaps}
	}
	s.tells(engine.Progress{Indicators: 2, Failing: 2}, nil)
	s.tells(p(2, 0), nil, `level=INFO msg="the history is being filled in" indicators=2`)
	s.tells(p(2, 1000), nil)
	s.tells(p(0, 950), nil)
	s.tells(p(0, 900), nil, `level=INFO msg="the history is there in part" done=10% rows_left=900`)
	s.tells(p(0, 890), nil)
	s.screen.Reset()
	s.tells(p(0, 880), nil)
	if got, want := s.screen.String(), "\r\x1b[Khistory  ███▌                             12%  880 rows left"; got != want {
		t.Errorf("the screen has %q, want %q", got, want)
	}
	s.tells(p(0, 875), nil)
	s.tells(p(0, 876), nil)
	s.tells(p(0, 870), nil, `level=INFO msg="the history is there in part" done=13% rows_left=870`)
	s.screen.Reset()
	s.tells(p(0, 0), nil, `level=INFO msg="all history is there" indicators=2 failing=0 rows=1000 took=9m0s`)
	if got := s.screen.String(); got != "\r\x1b[K" {
		t.Errorf("the screen has %q", got)
	}
	s.tells(p(0, 500), nil)
	s.tells(p(0, 700), nil, `level=INFO msg="the history is being filled in" indicators=2`)
	s.tells(p(0, 0), nil, `level=INFO msg="all history is there" indicators=2 failing=0 rows=700 took=1m0s`)
}

// TestLogIsHarmless masks keys and what a terminal obeys, in both formats.
func TestLogIsHarmless(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var text bytes.Buffer
		log, err := newLogger(&text, format, "warn")
		if err != nil {
			t.Fatal(err)
		}
		const key = "NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA"
		log.Info("left out")
		log.Warn("m "+hostile, "text", hostile+key, "error", fmt.Errorf("e %s", hostile+key), "list", []string{hostile, key}, "n", 1, "took", time.Second)
		checkHarmless(t, format, text.String(), 1)
		if strings.Contains(text.String(), "ABCDEF") || strings.Contains(text.String(), "left out") {
			t.Errorf("%s", text.String())
		}
	}
}
