package remote

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// taking is a receiver that takes everything.
type taking struct{ requests, bytes int }

func (t *taking) Send(_ context.Context, body []byte) error {
	t.requests, t.bytes = t.requests+1, t.bytes+len(body)
	return nil
}

func (*taking) Key() string { return "there" }

// standing is a clock that stands.
type standing struct{}

func (standing) Now() time.Time { return at }

func (standing) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// BenchmarkWriter sends an hour of the minutes of a ledger, at once as behind a receiver
// that was down, and minute by minute as they become ready.
func BenchmarkWriter(b *testing.B) {
	for _, count := range []int{1000, 10000} {
		book, ids, span := benchLedger(b, count)
		for name, step := range map[string]slo.Minute{"hour at once": 60, "minute by minute": 1} {
			b.Run(fmt.Sprintf("%d SLOs/%s", count, name), func(b *testing.B) {
				before := cpu(b)
				for b.Loop() {
					receiver := &taking{}
					w := New(Options{Ledger: book, Sender: receiver, Clock: standing{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), From: span.Start})
					w.begun = true // at the beginning, whatever was sent before
					for ready := span.Start + step; ready <= span.End; ready += step {
						w.round(b.Context(), []Feed{{Source: "relic", IDs: ids, Ready: ready}})
					}
					if want := count * int(span.Len()) * seriesOfSLO; w.stats.Sent != int64(want) {
						b.Fatalf("%d samples were sent of %d", w.stats.Sent, want)
					}
					b.ReportMetric(float64(receiver.requests), "requests")
					b.ReportMetric(float64(receiver.bytes)/float64(w.stats.Sent), "bytes/sample")
				}
				b.ReportMetric((cpu(b)-before).Seconds()*1000/float64(b.N)/float64(span.Len()), "cpu-ms/minute")
			})
		}
	}
}

// benchLedger has an hour of minutes.
func benchLedger(b *testing.B, count int) (*ledger.Ledger, []string, slo.Span) {
	book, err := ledger.Open(b.Context(), b.TempDir(), ledger.Options{Witnesses: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = book.Close() })
	start := slo.MinuteAt(at).Floor(60)
	span := slo.Span{Start: start, End: start + 60}
	tick := burnrate.Tick{At: span.End.Time(), Measured: []burnrate.Batch{{}}}
	measured := &tick.Measured[0]
	var ids []string
	for n := range count {
		id := fmt.Sprintf("shop%05d", n)
		entry, err := lineage.Lineage{ID: id, Present: lineage.Definition{Indicator: slo.IndicatorID("v1:" + id), Unit: 1}}.Entry()
		if err != nil {
			b.Fatal(err)
		}
		ids, tick.Entries = append(ids, id), append(tick.Entries, entry)
		measured.Indicators = append(measured.Indicators, slo.IndicatorID("v1:"+id))
	}
	for m := span.Start; m < span.End; m++ {
		record := burnrate.Record{Minute: m}
		for n := range count {
			record.Rows = append(record.Rows, burnrate.Counted(slo.Counts{Total: int64(100 + n%1000), Bad: int64(n+int(m)) % 3}))
		}
		measured.Records = append(measured.Records, record)
	}
	if err := book.Commit(b.Context(), tick); err != nil {
		b.Fatal(err)
	}
	return book, ids, span
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
