package page

import (
	"cmp"
	"math"
	"slices"

	"github.com/slojourn/slojourn/burnrate/backtest"
)

// changes is what a change makes of alerts and of objectives. A nil table has nothing.
type changes struct {
	Alerts     *table // gained and lost
	Kept       string // what both runs have, or that nothing is different
	Objectives *table
	Same       string // how many objectives stay as they are
}

func (b *builder) changes() *changes {
	if !b.compare {
		return nil
	}
	c := &changes{}
	alerts := b.changedAlerts()
	earlier, later := 0, 0
	for _, p := range b.doc.Comparison.Kept {
		if p.Later < 0 {
			earlier++
		} else if p.Later > 0 {
			later++
		}
	}
	c.Kept = b.t.Kept(len(b.doc.Comparison.Kept), earlier, later)
	if alerts.All > 0 {
		c.Alerts = &alerts
	} else {
		c.Kept = b.t.NoneChanged + " " + c.Kept
	}
	changed := b.changedObjectives()
	c.Same = b.t.SameObjectives(len(b.doc.Comparison.Objectives) - len(changed))
	if len(changed) > 0 {
		t := b.objectiveTable(changed)
		t.MoreOnPaper = join(" · ", t.MoreOnPaper, c.Same)
		c.Objectives = &t
	}
	return c
}

// changedAlerts lists what a change gains and loses, in the order of time.
func (b *builder) changedAlerts() table {
	c := b.doc.Comparison
	type changed struct {
		*backtest.Episode
		sign, name, class string
	}
	var list []changed
	for n, indexes := range [][]int{c.Lost, c.Gained} {
		for _, i := range indexes {
			if e, there := episode(&b.doc.Runs[n], i); there {
				list = append(list, changed{e, []string{"−", "+"}[n], []string{b.t.Lost, b.t.Gained}[n], []string{"lost", "gained"}[n]})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y changed) int {
		return cmp.Or(x.Start.Compare(y.Start), x.Key.Compare(y.Key), cmp.Compare(x.class, y.class))
	})
	var rows [][]cell
	for _, e := range list {
		rows = append(rows, b.alertRow(e.Episode, cell{Text: e.sign + " " + b.t.Severity(e.Severity), Note: e.name, Class: e.class}))
	}
	return b.tableOf(b.alertHeads(cell{Text: b.t.Change, Class: "change"}), rows, mostChanges, b.paper.below)
}

// objectiveChange is an objective before and after a change. One of them is nil where
// it was not, or is no more.
type objectiveChange struct {
	*backtest.ObjectiveChange
	was, is *backtest.Objective
}

// sides returns an objective of both runs, with nil for what is nowhere.
func (b *builder) sides(c *backtest.ObjectiveChange) objectiveChange {
	side := func(n int, i *int) *backtest.Objective {
		if i == nil || *i < 0 || *i >= len(b.doc.Runs[n].Objectives) {
			return nil
		}
		return &b.doc.Runs[n].Objectives[*i]
	}
	return objectiveChange{c, side(0, c.Before), side(1, c.After)}
}

// defined reports whether the change is one of what is measured or alerted on: of the
// target, the window or the policy.
func (c *objectiveChange) defined() bool {
	if c.was == nil || c.is == nil {
		return c.was != c.is
	}
	return c.was.Target != c.is.Target || c.was.Window != c.is.Window || c.was.Policy != c.is.Policy
}

// counted reports whether people would be told more or less often, or another part of
// the budget is spent.
func (c *objectiveChange) counted() bool {
	if c.was == nil || c.is == nil {
		return c.was != c.is
	}
	return c.Pages[0] != c.Pages[1] || c.Tickets[0] != c.Tickets[1] ||
		c.was.Consumed.Rounded() != c.is.Consumed.Rounded() || c.was.Worst.Rounded() != c.is.Worst.Rounded()
}

// changedObjectives returns those for which the change makes a difference: those with
// other numbers of pages first, then of tickets, then of the budget.
func (b *builder) changedObjectives() []objectiveChange {
	var list []objectiveChange
	for i := range b.doc.Comparison.Objectives {
		if c := b.sides(&b.doc.Comparison.Objectives[i]); c.defined() || c.counted() {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(x, y objectiveChange) int {
		return cmp.Or(cmp.Compare(apart(y.Pages), apart(x.Pages)), cmp.Compare(apart(y.Tickets), apart(x.Tickets)),
			cmp.Compare(y.spentMore(), x.spentMore()), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Name, y.Name))
	})
	return list
}

func apart(n [2]int) int { return max(n[0]-n[1], n[1]-n[0]) }

// spentMore is how far apart the most of the budget is that was spent.
func (c *objectiveChange) spentMore() float64 {
	more, _ := c.Worst.Value()
	return math.Abs(more)
}

func (b *builder) objectiveTable(list []objectiveChange) table {
	heads := []cell{
		text(b.t.Objective), {Text: b.t.Target, Class: "target"}, text(b.t.Policy), numeric(b.t.PagesHead), numeric(b.t.Tickets), numeric(b.t.AtEnd), numeric(b.t.AtMost),
	}
	var rows [][]cell
	for k := range list {
		c := &list[k]
		turned := func(value func(*backtest.Objective) string) string {
			was, is := none, none
			if c.was != nil {
				was = value(c.was)
			}
			if c.is != nil {
				is = value(c.is)
			}
			if was == is {
				return is
			}
			return was + " → " + is
		}
		counts := func(n [2]int) string {
			if n[0] == n[1] {
				return count(int64(n[0]))
			}
			return count(int64(n[0])) + " → " + count(int64(n[1]))
		}
		name := text(safe(c.ID))
		switch {
		case c.was == nil:
			name.Note = b.t.New
		case c.is == nil:
			name.Note = b.t.Gone
		}
		rows = append(rows, []cell{
			name,
			{Text: turned(func(o *backtest.Objective) string { return safe(o.Target) + " / " + b.window(o.Window) }), Class: "target"},
			text(turned(func(o *backtest.Objective) string { return cmp.Or(safe(o.Policy), none) })),
			numeric(counts(c.Pages)), numeric(counts(c.Tickets)),
			numeric(turned(func(o *backtest.Objective) string { return share(o.Consumed) })), numeric(turned(func(o *backtest.Objective) string { return share(o.Worst) })),
		})
	}
	return b.tableOf(heads, rows, mostObjectives, b.paper.objectives)
}

// names are what ids and objectives before a change are called after it, where they
// are called something else.
type names struct {
	ids        map[string]string
	objectives map[[2]string][2]string
}

func (b *builder) names() names {
	n := names{ids: map[string]string{}, objectives: map[[2]string][2]string{}}
	if !b.compare {
		return n
	}
	for i := range b.doc.Comparison.Objectives {
		if c := b.sides(&b.doc.Comparison.Objectives[i]); c.was != nil && c.is != nil {
			n.ids[c.was.ID] = c.is.ID
			n.objectives[[2]string{c.was.ID, c.was.Name}] = [2]string{c.is.ID, c.is.Name}
		}
	}
	return n
}

// after returns what something of the nth run is called after a change.
func (n names) after(run int, id, objective string) (string, string) {
	if run > 0 {
		return id, objective
	}
	if called, there := n.objectives[[2]string{id, objective}]; there {
		return called[0], called[1]
	}
	return cmp.Or(n.ids[id], id), objective
}

// differs returns the objectives, by id and name after the change, of which alerts are
// gained, lost, or told at another time, or which are defined in another way.
func (b *builder) differs(n names) map[[2]string]bool {
	list := map[[2]string]bool{}
	if !b.compare {
		return list
	}
	mark := func(run, i int) {
		if e, there := episode(&b.doc.Runs[run], i); there {
			id, objective := n.after(run, e.ID, e.Objective)
			list[[2]string{id, objective}] = true
		}
	}
	c := b.doc.Comparison
	for _, i := range c.Lost {
		mark(0, i)
	}
	for _, i := range c.Gained {
		mark(1, i)
	}
	for _, p := range c.Kept {
		if p.Later != 0 {
			mark(1, p.After)
		}
	}
	for i := range c.Objectives {
		if s := b.sides(&c.Objectives[i]); s.defined() {
			list[[2]string{s.ID, s.Name}] = true
		}
	}
	return list
}
