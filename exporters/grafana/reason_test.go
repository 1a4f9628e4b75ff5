package grafana

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// TestWhyThereIsNoRatio tells what had no events from what was never measured, and what is
// measured and failed in nothing.
func TestWhyThereIsNoRatio(t *testing.T) {
	t.Parallel()
	set := shops(t)
	m := newMaker(set, Options{Locale: slo.English})
	w := worldOf(t, set, func(id string) (total, bad int64, measured bool) {
		return map[string]int64{"pay/print": 200, "receipt": 200}[id], 0, id != "browse/list"
	})
	for _, test := range []struct {
		id, title string
		want      float64
	}{
		{"pay/authorise", "Errors, 28 d", withoutEvents},
		{"pay/authorise", "Burn rate, 1 h", withoutEvents},
		{"browse/list", "Errors, 1 d", withoutMinutes},
		{"browse/list", "Burn rate, 1 h", withoutMinutes},
		{"receipt", "Errors, 7 d", 0},
		{"receipt", "Burn rate, 1 h", 0},
		{"pay", "Share of errors: 98.5% in 28 d", -1},
	} {
		if got := w.one(t, m.subject(test.id).make().titled(t, test.title)); got != test.want {
			t.Errorf("%s: %q is %v, want %v", test.id, test.title, got, test.want)
		}
	}
	for id, want := range map[string]map[string]map[string]float64{
		"pay": {
			"authorise": {"No.": 1, "Burn rate, recent": withoutEvents, "Errors, recent": withoutEvents, "Share of errors": -1, "Measured": 1},
			"print":     {"No.": 2, "Errors, recent": 0, "Share of errors": -1, "Measured": 1},
			"receipt":   {"No.": 3, "Budget left": 1, "Burn rate, recent": 0, "Errors, recent": 0, "Share of errors": -1, "Measured": 1},
		},
		"browse": {
			"list":    {"No.": 1, "Burn rate, recent": withoutMinutes, "Errors, recent": withoutMinutes, "Measured": 0},
			"receipt": {"No.": 2, "Budget left": 1, "Burn rate, recent": 0, "Errors, recent": 0, "Measured": 1},
		},
	} {
		if diff := cmp.Diff(want, w.cells(t, m.subject(id).make().titled(t, m.journeyWords().StepsTitle))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// cells are the numbers of a table of steps, by the step and the title of the column.
func (w *world) cells(t *testing.T, p *Panel) map[string]map[string]float64 {
	t.Helper()
	cells := map[string]map[string]float64{}
	organize := p.Transformations[1].Options.(OrganizeOptions)
	for _, target := range p.Targets {
		for _, s := range w.asks(t, p, target.RefID) {
			step := s.Labels["step"]
			if cells[step] == nil {
				cells[step] = map[string]float64{}
			}
			title := strings.NewReplacer("1 h", "recent").Replace(organize.RenameByName["Value #"+target.RefID])
			cells[step][title] = s.Value
		}
	}
	return cells
}

// TestNothingKnownIsNotAllWell looks at what panels of journeys and SLOs say where a
// Prometheus has nothing of slojourn: each says that, and the large ones in grey.
func TestNothingKnownIsNotAllWell(t *testing.T) {
	t.Parallel()
	set := shops(t)
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		m := newMaker(set, Options{Locale: locale})
		b := m.words()
		honest := []string{b.NotKnown, b.NotMeasured, b.Missing, b.NotScraped, m.journeyWords().NoObjectives}
		none := query.NewSamples(5 * time.Minute)
		for _, s := range m.subjects {
			for _, p := range s.make().Panels {
				for _, target := range p.Targets {
					found, err := none.At(target.Query, now(), query.Binding{Range: time.Hour, Step: time.Hour, RateStep: time.Hour})
					if err != nil || len(found) > 0 {
						t.Errorf("%s: %s: %q is %v (%v)", locale, s.id, p.Title, found, err)
					}
				}
				if p.FieldConfig == nil {
					continue
				}
				if said := p.FieldConfig.Defaults.NoValue; !slices.Contains(honest, said) {
					t.Errorf("%s: %s: %q says %q where nothing is known", locale, s.id, p.Title, said)
				}
				isGrey := slices.ContainsFunc(p.FieldConfig.Defaults.Mappings, func(m Mapping) bool {
					special, is := m.Options.(SpecialMapping)
					return is && special.Match == "null" && special.Result.Color == grey
				})
				if p.Type == TypeStat && !isGrey {
					t.Errorf("%s: %s: %q is not grey where nothing is known", locale, s.id, p.Title)
				}
			}
		}
	}
}

// TestWhatIsScrapedIsNotSaidToBeMissing looks at a fleet that is scraped, and of which nothing
// was measured yet or nothing is chosen: what is empty then does not ask whether slojourn is
// scraped.
func TestWhatIsScrapedIsNotSaidToBeMissing(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	data := query.NewSamples(5 * time.Minute)
	add(t, data, `
slojourn_slo_info{id="pay",journey="pay",kind="journey",owner="payments",title="Pay",dashboard="d-pay"} 1
slojourn_objective_ratio{id="pay",journey="pay",objective="28d",window="28d"} 0.995
slojourn_coverage_ratio{id="pay",journey="pay",window="28d"} 0
`, "a", now().Add(-time.Minute))
	for _, owner := range []string{"payments", "nobody"} {
		with := query.Binding{Variables: map[string]string{"owner": owner}, Range: weeks, Step: time.Hour, RateStep: time.Hour}
		for _, d := range []*Dashboard{m.overview(), m.review()} {
			for _, p := range d.Panels {
				if p.FieldConfig != nil && p.FieldConfig.Defaults.NoValue == m.words().NotScraped && len(shown(t, data, p, with)) == 0 {
					t.Errorf("%s, owner %s: %q is empty and asks whether slojourn is scraped", d.Title, owner, p.Title)
				}
			}
		}
	}
}

// TestLinksInTexts lead to dashboards that are there, also where Grafana is a folder of a
// site.
func TestLinksInTexts(t *testing.T) {
	t.Parallel()
	m := newMaker(shops(t), Options{Locale: slo.English})
	uids, links := map[string]bool{}, 0
	for _, s := range m.subjects {
		uids[s.make().UID] = true
	}
	for _, s := range m.subjects {
		for _, part := range strings.Split(s.make().Panels[0].Options.(TextOptions).Content, "](")[1:] {
			address, _, _ := strings.Cut(part, ")")
			if strings.HasPrefix(address, "https://") {
				continue
			}
			links++
			uid, _, _ := strings.Cut(strings.TrimPrefix(address, "d/"), "?")
			if !strings.HasPrefix(address, "d/") || !uids[uid] {
				t.Errorf("%s leads to %s", s.id, address)
			}
		}
	}
	if links == 0 {
		t.Error("there are no links")
	}
}
