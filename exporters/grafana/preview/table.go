package preview

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// cell is a value of a table: a number, a text, or nothing.
type cell struct {
	number bool
	value  float64
	text   string
	none   bool
}

// key is the same for equal cells.
func (c cell) key() string {
	switch {
	case c.none:
		return ""
	case c.number:
		return "n" + strconv.FormatFloat(c.value, 'g', -1, 64)
	}
	return "t" + c.text
}

// table is rows of cells under names.
type table struct {
	columns []column
	rows    [][]cell
}

type column struct{ name, ref string }

// index returns the column with a name, or -1.
func (t *table) index(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
}

// tables evaluates the queries of a panel, one table each, as Grafana has them: the time,
// the labels, and the value.
func (b *board) tables(p *grafana.Panel) ([]table, error) {
	var list []table
	for i := range p.Targets {
		target := &p.Targets[i]
		if target.Query == nil {
			return nil, fmt.Errorf("the query %s has no expression", target.RefID)
		}
		samples, err := b.data.At(target.Query, b.to, b.binding(b.step(0)))
		if err != nil {
			return nil, fmt.Errorf("the query %s: %w", target.RefID, err)
		}
		names := map[string]bool{}
		for _, s := range samples {
			for name := range s.Labels {
				names[name] = true
			}
		}
		if len(samples) == 0 {
			continue // a query that finds nothing has no fields
		}
		labels, value := slices.Sorted(maps.Keys(names)), "Value"
		if len(p.Targets) > 1 {
			value += " #" + target.RefID
		}
		t := table{columns: []column{{"Time", target.RefID}}}
		for _, name := range labels {
			t.columns = append(t.columns, column{name, target.RefID})
		}
		t.columns = append(t.columns, column{value, target.RefID})
		for _, s := range samples {
			row := []cell{{number: true, value: float64(b.to.UnixMilli())}}
			for _, name := range labels {
				row = append(row, cell{text: s.Labels[name]})
			}
			t.rows = append(t.rows, append(row, cell{number: true, value: s.Value, none: math.IsNaN(s.Value)}))
		}
		list = append(list, t)
	}
	return list, nil
}

// transformed applies the transformations of a panel, and returns the first table that is
// left, which is the one that Grafana shows.
func transformed(list []table, transformations []grafana.Transformation) (table, error) {
	for _, t := range transformations {
		switch t.ID {
		case "merge":
			list = merged(list)
		case "organize":
			options, err := decoded[grafana.OrganizeOptions](t.Options)
			if err != nil {
				return table{}, err
			}
			for i := range list {
				list[i] = organized(list[i], options)
			}
		case "sortBy":
			options, err := decoded[grafana.SortOptions](t.Options)
			if err != nil {
				return table{}, err
			}
			for i := range list {
				for _, rule := range slices.Backward(options.Sort) {
					list[i].sort(rule.Field, rule.Desc)
				}
			}
		default:
			return table{}, fmt.Errorf("the transformation %q is not known", t.ID)
		}
	}
	if len(list) == 0 {
		return table{}, nil
	}
	return list[0], nil
}

// merged makes one table of several. Rows belong together whose columns that all tables
// have are alike, unless another column of both has two values.
func merged(list []table) []table {
	if len(list) < 2 {
		return list
	}
	var all table
	count := map[string]int{}
	for _, t := range list {
		for _, c := range t.columns {
			if count[c.name]++; count[c.name] == 1 {
				all.columns = append(all.columns, c)
			}
		}
	}
	byKey := map[string][]int{}
	for _, t := range list {
		for _, from := range t.rows {
			row, key := make([]cell, len(all.columns)), ""
			for i, c := range all.columns {
				row[i] = cell{none: true}
				if k := t.index(c.name); k >= 0 {
					row[i] = from[k]
				}
				if count[c.name] == len(list) {
					key += strconv.Quote(row[i].key())
				}
			}
			if !joined(all.rows, byKey[key], row) {
				byKey[key] = append(byKey[key], len(all.rows))
				all.rows = append(all.rows, row)
			}
		}
	}
	return []table{all}
}

// joined adds the cells of a row to the first of others that does not have other ones.
func joined(rows [][]cell, among []int, row []cell) bool {
next:
	for _, n := range among {
		for i, c := range row {
			if before := rows[n][i]; !before.none && !c.none && before.key() != c.key() {
				continue next
			}
		}
		for i, c := range row {
			if !c.none {
				rows[n][i] = c
			}
		}
		return true
	}
	return false
}

// organized leaves out, orders and renames columns.
func organized(t table, options grafana.OrganizeOptions) table {
	var order []int
	for i, c := range t.columns {
		if !options.ExcludeByName[c.name] {
			order = append(order, i)
		}
	}
	place := func(i int) int {
		if n, named := options.IndexByName[t.columns[i].name]; named {
			return n
		}
		return math.MaxInt
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(place(x), place(y)) })
	var to table
	for _, i := range order {
		c := t.columns[i]
		if name := options.RenameByName[c.name]; name != "" {
			c.name = name
		}
		to.columns = append(to.columns, c)
	}
	for _, row := range t.rows {
		moved := make([]cell, len(order))
		for k, i := range order {
			moved[k] = row[i]
		}
		to.rows = append(to.rows, moved)
	}
	return to
}

// sort orders rows by a column. What has no value comes first, or last when the order is
// the other way round.
func (t *table) sort(name string, desc bool) {
	i := t.index(name)
	if i < 0 {
		return
	}
	slices.SortStableFunc(t.rows, func(x, y []cell) int {
		n := compared(x[i], y[i])
		if desc {
			return -n
		}
		return n
	})
}

func compared(x, y cell) int {
	switch {
	case x.none || y.none:
		return cmp.Compare(boolean(!x.none), boolean(!y.none))
	case x.number && y.number:
		return cmp.Compare(x.value, y.value)
	}
	return cmp.Compare(strings.ToLower(x.text), strings.ToLower(y.text))
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
