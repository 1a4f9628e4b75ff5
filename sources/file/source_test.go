package file

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/sourcetest"
)

// write makes a source of a file in a folder of its own.
func write(t *testing.T, name, content string, ids ...string) *Source {
	t.Helper()
	folder := t.TempDir()
	data := []byte(content)
	if strings.HasSuffix(name, ".gz") {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data = zipped.Bytes()
	}
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return over(folder, name, ids...)
}

func over(folder, name string, ids ...string) *Source {
	return New(&slo.Source{
		Name: "newrelic", File: &slo.File{Path: name, Folder: filepath.ToSlash(folder)}, Origin: diag.Span{File: "specs/source.yaml"},
	}, ids)
}

// TestSource keeps the contract in every format.
func TestSource(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"counts.csv", "counts.ndjson", "counts.csv.gz", "counts.ndjson.gz"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sourcetest.Suite{
				Open: func(t *testing.T, history sourcetest.History) sourcetest.Subject {
					return sourcetest.Subject{Source: write(t, name, spelt(name, history.Rows()))}
				},
				Lacks: map[sourcetest.Capability]string{
					sourcetest.Conditions: "the rows of a file name SLOs by their ids",
					sourcetest.Late:       "a file that has changed is read as a whole",
					sourcetest.Watching:   "a file that has changed is read as a whole",
					sourcetest.Refusals:   "nobody is asked who could refuse",
					sourcetest.Stalls:     "nobody is asked who could be waited for; TestInterrupted ends the context while a file is read",
					sourcetest.Limits:     "nobody is asked who could be asked too much",
				},
			}.Run(t)
		})
	}
}

// spelt writes rows in the format that a file's name stands for.
func spelt(name string, rows []sourcetest.Row) string {
	var content strings.Builder
	csv := strings.Contains(name, ".csv")
	if csv {
		content.WriteString("total,good,minute,id,events,badEvents\n")
	}
	for _, r := range rows {
		total := slo.FormatCount(r.Counts.Total, r.Unit)
		if csv {
			fmt.Fprintf(&content, "%s,%s,%d,%s,%d,%d\n", total, slo.FormatCount(r.Counts.Total-r.Counts.Bad, r.Unit), r.Minute.Time().Unix(), r.ID, r.Events.Total, r.Events.Bad)
		} else {
			fmt.Fprintf(&content, `{"minute":%q,"id":%q,"total":%s,"bad":%s,"events":%d,"badEvents":%d}`+"\n",
				r.Minute.Time().Format(time.RFC3339), r.ID, total, slo.FormatCount(r.Counts.Bad, r.Unit), r.Events.Total, r.Events.Bad)
		}
	}
	return content.String()
}

const at = slo.Minute(29_400_000) // 2025-11-24T16:00Z

func stamp(offset int) string { return (at + slo.Minute(offset)).Time().Format(time.RFC3339) }

// byBad, raw and weighted are SLOs with a condition, without one, and over
// sum(items).
func byBad(id string) *slo.SLO { return &slo.SLO{ID: id, SLI: slo.SLI{Bad: text("error IS TRUE")}} }

func raw(id string) *slo.SLO { return &slo.SLO{ID: id} }

func weighted(id string) *slo.SLO {
	return &slo.SLO{ID: id, SLI: slo.SLI{Bad: text("error IS TRUE"), Count: text("sum(items)")}}
}

func text(s string) diag.Text { return diag.PlainText(s, "a.yaml", diag.Position{Line: 1, Column: 1}) }

func sum(total, bad, events, badEvents, minutes int64) sources.Sum {
	return sources.Sum{Counts: slo.Counts{Total: total, Bad: bad}, Rows: slo.Counts{Total: events, Bad: badEvents}, Minutes: minutes}
}

// TestCounts reads rows that are right, of every spelling.
func TestCounts(t *testing.T) {
	t.Parallel()
	shop := []slo.Minute{at, at + 1, at + 10}
	for _, test := range []struct {
		name, file, content string
		slo                 *slo.SLO
		want                []sources.Sum
	}{
		{
			"in any order, with a gap", "c.csv", "id,bad,total,minute\npay,1,10," + stamp(3) + "\npay,2,20," + stamp(0) + "\npay,0,0," + stamp(9) + "\n",
			byBad("pay"),
			[]sources.Sum{sum(20, 2, 20, 2, 1), sum(10, 1, 10, 1, 2)},
		},
		{
			"other offsets, seconds, blanks, quotes, a mark at the start, lines of Windows", "c.csv",
			"\ufeffminute, id ,total,bad\r\n\r\n2025-11-24T21:45:00+05:45,pay, 7 ,1\r\n" + fmt.Sprint(int64(at+1)*60) + ",\"pay\",\"8\",2\r\n",
			byBad("pay"),
			[]sources.Sum{sum(7, 1, 7, 1, 1), sum(8, 2, 8, 2, 1)},
		},
		{"zeros behind the point", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",pay,7.0,007.000\n", byBad("pay"), []sources.Sum{sum(7, 7, 7, 7, 1), {}}},
		{"more good than valid", "c.csv", "minute,id,total,good\n" + stamp(0) + ",pay,7,8\n", byBad("pay"), []sources.Sum{sum(7, -1, 7, -1, 1), {}}},
		{"more bad than valid", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",pay,7,8\n", byBad("pay"), []sources.Sum{sum(7, 8, 7, 8, 1), {}}},
		{"an SLI without conditions", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",pay,7,8\n", raw("pay"), []sources.Sum{sum(7, 0, 7, 0, 1), {}}},
		{"thousandths", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",pay,7.5,0.25\n" + stamp(1) + ",pay,3,.0\n", weighted("pay"), nil},
		{
			"thousandths and the events behind them", "c.csv",
			"minute,id,total,bad,events,badEvents\n" + stamp(0) + ",pay,7.5,0.001,3,1\n" + stamp(1) + ",pay,3,0,,\n",
			weighted("pay"),
			[]sources.Sum{sum(7_500, 1, 3, 1, 1), sum(3_000, 0, 3, 0, 1)},
		},
		{"a part of an event is one", "c.csv", "minute,id,total,good\n" + stamp(0) + ",pay,2.5,2\n", weighted("pay"), []sources.Sum{sum(2_500, 500, 3, 1, 1), {}}},
		{
			"objects", "c.ndjson", `{"id":"pay","minute":"` + stamp(0) + `","bad":"1","total":10}` + "\n\n" +
				`{"events":null,"id":"pay","minute":` + fmt.Sprint(int64(at+1)*60) + `,"good":8,"total":10}`,
			byBad("pay"),
			[]sources.Sum{sum(10, 1, 10, 1, 1), sum(10, 2, 10, 2, 1)},
		},
		{"no line at all", "c.ndjson", "", byBad("pay"), []sources.Sum{{}, {}}},
		{"a journey's step", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",shop/pay,1,0\n", byBad("shop/pay"), []sources.Sum{sum(1, 0, 1, 0, 1), {}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := write(t, test.file, test.content, "pay", "shop/pay").Counts(t.Context(), []sources.Request{{SLO: test.slo, Cuts: shop}})[0]
			if test.want == nil {
				if answer.Err == nil {
					t.Fatal("want an error")
				}
				return
			}
			if answer.Err != nil || len(answer.Notes) > 0 {
				t.Fatalf("error %v, notes %q", answer.Err, answer.Notes)
			}
			if diff := cmp.Diff(test.want, answer.Sums); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestInvalidRows hides no row that cannot be in a longer span.
func TestInvalidRows(t *testing.T) {
	t.Parallel()
	content := "minute,id,total,bad,events,badEvents\n" + stamp(0) + ",pay,100,1,10,1\n" + stamp(1) + ",pay,1.5,2.5,,\n" +
		stamp(2) + ",pay,3,1,1,2\n" + stamp(3) + ",pay,10,1,5,1\n"
	for _, test := range []struct {
		name  string
		cuts  []slo.Minute
		want  []sources.Sum
		notes []string
	}{
		{"alone", []slo.Minute{at + 1, at + 2, at + 3}, []sources.Sum{sum(1_500, 2_500, 2, 3, 1), sum(3_000, 1_000, 1, 2, 1)}, nil},
		{
			"among others",
			[]slo.Minute{at, at + 2, at + 4},
			[]sources.Sum{sum(100_000, 1_000, 10, 1, 1), sum(10_000, 1_000, 5, 1, 1)},
			[]string{"specs/c.csv:3: 2.5 bad of 1.5 valid events, which cannot be, are not counted; nor are 1 more such rows"},
		},
		{
			"events alone",
			[]slo.Minute{at + 2, at + 4},
			[]sources.Sum{sum(10_000, 1_000, 5, 1, 1)},
			[]string{"specs/c.csv:4: 2 badEvents of 1 events, which cannot be, are not counted"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := write(t, "c.csv", content, "pay").Counts(t.Context(), []sources.Request{{SLO: weighted("pay"), Cuts: test.cuts}})[0]
			if diff := cmp.Diff(sources.Answer{Sums: test.want, Notes: test.notes}, answer); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExtents ends with the last row, and never in the future.
func TestExtents(t *testing.T) {
	t.Parallel()
	content := "minute,id,total,bad\n" + stamp(5) + ",a,1,0\n" + stamp(-5) + ",a,1,0\n" + stamp(-3) + ",b,1,0\n" + stamp(2) + ",c,1,0\n"
	now := at.Time().Add(30 * time.Second)
	source := write(t, "c.csv", content)
	got := source.Extents(t.Context(), now, []*slo.SLO{byBad("a"), byBad("b"), byBad("c"), byBad("d")})
	want := []sources.Extent{
		{Span: slo.Span{Start: at - 5, End: at}},
		{Span: slo.Span{Start: at - 3, End: at - 2}},
		{Span: slo.Span{Start: at, End: at}},
		{Span: slo.Span{Start: at, End: at}, Never: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStrangers says which rows belong to nothing, with the spelling that is
// probably meant.
func TestStrangers(t *testing.T) {
	t.Parallel()
	content := "minute,id,total,bad\n" + stamp(0) + ",shop/pay,1,0\n" + stamp(0) + ",shop/pya,1,0\n" + stamp(1) + ",shop/pya,1.5,0\n" + stamp(0) + ",elsewhere,1,0\n"
	for _, id := range []string{"xa", "xb", "xc", "xd", "xe"} {
		content += stamp(0) + "," + id + "ylophone,1,0\n"
	}
	answer := write(t, "c.csv", content, "shop/pay", "elsewhere").Counts(t.Context(), []sources.Request{{SLO: byBad("shop/pay")}})[0]
	want := []string{"specs/c.csv has rows of ids that no SLO has, which are left out: shop/pya (line 3, did you mean shop/pay?), " +
		"xaylophone (line 6), xbylophone (line 7), xcylophone (line 8), xdylophone (line 9) and others"}
	if diff := cmp.Diff(want, answer.Notes); diff != "" || answer.Err != nil {
		t.Errorf("error %v, notes (-want +got):\n%s", answer.Err, diff)
	}
}

// TestReadOnce reads a file when it is needed, and again only for SLOs that it
// was not read for, or after a failure.
func TestReadOnce(t *testing.T) {
	t.Parallel()
	source := write(t, "c.csv", "minute,id,total,bad\n"+stamp(0)+",a,1,0\n"+stamp(0)+",b,2,0\n")
	name := filepath.Join(source.file.Folder, "c.csv")
	total := func(id string) (int64, error) {
		answer := source.Counts(t.Context(), []sources.Request{{SLO: byBad(id), Cuts: []slo.Minute{at, at + 1}}})[0]
		if answer.Err != nil {
			return 0, answer.Err
		}
		return answer.Sums[0].Counts.Total, nil
	}
	if got, err := total("a"); got != 1 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
	if err := os.Rename(name, name+".away"); err != nil {
		t.Fatal(err)
	}
	if got, err := total("a"); got != 1 || err != nil {
		t.Errorf("what was read is gone: %d, %v", got, err)
	}
	if _, err := total("b"); err == nil || err.Error() != "specs/c.csv: does not exist: put it there, or correct path in the Source" {
		t.Errorf("error %v", err)
	}
	if err := os.Rename(name+".away", name); err != nil {
		t.Fatal(err)
	}
	if got, err := total("b"); got != 2 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

// TestInterrupted stops in the middle of a file.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	source := write(t, "c.csv", "minute,id,total,bad\n"+strings.Repeat("\n", 10_000))
	ctx := &endsWhenAsked{Context: t.Context()}
	answer := source.Counts(ctx, []sources.Request{{SLO: byBad("a")}})[0]
	if answer.Err == nil || !strings.Contains(answer.Err.Error(), "interrupted") {
		t.Errorf("error %v", answer.Err)
	}
}

// endsWhenAsked ends when it is looked at for the second time.
type endsWhenAsked struct {
	context.Context
	asked int
}

func (e *endsWhenAsked) Err() error {
	if e.asked++; e.asked > 1 {
		return context.Canceled
	}
	return nil
}

// TestRevised reads a file again once it has changed, and is what it was before it
// could not be read.
func TestRevised(t *testing.T) {
	t.Parallel()
	const before = "minute,id,total,bad\n2026-03-04T08:00:00Z,pay,9,1\n"
	s := write(t, "counts.csv", before)
	path := filepath.Join(s.file.Folder, "counts.csv")
	pay := &slo.SLO{ID: "pay"}
	start := slo.MinuteAt(time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC))
	read := func() (sources.Extent, slo.Counts) {
		t.Helper()
		extent := s.Extents(t.Context(), (start + 10).Time(), []*slo.SLO{pay})[0]
		answer := s.Counts(t.Context(), []sources.Request{{SLO: pay, Cuts: []slo.Minute{start, start + 1}}})[0]
		if answer.Err != nil {
			t.Fatal(answer.Err)
		}
		return extent, answer.Sums[0].Counts
	}
	put := func(content string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	if s.Revision() != 0 {
		t.Error("it has a revision before it was read")
	}
	_, counts := read()
	first := s.Revision()
	if counts.Total != 9 || first == 0 {
		t.Errorf("%v, revision %d", counts, first)
	}
	put(before)
	if read(); s.Revision() != first {
		t.Error("the same content is another revision")
	}
	put(before + "2026-03-04T08:01:00Z,pay,")
	if extent, counts := read(); extent.Err == nil || counts.Total != 9 || s.Revision() != first {
		t.Errorf("half of a file: %+v, %v", extent, counts)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if extent, _ := read(); extent.Err == nil {
		t.Errorf("no file: %+v", extent)
	}
	put("minute,id,total,bad\n2026-03-04T08:00:00Z,pay,7,2\n2026-03-04T08:01:00Z,pay,1,0\n")
	extent, counts := read()
	if extent.Err != nil || extent.Span.End != start+2 || counts.Total != 7 || s.Revision() == first {
		t.Errorf("%+v, %v", extent, counts)
	}
}
