package spec

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the reference and the golden files")

// TestReference keeps the tables of docs/spec.md equal to the definitions.
func TestReference(t *testing.T) {
	t.Parallel()
	const page, begin, end = "../../docs/spec.md", "<!-- reference -->\n", "<!-- /reference -->\n"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %q … %q", page, begin, end)
	}
	want := policies(t, before) + begin + referenceTables() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		data = []byte(want)
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("%s is stale (-want +got):\n%s", page, diff)
	}
	headings := anchors(string(data))
	if unique := slices.Compact(slices.Sorted(slices.Values(headings))); len(unique) != len(headings) {
		t.Errorf("%s has headings that are linked alike: %v", page, headings)
	}
	for _, link := range strings.Split(string(data), "](#")[1:] {
		anchor, _, _ := strings.Cut(link, ")")
		if !slices.Contains(headings, anchor) {
			t.Errorf("%s links to #%s, which is no heading", page, anchor)
		}
	}
}

// policies writes the alert policies that are built in.
func policies(t *testing.T, page string) string {
	t.Helper()
	const begin, end = "<!-- policies -->\n", "<!-- /policies -->\n"
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the page has no %q … %q", begin, end)
	}
	var b strings.Builder
	for _, p := range slo.BuiltInPolicies() {
		fmt.Fprintf(&b, "```yaml\napiVersion: slojourn/v1\nkind: AlertPolicy\nmetadata: {name: %s}\nspec:\n  tiers:\n", p.Name)
		for _, tier := range p.Tiers {
			rate := "budget: " + tier.Budget.String()
			if tier.Burn.Sign() > 0 {
				rate = "burn: " + tier.Burn.String()
			}
			fmt.Fprintf(&b, "    - {severity: %s, %s, long: %s, short: %s}\n", tier.Severity, rate, slo.FormatDuration(tier.Long), slo.FormatDuration(tier.Short))
		}
		fmt.Fprintf(&b, "  guard: {minEvents: %d, minBad: %d, confidence: %s}\n", p.Guard.MinEvents, p.Guard.MinBad, p.Guard.Confidence)
		fmt.Fprintf(&b, "  hold: {page: %s, ticket: %s}\n", slo.FormatDuration(p.Hold.Page), slo.FormatDuration(p.Hold.Ticket))
		fmt.Fprintf(&b, "  noTraffic: {after: %s, below: %s, severity: %s}\n", slo.FormatDuration(p.NoTraffic.After), p.NoTraffic.Below, p.NoTraffic.Severity)
		fmt.Fprintf(&b, "  noData: {after: %s, severity: %s}\n", slo.FormatDuration(p.NoData.After), p.NoData.Severity)
		var spent []string
		for _, at := range p.BudgetSpent {
			spent = append(spent, "{at: "+at.String()+"}")
		}
		fmt.Fprintf(&b, "  budgetSpent: [%s]\n```\n", strings.Join(spent, ", "))
	}
	return before + begin + b.String() + end + after
}

// anchors lists what headings are linked by.
func anchors(page string) []string {
	var all []string
	for line := range strings.Lines(page) {
		if title, heading := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); heading && strings.HasPrefix(line, "#") {
			all = append(all, anchor(strings.TrimSpace(title)))
		}
	}
	return all
}

func anchor(title string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(title, "`", "")), " ", "-")
}

// referenceTables writes a section for every kind, and one for every mapping.
func referenceTables() string {
	r := referenceWriter{titles: map[*definition]string{}}
	for _, k := range language {
		r.section("## "+k.name, k.doc, specOf(k))
	}
	return "\n" + strings.TrimLeft(r.String(), "\n")
}

func specOf(k kind) *definition {
	spec, _ := k.document.key("spec")
	return spec.value.object
}

type referenceWriter struct {
	strings.Builder
	titles map[*definition]string // of the mappings that have their section
}

// section writes the table of a mapping, and then those of the mappings in it
// that have none yet.
func (r *referenceWriter) section(heading, doc string, d *definition) {
	fmt.Fprintf(r, "%s\n\n", heading)
	if doc != "" {
		fmt.Fprintf(r, "%s\n\n", doc)
	}
	r.WriteString("| key | type | default | example | meaning |\n|---|---|---|---|---|\n")
	var below []*definition
	for _, k := range d.keys {
		for v := &k.value; v != nil; v = v.or {
			for inner := v; inner != nil; inner = inner.item {
				for form := inner; form != nil; form = form.or {
					if o := form.object; o != nil && r.titles[o] == "" {
						r.titles[o] = title(o)
						below = append(below, o)
					}
				}
			}
		}
		example := ""
		if k.example != "" {
			example = "`" + strings.ReplaceAll(k.example, "|", `\|`) + "`"
		}
		fmt.Fprintf(r, "| `%s` | %s | %s | %s | %s |\n", k.name, r.typeOf(k.value), fallback(d, k), example, k.doc)
	}
	r.WriteString("\n")
	for _, sentence := range sentences(d) {
		fmt.Fprintf(r, "%s\n\n", sentence)
	}
	for _, o := range below {
		r.section("### "+r.titles[o], "", o)
	}
}

func title(d *definition) string {
	switch d {
	case sliDefinition:
		return "SLI"
	case queriesDefinition: // NRQL is what stands in them
		return "Queries"
	case spentDefinition:
		return "Budget spent"
	case acceptDefinition:
		return "Accept"
	}
	name := strings.TrimPrefix(d.what.String(), "the ")
	return strings.ToUpper(name[:1]) + name[1:]
}

func fallback(d *definition, k key) string {
	switch {
	case k.required:
		return "required"
	case k.onlyWith != nil:
		return fmt.Sprintf("required with `%s: %s`, and only there", k.onlyWith.key, k.onlyWith.word)
	default:
		return k.fallback.String()
	}
}

// sentences say which keys exclude each other.
func sentences(d *definition) []string {
	var all []string
	for _, k := range d.keys {
		if k.beside != "" {
			all = append(all, fmt.Sprintf("`%s` stands only beside `%s`.", k.name, k.beside))
		}
	}
	both := map[string][]string{}
	var first []string
	for _, c := range d.choices {
		names := "`" + strings.Join(c.keys, "`, `") + "`"
		same := func(o choice) bool { return slices.Equal(o.keys, c.keys) }
		demanded := slices.ContainsFunc(d.choices, func(o choice) bool { return !o.neither.Empty() && same(o) })
		excluding := slices.ContainsFunc(d.choices, func(o choice) bool { return !o.both.Empty() && same(o) })
		switch {
		case c.both.Empty() && excluding: // said there
		case !excluding:
			all = append(all, "One of "+names+" is required.")
		case demanded:
			all = append(all, "Exactly one of "+names+".")
		default:
			if both[c.keys[0]] == nil {
				first = append(first, c.keys[0])
			}
			both[c.keys[0]] = append(both[c.keys[0]], c.keys[1])
		}
	}
	for _, name := range first {
		all = append(all, fmt.Sprintf("`%s` excludes `%s`.", name, strings.Join(both[name], "`, `")))
	}
	return all
}

// typeOf names what may stand behind a key, in the words of the page.
func (r *referenceWriter) typeOf(v value) string {
	if v.or != nil {
		a, b := v, *v.or
		a.or = nil
		return r.typeOf(a) + ", or " + r.typeOf(b)
	}
	switch v.shape {
	case shapeObject:
		return fmt.Sprintf("[%s](#%s)", r.titles[v.object], anchor(r.titles[v.object]))
	case shapeList:
		return "list of " + r.typeOf(*v.item)
	case shapeMap:
		return "mapping of " + v.entry + " to " + r.typeOf(*v.item)
	case shapeWord:
		return "`" + strings.Join(v.words, "`, `") + "`"
	case shapeReference:
		return "name of " + article(v.kind).String()
	default:
		return scalarTypes[v.shape]
	}
}

// scalarTypes are the words of the page for single values; those with a
// section of their own are links.
var scalarTypes = map[shape]string{
	shapeText: "text", shapeLine: "text on one line", shapeName: "[name](#values)", shapeAlerts: "name of an AlertPolicy, or `none`",
	shapeCode: "[code](diagnostics.md#codes)", shapeGlob: "[pattern](#values)", shapeCodeOwner: "user, team or e-mail address", shapeInteger: "whole number", shapeCount: "whole number", shapeNumber: "number above 0",
	shapePercentage: "percentage", shapeConfidence: "percentage below 100", shapeTarget: "[target](#values)",
	shapeDuration: "[duration](#values)", shapeSpan: "[duration](#values)", shapeKept: "[duration](#values)", shapeEvery: "[duration](#values)", shapeWindow: "[window](#values)",
	shapeZone: "[time zone](#values)", shapeInstant: "[instant](#values)", shapeRule: "RFC 5545 rule", shapeLink: "http or https address",
	shapeAddress: "http or https address", shapeVariable: "name of a variable", shapePath: "path", shapeCountsPath: "path",
	shapeEventTypes: "event types", shapeCondition: "[NRQL condition](#nrql)", shapeSliceTest: "[NRQL condition](#nrql)",
	shapeAggregate: "[NRQL function](#nrql)", shapeQuery: "[NRQL query](#nrql)",
}

// TestScalarTypes has a word for every shape that is no collection.
func TestScalarTypes(t *testing.T) {
	t.Parallel()
	for s := shapeText; s < shapeObject; s++ {
		if word := scalarTypes[s]; (word == "") != (s == shapeWord || s == shapeReference) {
			t.Errorf("shape %d is called %q", s, word)
		}
	}
}
