package grafana

import "github.com/slojourn/slojourn/exporters/grafana/query"

// Panel is a part of a dashboard.
type Panel struct {
	ID              int              `json:"id"` // from 1, unique in its dashboard
	Type            string           `json:"type"`
	Title           string           `json:"title"`
	Description     string           `json:"description,omitempty"` // Markdown
	GridPos         GridPos          `json:"gridPos"`
	Transparent     bool             `json:"transparent,omitempty"`
	Collapsed       bool             `json:"collapsed,omitempty"` // of a row
	Datasource      *DatasourceRef   `json:"datasource,omitempty"`
	Interval        string           `json:"interval,omitempty"`      // the least Step
	MaxDataPoints   int              `json:"maxDataPoints,omitempty"` // the most steps in the time that is shown; 0 for the width in pixels
	Targets         []Target         `json:"targets,omitempty"`
	Transformations []Transformation `json:"transformations,omitempty"`
	FieldConfig     *FieldConfig     `json:"fieldConfig,omitempty"`
	Options         any              `json:"options,omitempty"` // one of the types ending in Options
	Links           []Link           `json:"links,omitempty"`
}

// The types of panels.
const (
	TypeRow       = "row"
	TypeText      = "text"
	TypeStat      = "stat"
	TypeGraph     = "timeseries"
	TypeTable     = "table"
	TypeBars      = "bargauge"
	TypeStateLine = "state-timeline"
)

// GridPos is where a panel lies: on 24 columns, in rows of 30 pixels.
type GridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// Target is a query of a panel.
type Target struct {
	RefID        string        `json:"refId"`
	Datasource   DatasourceRef `json:"datasource"`
	EditorMode   string        `json:"editorMode"` // code
	Expr         string        `json:"expr"`
	Format       string        `json:"format"` // time_series or table
	Instant      bool          `json:"instant"`
	Range        bool          `json:"range"`
	LegendFormat string        `json:"legendFormat,omitempty"` // {{label}} is replaced

	Query query.Expr `json:"-"` // what Expr is written of
}

// Transformation changes what the queries of a table gave.
type Transformation struct {
	ID      string `json:"id"`
	Options any    `json:"options"` // one of the types below
}

// MergeOptions are those of "merge", which makes one table of several: of rows whose
// labels are alike.
type MergeOptions struct{}

// OrganizeOptions are those of "organize". The value of the query with the RefID A is
// named "Value #A", or "Value" when it is the only one.
type OrganizeOptions struct {
	ExcludeByName map[string]bool   `json:"excludeByName"`
	IndexByName   map[string]int    `json:"indexByName"`
	RenameByName  map[string]string `json:"renameByName"`
}

// SortOptions are those of "sortBy".
type SortOptions struct {
	Fields struct{}   `json:"fields"`
	Sort   []SortRule `json:"sort"`
}

// SortRule sorts by a field.
type SortRule struct {
	Field string `json:"field"`
	Desc  bool   `json:"desc,omitempty"`
}

// FieldConfig says how values are shown.
type FieldConfig struct {
	Defaults  FieldDefaults `json:"defaults"`
	Overrides []Override    `json:"overrides"`
}

// FieldDefaults hold for every field that no override is about. NoValue is what stands
// where there is no value, in place of "No data".
type FieldDefaults struct {
	DisplayName string       `json:"displayName,omitempty"`
	Unit        string       `json:"unit,omitempty"` // percentunit, s, none, short, suffix:×
	Decimals    *int         `json:"decimals,omitempty"`
	Min         *float64     `json:"min,omitempty"`
	Max         *float64     `json:"max,omitempty"`
	NoValue     string       `json:"noValue,omitempty"`
	Color       *Color       `json:"color,omitempty"`
	Thresholds  *Thresholds  `json:"thresholds,omitempty"`
	Mappings    []Mapping    `json:"mappings,omitempty"`
	Links       []Link       `json:"links,omitempty"`
	Custom      *CustomField `json:"custom,omitempty"`
}

// Color is how a value gets its colour.
type Color struct {
	Mode       string `json:"mode"` // thresholds or fixed
	FixedColor string `json:"fixedColor,omitempty"`
}

// Thresholds are steps in the unit of the field, the lowest first; the first has no value.
type Thresholds struct {
	Mode  string          `json:"mode"` // absolute
	Steps []ThresholdStep `json:"steps"`
}

// ThresholdStep has a colour from a value on.
type ThresholdStep struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// Mapping shows a text and a colour in place of a value.
type Mapping struct {
	Type    string `json:"type"`    // value, range or special
	Options any    `json:"options"` // map[string]Mapped, a RangeMapping or a SpecialMapping
}

// Mapped is what is shown.
type Mapped struct {
	Text  string `json:"text,omitempty"`
	Color string `json:"color,omitempty"`
	Index int    `json:"index"`
}

// RangeMapping maps values between two, which belong to it; nil is without end.
type RangeMapping struct {
	From   *float64 `json:"from"`
	To     *float64 `json:"to"`
	Result Mapped   `json:"result"`
}

// SpecialMapping maps what is no number.
type SpecialMapping struct {
	Match  string `json:"match"` // null: no value
	Result Mapped `json:"result"`
}

// CustomField is what depends on the type of the panel.
type CustomField struct {
	DrawStyle         string           `json:"drawStyle,omitempty"` // line or bars
	LineWidth         int              `json:"lineWidth,omitempty"`
	FillOpacity       int              `json:"fillOpacity,omitempty"`
	ShowPoints        string           `json:"showPoints,omitempty"`
	SpanNulls         any              `json:"spanNulls,omitempty"` // true, or milliseconds
	LineStyle         *LineStyle       `json:"lineStyle,omitempty"`
	Stacking          *Stacking        `json:"stacking,omitempty"`
	AxisLabel         string           `json:"axisLabel,omitempty"`
	AxisSoftMin       *float64         `json:"axisSoftMin,omitempty"`
	AxisSoftMax       *float64         `json:"axisSoftMax,omitempty"`
	ThresholdsStyle   *ThresholdsStyle `json:"thresholdsStyle,omitempty"`
	Align             string           `json:"align,omitempty"` // of a table
	Width             int              `json:"width,omitempty"`
	MinWidth          int              `json:"minWidth,omitempty"` // of one without a width; 0 for 150
	CellOptions       *CellOptions     `json:"cellOptions,omitempty"`
	Hidden            bool             `json:"hidden,omitempty"`
	ScaleDistribution *struct {
		Type string `json:"type"`
	} `json:"scaleDistribution,omitempty"`
}

// LineStyle is solid or dashed.
type LineStyle struct {
	Fill string    `json:"fill"` // solid or dash
	Dash []float64 `json:"dash,omitempty"`
}

// Stacking puts series on each other.
type Stacking struct {
	Group string `json:"group"`
	Mode  string `json:"mode"` // none, normal or percent
}

// ThresholdsStyle is how thresholds are drawn in a graph.
type ThresholdsStyle struct {
	Mode string `json:"mode"` // off, line, dashed, area
}

// CellOptions is how a cell of a table is shown.
type CellOptions struct {
	Type string `json:"type"`           // auto, color-text, color-background, gauge
	Mode string `json:"mode,omitempty"` // of color-background and gauge: basic
}

// Override is about some fields.
type Override struct {
	Matcher    FieldMatcher `json:"matcher"`
	Properties []Property   `json:"properties"`
}

// FieldMatcher finds fields: byName, byFrameRefID or byRegexp.
type FieldMatcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

// Property replaces one of [FieldDefaults], by the name it has in JSON; those of
// [CustomField] begin with "custom.".
type Property struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}
