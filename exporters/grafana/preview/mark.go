package preview

import (
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// mark is an annotation: an instant, or a stretch of time.
type mark struct {
	from, to time.Time
	color    string
	title    string
}

// annotate evaluates the annotations.
func (b *board) annotate() error {
	for i := range b.d.Annotations.List {
		a := &b.d.Annotations.List[i]
		if a.Query == nil || !a.Enable {
			continue
		}
		// As often as there are data, but for a picture of ten thousand pixels.
		step := max(b.data.Every, b.to.Sub(b.from)/10_000, time.Second)
		with := b.binding(step)
		with.RateStep = step + b.data.Every // samples are as far apart as steps: four of them would make marks too wide
		found, err := b.data.Between(a.Query, b.from, b.to, step, with)
		if err != nil {
			return fmt.Errorf("the annotation %q: %w", a.Name, err)
		}
		for _, s := range found {
			b.marks = append(b.marks, b.marksOf(a, s, step)...)
		}
	}
	slices.SortStableFunc(b.marks, func(x, y mark) int { return x.from.Compare(y.from) })
	return nil
}

// marksOf makes the marks of one series of an annotation.
func (b *board) marksOf(a *grafana.Annotation, s query.Series, step time.Duration) (list []mark) {
	title := plain(b.legend(a.TitleFormat, s.Labels))
	if a.TitleFormat == "" {
		title = plain(a.Name)
	}
	if a.TextFormat != "" {
		title += ": " + plain(b.legend(a.TextFormat, s.Labels))
	}
	hue := color(a.IconColor)
	last := time.Time{}
	for _, p := range s.Points {
		if a.UseValueForTime {
			at := time.UnixMilli(int64(p.Value))
			if !at.Before(b.from) && !at.After(b.to) && !at.Equal(last) {
				list = append(list, mark{at, at, hue, title})
				last = at
			}
			continue
		}
		if !(p.Value > 0) {
			continue
		}
		if n := len(list); n > 0 && p.At.Sub(last) <= step {
			list[n-1].to = p.At
		} else {
			list = append(list, mark{p.At, p.At, hue, title})
		}
		last = p.At
	}
	return list
}

// drawMarks draws annotations behind the lines.
func (b *board) drawMarks(d *drawing, f *frame) {
	for _, m := range b.marks {
		left, right := f.x(m.from), f.x(m.to)
		if right > left {
			d.add(shape{Kind: "rect", X: px(left), Y: px(f.top), X2: px(right - left), Y2: px(f.bottom - f.top), Fill: m.color, Opacity: "0.15", Title: m.title})
		}
		d.add(shape{Kind: "line", X: px(left), Y: px(f.top), X2: px(left), Y2: px(f.bottom), Stroke: m.color, Thick: 1, Dash: "3 3", Title: m.title})
		d.add(shape{Kind: "path", Path: fmt.Sprintf("M%s %sl-4 6h8z", px(left), px(f.bottom)), Fill: m.color, Title: m.title})
	}
}
