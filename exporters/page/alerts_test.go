package page

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// linesOf returns the rows of the list that is opened by a summary.
func linesOf(t *testing.T, page []byte, summary string) []line {
	t.Helper()
	return linesBelow(t, []byte(strings.Replace(string(page), summary+"</summary>", summary+"</h2>", 1)), summary)
}

// TestLists has tickets, what nobody was told of, and what guards held back as lists that
// are closed and can be read without the picture. Paper counts them.
func TestLists(t *testing.T) {
	t.Parallel()
	page := pageOf(t, retail(), slo.English)
	silent := linesOf(t, page, "2 alerts nobody was told of")
	if len(linesOf(t, page, "5 tickets")) != 5 || len(silent) != 2 || len(linesOf(t, page, "held back by guards 2 times")) != 2 {
		t.Error("the lists have other rows than their headings say")
	}
	if len(silent) == 2 && (!strings.Contains(silent[0].cells[3], "silent below barcode-payment/authorise") || !strings.Contains(silent[1].cells[3], "observed")) {
		t.Errorf("it is not said why nobody was told: %q", silent)
	}
	if strings.Contains(string(page), "<details open") || !strings.Contains(string(page), `<p class="soft paper">Listed on the screen: 5 tickets, 2 silent alerts, held back 2 times.</p>`) {
		t.Error("the lists are open, or paper does not count them")
	}
}

// TestHeldOrder begins with what is the closest to an alert, and is bounded.
func TestHeldOrder(t *testing.T) {
	t.Parallel()
	doc := retail()
	held := func(id string, verdict burnrate.Verdict, burn, factor float64) backtest.Held {
		return backtest.Held{
			ID: id, Objective: "28d", Severity: slo.Page, From: at(3, 0, 0), To: at(3, 0, 5), Minutes: 5,
			Tier: alert.Tier{Long: "1h", Short: "5m", Factor: ratio(factor), LongBurn: ratio(burn), ShortBurn: ratio(2 * burn), Verdict: verdict.String(), Bad: 2, Events: 9},
		}
	}
	doc.Runs[0].Held = []backtest.Held{
		held("few-events", burnrate.FewEvents, 99, 1), held("few-bad", burnrate.FewBad, 20, 10), held("chance-1", burnrate.Chance, 20, 10),
		held("chance-2", burnrate.Chance, 6, 2), held("few-bad-2", burnrate.FewBad, 30, 10),
	}
	for range 50 {
		doc.Runs[0].Held = append(doc.Runs[0].Held, held("many", burnrate.FewEvents, 1.5, 1))
	}
	page := pageOf(t, doc, slo.English)
	lines := linesOf(t, page, "held back by guards 55 times")
	var got []string
	for _, l := range lines[:6] {
		got = append(got, strings.Fields(l.cells[2])[0]+" "+l.cells[4]+" "+l.cells[6])
	}
	want := []string{
		"chance-2 6 / 2 chance", "chance-1 20 / 10 chance", "few-bad-2 30 / 10 few bad", "few-bad 20 / 10 few bad", "few-events 99 / 1 few events", "many 1.5 / 1 few events",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(lines) != mostHeld || !strings.Contains(string(page), "and 5 more</p>") {
		t.Errorf("%d of them (-want +got):\n%s", len(lines), diff)
	}
}

// TestSpans says nothing of weeks, and counts minutes by their number.
func TestSpans(t *testing.T) {
	t.Parallel()
	doc := retail()
	doc.Runs[0].Minutes = 50_400
	if page := string(pageOf(t, doc, slo.English)); !strings.Contains(page, ", 35 d. ") {
		t.Error("50,400 minutes are not 35 days")
	}
	doc.Runs[0].Toil = []backtest.Toil{{Pages: 5, Tickets: 4}}
	if page := string(pageOf(t, doc, slo.English)); strings.Contains(page, "– a week") || strings.Contains(page, "<dt>Pages a week</dt>") {
		t.Error("figures speak of weeks")
	}
}

// TestAfterTheChange says of lists of a comparison that they are about the run after it.
func TestAfterTheChange(t *testing.T) {
	t.Parallel()
	doc := compared()
	doc.Runs[0].Name = "as it is"
	for locale, want := range map[slo.Locale][]string{
		slo.English:  {"after the change: </span>Advice", "after the change: </span>Pages, one by one", "Small numbers are those after the change.", "before (as it is)"},
		slo.Japanese: {"変更後：</span>提案", "変更後：</span>緊急アラートの一覧", "変更前（現状）"},
	} {
		page := string(pageOf(t, doc, locale))
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("the page does not say %q", text)
			}
		}
	}
	if page := string(pageOf(t, retail(), slo.English)); strings.Contains(page, "after the change") {
		t.Error("a page of one run speaks of a change")
	}
}
