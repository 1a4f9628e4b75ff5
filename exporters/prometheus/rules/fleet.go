package rules

import (
	"fmt"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// behind is the name of the alert that most of what is to be measured cannot be.
const behind = "SlojournIsBehind"

// lastTick is when each engine was at work, and stands what is there of those that are
// not any more.
const (
	lastTick = "slojourn_last_tick_timestamp_seconds"
	stands   = "time() - " + lastTick + " > 300"
)

// fleet is the file about slojourn itself, and about the sources: whoever hears
// nothing has to know whether there is nothing to hear.
func (m *maker) fleet() File {
	f := File{Name: Fleet}
	down := rule{
		alert:  "SlojournIsDown",
		expr:   fmt.Sprintf("up{job=%q} == 0 or absent(%s)", m.options.Job, lastTick),
		wait:   5 * time.Minute,
		labels: map[string]string{"severity": string(slo.Page)},
		annotations: map[string]string{
			"summary": "slojourn does not answer; nothing is measured, and nobody is told of an outage.",
		},
	}
	stopped := rule{
		alert: "SlojournHasStopped", expr: stands, wait: time.Minute,
		labels: map[string]string{"severity": string(slo.Page)},
		annotations: map[string]string{
			"summary": "slojourn answers, but its newest numbers are {{ $value | humanizeDuration }} old.",
		},
	}
	// The engine knows what fails, where the age of what is measured does not: slices of an
	// hour and files are old by nature.
	old := rule{
		alert: behind, expr: `sum(slojourn_indicators{state="failing"}) > sum(slojourn_indicators) / 2`,
		wait: 5 * time.Minute, labels: map[string]string{"severity": string(slo.Page)},
		annotations: map[string]string{
			"summary": "Most of what is to be measured cannot be ({{ $value }} indicators): nobody would see an outage.",
		},
	}
	f.groups = []group{{name: Fleet, rules: []rule{down, stopped, old}}}
	if m.options.Evaluate == Events {
		f.groups = append(f.groups, m.recordings()...)
		f.tests = func() []test { return append(m.fleetTests(&down, &stopped, &old), m.recordingTests()...) }
		return f
	}
	alerts := m.sources()
	if len(alerts) > 0 {
		g := group{name: Fleet + ":sources"}
		for i := range alerts {
			g.rules = append(g.rules, *byMetrics(&alerts[i]))
		}
		f.groups = append(f.groups, g)
	}
	f.tests = func() []test {
		tests := m.fleetTests(&down, &stopped, &old)
		for i := range alerts {
			tests = append(tests, metricsTest(&alerts[i]))
		}
		return tests
	}
	return f
}

// sources are the alerts about sources that something with alerts is measured by.
func (m *maker) sources() []judged {
	var alerts []judged
	for _, source := range m.set.Sources {
		raised := m.severitiesOf(source)
		for _, severity := range severities() {
			if !raised[severity] {
				continue
			}
			j := judged{lines: &m.lines}
			j.Key = alert.Key{ID: alert.SourceID(source.Name), Kind: alert.Source, Severity: severity}
			j.Labels = alert.Labels{Owner: source.Owner, Title: source.Name}
			j.Subject, _ = m.subjects.Of(j.Key, source.Owner)
			alerts = append(alerts, j)
		}
	}
	return alerts
}

// severitiesOf returns those that the alert about a source may have: the highest of
// noData and of noTraffic of what it measures, for a journey that of its steps.
func (m *maker) severitiesOf(source *slo.Source) map[slo.Severity]bool {
	var failing, quiet slo.Severity
	add := func(about slo.About, objectives []slo.Objective) {
		for _, o := range objectives {
			if o.Alerts == nil || about.Stage == slo.Observe {
				continue
			}
			if d := o.Alerts.NoData; d != nil && failing != slo.Page {
				failing = d.Severity
			}
			if d := o.Alerts.NoTraffic; d != nil && quiet != slo.Page {
				quiet = d.Severity
			}
		}
	}
	for _, s := range m.set.SLOs {
		if s.Source == source {
			add(s.About, s.Objectives)
		}
	}
	for _, j := range m.set.Journeys {
		measures := j.Source == source
		for _, step := range j.Steps {
			measures = measures || step.SLO.Source == source
		}
		if measures {
			add(j.About, j.Objectives)
		}
	}
	severities := map[slo.Severity]bool{failing: true, quiet: true}
	delete(severities, "")
	return severities
}

// fleetTests play a fleet that ends, one that stands still, and one that measures
// nothing.
func (m *maker) fleetTests(down, stopped, old *rule) []test {
	instance := fmt.Sprintf("{instance=\"a\",job=%q}", m.options.Job)
	labels := func(r *rule) map[string]string {
		return map[string]string{"severity": r.labels["severity"], "instance": "a", "job": m.options.Job}
	}
	return []test{
		{
			name: "an instance does not answer from 3m on", interval: time.Minute,
			series: []series{{"up" + instance, "1x2 0x9"}, {"slojourn_last_tick_timestamp_seconds" + instance, "0+60x12"}},
			alerts: []expectedAlerts{
				{at: 7 * time.Minute, name: down.alert},
				{at: 8 * time.Minute, name: down.alert, fire: []fired{{labels(down), down.annotations}}},
			},
		},
		{
			name: "there is no instance", interval: time.Minute, series: []series{{"up{job=\"other\"}", "1x12"}},
			alerts: []expectedAlerts{{at: 5 * time.Minute, name: down.alert, fire: []fired{{down.labels, down.annotations}}}},
		},
		{
			name: "the ticks end with that of 2m", interval: time.Minute,
			series: []series{{"up" + instance, "1x12"}, {"slojourn_last_tick_timestamp_seconds" + instance, "0 60 120x12"}},
			alerts: []expectedAlerts{
				{at: 8 * time.Minute, name: stopped.alert},
				{at: 9 * time.Minute, name: stopped.alert, fire: []fired{{labels(stopped), map[string]string{
					"summary": "slojourn answers, but its newest numbers are 7m 0s old.",
				}}}},
				{at: 9 * time.Minute, name: down.alert},
			},
		},
		{
			name: "of two shards, one fails from 3m on, which is half of it, and a part of the other from 10m on", interval: time.Minute,
			series: []series{
				{`slojourn_indicators{instance="a",state="failing"}`, "0x2 4x20"},
				{`slojourn_indicators{instance="a",state="fresh"}`, "4x2 0x20"},
				{`slojourn_indicators{instance="b",state="failing"}`, "0x9 1x12"},
				{`slojourn_indicators{instance="b",state="fresh"}`, "2x9 1x12"},
				{`slojourn_indicators{instance="b",state="waiting"}`, "2x22"},
			},
			alerts: []expectedAlerts{
				{at: 14 * time.Minute, name: old.alert},
				{at: 15 * time.Minute, name: old.alert, fire: []fired{{old.labels, map[string]string{
					"summary": "Most of what is to be measured cannot be (5 indicators): nobody would see an outage.",
				}}}},
			},
		},
	}
}
