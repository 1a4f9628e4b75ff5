//go:build servers

package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/servertest"
)

// replica is a process that counts what the steps of [outageSpecs] have in a minute. It is
// scraped every 15 seconds.
type replica struct {
	instance string
	starts   []time.Time   // when a process of it begins to count, at 0
	offset   time.Duration // into a minute, at which it is scraped for the first time
}

// measuredAt is the end of the newest minute that is measured at a time.
func measuredAt(at time.Time) time.Time {
	return at.Add(-3*time.Minute - 5*time.Second).Truncate(time.Minute)
}

// badUntil is how many events of authorise fail up to the end of a minute: 40 of the 100 in
// each since a time.
func badUntil(outage, end time.Time) int { return 40 * int(max(0, end.Sub(outage))/time.Minute) }

// scrapes writes what was scraped of a replica from one time to another, as Prometheus and
// VictoriaMetrics both read it. A process counts the minutes that are measured while it
// runs, in each of which each step has 100 events.
func (r replica) scrapes(out *bytes.Buffer, from, to, outage time.Time) {
	for at := from.Add(r.offset); !at.After(to); at = at.Add(15 * time.Second) {
		var first time.Time
		for _, start := range r.starts {
			if !at.Before(start) {
				first = measuredAt(start)
			}
		}
		end, now := measuredAt(at), at.Unix()
		labels := fmt.Sprintf(`instance=%q,job="slojourn"`, r.instance)
		fmt.Fprintf(out, "up{%s} 1 %d\n", labels, now)
		fmt.Fprintf(out, "slojourn_last_tick_timestamp_seconds{%s} %d %d\n", labels, at.Truncate(time.Minute).Unix(), now)
		for step, bad := range map[string]int{"scan": 0, "authorise": badUntil(outage, end) - badUntil(outage, first)} {
			of := fmt.Sprintf(`id="pay/%[1]s",journey="pay",step="%[1]s",%[2]s`, step, labels)
			fmt.Fprintf(out, "slojourn_events_total{outcome=\"bad\",%s} %d %d\n", of, bad, now)
			fmt.Fprintf(out, "slojourn_events_total{outcome=\"good\",%s} %d %d\n", of, 100*int(end.Sub(first)/time.Minute)-bad, now)
			fmt.Fprintf(out, "slojourn_measured_seconds_total{%s} %d %d\n", of, int(end.Sub(first)/time.Second), now)
			fmt.Fprintf(out, "slojourn_watermark_timestamp_seconds{%s} %d %d\n", of, end.Unix(), now)
		}
	}
}

// TestCountersInPrometheus has a real Prometheus read what was scraped, and compares its
// ratios with what failed, as far as docs/numbers.md says that they are alike.
func TestCountersInPrometheus(t *testing.T) {
	t.Parallel()
	to := time.Now().Truncate(time.Minute)
	from, outage := to.Add(-8*time.Hour), to.Add(-74*time.Minute)
	var scraped bytes.Buffer
	replica{"shard-1:8080", []time.Time{from}, 11 * time.Second}.scrapes(&scraped, from, to, outage)
	scraped.WriteString("# EOF\n")
	text, dir := filepath.Join(t.TempDir(), "scraped.om"), t.TempDir()
	if err := os.WriteFile(text, scraped.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	servertest.Promtool(t, "tsdb", "create-blocks-from", "openmetrics", text, dir)
	prometheus := servertest.StartPrometheus(t, servertest.Options{Dir: dir})
	exact, partly := 0, 0
	for _, minutes := range []time.Duration{5, 30, 60, 120, 360} {
		window := minutes * time.Minute
		for at := to; at.After(outage); at = at.Add(-7*time.Minute - 5*time.Second) {
			// Scrapes are 15 seconds apart, the first one 11 after the minute.
			scrape := func(at time.Time) time.Time {
				return at.Add(4 * time.Second).Truncate(15 * time.Second).Add(-4 * time.Second)
			}
			first, last := measuredAt(scrape(at.Add(-window)).Add(15*time.Second)), measuredAt(scrape(at))
			if whole := last.Sub(first); whole != window && whole != window-time.Minute {
				t.Fatalf("%s holds %s", window, whole)
			}
			want := float64(badUntil(outage, last)-badUntil(outage, first)) / (100 * last.Sub(first).Minutes())
			off := 1e-9
			if exact++; want > 0 && badUntil(outage, first) == 0 {
				exact, partly, off = exact-1, partly+1, float64(15*time.Second)/float64(window-15*time.Second)
			}
			of := func(outcome string) string {
				return fmt.Sprintf(`sum(increase(slojourn_events_total{id="pay/authorise"%s}[%dm]))`, outcome, minutes)
			}
			got, ok := prometheus.Query(t, of(`,outcome="bad"`)+" / "+of(""), at)["{}"]
			if !ok || math.Abs(got-want) > off*want+1e-9 {
				t.Errorf("%s before %s: %v (%t), want %v and at most %.2g of it more or less", window, at, got, ok, want, off)
			}
		}
	}
	if exact < 20 || partly < 10 {
		t.Errorf("%d are compared exactly, and %d where the outage begins: this proves less than it should", exact, partly)
	}
}
