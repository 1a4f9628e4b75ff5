package report_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

func postmortemOf(t *testing.T, a report.Alerts, e report.Episode) string {
	t.Helper()
	var out bytes.Buffer
	if err := a.Postmortem(&out, e); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPostmortem writes one about a page of the past, by what was told, one about a
// page that fires, by the ledger, and one about what was missed.
func TestPostmortem(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	quiet := a.Past[slices.IndexFunc(a.Past, func(e report.Episode) bool { return e.ID == "quiet" })]
	golden(t, "postmortem-quiet.md", postmortemOf(t, a, quiet))
	find := func(list []report.Episode, id string, kind alert.Kind) report.Episode {
		return list[slices.IndexFunc(list, func(e report.Episode) bool { return e.ID == id && e.Kind == kind })]
	}
	past := find(a.Past, "shop/pay", alert.Burn)
	impact := past.ToldImpact(a.At)
	past.Impact = &impact
	golden(t, "postmortem-past.md", postmortemOf(t, a, past))

	fires := find(a.Firing, "shop", alert.Burn)
	shares := []burnrate.Share{{Step: "basket", Ratio: burnrate.RatioOf(0.125)}, {Step: "pay", Ratio: burnrate.RatioOf(0.875)}, {Step: "idle"}}
	window := slo.Rolling(28 * 1440)
	impact = report.ImpactOf(report.Measured{
		Start: fires.Since, End: a.At, Unit: 1,
		Before: burnrate.Objective{Budget: burnrate.Budget{Consumed: burnrate.RatioOf(0.2)}},
		After:  burnrate.Objective{Budget: burnrate.Budget{Consumed: burnrate.RatioOf(0.25)}, Window: burnrate.Window{Window: window, Span: window.Ending(end)}},
		During: burnrate.Objective{Composed: true, BurnRate: burnrate.RatioOf(33.6), Shares: shares, Window: burnrate.Window{
			Span: slo.Rolling(60).Ending(end), Measured: 54, ErrorRatio: burnrate.RatioOf(0.168),
		}},
	})
	fires.Impact = &impact
	golden(t, "postmortem-journey.md", postmortemOf(t, a, fires))
	golden(t, "postmortem-missed.md", postmortemOf(t, a, find(a.Past, "team:shop", alert.Missed)))
}

// TestImpact computes what events cost, and what a journey's error costs: 33.6
// times the pace of 28 days for an hour are 33.6 / 672 = 5 % of the budget.
func TestImpact(t *testing.T) {
	t.Parallel()
	window := slo.Rolling(28 * 1440)
	after := burnrate.Objective{
		Budget: burnrate.Budget{Consumed: burnrate.RatioOf(0.5), Allowed: burnrate.RatioOf(3000)},
		Window: burnrate.Window{Window: window, Span: window.Ending(end)},
	}
	hour := burnrate.Window{Span: slo.Rolling(60).Ending(end), Measured: 60, Counts: slo.Counts{Total: 6000, Bad: 150}, ErrorRatio: burnrate.RatioOf(0.025)}
	for name, test := range map[string]struct {
		m    report.Measured
		want burnrate.Ratio
	}{
		"events":     {report.Measured{After: after, During: burnrate.Objective{Window: hour}, Unit: 1}, burnrate.RatioOf(0.05)},
		"composed":   {report.Measured{After: after, During: burnrate.Objective{Window: hour, Composed: true, BurnRate: burnrate.RatioOf(33.6)}}, burnrate.RatioOf(0.05)},
		"no traffic": {report.Measured{After: after, During: burnrate.Objective{Window: hour, Composed: true}}, burnrate.Ratio{}},
		"no budget":  {report.Measured{During: burnrate.Objective{Window: hour}}, burnrate.Ratio{}},
	} {
		if got := report.ImpactOf(test.m).Spent; got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	longer := hour
	longer.Counts.Bad = 300
	lead := report.ImpactOf(report.Measured{After: after, During: burnrate.Objective{Window: hour}, Lead: "1h", WithLead: burnrate.Objective{Window: longer}})
	if lead.SpentWithLead != burnrate.RatioOf(0.1) || lead.Lead != "1h" {
		t.Errorf("with the lead: %v, %q", lead.SpentWithLead, lead.Lead)
	}
	i := report.ImpactOf(report.Measured{After: after, During: burnrate.Objective{Window: hour}, Unit: slo.Thousandths})
	if i.SpentWithLead.Defined() {
		t.Errorf("without a lead: %v", i.SpentWithLead)
	}
	if i.Total == nil || *i.Total != "6" || *i.Bad != "0.15" {
		t.Errorf("weighted counts: %v of %v", i.Bad, i.Total)
	}
}

// TestToldImpact takes the first and the last message, or how the budget stands.
func TestToldImpact(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	for _, e := range slices.Concat(a.Firing, a.Past) {
		i := e.ToldImpact(a.At)
		want := map[string]burnrate.Ratio{
			"shop/pay burn past": burnrate.RatioOf(0.7), "shop/pay burn firing": burnrate.RatioOf(0.051),
			"shop/pay budget past": burnrate.RatioOf(-0.61), "shop burn firing": {}, "old burn past": {},
		}
		state := map[bool]string{true: "past", false: "firing"}[e.EvidenceAt == nil]
		if spent, tested := want[e.ID+" "+string(e.Kind)+" "+state]; tested && len(e.Messages) > 0 && i.Spent != spent {
			t.Errorf("%s %s %s: got %v, want %v", e.ID, e.Kind, state, i.Spent, spent)
		}
		if i.From != "messages" || !i.Start.Equal(e.Since) || e.Until != nil && !i.End.Equal(*e.Until) || e.Until == nil && !i.End.Equal(a.At) {
			t.Errorf("%s: %+v", e.ID, i)
		}
	}
}

// markup matches what Markdown would make something of.
var markup = regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*[`*_<>~$!{}]|[^\\\\]https?://evil|[^\\\\]www\\.|@\\w|\\]\\((?:[^h]|h[^t])")

// hostileTexts would be markup, links, mentions, or other lines.
func hostileTexts() []string {
	return []string{
		"# title\n# another", "a | b |\n|---|---|\n", "[click](https://evil.example)", "![x](https://evil.example/x.png)", "<script>alert(1)</script>",
		"<!--", "-->", "```\ncode", "- item\n- item", "1. item", "> quote", "***", "===\n---", "@everyone <!channel> {{ x }}", "https://evil.example www.evil.example",
		"\x1b[2J\x07\r\u009b31m\u202e\u2066\nall is well", "`", "\\", "&#x3c;b&#x3e;", "$x$", "NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA", "a\xff\xc3(", "[^1]: note", "~~~", "\t\tx",
	}
}

// TestHostilePostmortem puts texts wherever one may come from somebody else. The
// lines are those that there are without them, and nothing in them is markup.
func TestHostilePostmortem(t *testing.T) {
	t.Parallel()
	about := func(text string) string {
		why := alert.Why{
			Tiers:  []alert.Tier{{Long: text, Short: text, Verdict: text}},
			Cause:  &alert.Cause{Step: text, ID: text, Owner: text, Ratio: burnrate.RatioOf(1)},
			Guard:  &alert.Guard{Confidence: text},
			Budget: &alert.BudgetSpent{Consumed: burnrate.RatioOf(0.5), Level: text}, Silent: &alert.Silent{After: text},
		}
		e := alert.Event{
			Key: alert.Key{ID: text, Objective: text, Kind: alert.Kind(text), Severity: slo.Severity(text)}, Change: alert.Change(text), Reason: alert.Reason(text),
			At: ago(10), Since: ago(20), Labels: alert.Labels{Owner: text, Notify: []string{text}, Title: text}, Why: why,
		}
		n := alert.Notification{Event: e, Missed: []alert.Event{e}, Subject: alert.Subject{
			Description: text, Journey: text, JourneyTitle: text, Step: text, Journeys: []string{text}, Target: text, Window: text, Policy: text,
			OwnerTitle: text, Contact: text, WhenSpent: text, Runbook: text, Links: []alert.Link{{Title: text, URL: text}, {Title: text, URL: "https://x.example/" + text}},
		}}
		resolved := n
		resolved.Change, resolved.Missed = alert.Resolved, nil
		box := outbox.Box{
			State: outbox.State{States: alert.States{At: ago(0)}}, Log: []alert.Notification{n, resolved},
			Letters: []outbox.Letter{{To: text, Notification: n}}, Dead: []outbox.Dead{{Letter: outbox.Letter{To: text, Notification: n}, At: ago(5), Reason: text}},
		}
		a := report.AlertsOf(box, burnrate.Snapshot{At: ago(0)})
		past := a.Past[0]
		impact := past.ToldImpact(a.At)
		past.Impact = &impact
		return postmortemOf(t, a, past)
	}
	harmless := about("harmless")
	for _, text := range slices.Concat(hostileTexts(), slices.Sorted(maps.Values(hostile.Texts()))) {
		if text == "" {
			continue // what is not there has no line
		}
		text = text[:min(len(text), 3000)] // longer ones take only longer
		got := about(text)
		if strings.Count(got, "\n") != strings.Count(harmless, "\n") {
			t.Errorf("%q: %d lines, want %d:\n%s", text, strings.Count(got, "\n"), strings.Count(harmless, "\n"), got)
		}
		want := strings.Split(harmless, "\n")
		for i, line := range strings.Split(got, "\n") {
			if i >= len(want) {
				break
			}
			first, _, _ := strings.Cut(want[i], "harmless")
			first = strings.TrimSuffix(first, "[") // no link of what is no address
			if !strings.HasPrefix(line, first) && !strings.HasPrefix(first, "| Episode") {
				t.Errorf("%q: the line %q does not begin as %q", text, line, want[i])
			}
			if columns := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); columns != strings.Count(want[i], "|") {
				t.Errorf("%q: the line %q has %d borders of cells, want those of %q", text, line, columns, want[i])
			}
			addresses := regexp.MustCompile(`\]\(https://x\.example/[^)\s]*\)`).ReplaceAllString(line, "]")
			if found := markup.FindString(addresses); found != "" {
				t.Errorf("%q: %q in %q", text, found, line)
			}
		}
		if strings.ContainsAny(got, "\x1b\x07\r\u009b\u202e\u2066") || strings.Contains(got, "NRAK-A") {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
