package preview

import (
	"github.com/slojourn/slojourn/exporters/grafana"
)

// legends draws the names of series, below a graph or at its right, and takes that room
// from the frame.
func (b *board) legends(d *drawing, legend grafana.Legend, list []series, f *frame) error {
	if !legend.ShowLegend || legend.DisplayMode == "hidden" || len(list) == 0 {
		return nil
	}
	names, err := b.legendNames(legend, list)
	if err != nil {
		return err
	}
	if legend.Placement == "right" {
		width := 0.0
		for _, name := range names {
			width = max(width, wide(name, small)+26)
		}
		width = min(width, float64(d.Width)*0.4)
		f.right -= width + 8
		most := max(int((f.bottom+axisLine-f.top)/legendLine), 1)
		for i, name := range names[:min(len(names), most)] {
			if i == most-1 && len(names) > most {
				name = b.t.More(len(names) - i)
			}
			d.legend(f.right+12, f.top+10+float64(i)*legendLine, width, list[i].color, name)
		}
		return nil
	}
	// Names that do not fit into two lines, or a third of the height, are counted.
	const most = 3
	type place struct{ x, line float64 }
	places, x, line := make([]place, 0, len(names)), 4.0, 0.0
	for i, name := range names {
		width := min(wide(name, small)+26, float64(d.Width)-8)
		if legend.DisplayMode == "table" && i > 0 || x+width > float64(d.Width) && x > 4 {
			x, line = 4, line+1
		}
		if line >= most && len(names) > i {
			break
		}
		places = append(places, place{x, line})
		x += width
	}
	if left := len(names) - len(places); left > 0 {
		last := len(places) - 1
		names[last] = b.t.More(left + 1)
	}
	lines := places[len(places)-1].line + 1
	f.bottom -= lines * legendLine
	for i, p := range places {
		d.legend(p.x, f.bottom+axisLine+(p.line+0.5)*legendLine, float64(d.Width)-p.x, list[i].color, names[i])
	}
	return nil
}

// legend draws one name.
func (d *drawing) legend(x, y, width float64, hue, name string) {
	d.add(shape{Kind: "rect", X: px(x), Y: px(y - 2), X2: 14, Y2: 4, Fill: hue})
	d.text(px(x+20), px(y), px(width-20), small, "start", name, nil)
}

// legendNames are the names with what is calculated beside them.
func (b *board) legendNames(legend grafana.Legend, list []series) ([]string, error) {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].name
		for _, calc := range legend.Calcs {
			value, err := reduced(calc, list[i].points)
			if err != nil {
				return nil, err
			}
			if text := list[i].show(b.units, value).Text; text != "" {
				names[i] += "  " + b.t.Calc(calc) + ": " + plain(text)
			}
		}
	}
	return names, nil
}
