package grafana

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana/query"
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
		for name, words := range map[string][]word{"states": w.stateWords(), "alerts": w.firingWords(), "severities": w.severityWords(), "kinds": w.kindWords(), "effects": w.effectWords()} {
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

// TestMarksAreInWords looks at what marks say of alerts and exclusions.
func TestMarksAreInWords(t *testing.T) {
	t.Parallel()
	data := query.NewSamples(5 * time.Minute)
	data.Add(metricInfo, query.Labels{"id": "pay"}, now(), 1)
	for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
		for kind := range sharedEnglish().Kinds {
			data.Add(metricFiring, query.Labels{"id": "pay", "kind": string(kind), "severity": string(severity)}, now(), 1)
		}
	}
	for effect := range sharedEnglish().Effects {
		data.Add(metricExcluded, query.Labels{"id": "pay", "exclusion": "moving", "effect": string(effect)}, now(), 1)
	}
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		m := newMaker(shopSet(t), Options{Locale: locale})
		w := m.words()
		said := map[string]int{}
		for _, a := range m.overview().Annotations.List {
			found, err := data.At(a.Query, now(), query.Binding{RateStep: time.Minute})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range found {
				for _, label := range []string{"kind", "severity", "effect"} {
					said[s.Labels[label]]++
				}
			}
		}
		delete(said, "")
		want := map[string]int{w.Page: len(w.Kinds), w.Ticket: len(w.Kinds)}
		for _, kind := range w.Kinds {
			want[kind] = 2
		}
		for _, effect := range w.Effects {
			want[effect] = 1
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%s (-want +got):\n%s", locale, diff)
		}
	}
}
