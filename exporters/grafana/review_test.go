package grafana

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// history has what instances exported in some stretches of the hours before now.
type history struct{ samples *query.Samples }

func newHistory() *history { return &history{query.NewSamples(5 * time.Minute)} }

// export adds a sample every five minutes of the time that began so many hours ago, and
// ended so many hours ago.
func (h *history) export(metric string, labels query.Labels, from, to int, value float64) {
	const every = 5 * time.Minute
	end := now().Add(-time.Duration(to) * time.Hour)
	for at := now().Add(-time.Duration(from) * time.Hour).Add(every); !at.After(end); at = at.Add(every) {
		h.samples.Add(metric, labels, at, value)
	}
}

// alert is one that was there for so many hours until now, and fired in one stretch.
func (h *history) alert(id, kind, severity, instance string, since, until, fired, quiet int) {
	labels := query.Labels{"id": id, "objective": "28d", "kind": kind, "severity": severity, "instance": instance}
	h.export(metricFiring, labels, since, fired, 0)
	h.export(metricFiring, labels, fired, quiet, 1)
	h.export(metricFiring, labels, quiet, until, 0)
}

func (h *history) info(id, instance string, since, until int) {
	h.export(metricInfo, query.Labels{"id": id, "kind": "slo", "owner": "team", "dashboard": "d-" + id, "instance": instance}, since, until, 1)
}

// TestHowLongAlertsFired has instances that follow one another, and that say the same at
// once; alerts that fire at once; and one that is new.
func TestHowLongAlertsFired(t *testing.T) {
	t.Parallel()
	const all = 28 * 24
	for _, test := range []struct {
		name  string
		known int // hours, of slojourn
		want  []string
	}{
		{"everything is known", all, []string{
			"late | team | 0.001488 | 0 | d-late",    // 1 of 672 hours
			"moved | team | 0.07143 | 0 | d-moved",   // 48
			"ticket | team | 0 | 0.01786 | d-ticket", // 12
			"twice | team | 0.02232 | 0 | d-twice",   // 15
		}},
		{"half is known", all / 2, []string{
			"late | team | 0.002976 | 0 | d-late",
			"moved | team | 0.07143 | 0 | d-moved", // 24 of 336, as those before are not known
			"ticket | team | 0 | 0.03571 | d-ticket",
			"twice | team | 0.04464 | 0 | d-twice",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHistory()
			for _, id := range []string{"late", "twice", "moved", "ticket", "quiet"} {
				h.info(id, "a", test.known, 0)
			}
			for _, instance := range []string{"a", "b"} {
				h.alert("late", "burn", "page", instance, 1, 0, 1, 0)
				h.alert("twice", "burn", "page", instance, test.known, 0, 50, 40)
				h.alert("twice", "noData", "page", instance, test.known, 0, 45, 35)
				h.alert("quiet", "burn", "page", instance, test.known, 0, 0, 0)
			}
			h.alert("ticket", "burn", "ticket", "a", test.known, 0, 20, 8)
			if test.known > all/2 {
				h.alert("moved", "burn", "page", "a", all, all/2, all/2+24, all/2)
			}
			h.alert("moved", "burn", "page", "b", all/2, 0, all/2, all/2-24)
			m := newMaker(shopSet(t), Options{Locale: slo.English})
			checkPanelOf(t, h.samples, m.review(), "How long alerts fired", nil, test.want)
		})
	}
}

// TestAlertsThatNobodyJudged are not known to have been quiet: not at all, or before the
// hours of which it is known.
func TestAlertsThatNobodyJudged(t *testing.T) {
	t.Parallel()
	const all = 28 * 24
	for name, test := range map[string]struct {
		judged, fired int // hours until now
		want          string
		unpoliced     bool
	}{
		"without a policy": {0, 0, "no alert fired in the time that is known |  | 0 | 0 | slojourn-review", true},
		"never":            {0, 0, "not known |  | -1 | -1 | slojourn-review", false},
		"some, quiet":      {48, 0, "no alert fired in the time that is known |  | 0 | 0 | slojourn-review", false},
		"some, and page":   {48, 12, "late | team | 0.25 | 0 | d-late", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHistory()
			h.info("late", "a", all, 0)
			h.alert("late", "burn", "page", "a", test.judged, 0, test.fired, 0)
			set := shopSet(t)
			if !test.unpoliced {
				set.SLOs[0].Objectives = slices.Clone(set.SLOs[0].Objectives)
				set.SLOs[0].Objectives[0].Alerts = slo.BuiltInPolicies()[0]
			}
			m := newMaker(set, Options{Locale: slo.English})
			checkPanelOf(t, h.samples, m.review(), "How long alerts fired", nil, []string{test.want})
		})
	}
}

// TestTargetsThatMayBeTooLoose has budgets that are full: one is known all the time, with a
// gap of a day, one was never close but for an hour, and one is young.
func TestTargetsThatMayBeTooLoose(t *testing.T) {
	t.Parallel()
	const all = 28 * 24
	h := newHistory()
	for _, id := range []string{"full", "close", "young"} {
		h.info(id, "a", all, 0)
	}
	left := func(id, instance string, from, to int, value float64) {
		h.export(metricRemaining, query.Labels{"id": id, "objective": "28d", "instance": instance}, from, to, value)
	}
	left("full", "a", all, 300, 0.9)
	left("full", "b", 276, 0, 0.875)
	left("close", "a", all, 101, 1)
	left("close", "a", 101, 100, 0.5)
	left("close", "a", 100, 0, 1)
	left("young", "a", all-48, 0, 1)
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	checkPanelOf(t, h.samples, m.review(), "Targets that may be too loose", nil, []string{"full | 28d | team | 0.875 | d-full"})
}

// TestIncreased has a counter of instances that follow one another, with and without one
// beside them that began later.
func TestIncreased(t *testing.T) {
	t.Parallel()
	const perHour = 12 // it grows by 1 in five minutes
	h := newHistory()
	count := func(id, instance string, from, to int) {
		const every = 5 * time.Minute
		end, value := now().Add(-time.Duration(to)*time.Hour), 0.0
		for at := now().Add(-time.Duration(from) * time.Hour); !at.After(end); at = at.Add(every) {
			h.samples.Add(metricEvents, query.Labels{"id": id, "instance": instance}, at, value)
			value++
		}
	}
	count("moved", "a", 40, 12)
	count("moved", "b", 12, 0)
	count("twice", "a", 40, 6)
	count("twice", "b", 30, 0)
	for at := 40; at >= 0; at-- { // too rarely for stretches of minutes
		h.samples.Add(metricEvents, query.Labels{"id": "rare", "instance": "a"}, now().Add(-time.Duration(at)*time.Hour), float64(perHour*(40-at)))
	}
	found, err := h.samples.At(increased(query.Metric(metricEvents), query.Length{Fixed: 24 * time.Hour}, "id"), now(), query.Binding{})
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"moved", "rare", "twice"} {
		const want, off = 24 * perHour, 2 // where one takes over
		if len(found) != 3 || found[i].Labels["id"] != id || found[i].Value < want-off || found[i].Value > want+off {
			t.Fatalf("%v, want about %d of %s", found, want, id)
		}
	}
}

// TestWhatIsNotThereIsNoGoodNews looks at the words that panels show where there is nothing:
// it may be that slojourn is not scraped.
func TestWhatIsNotThereIsNoGoodNews(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		m := newMaker(&slo.Set{}, Options{Locale: locale})
		w, o, r := m.words(), m.overviewWords(), m.reviewWords()
		known := []string{w.NotScraped, w.NotKnown, w.NotMeasured, w.Missing, o.NothingYet, o.NoJourneys, o.NoSLOs, r.NoJourneys, r.NoObjectives, r.NoSLOs}
		for _, set := range []*slo.Set{shops(t), example(t, "retail")} {
			for f := range Generate(set, Options{Locale: locale}) {
				for _, p := range f.Dashboard.Panels {
					if len(p.Targets) > 0 && !slices.Contains(known, p.FieldConfig.Defaults.NoValue) {
						t.Errorf("%s: %s: where there is nothing it says %q", f.Name, p.Title, p.FieldConfig.Defaults.NoValue)
					}
				}
			}
		}
	}
}

// TestWindowsWithoutBefore has objectives over more rolling windows than there is a budget
// before of: then the note says so.
func TestWindowsWithoutBefore(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		for windows, want := range map[int]bool{mostWindows: false, mostWindows + 1: true} {
			set := shopSet(t)
			o := set.Journeys[0].Objectives[0]
			set.SLOs = nil
			set.Journeys[0].Objectives = nil
			for days := range windows {
				window, err := slo.ParseWindow(fmt.Sprintf("%dd", days+1))
				if err != nil {
					t.Fatal(err)
				}
				o.Window = window
				set.Journeys[0].Objectives = append(set.Journeys[0].Objectives, o)
			}
			m := newMaker(set, Options{Locale: locale})
			w := m.reviewWords()
			if got := strings.HasSuffix(m.review().titled(t, w.Journeys).Description, w.OnlyCommon(mostWindows)); got != want {
				t.Errorf("%s: of %d windows the note says that not all are shown: %v", locale, windows, got)
			}
		}
	}
}
