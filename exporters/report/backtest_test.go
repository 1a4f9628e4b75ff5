package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func backtestTableOf(t *testing.T, doc report.Backtest, color bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.BacktestTable(&out, doc, color); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func backtestJSONOf(t *testing.T, doc report.Backtest) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.BacktestJSON(&out, doc); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBacktest(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]report.Backtest{"backtest": backtestFixture(), "backtest-change": changeFixture()} {
		table := backtestTableOf(t, doc, false)
		golden(t, name+".txt", table)
		golden(t, name+".json", backtestJSONOf(t, doc))
		for line := range strings.Lines(table) {
			if width := term.Width(strings.TrimRight(line, "\n")); width > 100 {
				t.Errorf("%d columns: %s", width, line)
			}
		}
		coloured := backtestTableOf(t, doc, true)
		plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, "")
		if diff := cmp.Diff(table, plain); diff != "" || coloured == plain {
			t.Errorf("colour changes the text, or there is none (-plain +coloured):\n%s", diff)
		}
	}
}

// TestBacktestEmpty says that nothing would have been sent, and has no heads of what
// is not there.
func TestBacktestEmpty(t *testing.T) {
	t.Parallel()
	doc := report.Backtest{Schema: report.BacktestSchema, From: november(1, 0, 0), To: november(1, 1, 0), Origin: "ledger", Runs: []report.BacktestRun{{
		Run: backtest.Run{From: november(1, 0, 0), To: november(1, 1, 0), Minutes: 61, Objectives: []backtest.Objective{{ID: "a"}}},
	}}}
	want := `2026-11-01 00:00 to 2026-11-01 01:00 UTC, 1h 1m (61 minutes): 1 journey, step or SLO
Hindsight: replayed from the ledger with the lag added; what came late is there at once, and sources
never fail.

No alert would have been sent.
`
	if diff := cmp.Diff(want, backtestTableOf(t, doc, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBacktestJSON has no null list, and the same keys in everything of a kind,
// whether there is anything to say or not.
func TestBacktestJSON(t *testing.T) {
	t.Parallel()
	empty := report.Backtest{
		Runs:       []report.BacktestRun{{Run: backtest.Run{Episodes: make([]backtest.Episode, 1), Objectives: make([]backtest.Objective, 1)}}, {}},
		Comparison: &backtest.Comparison{Objectives: make([]backtest.ObjectiveChange, 1)},
	}
	empty.Runs[0].Objectives[0].Tiers = make([]backtest.Tier, 1)
	empty.Runs[0].Sightings = make([]backtest.Sighting, 1)
	empty.Runs[0].Advice = make([]backtest.Advice, 1)
	empty.Runs[0].Judgement = &backtest.Judgement{Incidents: []backtest.IncidentFound{{Seen: make([]backtest.Sighting, 1)}}, Sent: make([]backtest.Score, 1)}
	shapes := func(doc report.Backtest) map[string]string {
		var value any
		if err := json.Unmarshal([]byte(backtestJSONOf(t, doc)), &value); err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		shapesOf("", value, found)
		return found
	}
	full := shapes(changeFixture())
	for path, keys := range shapes(empty) {
		if full[path] != keys {
			t.Errorf("%s: got %s, want %s", path, keys, full[path])
		}
	}
	for path, keys := range full {
		if strings.HasPrefix(keys, "differs") {
			t.Errorf("%s: %s", path, keys)
		}
	}
}

// shapesOf notes the keys of each object by the path to it. What alerts rest on has
// only the keys that apply, as everywhere.
func shapesOf(path string, value any, found map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		if strings.Contains(path, ".why") {
			return
		}
		keys := fmt.Sprint(slices.Sorted(maps.Keys(v)))
		if before := found[path]; before != "" && before != keys {
			keys = "differs: " + before + " and " + keys
		}
		found[path] = keys
		for key, inner := range v {
			shapesOf(path+"."+key, inner, found)
		}
	case []any:
		found[path+" list"] = "list"
		for _, inner := range v {
			shapesOf(path+"[]", inner, found)
		}
	case nil:
		if lists := []string{"errors", "notices", "runs", "episodes", "held", "objectives", "toil", "advice", "tiers", "remaining", "firings", "steps", "incidents", "sent", "slos", "seen", "gained", "lost", "kept", "periods"}; slices.Contains(lists, path[strings.LastIndexByte(path, '.')+1:]) && !strings.HasSuffix(path, ".remaining[].remaining") {
			found[path] = "differs: null"
		}
	}
}

// TestBacktestIsStable gives the same bytes for the same document, and changes none
// of it.
func TestBacktestIsStable(t *testing.T) {
	t.Parallel()
	doc := changeFixture()
	for range 2 {
		many(&doc) // so that lists are cut
	}
	table, document := backtestTableOf(t, doc, true), backtestJSONOf(t, doc)
	for range 5 {
		if diff := cmp.Diff(table, backtestTableOf(t, doc, true)); diff != "" {
			t.Fatalf("(-first +later):\n%s", diff)
		}
		if diff := cmp.Diff(document, backtestJSONOf(t, doc)); diff != "" {
			t.Fatalf("(-first +later):\n%s", diff)
		}
	}
}

// many repeats everything that is listed.
func many(doc *report.Backtest) {
	for i := range doc.Runs {
		r := &doc.Runs[i]
		for range 6 {
			r.Episodes = append(r.Episodes, episodesFixture()...)
			r.Held = append(r.Held, heldFixture()...)
		}
		r.Judgement.Incidents[0].Seen = slices.Repeat(r.Judgement.Incidents[0].Seen, 4)
	}
	if c := doc.Comparison; c != nil {
		c.Kept = slices.Repeat(c.Kept, 6)
	}
}

// TestBacktestCuts counts what it does not show, and shows what matters most.
func TestBacktestCuts(t *testing.T) {
	t.Parallel()
	doc := backtestFixture()
	many(&doc)
	many(&doc)
	many(&doc)
	doc.Runs[0].Advice = slices.Repeat(doc.Runs[0].Advice, 10)
	doc.Runs[0].Episodes = append(doc.Runs[0].Episodes, backtest.Episode{Key: keyOf("newest", "28d", alert.Burn, slo.Page), Start: november(28, 0, 0), Since: november(28, 0, 0), Sent: true})
	table := backtestTableOf(t, doc, false)
	for _, want := range []string{
		"  34 before these: -o json has all\n", // 19 × 7 + 1 of 100
		"  18 after these: -o json has all\n",  // 19 × 2 of 20
		"  18 more: -o json has all. First is what was held back in an incident that was missed, then what\n", // 19 × 2 of 20
		"  130 more: -o json has all\n", // 10 × 23 of 100
		" newest 28d\n",
		"  184 tiers more: -o json has all\n", // 64 × 3 of 8
	} {
		if !strings.Contains(table, want) {
			t.Errorf("%q is missing in\n%s", want, table)
		}
	}
	doc.Runs[0].Judgement = nil
	if table := backtestTableOf(t, doc, false); !strings.Contains(table, "  18 more: -o json has all. First is what chance may explain, then") {
		t.Errorf("an order that knows of no incidents is not in\n%s", table)
	}
	change := changeFixture()
	many(&change)
	many(&change)
	if table := backtestTableOf(t, change, false); !strings.Contains(table, "  52 more, which moved less: -o json has all\n") || strings.Count(table, "1h 30m earlier") != 20 {
		t.Errorf("20 of 72 alerts that moved are not the ones that moved most:\n%s", table)
	}
}

// TestBacktestHeld shows what was held back in incidents that were missed first, then
// what is likeliest to have been right, and of that what burned most above its factor in
// both of its windows.
func TestBacktestHeld(t *testing.T) {
	t.Parallel()
	held := func(id, verdict string, long, short, factor float64, severity slo.Severity, from time.Time) backtest.Held {
		return backtest.Held{
			ID: id, Severity: severity, From: from, To: from.Add(9 * time.Minute), Minutes: 10,
			Tier: alert.Tier{Long: "1h", Short: "5m", LongBurn: ratio(long), ShortBurn: ratio(short), Factor: ratio(factor), Verdict: verdict},
		}
	}
	incident := func(from time.Time, expect slo.Severity, slos ...string) backtest.IncidentFound {
		return backtest.IncidentFound{From: from, To: from.Add(time.Hour), Expect: expect, SLOs: slos}
	}
	night, noon, evening := november(3, 2, 0), november(4, 12, 0), november(5, 18, 0)
	doc := report.Backtest{Runs: []report.BacktestRun{{Run: backtest.Run{
		Objectives: []backtest.Objective{{ID: "trip", Steps: []string{"wait"}}, {ID: "wait"}},
		Episodes:   make([]backtest.Episode, 1),
		Held: []backtest.Held{
			held("few-events", "few-events", 900, 900, 1, slo.Page, night),
			held("few-bad", "few-bad", 300, 300, 1, slo.Page, night),
			held("few-bad-more", "few-bad", 400, 400, 1, slo.Page, night),
			held("chance", "chance", 20, 200, 10, slo.Page, night),
			held("chance-more", "chance", 3, 3, 1, slo.Ticket, night),
			held("wait", "few-events", 2, 2, 1, slo.Page, noon.Add(time.Hour+4*time.Minute)), // its 5m still have a minute of it
			held("trip", "few-events", 3, 3, 1, slo.Page, noon.Add(-8*time.Minute)),          // until a minute after it began
			held("wait-later", "few-bad", 2, 2, 1, slo.Page, noon.Add(time.Hour+5*time.Minute)),
			held("wait-sooner", "few-bad", 1.9, 2, 1, slo.Page, noon.Add(-9*time.Minute)), // until it began
			held("wait-ticket", "few-bad", 1.8, 2, 1, slo.Ticket, noon),
			held("late", "few-events", 4, 2.5, 1, slo.Ticket, evening),
			held("late-false", "few-events", 2, 2, 1, slo.Page, night),
		},
	}}}}
	told := incident(night, slo.Page)
	told.Told = new(int)
	outside := incident(night, slo.Page)
	outside.Outside = true
	rows := regexp.MustCompile(`(?m)^(?:page|ticket) .* (\S+)$`)
	for name, test := range map[string]struct {
		judgement *backtest.Judgement
		want      []string
	}{
		"not judged": {nil, []string{
			"chance-more", "chance", "few-bad-more", "few-bad", "wait-later", "wait-sooner", "wait-ticket", "few-events", "trip", "late", "wait", "late-false",
		}},
		"judged": {
			&backtest.Judgement{Incidents: []backtest.IncidentFound{
				incident(noon, slo.Page, "wait*"), incident(evening, slo.Ticket), told, outside, incident(night, ""), incident(night, slo.Page, "other"),
			}},
			[]string{
				"trip", "late", "wait", "chance-more", "chance", "few-bad-more", "few-bad", "wait-later", "wait-sooner", "wait-ticket", "few-events", "late-false",
			},
		},
	} {
		doc.Runs[0].Judgement = test.judgement
		var got []string
		_, table, _ := strings.Cut(backtestTableOf(t, doc, false), "HELD BACK")
		table, _, _ = strings.Cut(table, "INCIDENTS")
		for _, row := range rows.FindAllStringSubmatch(table, -1) {
			got = append(got, row[1])
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestBacktestTimeZone prints every instant by the clock of the zone that the first line
// names, whatever zone the instants have: of UTC when there is no such zone.
func TestBacktestTimeZone(t *testing.T) {
	t.Parallel()
	at := november(30, 20, 15)
	page := keyOf("pay", "28d", alert.Burn, slo.Page)
	run := backtest.Run{
		From: at, To: at, Minutes: 1,
		Episodes: []backtest.Episode{
			{Key: page, Start: at.Add(time.Minute), Since: at, Sent: true, Why: alert.Why{
				Silent: &alert.Silent{Until: at}, Source: &alert.SourceDown{Since: at}, Budget: &alert.BudgetSpent{Consumed: ratio(0.9), Gone: &at},
			}},
			{Key: keyOf("pay", "28d", alert.Budget, slo.Ticket), Start: at, Since: at, Sent: true, Why: alert.Why{Budget: &alert.BudgetSpent{Consumed: ratio(0.9), Gone: &at}}},
			{Key: page, Start: at, Since: at},
		},
		Held: []backtest.Held{{From: at, To: at}},
	}
	judgement := backtest.Judgement{Incidents: []backtest.IncidentFound{{Name: "late", From: at, To: at, Expect: slo.Page}}}
	one := report.BacktestRun{Run: run, Judgement: &judgement}
	single := report.Backtest{From: at, To: at, Runs: []report.BacktestRun{one}}
	both := report.Backtest{From: at, To: at, Runs: []report.BacktestRun{one, one}, Comparison: &backtest.Comparison{
		Lost: []int{1}, Kept: []backtest.Pair{{Later: 1}},
	}}
	instants := regexp.MustCompile(`\d{4}-\d{2}-\d{2} \d{2}:\d`)
	for _, test := range []struct{ zone, head, instant string }{
		{"Asia/Tokyo", "2026-12-01 05:15 to 2026-12-01 05:15 Asia/Tokyo, 1m (1 minute): ", "2026-12-01 05:1"},
		{"America/New_York", "2026-11-30 15:15 to 2026-11-30 15:15 America/New_York, 1m (1 minute): ", "2026-11-30 15:1"},
		{"UTC", "2026-11-30 20:15 to 2026-11-30 20:15 UTC, 1m (1 minute): ", "2026-11-30 20:1"},
		{"", "2026-11-30 20:15 to 2026-11-30 20:15 UTC, 1m (1 minute): ", "2026-11-30 20:1"},
		{"Asia/Tokio", "2026-11-30 20:15 to 2026-11-30 20:15 UTC, 1m (1 minute): ", "2026-11-30 20:1"},
	} {
		for name, count := range map[string]int{"single": 11, "both": 6} {
			doc := single
			if name == "both" {
				doc = both
			}
			doc.TimeZone = test.zone
			table := backtestTableOf(t, doc, false)
			if !strings.HasPrefix(table, test.head) {
				t.Errorf("%s, %s: no %q at the beginning of\n%s", test.zone, name, test.head, table)
			}
			found := instants.FindAllString(strings.Join(strings.Fields(table), " "), -1)
			if diff := cmp.Diff(slices.Repeat([]string{test.instant}, count), found); diff != "" {
				t.Errorf("%s, %s: the beginnings of instants (-want +got):\n%s%s", test.zone, name, diff, table)
			}
			if !strings.Contains(backtestJSONOf(t, doc), `"from": "2026-11-30T20:15:00Z"`) {
				t.Errorf("%s, %s: the JSON is not of UTC", test.zone, name)
			}
		}
	}
}

// TestHostileBacktest puts texts wherever one may come from somebody else: they make
// no line, and change nothing of how a terminal looks.
func TestHostileBacktest(t *testing.T) {
	t.Parallel()
	harmless := backtestTableOf(t, hostileBacktest("harmless"), false)
	plain := func(text string) string { return regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(text, "") }
	for _, text := range slices.Concat(hostileTexts(), slices.Sorted(maps.Values(hostile.Texts())), []string{"決済 | 決済", "a\nTOIL\n\nADVICE\n"}) {
		text = strings.TrimSpace(text[:min(len(text), 120)]) // longer ones take only longer
		// What is replaced is replaced first: columns stay where they are.
		cleaned := backtestTableOf(t, hostileBacktest(render.Plain(text)), false)
		for _, color := range []bool{false, true} {
			got := plain(backtestTableOf(t, hostileBacktest(text), color))
			if diff := cmp.Diff(cleaned, got); diff != "" {
				t.Errorf("%q is not as what it is replaced by (-want +got):\n%s", text, diff)
			}
			if strings.ContainsFunc(got, hostileRune) || strings.Contains(got, hostile.Key[:8]) {
				t.Errorf("%q: a control character or a key in\n%q", text, got)
			}
			heads := regexp.MustCompile(`(?m)^(LOST|GAINED|MOVED|OBJECTIVES|INCIDENTS|SCORES|TOIL|ADVICE|i )`)
			if diff := cmp.Diff(heads.FindAllString(harmless, -1), heads.FindAllString(got, -1)); diff != "" {
				t.Errorf("%q makes heads (-want +got):\n%s", text, diff)
			}
		}
		document := backtestJSONOf(t, hostileBacktest(text))
		if !json.Valid([]byte(document)) || strings.ContainsAny(document, "\x1b\x07\r\u009b\u202e\u2066\u2028") {
			t.Errorf("%q: got %q", text, document)
		}
	}
}

// hostileBacktest has a text wherever there is one.
func hostileBacktest(text string) report.Backtest {
	doc := changeFixture()
	doc.TimeZone, doc.Night = text, text
	doc.Notices[0].ID, doc.Notices[0].Message = text, text
	for i := range doc.Runs {
		r := &doc.Runs[i]
		r.Name = text
		for k := range r.Episodes {
			e := &r.Episodes[k]
			e.ID, e.Objective, e.Owner, e.Title, e.Reason = text, text, text, text, alert.Reason(text)
			e.Why.Cause = &alert.Cause{Step: text, Owner: text}
		}
		for k := range r.Held {
			h := &r.Held[k]
			h.ID, h.Objective, h.Owner, h.Tier.Verdict = text, text, text, text
		}
		for k := range r.Objectives {
			o := &r.Objectives[k]
			o.ID, o.Name, o.Owner, o.Target, o.Window, o.Policy = text, text, text, text, text, fmt.Sprint(i, " ", text)
		}
		for k := range r.Judgement.Incidents {
			i := &r.Judgement.Incidents[k]
			i.Name, i.Note = text, text
			if i.Expect != "" {
				i.Expect = slo.Severity(text)
			}
		}
		for k := range r.Toil[1:] {
			r.Toil[k+1].Owner = text
		}
		for k := range r.Advice {
			a := &r.Advice[k]
			a.ID, a.Objective, a.Owner, a.Target, a.Window, a.ProposedTarget = text, text, text, text, text, text
		}
	}
	for i := range doc.Comparison.Objectives {
		doc.Comparison.Objectives[i].ID, doc.Comparison.Objectives[i].Name = text, text
	}
	return doc
}

// hostileRune reports whether a character does something where it is shown.
func hostileRune(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}
