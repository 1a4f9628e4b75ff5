package draft_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// drawAnswer draws what somebody may type: usual words, what YAML and NRQL mean something
// by, and what could do harm.
func drawAnswer(t *rapid.T) string {
	corpus := append(slices.Sorted(maps.Values(hostile.Texts())),
		"order-api", "/v2/search", "WebTransaction/Action/placeOrder", "レジで払う", "it's", `say "hi"`, "a # b", "#a", "a: b", "a:", "- a", "? a", "[a]", "{a: b}",
		"&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "true", "null", "~", "1", "1.5", "0x1f", "2026-01-01", "12:30", "yes", "=", "<<", "---", "...", "a\\", `\'`, `a' OR 1 = 1 --`,
		"a -- b", "/* a", "%", "%%", "a%b", "_", "a  b", "é", "e\u0301", "\u00a0a", "\u200b", "\ufeffa", "🧨", strings.Repeat("x", 10_000), "password: hunter2", "api_key=abc",
	)
	return rapid.OneOf(
		rapid.SampledFrom(corpus),
		rapid.StringMatching(`[ -~]{0,30}`),
		rapid.StringN(0, 40, -1),
		rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom(corpus).Draw(t, "a") + rapid.SampledFrom(corpus).Draw(t, "b")
		}),
	).Draw(t, "answer")
}

// TestHostileAnswers are refused, or stand in the file as they are.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		title, err := draft.CheckText(drawAnswer(t))
		if err != nil {
			title = "Pay"
		}
		layer := rapid.SampledFrom(draft.Layers()).Draw(t, "layer")
		values := draft.Values{}
		for _, field := range layer.Fields {
			value, err := field.Check(drawAnswer(t))
			if err != nil && (!field.Optional || field.Kind == draft.Seconds) {
				value, _ = field.Check(map[draft.Kind]string{draft.Seconds: "1.5"}[field.Kind] + map[bool]string{true: "usual"}[field.Kind != draft.Seconds])
			}
			if value != "" {
				values[field.Key] = value
			}
		}
		j := journey(draft.Step{Name: "step", Layer: layer, Values: values})
		j.Title = title
		text := j.YAML(rapid.SampledFrom(locales()).Draw(t, "locale"))
		file := spec.File{Name: "a.yaml", Folder: "/", Data: text, Named: true}
		result := load.Files([]spec.File{file}, newrelic.Key, newrelic.Check)
		for _, f := range result.Findings {
			if f.Severity == diag.Error && f.Code != diag.CodeSecret {
				t.Fatalf("%v: %s\n%s", f.Span, f.Message, text)
			}
		}
		if result.Findings.Failed() {
			return // init prints what looks like a secret, and writes nothing
		}
		if got := result.Set.Journeys[0].About.Title; got != title {
			t.Fatalf("the title %q became %q", title, got)
		}
		checkHolds(t, result.Set.SLOs[0].SLI, layer, values)
		if formatted, findings := spec.Format(file); string(formatted.Data) != string(text) || len(findings) > 0 {
			t.Fatalf("not the canonical layout: %v\n%s", findings, text)
		}
	})
}

// checkHolds wants the values as they are among the strings and names of an SLI, and
// nothing of them elsewhere.
func checkHolds(t *rapid.T, sli slo.SLI, layer draft.Layer, values draft.Values) {
	found := map[string]bool{}
	note := func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.String:
			found[n.Value] = true
		case *nrql.Name:
			found[n.Value] = true
		case *nrql.Number:
			found[n.Raw] = true
		}
		return true
	}
	for _, condition := range []diag.Text{sli.Where, sli.Good, sli.Bad} {
		if x, _ := nrql.ParseCondition(condition); x != nil {
			nrql.Walk(x, note)
		}
	}
	if sli.Queries != nil {
		for _, query := range []diag.Text{sli.Queries.Total, sli.Queries.Bad} {
			q, _ := nrql.ParseQuery(query)
			nrql.Walk(q, note)
		}
	}
	for _, field := range layer.Fields {
		value := values[field.Key]
		if value == "" {
			continue
		}
		trimmed := strings.Trim(value, "%")
		if !found[value] && !found[trimmed+"%"] && !found["%"+trimmed+"%"] && !found[strings.TrimRight(value, "%")+"%"] {
			t.Fatalf("%s %q is not in %v", field.Key, value, slices.Sorted(maps.Keys(found)))
		}
	}
}
