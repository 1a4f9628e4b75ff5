package main

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/docs"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// defaultTraffic is the traffic that detection is computed for, in events a
// minute.
const defaultTraffic = "100"

func newExplain(env environment) *cobra.Command {
	codes := diagnosticCodes()
	cmd := &cobra.Command{
		Use:   "explain CODE… | ID [paths…] | --cost [paths…] | --cardinality [paths…]",
		Short: "Explain the codes of findings, an SLO's queries and alerts, what a set costs, or its series",
		Long: `explain CODE prints what the code of a finding means, why it matters, a wrong
and a right example, and how to choose. The text is Markdown.

explain ID reads the given files and folders (default: the current folder; "-"
is stdin) as one set and prints, for each objective of a journey, a step or an
SLO, the factors of its alert policy's tiers; and for outages with 100%, 10%, 1%
and 0.5% errors, when each tier fires, how much of the budget is spent by then,
and when it is quiet again after the outage. It names the steps that use
an SLO, and what else has an equal SLI and so shares its indicator; and it
prints the NRQL that measures it minute by minute, and how many other SLOs are
measured by the same query.

explain --cost prints what measuring the whole set minute by minute asks of New
Relic: queries, requests and inspected records.

explain --cardinality prints how many series the whole set has at most on
/metrics of serve: by metric, and of the ids that have most.

Nothing is sent: explain opens no connection and reads no secret.

Exit code 1 means that the specs have errors.`,
		Example:   "  slojourn explain SLO007\n  slojourn explain order-online/pay --events-per-minute 20 specs\n  slojourn explain --cost specs\n  slojourn explain --cardinality specs",
		ValidArgs: codes,
	}
	localeFlag(cmd, &env)
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	traffic := cmd.Flags().String("events-per-minute", defaultTraffic, "valid events a minute of the SLO, or of each step of a journey, during an outage; slices come as often as they are written. With --cost: events a minute of each set of event types")
	cost := cmd.Flags().Bool("cost", false, "print what measuring the set asks of New Relic; all arguments are paths")
	cardinality := cmd.Flags().Bool("cardinality", false, "print how many series the set has on /metrics; all arguments are paths")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *cardinality && (*cost || cmd.Flags().Changed("events-per-minute")) {
			return usage("--cardinality counts series, which depend on no traffic: leave out --cost and --events-per-minute")
		}
		if *cardinality {
			return interruptible(cmd.Context(), func() error { return explainCardinality(env, trusted, args) })
		}
		if *cost {
			perMinute, err := trafficOf(*traffic)
			if err != nil {
				return err
			}
			return interruptible(cmd.Context(), func() error { return explainCost(env, trusted, args, perMinute) })
		}
		if len(args) == 0 {
			return usage("a code or an id is missing: write a code such as %s, or the id of a journey, step or SLO", codes[0])
		}
		if slices.ContainsFunc(args, isCode) {
			others := cmd.Flags().NFlag()
			if cmd.Flags().Changed("locale") {
				others--
			}
			if others > 0 {
				return usage("flags are for ids: leave them out to explain a code, all but --locale")
			}
			return explainCodes(env, args, codes)
		}
		perMinute, err := trafficOf(*traffic)
		if err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error {
			return explainID(env, trusted, args[0], args[1:], perMinute, codes)
		})
	}
	return cmd
}

// isCode reports whether a word looks like the code of a finding.
func isCode(word string) bool { return codeLike.MatchString(word) }

var codeLike = regexp.MustCompile(`^(?i)SLO[0-9]+$`)

func diagnosticCodes() []string {
	var codes []string
	for _, page := range docs.Diagnostics() {
		codes = append(codes, page.Code)
	}
	return codes
}

func explainCodes(env environment, words, codes []string) error {
	pages, err := explained(words, codes, env.locale)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(env.stdout, strings.Join(pages, "\n")); err != nil {
		return failed(err)
	}
	return nil
}

// explained returns the pages of all words, or what is wrong with every word
// that is no code.
func explained(words, codes []string, locale slo.Locale) ([]string, error) {
	var pages []string
	var unknown []error
	for _, word := range words {
		page, known := docs.Diagnostic(strings.ToUpper(word), string(locale))
		if known {
			pages = append(pages, page.Text)
			continue
		}
		unknown = append(unknown, fmt.Errorf("%q is no code of a finding: %s", word, codeHint(word, codes)))
	}
	if len(unknown) > 0 {
		return nil, &exitError{exitUsage, errors.Join(unknown...)}
	}
	return pages, nil
}

func codeHint(word string, codes []string) string {
	if near, ok := diag.Nearest(word, codes); ok {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return fmt.Sprintf("the codes are %s to %s", codes[0], codes[len(codes)-1])
}

// trafficOf reads the value of --events-per-minute.
func trafficOf(text string) (*big.Rat, error) {
	traffic, err := slo.ParseDecimal(text)
	_, decimals, _ := strings.Cut(text, ".")
	if err != nil || traffic.Sign() == 0 || len(decimals) > 3 {
		return nil, usage("--events-per-minute %q is no traffic: write a number above 0 and below 1,000,000 with at most three decimals, such as %s or 0.5", text, defaultTraffic)
	}
	return traffic.Rat(), nil
}

// explainID prints what can be said of a journey, step or SLO of the set.
func explainID(env environment, trusted *trust, id string, paths []string, perMinute *big.Rat, codes []string) error {
	result, err := loadSet(env, trusted, paths)
	if err != nil {
		if len(paths) == 0 {
			err = errors.Join(fmt.Errorf("%q is no code of a finding, and as an id it needs specs", id), err)
			return &exitError{exitUsage, err}
		}
		return err
	}
	if err := refuse(env, result); err != nil {
		return err
	}
	ids := subjectIDs(result.Set)
	s, known := subjectOf(result.Set, id)
	if !known {
		hint := "the set holds no Journey and no SLO"
		if near, ok := diag.Nearest(id, append(ids, codes...)); ok {
			hint = fmt.Sprintf("did you mean %s?", near)
		} else if len(ids) > 0 {
			hint = "the ids are " + strings.Join(ids[:min(len(ids), 5)], ", ")
			if more := len(ids) - 5; more > 0 {
				hint += fmt.Sprintf(" and %d more", more)
			}
		}
		return usage("%q is neither the id of a journey, step or SLO nor a code of a finding: %s", id, hint)
	}
	if err := printSubject(env.stdout, s, queriesOf(result.Set, s.id), perMinute); err != nil {
		return failed(err)
	}
	return nil
}
