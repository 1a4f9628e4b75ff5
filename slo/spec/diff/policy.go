package diff

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// policies compares the alert policies of the sets, each once for all objectives that
// follow it.
func (c *comparison) policies() {
	was, is := following(c.before), following(c.after)
	for _, p := range match(c.before.Policies, c.after.Policies, func(p *slo.AlertPolicy) string { return p.Name }, same) {
		switch b, a := p.before, p.after; {
		case b == nil:
			one := ofFollowed(a, is[a.Name])
			c.add(felt(acceptances(one, nil, a.Accepts))...)
			one.Kind, one.Weight, one.After = PolicyAdded, Neutral, alertsText(a)
			c.add(one)
		case a == nil:
			one := ofFollowed(b, was[b.Name])
			one.Kind, one.Weight, one.Before = PolicyRemoved, Neutral, alertsText(b)
			c.add(one)
		default:
			c.policy(b, a, is[a.Name])
		}
	}
}

func (c *comparison) policy(b, a *slo.AlertPolicy, follow follow) {
	one := ofFollowed(a, follow)
	c.add(felt(policyEffects(one, b, a, follow.windows))...)
	c.add(felt(acceptances(one, b.Accepts, a.Accepts))...)
	c.add(text(TitleChanged, one.Subject, a.Origin, b.Title, a.Title)...)
	c.owner(one.Subject, a.Origin, b.Owner, a.Owner)
}

// ofFollowed begins a change of an alert policy.
func ofFollowed(p *slo.AlertPolicy, follow follow) Change {
	return Change{Subject: Subject{Policy, p.Name}, Reaches: follow.names, Place: p.Origin}
}

// felt makes changes of what stands in an alert policy neutral where nothing follows it.
func felt(changes []Change) []Change {
	for i := range changes {
		if len(changes[i].Reaches) == 0 {
			changes[i].Weight = Neutral
			changes[i].Notes = append(changes[i].Notes, diag.Say("no objective follows it"))
		}
	}
	return changes
}

// follow is the objectives that follow a policy.
type follow struct {
	names   []string // ids, with the name of the objective
	windows []slo.Window
}

// following returns what follows each policy, by its name.
func following(set *slo.Set) map[string]follow {
	all := map[string]follow{}
	objectives := func(id string, list []slo.Objective) {
		for _, o := range list {
			if o.Alerts == nil {
				continue
			}
			f := all[o.Alerts.Name]
			f.names = append(f.names, about(id, o.Name))
			if !slices.ContainsFunc(f.windows, o.Window.Same) {
				f.windows = append(f.windows, o.Window)
			}
			all[o.Alerts.Name] = f
		}
	}
	for _, j := range set.Journeys {
		objectives(j.ID, j.Objectives)
	}
	for _, s := range set.SLOs {
		objectives(s.ID, s.Objectives)
	}
	for name := range all {
		slices.Sort(all[name].names)
	}
	return all
}

// alertsText says what a policy has: 2 page tiers, 2 ticket tiers, noTraffic.
func alertsText(p *slo.AlertPolicy) diag.Phrase {
	var parts []diag.Phrase
	for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
		n := 0
		for _, t := range p.Tiers {
			if t.Severity == severity {
				n++
			}
		}
		switch {
		case n == 1:
			parts = append(parts, diag.Say("1 %s tier", severity))
		case n > 1:
			parts = append(parts, diag.Say("%d %s tiers", n, severity))
		}
	}
	if p.NoTraffic != nil {
		parts = append(parts, diag.Verbatim("noTraffic"))
	}
	if p.NoData != nil {
		parts = append(parts, diag.Verbatim("noData"))
	}
	if len(p.BudgetSpent) > 0 {
		parts = append(parts, diag.Verbatim("budgetSpent"))
	}
	if len(parts) == 0 {
		return diag.Say("no alerts")
	}
	return diag.Joined(parts)
}

// policyEffects says what differs for objectives that follow one policy and then another,
// or one that has changed. Each change begins as one. Factors are those of the windows of
// these objectives; without any, of 28 days.
func policyEffects(one Change, b, a *slo.AlertPolicy, windows []slo.Window) []Change {
	if len(windows) == 0 {
		windows = []slo.Window{slo.Rolling(28 * 24 * 60)}
	}
	e := effects{one: one, windows: windows}
	e.tiers(b.Tiers, a.Tiers)
	e.guard("minEvents", cmp.Compare(a.Guard.MinEvents, b.Guard.MinEvents), turn{count(b.Guard.MinEvents), count(a.Guard.MinEvents)})
	e.guard("minBad", cmp.Compare(a.Guard.MinBad, b.Guard.MinBad), turn{count(b.Guard.MinBad), count(a.Guard.MinBad)})
	e.guard("confidence", a.Guard.Confidence.Rat().Cmp(b.Guard.Confidence.Rat()),
		turn{diag.Verbatim(b.Guard.Confidence.String()), diag.Verbatim(a.Guard.Confidence.String())})
	e.hold(slo.Page, b.Hold.Page, a.Hold.Page)
	e.hold(slo.Ticket, b.Hold.Ticket, a.Hold.Ticket)
	e.noTraffic(b.NoTraffic, a.NoTraffic)
	e.noData(b.NoData, a.NoData)
	before, after := percentages(b.BudgetSpent), percentages(a.BudgetSpent)
	for _, at := range missing(before, after) {
		e.add(BudgetAlertRemoved, Loses, "", turn{before: diag.Verbatim(at)})
	}
	for _, at := range missing(after, before) {
		e.add(BudgetAlertAdded, Gains, "", turn{after: diag.Verbatim(at)})
	}
	return e.changes
}

type effects struct {
	one     Change
	windows []slo.Window
	changes []Change
}

func (e *effects) add(kind Kind, weight Weight, detail string, t turn) *Change {
	change := e.one
	change.Kind, change.Weight, change.Detail, change.Before, change.After = kind, weight, detail, t.before, t.after
	e.changes = append(e.changes, change)
	return &e.changes[len(e.changes)-1]
}

// guard compares a number that an alert needs more than.
func (e *effects) guard(name string, order int, t turn) {
	switch {
	case order > 0:
		e.add(GuardRaised, Loosens, name, t)
	case order < 0:
		e.add(GuardLowered, Tightens, name, t)
	}
}

func (e *effects) hold(severity slo.Severity, before, after time.Duration) {
	if before != after {
		e.add(HoldChanged, Changes, string(severity), turn{duration(before), duration(after)})
	}
}

func (e *effects) noTraffic(b, a *slo.NoTraffic) {
	switch {
	case b == nil && a == nil:
	case b == nil:
		e.add(NoTrafficOn, Gains, "", turn{after: noTrafficText(a)})
	case a == nil:
		e.add(NoTrafficOff, Loses, "", turn{before: noTrafficText(b)})
	default:
		weight := both(longer(b.After, a.After), higher(a.Below.Rat().Cmp(b.Below.Rat())), severer(b.Severity, a.Severity))
		if weight != "" {
			e.add(NoTrafficChanged, weight, "", turn{noTrafficText(b), noTrafficText(a)})
		}
	}
}

func (e *effects) noData(b, a *slo.NoData) {
	switch {
	case b == nil && a == nil:
	case b == nil:
		e.add(NoDataOn, Gains, "", turn{after: noDataText(a)})
	case a == nil:
		e.add(NoDataOff, Loses, "", turn{before: noDataText(b)})
	default:
		if weight := both(longer(b.After, a.After), severer(b.Severity, a.Severity)); weight != "" {
			e.add(NoDataChanged, weight, "", turn{noDataText(b), noDataText(a)})
		}
	}
}

func noTrafficText(q *slo.NoTraffic) diag.Phrase {
	return diag.Say("%s below %s for %s", q.Severity, q.Below, slo.FormatDuration(q.After))
}

func noDataText(q *slo.NoData) diag.Phrase {
	return diag.Say("%s after %s", q.Severity, slo.FormatDuration(q.After))
}

// both is what several things do together: "" when nothing changes.
func both(weights ...Weight) Weight {
	all := Weight("")
	for _, w := range weights {
		switch {
		case w == "" || w == all:
		case all == "":
			all = w
		default:
			return Changes
		}
	}
	return all
}

// longer weighs how long something has to be before an alert fires.
func longer(before, after time.Duration) Weight { return higher(cmp.Compare(before, after)) }

// higher weighs the order of an alert that fires the more the higher a number is.
func higher(order int) Weight {
	switch {
	case order > 0:
		return Tightens
	case order < 0:
		return Loosens
	}
	return ""
}

func severer(before, after slo.Severity) Weight {
	switch {
	case before == after:
		return ""
	case after == slo.Page:
		return Tightens
	}
	return Loosens
}

func duration(d time.Duration) diag.Phrase { return diag.Verbatim(slo.FormatDuration(d)) }

func count(n int64) diag.Phrase { return diag.Verbatim(strconv.FormatInt(n, 10)) }

// percentages spells each in one way: 80.0% is 80%.
func percentages(list []slo.Percentage) []string {
	var texts []string
	for _, p := range list {
		texts = append(texts, plainNumber(new(big.Rat).Mul(p.Rat(), big.NewRat(100, 1)))+"%")
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// plainNumber writes a number with as many decimals as it needs, up to nine.
func plainNumber(x *big.Rat) string {
	text := x.FloatString(9)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
