package preview

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// elements are those that pages are made of, and those that Markdown may have.
func elements() map[string]bool {
	list := map[string]bool{}
	for name := range strings.FieldsSeq(`html head meta title style body main header section div h1 h2 p span a ul ol li svg rect line path circle text
		table colgroup col thead tbody tr th td h3 h4 h5 h6 em strong del code pre blockquote br hr`) {
		list[name] = true
	}
	return list
}

// styles are all that a style may be.
var styles = regexp.MustCompile(`^(grid-column: \d+ / span \d+; grid-row: \d+ / span \d+|(color: #[0-9a-fA-F]{3,8};)?(background: #[0-9a-fA-F]{3,8};)?|fill: #[0-9a-fA-F]{3,8})$`)

// check reads a page as strictly as XML is read: everything is closed, escaped, known and
// harmless, and nothing comes from elsewhere.
func check(t *testing.T, name string, page []byte, places map[string]bool) {
	t.Helper()
	known := elements()
	decoder := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s is not well-formed: %v", name, err)
			return
		}
		element, is := token.(xml.StartElement)
		if !is {
			continue
		}
		if !known[element.Name.Local] {
			t.Errorf("%s has an element %s", name, element.Name.Local)
		}
		for _, a := range element.Attr {
			switch attribute := a.Name.Local; {
			case attribute == "href":
				if !places[a.Value] && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "http://") {
					t.Errorf("%s leads to %q", name, a.Value)
				}
			case attribute == "style":
				if !styles.MatchString(a.Value) {
					t.Errorf("%s has the style %q", name, a.Value)
				}
			case attribute == "src", attribute == "id", strings.HasPrefix(attribute, "on"):
				t.Errorf("%s has %s=%q", name, attribute, a.Value)
			case attribute != "title" && (strings.Contains(a.Value, "url(") || strings.Contains(a.Value, "ZgotmplZ")):
				t.Errorf("%s has %s=%q", name, attribute, a.Value)
			}
		}
	}
	if !bytes.Contains(page, []byte(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />`)) {
		t.Errorf("%s does not forbid what comes from elsewhere", name)
	}
	if bytes.Contains(page, []byte(hostile.Key)) {
		t.Errorf("%s has a key", name)
	}
}

// soil puts a text into all strings of a value that are shown: all but those that say how
// something is made.
func soil(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Kind() == reflect.Pointer {
			soil(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			switch name := v.Type().Field(i).Name; name {
			case "Title", "Description", "Label", "Content", "URL", "LegendFormat", "TitleFormat", "TextFormat", "Text", "NoValue", "DisplayName", "FixedColor", "IconColor", "Color", "Unit", "AxisLabel", "Tooltip":
				if field := v.Field(i); field.Kind() == reflect.String && field.CanSet() {
					field.SetString(field.String() + text)
					continue
				}
			case "Query":
				continue
			}
			soil(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			soil(v.Index(i), text)
		}
	}
}

// TestHostile has texts of others wherever texts are: none can do harm, and those that are
// secrets are masked.
func TestHostile(t *testing.T) {
	t.Parallel()
	for kind, text := range hostile.Texts() {
		list := files()
		for i := range list {
			for _, p := range list[i].Dashboard.Panels {
				if options, is := p.Options.(grafana.TextOptions); is {
					p.Options = grafana.TextOptions{Mode: options.Mode, Content: options.Content + "\n\n" + text + "\n\n[" + text + "](" + text + ")\n\n<pre><code>" + text + "</code></pre>"}
				}
			}
			soil(reflect.ValueOf(list[i].Dashboard), text)
			list[i].Folder.Title += text
		}
		soiled := told{}
		for name, series := range data() {
			for _, s := range series {
				labels := query.Labels{}
				for k, v := range s.Labels {
					labels[k] = v + text
				}
				soiled[name] = append(soiled[name], query.Series{Labels: labels, Points: s.Points})
			}
		}
		b, err := New(list, Options{Locale: slo.English, At: end, Source: text})
		if err != nil {
			t.Fatal(err)
		}
		places := map[string]bool{Index: true}
		for _, f := range list {
			places[FileName(f.Name)] = true
		}
		for i := range list {
			page, err := b.Page(i, Data{soiled, 4 * time.Hour})
			if err != nil {
				t.Errorf("%s: %v", kind, err)
				continue
			}
			check(t, kind+" in "+list[i].Name, page, places)
		}
		page, err := b.Index()
		if err != nil {
			t.Fatal(err)
		}
		check(t, kind+" in the index", page, places)
	}
}
