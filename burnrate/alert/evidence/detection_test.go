package evidence_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// noticed is what one alert makes of an outage that ends when it fires, in
// minutes.
type noticed struct {
	after    int64 // since the outage began; 0 for never
	resolved int64 // since it ended
}

// situation is an outage of a service with even traffic.
type situation struct {
	errors  string // share of the events that are bad
	perHour int64
}

func (s situation) even() even {
	ratio, _ := new(big.Rat).SetString(s.errors)
	return even{perMinute: big.NewRat(s.perHour, 60), ratio: ratio}
}

// situations are those of the tables, in their order.
func situations() []situation {
	var all []situation
	for _, errors := range []string{"1", "0.1", "0.01", "0.005", "0.001"} {
		for _, perHour := range []int64{10, 100, 10_000, 1_000_000} {
			all = append(all, situation{errors, perHour})
		}
	}
	return all
}

// judged is what is compared: paging with a window, with or without its guard.
type judged struct {
	window slo.Window
	guard  bool
}

func judgedBy() []judged {
	weeks, month := slo.Rolling(28*1440), slo.Rolling(30*1440)
	return []judged{{weeks, true}, {weeks, false}, {month, true}, {month, false}}
}

func (j judged) objective(target slo.Target) slo.Objective {
	policy := *slo.BuiltInPolicies()[0]
	if !j.guard {
		policy.Guard = slo.Guard{}
	}
	return slo.Objective{Name: "o", Target: target, Window: j.window, Alerts: &policy}
}

// play lets a situation happen to one SLO for each of [judgedBy], each of which
// recovers when its own alert of the severity fires. Three healthy days are
// before. It ends when all have resolved, or when everything repeats.
func (s situation) play(t *testing.T, severity slo.Severity) []noticed {
	const before = 3 * 1440
	traffic, target := s.even(), targetOf(t, "99.9%")
	var objectives []slo.Objective
	for _, j := range judgedBy() {
		objectives = append(objectives, j.objective(target))
	}
	e := newEngine(t, objectives...)
	var healthy [][]burnrate.Row
	for minute := int64(-before); minute < 0; minute++ {
		rows := make([]burnrate.Row, len(objectives))
		for i := range rows {
			rows[i] = burnrate.Counted(traffic.at(minute, 0))
		}
		healthy = append(healthy, rows)
	}
	e.measure(t, healthy...)
	longest := int64(0)
	for _, tier := range objectives[0].Alerts.Tiers {
		if tier.Severity == severity {
			longest = max(longest, int64(tier.Long/time.Minute))
		}
	}
	repeats := longest + traffic.perMinute.Denom().Int64()*traffic.ratio.Denom().Int64()
	found := make([]noticed, len(objectives))
	for minute, open := int64(0), len(found); open > 0; minute++ {
		rows := make([]burnrate.Row, len(found))
		for i, f := range found {
			ended := minute + 1
			if f.after > 0 {
				ended = f.after
			}
			rows[i] = burnrate.Counted(traffic.at(minute, ended))
		}
		e.minute(t, rows...)
		open = 0
		for i := range found {
			switch f, fires := &found[i], e.fires(idOf(i), severity); {
			case f.after == 0 && fires:
				f.after, open = minute+1, open+1
			case f.after == 0 && minute < repeats:
				open++
			case f.after > 0 && f.resolved == 0 && fires:
				open++
			case f.after > 0 && f.resolved == 0:
				f.resolved = minute + 1 - f.after
			}
		}
	}
	return found
}

// detections plays all situations.
func detections(t *testing.T) map[situation]map[slo.Severity][]noticed {
	t.Helper()
	all := map[situation]map[slo.Severity][]noticed{}
	var lock sync.Mutex
	t.Run("play", func(t *testing.T) { // ends when its subtests have
		for _, s := range situations() {
			all[s] = map[slo.Severity][]noticed{}
			for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
				t.Run(fmt.Sprintf("%s at %d an hour, %s", s.errors, s.perHour, severity), func(t *testing.T) {
					t.Parallel()
					found := s.play(t, severity)
					lock.Lock()
					defer lock.Unlock()
					all[s][severity] = found
				})
			}
		}
	})
	return all
}

// TestDetection compares what happens with what [burnrate.Tier.Detect] computes,
// and with the detection times that follow from the workbook.
func TestDetection(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing here runs at the same time")
	}
	all := detections(t)
	for s, found := range all {
		for severity, list := range found {
			for i, j := range judgedBy() {
				compareDetection(t, s, severity, j, list[i])
			}
		}
	}
	comparePublished(t, all)
	checkTable(t, "detection-28d", detectionTable(all, 0))
	checkTable(t, "detection-30d", detectionTable(all, 2))
	checkTable(t, "lasting", lastingTable(t))
}

// compareDetection expects that the first tier of the severity makes the alert
// fire, and that it resolves a hold after the last one is quiet. With an event
// every six minutes, the short window is empty at times, which is no evidence, and
// it takes longer.
func compareDetection(t *testing.T, s situation, severity slo.Severity, j judged, got noticed) {
	t.Helper()
	o := j.objective(targetOf(t, "99.9%"))
	want := noticed{}
	for _, tier := range burnrate.Tiers(o) {
		if tier.Severity != severity {
			continue
		}
		d, err := tier.Detect(o, burnrate.Outage{ErrorRatio: s.even().ratio, PerMinute: s.even().perMinute})
		if err != nil {
			t.Fatal(err)
		}
		after, calm := int64(d.After/time.Minute), int64((d.Quiet+holdOf(o.Alerts, severity))/time.Minute)
		switch {
		case d.Verdict != burnrate.Fires || want.after > 0 && after > want.after:
		case after == want.after:
			want.resolved = max(want.resolved, calm)
		default:
			want = noticed{after, calm}
		}
	}
	if got.after != want.after || got.resolved < want.resolved || s.perHour > 10 && got.resolved != want.resolved {
		t.Errorf("%s errors at %d an hour, %s of %+v: noticed after %d minutes and resolved after %d; computed %+v",
			s.errors, s.perHour, severity, j, got.after, got.resolved, want)
	}
}

func holdOf(p *slo.AlertPolicy, severity slo.Severity) time.Duration {
	if severity == slo.Page {
		return p.Hold.Page
	}
	return p.Hold.Ticket
}

// comparePublished compares with the grid of the workbook's formula, which has
// no guard, the factors of 30 days, and so many events that they do not matter.
// Ours is the first whole minute behind it.
func comparePublished(t *testing.T, all map[situation]map[slo.Severity][]noticed) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/published.json")
	if err != nil {
		t.Fatal(err)
	}
	var published []struct {
		Name     string
		Expected struct {
			Seconds map[string]map[string]*float64 `json:"detection_seconds"`
		}
	}
	_ = json.Unmarshal(data, &published) // of others, seconds are something else
	compared := 0
	for _, p := range published {
		if p.Name != "sre-detection-grid" {
			continue
		}
		for errors, tiers := range p.Expected.Seconds {
			ratio, _ := new(big.Rat).SetString(errors)
			for severity, names := range map[slo.Severity][]string{slo.Page: {"page_1h_14.4", "page_6h_6"}, slo.Ticket: {"ticket_3d_1"}} {
				want := int64(0)
				for _, name := range names {
					if seconds := tiers[name]; seconds != nil {
						if minutes := int64(*seconds/60) + 1; want == 0 || minutes < want {
							want = minutes
						}
					}
				}
				for s, found := range all {
					if s.perHour == 1_000_000 && s.even().ratio.Cmp(ratio) == 0 {
						compared++
						if got := found[severity][3].after; got != want {
							t.Errorf("%s errors, %s: noticed after %d minutes; the workbook's formula has %d", errors, severity, got, want)
						}
					}
				}
			}
		}
	}
	if compared != 8 {
		t.Errorf("compared %d times with the workbook, want 8", compared)
	}
}

// detectionTable lays out what is judged with a guard and, behind it, without.
func detectionTable(all map[situation]map[slo.Severity][]noticed, judged int) string {
	var table strings.Builder
	table.WriteString("| errors | events an hour | page | without guard | ticket | without guard |\n|---|---|---|---|---|---|\n")
	for _, s := range situations() {
		found := all[s]
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", percentOf(s.errors), commas(s.perHour),
			found[slo.Page][judged], found[slo.Page][judged+1], found[slo.Ticket][judged], found[slo.Ticket][judged+1])
	}
	return table.String()
}

func (n noticed) String() string {
	if n.after == 0 {
		return "never"
	}
	return lasting(n.after) + " / " + lasting(n.resolved)
}

// lastingTable says how long it takes to resolve after outages of some lengths.
func lastingTable(t *testing.T) string {
	t.Helper()
	var table strings.Builder
	table.WriteString("| errors | the outage lasts | page | ticket |\n|---|---|---|---|\n")
	o := judged{slo.Rolling(28 * 1440), true}.objective(targetOf(t, "99.9%"))
	for _, errors := range []string{"1", "0.1", "0.01"} {
		for _, minutes := range []int64{2, 10, 60, 6 * 60, 1440} {
			resolved := map[slo.Severity]string{slo.Page: "no page", slo.Ticket: "no ticket"}
			e, traffic := newEngine(t, o), situation{errors, 10_000}.even()
			for minute := int64(-3 * 1440); minute < 0; minute++ {
				e.measure(t, []burnrate.Row{burnrate.Counted(traffic.at(minute, 0))})
			}
			fired := map[slo.Severity]bool{}
			for minute := int64(0); minute < minutes || e.fires(idOf(0), slo.Page) || e.fires(idOf(0), slo.Ticket); minute++ {
				e.minute(t, burnrate.Counted(traffic.at(minute, minutes)))
				for severity := range resolved {
					switch fires := e.fires(idOf(0), severity); {
					case fires:
						fired[severity] = true
					case fired[severity]:
						fired[severity], resolved[severity] = false, lasting(minute+1-minutes)
					}
				}
			}
			fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", percentOf(errors), lasting(minutes), resolved[slo.Page], resolved[slo.Ticket])
		}
	}
	return table.String()
}

// percentOf writes a share: 0.5 % for 0.005.
func percentOf(share string) string {
	r, _ := new(big.Rat).SetString(share)
	f, _ := r.Mul(r, big.NewRat(100, 1)).Float64()
	return fmt.Sprintf("%g %%", f)
}
