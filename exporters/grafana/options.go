package grafana

// TextOptions are those of a text.
type TextOptions struct {
	Mode    string `json:"mode"` // markdown
	Content string `json:"content"`
}

// Reduce says which values of a series are shown.
type Reduce struct {
	Calcs  []string `json:"calcs"`  // lastNotNull
	Fields string   `json:"fields"` // "" for numbers, "/.*/" for all
	Values bool     `json:"values"`
	Limit  int      `json:"limit,omitempty"`
}

// TextSizes are sizes in pixels.
type TextSizes struct {
	TitleSize int `json:"titleSize,omitempty"`
	ValueSize int `json:"valueSize,omitempty"`
}

// StatOptions are those of a large number.
type StatOptions struct {
	ReduceOptions Reduce     `json:"reduceOptions"`
	Orientation   string     `json:"orientation"` // auto, horizontal, vertical
	TextMode      string     `json:"textMode"`    // auto, value, value_and_name
	ColorMode     string     `json:"colorMode"`   // value, background, none
	GraphMode     string     `json:"graphMode"`   // none or area
	JustifyMode   string     `json:"justifyMode"` // auto or center
	Text          *TextSizes `json:"text,omitempty"`
}

// BarsOptions are those of bars, one for each series.
type BarsOptions struct {
	ReduceOptions Reduce     `json:"reduceOptions"`
	Orientation   string     `json:"orientation"`
	DisplayMode   string     `json:"displayMode"` // basic or gradient
	ValueMode     string     `json:"valueMode"`   // color, text, hidden
	ShowUnfilled  bool       `json:"showUnfilled"`
	MinVizHeight  int        `json:"minVizHeight"`
	MinVizWidth   int        `json:"minVizWidth"`
	Text          *TextSizes `json:"text,omitempty"`
}

// GraphOptions are those of a graph over time.
type GraphOptions struct {
	Legend  Legend  `json:"legend"`
	Tooltip Tooltip `json:"tooltip"`
}

// Legend names the series.
type Legend struct {
	DisplayMode string   `json:"displayMode"` // list, table
	Placement   string   `json:"placement"`   // bottom, right
	ShowLegend  bool     `json:"showLegend"`
	Calcs       []string `json:"calcs"`
}

// Tooltip is what the pointer shows.
type Tooltip struct {
	Mode string `json:"mode"` // single or multi
	Sort string `json:"sort"` // none, asc, desc
}

// TableOptions are those of a table.
type TableOptions struct {
	ShowHeader bool        `json:"showHeader"`
	CellHeight string      `json:"cellHeight"` // sm, md, lg
	SortBy     []SortByCol `json:"sortBy,omitempty"`
	Footer     TableFooter `json:"footer"`
}

// SortByCol sorts a table by the name that is shown of a column.
type SortByCol struct {
	DisplayName string `json:"displayName"`
	Desc        bool   `json:"desc"`
}

// TableFooter is below a table.
type TableFooter struct {
	Show             bool     `json:"show"`
	Reducer          []string `json:"reducer"`
	Fields           string   `json:"fields"`
	CountRows        bool     `json:"countRows"`
	EnablePagination bool     `json:"enablePagination"`
}

// StateOptions are those of states over time.
type StateOptions struct {
	MergeValues bool    `json:"mergeValues"`
	ShowValue   string  `json:"showValue"` // auto, always, never
	AlignValue  string  `json:"alignValue"`
	RowHeight   float64 `json:"rowHeight"`
	Legend      Legend  `json:"legend"`
	Tooltip     Tooltip `json:"tooltip"`
}
