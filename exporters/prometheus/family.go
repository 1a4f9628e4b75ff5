package prometheus

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// family is a metric, and how its samples are found. No two samples of a family have
// the same labels. Labels are added in the order of their names, but for those of a
// spec, which are in the order of their keys.
type family struct {
	name, help string
	kind       dto.MetricType
	collect    func(*content, *batch)
}

// families returns every metric of a page.
func families() []family {
	const gauge, counter = dto.MetricType_GAUGE, dto.MetricType_COUNTER
	return []family{
		{"slojourn_slo_info", "1, with what an id stands for; labels of its spec begin with label_.", gauge, collectInfo},
		{"slojourn_journey_step_info", "1, with the id that measures a step of a journey; several steps may share one.", gauge, collectSteps},
		{"slojourn_objective_ratio", "Share of events that has to be good, above 0 and below 1: 0.999 for a target of 99.9%.", gauge, collectTargets},
		{"slojourn_error_ratio", "Share of events that were bad in a window, 0 to 1; not there without events.", gauge, collectErrors},
		{"slojourn_coverage_ratio", "Share of a window's minutes that were measured, 0 to 1.", gauge, collectCoverage},
		{"slojourn_burn_rate", "Error ratio over the share that may be bad, 0 or more: at 1 the budget is spent when the window ends; not there without events.", gauge, collectBurnRates},
		{"slojourn_error_budget_remaining_ratio", "Share of the error budget that is left, at most 1, below 0 when it is overspent; not there while it is unknown.", gauge, collectRemaining},
		{"slojourn_error_budget_previous_ratio", "Share of the error budget that was left when the calendar window before the present one ended; not there for rolling windows.", gauge, collectPrevious},
		{"slojourn_state", "1 for what the numbers of an objective rest on, 0 for the other states.", gauge, collectStates},
		{"slojourn_alert_factor", "Burn rate above which a tier of the alert policy fires, in both of its windows.", gauge, collectFactors},
		{"slojourn_alert_firing", "1 while an alert fires and people were told of it, else 0; 0 too while another alert stands for it.", gauge, collectFiring},
		{"slojourn_exclusion_active", "1 while an exclusion holds in the newest minute that was measured, else 0.", gauge, collectExclusions},
		{"slojourn_definition_changed_timestamp_seconds", "Since when events are measured as they are now, in seconds since 1970; not there unless that has changed.", gauge, collectSeams},
		{"slojourn_journey_attribution_ratio", "Share of a journey's errors that one of its steps caused, 0 to 1; not there when nothing failed.", gauge, collectAttribution},
		{"slojourn_events_total", "Valid events of minutes that closed since the process began, by what became of them.", counter, collectEvents},
		{"slojourn_late_events_total", "Valid events that were found too late to be counted among the others, by what became of them.", counter, collectLate},
		{"slojourn_unweighted_events_total", "How many events there are in slojourn_events_total, whatever they weigh; only where some weigh more than others.", counter, collectRows},
		{"slojourn_measured_seconds_total", "Seconds of the minutes whose events are in slojourn_events_total, also when there were none.", counter, collectMeasured},
		{"slojourn_watermark_timestamp_seconds", "Up to when events were measured, in seconds since 1970.", gauge, collectWatermarks},
	}
}

func collectInfo(c *content, b *batch) {
	var labels []label
	for i := range c.subjects {
		s := &c.subjects[i]
		labels = append(labels[:0], label{"dashboard", uid.Of(s.status.ID)}, label{"id", s.status.ID}, label{"journey", s.journey}, label{"kind", string(s.status.Kind)})
		labels = appendSpecLabels(labels, s.labels)
		labels = append(labels, label{"owner", s.status.Owner}, label{"stage", string(s.status.Stage)}, label{"step", s.step}, label{"title", cut(s.status.Title)})
		b.add(1, labels...)
	}
}

func collectSteps(c *content, b *batch) {
	for _, j := range c.view.Set.Journeys {
		for _, step := range j.Steps {
			b.add(1, label{"id", step.SLO.ID}, label{"journey", j.ID}, label{"step", step.Name})
		}
	}
}

// each calls a function for every objective.
func (c *content) each(f func(*subject, *burnrate.Objective)) {
	for i := range c.subjects {
		s := &c.subjects[i]
		for k := range s.status.Objectives {
			f(s, &s.status.Objectives[k])
		}
	}
}

func collectTargets(c *content, b *batch) {
	c.each(func(s *subject, o *burnrate.Objective) {
		s.add(b, o, burnrate.RatioOf(o.Target.Ratio()), s.spelt(o.Window.Window))
	})
}

func collectErrors(c *content, b *batch) {
	c.eachWindow(func(s *subject, w *shown) {
		if ratio, known := w.ErrorRatio.Value(); known {
			b.add(ratio, label{"id", s.status.ID}, label{"journey", s.journey}, label{"step", s.step}, label{"window", w.spelt})
		}
	})
}

func collectCoverage(c *content, b *batch) {
	c.eachWindow(func(s *subject, w *shown) {
		b.add(w.Coverage(), label{"id", s.status.ID}, label{"journey", s.journey}, label{"step", s.step}, label{"window", w.spelt})
	})
}

// eachWindow calls a function for every window of everything.
func (c *content) eachWindow(f func(*subject, *shown)) {
	for i := range c.subjects {
		for k := range c.subjects[i].windows {
			f(&c.subjects[i], &c.subjects[i].windows[k])
		}
	}
}

// add adds a sample of an objective, and of a window of it unless that is "".
func (s *subject) add(b *batch, o *burnrate.Objective, value burnrate.Ratio, window string) {
	if v, known := value.Value(); known {
		b.add(v, label{"id", s.status.ID}, label{"journey", s.journey}, label{"objective", o.Name}, label{"step", s.step}, label{"window", window})
	}
}

func collectBurnRates(c *content, b *batch) {
	c.each(func(s *subject, o *burnrate.Objective) {
		own := true
		for i := range o.Burn {
			burn := &o.Burn[i]
			s.add(b, o, burn.Rate, s.spelt(burn.Window.Window))
			own = own && !burn.Window.Window.Same(o.Window.Window)
		}
		if own {
			s.add(b, o, o.BurnRate, s.spelt(o.Window.Window))
		}
	})
}

func collectRemaining(c *content, b *batch) {
	c.each(func(s *subject, o *burnrate.Objective) { s.add(b, o, o.Budget.Remaining, "") })
}

func collectPrevious(c *content, b *batch) {
	for i := range c.view.Snapshot.Previous {
		p := &c.view.Snapshot.Previous[i]
		if s := c.find(p.ID); s != nil {
			s.add(b, &burnrate.Objective{Name: p.Objective}, p.Remaining, "")
		}
	}
}

func collectStates(c *content, b *batch) {
	c.each(func(s *subject, o *burnrate.Objective) {
		for _, state := range [...]burnrate.State{burnrate.Measured, burnrate.Partial, burnrate.NoTraffic, burnrate.NoData} {
			b.add(oneIf(o.Window.State == state), label{"id", s.status.ID}, label{"journey", s.journey}, label{"objective", o.Name},
				label{"state", string(state)}, label{"step", s.step})
		}
	})
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func collectFactors(c *content, b *batch) {
	known := map[judged][]factor{}
	c.each(func(s *subject, o *burnrate.Objective) {
		if o.Alerts == nil {
			return
		}
		of := judged{o.Alerts, o.Window.Window}
		factors, found := known[of]
		if !found {
			factors = factorsOf(of)
			known[of] = factors
		}
		for _, f := range factors {
			b.add(f.value, label{"id", s.status.ID}, label{"journey", s.journey}, label{"long", f.long}, label{"objective", o.Name},
				label{"severity", string(f.severity)}, label{"short", f.short}, label{"step", s.step})
		}
	})
}

func collectFiring(c *content, b *batch) {
	known := map[*slo.AlertPolicy][]urgency{}
	c.each(func(s *subject, o *burnrate.Objective) {
		if o.Alerts == nil || !c.view.judges(s.status.ID) {
			return
		}
		kinds, found := known[o.Alerts]
		if !found {
			kinds = kindsOf(o.Alerts)
			known[o.Alerts] = kinds
		}
		for _, k := range kinds {
			key := alert.Key{ID: s.status.ID, Objective: o.Name, Kind: k.kind, Severity: k.severity}
			b.add(oneIf(c.told[key]), label{"id", s.status.ID}, label{"journey", s.journey}, label{"kind", string(k.kind)},
				label{"objective", o.Name}, label{"severity", string(k.severity)}, label{"step", s.step})
		}
	})
	for _, name := range c.sources() {
		if !c.view.judges(alert.SourceID(name)) {
			continue
		}
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			key := alert.Key{ID: alert.SourceID(name), Kind: alert.Source, Severity: severity}
			b.add(oneIf(c.told[key]), label{"id", key.ID}, label{"kind", string(alert.Source)}, label{"severity", string(severity)})
		}
	}
}

func collectSeams(c *content, b *batch) {
	for _, seam := range c.view.Snapshot.Seams {
		if s := c.find(seam.ID); s != nil {
			b.add(float64(seam.At)*60, label{"id", s.status.ID}, label{"journey", s.journey}, label{"step", s.step})
		}
	}
}

func collectAttribution(c *content, b *batch) {
	c.each(func(s *subject, o *burnrate.Objective) {
		for i := range o.Shares {
			share := &o.Shares[i]
			if ratio, known := share.Ratio.Value(); known {
				b.add(ratio, label{"cause", share.Step}, label{"id", s.status.ID}, label{"journey", s.journey}, label{"objective", o.Name})
			}
		}
	})
}

func collectEvents(c *content, b *batch) {
	c.eachMeter(func(s *subject, m *burnrate.Meter) { s.count(b, m, m.Events) })
}

func collectLate(c *content, b *batch) {
	c.eachMeter(func(s *subject, m *burnrate.Meter) { s.count(b, m, m.Late) })
}

func collectRows(c *content, b *batch) {
	c.eachMeter(func(s *subject, m *burnrate.Meter) {
		if m.Unit > 1 {
			s.count(b, &burnrate.Meter{Unit: 1, Began: m.Began}, m.Rows)
		}
	})
}

func collectMeasured(c *content, b *batch) {
	c.eachMeter(func(s *subject, m *burnrate.Meter) {
		b.began = m.Began
		b.add(float64(m.Minutes)*60, label{"id", s.status.ID}, label{"journey", s.journey}, label{"step", s.step})
		b.began = time.Time{}
	})
}

func collectWatermarks(c *content, b *batch) {
	c.eachMeter(func(s *subject, m *burnrate.Meter) {
		if m.Watermark != 0 {
			b.add(float64(m.Watermark)*60, label{"id", s.status.ID}, label{"journey", s.journey}, label{"step", s.step})
		}
	})
}

// eachMeter calls a function for every meter of what is exported here.
func (c *content) eachMeter(f func(*subject, *burnrate.Meter)) {
	for i := range c.view.Snapshot.Meters {
		m := &c.view.Snapshot.Meters[i]
		if s := c.find(m.ID); s != nil {
			f(s, m)
		}
	}
}

// count adds two counters, of events and not of the thousandths that weighted ones
// are counted in.
func (s *subject) count(b *batch, m *burnrate.Meter, o burnrate.Outcomes) {
	b.began = m.Began
	for _, outcome := range [...]struct {
		name   string
		events int64
	}{{"bad", o.Bad}, {"good", o.Good}} {
		b.add(float64(outcome.events)/float64(max(1, m.Unit)), label{"id", s.status.ID}, label{"journey", s.journey}, label{"outcome", outcome.name}, label{"step", s.step})
	}
	b.began = time.Time{}
}
