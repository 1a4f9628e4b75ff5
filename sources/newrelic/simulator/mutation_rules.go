package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// metricRules make metrics from events. Their names are unique in an account.
// The simulator keeps the rules and makes no metrics.
func metricRules() *resourceKind {
	return &resourceKind{
		bucket: "metric rule", name: "events to metrics rules", input: "EventsToMetricsCreateRuleInput",
		check: func(c call, next *resource) []problem {
			var problems []problem
			name := textOf(next.state, "name")
			taken := func(r *resource) bool { return textOf(r.state, "name") == name && r.id != next.id }
			if len(c.control().list("metric rule", next.account, taken)) > 0 {
				problems = append(problems, problem{"name", "is the name of another rule of the account"})
			}
			if reason := checkRule(textOf(next.state, "nrql")); reason != "" {
				problems = append(problems, problem{"nrql", reason})
			}
			return problems
		},
		show: func(_ call, shown *resource, fields map[string]any) {
			fields["enabled"] = shown.state["enabled"] != false
		},
	}
}

// maxMetrics is how many metrics a rule can make.
const maxMetrics = 10

// checkRule allows what New Relic's "Rules for creating metrics" allows. Two of
// the functions exist in rules only: they are read as another one that takes
// one attribute, with blanks so that errors keep their places.
func checkRule(text string) string {
	const wrong = "must select summary(), uniqueCount() or distribution() of attributes"
	if regexp.MustCompile(`(?i)\blatest\s*\(`).MatchString(text) {
		return wrong
	}
	readable := regexp.MustCompile(`(?i)\bsummary(\s*\()`).ReplaceAllString(text, "latest $1")
	readable = regexp.MustCompile(`(?i)\bdistribution(\s*\()`).ReplaceAllString(readable, "latest      $1")
	query, reason := readQuery(readable)
	if reason == "" {
		reason = notStreamed(query)
	}
	switch {
	case reason != "":
		return reason
	case fromQuery(query) != nil:
		return "must not have a query in FROM"
	case len(query.With) > 0:
		return "must not have WITH … AS"
	case len(query.Select) > maxMetrics:
		return fmt.Sprintf("must make at most %d metrics", maxMetrics)
	}
	for _, column := range query.Select {
		call, isCall := column.Expr.(*nrql.Call)
		if !isCall || !strings.EqualFold(call.Name, "latest") && !strings.EqualFold(call.Name, "uniqueCount") {
			return wrong
		}
	}
	return ""
}

// batch does one thing after another and sorts what came of it into successes
// and failures.
func batch(list string, do func(c call, account int64, given map[string]any) (map[string]any, *denial)) resolve {
	return locked(func(c call, _ any) (any, *queryError) {
		successes, failures := []any{}, []any{}
		for _, given := range listOf(c.args, list) {
			submitted, isOne := given.(map[string]any)
			if !isOne {
				continue
			}
			account, _ := submitted["accountId"].(int64)
			result, f := do(c, account, submitted)
			if f == nil {
				successes = append(successes, result)
				continue
			}
			reason := "INVALID_INPUT"
			if f.cause == forbidden {
				reason = "USER_NOT_AUTHORIZED"
			}
			failures = append(failures, map[string]any{
				"submitted": submitted,
				"errors":    []any{map[string]any{"description": f.message, "reason": reason}},
			})
		}
		return map[string]any{"successes": successes, "failures": failures}, nil
	})
}

func metricRuleResolvers() map[string]resolve {
	k := metricRules()
	find := func(c call, account int64, given map[string]any) (*resource, *denial) {
		if f := c.may(account); f != nil {
			return nil, f
		}
		found := c.control().find(k.bucket, account, textOf(given, "ruleId"))
		if found == nil {
			return nil, missing()
		}
		return found, nil
	}
	read := func(wanted func(c call, r *resource) bool) resolve {
		return locked(func(c call, parent any) (any, *queryError) {
			account, _ := parent.(int64)
			found := c.control().list(k.bucket, account, func(r *resource) bool { return wanted(c, r) })
			return map[string]any{"rules": c.views(found)}, nil
		})
	}
	return map[string]resolve{
		"Account.eventsToMetrics":                    anything,
		"RootMutationType.eventsToMetricsCreateRule": batch("rules", k.add),
		"RootMutationType.eventsToMetricsUpdateRule": batch("updates", func(c call, account int64, given map[string]any) (map[string]any, *denial) {
			old, f := find(c, account, given)
			if f != nil {
				return nil, f
			}
			return k.change(c, old, map[string]any{"enabled": given["enabled"]})
		}),
		"RootMutationType.eventsToMetricsDeleteRule": batch("deletes", func(c call, account int64, given map[string]any) (map[string]any, *denial) {
			return k.remove(func(c call, _ *resourceKind) (*resource, *denial) { return find(c, account, given) })(c)
		}),
		"EventsToMetricsAccountStitchedFields.allRules": read(func(call, *resource) bool { return true }),
		"EventsToMetricsAccountStitchedFields.rulesById": read(func(c call, r *resource) bool {
			return slices.Contains(listOf(c.args, "ruleIds"), any(r.id))
		}),
	}
}
