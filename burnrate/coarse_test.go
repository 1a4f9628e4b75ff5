package burnrate_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// noon is the end of what was measured in these tests, an hour of UTC.
const noon = slo.Minute(20_000 * 60)

// coarseHours are whole hours from a first one on, each with so many events.
func coarseHours(first slo.Minute, n int, c slo.Counts) []burnrate.Coarse {
	var list []burnrate.Coarse
	for i := range n {
		list = append(list, burnrate.Coarse{Hour: first + slo.Minute(60*i), Sum: burnrate.Sum{Counts: c, Rows: c, Minutes: 60}})
	}
	return list
}

// loaded is an evaluator of a set of which nothing was measured before noon but
// the last minutes, each with 10 events.
func loaded(t *testing.T, set *slo.Set, minutes int) (*burnrate.Evaluator, *ledger) {
	t.Helper()
	e := burnrate.NewEvaluator(set)
	n := len(e.Measured())
	l := &ledger{
		start: noon - slo.Minute(minutes), since: slices.Repeat([]slo.Minute{1 << 62}, n), ends: slices.Repeat([]slo.Minute{noon}, n),
	}
	for range minutes {
		l.rows = append(l.rows, rows(slices.Repeat([]slo.Counts{{Total: 10}}, n)...))
	}
	l.look()
	if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
		t.Fatal(err)
	}
	return e, l
}

func setOver(t *testing.T, windows ...string) *slo.Set {
	t.Helper()
	s := &slo.SLO{ID: "a", Kind: slo.KindSLO}
	for _, w := range windows {
		s.Objectives = append(s.Objectives, slo.Objective{Name: w, Target: target(t, "99%"), Window: window(t, w)})
	}
	return &slo.Set{SLOs: []*slo.SLO{s}}
}

func objectivesOf(e *burnrate.Evaluator) []burnrate.Objective {
	return e.Snapshot(noon.Time()).Statuses[0].Objectives
}

// TestCoarseRefuses leaves everything as it was when it is given hours that are
// none.
func TestCoarseRefuses(t *testing.T) {
	t.Parallel()
	e, _ := loaded(t, setOver(t, "1d"), 60)
	hour := coarseHours(noon-300, 1, slo.Counts{Total: 600})[0]
	if err := e.SetCoarse(0, []burnrate.Coarse{hour}); err != nil {
		t.Fatal(err)
	}
	before := objectivesOf(e)
	odd, empty, long := hour, hour, hour
	odd.Hour++
	empty.Sum.Minutes = 0
	long.Sum.Minutes = 61
	for _, test := range []struct {
		name  string
		index int
		list  []burnrate.Coarse
		want  string
	}{
		{"below", -1, nil, "coarse hours of SLO -1: there are 1"},
		{"above", 1, nil, "coarse hours of SLO 1: there are 1"},
		{"no hour", 0, []burnrate.Coarse{odd}, "a: the coarse hour that begins with minute 1199701 and has 60 minutes is none"},
		{"no minute", 0, []burnrate.Coarse{empty}, "a: the coarse hour that begins with minute 1199700 and has 0 minutes is none"},
		{"too many", 0, []burnrate.Coarse{long}, "and has 61 minutes is none"},
		{"twice", 0, []burnrate.Coarse{hour, hour}, "a: the coarse hour 1199700 follows 1199700, which is not before it"},
	} {
		if err := e.SetCoarse(test.index, test.list); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if after := objectivesOf(e); !reflect.DeepEqual(after, before) || after[0].Approximate != 60 {
		t.Errorf("after the refusals:\n%+v, want\n%+v", after, before)
	}
}

// TestCoarseReplaced sets other hours, none, and loads anew.
func TestCoarseReplaced(t *testing.T) {
	t.Parallel()
	set := setOver(t, "1d")
	e, l := loaded(t, set, 60)
	without := objectivesOf(e)
	for _, n := range []int{3, 7, 0, 5} {
		if err := e.SetCoarse(0, coarseHours(noon-600, n, slo.Counts{Total: 600, Bad: 6})); err != nil {
			t.Fatal(err)
		}
		o := objectivesOf(e)[0]
		if want := int64(60 * n); o.Approximate != want || o.Window.Measured != 60+want || o.Window.Counts.Bad != int64(6*n) {
			t.Errorf("%d hours: %+v", n, o)
		}
	}
	if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
		t.Fatal(err)
	}
	if o := objectivesOf(e); !reflect.DeepEqual(o, without) {
		t.Errorf("loaded anew:\n%+v, want\n%+v", o, without)
	}
}

// TestCoarseNotOver has an hour that the window ends in, of which nothing is
// known then, and all minutes of the window are still to be measured.
func TestCoarseNotOver(t *testing.T) {
	t.Parallel()
	e, l := loaded(t, setOver(t, "1d"), 0)
	if err := e.SetCoarse(0, coarseHours(noon, 1, slo.Counts{Total: 600})); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ end, missing, approximate int64 }{{59, 1440, 0}, {60, 1380, 60}, {61, 1379, 60}} {
		ends := []slo.Minute{noon + slo.Minute(test.end)}
		if err := e.Advance(ends, l.records(e.Needs(ends)...)); err != nil {
			t.Fatal(err)
		}
		if o := objectivesOf(e)[0]; o.Budget.Missing != test.missing || o.Approximate != test.approximate {
			t.Errorf("%d minutes on: m = %d, %d by the hour; want %+v", test.end, o.Budget.Missing, o.Approximate, test)
		}
	}
}

// TestCoarseSlices keeps no hours of an SLI with slices: a slice is good or bad
// as a whole, which no sum of an hour says.
func TestCoarseSlices(t *testing.T) {
	t.Parallel()
	set := setOver(t, "1d")
	set.SLOs[0].SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: 5 * time.Minute}}
	e, _ := loaded(t, set, 60)
	without := objectivesOf(e)
	if err := e.SetCoarse(0, coarseHours(noon-600, 3, slo.Counts{Total: 12, Bad: 1})); err != nil {
		t.Fatal(err)
	}
	if o := objectivesOf(e); !reflect.DeepEqual(o, without) {
		t.Errorf("with hours:\n%+v, want\n%+v", o, without)
	}
}

// TestCoarseThatCannotBe reports hours as long as they would count: not those
// that no window holds, nor when their minutes come.
func TestCoarseThatCannotBe(t *testing.T) {
	t.Parallel()
	bad := coarseHours(noon-600, 3, slo.Counts{Total: 5, Bad: 6})
	bad[1].Sum.Counts = slo.Counts{Total: 5, Bad: 1}
	bad[1].Sum.Rows = bad[1].Sum.Counts
	failures := func(e *burnrate.Evaluator) string {
		text := ""
		for _, f := range e.Snapshot(noon.Time()).Failures {
			text += f.ID + ": " + f.Message + "\n"
		}
		return text
	}
	e, _ := loaded(t, setOver(t, "1d"), 60)
	if err := e.SetCoarse(0, bad); err != nil {
		t.Fatal(err)
	}
	first := "a: 6 bad of 5 valid events from " + (noon - 600).Time().Format("2006-01-02T15:04Z") + " to " +
		(noon - 540).Time().Format("2006-01-02T15:04Z") + ", which cannot be, are not counted"
	if got, want := failures(e), first+"; nor are 1 more such counts\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if o := objectivesOf(e)[0]; o.Approximate != 60 || o.Window.Counts != (slo.Counts{Total: 605, Bad: 1}) {
		t.Errorf("%+v", o)
	}
	e.Correct(bad[2].Hour+7, 0, burnrate.Row{}, burnrate.Counted(slo.Counts{Total: 1}))
	if got, want := failures(e), first+"\n"; got != want {
		t.Errorf("after a minute of the last hour: got %q, want %q", got, want)
	}
	short, _ := loaded(t, setOver(t, "12h"), 60)
	if err := short.SetCoarse(0, bad); err != nil {
		t.Fatal(err)
	}
	if got := failures(short); got != "" {
		t.Errorf("in a window that has no hours: %q", got)
	}
}

// TestCoarseBehindAgreement has hours so far ahead that exclusions of their time
// are looked up only when the windows get there.
func TestCoarseBehindAgreement(t *testing.T) {
	t.Parallel()
	const later = noon + 40*24*60
	set := setOver(t, "7d")
	set.Exclusions = []*slo.Exclusion{{Name: "x", SLOs: []string{"a"}, Effect: slo.Drop, From: (later - 600).Time(), To: (later - 480).Time()}}
	e, l := loaded(t, set, 60)
	if err := e.SetCoarse(0, coarseHours(later-600, 5, slo.Counts{Total: 600, Bad: 6})); err != nil {
		t.Fatal(err)
	}
	ends := []slo.Minute{later}
	if err := e.Advance(ends, l.records(e.Needs(ends)...)); err != nil {
		t.Fatal(err)
	}
	if o := objectivesOf(e)[0]; o.Window.Counts != (slo.Counts{Total: 1800, Bad: 18}) || o.Window.Excluded.Bad != 12 {
		t.Errorf("%+v, want 3 of 5 hours", o.Window)
	}
}

// TestCoarseOfSteps has a journey of three steps with different hours. It is as
// approximate as the most approximate of them, and measured as far as the least.
func TestCoarseOfSteps(t *testing.T) {
	t.Parallel()
	set := &slo.Set{}
	j := &slo.Journey{ID: "j", Compose: slo.Series, Objectives: setOver(t, "1d").SLOs[0].Objectives}
	for _, name := range []string{"a", "b", "c"} {
		step := &slo.SLO{ID: "j/" + name, Kind: slo.KindStep}
		set.SLOs, j.Steps = append(set.SLOs, step), append(j.Steps, slo.Step{Name: name, SLO: step})
	}
	set.Journeys = []*slo.Journey{j}
	e, _ := loaded(t, set, 60)
	for i, n := range []int{3, 12, 0} {
		if err := e.SetCoarse(i, coarseHours(noon-60*slo.Minute(n+1), n, slo.Counts{Total: 600, Bad: 300})); err != nil {
			t.Fatal(err)
		}
	}
	o := objectivesOf(e)[0]
	if o.Approximate != 720 || o.Window.Measured != 60 || o.Shares[1].Window.Measured != 780 || o.Shares[0].Window.Counts.Bad != 900 {
		t.Errorf("%+v", o)
	}
	for _, b := range o.Burn {
		if b.Window.Measured > 60 {
			t.Errorf("a burn rate over %s is of %d minutes", b.Window.Window, b.Window.Measured)
		}
	}
}
