package preview

import (
	"fmt"
	"html/template"
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// view is what the page of a dashboard shows.
type view struct {
	T                          *labels
	Generator                  string
	Title, Description, Folder string
	Span, Note                 string
	Variables                  []choice
	Links                      []link
	Marks                      []link // annotations, by colour
	Panels                     []panelView
}

type choice struct{ Label, Value string }

type link struct{ Text, Href, Color string }

// panelView is a panel in its place.
type panelView struct {
	Row, Column, Height, Width int // in cells of the grid, from 1
	Kind                       string
	Title, Description         string
	Bare                       bool
	Links                      []link
	Drawing                    *drawing
	Text                       template.HTML
	Table                      *tableView
	Message                    string
}

// Sizes of the grid, in pixels.
const (
	pageWidth = 1280
	gridGap   = 8
	gridRow   = 30
	header    = 32 // of a panel with a title
	padding   = 8
)

// body is how much room a panel has.
func body(p *grafana.Panel) (width, height int) {
	width = p.GridPos.W*(pageWidth+gridGap)/24 - gridGap - 2*padding - 2
	height = p.GridPos.H*(gridRow+gridGap) - gridGap - padding - 2
	if p.Title != "" {
		return width, height - header
	}
	return width, height - padding
}

func (b *board) view() (*view, error) {
	v := &view{
		T: b.t, Generator: generator, Title: b.say(b.d.Title), Description: b.say(about(b.d)), Note: b.note(),
		Span: b.t.Span(b.date(b.from), b.date(b.to), b.zone.String()),
	}
	for i := range b.d.Templating.List {
		if x := &b.d.Templating.List[i]; x.Hide != 2 && x.Type != "datasource" {
			label := x.Label
			if label == "" {
				label = x.Name
			}
			v.Variables = append(v.Variables, choice{plain(label), plain(b.names[x.Name])})
		}
	}
	for _, l := range b.d.Links {
		v.Links = append(v.Links, b.dashboardLinks(l)...)
	}
	for i := range b.d.Annotations.List {
		if a := &b.d.Annotations.List[i]; a.Query != nil && a.Enable && !a.Hide {
			v.Marks = append(v.Marks, link{Text: plain(a.Name), Color: color(a.IconColor)})
		}
	}
	for _, p := range b.d.Panels {
		panel, err := b.panel(p)
		if err != nil {
			return nil, fmt.Errorf("panel %d %q: %w", p.ID, p.Title, err)
		}
		v.Panels = append(v.Panels, *panel)
	}
	slices.SortStableFunc(v.Panels, func(x, y panelView) int {
		if x.Row != y.Row {
			return x.Row - y.Row
		}
		return x.Column - y.Column
	})
	return v, nil
}

// say writes a text with variables.
func (b *board) say(text string) string { return plain(b.filled(text, nil)) }

// mostLinks is how many dashboards with a tag a page leads to.
const mostLinks = 12

// dashboardLinks returns where a link of the dashboard leads: one place, or all dashboards
// with some tags.
func (b *board) dashboardLinks(l grafana.Link) (list []link) {
	if l.Type != "dashboards" {
		return []link{{Text: b.say(l.Title), Href: b.href(b.filled(l.URL, nil))}}
	}
	for i := range b.files {
		d := b.files[i].Dashboard
		if d.UID == b.d.UID || slices.ContainsFunc(l.Tags, func(tag string) bool { return !slices.Contains(d.Tags, tag) }) {
			continue
		}
		if len(list) == mostLinks {
			return append(list, link{Text: b.t.AllDashboards, Href: Index})
		}
		list = append(list, link{Text: plain(d.Title), Href: FileName(b.files[i].Name)})
	}
	return list
}

// panel draws a panel.
func (b *board) panel(p *grafana.Panel) (*panelView, error) {
	g := p.GridPos
	v := &panelView{
		Row: g.Y + 1, Column: g.X + 1, Height: g.H, Width: g.W, Kind: p.Type, Bare: p.Transparent, Title: b.say(p.Title), Description: clean(b.filled(p.Description, nil), 2*mostText),
	}
	for _, l := range p.Links {
		v.Links = append(v.Links, link{Text: b.say(l.Title), Href: b.href(b.filled(l.URL, nil))})
	}
	width, height := body(p)
	if width < 20 || height < 10 {
		if p.Type == grafana.TypeRow {
			return v, nil
		}
		return nil, fmt.Errorf("it has no room: %d × %d", g.W, g.H)
	}
	var err error
	switch p.Type {
	case grafana.TypeRow:
	case grafana.TypeText:
		options, failed := decoded[grafana.TextOptions](p.Options)
		if failed != nil {
			return nil, failed
		}
		v.Text, err = b.markdown(options.Content)
	case grafana.TypeTable:
		v.Table, err = b.table(p, width, height)
		if err == nil && v.Table == nil {
			err = b.empty(v, p)
		}
	default:
		v.Drawing, err = b.draw(p, width, height)
		if err == nil && v.Drawing == nil {
			err = b.empty(v, p)
		}
	}
	return v, err
}

// draw makes the picture of a panel, nil when there is nothing to be drawn.
func (b *board) draw(p *grafana.Panel, width, height int) (*drawing, error) {
	of := map[string]func(*grafana.Panel, []series, int, int) (*drawing, error){
		grafana.TypeStat: b.stat, grafana.TypeBars: b.bars, grafana.TypeGraph: b.graph, grafana.TypeStateLine: b.states,
	}[p.Type]
	if of == nil {
		return nil, fmt.Errorf("panels of the type %q are not known", p.Type)
	}
	list, err := b.series(p, width)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(list, func(s series) bool { return len(s.points) > 0 }) {
		return of(p, list, width, height)
	}
	if p.Type != grafana.TypeStat {
		return nil, nil
	}
	s, err := settingsOf(p, field{}) // a number that is not there has a colour too
	if s.NoValue == "" || err != nil {
		return nil, err
	}
	return b.stat(p, []series{{settings: s}}, width, height)
}

// empty says that there is nothing.
func (b *board) empty(v *panelView, p *grafana.Panel) error {
	s, err := settingsOf(p, field{})
	if v.Message = plain(s.NoValue); v.Message == "" {
		v.Message = b.t.NoData
	}
	return err
}
