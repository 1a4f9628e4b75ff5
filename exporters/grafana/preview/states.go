package preview

import (
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// states draws a line of states over time for each series.
func (b *board) states(p *grafana.Panel, list []series, width, height int) (*drawing, error) {
	options, err := decoded[grafana.StateOptions](p.Options)
	if err != nil {
		return nil, err
	}
	d := &drawing{Width: px(width), Height: px(height), Title: plain(p.Title)}
	f := frame{top: 4, right: float64(width) - 8, bottom: float64(height) - axisLine, from: b.from, to: b.to}
	longest := 0.0
	for i := range list {
		longest = max(longest, wide(list[i].name, small))
	}
	f.left = min(longest, float64(width)*0.3) + 10
	if options.Legend.ShowLegend {
		f.bottom -= legendLine
		b.stateLegend(d, list, f.bottom+axisLine+legendLine/2)
	}
	const least = 16
	most := max(int((f.bottom-f.top)/least), 1)
	shownRows := list
	if len(list) > most {
		shownRows = list[:most-1]
	}
	h := min((f.bottom-f.top)/float64(max(min(len(list), most), 1)), 60)
	for i := range shownRows {
		s := &shownRows[i]
		middle := f.top + (float64(i)+0.5)*h
		d.text(px(f.left-8), px(middle), px(f.left-8), small, "end", s.name, nil)
		b.stateLine(d, &f, s, options, middle, h)
	}
	if left := len(list) - len(shownRows); left > 0 {
		d.text(px(f.left), px(f.top+(float64(len(shownRows))+0.5)*h), px(f.right-f.left), small, "start", b.t.More(left), func(s *shape) { s.Soft = true })
	}
	b.timeAxis(d, &f, false)
	b.drawMarks(d, &f)
	return d, nil
}

// stateLine draws the states of a series.
func (b *board) stateLine(d *drawing, f *frame, s *series, options grafana.StateOptions, middle, h float64) {
	share := options.RowHeight
	if share <= 0 || share > 1 {
		share = 0.9
	}
	from := 0
	for i := range s.points {
		look := s.show(b.units, s.points[from].Value)
		end := f.to
		if i+1 < len(s.points) {
			end = s.points[i+1].At
		}
		if gap := s.points[i].At.Add(s.step * 3 / 2); end.After(gap) {
			end = s.points[i].At.Add(s.step)
		}
		if end.After(f.to) {
			end = f.to
		}
		last := i+1 == len(s.points)
		if !last {
			next := s.show(b.units, s.points[i+1].Value)
			if options.MergeValues && next == look && s.points[i+1].At.Equal(end) {
				continue
			}
		}
		left, right := f.x(s.points[from].At), f.x(end)
		hue := cmpColor(look.Color, s.color)
		text := plain(look.Text)
		if right > left {
			d.add(shape{Kind: "rect", X: px(left), Y: px(middle - h*share/2), X2: px(right - left), Y2: px(h * share), Fill: hue, Title: s.name + ": " + text + ", " + b.stretch(s.points[from].At, end)})
			if options.ShowValue != "never" && right-left >= wide(text, small)+4 {
				d.text(px((left+right)/2), px(middle), px(right-left), small, "middle", text, func(s *shape) { s.Fill = contrast(hue) })
			}
		}
		from = i + 1
	}
}

// stretch writes from when until when something was.
func (u units) stretch(from, to time.Time) string {
	if u.japanese() {
		return u.date(from) + "～" + u.date(to)
	}
	return u.date(from) + " – " + u.date(to)
}

// stateLegend names the states that there are.
func (b *board) stateLegend(d *drawing, list []series, y float64) {
	seen, x := map[shown]bool{}, 4.0
	for i := range list {
		for _, p := range list[i].points {
			look := list[i].show(b.units, p.Value)
			if seen[look] {
				continue
			}
			seen[look] = true
			text := plain(look.Text)
			width := wide(text, small) + 26
			if x+width > float64(d.Width) {
				return
			}
			d.legend(x, y, width+20, cmpColor(look.Color, list[i].color), text)
			x += width
		}
	}
}
