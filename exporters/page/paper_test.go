package page

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// few is a document of some objectives and incidents, of which every fifth was missed.
func few(objectives, incidents int) report.Backtest {
	doc := retail()
	run := &doc.Runs[0]
	run.Objectives = run.Objectives[:objectives]
	ids := map[string]bool{}
	for _, o := range run.Objectives {
		ids[o.ID] = true
	}
	run.Episodes = slices.DeleteFunc(run.Episodes, func(e backtest.Episode) bool { return !ids[e.ID] })
	run.Held = nil
	told := 0
	run.Judgement.Incidents = nil
	for n := range incidents {
		after := time.Duration(n) * time.Minute
		i := backtest.IncidentFound{Name: fmt.Sprintf("incident-%d", n+1), From: at(2, n/2, 0), To: at(2, n/2, 30), Expect: slo.Page, Told: &told, After: &after}
		if n%5 == 4 {
			i.Told, i.After = nil, nil
		}
		run.Judgement.Incidents = append(run.Judgement.Incidents, i)
	}
	return doc
}

// already is retail, where two more pages and a ticket fired in the first minute.
func already() report.Backtest {
	doc := retail()
	for _, id := range []string{"store-search", "barcode-payment/receipt"} {
		e := burned(id, "web", slo.Page, doc.From, 60, 0.02, 0.3, "1h/5m")
		e.Before = true
		doc.Runs[0].Episodes = append(doc.Runs[0].Episodes, e)
	}
	return doc
}

// changedAmongOthers is compared, among objectives with more pages that stay as they
// are.
func changedAmongOthers() report.Backtest {
	doc := compared()
	for n := range doc.Runs {
		objectives := slices.Clone(doc.Runs[n].Objectives)
		for i := range 6 {
			o := objective(fmt.Sprintf("same-%d", i), "", "x", "99%", 0.9, 0.8, 0)
			objectives = append(objectives, o)
			for k := range 9 {
				doc.Runs[n].Episodes = append(doc.Runs[n].Episodes, burned(o.ID, "x", slo.Page, at(2+k, i, 0), 30, 0.02, 0.1, "1h/5m"))
			}
		}
		doc.Runs[n].Objectives = objectives
	}
	return doc
}

// unchanged is compared with itself.
func unchanged() report.Backtest {
	doc := retail()
	doc.Runs = append(doc.Runs, doc.Runs[0])
	c := backtest.Compare(&doc.Runs[0].Run, &doc.Runs[1].Run, nil)
	doc.Comparison = &c
	return doc
}

// line is a row of a table as it stands on the page: a class, and the texts of cells.
type line struct {
	class string
	cells []string
}

func (l line) printed() bool { return !strings.Contains(l.class, "screen") }

var (
	rowPattern  = regexp.MustCompile(`(?s)<tr(?: class="([^"]*)")?>(.*?)</tr>`)
	cellPattern = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	markup      = regexp.MustCompile(`<[^>]*>`)
)

// linesBelow returns the rows of the table below a heading.
func linesBelow(t *testing.T, page []byte, heading string) []line {
	t.Helper()
	_, after, found := strings.Cut(string(page), heading+"</h2>")
	if !found {
		t.Fatalf("there is no heading %q", heading)
	}
	_, after, _ = strings.Cut(after, "<tbody>")
	body, _, _ := strings.Cut(after, "</tbody>")
	var list []line
	for _, row := range rowPattern.FindAllStringSubmatch(body, -1) {
		l := line{class: row[1]}
		for _, c := range cellPattern.FindAllStringSubmatch(row[2], -1) {
			l.cells = append(l.cells, strings.TrimSpace(markup.ReplaceAllString(c[1], " ")))
		}
		list = append(list, l)
	}
	return list
}

// printedOf returns the nth cells of the rows that are printed.
func printedOf(lines []line, n int) (texts []string) {
	for _, l := range lines {
		if l.printed() {
			texts = append(texts, l.cells[n])
		}
	}
	return texts
}

// TestPaperShowsMissed prints what was missed and false alarms, and then what was found
// the latest, wherever the list has them.
func TestPaperShowsMissed(t *testing.T) {
	t.Parallel()
	doc := large()
	told := 0
	list := doc.Runs[0].Judgement.Incidents[:0]
	for n := range 30 {
		after := time.Duration(n*7%30) * time.Minute
		list = append(list, backtest.IncidentFound{Name: "found", From: at(2, n/2, 0), To: at(2, n/2, 30), Expect: slo.Page, Told: &told, After: &after})
	}
	list[20].Told, list[20].After = nil, nil
	list[27].Expect = ""
	doc.Runs[0].Judgement.Incidents = list
	lines := linesBelow(t, pageOf(t, doc, slo.English), "Incidents")
	numbers := printedOf(lines, 0)
	for _, want := range []string{"21", "28", "18", "5"} { // the last two 29 and 28 minutes late
		if !slices.Contains(numbers, want) {
			t.Errorf("incident %s is not printed: %q are", want, numbers)
		}
	}
	if len(lines) != 30 || lines[20].class != "alarming" || lines[27].class != "alarming" || strings.Contains(lines[19].class, "alarming") {
		t.Errorf("what was missed, and a false alarm, do not stand out: %q, %q, %q", lines[19].class, lines[20].class, lines[27].class)
	}
	if lines[0].cells[0] != "1" || lines[29].cells[0] != "30" {
		t.Error("the screen has another order than the list")
	}
}

// TestPaperOfFewRows has more incidents where the timeline has less.
func TestPaperOfFewRows(t *testing.T) {
	t.Parallel()
	if got := printedOf(linesBelow(t, pageOf(t, few(1, 12), slo.English), "Incidents"), 0); len(got) != 12 {
		t.Errorf("of 12 incidents beside one objective, %q are printed", got)
	}
	if got := printedOf(linesBelow(t, pageOf(t, large(), slo.English), "Incidents"), 0); len(got) >= 12 {
		t.Errorf("beside many objectives, %q are printed", got)
	}
}

// TestPaperIsShared never has more of a list than there is, and no more of one when
// there is more of all.
func TestPaperIsShared(t *testing.T) {
	t.Parallel()
	doc := compared()
	b, err := newBuilder(&doc, slo.English)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string) int { return rapid.IntRange(0, 60).Draw(r, name) }
		wants := paper{rows: draw("rows"), incidents: draw("incidents"), objectives: draw("objectives"), below: draw("below")}
		got := b.onPaper(wants)
		if got.rows > wants.rows || got.incidents > wants.incidents || got.objectives > wants.objectives {
			r.Fatalf("there is %+v, and %+v is printed", wants, got)
		}
		more := b.onPaper(paper{rows: wants.rows + 1, incidents: wants.incidents, objectives: wants.objectives, below: wants.below})
		if more.incidents > got.incidents || more.objectives > got.objectives {
			r.Fatalf("%+v of %+v, and with one more row %+v", got, wants, more)
		}
	})
}

// TestPaperHasRowsOfMissed prints a row of what was hurt by an incident that was missed.
func TestPaperHasRowsOfMissed(t *testing.T) {
	t.Parallel()
	doc := large()
	hurt := doc.Runs[0].Objectives[39].ID
	doc.Runs[0].Judgement.Incidents[0].SLOs = []string{hurt} // it was missed
	page := pageOf(t, doc, slo.English)
	rows := linesBelow(t, page, "Timeline")
	printed := 0
	for _, l := range rows {
		if l.printed() {
			printed++
			if strings.Contains(l.cells[0], "step-with-a-longer-name-39") {
				hurt = ""
			}
		}
	}
	if hurt != "" {
		t.Errorf("%s is none of the %d rows that are printed", hurt, printed)
	}
	if !rows[0].printed() {
		t.Error("what pages most is not printed")
	}
}

// TestFiguresAndLists has as many pages in the list as the figure counts and says beside
// it, and as many in the rows.
func TestFiguresAndLists(t *testing.T) {
	t.Parallel()
	page := pageOf(t, already(), slo.English)
	for _, want := range []string{
		`<dt>Pages</dt><dd class="value">5</dd><dd class="note">and 2 in the first minute</dd>`,
		`<dt>Tickets</dt><dd class="value">4</dd><dd class="note">and 1 in the first minute · 1 a week</dd>`,
		"3 &#43; 2: 2 more fired in the first minute already",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	var marked []bool
	for _, l := range linesBelow(t, page, "Pages, one by one") {
		marked = append(marked, strings.HasPrefix(l.cells[0], "≤ "))
	}
	if diff := cmp.Diff([]bool{false, false, false, false, false, true, true}, marked); diff != "" {
		t.Errorf("which pages fired in the first minute (-want +got):\n%s", diff)
	}
	for _, l := range linesBelow(t, page, "Timeline") {
		if strings.HasPrefix(l.cells[0], "store-search") && l.cells[2] != "1 &#43; 1" {
			t.Errorf("the row of store-search counts %q pages", l.cells[2])
		}
	}
	if page := string(pageOf(t, retail(), slo.English)); !strings.Contains(page, "3 &#43; 2:") {
		t.Error("the ticket of the first minute is not explained")
	}
}
