package preview

import (
	"math"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// number is one value of a panel of numbers or bars.
type number struct {
	of    *series
	value float64
	shown
}

// numbers reduces series to values, in their order.
func (b *board) numbers(list []series, r grafana.Reduce) ([]number, error) {
	var numbers []number
	for i := range list {
		value, err := reduced(calcOf(r), list[i].points)
		if err != nil {
			return nil, err
		}
		n := number{of: &list[i], value: value, shown: list[i].show(b.units, value)}
		n.Text = plain(n.Text)
		numbers = append(numbers, n)
		if r.Values && r.Limit > 0 && len(numbers) == r.Limit {
			break
		}
	}
	return numbers, nil
}

// stat draws large numbers.
func (b *board) stat(p *grafana.Panel, list []series, width, height int) (*drawing, error) {
	options, err := decoded[grafana.StatOptions](p.Options)
	if err != nil {
		return nil, err
	}
	numbers, err := b.numbers(list, options.ReduceOptions)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	named := options.TextMode == "value_and_name" || options.TextMode == "name" || (options.TextMode == "auto" || options.TextMode == "") && len(numbers) > 1
	longest, longestName := 0.0, 0.0
	for _, n := range numbers {
		longest = max(longest, wide(n.Text, 1))
		if named {
			longestName = max(longestName, wide(n.of.name, 1))
		}
	}
	columns := columnsOf(len(numbers), float64(width), float64(height), options.Orientation, max(longest, longestName/2))
	rows := (len(numbers) + columns - 1) / columns
	const gap = 6
	w, h := (float64(width)-gap*float64(columns-1))/float64(columns), (float64(height)-gap*float64(rows-1))/float64(rows)
	valueSize, nameSize := min(h*0.6, w*0.88/max(longest, 1), 72), 0.0
	if named {
		valueSize = min(h*0.45, w*0.88/max(longest, 1), 72)
		nameSize = max(min(h*0.22, w*0.88/max(longestName, 1), 24), 11)
	}
	if options.Text != nil && options.Text.ValueSize > 0 {
		valueSize = min(float64(options.Text.ValueSize), w*0.96/max(longest, 1), h)
	}
	if options.Text != nil && options.Text.TitleSize > 0 && named {
		nameSize = min(float64(options.Text.TitleSize), h/2)
	}
	d := &drawing{Width: px(width), Height: px(height), Title: plain(p.Title)}
	for i, n := range numbers {
		x, y := float64(i%columns)*(w+gap), float64(i/columns)*(h+gap)
		ink := ""
		switch options.ColorMode {
		case "background", "background_solid":
			if n.Color != "" && n.Color != "transparent" {
				d.add(shape{Kind: "rect", X: px(x), Y: px(y), X2: px(w), Y2: px(h), Fill: n.Color})
			}
			ink = contrast(n.Color)
		case "value":
			ink = n.Color
		}
		if ink == "transparent" {
			ink = ""
		}
		if options.GraphMode == "area" && len(n.of.points) > 1 {
			b.sparkline(d, n.of.points, x, y+h*0.72, w, h*0.28, cmpColor(ink, n.Color))
		}
		anchor, left := "middle", x+w/2
		if options.JustifyMode == "auto" && named && columns == 1 {
			anchor, left = "start", x+8
		}
		middle := y + h/2
		if named {
			middle = y + (h+nameSize)/2
			d.text(px(left), px(middle-valueSize/2-nameSize*0.6), px(w*0.96), px(nameSize), anchor, n.of.name, func(s *shape) { s.Fill = backInk(options.ColorMode, ink) })
		}
		d.text(px(left), px(middle), px(w), px(valueSize), anchor, n.Text, func(s *shape) { s.Fill, s.Bold = ink, true })
	}
	return d, nil
}

// backInk is the colour of a name: that of the value where both are on a colour.
func backInk(mode, ink string) string {
	if mode == "value" || mode == "none" {
		return ""
	}
	return ink
}

func cmpColor(colors ...string) string {
	for _, c := range colors {
		if c != "" && c != "transparent" {
			return c
		}
	}
	return "#3274d9"
}

// sparkline draws what a number was before.
func (b *board) sparkline(d *drawing, points []query.Point, x, y, w, h float64, hue string) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	if !(high > low) {
		high = low + 1
	}
	f := frame{left: x, right: x + w, top: y, bottom: y + h, from: b.from, to: b.to, low: low, high: high}
	path := "M" + at(f.x(points[0].At), f.bottom)
	for _, p := range points {
		path += "L" + at(f.x(p.At), f.y(p.Value))
	}
	d.add(shape{Kind: "path", Path: path + "L" + at(f.x(points[len(points)-1].At), f.bottom) + "Z", Fill: hue, Opacity: "0.25"})
}

// columnsOf is in how many columns numbers are as large as they can be.
func columnsOf(n int, width, height float64, orientation string, longest float64) int {
	switch orientation {
	case "vertical":
		return n
	case "horizontal":
		return 1
	}
	best, most := 1, 0.0
	for columns := 1; columns <= n; columns++ {
		rows := float64((n + columns - 1) / columns)
		if size := min(width/float64(columns)/max(longest, 1), height/rows*0.6); size > most {
			best, most = columns, size
		}
	}
	return best
}

// bars draws a bar for each series.
func (b *board) bars(p *grafana.Panel, list []series, width, height int) (*drawing, error) {
	options, err := decoded[grafana.BarsOptions](p.Options)
	if err != nil {
		return nil, err
	}
	numbers, err := b.numbers(list, options.ReduceOptions)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	low, high := 0.0, math.Inf(-1)
	for _, n := range numbers {
		if !math.IsNaN(n.value) {
			low, high = min(low, n.value), max(high, n.value)
		}
	}
	if !(high > low) {
		high = low + 1
	}
	d := &drawing{Width: px(width), Height: px(height), Title: plain(p.Title)}
	if options.Orientation == "vertical" {
		barsUp(d, options, numbers, low, high)
		return d, nil
	}
	least := max(options.MinVizHeight, 16)
	most := max(height/(least+4), 1)
	left := 0
	if len(numbers) > most {
		left = len(numbers) - most + 1
		numbers = numbers[:most-1]
	}
	rows := len(numbers) + min(left, 1)
	h := min(float64(height)/float64(rows), 64)
	size := min(max(h*0.36, 11), 18)
	longest, longestName := 0.0, 0.0
	for _, n := range numbers {
		longest, longestName = max(longest, wide(n.Text, size)), max(longestName, wide(n.of.name, size))
	}
	longestName = min(longestName, float64(width)*0.35)
	if options.ValueMode == "hidden" {
		longest = 0
	}
	begin, end := longestName+10, float64(width)-longest-14
	for i, n := range numbers {
		middle := (float64(i) + 0.5) * h
		d.text(px(longestName), px(middle), px(longestName), px(size), "end", n.of.name, nil)
		from, to := bounds(n, low, high)
		share := min(max((n.value-from)/(to-from), 0), 1)
		if options.ShowUnfilled {
			d.add(shape{Kind: "rect", X: px(begin), Y: px(middle - h*0.36), X2: px(end - begin), Y2: px(h * 0.72), Fill: "#eceff2"})
		}
		if !math.IsNaN(share) {
			d.add(shape{Kind: "rect", X: px(begin), Y: px(middle - h*0.36), X2: px(max(share*(end-begin), 1)), Y2: px(h * 0.72), Fill: cmpColor(n.Color, n.of.color), Title: n.of.name + " " + n.Text})
		}
		if options.ValueMode != "hidden" {
			d.text(px(float64(width)-4), px(middle), px(longest+4), px(size), "end", n.Text, func(s *shape) {
				s.Bold = true
				if options.ValueMode != "text" && n.Color != "transparent" {
					s.Fill = n.Color
				}
			})
		}
	}
	if left > 0 {
		d.text(px(begin), px((float64(rows)-0.5)*h), px(end-begin), small, "start", b.t.More(left), func(s *shape) { s.Soft = true })
	}
	return d, nil
}

// bounds are the least and the most of a bar.
func bounds(n number, low, high float64) (from, to float64) {
	if n.of.Min != nil {
		low = *n.of.Min
	}
	if n.of.Max != nil {
		high = *n.of.Max
	}
	if !(high > low) {
		high = low + 1
	}
	return low, high
}

// barsUp draws bars beside each other.
func barsUp(d *drawing, options grafana.BarsOptions, numbers []number, low, high float64) {
	w, height := float64(d.Width)/float64(len(numbers)), float64(d.Height)
	for i, n := range numbers {
		left := float64(i)*w + w*0.1
		from, to := bounds(n, low, high)
		share := min(max((n.value-from)/(to-from), 0), 1)
		top, bottom := 24.0, height-22
		if options.ShowUnfilled {
			d.add(shape{Kind: "rect", X: px(left), Y: px(top), X2: px(w * 0.8), Y2: px(bottom - top), Fill: "#eceff2"})
		}
		if !math.IsNaN(share) {
			d.add(shape{Kind: "rect", X: px(left), Y: px(bottom - share*(bottom-top)), X2: px(w * 0.8), Y2: px(max(share*(bottom-top), 1)), Fill: cmpColor(n.Color, n.of.color), Title: n.of.name + " " + n.Text})
		}
		if options.ValueMode != "hidden" {
			d.text(px(left+w*0.4), 12, px(w), 14, "middle", n.Text, func(s *shape) { s.Bold = true })
		}
		d.text(px(left+w*0.4), px(height-10), px(w), small, "middle", n.of.name, nil)
	}
}
