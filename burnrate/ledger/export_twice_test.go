package ledger

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// putTwice makes a ledger that keeps minutes beside the sum of their
// quarter-hour, as no commit and no import does: 2 minutes and a sum of 9, 3
// minutes and a sum of 3, and a sum alone.
func putTwice(t *testing.T, l *Ledger, id slo.IndicatorID) slo.Minute {
	t.Helper()
	start := slo.MinuteAt(noon()).Floor(60)
	sum := func(total, minutes int64) burnrate.Sum {
		c := slo.Counts{Total: total, Bad: 1}
		return burnrate.Sum{Counts: c, Rows: c, Minutes: minutes}
	}
	err := l.write(t.Context(), func(w *writer) error {
		n, err := w.number(t.Context(), id)
		if err != nil {
			return err
		}
		if err := w.began(t.Context(), n, start); err != nil {
			return err
		}
		one := sum(1, 1)
		minutes := []cell{{0, one}, {14, one}, {15, one}, {16, one}, {29, one}}
		if err := w.merge(t.Context(), noon(), keyOf(hourChunk, hourOf(start), n.group()), map[number][]cell{n: minutes}); err != nil {
			return err
		}
		quarter := int(start-hourOf(start).day().span().Start) / 15
		quarters := []cell{{quarter, sum(100, 9)}, {quarter + 1, sum(1000, 3)}, {quarter + 2, sum(10_000, 15)}}
		return w.merge(t.Context(), noon(), keyOf(quarterChunk, hourOf(start).day(), n.group()), map[number][]cell{n: quarters})
	})
	if err != nil {
		t.Fatal(err)
	}
	return start
}

// TestExportCountsNoTimeTwice exports what knows more minutes, the minutes or
// the sum of their quarter-hour, in both formats. An export can be imported.
func TestExportCountsNoTimeTwice(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	putTwice(t, l, "v1:a")
	const want = `{"schema":"slojourn.ledger/v1","commits":0,"at":"1970-01-01T00:00:00Z"}
{"type":"indicator","indicator":"v1:a","since":"2026-11-22T12:00:00Z"}
{"type":"minute","minute":"2026-11-22T12:15:00Z","indicator":"v1:a","total":1,"bad":1}
{"type":"minute","minute":"2026-11-22T12:16:00Z","indicator":"v1:a","total":1,"bad":1}
{"type":"minute","minute":"2026-11-22T12:29:00Z","indicator":"v1:a","total":1,"bad":1}
{"type":"quarter","quarter":"2026-11-22T12:00:00Z","indicator":"v1:a","minutes":9,"total":100,"bad":1}
{"type":"quarter","quarter":"2026-11-22T12:30:00Z","indicator":"v1:a","total":10000,"bad":1}
{"type":"end","lines":7}
`
	text := exported(t, l.Reader, ExportOptions{})
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var out bytes.Buffer
	if err := l.ExportOpenMetrics(t.Context(), &out, nil, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	const gauges = `# HELP slojourn_ledger_events Valid events of the minute, quarter-hour or hour that ends at the time of the sample.
# TYPE slojourn_ledger_events gauge
slojourn_ledger_events{indicator="v1:a",outcome="good"} 99 1795349700
slojourn_ledger_events{indicator="v1:a",outcome="good"} 0 1795349760
slojourn_ledger_events{indicator="v1:a",outcome="good"} 0 1795349820
slojourn_ledger_events{indicator="v1:a",outcome="good"} 0 1795350600
slojourn_ledger_events{indicator="v1:a",outcome="good"} 9999 1795351500
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 1 1795349700
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 1 1795349760
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 1 1795349820
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 1 1795350600
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 1 1795351500
# HELP slojourn_ledger_measured_minutes How many measured minutes the sample stands for.
# TYPE slojourn_ledger_measured_minutes gauge
slojourn_ledger_measured_minutes{indicator="v1:a"} 9 1795349700
slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795349760
slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795349820
slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795350600
slojourn_ledger_measured_minutes{indicator="v1:a"} 15 1795351500
# EOF
`
	if diff := cmp.Diff(gauges, out.String()); diff != "" {
		t.Errorf("gauges (-want +got):\n%s", diff)
	}
	if _, err := openLedger(t).Import(t.Context(), strings.NewReader(want), ImportOptions{Now: noon()}); err != nil {
		t.Error(err)
	}
}

// TestOpenMetricsReadsChunksOnce counts how many chunks are read for more and
// more indicators: each once, and once more for each part of the indicators
// that does not fit into memory with the others. What is written is the same.
func TestOpenMetricsReadsChunksOnce(t *testing.T) {
	t.Parallel()
	for _, indicators := range []int{1, 10, 300} {
		l := openLedger(t)
		batch := burnrate.Batch{}
		for i := range indicators {
			batch.Indicators = append(batch.Indicators, slo.IndicatorID(fmt.Sprintf("v1:%03d", i)))
		}
		m := slo.MinuteAt(noon())
		for _, ago := range []slo.Minute{1500, 1499, 3, 2, 1} { // two packed, three are not
			record := burnrate.Record{Minute: m - ago}
			for i := range indicators {
				record.Rows = append(record.Rows, burnrate.Counted(slo.Counts{Total: int64(i), Bad: 0}))
			}
			batch.Records = append(batch.Records, record)
		}
		if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{batch}}); err != nil {
			t.Fatal(err)
		}
		read := func(room int) (string, int) {
			s, err := l.snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer s.end()
			var out bytes.Buffer
			if err := s.exportOpenMetrics(t.Context(), &out, nil, ExportOptions{}, room); err != nil {
				t.Fatal(err)
			}
			return out.String(), s.reads
		}
		groups := (indicators + groupSize - 1) / groupSize
		text, reads := read(historyRoom)
		if want := 3 + groups; reads != want {
			t.Errorf("%d indicators: %d reads of chunks, want %d", indicators, reads, want)
		}
		one, reads := read(1)
		want := 4
		if indicators > 1 { // for each of the two metrics
			want *= 2 * indicators
		}
		if reads != want || one != text {
			t.Errorf("%d indicators, one by one: %d reads of chunks, want %d; equal: %v", indicators, reads, want, one == text)
		}
	}
}
