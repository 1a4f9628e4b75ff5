package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// aged is a ledger whose older days are quarter-hours by now.
type aged struct {
	*ledger.Ledger
	set   *slo.Set
	first slo.Minute // that is kept as a minute, the beginning of a day
	young slo.Minute // the first minute of what has not been there for long
	end   slo.Minute
}

// agedSet has windows that reach back far, a journey, slices, an SLI that counts in
// another unit since a seam, one that lags behind, a young one, and an exclusion that begins and ends
// within quarter-hours. Before the seam it is as it was then.
func agedSet(t *testing.T, end slo.Minute, before bool) *slo.Set {
	t.Helper()
	source := &slo.Source{Name: "story", Owner: "shop"}
	set := &slo.Set{Sources: []*slo.Source{source}, Teams: []*slo.Team{{Name: "shop"}}}
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	month, err := slo.ParseWindow("month")
	if err != nil {
		t.Fatal(err)
	}
	objectives := []slo.Objective{
		{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]},
		{Name: "90d", Target: target, Window: slo.Rolling(90 * 1440)},
		{Name: "month", Target: target, Window: month},
	}
	for _, id := range []string{"buy/cart", "buy/late", "excluded", "sliced", "weighed", "young"} {
		s := &slo.SLO{
			ID: id, Kind: slo.KindSLO, Source: source, Indicator: slo.IndicatorID(id), About: slo.About{Owner: "shop", Stage: slo.Active},
			SLI: slo.SLI{From: []diag.Located[string]{{Value: "Event"}}}, Objectives: objectives,
		}
		switch {
		case id == "sliced":
			s.SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: 5 * time.Minute}}
		case id == "weighed" && before:
			s.Indicator = "counted"
		case id == "weighed":
			s.SLI.Count = diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
		}
		set.SLOs = append(set.SLOs, s)
	}
	set.Journeys = []*slo.Journey{{
		ID: "buy", About: slo.About{Owner: "shop", Stage: slo.Active}, Compose: slo.Series, Objectives: objectives,
		Steps: []slo.Step{{Name: "cart", SLO: set.SLOs[0]}, {Name: "late", SLO: set.SLOs[1]}},
	}}
	set.Exclusions = []*slo.Exclusion{{
		Name: "works", SLOs: []string{"excluded"}, From: (end - 29*1440 + 5).Time(), To: (end - 29*1440 + 605).Time(), Effect: slo.Drop,
	}}
	return set
}

// newAged measures 91 days, a few minutes of which are missing, and lets go the minutes
// of those before the last day: windows of 90 days leave its beginning at once.
func newAged(t *testing.T) *aged {
	t.Helper()
	notForRaces(t)
	const day = 24 * minutesOfHour
	end := slo.MinuteAt(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	a := &aged{set: agedSet(t, end, false), end: end, first: end.Floor(day) - day, young: end.Floor(day) - 100}
	var err error
	a.Ledger, err = ledger.Open(t.Context(), t.TempDir(), ledger.Options{Minutes: time.Duration(end-a.first) * time.Minute, Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() }) //nolint:errcheck // only read from
	commit := func(at slo.Minute, tick burnrate.Tick) {
		t.Helper()
		tick.At = at.Time()
		if err := a.Commit(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
	}
	begin, seam := a.first-90*day+7, end-10*day+3
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same every time
	measure := func(set *slo.Set, span slo.Span) {
		t.Helper()
		kept, err := a.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		entries, _, err := lineage.Adopt(kept, set, lineage.Always(span.Start))
		if err != nil {
			t.Fatal(err)
		}
		batch := burnrate.Batch{}
		for _, m := range set.Measured() {
			batch.Indicators = append(batch.Indicators, m.Indicator)
		}
		for m := span.Start; m < span.End; m++ {
			record := burnrate.Record{Minute: m, Rows: make([]burnrate.Row, len(batch.Indicators))}
			for k, s := range set.Measured() {
				total := 1 + random.Int64N(9)
				row := burnrate.Counted(slo.Counts{Total: total, Bad: min(total, random.Int64N(40)/39)})
				switch {
				case s.ID == "young" && m < a.young, s.ID == "buy/late" && m < begin+7:
					continue // which begins with the last minute of a quarter-hour
				case random.Int64N(50) == 0 && s.SLI.Slice == nil && m != a.first && m != a.young && m > begin+7:
					continue // a gap
				case s.SLI.Slice != nil:
					row = burnrate.Counted(slo.Counts{})
					if m%5 == 0 {
						row = burnrate.Counted(slo.Counts{Total: 1, Bad: random.Int64N(30) / 29})
					}
				case s.SLI.Unit() == slo.Thousandths:
					row.Counts = slo.Counts{Total: row.Rows.Total * 2500, Bad: row.Rows.Bad * 700}
				}
				record.Rows[k] = row
			}
			batch.Records = append(batch.Records, record)
		}
		commit(span.End, burnrate.Tick{Entries: entries, Measured: []burnrate.Batch{batch}})
	}
	measure(agedSet(t, end, true), slo.Span{Start: begin, End: seam})
	measure(a.set, slo.Span{Start: seam, End: end})
	for more := true; more; {
		did, err := a.Maintain(t.Context(), end.Time())
		if err != nil {
			t.Fatal(err)
		}
		more = did.Leftover
	}
	return a
}

// agedLag is none but for one SLO.
func agedLag(s *slo.SLO) (time.Duration, bool) {
	if s.ID == "buy/late" {
		return 4 * time.Minute, true
	}
	return 0, true
}

// replay returns what is said of minutes.
func (a *aged) replay(t *testing.T, from, to slo.Minute, lag Lag) map[slo.Minute]burnrate.Snapshot {
	t.Helper()
	seen := map[slo.Minute]burnrate.Snapshot{}
	r := &Replay{Set: a.set, Records: a.Ledger, Lag: lag, From: from.Time(), To: to.Time(), shard: 2}
	err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
		seen[slo.MinuteAt(s.At)] = keptSnapshot(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// TestReplayOverQuarters holds a replay whose windows leave quarter-hours behind, minute
// by minute, to what [Kept] says at their borders: it sums them anew.
func TestReplayOverQuarters(t *testing.T) {
	t.Parallel()
	a := newAged(t)
	none := func(*slo.SLO) (time.Duration, bool) { return 0, true }
	seen := a.replay(t, a.first, a.end, none)
	// For [Kept] a quarter-hour is where it begins: that says otherwise what is excluded
	// within one, and in 10 minutes of days before.
	aligned := func(snapshot burnrate.Snapshot) []burnrate.Status {
		list := slices.DeleteFunc(slices.Clone(snapshot.Statuses), func(s burnrate.Status) bool { return s.ID == "excluded" })
		for i := range list {
			list[i].Objectives = slices.Clone(list[i].Objectives)
			for k := range list[i].Objectives {
				list[i].Objectives[k].Traffic = nil
			}
		}
		return list
	}
	for m := a.first + quarterMinutes; m <= a.end; m += 9 * quarterMinutes {
		want, err := Kept(t.Context(), a.set, a.Ledger, none, m.Time())
		if err != nil {
			t.Fatal(err)
		}
		sameStatuses(t, m.Time().String(), aligned(want), aligned(seen[m]))
	}
	for m, snapshot := range seen {
		for _, status := range snapshot.Statuses {
			for _, o := range status.Objectives {
				if c := o.Window.Counts; !c.Consistent() || status.ID != "young" && !o.Composed && c.Total == 0 {
					t.Fatalf("at %v %s %s has %d bad of %d events", m.Time(), status.ID, o.Name, c.Bad, c.Total)
				}
			}
		}
	}
}

// TestReplayFromWithinAQuarter says the same from any minute on: what leaves windows was
// in them when they were summed, however they lie.
func TestReplayFromWithinAQuarter(t *testing.T) {
	t.Parallel()
	a := newAged(t)
	to := a.first + 100
	want := a.replay(t, a.first-20, to, agedLag)
	for _, from := range []slo.Minute{a.first - 15, a.first - 1, a.first, a.first + 1, a.first + 37} {
		for m, got := range a.replay(t, from, to, agedLag) {
			sameStatuses(t, fmt.Sprintf("%d minutes from %d on", m-from, from-a.first), want[m].Statuses, got.Statuses)
		}
	}
}

// TestFirstMinute finds where minutes begin: behind quarter-hours, within the history of
// what is asked for, or nowhere.
func TestFirstMinute(t *testing.T) {
	t.Parallel()
	a := newAged(t)
	check := func(name string, want slo.Minute) {
		t.Helper()
		first, kept, err := FirstMinute(t.Context(), a.set, a.Ledger)
		if err != nil || first != want || kept != (want != 0) {
			t.Errorf("%s: %d, %t, %v; want %d", name, first, kept, err, want)
		}
	}
	check("everything", a.first)
	all := a.set.SLOs
	a.set.Journeys, a.set.SLOs = nil, all[5:]
	check("what is young", a.young)
	a.set.SLOs = all[:1]
	a.set.SLOs[0].ID, a.set.SLOs[0].Indicator = "unknown", "unknown"
	check("what was never measured", 0)
	a.set.SLOs[0].ID, a.set.SLOs[0].Indicator = "old", "counted" // until the seam
	check("what was measured long ago", 0)
}

// TestSpread adds up to the quarter-hour, has as many measured minutes, and none with
// more than its share or with more bad events than events.
func TestSpread(t *testing.T) {
	t.Parallel()
	counts := rapid.Custom(func(t *rapid.T) slo.Counts {
		total := rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, quarterMinutes*burnrate.MostCounted)).Draw(t, "total")
		return slo.Counts{Total: total, Bad: rapid.Int64Range(0, total).Draw(t, "bad")}
	})
	rapid.Check(t, func(t *rapid.T) {
		quarter := burnrate.Sum{Counts: counts.Draw(t, "counts"), Rows: counts.Draw(t, "rows"), Minutes: rapid.Int64Range(1, quarterMinutes).Draw(t, "minutes")}
		var sum burnrate.Sum
		for n, row := range spread(quarter) {
			if row.Measured != (quarter.Minutes > 1 && int64(n) >= quarterMinutes-quarter.Minutes || quarter.Minutes == 1 && n == 0) || !row.Measured && row != (burnrate.Row{}) {
				t.Fatalf("minute %d of %d is %+v", n, quarter.Minutes, row)
			}
			if !row.Measured {
				continue
			}
			for _, c := range [][2]slo.Counts{{row.Counts, quarter.Counts}, {row.Rows, quarter.Rows}} {
				part, whole := c[0], c[1]
				even := func(part, whole int64) bool {
					return part*quarter.Minutes-whole < quarter.Minutes && whole-part*quarter.Minutes < quarter.Minutes
				}
				if !part.Consistent() || !even(part.Bad, whole.Bad) || !even(part.Total-part.Bad, whole.Total-whole.Bad) {
					t.Fatalf("minute %d has %+v of %+v", n, part, whole)
				}
			}
			sum = burnrate.Sum{Counts: sum.Counts.Add(row.Counts), Rows: sum.Rows.Add(row.Rows), Minutes: sum.Minutes + 1}
		}
		if sum != quarter {
			t.Fatalf("it adds up to %+v, was %+v", sum, quarter)
		}
	})
	if rows := spread(burnrate.Sum{}); rows != [quarterMinutes]burnrate.Row{} {
		t.Errorf("of nothing there is %+v", rows)
	}
}

// halves is a history of some quarter-hours, of which every other one is kept as
// minutes, and a row that cannot be.
type halves struct {
	Records
	quarters []burnrate.Sum
	invalid  slo.Minute
}

// at returns what is summed in a minute.
func (h halves) at(m slo.Minute) burnrate.Sum {
	switch q := m / quarterMinutes; {
	case q%2 == 0 && m%quarterMinutes == 0:
		return h.quarters[q]
	case q%2 == 0:
		return burnrate.Sum{}
	default:
		return sumOfRow(spread(h.quarters[q])[m%quarterMinutes])
	}
}

func sumOfRow(row burnrate.Row) burnrate.Sum {
	if !row.Measured {
		return burnrate.Sum{}
	}
	return burnrate.Sum{Counts: row.Counts, Rows: row.Rows, Minutes: 1}
}

func (h halves) Totals(_ context.Context, _ []lineage.Lineage, cuts [][]slo.Minute) ([]burnrate.Totals, error) {
	totals := make([]burnrate.Totals, len(cuts))
	for k, list := range cuts {
		totals[k].Sums = between(list, h.at)
		if len(list) > 1 && list[0] <= h.invalid && h.invalid < list[len(list)-1] {
			totals[k].Invalid = []burnrate.Invalid{{Span: slo.Span{Start: h.invalid, End: h.invalid + 1}}}
		}
	}
	return totals, nil
}

// between sums minute by minute.
func between(cuts []slo.Minute, at func(slo.Minute) burnrate.Sum) []burnrate.Sum {
	sums := make([]burnrate.Sum, max(0, len(cuts)-1))
	for i := range sums {
		for m := cuts[i]; m < cuts[i+1]; m++ {
			s := at(m)
			sums[i] = burnrate.Sum{Counts: sums[i].Counts.Add(s.Counts), Rows: sums[i].Rows.Add(s.Rows), Minutes: sums[i].Minutes + s.Minutes}
		}
	}
	return sums
}

// TestSpreading sums quarter-hours between any cuts as if the minutes they are spread
// over were kept, and minutes that are kept as they are.
func TestSpreading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := halves{quarters: make([]burnrate.Sum, 8), invalid: slo.Minute(rapid.IntRange(0, 119).Draw(t, "invalid"))}
		for q := range h.quarters {
			if minutes := rapid.Int64Range(0, quarterMinutes).Draw(t, "minutes"); minutes > 0 {
				c := slo.Counts{Total: rapid.Int64Range(0, 99).Draw(t, "total")}
				c.Bad = rapid.Int64Range(0, c.Total).Draw(t, "bad")
				h.quarters[q] = burnrate.Sum{Counts: c, Rows: c, Minutes: minutes}
			}
		}
		cuts := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 120), func(m int) slo.Minute { return slo.Minute(m) }), 0, 12, rapid.ID[slo.Minute]).Draw(t, "cuts")
		slices.Sort(cuts)
		got, err := spreading{h}.Totals(context.Background(), make([]lineage.Lineage, 1), [][]slo.Minute{cuts})
		if err != nil {
			t.Fatal(err)
		}
		want := between(cuts, func(m slo.Minute) burnrate.Sum {
			return sumOfRow(spread(h.quarters[m/quarterMinutes])[m%quarterMinutes])
		})
		if diff := cmp.Diff(want, got[0].Sums); diff != "" {
			t.Fatalf("between %v (-want +got):\n%s", cuts, diff)
		}
		within := len(cuts) > 1 && cuts[0] <= h.invalid && h.invalid < cuts[len(cuts)-1]
		if (len(got[0].Invalid) > 0) != within {
			t.Fatalf("between %v minute %d is invalid: %v", cuts, h.invalid, got[0].Invalid)
		}
	})
}
