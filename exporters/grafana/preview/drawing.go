package preview

import (
	"math"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/internal/term"
)

// drawing is a picture of a panel, in pixels.
type drawing struct {
	Width, Height px
	Title         string
	Shapes        []shape
}

// px is a length in pixels, written with one decimal at most.
type px float64

func (p px) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*10)/10+0, 'f', -1, 64)
}

// shape is a part of a drawing. Which fields count depends on its kind: rect, line, path,
// circle or text.
type shape struct {
	Kind             string
	X, Y, X2, Y2     px // of a rect: X and Y are its corner, and X2 and Y2 its size
	Path             string
	Fill, Stroke     string
	Thick            px
	Dash             string
	Opacity          string
	Text, Title      string
	Size             px
	Anchor           string // start, middle or end
	Bold, Soft, Turn bool
	Href             string
}

// add adds a shape. Its texts may be of others.
func (d *drawing) add(s shape) {
	s.Text, s.Title = plain(s.Text), plain(s.Title)
	d.Shapes = append(d.Shapes, s)
}

// text writes a text that takes no more than a width. Its middle is at a height.
func (d *drawing) text(x, y, width px, size px, anchor, text string, change func(*shape)) {
	s := shape{Kind: "text", X: x, Y: y + size*0.35, Size: size, Anchor: anchor, Text: fit(text, float64(size), float64(width))}
	if s.Text != text {
		s.Title = text
	}
	if change != nil {
		change(&s)
	}
	if s.Text != "" {
		d.add(s)
	}
}

// em is how wide a narrow character is at most, as a share of its height: wide ones take
// two. Some Latin ones are wider than others by broad.
const em, broad = 0.62, 0.36

// wide is how wide a text is at most, in pixels.
func wide(text string, size float64) float64 {
	width := float64(term.Width(text)) * em
	for _, r := range text {
		if strings.ContainsRune("%@mwMW×∞…", r) {
			width += broad
		}
	}
	return width * size
}

// fit shortens a text to so many pixels.
func fit(text string, size, width float64) string {
	if wide(text, size) <= width {
		return text
	}
	for columns := min(int(width/(size*em)), term.Width(text)-1); columns >= 2; columns-- {
		if short := strings.TrimRight(term.Fit(text, columns), " "); wide(short, size) <= width {
			return short
		}
	}
	return ""
}

// ticksOf returns round numbers between two, at most so many, and the decimals that they
// need.
func ticksOf(low, high float64, most int) []float64 {
	if !(high > low) || most < 1 {
		return []float64{low}
	}
	rough := (high - low) / float64(most)
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	size := 10 * power
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= rough*(1-1e-9) {
			size = m * power
			break
		}
	}
	var list []float64
	for k := math.Ceil(low/size - 1e-9); k*size <= high+size*1e-9; k++ {
		list = append(list, k*size+0)
	}
	return list
}
