package page

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/term"
)

// tick is a line of the axis. One without a label is a thin line.
type tick struct{ X, Label string }

// band is an incident across all rows.
type band struct {
	X, Width string
	End      string
	Class    string
	Label    string // its number and name, or the number alone where there is no room
	LabelX   string
	LabelY   int    // in pixels from the top
	Anchor   string // start or end
	Title    string
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

// bands puts incidents across the rows, and returns in how many lines their labels are.
func (b *builder) bands(t *timeline) int {
	if b.last.Judgement == nil {
		return 0
	}
	var texts []labelText
	order := make([]int, min(len(b.last.Judgement.Incidents), mostIncidents))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return b.last.Judgement.Incidents[x].From.Compare(b.last.Judgement.Incidents[y].From)
	})
	for _, n := range order {
		i := &b.last.Judgement.Incidents[n]
		if i.Outside || !i.To.After(b.doc.From) || i.From.After(b.doc.To) {
			continue
		}
		x, to := b.at(i.From), b.at(i.To)
		number := count(int64(n + 1))
		c := band{X: percent(x), Width: percent(max(to-x, 0)), End: percent(max(to, x)), Class: "band", Title: number + " " + safe(i.Name) + ": " + b.stretch(i.From, i.To)}
		if i.Expect == "" {
			c.Class, t.quietBands = "band quiet", true
			c.Title += " (" + b.t.QuietBand + ")"
		} else {
			t.bands = true
		}
		t.Bands, texts = append(t.Bands, c), append(texts, labelText{x / 100 * narrowest, number, number + " " + cut(i.Name, mostLabel)})
	}
	lines := min(mostLabelLines, len(texts))
	if b.compare {
		lines = min(mostLabelLines-1, len(texts)) // rows are higher
	}
	placeLabels(t.Bands, texts, lines)
	return lines
}

// mostLabel is how many characters of a name a label has at most, and mostLabelLines in
// how many lines they are.
const (
	mostLabel      = 30
	mostLabelLines = 3
	leastName      = 6 // columns of a name that say something
)

// labelText is what a band is called, and where it begins, in pixels.
type labelText struct {
	x             float64
	number, named string
}

// placeLabels puts the labels of bands, which are in the order of time, into lines by
// turns. Each has room up to the next one in its line; at the right end it stands to the
// left of where its band begins. Where there is no room for some of the name, it is the
// number alone, and nothing where there is none for that: the band has a title, and the
// table has the incident.
func placeLabels(bands []band, texts []labelText, lines int) {
	taken := make([]float64, lines) // up to where
	for k := range bands {
		c, text, line := &bands[k], texts[k], k%lines
		right, left := float64(narrowest), taken[line]
		if k+lines < len(texts) {
			right = texts[k+lines].x
		}
		after, before := right-text.x, text.x-left
		c.Anchor = "start"
		room := after
		if before > after && right == narrowest {
			c.Anchor, room = "end", before
		}
		label := text.named
		if columns := int((room - 6) / letter); term.Width(label) > columns {
			label = strings.TrimRight(term.Fit(text.named, max(columns, 0)), " ")
			if columns < term.Width(text.number)+leastName {
				label = text.number
			}
			if columns < term.Width(label) {
				continue
			}
		}
		c.Label, c.LabelX, c.LabelY = label, c.X, line*labelHeight+11
		if taken[line] = text.x; c.Anchor == "start" {
			taken[line] += float64(term.Width(label))*letter + 6
		}
	}
}
