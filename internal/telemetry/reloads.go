package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcome is what became of a reload. The zero Outcome is invalid.
type Outcome string

// What can become of a reload.
const (
	Applied   Outcome = "applied"   // other specs are in force
	Unchanged Outcome = "unchanged" // they are those that are in force
	Invalid   Outcome = "invalid"   // they have mistakes, or cannot be read
	Refused   Outcome = "refused"   // they lack much of what there was
	Failed    Outcome = "failed"    // something else is wrong, such as the disk
)

// Reloads says whether specs are followed. It implements [prometheus.Collector].
type Reloads struct {
	outcomes       *prometheus.CounterVec
	successful, at prometheus.Gauge
	removed        prometheus.Gauge
}

// NewReloads begins with specs that are in force from an instant on.
func NewReloads(at time.Time) *Reloads {
	r := &Reloads{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "slojourn_reloads_total", Help: "Reloads of the specs by what became of them, without the first load.",
		}, []string{"outcome"}),
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "slojourn_last_reload_successful", Help: "Whether the specs that were read last are in force; 0 while those of before are.",
		}),
		at: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "slojourn_last_reload_success_timestamp_seconds", Help: "When the specs that were read were in force last.",
		}),
		removed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "slojourn_reload_refused_removals", Help: "How many SLOs and notifiers the specs lack that were refused for it; 0 when none were.",
		}),
	}
	for _, o := range []Outcome{Applied, Unchanged, Invalid, Refused, Failed} {
		r.outcomes.WithLabelValues(string(o))
	}
	r.inForce(at)
	return r
}

// Note says what became of a reload. lacking is how many SLOs specs lack that were
// refused for it.
func (r *Reloads) Note(o Outcome, at time.Time, lacking int) {
	r.outcomes.WithLabelValues(string(o)).Inc()
	if o == Applied || o == Unchanged {
		r.inForce(at)
		return
	}
	r.successful.Set(0)
	r.removed.Set(float64(lacking))
}

func (r *Reloads) inForce(at time.Time) {
	r.successful.Set(1)
	r.at.Set(seconds(at))
	r.removed.Set(0)
}

// Describe implements [prometheus.Collector].
func (r *Reloads) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(r, out) }

// Collect implements [prometheus.Collector].
func (r *Reloads) Collect(out chan<- prometheus.Metric) {
	r.outcomes.Collect(out)
	for _, gauge := range []prometheus.Gauge{r.successful, r.at, r.removed} {
		out <- gauge
	}
}
