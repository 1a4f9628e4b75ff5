package draft

import (
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func name(attribute string) nrql.Expr { return &nrql.Name{Value: attribute} }

func equal(attribute, value string) nrql.Expr {
	return &nrql.Binary{Op: nrql.Eq, X: name(attribute), Y: &nrql.String{Value: value}}
}

func is(attribute string, what nrql.IsKind) nrql.Expr {
	return &nrql.Is{X: name(attribute), What: what}
}

// compare holds an attribute against a number as it was typed.
func compare(attribute string, op nrql.Op, number string) nrql.Expr {
	value, _ := strconv.ParseFloat(number, 64) // Check has read it
	return &nrql.Binary{Op: op, X: name(attribute), Y: &nrql.Number{Raw: number, Value: value}}
}

// slower is the condition of what took as long as a step's limit, or longer; nil without
// a limit.
func slower(attribute string, v Values) nrql.Expr {
	if v["slow"] == "" {
		return nil
	}
	return compare(attribute, nrql.Ge, v["slow"])
}

// begins is the condition of values that begin with a text, in which % stands for
// anything.
func begins(attribute, text string) nrql.Expr {
	return like(attribute, strings.TrimRight(text, "%")+"%")
}

// holds is the condition of values with a text somewhere, in which % stands for anything;
// nil without a text.
func holds(attribute, text string) nrql.Expr {
	if text == "" {
		return nil
	}
	return like(attribute, "%"+strings.Trim(text, "%")+"%")
}

func like(attribute, pattern string) nrql.Expr {
	return &nrql.Like{X: name(attribute), Pattern: &nrql.String{Value: pattern}}
}
