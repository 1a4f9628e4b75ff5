package backtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Judge says how well the alerts of a run found incidents, which are those of its
// [Options]. It does not change the run.
//
// What fired is about an incident when a minute of the incident is in its evidence: in
// the short window of the snapshot in which it began. So a tier that fires at 03:49 for
// an incident from 03:46 on is about it, and one that has fired since 03:30 is not,
// though the incident was found already.
func Judge(run *Run, incidents []slo.Incident) Judgement {
	j := judge{run: run, incidents: incidents, concerned: map[string][]bool{}}
	whole := slo.Span{Start: slo.MinuteAt(run.From), End: slo.MinuteAt(run.To)}
	for i := range incidents {
		span := incidents[i].Span()
		j.spans = append(j.spans, span)
		j.outside = append(j.outside, true)
	}
	for i := range run.Objectives {
		o := &run.Objectives[i]
		j.concerned[o.ID] = j.concerns(o.ID, o.Steps)
		for n, concerns := range j.concerned[o.ID] {
			j.outside[n] = j.outside[n] && !(concerns && j.spans[n].Intersect(whole).Len() > 0)
		}
	}
	return Judgement{Incidents: j.found(), Sent: j.sent(), Tiers: j.tiers()}
}

type judge struct {
	run       *Run
	incidents []slo.Incident
	spans     []slo.Span
	outside   []bool
	concerned map[string][]bool // ids, to whether each incident concerns them
}

// concerns returns which incidents an alert about an id may be about. One about a
// source may be about any.
func (j *judge) concerns(id string, steps []string) []bool {
	list := make([]bool, len(j.incidents))
	for i := range j.incidents {
		list[i] = strings.HasPrefix(id, alert.SourceID("")) || j.incidents[i].Concerns(id, steps)
	}
	return list
}

// concernsOf returns that of an id. A source, or what has no objectives, is looked at
// when it is asked for.
func (j *judge) concernsOf(id string) []bool {
	list, known := j.concerned[id]
	if !known {
		list = j.concerns(id, nil)
		j.concerned[id] = list
	}
	return list
}

// shot is a firing of a tier, or an episode, as scores look at it.
type shot struct {
	from     time.Time
	evidence slo.Span
	until    slo.Minute
	first    bool   // in the first snapshot: it may have begun before
	concerns []bool // of each incident
}

// about reports whether it began for an incident.
func (j *judge) about(s *shot, i int) bool {
	return s.concerns[i] && s.evidence.Intersect(j.spans[i]).Len() > 0
}

// during reports whether it has evidence from an incident, whatever it began for.
func (j *judge) during(s *shot, i int) bool {
	return s.concerns[i] && slo.Span{Start: s.evidence.Start, End: s.until}.Intersect(j.spans[i]).Len() > 0
}

// shotOf looks at an episode. A budget alert, which lasts for as long as the share stays
// spent, is about nothing but what it began for.
func (j *judge) shotOf(e *Episode) shot {
	s := shot{from: e.Start, evidence: e.Evidence, until: e.Until, first: e.Before, concerns: j.concernsOf(e.ID)}
	if e.Kind == alert.Budget {
		s.until = e.Evidence.End
	}
	return s
}

func (j *judge) shotAt(o *Objective, f *Firing) shot {
	return shot{from: f.From, evidence: f.Evidence, until: f.Until, first: f.From.Equal(j.run.From), concerns: j.concerned[o.ID]}
}

// found says what was found of each incident.
func (j *judge) found() []IncidentFound {
	list := make([]IncidentFound, len(j.incidents))
	for i := range j.incidents {
		incident := &j.incidents[i]
		list[i] = IncidentFound{
			Name: incident.Name, From: incident.From, To: incident.To, SLOs: incident.SLOs, Expect: incident.Expect, Note: incident.Note,
			Outside: j.outside[i], Seen: j.seen(i),
		}
		if told := j.told(i); told >= 0 {
			after := j.run.Episodes[told].Start.Sub(incident.From)
			list[i].Told, list[i].After = &told, &after
		}
	}
	return list
}

// told returns the first episode that told people of an incident, -1 for none. When
// there is none about it, it is one that went on from before: people looked already.
// Where nobody should have been told, what was about another incident is no alarm.
func (j *judge) told(i int) int {
	already := -1
	for k := range j.run.Episodes {
		e := &j.run.Episodes[k]
		if !e.Told() || !atLeast(e.Severity, j.incidents[i].Expect) {
			continue
		}
		switch s := j.shotOf(e); {
		case j.incidents[i].Expect == "" && j.expected(&s):
		case j.about(&s, i):
			return k
		case already < 0 && j.incidents[i].Expect != "" && j.during(&s, i):
			already = k
		}
	}
	return already
}

// expected reports whether it began for an incident of which somebody should have been
// told.
func (j *judge) expected(s *shot) bool {
	for i := range j.incidents {
		if j.incidents[i].Expect != "" && j.about(s, i) {
			return true
		}
	}
	return false
}

// atLeast reports whether a severity is what was expected, or higher.
func atLeast(severity, expected slo.Severity) bool {
	return expected != slo.Page || severity == slo.Page
}

// seen returns the sightings of an incident, what fired first before the others. Where
// nobody should have been told, what fired for another incident is left out.
func (j *judge) seen(i int) []Sighting {
	var list []Sighting
	for n := range j.run.Sightings {
		if s := j.run.Sightings[n]; s.Incident == i && (j.incidents[i].Expect != "" || j.unexpected(&s)) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(x, y Sighting) int {
		if x.First.IsZero() != y.First.IsZero() {
			if x.First.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(x.First.Compare(y.First), cmp.Compare(j.near(&y), j.near(&x)))
	})
	return list
}

// unexpected reports whether a tier did not fire, or fired for nothing that somebody
// should have been told of: then First is the first time that it did.
func (j *judge) unexpected(s *Sighting) bool {
	if s.First.IsZero() {
		return true
	}
	o := &j.run.Objectives[s.Objective]
	for k := range o.Tiers[s.Tier].Firings {
		shot := j.shotAt(o, &o.Tiers[s.Tier].Firings[k])
		if j.about(&shot, s.Incident) && !j.expected(&shot) {
			s.First = shot.from
			return true
		}
	}
	return false
}

// near returns how much of its factor a tier burned at: 0.5 at half of it, and less
// than nothing when that is not known.
func (j *judge) near(s *Sighting) float64 {
	highest, known := s.Highest.Value()
	factor, defined := j.run.Objectives[s.Objective].Tiers[s.Tier].Factor.Value()
	if !known || !defined || factor <= 0 {
		return -1
	}
	return highest / factor
}

// sent scores the burn alerts that people would have been told.
func (j *judge) sent() []Score {
	var pages, tickets []shot
	for k := range j.run.Episodes {
		e := &j.run.Episodes[k]
		if !e.Told() {
			continue
		}
		if e.Severity == slo.Page {
			pages = append(pages, j.shotOf(e))
		} else {
			tickets = append(tickets, j.shotOf(e))
		}
	}
	page, ticket := Score{Severity: slo.Page}, Score{Severity: slo.Ticket}
	j.count(&page, pages)
	j.count(&ticket, tickets)
	j.find(&page, pages)
	j.find(&ticket, slices.Concat(pages, tickets))
	return []Score{page, ticket}
}

// tiers scores the tiers of all objectives, those of the same severity and windows
// together.
func (j *judge) tiers() []Score {
	type tier struct {
		severity    slo.Severity
		long, short time.Duration
	}
	shots := map[tier][]shot{}
	for i := range j.run.Objectives {
		o := &j.run.Objectives[i]
		for k := range o.Tiers {
			long, errLong := slo.ParseDuration(o.Tiers[k].Long)
			short, errShort := slo.ParseDuration(o.Tiers[k].Short)
			if errLong != nil || errShort != nil {
				continue // a recorder writes no such windows
			}
			key := tier{o.Tiers[k].Severity, long, short}
			shots[key] = slices.Grow(shots[key], len(o.Tiers[k].Firings))
			for n := range o.Tiers[k].Firings {
				shots[key] = append(shots[key], j.shotAt(o, &o.Tiers[k].Firings[n]))
			}
		}
	}
	keys := make([]tier, 0, len(shots))
	for key := range shots {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b tier) int {
		return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(a.long, b.long), cmp.Compare(a.short, b.short))
	})
	scores := make([]Score, len(keys))
	for i, key := range keys {
		scores[i] = Score{Severity: key.severity, Long: slo.FormatDuration(key.long), Short: slo.FormatDuration(key.short)}
		j.count(&scores[i], shots[key])
		j.find(&scores[i], shots[key])
	}
	return scores
}

// count says how often something fired, and how often that was right: when it was
// about an incident that expects its severity, or a page. What fired in the first
// snapshot may be about something from before the run, and counts only when it is
// about an incident.
func (j *judge) count(score *Score, shots []shot) {
	for k := range shots {
		known, right := false, false
		for i := range j.incidents {
			if j.about(&shots[k], i) {
				known = true
				right = right || j.incidents[i].Expect != "" && atLeast(j.incidents[i].Expect, score.Severity)
			}
		}
		if shots[k].first && !known {
			continue
		}
		score.Fired++
		if right {
			score.True++
		}
	}
	score.Precision = share(score.True, score.Fired)
}

// find says how many of the incidents that expect something were found, and when.
func (j *judge) find(score *Score, shots []shot) {
	var delays []float64
	for i := range j.incidents {
		expect := j.incidents[i].Expect
		if j.outside[i] || expect == "" || !atLeast(expect, score.Severity) {
			continue
		}
		score.Expected++
		var first *shot
		already := false
		for k := range shots {
			s := &shots[k]
			switch {
			case j.about(s, i):
				if first == nil || s.from.Before(first.from) {
					first = s
				}
			case j.during(s, i):
				already = true
			}
		}
		switch {
		case first != nil:
			score.Found++
			if !first.first { // when that began is not known
				delays = append(delays, first.from.Sub(j.incidents[i].From).Minutes())
			}
		case already:
			score.Found++
			score.Already++
		}
	}
	score.Recall = share(score.Found, score.Expected)
	score.Delays = delaysOf(delays)
}

func share(part, of int) burnrate.Ratio {
	if of == 0 {
		return burnrate.Ratio{}
	}
	return burnrate.RatioOf(float64(part) / float64(of))
}

// delaysOf returns nil without any. Of an even number of delays, the median is in the
// middle between two: 4 of 3, 3, 5 and 9.
func delaysOf(minutes []float64) *Delays {
	n := len(minutes)
	if n == 0 {
		return nil
	}
	slices.Sort(minutes)
	return &Delays{Least: minutes[0], Median: (minutes[(n-1)/2] + minutes[n/2]) / 2, Most: minutes[n-1]}
}
