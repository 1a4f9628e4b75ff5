package draft

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// TestWords says everything in both languages.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		w := wordsIn(locale)
		fields := reflect.ValueOf(*w)
		for i := range fields.NumField() {
			if fields.Field(i).IsZero() {
				t.Errorf("%s lacks %s", locale, fields.Type().Field(i).Name)
			}
		}
		known := map[string]bool{}
		for _, layer := range Layers() {
			about := w.layers[layer.Name]
			if about.title == "" || about.comment == "" || layer.Title(locale) != about.title {
				t.Errorf("%s says nothing of the layer %s", locale, layer.Name)
			}
			for _, field := range layer.Fields {
				if question, help, none := layer.Question(locale, field); question == "" || help == "" || (none != "") != field.Optional {
					t.Errorf("%s does not ask for %s of %s", locale, field.Key, layer.Name)
				}
				known[field.Key], known[layer.Name+"/"+field.Key] = true, true
			}
		}
		for key := range w.fields {
			if !known[key] {
				t.Errorf("%s asks for %s, which no layer has", locale, key)
			}
		}
		for r := Empty; r <= NotKey; r++ {
			if r.Text(locale) == "" {
				t.Errorf("%s does not say refusal %d", locale, r)
			}
		}
		if len(w.layers) != len(Layers()) || len(w.refusals) != int(NotKey) {
			t.Errorf("%s has %d layers and %d refusals", locale, len(w.layers), len(w.refusals))
		}
	}
	if english := Empty.Error(); english != Empty.Text(slo.English) {
		t.Errorf("got %q", english)
	}
}

// TestWithin looks for the values of a field among the events that those before it leave.
func TestWithin(t *testing.T) {
	t.Parallel()
	values := Values{"app": "shop", "path": "/a", "total": "requests", "bad": "failures", "service": "api"}
	for key, want := range map[string]string{
		"mobile/app": "", "mobile/path": "appName = 'shop'", "metric/bad": "", "metric/service": "metricName = 'requests'",
	} {
		name, key, _ := strings.Cut(key, "/")
		layer, _ := LayerNamed(name)
		field := layer.Fields[slices.IndexFunc(layer.Fields, func(f Field) bool { return f.Key == key })]
		got := ""
		if x := layer.Within(field, values); x != nil {
			got = nrql.Print(x)
		}
		if got != want {
			t.Errorf("%s/%s: got %q, want %q", name, key, got, want)
		}
	}
}
