package grafana

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// columns is how wide a dashboard is.
const columns = 24

// sheet lays out the panels of a dashboard, from left to right and from the top down.
type sheet struct {
	panels []*Panel
	x, y   int // where the next panel begins
	height int // of the line of panels that is being filled
}

// add puts a panel beside the one before, or below when there is no room.
func (s *sheet) add(width, height int, p *Panel) {
	if s.x+width > columns {
		s.end()
	}
	p.GridPos = GridPos{H: height, W: width, X: s.x, Y: s.y}
	s.x, s.height = s.x+width, max(s.height, height)
	p.ID = len(s.panels) + 1
	s.panels = append(s.panels, p)
}

// end begins another line.
func (s *sheet) end() { s.x, s.y, s.height = 0, s.y+s.height, 0 }

// section begins a part with a heading.
func (s *sheet) section(title string) {
	s.end()
	s.add(columns, 1, &Panel{Type: TypeRow, Title: title})
	s.end()
}

// say adds a text in Markdown, as high as it needs to be: paragraphs and lists.
func (s *sheet) say(markdown string) {
	p := newProse(columns)
	for paragraph := range strings.SplitSeq(markdown, "\n\n") {
		if !strings.HasPrefix(paragraph, "- ") {
			p.say(paragraph)
			continue
		}
		for item := range strings.SplitSeq(paragraph, "\n") {
			p.item(strings.TrimPrefix(item, "- "))
		}
		p.endList()
	}
	panel, height := p.panel("")
	s.add(columns, height, panel)
	s.end()
}

// target makes a query of a panel. Its RefID is a letter, by its place among the panel's.
func target(place int, of query.Expr, legend string) Target {
	return Target{
		RefID: refID(place), Datasource: prometheus(), EditorMode: "code", Expr: query.PromQL(of), Format: "time_series", Range: true,
		LegendFormat: legend, Query: of,
	}
}

// refID names the query at a place: A to Z, and then AA, AB and so on, as Grafana does.
func refID(place int) string {
	const letters = 26
	name := string(rune('A' + place%letters))
	if place >= letters {
		return refID(place/letters-1) + name
	}
	return name
}

// now has a query look at the newest instant alone.
func (t Target) now() Target {
	t.Instant, t.Range = true, false
	return t
}

// table has a query answer with a row for each series.
func (t Target) table() Target {
	t = t.now()
	t.Format = "table"
	return t
}

// text is a panel of words, in Markdown.
func text(title, markdown string) *Panel {
	return &Panel{Type: TypeText, Title: title, Transparent: title == "", Options: TextOptions{Mode: "markdown", Content: markdown}}
}

// panel is one that queries.
func panel(kind, title, description string, fields FieldDefaults, options any, targets ...Target) *Panel {
	source := prometheus()
	return &Panel{
		Type: kind, Title: title, Description: description, Datasource: &source, Targets: targets,
		FieldConfig: &FieldConfig{Defaults: fields, Overrides: []Override{}}, Options: options,
	}
}

// newest reduces a series to its newest value.
func newest() Reduce { return Reduce{Calcs: []string{"lastNotNull"}} }

// stat shows numbers, large enough for the back of a room.
func stat(title, description string, fields FieldDefaults, targets ...Target) *Panel {
	return panel(TypeStat, title, description, fields, StatOptions{
		ReduceOptions: newest(), Orientation: "auto", TextMode: "auto", ColorMode: "background", GraphMode: "none", JustifyMode: "center",
	}, targets...)
}

// graph shows lines over time. Lines lead over what is missing for less than an hour.
func graph(title, description string, fields FieldDefaults, targets ...Target) *Panel {
	const hour = 3_600_000 // milliseconds
	if fields.Custom == nil {
		fields.Custom = &CustomField{}
	}
	if c := fields.Custom; c.DrawStyle == "" {
		c.DrawStyle, c.LineWidth, c.ShowPoints, c.SpanNulls = "line", 2, "never", hour
	}
	return panel(TypeGraph, title, description, fields, GraphOptions{
		Legend:  Legend{DisplayMode: "list", Placement: "bottom", ShowLegend: true, Calcs: []string{}},
		Tooltip: Tooltip{Mode: "multi", Sort: "desc"},
	}, targets...)
}

// bars shows a bar for each series.
func bars(title, description string, fields FieldDefaults, targets ...Target) *Panel {
	return panel(TypeBars, title, description, fields, BarsOptions{
		ReduceOptions: newest(), Orientation: "horizontal", DisplayMode: "basic", ValueMode: "color", ShowUnfilled: true, MinVizHeight: 16, MinVizWidth: 8,
	}, targets...)
}

// stateLine shows states over time, a line for each series.
func stateLine(title, description string, fields FieldDefaults, targets ...Target) *Panel {
	return panel(TypeStateLine, title, description, fields, StateOptions{
		MergeValues: true, ShowValue: "auto", AlignValue: "left", RowHeight: 0.8,
		Legend: Legend{DisplayMode: "list", Placement: "bottom", ShowLegend: false, Calcs: []string{}}, Tooltip: Tooltip{Mode: "single", Sort: "none"},
	}, targets...)
}

// column is one of a table: a label, or the value of a query.
type column struct {
	label string     // "" for the value of the query
	query query.Expr // nil for a label
	title string     // unique in its table; "" for one that is hidden
	width int
	show  []Property
}

// table joins queries to one table, a row for each set of labels. All queries have the
// same labels, or rows would not meet, and the first has all rows that there are. Columns
// come in their order; those without a title are hidden, and there for links.
func table(title, description string, fields FieldDefaults, columns ...column) *Panel {
	fields.Unit = unitText // of columns that have none, so that a name of digits stays one
	if fields.Custom == nil {
		fields.Custom = &CustomField{} // later Grafanas convert the cells of tables that have one
	}
	p := panel(TypeTable, title, description, fields, TableOptions{ShowHeader: true, CellHeight: "md", Footer: TableFooter{Reducer: []string{}}})
	organize := OrganizeOptions{ExcludeByName: map[string]bool{"Time": true}, IndexByName: map[string]int{}, RenameByName: map[string]string{}}
	queries := 0
	for _, c := range columns {
		if c.query != nil {
			queries++
		}
	}
	for i, c := range columns {
		name := c.label
		if c.query != nil {
			one := target(len(p.Targets), c.query, "").table()
			p.Targets = append(p.Targets, one)
			name = "Value #" + one.RefID
			if queries == 1 {
				name = "Value"
			}
		}
		organize.IndexByName[name] = i
		properties := slices.Clone(c.show)
		if c.title == "" {
			properties = append(properties, hidden()...)
		} else {
			organize.RenameByName[name] = c.title
		}
		if c.width > 0 {
			properties = append(properties, Property{"custom.width", c.width})
		}
		if len(properties) > 0 {
			p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{FieldMatcher{"byName", cmp.Or(c.title, name)}, properties})
		}
	}
	p.Transformations = []Transformation{{"merge", MergeOptions{}}, {"organize", organize}}
	return p
}

// rows is how high a table of so many rows is, and largeRows one with higher rows; one of
// many can be scrolled.
func rows(n int) int      { return tableHeight(n, 42) }
func largeRows(n int) int { return tableHeight(n, 48) }

// tableHeight is how many rows of the grid a table needs whose rows are so many pixels high.
func tableHeight(n, pixels int) int {
	const head, grid, most = 84, 38, 16
	return min(most, (head+max(n, 1)*pixels+grid-1)/grid)
}

// sorted has a table sorted by a column when it is opened.
func (p *Panel) sorted(title string, descending bool) *Panel {
	options := p.Options.(TableOptions)
	options.SortBy = []SortByCol{{title, descending}}
	p.Options = options
	return p
}

// coloured has the series of a query, by its RefID, in a colour of their own and dashed or not.
func (p *Panel) coloured(refID, colour string, dashed bool) *Panel {
	return p.override("byFrameRefID", refID, drawn(colour, dashed)...)
}

// override has some fields of a panel shown in another way.
func (p *Panel) override(matcher, options string, properties ...Property) *Panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{FieldMatcher{matcher, options}, properties})
	return p
}

// drawn is how a line is drawn.
func drawn(colour string, dashed bool) []Property {
	properties := []Property{{"color", Color{Mode: "fixed", FixedColor: colour}}}
	if dashed {
		properties = append(properties, Property{"custom.lineStyle", LineStyle{Fill: "dash", Dash: []float64{10, 6}}})
	}
	return properties
}

// ref is a pointer to a value of its own, for fields of which 0 is not none.
func ref[T any](value T) *T { return &value }

// to is the address of another dashboard in a link of a panel, with the time that is
// shown and the variables that are to be kept.
func to(uid string, variables ...string) string {
	return "/d/" + uid + "?${__url_time_range}&" + kept(variables)
}

// kept are variables in an address.
func kept(variables []string) string {
	var query []string
	for _, v := range append([]string{"datasource"}, variables...) {
		query = append(query, "${"+v+":queryparam}")
	}
	return strings.Join(query, "&")
}
