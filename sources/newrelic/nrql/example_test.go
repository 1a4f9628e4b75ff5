package nrql_test

import (
	"fmt"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func ExampleParseCondition() {
	source := "appName = 'shop' and uper(name) = 'X' -- the shop"
	_, findings := nrql.ParseCondition(diag.PlainText(source, "shop.yaml", diag.Position{Line: 12, Column: 8}))
	for _, d := range findings {
		fmt.Printf("%v: %s; %s\n", d.Span, d.Message, d.Hint)
	}
	// Output: shop.yaml:12:29: NRQL: unknown function uper(); did you mean upper()?
}

func ExamplePrint() {
	condition, _ := nrql.ParseCondition(diag.PlainText("a=1 or b in('x') -- why", "", diag.Position{Line: 1, Column: 1}))
	event := &nrql.Binary{Op: nrql.Lt, X: &nrql.Name{Value: "since"}, Y: &nrql.Number{Raw: "0.8", Value: 0.8}}
	fmt.Println(nrql.Print(nrql.All(condition, event)))
	// Output: (a = 1 OR b IN ('x')) AND `since` < 0.8
}

func ExampleConjuncts() {
	condition, _ := nrql.ParseCondition(diag.PlainText("a = 1 AND (b = 2 OR c = 3) AND d IS NULL", "", diag.Position{Line: 1, Column: 1}))
	for _, part := range nrql.Conjuncts(condition) {
		fmt.Println(nrql.Print(part), nrql.Attributes(part))
	}
	// Output:
	// a = 1 [a]
	// b = 2 OR c = 3 [b c]
	// d IS NULL [d]
}

func ExampleParseQuery() {
	query, _ := nrql.ParseQuery(diag.PlainText("FROM Transaction TIMESERIES 60000 SELECT COUNT(*)", "", diag.Position{Line: 1, Column: 1}))
	fmt.Println(query)
	fmt.Println(query.TimeSeries.Width.Millis())
	// Output:
	// SELECT count(*) FROM Transaction TIMESERIES 60000
	// 60000
}

func ExampleAdviseQuery() {
	text := diag.PlainText("SELECT count(*) FROM PageView WHERE duration > '4'", "shop.nrql", diag.Position{Line: 1, Column: 1})
	query, _ := nrql.ParseQuery(text)
	for _, d := range nrql.AdviseQuery(text, query) {
		fmt.Printf("%v: %s; %s\n", d.Span, d.Message, d.Hint)
	}
	// Output: shop.nrql:1:48: NRQL: '4' is text, and text never equals a number; write 4; text that holds a number is converted by numeric(…)
}

func ExampleJudge() {
	query, _ := nrql.ParseQuery(diag.PlainText("SELECT percentage(count(*), WHERE error IS TRUE) FROM Transaction", "", diag.Position{Line: 1, Column: 1}))
	judgement := nrql.Judge(query)
	fmt.Println(judgement.Form, judgement.Why)
	fmt.Println("bad:", nrql.Print(judgement.Part.Condition))
	// Output:
	// events [a share cannot be added up, but the two counts that it is made of can]
	// bad: error IS TRUE
}

func ExampleRewrite() {
	condition, _ := nrql.ParseCondition(diag.PlainText("appName = 'shop' AND host LIKE 'web-%'", "", diag.Position{Line: 1, Column: 1}))
	renamed := nrql.Rewrite(condition, func(x nrql.Expr) nrql.Expr {
		if name, ok := x.(*nrql.Name); ok && name.Value == "host" {
			return &nrql.Name{Value: "host.name"}
		}
		return x
	})
	fmt.Println(nrql.Print(condition))
	fmt.Println(nrql.Print(renamed))
	// Output:
	// appName = 'shop' AND host LIKE 'web-%'
	// appName = 'shop' AND host.name LIKE 'web-%'
}

func ExampleNormalCondition() {
	for _, source := range []string{"b = 2 AND a = 1", "a=1 and (b = 2) -- the same"} {
		condition, _ := nrql.ParseCondition(diag.PlainText(source, "", diag.Position{Line: 1, Column: 1}))
		fmt.Println(nrql.NormalCondition(condition))
	}
	// Output:
	// [(= "a" 1) (= "b" 2)]
	// [(= "a" 1) (= "b" 2)]
}
