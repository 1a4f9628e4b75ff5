package preview

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana"
)

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

// leastWidth is the least of a column without a width, as Grafana has it.
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
			widths[i] = max((width-fixed)/open, cmp.Or(fields[i].custom().MinWidth, leastWidth))
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
