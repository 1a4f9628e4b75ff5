package spec_test

import (
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// Mistakes in one document do not keep the others from being used.
func ExampleReadFS() {
	files, err := spec.ReadFS(fstest.MapFS{
		"teams.yaml": {Data: []byte("apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: web}\n")},
		"shop/checkout.yaml": {Data: []byte(`apiVersion: slojourn/v1
kind: SLO
metadata: {name: checkout, owner: web}
spec:
  objective: {target: 99.9%, window: 28d}
  sli: {from: Transaction, bad: error IS TRUE}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: search, owner: web}
spec:
  objective: {target: 100%, window: 28d}
  sli: {from: Transaction, bad: error IS TRUE}
`)},
	})
	if err != nil {
		fmt.Println(err) // a path does not exist or cannot be read
		return
	}
	var declarations slo.Declarations
	var findings diag.List
	for _, file := range files {
		result, found := spec.Decode(file)
		declarations = declarations.Join(result.Declarations)
		findings.Add(found...)
	}
	set, found := slo.Resolve(declarations, newrelic.Key)
	findings.Add(found...)
	findings.Sort()
	for _, s := range set.SLOs {
		fmt.Printf("%s: objectives that can be used: %d\n", s.ID, len(s.Objectives))
	}
	for _, d := range findings {
		fmt.Printf("%s: %s: %s [%s]\n", d.Span, d.Severity, d.Message, d.Code)
	}
	// Output:
	// checkout: objectives that can be used: 1
	// search: objectives that can be used: 0
	// shop/checkout.yaml:2:7: info: no Source is declared, so references to sources are not checked [SLO011]
	// shop/checkout.yaml:12:23: error: target 100% leaves no error budget [SLO007]
}

func ExampleRead() {
	file, err := spec.Read(strings.NewReader("apiVersion: slojourn/v1\nkind: Taem\n"), "from-a-form.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, findings := spec.Decode(file)
	fmt.Printf("%s: %s; %s\n", findings[0].Span, findings[0].Message, findings[0].Hint)
	// Output:
	// from-a-form.yaml:2:7: unknown kind "Taem"; did you mean Team?
}

func ExampleFormat() {
	formatted, findings := spec.Format(spec.File{Name: "team.yaml", Data: []byte("kind:   Team\napiVersion: slojourn/v1\nmetadata: { name: web }\n")})
	fmt.Printf("%s%d findings\n", formatted.Data, len(findings))
	// Output:
	// apiVersion: slojourn/v1
	// kind: Team
	// metadata: {name: web}
	// 0 findings
}
