package slo

import (
	"errors"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// TestCheckCodeOwner takes what GitHub takes.
func TestCheckCodeOwner(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"@kim", "@kim-lee", "@kim_shop", "@shop/payments", "@Shop/payments-tokyo", "@shop/team_1.x", "kim@shop.example", "kim.lee+slo@mail.shop.example",
	} {
		if err := CheckCodeOwner(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, hint := range map[string]string{
		"shop/payments":                   `write "@shop/payments"`,
		"payments":                        "@org/team",
		"@":                               "@org/team",
		"@shop/":                          "@org/team",
		"@shop/pay/ments":                 "@org/team",
		"@-shop":                          "@org/team",
		"@shop/pay ments":                 "@org/team",
		"@shop/payments @else":            "@org/team",
		"@shop/payments#x":                "@org/team",
		"@shop/payments\n* @else":         "@org/team",
		"@shop/決済":                        "@org/team",
		"kim@shop":                        "@org/team",
		"kim@shop.example, lee@shop.exam": "@org/team",
		"@" + strings.Repeat("a", 64):     "@org/team",
	} {
		problem, isProblem := errors.AsType[*Problem](CheckCodeOwner(text))
		if !isProblem || !strings.Contains(problem.Hint.String(), hint) {
			t.Errorf("%q: got %+v, want a hint with %q", text, problem, hint)
		}
	}
	for name, text := range hostile.Texts() {
		if CheckCodeOwner(text) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
