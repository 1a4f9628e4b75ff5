package ledger

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestHistory makes changes of SLIs, names and minutes at random, in a ledger and
// in a model that writes down for every minute of an SLO by what it is measured.
// What is read along the lineages is what the model says.
func TestHistory(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			r.Fatal(err)
		}
		l, err := Open(t.Context(), dir, Options{Pack: time.Hour})
		if err != nil {
			r.Fatal(err)
		}
		defer func() {
			if err := l.Close(); err != nil {
				r.Error(err)
			}
			os.RemoveAll(dir) //nolint:errcheck // the test's own folder goes anyway
		}()
		m := &splicedModel{t: t, r: r, ledger: l, rows: map[slo.IndicatorID]map[slo.Minute]burnrate.Row{}, slos: map[string]*spliced{}, now: modelStart + 200}
		for range rapid.IntRange(3, 14).Draw(r, "steps") {
			m.now += slo.Minute(rapid.SampledFrom([]int{0, 0, 1, 7, 30, 60, 100}).Draw(r, "later"))
			switch rapid.SampledFrom([]string{"measure", "measure", "adopt", "adopt", "adopt", "maintain"}).Draw(r, "do") {
			case "measure":
				m.measure()
			case "adopt":
				m.adopt()
			case "maintain":
				if _, err := l.Maintain(t.Context(), m.now.Time()); err != nil {
					r.Fatal(err)
				}
			}
		}
		m.compare()
	})
}

// The model knows minutes from modelStart on, which is not at the beginning of
// an hour.
const (
	modelStart   = slo.Minute(29_600_017)
	modelMinutes = 200 + 14*100 + 1
)

var modelUnits = map[slo.IndicatorID]int64{"A": 1, "B": 1, "C": 1, "w": slo.Thousandths, "v": slo.Thousandths}

type splicedModel struct {
	t      *testing.T
	r      *rapid.T
	ledger *Ledger
	now    slo.Minute
	rows   map[slo.IndicatorID]map[slo.Minute]burnrate.Row
	slos   map[string]*spliced
}

// spliced is an SLO in the model.
type spliced struct {
	present slo.IndicatorID
	by      []slo.IndicatorID // what each minute was measured by
	shown   []slo.IndicatorID // the same, but "" where it does not count
	seam    int               // the last one, 0 for none
	removed int               // 0 for not
	was     map[slo.IndicatorID]spell
	before  *spliced // as it was before the last seam
}

// spell is what an SLO showed when a definition of it ended.
type spell struct {
	shown []slo.IndicatorID
	end   int
}

func fill(list []slo.IndicatorID, id slo.IndicatorID) {
	for i := range list {
		list[i] = id
	}
}

func (s *spliced) clone() *spliced {
	c := *s
	c.by, c.shown, c.was = slices.Clone(s.by), slices.Clone(s.shown), maps.Clone(s.was)
	return &c
}

// follow has the SLO be measured by an indicator from a minute on.
func (s *spliced) follow(id slo.IndicatorID, mode slo.HistoryMode, at int) *spliced {
	if id != s.present && s.seam == at {
		s = s.before.clone() // the present definition was never measured
	}
	if id != s.present {
		before := s.clone()
		s.before, s.seam = before, at
		s.was[s.present] = spell{before.shown, at}
		if earlier, back := s.was[id]; back && mode == slo.Splice {
			for i, by := range earlier.shown[:earlier.end] {
				if by != "" {
					s.shown[i] = by
				}
			}
			copy(s.shown[earlier.end:at], s.by[earlier.end:at])
		}
		fill(s.by[at:], id)
		fill(s.shown[at:], id)
		s.present = id
	}
	if mode == slo.Restart && s.seam > 0 {
		fill(s.shown[:s.seam], "")
	}
	return s
}

// measure commits minutes of some indicators, also old ones again.
func (m *splicedModel) measure() {
	ids := slices.Sorted(maps.Keys(modelUnits))
	ids = rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, len(ids), rapid.ID).Draw(m.r, "indicators")
	start := m.now - slo.Minute(rapid.IntRange(1, 200).Draw(m.r, "ago"))
	length := rapid.IntRange(1, 130).Draw(m.r, "minutes")
	seed := rapid.Int64Range(1, 1000).Draw(m.r, "seed")
	batch := burnrate.Batch{Indicators: ids}
	for at := start; at < min(m.now, start+slo.Minute(length)); at++ {
		record := burnrate.Record{Minute: at}
		for i, id := range ids {
			total := (int64(at)*31+int64(i)*7+seed)%50 + 2
			row := burnrate.Counted(slo.Counts{Total: total, Bad: total / 3})
			if modelUnits[id] != 1 {
				row.Counts = slo.Counts{Total: total * 2500, Bad: total / 3 * 1250}
			}
			if seed%3 == 0 && (int64(at)+seed)%37 == 0 { // more is bad than there is
				row.Counts.Bad, row.Rows.Bad = 2*row.Counts.Total, 2*row.Rows.Total
			}
			if seed%2 == 0 && (int64(at)+seed)%11 == 0 {
				row = burnrate.Row{}
			} else {
				if m.rows[id] == nil {
					m.rows[id] = map[slo.Minute]burnrate.Row{}
				}
				m.rows[id][at] = row
			}
			record.Rows = append(record.Rows, row)
		}
		batch.Records = append(batch.Records, record)
	}
	m.commit(burnrate.Tick{At: m.now.Time(), Measured: []burnrate.Batch{batch}})
}

func (m *splicedModel) commit(tick burnrate.Tick) {
	if err := m.ledger.Commit(m.t.Context(), tick); err != nil {
		m.r.Fatal(err)
	}
}

// adopt commits a set: SLOs leave and come, change their SLIs and their names.
func (m *splicedModel) adopt() {
	names := []string{"one", "two", "three", "four"}
	indicators := slices.Sorted(maps.Keys(modelUnits))
	at := int(m.now - modelStart)
	set := &slo.Set{}
	slos := maps.Clone(m.slos)
	present := map[string]bool{}
	for _, name := range names {
		present[name] = rapid.IntRange(0, 3).Draw(m.r, "present "+name) > 0
	}
	for _, name := range names {
		if !present[name] {
			continue
		}
		id := rapid.SampledFrom(indicators).Draw(m.r, "indicator of "+name)
		made := &slo.SLO{ID: name, Kind: slo.KindSLO, Indicator: id, History: slo.History{Mode: slo.Splice}}
		if modelUnits[id] != 1 {
			made.SLI.Count = diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
		}
		if rapid.IntRange(0, 3).Draw(m.r, "restart "+name) == 0 {
			made.History = slo.History{Mode: slo.Restart, Reason: "why"}
		}
		s := slos[name]
		if s == nil {
			for _, old := range names {
				if slos[old] != nil && !present[old] && rapid.Bool().Draw(m.r, "rename") {
					s, made.About.RenamedFrom = slos[old], []string{old}
					delete(slos, old)
					break
				}
			}
		}
		if s == nil {
			s = &spliced{present: id, by: make([]slo.IndicatorID, modelMinutes), shown: make([]slo.IndicatorID, modelMinutes), was: map[slo.IndicatorID]spell{}}
			fill(s.by, id)
			fill(s.shown, id)
		} else {
			s = s.clone().follow(id, made.History.Mode, at)
		}
		s.removed = 0
		slos[name] = s
		set.SLOs = append(set.SLOs, made)
	}
	for name, s := range slos {
		if !present[name] && s.removed == 0 {
			s = s.clone()
			s.removed = at
			slos[name] = s
		}
	}
	m.slos = slos
	kept, err := m.ledger.State(m.t.Context())
	if err != nil {
		m.r.Fatal(err)
	}
	entries, _, err := lineage.Adopt(kept, set, lineage.Always(m.now))
	if err != nil {
		m.r.Fatal(err)
	}
	m.commit(burnrate.Tick{At: m.now.Time(), Entries: entries})
}

// row is what an SLO shows in a minute, in its present unit.
func (m *splicedModel) row(s *spliced, at slo.Minute) burnrate.Row {
	i := int(at - modelStart)
	if s.removed > 0 && i >= s.removed {
		return burnrate.Row{}
	}
	row := m.rows[s.shown[i]][at]
	switch present, past := modelUnits[s.present], modelUnits[s.shown[i]]; {
	case present > past:
		row.Counts = slo.Counts{Total: row.Rows.Total * 1000, Bad: row.Rows.Bad * 1000}
	case present < past:
		row.Counts = row.Rows
	}
	return row
}

// compare reads the history of some SLOs in any order, and holds it and the
// seams against the model.
func (m *splicedModel) compare() {
	kept, err := m.ledger.State(m.t.Context())
	if err != nil {
		m.r.Fatal(err)
	}
	lineages, err := lineage.All(kept)
	if err != nil {
		m.r.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(m.slos)), slices.Sorted(maps.Keys(lineages))); diff != "" {
		m.r.Fatalf("lineages (-want +got):\n%s", diff)
	}
	if len(m.slos) == 0 {
		return
	}
	names := rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(m.slos))), 1, 6).Draw(m.r, "read")
	var asked []lineage.Lineage
	for _, name := range names {
		asked = append(asked, lineages[name])
	}
	end := m.now + 1
	span := slo.Span{
		Start: modelStart + slo.Minute(rapid.IntRange(0, int(end-modelStart)).Draw(m.r, "start")),
		End:   end - slo.Minute(rapid.IntRange(0, 70).Draw(m.r, "end")),
	}
	got := map[slo.Minute][]burnrate.Row{}
	last := span.Start - 1
	for record, err := range m.ledger.History(m.t.Context(), asked, span) {
		if err != nil {
			m.r.Fatal(err)
		}
		if record.Minute <= last || record.Minute >= span.End || len(record.Rows) != len(asked) {
			m.r.Fatalf("minute %d with %d rows comes behind minute %d, of %v", record.Minute, len(record.Rows), last, span)
		}
		last = record.Minute
		got[record.Minute] = slices.Clone(record.Rows)
	}
	for at := span.Start; at < span.End; at++ {
		for i, name := range names {
			want, found := m.row(m.slos[name], at), burnrate.Row{}
			if rows, read := got[at]; read {
				found = rows[i]
			}
			if want != found {
				m.r.Fatalf("minute %d of %s: got %+v, want %+v; lineage %+v", at-modelStart, name, found, want, lineages[name])
			}
		}
	}
	for _, name := range names {
		var want []slo.Minute
		s := m.slos[name]
		for at := span.Start + 1; at < span.End; at++ {
			if i := int(at - modelStart); s.by[i-1] != s.by[i] && s.shown[i] != "" {
				want = append(want, at)
			}
		}
		if diff := cmp.Diff(want, lineages[name].Seams(span)); diff != "" {
			m.r.Fatalf("seams of %s (-want +got):\n%s", name, diff)
		}
	}
	minutes := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) slo.Minute {
		return modelStart + slo.Minute(rapid.IntRange(-5, int(end-modelStart)+5).Draw(r, "at"))
	}), 0, 20).Draw(m.r, "single minutes")
	single, err := m.ledger.HistoryAt(m.t.Context(), asked, minutes)
	if err != nil || len(single) != len(minutes) {
		m.r.Fatal(len(single), err)
	}
	for k, at := range minutes {
		for i, name := range names {
			want, found := burnrate.Row{}, burnrate.Row{}
			if at >= modelStart && at < end {
				want = m.row(m.slos[name], at)
			}
			if single[k].Rows != nil {
				found = single[k].Rows[i]
			}
			if single[k].Minute != at || want != found {
				m.r.Fatalf("minute %d of %s alone: got %+v, want %+v", at-modelStart, name, found, want)
			}
		}
	}
	for i, name := range names {
		since, found := asked[i].Since(kept.Since)
		for at := modelStart; at < end; at++ {
			if m.row(m.slos[name], at).Measured && (!found || at < since) {
				m.r.Fatalf("minute %d of %s was measured, and its first one is said to be %d, %v", at-modelStart, name, since-modelStart, found)
			}
		}
		if _, measured := kept.Since[asked[i].Present.Indicator]; len(asked[i].Past) == 0 && asked[i].Removed == 0 && found != measured {
			m.r.Fatalf("%s has a first minute: %v, and its indicator has one: %v", name, found, measured)
		}
	}
	m.compareTotals(names, asked, end)
	m.compareMinutes(slo.Span{Start: modelStart, End: end})
}

// compareMinutes holds the minutes of indicators against the model: neither a
// rename nor a new definition changes any.
func (m *splicedModel) compareMinutes(span slo.Span) {
	ids := slices.Sorted(maps.Keys(modelUnits))
	left := maps.Clone(m.rows)
	for id, rows := range left {
		left[id] = maps.Clone(rows)
	}
	for record, err := range m.ledger.Minutes(m.t.Context(), ids, span) {
		if err != nil {
			m.r.Fatal(err)
		}
		for i, row := range record.Rows {
			if want := m.rows[ids[i]][record.Minute]; row != want {
				m.r.Fatalf("minute %d of indicator %s: got %+v, want %+v", record.Minute-modelStart, ids[i], row, want)
			}
			delete(left[ids[i]], record.Minute)
		}
	}
	for id, rows := range left {
		if len(rows) > 0 {
			m.r.Fatalf("%d minutes of indicator %s are not there", len(rows), id)
		}
	}
}

// TestHistoryOfFewHours reads hours around seams, and asks for the columns of
// each hour anew only where there is one.
func TestHistoryOfFewHours(t *testing.T) {
	t.Parallel()
	x := &index{numbers: map[slo.IndicatorID]number{"A": 0, "B": 1}}
	l := lineage.Lineage{Present: lineage.Definition{Indicator: "B", Unit: 1}, Past: []lineage.Segment{{Definition: lineage.Definition{Indicator: "A", Unit: 1}, Until: 130}}}
	s := newSplicing(x, []lineage.Lineage{l, {Present: lineage.Definition{Indicator: "A", Unit: 1}}})
	var got []string
	for h := range hour(5) {
		text := fmt.Sprintf("%d:", h)
		for _, w := range s.columnsOf(h) {
			text += fmt.Sprintf(" %d to place %d from %d to %d", w.number, w.place, w.from, w.to)
		}
		got = append(got, text)
	}
	want := []string{
		"0: 0 to place 0 from 0 to 60 0 to place 1 from 0 to 60",
		"1: 0 to place 0 from 0 to 60 0 to place 1 from 0 to 60",
		"2: 0 to place 0 from 0 to 10 0 to place 1 from 0 to 60 1 to place 0 from 10 to 60",
		"3: 0 to place 1 from 0 to 60 1 to place 0 from 0 to 60",
		"4: 0 to place 1 from 0 to 60 1 to place 0 from 0 to 60",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	before := s.columnsOf(5)
	if after := s.columnsOf(6); &before[0] != &after[0] {
		t.Error("the columns of hours without a seam are made anew")
	}
}
