package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// costMinute stands for any minute that closes: costs are the same in all.
const costMinute slo.Minute = 0

// explainCost prints what measuring a set costs, source by source.
func explainCost(env environment, trusted *trust, paths []string, perMinute *big.Rat) error {
	result, err := measurable(env, trusted, paths)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(env.stdout)
	all := costs(result.Set)
	if len(all) == 0 {
		fmt.Fprintln(w, "Nothing of the set is asked of New Relic.")
	}
	for i, c := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		c.print(w, perMinute)
	}
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

// sourceCost is what the SLOs of one source cost.
type sourceCost struct {
	source *slo.Source // nil when the set has none
	config slo.NewRelic
	newrelic.Cost
}

// costs returns the cost of each source that something is measured with, in the
// order of their names. A file costs no queries.
func costs(set *slo.Set) []sourceCost {
	bySource := map[*slo.Source][]*slo.SLO{}
	for _, s := range set.Measured() {
		bySource[s.Source] = append(bySource[s.Source], s)
	}
	var all []sourceCost
	for _, source := range append([]*slo.Source{nil}, set.Sources...) {
		slos := bySource[source]
		if len(slos) == 0 || source != nil && source.File != nil {
			continue
		}
		config := slo.NewRelic{QueryLag: slo.DefaultQueryLag, Lateness: slo.DefaultLateness}
		if source != nil {
			config = source.NewRelic
		}
		all = append(all, sourceCost{source, config, newrelic.CostOf(config, slos, costMinute)})
	}
	return all
}

// queriesOf returns the queries that an id is measured with.
func queriesOf(set *slo.Set, id string) []newrelic.PackCost {
	var queries []newrelic.PackCost
	for _, c := range costs(set) {
		for _, p := range c.Packs {
			if slices.Contains(p.SLOs, id) {
				queries = append(queries, p)
			}
		}
	}
	return queries
}

// printAsked says what is asked of New Relic for one id.
func printAsked(w io.Writer, queries []newrelic.PackCost) {
	for _, q := range queries {
		with := ""
		if others := len(q.SLOs) - 1; others > 0 {
			with = fmt.Sprintf(", together with %s", countOf(others, "other SLO", "other SLOs"))
		}
		fmt.Fprintf(w, "\nMeasured minute by minute, this is asked of New Relic every %s%s:\n\n", everyText(q.Every), with)
		fmt.Fprintf(w, "  %s SINCE … UNTIL …\n", q.Query)
	}
}

func everyText(minutes int64) string {
	if minutes == 1 {
		return "minute"
	}
	return fmt.Sprintf("%d minutes", minutes)
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// print writes the table of one source, and what it adds up to.
func (c sourceCost) print(w io.Writer, perMinute *big.Rat) {
	name := "No Source is declared"
	if c.source != nil {
		name = fmt.Sprintf("Source %s, account %d", c.source.Name, c.source.NewRelic.AccountID)
	}
	fmt.Fprintf(w, "%s: %s\n", name, countOf(c.SLOs, "SLO", "SLOs"))
	if len(c.Packs) > 0 {
		c.printPacks(w, perMinute)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Refused)) {
		fmt.Fprintf(w, "\nNot measured: %s: %v\n", id, c.Refused[id])
	}
}

func (c sourceCost) printPacks(w io.Writer, perMinute *big.Rat) {
	lookbacks := newrelic.Lookbacks(c.config)
	rows := c.rows()
	width := len("EVENT TYPES")
	for _, r := range rows {
		width = max(width, term.Width(r.types))
	}
	fmt.Fprintf(w, "\n  %s   SLOS  QUERIES/MIN  BYTES/QUERY  INSPECTIONS PER EVENT\n", term.Fit("EVENT TYPES", width))
	packs, inspections := 0.0, 0.0
	for _, r := range rows {
		perEvent := float64(r.queries) // whatever the time between them: each reads all events since the last
		if r.probed {
			perEvent += lookbacks
		}
		fmt.Fprintf(w, "  %s  %5d  %11s  %11d  %21s\n", term.Fit(r.types, width), r.slos, decimal(r.perMinute), r.bytes/r.queries, decimal(perEvent))
		packs += r.perMinute
		inspections += perEvent
	}
	queries := packs + float64(c.Probes)
	requests := math.Ceil(packs/newrelic.AliasesPerRequest) + math.Ceil(float64(c.Probes)/newrelic.AliasesPerRequest)
	traffic, _ := perMinute.Float64()
	records := inspections * traffic * 60
	fmt.Fprintf(w, "\nQueries a minute: %s to count, %d to look for late events; requests: %.0f.\n", decimal(packs), c.Probes, requests)
	each := func(x float64) string { return small(x / float64(c.SLOs)) }
	fmt.Fprintf(w, "For each SLO and minute: queries %s, requests %s, records inspected %s.\n", each(queries), each(requests), each(records/60))
	fmt.Fprintf(w, "Queries an hour: %s, %s of what slojourn allows itself (%d a minute).\n",
		decimal(queries*60), share(queries/nerdgraph.DefaultQueries), int(nerdgraph.DefaultQueries))
	fmt.Fprintf(w, "Records inspected an hour: %.0f, %s of what slojourn allows itself (%.0f),\nwith %s events a minute of each set of types.\n",
		records, share(records/nerdgraph.DefaultRecords), float64(nerdgraph.DefaultRecords), numberText(perMinute, 3))
	fmt.Fprintln(w, "Minutes in which events came late are counted again on top of that.")
}

// costRow is the packs of one set of event types.
type costRow struct {
	types     string
	slos      int
	queries   int
	perMinute float64
	bytes     int
	probed    bool
}

func (c sourceCost) rows() []costRow {
	var rows []costRow
	ids := map[string]bool{}
	for _, p := range c.Packs {
		types := strings.Join(p.Types, ", ")
		if len(rows) == 0 || rows[len(rows)-1].types != types {
			rows = append(rows, costRow{types: types, probed: !slices.Contains(p.Types, "Metric")})
			ids = map[string]bool{}
		}
		last := &rows[len(rows)-1]
		last.queries++
		last.perMinute += 1 / float64(p.Every)
		last.bytes += p.Bytes
		for _, id := range p.SLOs {
			ids[id] = true
		}
		last.slos = len(ids)
	}
	return rows
}

// decimal writes a number with two decimals at most.
func decimal(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}

// small writes a number below 1 with three digits.
func small(x float64) string {
	if x >= 100 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// share writes a share of 1 as a percentage. What is small is not nothing.
func share(x float64) string {
	if x > 0 && x < 0.0001 {
		return "less than 0.01%"
	}
	return decimal(x*100) + "%"
}
