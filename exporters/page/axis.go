package page

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
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

// interval is how far ticks may be apart.
type interval struct {
	begin func(time.Time) time.Time              // at or before an instant
	tick  func(begin time.Time, n int) time.Time // the nth from there
	label func(words, time.Time) string
}

// wall returns when clocks show an hour of a day, either of which may be too large. An
// hour that clocks leave out is the one after it: in São Paulo days began at 01:00 when
// clocks were put forward at midnight.
func wall(year int, month time.Month, day, hour int, zone *time.Location) time.Time {
	at, want := time.Date(year, month, day, hour, 0, 0, 0, zone), time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	if _, offset := at.Zone(); at.Add(time.Duration(offset) * time.Second).Before(want) {
		return at.Add(time.Hour)
	}
	return at
}

func midnight(at time.Time) time.Time {
	return wall(at.Year(), at.Month(), at.Day(), 0, at.Location())
}

// hours returns an interval of hours of the clock. At midnight it says the day.
func hours(n int) interval {
	return interval{
		begin: midnight,
		tick:  func(b time.Time, k int) time.Time { return wall(b.Year(), b.Month(), b.Day(), k*n, b.Location()) },
		label: func(w words, at time.Time) string {
			if at.Equal(midnight(at)) {
				return w.shortDay(at)
			}
			return at.Format("15:04")
		},
	}
}

// days returns an interval of days that begins on a Monday where it is weeks.
func days(n int) interval {
	return interval{
		begin: func(at time.Time) time.Time {
			back := 0
			if n%7 == 0 {
				back = (int(at.Weekday()) + 6) % 7
			}
			return wall(at.Year(), at.Month(), at.Day()-back, 0, at.Location())
		},
		tick:  func(b time.Time, k int) time.Time { return wall(b.Year(), b.Month(), b.Day()+k*n, 0, b.Location()) },
		label: words.shortDay,
	}
}

// months returns an interval of months, from January on.
func months(n int) interval {
	return interval{
		begin: func(at time.Time) time.Time {
			return wall(at.Year(), at.Month()-(at.Month()-1)%time.Month(n), 1, 0, at.Location())
		},
		tick: func(b time.Time, k int) time.Time {
			return wall(b.Year(), b.Month()+time.Month(k*n), 1, 0, b.Location())
		},
		label: words.month,
	}
}

// ticks returns the lines of the axis: as close as there is room for their labels, at
// hours, midnights, Mondays and firsts of the zone. Of more than ten years every tenth
// has one.
func (b *builder) ticks() []tick {
	var list []tick
	for _, i := range []interval{
		hours(1), hours(3), hours(6), hours(12), days(1), days(2), days(7), days(14), months(1), months(3), months(12), months(120),
	} {
		var few bool
		if list, few = b.ticksOf(i); few {
			break
		}
	}
	return list
}

// ticksOf returns those of an interval, and whether they are not too many.
func (b *builder) ticksOf(i interval) (list []tick, few bool) {
	begin, last, right := i.begin(b.from.In(b.zone)), time.Time{}, 0.0
	for k := range 24 + 2*mostTicks { // some lie before the first instant
		at := i.tick(begin, k)
		if at.After(b.doc.To) {
			return list, true
		}
		if at.Before(b.from) || !at.After(last) {
			continue
		}
		last = at
		t := tick{X: percent(b.at(at)), Label: i.label(b.words, at)}
		left := b.at(at) / 100 * narrowest
		if end := left + float64(term.Width(t.Label))*letter + 6; left < right || end > narrowest {
			t.Label = ""
		} else {
			right = end
		}
		if list = append(list, t); len(list) > mostTicks {
			return list, false
		}
	}
	return list, false
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
