package prometheus

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestExclusions looks at the newest minute of what an exclusion is about, as it begins
// and ends, also where measuring is behind.
func TestExclusions(t *testing.T) {
	t.Parallel()
	daily, err := slo.ParseRule("FREQ=DAILY")
	if err != nil {
		t.Fatal(err)
	}
	once := func(from, to slo.Minute) slo.Exclusion { return slo.Exclusion{From: from.Time(), To: to.Time()} }
	again := func(from slo.Minute, length time.Duration) slo.Exclusion {
		return slo.Exclusion{From: from.Time(), Repeat: &slo.Repeat{Rule: daily, Duration: length, Zone: time.UTC}}
	}
	for _, test := range []struct {
		name           string
		exclusion      slo.Exclusion
		behind         slo.Minute // how far mail is
		checkout, mail float64
	}{
		{"it begins with the next minute", once(end, end+9), 0, 0, 0},
		{"it begins with the newest minute", once(end-1, end+9), 0, 1, 1},
		{"it ends with the newest minute", once(end-9, end), 0, 1, 1},
		{"it ended before", once(end-9, end-1), 0, 0, 0},
		{"one is behind, and has not come to it", once(end-9, end), 20, 1, 0},
		{"one is behind, and still in it", once(end-29, end-9), 20, 0, 1},
		{"it repeats, and holds", again(end-1440*100-5, 10*time.Minute), 0, 1, 1},
		{"it repeats, and does not hold", again(end-1440*100+5, 10*time.Minute), 0, 0, 0},
		{"it repeats from later on", again(end+5, 10*time.Minute), 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := shop(t)
			e := test.exclusion
			e.Name, e.SLOs, e.Effect = "moving", []string{"checkout*", "mail"}, slo.CountAsGood
			v.Set.Exclusions = []*slo.Exclusion{&e}
			v.Snapshot.Statuses[4].Objectives[0].Window.Span.End -= test.behind
			got := map[string]float64{}
			for f := range v.Families("slojourn_exclusion_active") {
				for _, m := range f.Metric {
					var labels []string
					for _, l := range m.Label {
						labels = append(labels, l.GetName()+"="+l.GetValue())
					}
					got[strings.Join(labels, " ")] = m.GetGauge().GetValue()
				}
			}
			want := map[string]float64{
				"effect=good exclusion=moving id=checkout journey=checkout":                    test.checkout,
				"effect=good exclusion=moving id=checkout/basket journey=checkout step=basket": test.checkout,
				"effect=good exclusion=moving id=checkout/pay journey=checkout step=pay":       test.checkout,
				"effect=good exclusion=moving id=mail":                                         test.mail,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestFamilies has the samples of a page, those of one family after those of another.
func TestFamilies(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]View{"shop": shop(t), "fleet": fleet(t, 3*batchSize/5), "nothing": {Set: &slo.Set{}, Snapshot: burnrate.Snapshot{}}} {
		var out strings.Builder
		last := ""
		for f := range v.Families() {
			if f.GetName() == last {
				f.Help = nil
			}
			last = f.GetName()
			if _, err := expfmt.MetricFamilyToText(&out, f); err != nil {
				t.Fatal(err)
			}
		}
		var whole strings.Builder // without the types of further parts
		seen := map[string]bool{}
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "# TYPE") && seen[line] {
				continue
			}
			seen[line] = true
			whole.WriteString(line)
		}
		if diff := cmp.Diff(written(t, NewPage(v), Scrape{Format: expfmt.FmtText}), whole.String()); diff != "" {
			t.Errorf("%s (-page +families):\n%s", name, diff)
		}
		names := Names()
		n := 0
		for f := range v.Families(names[0], names[2]) {
			if n++; f.GetName() != names[0] {
				t.Errorf("%s: the first family is %s", name, f.GetName())
			}
			break
		}
		if n > 1 {
			t.Errorf("%s: it goes on for who has enough", name)
		}
	}
}
