//go:build servers && !race

package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// hasty does not wait as long as it is asked to.
type hasty struct{}

func (hasty) Now() time.Time { return time.Now() }

func (hasty) Sleep(ctx context.Context, _ time.Duration) error {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// shop is a ledger with two days of minutes, up to an instant.
type shop struct {
	book     *ledger.Ledger
	lineages []lineage.Lineage
	span     slo.Span
	ready    atomic.Int64
}

func openShop(t *testing.T) *shop {
	t.Helper()
	book, err := ledger.Open(t.Context(), t.TempDir(), ledger.Options{Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	end := slo.MinuteAt(time.Now())
	s := &shop{book: book, span: slo.Span{Start: end - 2880, End: end}}
	tick := burnrate.Tick{At: time.Now(), Measured: []burnrate.Batch{{}}}
	for _, id := range []string{"pay/scan", "pay/authorise", "view"} {
		l := lineage.Lineage{ID: id, Present: lineage.Definition{Indicator: slo.IndicatorID("v1:" + id), Unit: 1}}
		entry, err := l.Entry()
		if err != nil {
			t.Fatal(err)
		}
		s.lineages, tick.Entries = append(s.lineages, l), append(tick.Entries, entry)
		tick.Measured[0].Indicators = append(tick.Measured[0].Indicators, l.Present.Indicator)
	}
	dice := rand.New(rand.NewPCG(uint64(end), 0))
	for m := s.span.Start; m < s.span.End; m++ {
		record := burnrate.Record{Minute: m, Rows: make([]burnrate.Row, 3)}
		for i := range record.Rows {
			if total := dice.Int64N(100); total > 5 { // else it was not measured
				record.Rows[i] = burnrate.Counted(slo.Counts{Total: total, Bad: dice.Int64N(3)})
			}
		}
		tick.Measured[0].Records = append(tick.Measured[0].Records, record)
	}
	if err := book.Commit(t.Context(), tick); err != nil {
		t.Fatal(err)
	}
	return s
}

// write lets a writer live until it has sent everything up to a minute.
func (s *shop) write(t *testing.T, address string, until slo.Minute, meanwhile func(stats func() Stats)) {
	t.Helper()
	client, err := NewClient(ClientOptions{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	s.ready.Store(int64(until))
	w := New(Options{
		Ledger: s.book, Sender: client, Clock: hasty{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), From: s.span.Start,
		Feeds: func(time.Time) []Feed {
			return []Feed{{Source: "relic", IDs: []string{"pay/authorise", "pay/scan", "view"}, Ready: slo.Minute(s.ready.Load())}}
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx); close(ended) }()
	defer func() { stop(); <-ended }()
	if meanwhile != nil {
		meanwhile(w.Stats)
	}
	servertest.Eventually(t, "all is sent", func() error {
		if got := w.Stats(); !got.Position.Equal(slo.Minute(s.ready.Load()).Time()) {
			return fmt.Errorf("%+v", got)
		}
		return nil
	})
}

// forget forgets how far a receiver was told.
func (s *shop) forget(t *testing.T) {
	t.Helper()
	tick := burnrate.Tick{At: time.Now()}
	kept, err := s.book.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range kept.Entries {
		if e.Kind == Kind {
			tick.Entries = append(tick.Entries, burnrate.Entry{Kind: e.Kind, Key: e.Key})
		}
	}
	if err := s.book.Commit(t.Context(), tick); err != nil || len(tick.Entries) != 1 {
		t.Fatalf("%d positions, %v", len(tick.Entries), err)
	}
}

// compare compares the sums of windows with those of the ledger.
func (s *shop) compare(t *testing.T, server *servertest.Server) {
	t.Helper()
	for _, window := range []slo.Minute{60, 1440, 2880} {
		cuts := []slo.Minute{s.span.End - window, s.span.End}
		totals, err := s.book.Totals(t.Context(), s.lineages, [][]slo.Minute{cuts, cuts, cuts})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{}
		for i, labels := range []string{`id="pay/scan", journey="pay"%s, step="scan"`, `id="pay/authorise", journey="pay"%s, step="authorise"`, `id="view"%s`} {
			sum := totals[i].Sums[0]
			want["{"+fmt.Sprintf(labels, `, outcome="good"`)+"}"] = float64(sum.Counts.Total - sum.Counts.Bad)
			want["{"+fmt.Sprintf(labels, `, outcome="bad"`)+"}"] = float64(sum.Counts.Bad)
			want["{"+fmt.Sprintf(labels, "")+"}"] = float64(sum.Minutes)
		}
		now := s.span.End.Time().Add(30 * time.Second)
		servertest.Eventually(t, "it says what the ledger does", func() error {
			got := server.Query(t, fmt.Sprintf("sum_over_time(slojourn_ledger_events[%dm])", window), now)
			maps.Copy(got, server.Query(t, fmt.Sprintf("sum_over_time(slojourn_ledger_measured_minutes[%dm])", window), now))
			if diff := cmp.Diff(want, got); diff != "" {
				return fmt.Errorf("%d minutes (-ledger +server):\n%s", window, diff)
			}
			return nil
		})
	}
}

// TestRealReceivers are ended while they are sent to. What they have in the end is
// what the ledger has.
func TestRealReceivers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, path string
		start      func(*testing.T, servertest.Options) *servertest.Server
		options    servertest.Options
		// VictoriaMetrics forgets the last seconds of what it took when it is killed, which
		// no sender can know.
		end func(*servertest.Server)
	}{
		{"Prometheus", "/api/v1/write", servertest.StartPrometheus, servertest.Options{
			Config: "storage: {tsdb: {out_of_order_time_window: 30d}}\n", Args: []string{"--web.enable-remote-write-receiver"},
		}, (*servertest.Server).Kill},
		{"VictoriaMetrics", "/api/v1/write", servertest.StartVictoriaMetrics, servertest.Options{Args: []string{"-dedup.minScrapeInterval=1ms"}}, (*servertest.Server).Stop},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, server := openShop(t), test.start(t, test.options)
			address := server.URL() + test.path
			s.write(t, address, s.span.Start+1000, nil)
			s.forget(t)
			s.write(t, address, s.span.Start+1500, nil) // all of it again
			s.write(t, address, s.span.Start+1500, func(stats func() Stats) {
				test.end(server)
				s.ready.Store(int64(s.span.Start + 2000))
				servertest.Eventually(t, "it fails", func() error {
					if stats().Failed == 0 {
						return errors.New("it does not")
					}
					return nil
				})
				server.Start()
			})
			s.write(t, address, s.span.End, nil)
			s.compare(t, server)
		})
	}
}

// TestRealPrometheusRefuses what is out of order without a window for it, and the same
// again does not help.
func TestRealPrometheusRefuses(t *testing.T) {
	t.Parallel()
	server := servertest.StartPrometheus(t, servertest.Options{Args: []string{"--web.enable-remote-write-receiver"}})
	client, err := NewClient(ClientOptions{URL: server.URL() + "/api/v1/write"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	targets, now := []target{{"pay", 1, encodedLabels("pay", nil)}}, slo.MinuteAt(time.Now())
	for range 2 {
		if err := client.Send(t.Context(), encode([]item{{minute: now}}, targets)); err != nil {
			t.Fatal(err)
		}
		err := client.Send(t.Context(), encode([]item{{minute: now - 600}}, targets))
		if _, refused := errors.AsType[*RefusedError](err); !refused || !strings.Contains(err.Error(), "answered 400 Bad Request: out of") {
			t.Errorf("it says %v", err)
		}
	}
}
