package preview

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/url"
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
		samples, err := b.data.At(target.Query, b.to, b.binding(b.step(0, 0)))
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

// tableView is a table as it is shown.
type tableView struct {
	Header  bool
	Heads   []head
	Rows    [][]cellView
	More    string
	RowSize int
}

type head struct {
	Text, Class string
	Width       int // in pixels; 0 for what is left
}

type cellView struct {
	Text, Title, Class string
	Href               string
	Ink, Ground        string // colours
	Gauge              *drawing
}

// mostRows is how many rows of a table a page has.
const mostRows = 500

// table shows the table of a panel.
func (b *board) table(p *grafana.Panel, width, height int) (*tableView, error) {
	list, err := b.tables(p)
	if err != nil {
		return nil, err
	}
	t, err := transformed(list, p.Transformations)
	if err != nil || len(t.rows) == 0 {
		return nil, err
	}
	options, err := decoded[grafana.TableOptions](p.Options)
	if err != nil {
		return nil, err
	}
	// The settings of a field are those of the name that it has in the end.
	fields := make([]settings, len(t.columns))
	byName := map[string]int{}
	for i, c := range t.columns {
		if fields[i], err = settingsOf(p, field(c)); err != nil {
			return nil, err
		}
		byName[c.name] = i
		if fields[i].DisplayName != "" {
			byName[fields[i].DisplayName] = i
		}
	}
	for _, by := range slices.Backward(options.SortBy) {
		if i, known := byName[by.DisplayName]; known {
			t.sort(t.columns[i].name, by.Desc)
		}
	}
	v := &tableView{Header: options.ShowHeader, RowSize: map[string]int{"md": 42, "lg": 48}[options.CellHeight]}
	if v.RowSize == 0 {
		v.RowSize = 36
	}
	widths := widthsOf(fields, width)
	var visible []int
	for i, c := range t.columns {
		if fields[i].custom().Hidden {
			continue
		}
		visible = append(visible, i)
		name := cmp.Or(fields[i].DisplayName, c.name)
		v.Heads = append(v.Heads, head{plain(name), alignOf(&t, i, &fields[i]), widths[i]})
	}
	const headLine, moreLine = 36, 22
	height -= headLine * boolean(v.Header)
	if len(t.rows)*v.RowSize > height {
		v.More = b.t.More(len(t.rows) - (height-moreLine)/v.RowSize)
	}
	for n, row := range t.rows {
		if n == mostRows {
			break
		}
		var cells []cellView
		for _, i := range visible {
			cells = append(cells, b.cell(&t, fields, i, row, widths[i], v.RowSize))
		}
		v.Rows = append(v.Rows, cells)
	}
	return v, nil
}

// numeric reports whether a column has numbers.
func (t *table) numeric(i int) bool {
	return slices.ContainsFunc(t.rows, func(row []cell) bool { return row[i].number })
}

// alignOf is the class of a column.
func alignOf(t *table, i int, s *settings) string {
	if align := s.custom().Align; align == "left" || align == "center" || align == "right" {
		return align
	}
	if t.numeric(i) {
		return "right"
	}
	return "left"
}

// leastWidth is that of a column without a width, as Grafana has it.
const leastWidth = 150

// widthsOf shares out the width of a table: those of columns that have one, and the rest
// to the others. Where there is too little, columns are narrower, so that all are seen;
// Grafana has such a table scroll.
func widthsOf(fields []settings, width int) []int {
	widths := make([]int, len(fields))
	open, fixed := 0, 0
	for i := range fields {
		custom := fields[i].custom()
		switch {
		case custom.Hidden:
		case custom.Width > 0:
			widths[i] = custom.Width
			fixed += custom.Width
		default:
			open++
		}
	}
	for i := range fields {
		if widths[i] == 0 && !fields[i].custom().Hidden {
			widths[i] = max((width-fixed)/open, leastWidth)
		}
	}
	sum := 0
	for _, w := range widths {
		sum += w
	}
	for i, w := range widths {
		if sum > width {
			widths[i] = w * width / sum
		}
	}
	return widths
}

// cell shows one value.
func (b *board) cell(t *table, fields []settings, i int, row []cell, width, height int) cellView {
	s, c := &fields[i], row[i]
	var look shown
	switch {
	case c.none:
		look = s.show(b.units, math.NaN())
	case c.number:
		look = s.show(b.units, c.value)
	default:
		look = s.showText(c.text)
	}
	look.Text = plain(look.Text)
	v := cellView{Text: look.Text, Title: look.Text, Class: alignOf(t, i, s)}
	if look.Color == "transparent" {
		look.Color = ""
	}
	kind := grafana.CellOptions{}
	if options := s.custom().CellOptions; options != nil {
		kind = *options
	}
	switch kind.Type {
	case "color-text":
		v.Ink = look.Color
	case "color-background":
		v.Ground, v.Ink = look.Color, contrast(look.Color)
	case "gauge":
		if c.number && !c.none {
			v.Gauge = gauge(s, c.value, look, width-16, height-12)
		}
	}
	for _, link := range s.Links {
		if v.Href = b.href(b.linked(link.URL, t, row, look.Text, c)); v.Href != "" {
			break
		}
	}
	return v
}

// linked fills in the address of a link of a cell.
func (b *board) linked(address string, t *table, row []cell, text string, c cell) string {
	return b.filled(address, func(name string) (string, bool) {
		name, _, _ = strings.Cut(name, ":")
		switch name {
		case "__value.text":
			return url.QueryEscape(text), true
		case "__value.raw", "__value.numeric":
			return url.QueryEscape(strings.TrimLeft(c.key(), "nt")), true
		}
		rest, is := strings.CutPrefix(name, "__data.fields")
		if !is {
			return "", false
		}
		rest = strings.Trim(strings.TrimPrefix(rest, "."), `[]"'`)
		if i := t.index(rest); i >= 0 {
			return strings.TrimLeft(row[i].key(), "nt"), true
		}
		return "", true
	})
}

// gauge draws a value of a cell as a bar, with the value at its right.
func gauge(s *settings, value float64, look shown, width, height int) *drawing {
	d := &drawing{Width: px(width), Height: px(height), Title: look.Text}
	low, high := 0.0, 1.0
	if s.Min != nil {
		low = *s.Min
	}
	if s.Max != nil {
		high = *s.Max
	}
	if !(high > low) {
		high = low + 1
	}
	room := float64(width) - max(wide(look.Text, 13), 56) - 6
	share := min(max((value-low)/(high-low), 0), 1)
	if room > 8 {
		d.add(shape{Kind: "rect", X: 0, Y: 2, X2: px(room), Y2: px(height - 4), Fill: "#eceff2"})
		d.add(shape{Kind: "rect", X: 0, Y: 2, X2: px(max(share*room, 1)), Y2: px(height - 4), Fill: cmpColor(look.Color)})
	}
	d.text(px(width), px(height)/2, px(width), 13, "end", look.Text, func(s *shape) { s.Bold = true })
	return d
}
