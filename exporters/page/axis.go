package page

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/page/ticks"
	"github.com/slojourn/slojourn/internal/term"
)

// tick is a line of the axis. One without a label is a thin line.
type tick struct{ X, Label string }

// band is an incident across the rows that it may have hurt.
type band struct {
	X, Width string
	End      string
	Class    string
	Label    string // its number and name, or the number alone where there is no room
	LabelY   int    // in pixels from the top
	Anchor   string // start or end

	LabelClass string
	Title      string

	incident int // index in those of the judgement
}

// narrowest is how many pixels wide the timeline is at least, and letter how wide a
// letter of its labels is: wide ones take two.
const (
	narrowest = 640
	letter    = 6.2
	mostTicks = 12
)

// ticks returns the lines of the axis: as close as there is room for their labels.
func (b *builder) ticks() []tick {
	var list []tick
	for _, scale := range ticks.Scales() {
		at, few := scale.Between(b.from.In(b.zone), b.doc.To, mostTicks)
		list = b.labelled(scale, at)
		if few {
			break
		}
	}
	return list
}

// labelled gives ticks labels where they do not overlap.
func (b *builder) labelled(scale ticks.Scale, times []time.Time) (list []tick) {
	right := 0.0
	for _, at := range times {
		t := tick{X: percent(b.at(at)), Label: b.tickLabel(scale, at)}
		left := b.at(at) / 100 * narrowest
		if end := left + float64(term.Width(t.Label))*letter + 6; left < right || end > narrowest {
			t.Label = ""
		} else {
			right = end
		}
		list = append(list, t)
	}
	return list
}

// tickLabel is an hour, or a day or a month where they begin.
func (w words) tickLabel(scale ticks.Scale, at time.Time) string {
	switch {
	case scale.Unit == ticks.Month:
		return w.month(at)
	case scale.Unit == ticks.Hour && !at.Equal(ticks.Midnight(at)):
		return at.Format("15:04")
	}
	return w.shortDay(at)
}

// bands makes those of the incidents that the table has, in the order of time, with
// labels above the rows.
func (b *builder) bands(t *timeline) {
	if b.last.Judgement == nil {
		return
	}
	incidents := b.last.Judgement.Incidents
	order := b.listed()
	slices.SortStableFunc(order, func(x, y int) int { return incidents[x].From.Compare(incidents[y].From) })
	var texts []labelText
	for _, n := range order {
		i := &incidents[n]
		if !b.within(i) {
			continue
		}
		x, to := b.at(i.From), b.at(i.To)
		number := count(int64(n + 1))
		c := band{
			X: percent(x), Width: percent(max(to-x, 0)), End: percent(max(to, x)), Class: "band", Title: number + " " + safe(i.Name) + ": " + b.stretch(i.From, i.To),
			incident: n,
		}
		if i.Expect == "" {
			c.Class, t.quietBands = "band quiet", true
			c.Title += " (" + b.t.QuietBand + ")"
		} else {
			t.bands = true
		}
		text := labelText{x: x / 100 * narrowest, number: number, named: number + " " + cut(i.Name, mostLabel), first: b.alarming(n)}
		if text.first {
			c.LabelClass = "alarming"
		}
		t.Bands, texts = append(t.Bands, c), append(texts, text)
	}
	placeLabels(t.Bands, texts, b.labelLines())
}

// within reports whether an incident is drawn.
func (b *builder) within(i *backtest.IncidentFound) bool {
	return !i.Outside && i.To.After(b.doc.From) && !i.From.After(b.doc.To)
}

// labelLines is in how many lines the labels of incidents are.
func (b *builder) labelLines() int {
	n := 0
	for _, k := range b.listed() {
		if b.within(&b.last.Judgement.Incidents[k]) {
			n++
		}
	}
	if b.compare {
		return min(mostLabelLines-1, n) // rows are higher
	}
	return min(mostLabelLines, n)
}

// mostLabel is how many characters of a name a label has at most, and mostLabelLines in
// how many lines they are.
const (
	mostLabel      = 60
	mostLabelLines = 3
	leastName      = 6  // columns of a name that say something
	firstName      = 24 // columns that labels have which come first
)

// labelText is what a band is called, and where it begins, in pixels. What is first has
// room before others.
type labelText struct {
	x             float64
	number, named string
	first         bool
}

// stretch of a line that a label takes, in pixels.
type taken struct {
	band        int
	left, right float64
}

func widthOf(label string) float64 { return float64(term.Width(label))*letter + 6 }

// placeLabels puts the labels of bands, which are in the order of time, into lines. At
// first each has its number alone, in the line that has the most room for it, and those
// that come first the beginning of their name. Then each has as much of its name as
// there is room for. A label stands to the right of where its band begins, or to the
// left of it where there is more room. Where there is none for a number there is no
// label: the band has a title, and the table has the incident.
func placeLabels(bands []band, texts []labelText, lines int) {
	order := make([]int, len(texts))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case texts[x].first == texts[y].first:
			return 0
		case texts[x].first:
			return -1
		default:
			return 1
		}
	})
	in := make([][]taken, lines)
	for _, n := range order {
		best, most := -1, 0.0
		for line := range lines {
			before, after := roomAt(in[line], n, texts[n].x)
			if room := max(before, after); room >= widthOf(texts[n].number) && room > most {
				best, most = line, room
			}
		}
		if best >= 0 {
			label := texts[n].number
			if name := strings.TrimRight(term.Fit(texts[n].named, min(firstName, term.Width(texts[n].named))), " "); texts[n].first && widthOf(name) <= most {
				label = name
			}
			in[best] = append(in[best], bands[n].put(n, texts[n].x, label, in[best]))
			bands[n].LabelY = best*labelHeight + 11
		}
	}
	for _, n := range order {
		if bands[n].Label == "" {
			continue
		}
		line := in[(bands[n].LabelY-11)/labelHeight]
		before, after := roomAt(line, n, texts[n].x)
		label, columns := texts[n].named, int((max(before, after)-6)/letter)
		if term.Width(label) > columns {
			if columns < term.Width(texts[n].number)+leastName {
				continue
			}
			label = strings.TrimRight(term.Fit(label, columns), " ")
		}
		for k := range line {
			if line[k].band == n {
				line[k] = bands[n].put(n, texts[n].x, label, line)
			}
		}
	}
}

// put gives a band a label, on the side that has room for it.
func (c *band) put(n int, x float64, label string, line []taken) taken {
	before, after := roomAt(line, n, x)
	c.Label = label
	if width := widthOf(label); after < width && before > after {
		c.Anchor = "end"
		return taken{n, x - width, x}
	}
	c.Anchor = "start"
	return taken{n, x, x + widthOf(label)}
}

// roomAt is how many pixels are free before and after a place in a line, but for what
// the nth band has there.
func roomAt(line []taken, n int, x float64) (before, after float64) {
	before, after = x, narrowest-x
	for _, t := range line {
		switch {
		case t.band == n:
		case t.left <= x && t.right > x:
			return 0, 0
		case t.right <= x:
			before = min(before, x-t.right)
		default:
			after = min(after, t.left-x)
		}
	}
	return before, after
}
