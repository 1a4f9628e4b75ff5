package page

import (
	"slices"
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
	next  func(time.Time) time.Time // of midnight, or of an hour
	begin func(time.Time) time.Time // at or before an instant
	label func(words, time.Time) string
}

// days returns an interval of days that begins on a Monday where it is weeks.
func days(n int, label func(words, time.Time) string) interval {
	return interval{
		next: func(at time.Time) time.Time { return at.AddDate(0, 0, n) },
		begin: func(at time.Time) time.Time {
			start := midnight(at)
			if n%7 == 0 {
				start = start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
			}
			return start
		},
		label: label,
	}
}

func midnight(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
}

// hours returns an interval of hours of the clock. At midnight it says the day.
func hours(n int) interval {
	return interval{
		next: func(at time.Time) time.Time {
			return time.Date(at.Year(), at.Month(), at.Day(), at.Hour()+n, 0, 0, 0, at.Location())
		},
		begin: midnight,
		label: func(w words, at time.Time) string {
			if at.Hour() == 0 {
				return w.shortDay(at)
			}
			return at.Format("15:04")
		},
	}
}

func months(n int) interval {
	return interval{
		next: func(at time.Time) time.Time { return at.AddDate(0, n, 0) },
		begin: func(at time.Time) time.Time {
			return time.Date(at.Year(), at.Month()-(at.Month()-1)%time.Month(n), 1, 0, 0, 0, 0, at.Location())
		},
		label: words.month,
	}
}

// ticks returns the lines of the axis: as close as there is room for their labels, at
// midnights, Mondays and firsts of the zone.
func (b *builder) ticks() []tick {
	chosen := months(12)
	for _, i := range []interval{
		hours(1), hours(3), hours(6), hours(12), days(1, words.shortDay), days(2, words.shortDay), days(7, words.shortDay), days(14, words.shortDay),
		months(1), months(3),
	} {
		if b.fits(i) {
			chosen = i
			break
		}
	}
	var ticks []tick
	right := 0.0
	for at := chosen.begin(b.from.In(b.zone)); !at.After(b.doc.To) && len(ticks) <= mostTicks; at = chosen.next(at) {
		if at.Before(b.from) {
			continue
		}
		t := tick{X: percent(b.at(at)), Label: chosen.label(b.words, at)}
		left := b.at(at) / 100 * narrowest
		end := left + float64(term.Width(t.Label))*letter + 6
		if left < right || end > narrowest {
			t.Label = ""
		} else {
			right = end
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// fits reports whether an interval has few enough ticks, without going through all
// minutes of a year.
func (b *builder) fits(i interval) bool {
	n := 0
	for at := i.begin(b.from.In(b.zone)); !at.After(b.doc.To) && n <= mostTicks; n++ {
		at = i.next(at)
	}
	return n <= mostTicks
}

// bands puts incidents across the rows, and returns in how many lines their labels are.
func (b *builder) bands(t *timeline) int {
	if b.last.Judgement == nil {
		return 0
	}
	var lines labelLines
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
		lines.place(&c, x/100*narrowest, number+" "+cut(i.Name, mostLabel), number)
		t.Bands = append(t.Bands, c)
	}
	return len(lines)
}

// mostLabel is how many characters a label has at most, and mostLabelLines in how many
// lines they are.
const (
	mostLabel      = 26
	mostLabelLines = 3
)

// labelLines is up to where the lines of labels are taken, in pixels.
type labelLines []float64

// place finds the first line with room for the label of a band that begins at x: to
// the right of there, to the left at the right end. Where no line has room for the
// text, it is the number alone, and nothing where there is no room for that either:
// incidents are drawn all the same, and have their number in the table.
func (l *labelLines) place(c *band, x float64, texts ...string) {
	for _, text := range texts {
		width := float64(term.Width(text))*letter + 6
		left := x
		c.Anchor = "start"
		if x+width > narrowest {
			left, c.Anchor = x-width, "end"
		}
		for line := range mostLabelLines {
			if line == len(*l) {
				*l = append(*l, 0)
			}
			if left >= (*l)[line] {
				(*l)[line] = left + width
				c.Label, c.LabelX, c.LabelY = text, c.X, line*labelHeight+11
				return
			}
		}
	}
}
