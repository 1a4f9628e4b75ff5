package page

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// TestFoundBy says which alert found an incident, whose it is, and what was hurt.
func TestFoundBy(t *testing.T) {
	t.Parallel()
	doc := retail()
	doc.Runs[0].Judgement.Incidents[0].SLOs = []string{"barcode-payment/authorise", "loyalty", "store-search", "night-orders"}
	page := pageOf(t, doc, slo.English)
	row := linesBelow(t, page, "Incidents")[0]
	if got := strings.Join(strings.Fields(row.cells[4]), " "); got != "page after 12 min barcode-payment/authorise (payments)" {
		t.Errorf("it was found by %q", got)
	}
	if !strings.Contains(row.cells[1], "barcode-payment/authorise, loyalty and 2 more · rolled back") {
		t.Errorf("it hurt %q", row.cells[1])
	}
	if !strings.Contains(string(page), `title="barcode-payment/authorise, loyalty, store-search, night-orders"`) {
		t.Error("the others are nowhere")
	}
}

// TestBandsOfRows draws an incident in the rows that it may have hurt: by their id, by
// that of their journey, and by the ids of their steps.
func TestBandsOfRows(t *testing.T) {
	t.Parallel()
	doc := retail()
	incidents := doc.Runs[0].Judgement.Incidents
	incidents[0].SLOs = []string{"barcode-payment"}
	incidents[1].SLOs = []string{"shared-step"}
	incidents[2].SLOs = []string{"night-*"} // nobody should be told
	doc.Runs[0].Objectives[7].Steps = []string{"shared-step"}
	rows := regexp.MustCompile(`(?s)<tr[^>]*><th scope="row" class="name">.*?</tr>`).FindAllString(string(pageOf(t, doc, slo.English)), -1)
	got := map[string]string{}
	for _, row := range rows {
		name := strings.TrimSpace(markup.ReplaceAllString(regexp.MustCompile(`title="([^"]*)"`).FindStringSubmatch(row)[1], ""))
		var numbers []string
		for _, band := range regexp.MustCompile(`<g class="band[^"]*"><title>(\d)`).FindAllStringSubmatch(row, -1) {
			numbers = append(numbers, band[1])
		}
		slices.Sort(numbers)
		got[name] = strings.Join(numbers, "")
	}
	want := map[string]string{
		"barcode-payment/authorise": "145", "Pay with the barcode at the till": "145", "barcode-payment/receipt": "145", "store-search": "245",
		"Orders at night": "345", "new-wallet": "45", "loyalty": "45", "source:newrelic": "45",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("which incidents rows have (-want +got):\n%s", diff)
	}
}

// TestSightingsCompared says how tiers stood before and after, where that differs.
func TestSightingsCompared(t *testing.T) {
	t.Parallel()
	doc := compared()
	was, is := *doc.Runs[0].Judgement, *doc.Runs[1].Judgement
	was.Incidents, is.Incidents = slices.Clone(was.Incidents), slices.Clone(is.Incidents)
	doc.Runs[0].Judgement, doc.Runs[1].Judgement = &was, &is
	sighted := func(highest float64, verdict burnrate.Verdict) []backtest.Sighting {
		return []backtest.Sighting{{Objective: 5, Tier: 0, Highest: ratio(highest), Verdict: verdict}}
	}
	was.Incidents[0].Seen = []backtest.Sighting{{Objective: 1, Tier: 0, Highest: ratio(22.2), Verdict: burnrate.FewBad}}
	was.Incidents[1].Seen, is.Incidents[1].Seen = sighted(22.2, burnrate.FewBad), sighted(8.89, burnrate.CalmLong)
	was.Incidents[3].Seen = is.Incidents[3].Seen
	lines := linesBelow(t, pageOf(t, doc, slo.English), "Incidents")
	var got []string
	for _, n := range []int{0, 1, 3} {
		got = append(got, strings.Join(strings.Fields(lines[n].cells[6]), " "))
	}
	want := []string{"22.2 / 13.4 → 12 min few bad → –", "22.2 → 8.89 / 13.4 few bad → –", "9.7 / 13.4"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("under 1h/5m (-want +got):\n%s", diff)
	}
}

// TestAgainst has a burn rate that is not its factor look different from it.
func TestAgainst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		burn, factor burnrate.Ratio
		want         string
	}{
		{ratio(22.2), ratio(13.44), "22.2 / 13.4"},
		{ratio(1), ratio(1), "1 / 1"},
		{ratio(0.9988), ratio(1), "0.999 / 1"},
		{ratio(13.436), ratio(13.44), "13.436 / 13.44"},
		{ratio(0.99999999), ratio(1), "1 / 1"},
		{burnrate.Ratio{}, ratio(1), "– / 1"},
	} {
		if got := against(test.burn, test.factor); got != test.want {
			t.Errorf("%v of %v is %q, want %q", test.burn, test.factor, got, test.want)
		}
	}
}

// TestLabelsOfMissed gives what was missed its name, beside many others.
func TestLabelsOfMissed(t *testing.T) {
	t.Parallel()
	doc := large()
	for n := range doc.Runs[0].Judgement.Incidents {
		i := &doc.Runs[0].Judgement.Incidents[n]
		told := 0
		i.Told, i.Name = &told, "found"+strings.Repeat("-and-found", 5)
	}
	doc.Runs[0].Judgement.Incidents[17].Told, doc.Runs[0].Judgement.Incidents[17].Name = nil, "card-terminals"
	if page := string(pageOf(t, doc, slo.English)); !strings.Contains(page, `>18 card-terminals</text>`) || !strings.Contains(page, `class="incident alarming"`) {
		t.Error("what was missed has no name in the timeline")
	}
}
