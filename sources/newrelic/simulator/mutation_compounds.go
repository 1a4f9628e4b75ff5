package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// compoundConditions combine up to five conditions of an account. They are a
// preview of New Relic's.
func compoundConditions() *resourceKind {
	return &resourceKind{
		bucket: "compound condition", name: "compound conditions", input: "AlertsCompoundConditionInput", beside: []string{"policyId"},
		domain: "AIOPS", entity: "CONDITION", check: checkCompound, adapt: keepGiven,
	}
}

// keepGiven leaves out what an update has null for: the official client sends
// null for every setting that is to stay.
func keepGiven(changes map[string]any) map[string]any {
	given := map[string]any{}
	for name, value := range changes {
		if value != nil {
			given[name] = value
		}
	}
	return given
}

func checkCompound(c call, next *resource) []problem {
	var problems []problem
	fail := func(name, format string, args ...any) {
		problems = append(problems, problem{name, fmt.Sprintf(format, args...)})
	}
	if c.control().find("policy", next.account, textOf(next.state, "policyId")) == nil {
		fail("policyId", "is not a policy of the account")
	}
	var aliases []string
	for i, component := range listOf(next.state, "componentConditions") {
		at := fmt.Sprintf("componentConditions.%d.", i)
		if c.control().find("condition", next.account, textOf(component, "id")) == nil {
			fail(at+"id", "is not a NRQL condition of the account")
		}
		switch alias := textOf(component, "alias"); {
		case !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(alias) || slices.Contains([]string{"AND", "OR", "NOT"}, strings.ToUpper(alias)):
			fail(at+"alias", "is %q, which is not a name", alias)
		case slices.Contains(aliases, alias):
			fail(at+"alias", "is %s a second time", alias)
		default:
			aliases = append(aliases, alias)
		}
	}
	if len(problems) == 0 {
		if reason := checkTrigger(textOf(next.state, "triggerExpression"), aliases); reason != "" {
			fail("triggerExpression", "%s", reason)
		}
	}
	return problems
}

// checkTrigger says what is wrong with an expression of aliases, AND, OR, NOT
// and brackets.
func checkTrigger(text string, aliases []string) string {
	words := regexp.MustCompile(`[()]|[^\s()]+`).FindAllString(text, -1)
	depth, operand := 0, true // operand says that one has to follow
	for _, word := range words {
		upper := strings.ToUpper(word)
		switch {
		case operand && word == "(":
			depth++
		case operand && upper == "NOT":
		case operand && slices.Contains(aliases, word):
			operand = false
		case operand:
			return fmt.Sprintf("has %q where one of %s has to stand", word, strings.Join(aliases, ", "))
		case word == ")" && depth > 0:
			depth--
		case upper == "AND" || upper == "OR":
			operand = true
		default:
			return fmt.Sprintf("has %q where AND or OR has to stand", word)
		}
	}
	switch {
	case operand:
		return "ends where one of " + strings.Join(aliases, ", ") + " has to stand"
	case depth > 0:
		return "has a bracket that is not closed"
	}
	return ""
}

func compoundResolvers() map[string]resolve {
	k := compoundConditions()
	found := search(k.bucket, "items", "filter", func(given map[string]any, r *resource) bool {
		filter := objectOf(given, "id")
		among := listOf(filter, "in")
		return same(r.id, textOf(filter, "eq")) && (len(among) == 0 || slices.Contains(among, any(r.id)))
	})
	return map[string]resolve{
		"RootMutationType.alertsCompoundConditionCreate": alone(k.create("compoundAlertCondition")),
		"RootMutationType.alertsCompoundConditionUpdate": alone(k.update(byID("id"), "compoundAlertCondition")),
		"RootMutationType.alertsCompoundConditionDelete": alone(k.remove(byID("id"))),
		"AlertsAccountStitchedFields.compoundConditions": func(r *resolver, parent any, args map[string]any) (any, *queryError) {
			for _, sort := range listOf(args, "sort") {
				if textOf(sort, "key") != "ID" || textOf(sort, "direction") != "ASCENDING" {
					return nil, refusal("any order but the ascending one of ID")
				}
			}
			return found(r, parent, args)
		},
	}
}
