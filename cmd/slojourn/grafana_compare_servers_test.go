//go:build servers

package main

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// comparison compares what panels show with what [panelRules] say, and remembers which of them
// were about anything.
type comparison struct {
	*testing.T
	*reading
	rules      []panelRule
	exceptions []string
	patterns   map[string]*regexp.Regexp
	used       map[string]bool
	compared   int
	differ     []string
}

func newComparison(t *testing.T, r *reading) *comparison {
	t.Helper()
	c := &comparison{T: t, reading: r, rules: panelRules(), exceptions: slices.Sorted(maps.Keys(notEvals())), patterns: map[string]*regexp.Regexp{}, used: map[string]bool{}}
	for _, rule := range c.rules {
		c.patterns[rule.of] = regexp.MustCompile("^(?:" + rule.of + ")$")
	}
	for _, pattern := range c.exceptions {
		c.patterns[pattern] = regexp.MustCompile("^(?:" + pattern + ")$")
	}
	return c
}

// compare compares the values of a query of a panel, by their labels. Exactly one rule or
// exception has to be about it.
func (c *comparison) compare(file grafana.File, p *grafana.Panel, place int, values map[string]float64) {
	c.Helper()
	kind, _, _ := strings.Cut(file.Name, ".")
	what := kind + ": " + p.Title + ": " + shownAs(p, place)
	where := file.Name + strings.TrimPrefix(what, kind)
	found := 0
	for _, pattern := range c.exceptions {
		if c.patterns[pattern].MatchString(what) {
			found++
			c.used[pattern] = true
		}
	}
	for _, rule := range c.rules {
		groups := c.patterns[rule.of].FindStringSubmatch(what)
		if groups == nil {
			continue
		}
		found++
		c.used[rule.of] = true
		c.text, c.own = groups[1:], c.of(file.Dashboard.UID)
		want, got := rule.want(c.reading), cells{}
		for labels, value := range values {
			row := strings.Join(c.labelsOf(labels, rule.rows), ", ")
			if _, twice := got[row]; twice {
				c.differ = append(c.differ, fmt.Sprintf("%s: two values of %q", where, row))
			}
			got[row] = value
		}
		c.equal(where, want, got)
	}
	if found != 1 {
		c.differ = append(c.differ, fmt.Sprintf("%s: %d rules and exceptions are about it, want 1: add one to panelRules or notEvals", where, found))
	}
}

// equal compares the rows of a column.
func (c *comparison) equal(where string, want, got cells) {
	c.compared += len(want)
	for row, value := range want {
		shown, is := got[row]
		switch {
		case !is:
			c.differ = append(c.differ, fmt.Sprintf("%s: %q is not there, and %v by what eval says", where, row, value))
		case math.Abs(shown-value) > 1e-9*math.Abs(value)+1e-12:
			c.differ = append(c.differ, fmt.Sprintf("%s: %q is %v, and %v by what eval says", where, row, shown, value))
		}
	}
	for row, shown := range got {
		if _, is := want[row]; !is {
			c.differ = append(c.differ, fmt.Sprintf("%s: %q is %v, and eval says nothing of it", where, row, shown))
		}
	}
}

// problems are what differs, and rules that are of no use.
func (c *comparison) problems() []string {
	problems := slices.Sorted(slices.Values(c.differ))
	for pattern := range c.patterns {
		if !c.used[pattern] {
			problems = append(problems, "no panel shows "+pattern)
		}
	}
	if c.compared < 500 {
		problems = append(problems, fmt.Sprintf("%d values are compared: this proves less than it should", c.compared))
	}
	return problems
}

// of returns what a dashboard is about, by its uid, or nil.
func (c *comparison) of(dashboard string) *saidSLO {
	for _, s := range c.SLOs {
		if uid.Of(s.ID) == dashboard {
			return s
		}
	}
	return nil
}

// shownAs is what people see a query of a panel called: the title of its column, or the
// legend of its line.
func shownAs(p *grafana.Panel, place int) string {
	for _, t := range p.Transformations {
		if organize, is := t.Options.(grafana.OrganizeOptions); is {
			if title := organize.RenameByName["Value #"+p.Targets[place].RefID]; title != "" {
				return title
			}
			return organize.RenameByName["Value"]
		}
	}
	return p.Targets[place].LegendFormat
}

// labelsOf returns the values of some labels in a set of them that is spelt like {a="b"}.
func (c *comparison) labelsOf(set string, names []string) []string {
	values := make([]string, len(names))
	for _, match := range regexp.MustCompile(`(\w+)=("(?:[^"\\]|\\.)*")`).FindAllStringSubmatch(set, -1) {
		if i := slices.Index(names, match[1]); i >= 0 {
			value, err := strconv.Unquote(match[2])
			if err != nil {
				c.Fatal(err)
			}
			values[i] = value
		}
	}
	return values
}
