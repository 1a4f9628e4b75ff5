package grafana

import (
	"bytes"
	"encoding/json"

	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// SchemaVersion is that of Grafana 9.4. Later ones bring a dashboard up to theirs as they
// read it.
const SchemaVersion = 37

// Dashboard is the classic JSON of Grafana, as far as it is used here. Its fields are in
// the order in which they are written.
type Dashboard struct {
	UID           string      `json:"uid"` // 1 to 40 letters, digits, "-" and "_"
	Title         string      `json:"title"`
	Description   string      `json:"description"`
	Tags          []string    `json:"tags"`
	Timezone      string      `json:"timezone"` // IANA, or "browser"
	SchemaVersion int         `json:"schemaVersion"`
	Editable      bool        `json:"editable"`
	GraphTooltip  int         `json:"graphTooltip"` // 1: the crosshair is shared
	Refresh       string      `json:"refresh"`
	Time          TimeRange   `json:"time"`
	Links         []Link      `json:"links"`
	Templating    Templating  `json:"templating"`
	Annotations   Annotations `json:"annotations"`
	Panels        []*Panel    `json:"panels"`
}

// JSON writes a dashboard for a file, the same bytes each time.
func (d *Dashboard) JSON() []byte {
	var line, text bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(d)
	if err == nil {
		err = json.Indent(&text, line.Bytes(), "", "  ")
	}
	if err != nil {
		panic(err) // no value of a Dashboard cannot be written
	}
	return text.Bytes()
}

// TimeRange is what a dashboard shows: now-28d to now.
type TimeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Link leads to another dashboard, or anywhere.
type Link struct {
	Title       string   `json:"title"`
	Type        string   `json:"type,omitempty"` // of a dashboard's: "link"; "" of a panel's
	URL         string   `json:"url"`            // /d/UID for a dashboard: Grafana puts the path before it that it is served under
	Tags        []string `json:"tags,omitempty"`
	Icon        string   `json:"icon,omitempty"`
	Tooltip     string   `json:"tooltip,omitempty"`
	KeepTime    bool     `json:"keepTime,omitempty"`
	IncludeVars bool     `json:"includeVars,omitempty"`
	TargetBlank bool     `json:"targetBlank,omitempty"`
}

// Templating has the variables.
type Templating struct {
	List []Variable `json:"list"`
}

// Variable is chosen at the top of a dashboard.
type Variable struct {
	Name       string         `json:"name"`
	Label      string         `json:"label"`
	Type       string         `json:"type"`  // datasource or query
	Query      any            `json:"query"` // "prometheus", or a [VariableQuery]
	Definition string         `json:"definition,omitempty"`
	Datasource *DatasourceRef `json:"datasource,omitempty"`
	Refresh    int            `json:"refresh"` // 2: when the time range changes
	Sort       int            `json:"sort"`    // 1: by letters
	Multi      bool           `json:"multi"`
	IncludeAll bool           `json:"includeAll"`
	AllValue   string         `json:"allValue,omitempty"`
	Current    Current        `json:"current"`
	Hide       int            `json:"hide"`  // 0: shown
	Regex      string         `json:"regex"` // of what is to be chosen; its groups value and text say which of it
	Options    []struct{}     `json:"options"`
}

// VariableQuery finds the values of a variable.
type VariableQuery struct {
	Query string `json:"query"` // label_values(metric, label) or query_result(query)
	RefID string `json:"refId"`

	Of    query.Expr `json:"-"` // the series whose
	Label string     `json:"-"` // label's values those are
}

// Current is what is chosen at first. All is "$__all".
type Current struct {
	Selected bool `json:"selected"`
	Text     any  `json:"text,omitempty"`
	Value    any  `json:"value,omitempty"`
}

// Annotations has what is marked in graphs.
type Annotations struct {
	List []Annotation `json:"list"`
}

// Annotation marks in graphs when an expression is above 0, or with UseValueForTime the
// instants that its values are, in milliseconds since 1970.
type Annotation struct {
	Name            string        `json:"name"`
	Datasource      DatasourceRef `json:"datasource"`
	Enable          bool          `json:"enable"`
	Hide            bool          `json:"hide"`
	IconColor       string        `json:"iconColor"`
	Expr            string        `json:"expr,omitempty"`
	Step            string        `json:"step,omitempty"`
	TitleFormat     string        `json:"titleFormat,omitempty"` // {{label}} is replaced
	TextFormat      string        `json:"textFormat,omitempty"`
	TagKeys         string        `json:"tagKeys,omitempty"`
	UseValueForTime bool          `json:"useValueForTime,omitempty"`

	Query query.Expr `json:"-"` // what Expr is written of
}

// DatasourceRef names a data source.
type DatasourceRef struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// prometheus is the one that is chosen in the variable datasource.
func prometheus() DatasourceRef { return DatasourceRef{Type: "prometheus", UID: "${datasource}"} }
