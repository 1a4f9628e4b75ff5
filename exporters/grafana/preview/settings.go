package preview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// settings are how the values of one field are shown: the defaults of a panel, and what
// overrides replace.
type settings struct {
	grafana.FieldDefaults
	Mappings []mapping `json:"mappings"`
}

// mapping is one of a field, read from whatever its options are written of.
type mapping struct {
	Type    string          `json:"type"`
	Options json.RawMessage `json:"options"`
}

// field is what overrides know a field by.
type field struct {
	name string // that is shown, or that it has
	ref  string // RefID of its query
}

// decoded reads a value that was written of another type, by their names in JSON.
func decoded[T any](value any) (T, error) {
	var as T
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &as)
	}
	return as, err
}

// settingsOf applies the overrides of a panel that are about a field, in their order.
func settingsOf(p *grafana.Panel, f field) (settings, error) {
	if p.FieldConfig == nil {
		return settings{}, nil
	}
	all, err := decoded[map[string]any](p.FieldConfig.Defaults)
	if err != nil {
		return settings{}, err
	}
	for _, o := range p.FieldConfig.Overrides {
		about, err := matches(o.Matcher, f)
		if err != nil {
			return settings{}, err
		}
		if !about {
			continue
		}
		for _, property := range o.Properties {
			if name, custom := strings.CutPrefix(property.ID, "custom."); custom {
				before, _ := all["custom"].(map[string]any)
				after := maps.Clone(before)
				if after == nil {
					after = map[string]any{}
				}
				after[name] = property.Value
				all["custom"] = after
				continue
			}
			all[property.ID] = property.Value
		}
	}
	return decoded[settings](all)
}

// matches reports whether a matcher finds a field.
func matches(m grafana.FieldMatcher, f field) (bool, error) {
	switch m.ID {
	case "byName":
		return f.name == m.Options, nil
	case "byFrameRefID":
		return f.ref == m.Options, nil
	case "byRegexp":
		pattern := m.Options
		if inner, is := strings.CutPrefix(pattern, "/"); is && strings.HasSuffix(inner, "/") {
			pattern = strings.TrimSuffix(inner, "/")
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return false, fmt.Errorf("the override of the fields %q: %w", m.Options, err)
		}
		return re.MatchString(f.name), nil
	}
	return false, fmt.Errorf("an override finds fields by %q, which is not known", m.ID)
}

// custom is what depends on the type of the panel, never nil.
func (s *settings) custom() grafana.CustomField {
	if s.Custom == nil {
		return grafana.CustomField{}
	}
	return *s.Custom
}

// shown is a value as it stands in a panel.
type shown struct {
	Text   string
	Color  string // #rrggbb, or "" for that of text
	Mapped bool
}

// show writes a value, which is not there when it is NaN.
func (s *settings) show(u units, value float64) shown {
	if math.IsNaN(value) {
		if to, is := s.mapped("", math.NaN()); is {
			return shown{cmp.Or(to.Text, s.NoValue), color(to.Color), true}
		}
		return shown{Text: s.NoValue}
	}
	text := u.text(value, s.Unit, s.Decimals)
	look := shown{Text: text, Color: s.colorOf(value)}
	if to, is := s.mapped(strconv.FormatFloat(value, 'f', -1, 64), value); is {
		look.Text, look.Mapped = cmp.Or(to.Text, text), true
		if to.Color != "" {
			look.Color = color(to.Color)
		}
	}
	return look
}

// showText writes a text of a table.
func (s *settings) showText(text string) shown {
	if to, is := s.mapped(text, math.NaN()); is && text != "" {
		return shown{cmp.Or(to.Text, text), color(to.Color), true}
	}
	if text == "" {
		return shown{Text: s.NoValue}
	}
	return shown{Text: text}
}

// mapped returns what the first mapping that is about a value makes of it: a text, or a
// number that is written as one.
func (s *settings) mapped(text string, value float64) (to grafana.Mapped, is bool) {
	for _, m := range s.Mappings {
		switch m.Type {
		case "value":
			var options map[string]grafana.Mapped
			if json.Unmarshal(m.Options, &options) == nil && text != "" {
				if to, is = options[text]; is {
					return to, true
				}
			}
		case "range":
			var r grafana.RangeMapping
			if json.Unmarshal(m.Options, &r) == nil && !math.IsNaN(value) && (r.From == nil || value >= *r.From) && (r.To == nil || value <= *r.To) {
				return r.Result, true
			}
		case "special":
			var special struct {
				Match  string         `json:"match"`
				Result grafana.Mapped `json:"result"`
			}
			if json.Unmarshal(m.Options, &special) == nil && text == "" && slices.Contains([]string{"null", "nan", "null+nan", "empty"}, special.Match) {
				return special.Result, true
			}
		}
	}
	return grafana.Mapped{}, false
}

// colorOf is the colour of a value, or "" when it is that of its series.
func (s *settings) colorOf(value float64) string {
	mode := "thresholds"
	if s.Color != nil {
		mode = s.Color.Mode
	}
	switch mode {
	case "fixed":
		return color(s.Color.FixedColor)
	case "thresholds":
		return s.threshold(value)
	}
	return ""
}

// threshold is the colour of the last step that a value reaches.
func (s *settings) threshold(value float64) string {
	found := ""
	for _, step := range s.steps() {
		if value >= step.from {
			found = step.color
		}
	}
	return found
}

// step is a threshold in the unit of the field.
type step struct {
	from  float64 // -Inf of the first
	color string
}

// steps returns the thresholds.
func (s *settings) steps() []step {
	if s.Thresholds == nil {
		return nil
	}
	var list []step
	for _, t := range s.Thresholds.Steps {
		from := math.Inf(-1)
		if t.Value != nil {
			from = *t.Value
			if s.Thresholds.Mode == "percentage" && s.Min != nil && s.Max != nil {
				from = *s.Min + from/100*(*s.Max-*s.Min)
			}
		}
		list = append(list, step{from, color(t.Color)})
	}
	return list
}

// hexColor matches a colour of six or three digits, with an opacity or without.
var hexColor = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$`)

// color returns a colour for CSS and SVG. Of a name that is not known it is grey.
func color(name string) string {
	if hexColor.MatchString(name) {
		return name
	}
	named := map[string]string{
		"": "", "text": "", "transparent": "transparent", "green": "#56a64b", "red": "#e02f44", "orange": "#ff780a", "yellow": "#f2cc0c", "blue": "#3274d9", "purple": "#a352cc", "white": "#ffffff", "black": "#000000",
	}
	if hex, is := named[strings.TrimPrefix(strings.TrimPrefix(name, "dark-"), "semi-dark-")]; is {
		return hex
	}
	return "#8c8c8c"
}

// palette is what Grafana draws series in that have no colour of their own.
func palette(n int) string {
	colors := []string{"#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300"}
	return colors[n%len(colors)]
}

// contrast is the colour of a text on a colour: white, or black where that is too pale.
func contrast(background string) string {
	if background == "" || background == "transparent" {
		return ""
	}
	if 1.05/(luminance(background)+0.05) >= 3 {
		return "#ffffff"
	}
	return "#1b1f24"
}

// luminance is how light a colour is, from 0 to 1.
func luminance(hex string) float64 {
	digits := strings.TrimPrefix(hex, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	if len(digits) < 6 {
		return 1
	}
	part := func(from int) float64 {
		n, err := strconv.ParseUint(digits[from:from+2], 16, 8)
		if err != nil {
			return 1
		}
		v := float64(n) / 255
		if v <= 0.03928 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(0) + 0.7152*part(2) + 0.0722*part(4)
}
