package slo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// resolved reads documents, each in its place in a file f, and wants no error in them.
func resolved(t *testing.T, documents ...string) *slo.Set {
	t.Helper()
	text := ""
	for _, document := range documents {
		text += "---\napiVersion: slojourn/v1\n" + strings.TrimLeft(document, "\n")
	}
	decoded, findings := spec.Decode(spec.File{Name: "f", Folder: "/f", Data: []byte(text), Named: true})
	set, more := slo.Resolve(decoded.Declarations, noKey)
	findings.Add(more...)
	for _, f := range findings {
		if f.Severity == diag.Error {
			t.Fatalf("%s: %s", f.Span, f.Message)
		}
	}
	return set
}

const (
	sliText  = "sli: {from: Transaction, bad: error IS TRUE}"
	payments = `
kind: Team
metadata: {name: payments}
spec: {contact: "#payments", notify: [chat]}
`
	chat = `
kind: Notifier
metadata: {name: chat, owner: payments}
spec: {alertmanager: {urls: ["http://127.0.0.1:9093"]}}
`
	pay = `
kind: Journey
metadata: {name: pay, owner: payments}
spec:
  description: A shopper who cannot pay leaves.
  objective: {target: 99%, window: 28d}
  alerts: paging
  whenSpent: No releases.
  runbook: https://wiki.example.com/pay
  steps:
    - {name: authorise, objective: {target: 99.9%, window: 28d}, ` + sliText + `}
`
)

// changed returns a document with texts in it replaced, in pairs.
func changed(document string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(document)
}

func TestGaps(t *testing.T) {
	t.Parallel()
	const ticketing = "kind: AlertPolicy\nmetadata: {name: ticketing}\nspec: {tiers: [{severity: ticket, burn: 1, long: 3d, short: 6h}]}\n"
	receipt := "kind: SLO\nmetadata: {name: receipt, owner: payments}\nspec: {objective: {target: 99%, window: 28d}, alerts: none, " + sliText + "}\n"
	tests := []struct {
		name      string
		documents []string
		want      []string
	}{
		{"nothing is missing", []string{payments, chat, pay}, nil},
		{"an empty set", nil, nil},
		{"texts", []string{payments, chat, changed(pay, "  description: A shopper who cannot pay leaves.\n", "", "  whenSpent: No releases.\n", "")}, []string{"no-description journey pay", "no-when-spent journey pay"}},
		{"a page without a runbook", []string{payments, chat, changed(pay, "  runbook: https://wiki.example.com/pay\n", "")}, []string{"no-runbook journey pay"}},
		{
			"a page of a step",
			[]string{payments, chat, changed(pay, "  runbook: https://wiki.example.com/pay\n", "", "  alerts: paging\n", "  alerts: none\n", "{name: authorise,", "{name: authorise, alerts: paging,")},
			[]string{"no-runbook journey pay"},
		},
		{"tickets without a runbook", []string{payments, chat, ticketing, changed(pay, "  runbook: https://wiki.example.com/pay\n", "", "alerts: paging", "alerts: ticketing")}, nil},
		{"no runbook for what nobody is told", []string{payments, chat, changed(pay, "  runbook: https://wiki.example.com/pay\n", "  stage: observe\n")}, nil},
		{"no word about alerts", []string{payments, chat, changed(pay, "  alerts: paging\n", "")}, []string{"no-alerts journey pay"}},
		{"no word about alerts of a step", []string{payments, chat, changed(pay, "  alerts: paging\n", "", "objective: {target: 99%, window: 28d}", "objective: {target: 99%, window: 28d, alerts: paging}")}, []string{"no-alerts step pay/authorise"}},
		{"no alerts, as somebody decided", []string{payments, chat, changed(pay, "alerts: paging", "alerts: none")}, nil},
		{"no alerts, as Defaults say", []string{payments, chat, "kind: Defaults\nspec: {alerts: none}\n", changed(pay, "  alerts: paging\n", "")}, nil},
		{"no word about alerts while it is observed", []string{payments, chat, changed(pay, "  alerts: paging\n", "  stage: observe\n")}, nil},
		{"an SLO of no journey", []string{payments, chat, receipt}, []string{"no-journey slo receipt"}},
		{"an SLO of a journey", []string{payments, chat, receipt, pay + "    - {name: receipt, slo: receipt}\n"}, nil},
		{
			"an SLO that pages",
			[]string{payments, chat, changed(receipt, "alerts: none", "alerts: paging"), pay + "    - {name: receipt, slo: receipt}\n"},
			[]string{"no-runbook slo receipt"},
		},
		{
			"an SLO without a word about alerts",
			[]string{payments, chat, changed(receipt, "alerts: none, ", ""), pay + "    - {name: receipt, slo: receipt}\n"},
			[]string{"no-alerts slo receipt"},
		},
		{"nobody is told", []string{changed(payments, ", notify: [chat]", ""), chat, pay}, []string{"nobody-told  payments"}},
		{"nobody is told in a part of a set", []string{payments, pay}, nil},
		{"nobody has to be told", []string{changed(payments, ", notify: [chat]", ""), chat, changed(pay, "alerts: paging", "alerts: none")}, nil},
		{
			"nobody is told of a step",
			[]string{payments, chat, "kind: Team\nmetadata: {name: mobile}\nspec: {contact: here}\n", changed(pay, "{name: authorise,", "{name: authorise, owner: mobile,")},
			[]string{"nobody-told  mobile"},
		},
		{"a team that nobody reaches", []string{changed(payments, `contact: "#payments", `, ""), chat, pay}, []string{"no-contact  payments"}},
		{"a team without anything", []string{payments, chat, pay, "kind: Team\nmetadata: {name: idle}\n"}, []string{"owns-nothing  idle"}},
		{"a team with a policy", []string{payments, chat, pay, "kind: Team\nmetadata: {name: sre}\nspec: {contact: here}\n", changed(ticketing, "name: ticketing", "name: ticketing, owner: sre")}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, gap := range resolved(t, test.documents...).Gaps() {
				got = append(got, string(gap.Kind)+" "+string(gap.About)+" "+gap.ID)
				if !gap.Origin.Start.Known() || gap.Owner == "" {
					t.Errorf("%s of %s: place %s, owner %q", gap.Kind, gap.ID, gap.Origin, gap.Owner)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGapKinds has words for every kind.
func TestGapKinds(t *testing.T) {
	t.Parallel()
	for _, kind := range slo.GapKinds() {
		if kind.Meaning().Empty() || kind.Remedy().Empty() {
			t.Errorf("%s has no words", kind)
		}
	}
	if kind := slo.GapKind("other"); !kind.Meaning().Empty() || !kind.Remedy().Empty() {
		t.Error("words about what is no kind")
	}
}

// TestDocuments says whose every document is.
func TestDocuments(t *testing.T) {
	t.Parallel()
	set := resolved(t,
		payments, chat,
		"kind: Team\nmetadata: {name: mobile, owner: payments}\n",
		"kind: Team\nmetadata: {name: sre}\n",
		changed(pay, "{name: authorise,", "{name: authorise, owner: mobile,"),
		"kind: SLO\nmetadata: {name: receipt, owner: mobile}\nspec: {objective: {target: 99%, window: 28d}, "+sliText+"}\n",
		"kind: Source\nmetadata: {name: newrelic, owner: sre}\nspec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}\n",
		"kind: Defaults\nspec: {window: 28d}\n",
		"kind: AlertPolicy\nmetadata: {name: shop}\nspec: {tiers: [{severity: ticket, burn: 1, long: 3d, short: 6h}]}\n",
		"kind: Exclusion\nmetadata: {name: works}\nspec: {slos: [pay], from: 2026-11-20T00:00:00Z, to: 2026-11-21T00:00:00Z, effect: drop, reason: works, approvedBy: me}\n",
		"kind: Exclusion\nmetadata: {name: lunch}\nspec: {owner: mobile, from: 2026-11-20T00:00:00Z, to: 2026-11-21T00:00:00Z, effect: drop, reason: lunch, approvedBy: me}\n",
		"kind: Exclusion\nmetadata: {name: night, owner: sre}\nspec: {slos: [receipt], from: 2026-11-20T00:00:00Z, to: 2026-11-21T00:00:00Z, effect: drop, reason: night, approvedBy: me}\n",
	)
	var got []string
	for _, d := range set.Documents {
		got = append(got, d.Kind+" "+d.Name+": "+strings.Join(d.Owners, " "))
	}
	want := []string{
		"Team payments: payments", "Notifier chat: payments", "Team mobile: payments", "Team sre: sre", "Journey pay: mobile payments", "SLO receipt: mobile",
		"Source newrelic: sre", "Defaults : ", "AlertPolicy shop: ", "Exclusion works: mobile payments", "Exclusion lunch: mobile", "Exclusion night: sre",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if !slices.IsSortedFunc(set.Documents, func(a, b slo.Document) int { return a.Origin.Compare(b.Origin) }) {
		t.Error("not in order of their places")
	}
}
