package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// TestChangedFirst has the rows first of which a change loses, gains or moves alerts, or
// has another definition, on the screen and on paper.
func TestChangedFirst(t *testing.T) {
	t.Parallel()
	rows := linesBelow(t, pageOf(t, changedAmongOthers(), slo.English), "Timeline")
	same := slices.IndexFunc(rows, func(l line) bool { return strings.HasPrefix(l.cells[0], "same-") })
	changed := slices.IndexFunc(rows, func(l line) bool { return strings.HasPrefix(l.cells[0], "barcode-payment/authorise") })
	gained := slices.IndexFunc(rows, func(l line) bool { return strings.HasPrefix(l.cells[0], "store-search") })
	if changed != 0 || gained != 1 || same != 2 {
		t.Errorf("the rows that changed are %d and %d, and the first other one is %d", changed, gained, same)
	}
	if !rows[0].printed() || !rows[1].printed() {
		t.Error("what changed is not printed")
	}
	moved := unchanged()
	const id = "barcode-payment/receipt" // it has no page
	for k := range moved.Comparison.Kept {
		if p := &moved.Comparison.Kept[k]; moved.Runs[1].Episodes[p.After].ID == id {
			p.Later = 3
		}
	}
	policy := unchanged()
	policy.Runs[1].Objectives = slices.Clone(policy.Runs[1].Objectives)
	policy.Runs[1].Objectives[6].Policy = "other"
	for want, page := range map[string][]byte{id: pageOf(t, moved, slo.English), "opening-hours": pageOf(t, policy, slo.English)} {
		if first := linesBelow(t, page, "Timeline")[0].cells[0]; !strings.Contains(first, want) {
			t.Errorf("%s changed, and %q is the first row", want, first)
		}
	}
}

// TestRenamedRows has one row of an objective that is called something else after a
// change, as its window is another one.
func TestRenamedRows(t *testing.T) {
	t.Parallel()
	doc := unchanged()
	doc.Runs[1].Objectives = slices.Clone(doc.Runs[1].Objectives)
	doc.Runs[1].Objectives[7].Name, doc.Runs[1].Objectives[7].Window = "7d", "7d"
	doc.Runs[1].Episodes = slices.Clone(doc.Runs[1].Episodes)
	for i := range doc.Runs[1].Episodes {
		if e := &doc.Runs[1].Episodes[i]; e.ID == "store-search" {
			e.Objective = "7d"
		}
	}
	c := backtest.Compare(&doc.Runs[0].Run, &doc.Runs[1].Run, nil)
	doc.Comparison = &c
	n := 0
	for _, l := range linesBelow(t, pageOf(t, doc, slo.English), "Timeline") {
		if strings.HasPrefix(l.cells[0], "store-search") {
			if n++; !strings.Contains(l.cells[0], "99.9% / 28 d → 99.9% / 7 d") {
				t.Errorf("the row says %q", l.cells[0])
			}
		}
	}
	if n != 1 {
		t.Errorf("store-search has %d rows", n)
	}
}

// TestChangedObjectives lists those that changed, with what was before and what is
// after, and counts the others.
func TestChangedObjectives(t *testing.T) {
	t.Parallel()
	doc := unchanged()
	doc.Runs[0].Objectives = slices.Clone(doc.Runs[0].Objectives[:7])
	doc.Runs[1].Objectives = slices.Clone(doc.Runs[1].Objectives[1:])
	for n, gone := range []string{"store-search", "barcode-payment"} {
		doc.Runs[n].Episodes = slices.DeleteFunc(slices.Clone(doc.Runs[n].Episodes), func(e backtest.Episode) bool { return e.ID == gone })
	}
	doc.Runs[1].Objectives[0].Target, doc.Runs[1].Objectives[0].Policy, doc.Runs[1].Objectives[0].Consumed = "99.9%", "other", ratio(0.5)
	c := backtest.Compare(&doc.Runs[0].Run, &doc.Runs[1].Run, nil)
	c.Objectives[slices.IndexFunc(c.Objectives, func(o backtest.ObjectiveChange) bool { return o.ID == "barcode-payment/authorise" })].Pages = [2]int{9, 2}
	doc.Comparison = &c
	page := pageOf(t, doc, slo.English)
	var got []string
	for _, l := range linesBelow(t, page, "Changed objectives") {
		got = append(got, strings.Join(strings.Fields(strings.Join(l.cells, " | ")), " "))
	}
	want := []string{
		"barcode-payment/authorise | 99.95% / 28 d → 99.9% / 28 d | paging → other | 9 → 2 | 1 | 107% → 50% | 117%",
		"store-search new | – → 99.9% / 28 d | – → paging | 0 → 1 | 0 → 1 | – → 36% | – → 36%",
		"barcode-payment gone | 99.5% / 28 d → – | paging → – | 1 → 0 | 0 | 61% → – | 66% → –",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(string(page), "5 objectives stay the same.") {
		t.Error("those that stay the same are not counted")
	}
}

// TestNothingChanged says so, in place of empty tables.
func TestNothingChanged(t *testing.T) {
	t.Parallel()
	page := string(pageOf(t, unchanged(), slo.English))
	for _, want := range []string{"No alert is gained or lost. ", " in both, at the same time.", "8 objectives stay the same."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "<tbody>\n</tbody>") || strings.Contains(page, "<h2>Changed objectives") {
		t.Error("there is a table of nothing")
	}
}
