package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestImportMistakes imports files with mistakes into the sample, which stays
// as it was.
func TestImportMistakes(t *testing.T) {
	t.Parallel()
	const head = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}` + "\n"
	const end = `{"type":"end"}` + "\n"
	minute := func(rest string) string { return head + `{"type":"minute",` + rest + "}\n" + end }
	tests := []struct{ name, file, want string }{
		{"nothing", "", `1: the file is empty; an export begins with {"schema":"slojourn.ledger/v1"}`},
		{"something else", "good,bad\n1,2\n", "1: the line is not a JSON object"},
		{"another object", "{\"a\":1}\n", `1: this is no export of a ledger, whose first line is {"schema":"slojourn.ledger/v1"}`},
		{"another schema", `{"schema":"slojourn.ledger/v2"}`, `1: the schema is "slojourn.ledger/v2", and this slojourn reads slojourn.ledger/v1; export the ledger with this slojourn`},
		{"cut off", head, `2: the last line, {"type":"end"}, is missing: the file was cut off; export it again`},
		{"cut within a line", head + `{"type":"min`, "2: a text has no closing quote|3: the last line, {\"type\":\"end\"}, is missing: the file was cut off; export it again"},
		{"lines are missing", head + `{"type":"end","lines":7}`, "2: lines is 7, and the number of lines above is 1: some are missing, or were added"},
		{"behind the end", head + end + end, "3: the line stands behind the end"},
		{"no type", head + "{}\n" + end, `2: the key "type" is missing`},
		{"unknown type", head + `{"type":"minutes"}` + "\n" + end, `2: the type "minutes" is not known; use indicator, minute, quarter, hour, correction, entry, end`},
		{"order of types", head + `{"type":"entry","kind":"a","key":"b","value":""}` + "\n" + `{"type":"indicator","indicator":"a"}` + "\n" + end, "3: the indicator stands behind lines of type entry; the order is indicator, minute, quarter, hour, correction, entry, end"},
		{"an empty line", head + "\n" + end, "2: the line is not a JSON object"},
		{"nothing but the type", minute(`"bad":1`), `2: the key "minute" is missing`},
		{"a key too much", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":1,"bad":0,"good":1`), `2: a line of this type has no key "good"`},
		{"other case", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","Total":1,"bad":0`), `2: the key "total" is missing`},
		{"a key twice", minute(`"bad":1,"bad":1`), `2: the key "bad" is there twice`},
		{"no whole number", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":1.5,"bad":0`), `2: total is "1.5": write a whole number without quotes`},
		{"a large number", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":9223372036854775808,"bad":0`), `2: total is 9223372036854775808: write a whole number from -9223372036854775808 to 9223372036854775807`},
		{"a zero in front", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":01,"bad":0`), `2: total is "01": write a whole number without quotes`},
		{"a number in quotes", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":"1","bad":0`), `2: total is "1": write a whole number without quotes`},
		{"a number for a text", minute(`"minute":5`), `2: minute is 5: write a text in quotes`},
		{"null", minute(`"minute":null`), `2: column 27: 'n' is there where a text in quotes or a whole number should be`},
		{"an escape that is none", minute(`"indicator":"\q"`), `2: the text "\\q": invalid character 'q' in string escape code`},
		{"not UTF-8", minute("\"indicator\":\"\xff\""), `2: "\xff" is not UTF-8`},
		{"no instant", minute(`"minute":"2026-11-22","indicator":"a","total":1,"bad":0`), `2: minute is "2026-11-22": write an instant in RFC 3339 of the years 1970 to 9999, such as 2026-11-22T09:00:00Z`},
		{"before 1970", minute(`"minute":"1969-11-22T09:00:00Z","indicator":"a","total":1,"bad":0`), `2: minute is "1969-11-22T09:00:00Z": write an instant in RFC 3339 of the years 1970 to 9999, such as 2026-11-22T09:00:00Z`},
		{"no whole minute", minute(`"minute":"2026-11-22T09:00:01Z","indicator":"a","total":1,"bad":0`), `2: minute is 2026-11-22T09:00:01Z: write a whole minute, such as 2026-11-22T09:07:00Z`},
		{"no whole hour", head + `{"type":"hour","hour":"2026-11-22T09:00:00+05:30","indicator":"a","total":1,"bad":0}` + "\n" + end, `2: hour is 2026-11-22T03:30:00Z: write the beginning of an hour of UTC, such as 2026-11-22T09:00:00Z`},
		{"more minutes than there are", head + `{"type":"quarter","quarter":"2026-11-22T09:00:00Z","indicator":"a","total":1,"bad":0,"minutes":16}` + "\n" + end, `2: minutes is 16: write how many of the 15 were measured`},
		{"half of the rows", minute(`"minute":"2026-11-22T09:00:00Z","indicator":"a","total":1,"bad":0,"rows":1`), `2: the key "badRows" is missing`},
		{"no Base64", head + `{"type":"entry","kind":"a","key":"b","value":"Zg"}` + "\n" + end, `2: value is not in Base64 (with + and /, and = at the end)`},
		{
			"twice", head + strings.Repeat(`{"type":"minute","minute":"2026-11-22T09:00:00Z","indicator":"a","total":1,"bad":0}`+"\n", 2) + end,
			`3: the minute 2026-11-22T09:00Z of the indicator "a" is there already, in line 2; leave one of them out`,
		},
		{
			"turned round", head + `{"type":"minute","minute":"2026-11-22T09:00:00Z","indicator":"a","total":1,"bad":0}` + "\n" +
				`{"type":"minute","minute":"2026-11-22T08:59:00Z","indicator":"a","total":1,"bad":0}` + "\n" + end,
			`3: the minute lies before the hour of the lines above: sort the lines of this type by time`,
		},
		{"a quarter-hour twice", head + strings.Repeat(`{"type":"quarter","quarter":"2026-11-21T09:00:00Z","indicator":"a","total":1,"bad":0}`+"\n", 2) + end, `3: the quarter-hour 2026-11-21T09:00Z of the indicator "a" is there already, in line 2; leave one of them out`},
		{"an indicator twice", head + strings.Repeat(`{"type":"indicator","indicator":"a"}`+"\n", 2) + end, `3: the indicator "a" is there twice`},
		{"an entry twice", head + strings.Repeat(`{"type":"entry","kind":"a","key":"b","value":"Zg=="}`+"\n", 2) + end, `3: the entry "a" "b" is there twice`},
		{"another number", minute(`"minute":"2026-11-22T11:59:00Z","indicator":"v1:a","total":121,"bad":0`), `2: the minute 2026-11-22T11:59Z of the indicator "v1:a" has total 121 and bad 0, and the ledger keeps total 120 and bad 0; --replace takes what the file says`},
		{"another coarse hour", head + `{"type":"hour","hour":"2026-11-22T08:00:00Z","indicator":"v1:b","total":9,"bad":1}` + "\n" + end, `2: the coarse hour 2026-11-22T08:00Z of the indicator "v1:b" has total 9 and bad 1, and the ledger keeps total 9 and bad 1 in 45 of 60 minutes; --replace takes what the file says`},
		{"another value", head + `{"type":"entry","kind":"alert","key":"checkout","value":""}` + "\n" + end, `2: the entry "alert" "checkout" has another value in the ledger; --replace takes what the file says`},
		{"a quarter-hour of minutes", head + `{"type":"quarter","quarter":"2026-11-22T11:45:00Z","indicator":"v1:a","total":1,"bad":0}` + "\n" + end, `2: the quarter-hour 2026-11-22T11:45Z of the indicator "v1:a" has minutes already, in the ledger or in the lines above, and would count twice; leave its sum out`},
		{"a correction between milliseconds", head + `{"type":"correction","at":"2026-11-22T12:00:00.0001Z","minute":"2026-11-22T11:58:00Z","indicator":"v1:a","total":1,"bad":0,"totalBefore":1,"badBefore":1}` + "\n" + end, `2: at is 2026-11-22T12:00:00.0001Z: write whole milliseconds`},
		{
			"several", head + `{"type":"minute"}` + "\n" + `{"type":"minute","minute":"2026-11-22T11:59:00Z","indicator":"v1:a","total":121,"bad":0}` + "\n" + `{"type":"wat"}` + "\n" + end,
			`2: the key "minute" is missing|3: the minute 2026-11-22T11:59Z of the indicator "v1:a" has total 121 and bad 0, and the ledger keeps total 120 and bad 0; --replace takes what the file says|4: the type "wat" is not known; use indicator, minute, quarter, hour, correction, entry, end`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t)
			commitSample(t, l)
			before := exported(t, l.Reader, ExportOptions{})
			_, err := l.Import(t.Context(), strings.NewReader(test.file), ImportOptions{Now: noon()})
			found, ok := errors.AsType[*ImportError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, m := range found.Mistakes {
				got = append(got, fmt.Sprintf("%d: %s", m.Line, m.Message))
			}
			if diff := cmp.Diff(strings.Split(test.want, "|"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, exported(t, l.Reader, ExportOptions{})); diff != "" {
				t.Errorf("the ledger changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestImportReportsSoManyMistakes(t *testing.T) {
	t.Parallel()
	_, err := openLedger(t).Import(t.Context(), strings.NewReader(`{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}`+strings.Repeat("\nx", 100)), ImportOptions{Now: noon()})
	if found, ok := errors.AsType[*ImportError](err); !ok || len(found.Mistakes) != mostMistakes || !found.More {
		t.Errorf("got %v", err)
	}
}

// TestImportReplaces takes what the file says in the place of what is kept.
func TestImportReplaces(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	later := noon().Add(time.Hour)
	const file = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}
{"type":"minute","minute":"2026-11-22T11:58:00Z","indicator":"v1:a","total":100,"bad":2}
{"type":"minute","minute":"2026-11-22T11:59:00Z","indicator":"v1:a","total":121,"bad":3}
{"type":"minute","minute":"2026-11-22T12:00:00Z","indicator":"v1:a","total":5,"bad":0}
{"type":"hour","hour":"2026-11-22T08:00:00Z","indicator":"v1:b","total":9,"bad":2}
{"type":"entry","kind":"alert","key":"checkout","value":""}
{"type":"end"}
`
	done, err := l.Import(t.Context(), strings.NewReader(file), ImportOptions{Now: later, Replace: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Imported{Lines: 7, Minutes: 1, Equal: 1, Replaced: 3}); done != want {
		t.Errorf("got %+v, want %+v", done, want)
	}
	corrections, err := l.Corrections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Correction{
		At: later, Indicator: "v1:a", Minute: slo.MinuteAt(noon()) - 1,
		Before: burnrate.Counted(slo.Counts{Total: 120}), After: burnrate.Counted(slo.Counts{Total: 121, Bad: 3}),
	}
	if diff := cmp.Diff(want, corrections[len(corrections)-1]); len(corrections) != 2 || diff != "" {
		t.Errorf("%d corrections, the last one (-want +got):\n%s", len(corrections), diff)
	}
	text := exported(t, l.Reader, ExportOptions{})
	for line := range strings.Lines(file) {
		if !strings.Contains(line, "schema") && !strings.Contains(line, `"end"`) && !strings.Contains(text, line) {
			t.Errorf("the ledger has no %s", line)
		}
	}
	checkClean(t, l)
}

// TestImportOfRetiredMinutes refuses minutes of which the ledger keeps the sum:
// they would be counted twice.
func TestImportOfRetiredMinutes(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	young := exported(t, l.Reader, ExportOptions{Indicators: []slo.IndicatorID{"v1:a"}})
	if _, err := l.Maintain(t.Context(), noon().Add(102*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, err := l.Import(t.Context(), strings.NewReader(young), ImportOptions{Now: noon(), Replace: true})
	const want = `line 3: the minute 2026-11-22T11:58Z of the indicator "v1:a" lies in a quarter-hour of which only the sum is kept; leave it out`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// TestImportStopsWithItsContext leaves the ledger as it was when the import
// does not get to its end.
func TestImportStopsWithItsContext(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	whole := exported(t, l.Reader, ExportOptions{})
	empty := openLedger(t)
	ctx, cancel := context.WithCancel(t.Context())
	half := &stopping{data: []byte(whole), at: len(whole) - 20, stop: cancel}
	if _, err := empty.Import(ctx, half, ImportOptions{Now: noon()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := read(t, empty.Reader); len(got.Indicators) > 0 {
		t.Errorf("something was imported: %+v", got)
	}
	if _, err := empty.Import(t.Context(), strings.NewReader(whole), ImportOptions{Now: noon()}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(read(t, l.Reader), read(t, empty.Reader)); diff != "" {
		t.Errorf("afterwards (-exported +imported):\n%s", diff)
	}
}

// stopping calls stop when it has given the first part of its data.
type stopping struct {
	data []byte
	at   int
	stop func()
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.at == 0 {
		s.stop()
		n := copy(p, s.data)
		s.data = s.data[n:]
		return n, nil
	}
	n := copy(p, s.data[:s.at])
	s.data, s.at = s.data[n:], s.at-n
	return n, nil
}

// FuzzImport imports anything. What is taken comes out equal, from the ledger
// and from one that is made of its export.
func FuzzImport(f *testing.F) {
	seeds, err := filepath.Glob("testdata/import/*.ndjson")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, seed := range seeds {
		data, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first := openIn(t, t.TempDir())
		defer closeLedger(t, first)
		_, err := first.Import(context.Background(), bytes.NewReader(data), ImportOptions{Now: noon()})
		if err != nil {
			if _, ok := errors.AsType[*ImportError](err); !ok {
				t.Fatal(err)
			}
			return
		}
		second := openIn(t, t.TempDir())
		defer closeLedger(t, second)
		text := exported(t, first.Reader, ExportOptions{})
		if _, err := second.Import(context.Background(), strings.NewReader(text), ImportOptions{Now: noon()}); err != nil {
			t.Fatalf("%v, in\n%s", err, text)
		}
		if diff := cmp.Diff(read(t, first.Reader), read(t, second.Reader)); diff != "" {
			t.Fatalf("(-first +second):\n%s", diff)
		}
		if _, err := second.Import(context.Background(), bytes.NewReader(data), ImportOptions{Now: noon()}); err != nil {
			t.Fatalf("again: %v", err)
		}
		checkClean(t, second)
	})
}

// TestImportOfOldCorrections appends them to the log, however old they are, as
// often as they are in the file, and lets go of none that is younger.
func TestImportOfOldCorrections(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l) // with a correction of 12:00
	const old = `{"type":"correction","at":"2026-01-01T12:00:00Z","minute":"2026-01-01T11:58:00Z","indicator":"v1:a","total":100,"bad":2,"totalBefore":99,"badBefore":1}` + "\n"
	file := func(times int) *strings.Reader {
		return strings.NewReader(`{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}` + "\n" + strings.Repeat(old, times) + `{"type":"end"}`)
	}
	for _, test := range []struct{ times, new, equal int64 }{{1, 1, 0}, {2, 1, 1}, {2, 0, 2}} {
		done, err := l.Import(t.Context(), file(int(test.times)), ImportOptions{Now: noon()})
		if err != nil || done.Corrections != test.new || done.Equal != test.equal {
			t.Errorf("%+v, %v; want %+v", done, err, test)
		}
	}
	if _, err := l.Maintain(t.Context(), noon().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	corrections, err := l.Corrections(t.Context())
	if err != nil || len(corrections) != 3 || !corrections[0].At.Equal(noon()) {
		t.Errorf("%+v, %v", corrections, err)
	}
	if _, err := l.Maintain(t.Context(), noon().Add(102*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if corrections, err = l.Corrections(t.Context()); err != nil || len(corrections) > 0 {
		t.Errorf("later: %+v, %v", corrections, err)
	}
}

// TestImportBesideCommit has one or the other come first: an import never
// replaces what was committed before it without being told to.
func TestImportBesideCommit(t *testing.T) {
	t.Parallel()
	for range 40 {
		l := openLedger(t)
		const file = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}
{"type":"minute","minute":"2026-11-22T11:58:00Z","indicator":"a","total":5,"bad":0}
{"type":"end"}`
		m := slo.MinuteAt(noon()) - 2
		tick := burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{
			Indicators: []slo.IndicatorID{"a"}, Records: []burnrate.Record{{Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 7})}}},
		}}}
		var group sync.WaitGroup
		var imported, committed error
		group.Go(func() {
			_, imported = l.Import(context.Background(), strings.NewReader(file), ImportOptions{Now: noon()})
		})
		group.Go(func() { committed = l.Commit(context.Background(), tick) })
		group.Wait()
		kept, err := l.At(t.Context(), []slo.IndicatorID{"a"}, []slo.Minute{m})
		if err != nil || committed != nil {
			t.Fatal(err, committed)
		}
		// The commit replaces what was imported before it; the import finds what
		// was committed before it.
		if total := kept[0].Rows[0].Counts.Total; total != 7 {
			t.Fatalf("the import has replaced what was committed: %d, %v", total, imported)
		}
	}
}
