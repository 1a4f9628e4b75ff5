package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func openLedger(t *testing.T) *Ledger {
	t.Helper()
	l := openIn(t, t.TempDir())
	t.Cleanup(func() { closeLedger(t, l) })
	return l
}

// openIn opens a ledger that its caller closes.
func openIn(t testing.TB, dir string) *Ledger {
	t.Helper()
	l, err := Open(context.Background(), dir, Options{Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func closeLedger(t testing.TB, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// everything is all that a ledger tells its readers.
type everything struct {
	Indicators  []slo.IndicatorID
	Minutes     []measured
	Quarters    []summed
	Coarse      []summed
	Corrections []Correction
	At          time.Time
	Entries     []burnrate.Entry
	Since       map[slo.IndicatorID]slo.Minute
}

type measured struct {
	Minute    slo.Minute
	Indicator slo.IndicatorID
	Row       burnrate.Row
}

type summed struct {
	Start     slo.Minute
	Indicator slo.IndicatorID
	Sum       burnrate.Sum
}

// read reads everything through the methods that are for it.
func read(t testing.TB, r *Reader) everything {
	t.Helper()
	ctx, always := context.Background(), slo.Span{End: endOfTime}
	var c everything
	var err error
	if c.Indicators, err = r.Indicators(ctx); err != nil {
		t.Fatal(err)
	}
	for record, err := range r.Minutes(ctx, c.Indicators, always) {
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range record.Rows {
			if row.Measured {
				c.Minutes = append(c.Minutes, measured{record.Minute, c.Indicators[i], row})
			}
		}
	}
	sums := func(of func(context.Context, []slo.IndicatorID, slo.Span) func(func(Quarter, error) bool)) (list []summed) {
		for q, err := range of(ctx, c.Indicators, always) {
			if err != nil {
				t.Fatal(err)
			}
			for i, sum := range q.Sums {
				if sum.Minutes > 0 {
					list = append(list, summed{q.Start, c.Indicators[i], sum})
				}
			}
		}
		return list
	}
	c.Quarters = sums(func(ctx context.Context, ids []slo.IndicatorID, s slo.Span) func(func(Quarter, error) bool) {
		return r.Quarters(ctx, ids, s)
	})
	c.Coarse = sums(func(ctx context.Context, ids []slo.IndicatorID, s slo.Span) func(func(Quarter, error) bool) {
		return r.CoarseHours(ctx, ids, s)
	})
	if c.Corrections, err = r.Corrections(ctx); err != nil {
		t.Fatal(err)
	}
	state, err := r.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.At, c.Entries, c.Since = state.At, state.Entries, state.Since
	return c
}

func exported(t testing.TB, r *Reader, o ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Export(context.Background(), &out, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestExportAndImport draws ledgers with gaps, weights, rows that cannot be,
// corrections, packed hours and retired days, and imports what they export into
// an empty one, and again.
func TestExportAndImport(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	rapid.Check(t, func(r *rapid.T) {
		l := openIn(t, t.TempDir())
		defer closeLedger(t, l)
		drawLedger(r, l)
		want := read(t, l.Reader)
		text := exported(t, l.Reader, ExportOptions{})

		other := openIn(t, t.TempDir())
		defer closeLedger(t, other)
		done, err := other.Import(context.Background(), strings.NewReader(text), ImportOptions{Now: noon()})
		if err != nil {
			r.Fatalf("%v, in\n%s", err, text)
		}
		if diff := cmp.Diff(want, read(t, other.Reader)); diff != "" {
			r.Fatalf("(-exported +imported):\n%s\nof\n%s", diff, text)
		}
		if diff := cmp.Diff(asOneCommit(text), exported(t, other.Reader, ExportOptions{})); diff != "" {
			r.Fatalf("exported again (-first +second):\n%s", diff)
		}
		if done.Minutes != int64(len(want.Minutes)) || done.Sums != int64(len(want.Quarters)+len(want.Coarse)) ||
			done.Corrections != int64(len(want.Corrections)) || done.Entries != int64(len(want.Entries)) || done.Equal+done.Replaced != 0 {
			r.Fatalf("%+v, of\n%s", done, text)
		}
		again, err := other.Import(context.Background(), strings.NewReader(text), ImportOptions{Now: noon()})
		if err != nil {
			r.Fatalf("again: %v, in\n%s", err, text)
		}
		if sum := done.Minutes + done.Sums + done.Corrections + done.Entries; again != (Imported{Lines: done.Lines, Equal: sum}) {
			r.Fatalf("again: %+v, after %+v", again, done)
		}
		if diff := cmp.Diff(want, read(t, other.Reader)); diff != "" {
			r.Fatalf("again (-exported +imported):\n%s", diff)
		}
		checkClean(t, other)
	})
}

// asOneCommit is an export of a ledger that was made of it by one import.
func asOneCommit(text string) string {
	header, rest, _ := strings.Cut(text, "\n")
	before, behind, _ := strings.Cut(header, `"commits":`)
	return before + `"commits":1` + strings.TrimLeft(behind, "0123456789") + "\n" + rest
}

func checkClean(t testing.TB, l *Ledger) {
	t.Helper()
	report, err := Check(context.Background(), l.dir)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("%v, %v", err, report.Findings)
	}
}

// drawLedger does random things to a ledger.
func drawLedger(t *rapid.T, l *Ledger) {
	ctx := context.Background()
	now := noon()
	counts := rapid.Custom(func(t *rapid.T) slo.Counts {
		return slo.Counts{Total: rapid.Int64Range(-2, 50).Draw(t, "total"), Bad: rapid.Int64Range(-2, 60).Draw(t, "bad")}
	})
	row := rapid.Custom(func(t *rapid.T) burnrate.Row {
		switch rapid.IntRange(0, 3).Draw(t, "row") {
		case 0:
			return burnrate.Row{}
		case 1:
			return burnrate.Row{Counts: counts.Draw(t, "counts"), Rows: counts.Draw(t, "rows"), Measured: true}
		default:
			return burnrate.Counted(counts.Draw(t, "counts"))
		}
	})
	id := rapid.SampledFrom([]slo.IndicatorID{"v1:a", "file:data/\"é\u2028<b>.csv:x", "c\n", "d\x00"})
	for range rapid.IntRange(0, 6).Draw(t, "steps") {
		m := slo.MinuteAt(now)
		switch rapid.IntRange(0, 4).Draw(t, "step") {
		case 0, 1:
			ids := rapid.SliceOfNDistinct(id, 1, 3, func(id slo.IndicatorID) slo.IndicatorID { return id }).Draw(t, "ids")
			tick := burnrate.Tick{At: now, Measured: []burnrate.Batch{{Indicators: ids}}}
			for range rapid.IntRange(1, 8).Draw(t, "minutes") {
				tick.Measured[0].Records = append(tick.Measured[0].Records, burnrate.Record{
					Minute: m - slo.Minute(rapid.IntRange(0, 90).Draw(t, "ago")), Rows: rapid.SliceOfN(row, len(ids), len(ids)).Draw(t, "rows"),
				})
			}
			if err := l.Commit(ctx, tick); err != nil {
				t.Fatal(err)
			}
		case 2:
			c := counts.Draw(t, "coarse")
			tick := burnrate.Tick{At: now, Coarse: []burnrate.Coarse{{
				Indicator: id.Draw(t, "id"), Hour: m.Floor(60) - 60*slo.Minute(rapid.IntRange(1, 50).Draw(t, "hours")),
				Sum: burnrate.Sum{Counts: c, Rows: c, Minutes: rapid.Int64Range(1, 60).Draw(t, "measured")},
			}}}
			if err := l.Commit(ctx, tick); err != nil {
				t.Fatal(err)
			}
		case 3:
			tick := burnrate.Tick{At: now, Entries: []burnrate.Entry{{
				Kind: rapid.SampledFrom([]string{"alert", "outbox"}).Draw(t, "kind"), Key: rapid.SampledFrom([]string{"a", "b\x00"}).Draw(t, "key"),
				Value: rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "value"),
			}}}
			if err := l.Commit(ctx, tick); err != nil {
				t.Fatal(err)
			}
		case 4:
			now = now.Add(time.Duration(rapid.SampledFrom([]int{1, 3, 30, 24 * 101}).Draw(t, "later")) * time.Hour)
			for {
				done, err := l.Maintain(ctx, now)
				if err != nil {
					t.Fatal(err)
				}
				if !done.Leftover {
					break
				}
			}
		}
	}
}

// TestExportOfManyIndicators spans several groups, and the border of two days.
func TestExportOfManyIndicators(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	l := openLedger(t)
	m := slo.MinuteAt(noon()).Floor(24 * 60)
	batch := burnrate.Batch{}
	for i := range 600 {
		batch.Indicators = append(batch.Indicators, slo.IndicatorID(fmt.Sprintf("v1:%03d", i)))
	}
	for k := range slo.Minute(8) {
		record := burnrate.Record{Minute: m - 4 + k}
		for i := range batch.Indicators {
			record.Rows = append(record.Rows, burnrate.Counted(slo.Counts{Total: int64(i + int(k)), Bad: int64(k)}))
		}
		batch.Records = append(batch.Records, record)
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: m.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{m.Time(), m.Time().Add(time.Hour * 24 * 101)} {
		if _, err := l.Maintain(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		other := openLedger(t)
		if _, err := other.Import(t.Context(), strings.NewReader(exported(t, l.Reader, ExportOptions{})), ImportOptions{Now: noon()}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read(t, l.Reader), read(t, other.Reader)); diff != "" {
			t.Errorf("(-exported +imported):\n%s", diff)
		}
		checkClean(t, other)
	}
}

// TestExportLines shows every type of line.
func TestExportLines(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	const head = `{"schema":"slojourn.ledger/v1","commits":3,"at":"2026-11-22T12:00:00Z"}
{"type":"indicator","indicator":"v1:a","since":"2026-11-22T11:58:00Z"}
{"type":"indicator","indicator":"v1:b","since":"2026-11-22T11:59:00Z"}
`
	const whole = head + `{"type":"minute","minute":"2026-11-22T11:58:00Z","indicator":"v1:a","total":100,"bad":2}
{"type":"minute","minute":"2026-11-22T11:59:00Z","indicator":"v1:a","total":120,"bad":0}
{"type":"minute","minute":"2026-11-22T11:59:00Z","indicator":"v1:b","total":2500,"bad":500,"rows":2,"badRows":1}
{"type":"hour","hour":"2026-11-22T08:00:00Z","indicator":"v1:b","minutes":45,"total":9,"bad":1}
{"type":"correction","at":"2026-11-22T12:00:00Z","minute":"2026-11-22T11:58:00Z","indicator":"v1:a","total":100,"bad":2,"totalBefore":99,"badBefore":1}
{"type":"entry","kind":"alert","key":"checkout","value":"ZmlyaW5n"}
{"type":"end","lines":9}
`
	if diff := cmp.Diff(whole, exported(t, l.Reader, ExportOptions{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := slo.MinuteAt(noon())
	part := exported(t, l.Reader, ExportOptions{Indicators: []slo.IndicatorID{"v1:b"}, Span: &slo.Span{Start: m - 60, End: m}})
	const want = `{"schema":"slojourn.ledger/v1","commits":3,"at":"2026-11-22T12:00:00Z"}
{"type":"indicator","indicator":"v1:b","since":"2026-11-22T11:59:00Z"}
{"type":"minute","minute":"2026-11-22T11:59:00Z","indicator":"v1:b","total":2500,"bad":500,"rows":2,"badRows":1}
{"type":"end","lines":3}
`
	if diff := cmp.Diff(want, part); diff != "" {
		t.Errorf("a part (-want +got):\n%s", diff)
	}
	none := exported(t, l.Reader, ExportOptions{Indicators: []slo.IndicatorID{}, Entries: func(kind, key string) bool { return kind == "alert" && key == "checkout" }})
	const entry = `{"schema":"slojourn.ledger/v1","commits":3,"at":"2026-11-22T12:00:00Z"}
{"type":"entry","kind":"alert","key":"checkout","value":"ZmlyaW5n"}
{"type":"end","lines":2}
`
	if diff := cmp.Diff(entry, none); diff != "" {
		t.Errorf("no indicator and an entry (-want +got):\n%s", diff)
	}
	without := exported(t, l.Reader, ExportOptions{Entries: func(kind, key string) bool { return kind == "slo" || key == "pay" }})
	if want := strings.Replace(strings.Replace(whole, `{"type":"entry","kind":"alert","key":"checkout","value":"ZmlyaW5n"}`+"\n", "", 1), `"lines":9`, `"lines":8`, 1); want != without {
		t.Errorf("without entries that are not chosen (-want +got):\n%s", cmp.Diff(want, without))
	}
	if err := l.Export(t.Context(), &bytes.Buffer{}, ExportOptions{Indicators: []slo.IndicatorID{"v1:x"}}); err == nil || err.Error() != `the ledger has no indicator "v1:x"` {
		t.Errorf("got %v", err)
	}
}

// commitSample makes a ledger with every kind of thing but quarter-hours.
func commitSample(t *testing.T, l *Ledger) {
	t.Helper()
	m := slo.MinuteAt(noon())
	hour := slo.Counts{Total: 9, Bad: 1}
	for _, tick := range []burnrate.Tick{
		{
			At: noon().Add(-time.Minute),
			Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"v1:a"}, Records: []burnrate.Record{
				{Minute: m - 2, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 99, Bad: 1})}},
			}}},
		},
		{
			At: noon(),
			Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"v1:a", "v1:b"}, Records: []burnrate.Record{
				{Minute: m - 2, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 100, Bad: 2}), {}}},
				{Minute: m - 1, Rows: []burnrate.Row{
					burnrate.Counted(slo.Counts{Total: 120}),
					{Counts: slo.Counts{Total: 2500, Bad: 500}, Rows: slo.Counts{Total: 2, Bad: 1}, Measured: true},
				}},
			}}},
			Coarse: []burnrate.Coarse{{Indicator: "v1:b", Hour: m - 240, Sum: burnrate.Sum{Counts: hour, Rows: hour, Minutes: 45}}},
		},
		{At: noon(), Entries: []burnrate.Entry{{Kind: "alert", Key: "checkout", Value: []byte("firing")}}},
	} {
		if err := l.Commit(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExportAroundDamage saves what is left: an export reads only what it is
// asked for.
func TestExportAroundDamage(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	m := slo.MinuteAt(noon())
	spoiled := keyOf(minuteChunk, hourOf(m-2), 58)
	if _, err := l.db.ExecContext(t.Context(), "DELETE FROM chunks WHERE key = ?", int64(spoiled)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		options ExportOptions
		minutes int // -1: it cannot be read
	}{
		{"everything", ExportOptions{}, -1},
		{"the hour", ExportOptions{Span: &slo.Span{Start: m - 1, End: m}}, -1},
		{"before", ExportOptions{Span: &slo.Span{End: m - 60}}, 0},
		{"behind", ExportOptions{Span: &slo.Span{Start: m, End: m + 60}}, 0},
	}
	for _, test := range tests {
		var out bytes.Buffer
		err := l.Export(t.Context(), &out, test.options)
		if damage, ok := errors.AsType[*DamageError](err); ok != (test.minutes < 0) || ok && damage.What != "minute 2026-11-22T11:58Z" {
			t.Errorf("%s: %v", test.name, err)
		}
		if strings.Contains(out.String(), `"end"`) != (err == nil) {
			t.Errorf("%s: ends as if it were whole, with %v", test.name, err)
		}
	}
}

// TestCommitWithinTime refuses minutes that no export could spell.
func TestCommitWithinTime(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	row := burnrate.Counted(slo.Counts{Total: 1})
	for m, want := range map[slo.Minute]bool{-1: false, 0: true, endOfTime - 1: true, endOfTime: false} {
		err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{
			Indicators: []slo.IndicatorID{"v1:a"}, Records: []burnrate.Record{{Minute: m, Rows: []burnrate.Row{row}}},
		}}})
		if (err == nil) != want {
			t.Errorf("minute %d: %v", m, err)
		}
	}
	for h, want := range map[slo.Minute]bool{-60: false, 0: true, endOfTime - 60: true, endOfTime: false} {
		err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Coarse: []burnrate.Coarse{{
			Indicator: "v1:a", Hour: h, Sum: burnrate.Sum{Minutes: 60},
		}}})
		if (err == nil) != want {
			t.Errorf("hour %d: %v", h, err)
		}
	}
	if got := read(t, l.Reader); len(got.Minutes) != 2 || len(got.Coarse) != 2 {
		t.Errorf("got %+v", got)
	}
	if text := exported(t, l.Reader, ExportOptions{}); strings.Count(text, "9999-12-31T23:") != 2 {
		t.Errorf("got %s", text)
	}
}
