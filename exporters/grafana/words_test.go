package grafana

import (
	"reflect"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// TestNoWordIsMissing looks at every field of the words of every dashboard, in both
// languages.
func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		m := newMaker(&slo.Set{}, Options{Locale: locale})
		for _, all := range []any{m.words(), m.overviewWords(), m.reviewWords(), m.burnWords(), m.aboutWords(), m.journeyWords(), m.detailWords()} {
			of := reflect.ValueOf(all).Elem()
			for i := range of.NumField() {
				name := of.Type().Field(i).Name
				if field := of.Field(i); field.IsZero() || field.Kind() == reflect.Map && field.Len() == 0 {
					t.Errorf("%s: %s.%s is missing", locale, of.Type(), name)
				}
			}
		}
	}
}

// TestStatesAndAlertsHaveWords looks for a word for each number that stands for one.
func TestStatesAndAlertsHaveWords(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		w := newMaker(&slo.Set{}, Options{Locale: locale}).words()
		for name, words := range map[string][]word{"states": w.stateWords(), "alerts": w.firingWords(), "severities": w.severityWords(), "kinds": w.kindWords()} {
			texts := map[string]bool{}
			for _, word := range words {
				if word.text == "" || texts[word.text] {
					t.Errorf("%s: %s: %q stands for %s", locale, name, word.text, word.value)
				}
				texts[word.text] = true
			}
		}
	}
}
