package spec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// TestAcceptWithin looks where the findings begin that entries of accept are about: the
// mapping around the key, up to whatever follows it.
func TestAcceptWithin(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: slojourn/v1\nkind: Journey\nmetadata: {name: buy, owner: web}\n"
	type extent struct{ reason, first, last string }
	for _, test := range []struct {
		name, text string
		want       []extent
	}{
		{
			"blocks", head + `spec:
  objective: {target: 99%, window: 28d}
  accept:
    - {code: SLO066, reason: journey}
  steps:
    - name: search
      accept: [{code: SLO066, reason: first}]
      sli: {from: A, bad: b IS TRUE}
    # about the second one
    - name: pay
      sli: {from: A, bad: b IS TRUE} # behind it
      accept:
        - code: SLO066
          reason: second
`, []extent{
				{"first", "name: search\n", "# about the second one\n    - "},
				{"second", "name: pay\n", "reason: second\n"},
				{"journey", "objective: ", "reason: second\n"},
			},
		},
		{
			"flow, in front of the metadata", `apiVersion: slojourn/v1
kind: SLO
spec: {accept: [{code: SLO066, reason: slo}], objective: {target: 99%, window: 28d}, sli: {from: A, bad: b IS TRUE}} # behind it
metadata: {name: mail, owner: web}
`, []extent{{"slo", "{accept: ", "# behind it\n"}},
		},
		{
			"steps on one line", head + `spec:
  objective: {target: 99%, window: 28d}
  steps: [{name: a, accept: [{code: SLO066, reason: a}], sli: {from: A, bad: b IS TRUE}}, {name: b, sli: {from: B, bad: b IS TRUE}, accept: [{code: SLO066, reason: b}]}]
  compose: worst
`, []extent{{"a", "{name: a, ", "IS TRUE}}, "}, {"b", "{name: b, ", "reason: b}]}]\n  "}},
		},
		{
			"an alias", head + `spec:
  objective: {target: 99%, window: 28d}
  steps:
    - name: a
      sli: {from: A, bad: b IS TRUE}
      accept: &known [{code: SLO066, reason: both}]
    - name: b
      sli: {from: A, bad: b IS TRUE}
      accept: *known
`, []extent{{"both", "name: a\n", "reason: both}]\n    - "}, {"both", "name: b\n", "accept: *known\n"}},
		},
		{
			"a block that ends the document", head + `spec:
  objective: {target: 99%, window: 28d}
  steps:
    - name: a
      accept: [{code: SLO066, reason: a}]
      sli:
        from: A
        bad: |
          b IS TRUE

---
apiVersion: slojourn/v1
kind: AlertPolicy
metadata: {name: calm}
spec:
  accept: [{code: SLO037, reason: policy}]
  tiers:
    - {severity: page, budget: 2%, long: 1h, short: 5m}
`, []extent{{"a", "name: a\n", "IS TRUE\n\n"}, {"policy", "accept: ", "short: 5m}\n"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			decoded, findings := spec.Decode(spec.File{Name: "f.yaml", Data: []byte(test.text), Named: true})
			if len(findings) > 0 {
				t.Fatalf("findings: %v", findings)
			}
			var got []extent
			decoded.Declarations.Accepts(func(a slo.AcceptDeclaration) {
				e := extent{reason: a.Reason, first: piece(test.text, a.Within)}
				e.last = e.first
				if n := len(got); n < len(test.want) {
					e.first = e.first[:min(len(e.first), len(test.want[n].first))]
					e.last = e.last[max(0, len(e.last)-len(test.want[n].last)):]
				}
				got = append(got, e)
				if document := piece(test.text, a.Document); !strings.Contains(document, "apiVersion: ") || strings.Count(document, "---") > 1 {
					t.Errorf("%s: the document is %q", a.Reason, document)
				}
			})
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(extent{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// piece returns the text of a span.
func piece(text string, span diag.Span) string {
	var b strings.Builder
	line, column := 1, 1
	for _, r := range text {
		if span.Holds(diag.Span{File: span.File, Start: diag.Position{Line: line, Column: column}}) {
			b.WriteRune(r)
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return b.String()
}

// TestAcceptLeftOut leaves entries out of the declarations that say too little.
func TestAcceptLeftOut(t *testing.T) {
	t.Parallel()
	text := `apiVersion: slojourn/v1
kind: SLO
metadata: {name: mail, owner: web}
spec:
  objective: {target: 99%, window: 28d}
  sli: {from: A, bad: b IS TRUE}
  accept:
    - {code: SLO066}
    - {code: SLO007, reason: an error}
    - {code: SLO062, reason: ""}
    - {code: SLO061, reason: "  over
        lines "}
    - {code: SLO061, reason: again}
`
	decoded, findings := spec.Decode(spec.File{Name: "f.yaml", Data: []byte(text), Named: true})
	var got []string
	decoded.Declarations.Accepts(func(a slo.AcceptDeclaration) { got = append(got, string(a.Code.Value)+" "+a.Reason) })
	if diff := cmp.Diff([]string{"SLO061 over lines"}, got); diff != "" || len(findings) != 4 {
		t.Errorf("-want +got:\n%s%v", diff, findings)
	}
}
