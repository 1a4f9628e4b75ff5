package preview

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/page/ticks"
)

// Sizes of texts and lines in graphs, in pixels.
const (
	small      = 12
	legendLine = 20
	axisLine   = 22
)

// frame is the part of a graph that has the lines, with its scale.
type frame struct {
	left, top, right, bottom float64
	low, high                float64 // of values
	from, to                 time.Time
	log                      bool
}

func (f *frame) x(at time.Time) float64 {
	return f.left + float64(at.Sub(f.from))/float64(f.to.Sub(f.from))*(f.right-f.left)
}

// y is where a value is. What is outside is at the edge.
func (f *frame) y(value float64) float64 {
	low, high := f.low, f.high
	if f.log {
		low, high, value = math.Log10(low), math.Log10(high), math.Log10(max(value, low))
	}
	share := (value - low) / (high - low)
	return f.bottom - min(max(share, 0), 1)*(f.bottom-f.top)
}

// graph draws series over time.
func (b *board) graph(p *grafana.Panel, list []series, width, height int) (*drawing, error) {
	options, err := decoded[grafana.GraphOptions](p.Options)
	if err != nil {
		return nil, err
	}
	panel, err := settingsOf(p, field{})
	if err != nil {
		return nil, err
	}
	d := &drawing{Width: px(width), Height: px(height), Title: plain(p.Title)}
	f := frame{top: 8, right: float64(width) - 8, bottom: float64(height) - axisLine, from: b.from, to: b.to}
	if err := b.legends(d, options.Legend, list, &f); err != nil {
		return nil, err
	}
	stacks := stacked(list)
	f.scale(&panel, list, stacks)
	b.valueAxis(d, &f, &panel)
	b.timeAxis(d, &f, true)
	b.drawMarks(d, &f)
	drawThresholds(d, &f, &panel)
	for i := range list {
		drawSeries(d, &f, &list[i], stacks[i], i, len(list))
	}
	return d, nil
}

// stack is what the points of a series lie on.
type stack struct {
	base []float64
	of   bool
}

// stacked finds the bases of series that are put on each other.
func stacked(list []series) []stack {
	stacks, tops := make([]stack, len(list)), map[string]map[int64]float64{}
	for i := range list {
		s, custom := &list[i], list[i].custom()
		base := make([]float64, len(s.points))
		if custom.Stacking != nil && custom.Stacking.Mode == "normal" {
			top := tops[custom.Stacking.Group]
			if top == nil {
				top = map[int64]float64{}
				tops[custom.Stacking.Group] = top
			}
			for k, p := range s.points {
				base[k] = top[p.At.Unix()]
				top[p.At.Unix()] += p.Value
			}
			stacks[i].of = true
		}
		stacks[i].base = base
	}
	return stacks
}

// scale finds which values are shown.
func (f *frame) scale(panel *settings, list []series, stacks []stack) {
	low, high := math.Inf(1), math.Inf(-1)
	grow := func(v float64) { low, high = min(low, v), max(high, v) }
	for i := range list {
		custom := list[i].custom()
		for k, p := range list[i].points {
			grow(p.Value + stacks[i].base[k])
		}
		if custom.DrawStyle == "bars" || stacks[i].of {
			grow(0)
		}
		if custom.ScaleDistribution != nil && custom.ScaleDistribution.Type == "log" {
			f.log = true
		}
	}
	custom := panel.custom()
	if custom.AxisSoftMin != nil {
		grow(*custom.AxisSoftMin)
	}
	if custom.AxisSoftMax != nil {
		grow(*custom.AxisSoftMax)
	}
	if math.IsInf(low, 0) {
		low, high = 0, 1
	}
	if high == low {
		low, high = low-math.Abs(low)/2, high+max(math.Abs(high)/2, 0.5)
	}
	room := (high - low) / 20
	if low != 0 && custom.AxisSoftMin == nil {
		low -= room
	}
	if high != 0 && (custom.AxisSoftMax == nil || high > *custom.AxisSoftMax) {
		high += room
	}
	if panel.Min != nil {
		low = *panel.Min
	}
	if panel.Max != nil {
		high = *panel.Max
	}
	if !(high > low) {
		high = low + 1
	}
	if f.log {
		high = max(high, 1)
		low = math.Pow(10, math.Floor(math.Log10(max(low, high/1e4))))
	}
	f.low, f.high = low, high
}

// valueAxis draws the axis at the left, and finds how wide it is.
func (b *board) valueAxis(d *drawing, f *frame, panel *settings) {
	values := ticksOf(f.low, f.high, max(int((f.bottom-f.top)/36), 2))
	if f.log {
		values = nil
		for v := f.low; v <= f.high*1.0001; v *= 10 {
			values = append(values, v)
		}
	}
	decimals := tickDecimals(values, panel.Unit)
	var texts []string
	left := 0.0
	for _, v := range values {
		text := b.text(v, panel.Unit, decimals)
		texts = append(texts, text)
		left = max(left, wide(text, small))
	}
	f.left = left + 10
	label := plain(panel.custom().AxisLabel)
	if label != "" {
		d.add(shape{Kind: "text", X: px(small), Y: px((f.top + f.bottom) / 2), Size: small, Anchor: "middle", Text: fit(label, small, f.bottom-f.top), Soft: true, Turn: true})
		f.left += small + 8
	}
	for i, v := range values {
		y := px(f.y(v))
		d.add(shape{Kind: "line", X: px(f.left), Y: y, X2: px(f.right), Y2: y, Stroke: "#e4e7eb", Thick: 1})
		d.text(px(f.left-6), y, px(f.left), small, "end", texts[i], func(s *shape) { s.Soft = true })
	}
}

// tickDecimals is how many decimals tell ticks apart, in their unit; nil for the usual.
func tickDecimals(values []float64, unit string) *int {
	if len(values) < 2 || unit == "s" || unit == "ms" || unit == "short" && math.Abs(values[len(values)-1]) >= 1000 {
		return nil
	}
	size := values[1] - values[0]
	if unit == "percentunit" {
		size *= 100
	}
	for n := range 9 {
		if scaled := size * math.Pow10(n); math.Abs(scaled-math.Round(scaled)) < 1e-6 {
			return &n
		}
	}
	return nil
}

// timeAxis draws the axis below.
func (b *board) timeAxis(d *drawing, f *frame, lines bool) {
	const room = 64
	most := max(int((f.right-f.left)/room), 1)
	var times []time.Time
	var scale ticks.Scale
	for _, scale = range ticks.Scales() {
		var few bool
		if times, few = scale.Between(b.from.In(b.zone), b.to, most); few {
			break
		}
	}
	end := 0.0
	for _, at := range times {
		x := f.x(at)
		if lines {
			d.add(shape{Kind: "line", X: px(x), Y: px(f.top), X2: px(x), Y2: px(f.bottom), Stroke: "#eceff2", Thick: 1})
		}
		label := b.day(at)
		switch {
		case scale.Unit == ticks.Month:
			label = b.month(at)
		case scale.Unit == ticks.Hour && !at.Equal(ticks.Midnight(at)):
			label = at.Format("15:04")
		}
		half := wide(label, small) / 2
		if x-half < end || x-half < 0 || x+half > float64(d.Width) {
			continue
		}
		end = x + half + 6
		d.text(px(x), px(f.bottom+axisLine/2), room*2, small, "middle", label, func(s *shape) { s.Soft = true })
	}
}

// drawThresholds draws the thresholds of a panel as lines or areas. A line has the colour
// that begins there; one below which something is said, as the next step is transparent,
// has that of what is below it.
func drawThresholds(d *drawing, f *frame, panel *settings) {
	style := panel.custom().ThresholdsStyle
	if style == nil || style.Mode == "off" || style.Mode == "" {
		return
	}
	steps := panel.steps()
	clear := slices.IndexFunc(steps, func(s step) bool { return s.color == "transparent" })
	for i, s := range steps {
		if strings.Contains(style.Mode, "area") && s.color != "" && s.color != "transparent" {
			low, high := max(s.from, f.low), f.high
			if i+1 < len(steps) {
				high = min(high, steps[i+1].from)
			}
			if high > low {
				d.add(shape{Kind: "rect", X: px(f.left), Y: px(f.y(high)), X2: px(f.right - f.left), Y2: px(f.y(low) - f.y(high)), Fill: s.color, Opacity: "0.12"})
			}
		}
		if (strings.Contains(style.Mode, "line") || strings.Contains(style.Mode, "dashed")) && s.from >= f.low && s.from <= f.high {
			line := shape{Kind: "line", X: px(f.left), Y: px(f.y(s.from)), X2: px(f.right), Y2: px(f.y(s.from)), Stroke: s.color, Thick: 2}
			if i > 0 && i <= clear {
				line.Stroke = steps[i-1].color
			}
			if strings.Contains(style.Mode, "dashed") {
				line.Dash = "10 10"
			}
			d.add(line)
		}
	}
}

// runs splits the points of a series where there is a gap that is not to be drawn over.
func runs(s *series) (list [][2]int) {
	most := s.step * 3 / 2
	switch span := s.custom().SpanNulls.(type) {
	case bool:
		if span {
			most = math.MaxInt64
		}
	case float64:
		most = max(most, time.Duration(span)*time.Millisecond)
	}
	for i := range s.points {
		if i == 0 || s.points[i].At.Sub(s.points[i-1].At) > most {
			list = append(list, [2]int{i, i})
		}
		list[len(list)-1][1] = i + 1
	}
	return list
}

// drawSeries draws the nth of all series.
func drawSeries(d *drawing, f *frame, s *series, on stack, n, all int) {
	custom := s.custom()
	title := s.name
	if custom.DrawStyle == "bars" {
		drawBars(d, f, s, on, n, all)
		return
	}
	thick := custom.LineWidth
	if thick == 0 && custom.FillOpacity == 0 {
		thick = 1
	}
	dash := ""
	if custom.LineStyle != nil && custom.LineStyle.Fill == "dash" {
		var parts []string
		for _, part := range custom.LineStyle.Dash {
			parts = append(parts, strconv.FormatFloat(part, 'f', -1, 64))
		}
		if dash = strings.Join(parts, " "); dash == "" {
			dash = "10 10"
		}
	}
	for _, run := range runs(s) {
		var line, back []string
		for i := run[0]; i < run[1]; i++ {
			p := s.points[i]
			line = append(line, at(f.x(p.At), f.y(p.Value+on.base[i])))
			back = append(back, at(f.x(p.At), f.y(on.base[i])))
		}
		if custom.FillOpacity > 0 && len(line) > 1 {
			slices.Reverse(back)
			d.add(shape{Kind: "path", Path: "M" + strings.Join(append(slices.Clone(line), back...), "L") + "Z", Fill: s.color, Opacity: strconv.FormatFloat(float64(custom.FillOpacity)/100, 'f', -1, 64)})
		}
		switch {
		case len(line) == 1:
			p := s.points[run[0]]
			d.add(shape{Kind: "circle", X: px(f.x(p.At)), Y: px(f.y(p.Value + on.base[run[0]])), Size: 3, Fill: s.color, Title: title})
		case thick > 0:
			d.add(shape{Kind: "path", Path: "M" + strings.Join(line, "L"), Fill: "none", Stroke: s.color, Thick: px(thick), Dash: dash, Title: title})
		}
	}
}

func at(x, y float64) string { return px(x).String() + " " + px(y).String() }

// drawBars draws a bar for each point: beside those of other series, unless they are on
// each other.
func drawBars(d *drawing, f *frame, s *series, on stack, n, all int) {
	custom := s.custom()
	whole := max(f.x(f.from.Add(s.step))-f.left, 1.5)
	width, shift := whole*0.8, -whole*0.4
	if !on.of {
		width /= float64(all)
		shift += width * float64(n)
	}
	opacity := strconv.FormatFloat(max(float64(custom.FillOpacity), 20)/100, 'f', -1, 64)
	for i, p := range s.points {
		top, bottom := f.y(p.Value+on.base[i]), f.y(on.base[i])
		if top > bottom {
			top, bottom = bottom, top
		}
		if p.Value == 0 {
			continue
		}
		left := max(f.x(p.At)+shift, f.left)
		right := min(f.x(p.At)+shift+width, f.right)
		if right <= left {
			continue
		}
		d.add(shape{Kind: "rect", X: px(left), Y: px(top), X2: px(right - left), Y2: px(max(bottom-top, 0.5)), Fill: s.color, Opacity: opacity})
	}
}
