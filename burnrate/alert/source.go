package alert

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// lookedAt is how much time a snapshot vouches for what is judged by instants: in
// a longer pause nobody looked.
const lookedAt = 5

// source judges the alerts about a source. One holds when it has failed for the
// shortest noData of what it measures, with the highest severity of these; or
// when all of what it measures that can be judged has less traffic than usual at
// once, if that is more than one thing, with the highest severity of noTraffic.
// It resolves when the source answers again, or when something happens again.
func (a *advance) source(s *burnrate.SourceState) {
	var fired bool
	for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
		_, fires := a.fired[sourceKey(s.Name, severity)]
		fired = fired || fires
	}
	if s.Since.IsZero() && !a.low && !fired {
		return // nearly always
	}
	m := a.membersOf(s.Name)
	fails := !s.Since.IsZero() && m.failing != "" && a.at.Sub(s.Since) >= m.after
	empty := m.empty()
	for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
		alert, fires := a.fired[sourceKey(s.Name, severity)]
		if severity != m.failing && severity != m.quiet {
			continue // an edit took away what fired
		}
		c := condition{
			key: sourceKey(s.Name, severity), end: slo.MinuteAt(a.at), vouches: lookedAt, instant: true, about: alert.About,
			labels: Labels{Owner: s.Owner, Notify: s.Notify, Title: s.Name, Observe: m.observed},
			hold:   m.hold[severity],
		}
		switch {
		case fails && severity == m.failing:
			c.holds, c.about = true, Fails
		case empty && severity == m.quiet:
			c.holds, c.about = true, Empty
		case alert.About == Empty:
			c.known = m.flowing > 0
		default:
			c.known = s.Since.IsZero()
		}
		if !c.holds && !fires {
			continue
		}
		c.why.Source = &SourceDown{Name: s.Name, Down: c.about, Since: s.Since, Message: s.Message, SLOs: m.slos}
		if m.failing != "" {
			c.why.Source.After = slo.FormatDuration(m.after)
		}
		a.judge(&c)
	}
}

func sourceKey(name string, severity slo.Severity) Key {
	return Key{ID: SourceID(name), Kind: Source, Severity: severity}
}

// members is what depends on a source, and has alerts about that.
type members struct {
	slos     int
	observed bool          // all of it
	after    time.Duration // the shortest noData
	failing  slo.Severity  // the highest of noData, "" without any
	quiet    slo.Severity  // the highest of noTraffic
	hold     map[slo.Severity]int64
	stopped  map[string]bool // of each id whose traffic can be judged: it has none
	flowing  int             // those that have some
	low      bool            // one of them fires
}

// empty reports whether nothing happens of all that can be judged.
func (m *members) empty() bool { return m.low && len(m.stopped) > 1 && m.flowing == 0 }

// membersOf looks at all that a source measures, once. What is observed counts
// only where nothing else is.
func (a *advance) membersOf(name string) *members {
	if m := a.members[name]; m != nil {
		return m
	}
	m := &members{observed: true, hold: map[slo.Severity]int64{}, stopped: map[string]bool{}}
	a.members[name] = m
	for i := range a.statuses {
		if s := &a.statuses[i]; s.Stage != slo.Observe && slices.Contains(a.sourcesOf(s), name) && m.asks(s) {
			m.observed = false
		}
	}
	for i := range a.statuses {
		s := &a.statuses[i]
		if !slices.Contains(a.sourcesOf(s), name) {
			continue
		}
		if m.asks(s) && (m.observed || s.Stage != slo.Observe) {
			m.add(s)
		}
		for k := range s.Objectives {
			for n := range s.Objectives[k].Traffic {
				if t := &s.Objectives[k].Traffic[n]; a.sourceOf(s, t.ID) == name {
					m.traffic(t)
				}
			}
		}
	}
	for _, stopped := range m.stopped {
		if !stopped {
			m.flowing++
		}
	}
	return m
}

// asks reports whether something has alerts about what is not there.
func (*members) asks(s *burnrate.Status) bool {
	return slices.ContainsFunc(s.Objectives, func(o burnrate.Objective) bool {
		return o.Alerts != nil && (o.Alerts.NoData != nil || o.Alerts.NoTraffic != nil)
	})
}

func (m *members) add(s *burnrate.Status) {
	m.slos++
	for i := range s.Objectives {
		policy := s.Objectives[i].Alerts
		if policy == nil {
			continue
		}
		if d := policy.NoData; d != nil {
			if m.failing == "" || d.After < m.after {
				m.after = d.After
			}
			m.failing = urgent(m.failing, d.Severity)
		}
		if d := policy.NoTraffic; d != nil {
			m.quiet = urgent(m.quiet, d.Severity)
		}
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			m.hold[severity] = max(m.hold[severity], holdOf(policy, severity))
		}
	}
}

// traffic adds that of an id, which several objectives may look at.
func (m *members) traffic(t *burnrate.Traffic) {
	if t.Judged() {
		m.low = m.low || t.State == burnrate.Low
		m.stopped[t.ID] = m.stopped[t.ID] || t.Stopped
	}
}

// urgent returns the higher one of two severities.
func urgent(a, b slo.Severity) slo.Severity {
	if a == slo.Page || b == "" {
		return a
	}
	return b
}
