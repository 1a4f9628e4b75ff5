package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/internal/term"
)

// shownIDs is how many of the ids with the most series are printed.
const shownIDs = 10

// explainCardinality prints how many series a set has on /metrics.
func explainCardinality(env environment, trusted *trust, paths []string) error {
	result, err := measurable(env, trusted, paths)
	if err != nil {
		return err
	}
	c, err := prometheus.CardinalityOf(result.Set)
	if err != nil {
		return failed(err)
	}
	w := bufio.NewWriter(env.stdout)
	printCardinality(w, c)
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

func printCardinality(w io.Writer, c prometheus.Cardinality) {
	fmt.Fprintf(w, "At most %s, of %s with %s.\n", countOf(c.Series, "series", "series"), countOf(len(c.IDs), "id", "ids"), countOf(c.Objectives, "objective", "objectives"))
	width := len("METRIC")
	for _, m := range c.Metrics {
		width = max(width, term.Width(m.Name))
	}
	fmt.Fprintf(w, "\n  %s   SERIES    SHARE\n", term.Fit("METRIC", width))
	for _, m := range c.Metrics {
		fmt.Fprintf(w, "  %s  %7d  %7s\n", term.Fit(m.Name, width), m.Series, shareOf(m.Series, c.Series))
	}
	shown := c.IDs[:min(len(c.IDs), shownIDs)]
	width = len("LARGEST IDS")
	for _, one := range shown {
		width = max(width, term.Width(one.ID))
	}
	fmt.Fprintf(w, "\n  %s   SERIES    SHARE  OBJECTIVES  WINDOWS\n", term.Fit("LARGEST IDS", width))
	for _, one := range shown {
		fmt.Fprintf(w, "  %s  %7d  %7s  %10d  %7d\n", term.Fit(one.ID, width), one.Series, shareOf(one.Series, c.Series), one.Objectives, one.Windows)
	}
	fmt.Fprintf(w, "\nA scrape takes about %s of text, or %s gzipped. OpenMetrics has %s more\nthat %s since when counters count.\n",
		sizeOf(c.Text), sizeOf(c.Gzip), countOf(c.Created, "line", "lines"), verbOf(c.Created, "says", "say"))
	fmt.Fprintln(w, "What slojourn says of itself comes on top: some 100 series, and a few for each Source and Notifier.")
}

// shareOf is a part of a whole as a percentage.
func shareOf(part, whole int) string { return shareText(float64(part) / float64(whole)) }

func verbOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// sizeOf writes bytes as kilobytes or megabytes.
func sizeOf(bytes int64) string {
	if bytes < 1_000_000 {
		return decimal(float64(bytes)/1_000) + " kB"
	}
	return decimal(float64(bytes)/1_000_000) + " MB"
}
