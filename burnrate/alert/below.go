package alert

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// waiting is an alert that holds, and that nobody was told of.
type waiting struct {
	at     int   // in next
	passed int64 // minutes that were measured since it was judged last
	why    Why
	under
}

// under is what an alert may be silent below.
type under struct {
	shares  []burnrate.Share // of the steps, in the short window of the fastest tier of a journey's page
	short   int64            // minutes of that window
	sources []string         // that have to do with it
}

// half is the least part in a journey's error of a step whose page stands for the
// journey's.
const half = 0.5

// settle decides which of the alerts that wait are sent, and which are silent
// below another one that people know of:
//
//   - a burn ticket below the page of the same id,
//   - a journey's burn page below that of the step that causes its error,
//   - noData and noTraffic alerts below that of their source, or below the same
//     alert about another objective.
func (a *advance) settle() {
	if len(a.waiting) == 0 {
		return // nearly always
	}
	at := map[Key]int{}
	for i := range a.next {
		at[a.next[i].Key] = i
	}
	s := settling{a, at}
	for _, w := range a.waiting {
		alert := &a.next[w.at]
		below := s.below(alert, &w)
		if below != nil {
			alert.Below = below
			continue
		}
		w.why.Below = alert.Below
		alert.Sent, alert.Below, alert.Apart = true, nil, 0
		a.events = append(a.events, a.event(*alert, Firing, w.why))
	}
}

type settling struct {
	*advance
	at map[Key]int
}

// below returns the alert that another one is silent below, nil when there is
// none.
func (s settling) below(alert *Alert, w *waiting) *Key {
	switch {
	case alert.Kind == Burn && alert.Severity == slo.Ticket:
		return s.pageOf(alert.ID, alert)
	case alert.Kind == Burn && len(w.shares) > 0:
		return s.belowStep(alert, w)
	case alert.Kind == NoData:
		return cmp.Or(s.belowSource(alert, w, Fails), s.belowOther(alert))
	case alert.Kind == NoTraffic:
		return cmp.Or(s.belowSource(alert, w, Empty), s.belowOther(alert))
	case alert.Kind == Source && alert.Severity == slo.Ticket:
		page := alert.Key
		page.Severity = slo.Page
		return s.firing(page, alert)
	}
	return nil
}

// firing returns a key when it fires and people know of it who another alert would
// be sent to: what is observed silences only what is observed, and what is sent to
// no notifier only what is not either.
func (s settling) firing(k Key, other *Alert) *Key {
	i, fires := s.at[k]
	if !fires || s.next[i].Labels.Observe && !other.Labels.Observe || unheard(s.next[i].Labels.Notify, other) {
		return nil
	}
	return &k
}

// unheard reports whether nobody is told by some notifiers, and somebody is of
// another alert.
func unheard(notify []string, other *Alert) bool {
	return len(notify) == 0 && len(other.Labels.Notify) > 0 && !other.Labels.Observe
}

// pageOf returns the first burn page of an id that fires, of any objective.
func (s settling) pageOf(id string, other *Alert) *Key {
	i, there := s.find(id)
	if !there {
		return nil
	}
	for k := range s.statuses[i].Objectives {
		if page := s.firing(Key{id, s.statuses[i].Objectives[k].Name, Burn, slo.Page}, other); page != nil {
			return page
		}
	}
	return nil
}

// belowStep folds a journey's page into that of a step which causes at least half
// of its error. It stays there until that page is over, or until no step with a
// page caused half of the error for a whole short window.
func (s settling) belowStep(alert *Alert, w *waiting) *Key {
	for _, share := range w.shares {
		if ratio, known := share.Ratio.Value(); known && ratio >= half {
			if page := s.pageOf(share.ID, alert); page != nil {
				alert.Apart = 0
				return page
			}
		}
	}
	if alert.Below == nil || s.firing(*alert.Below, alert) == nil {
		return nil
	}
	if alert.Apart += w.passed; alert.Apart >= w.short {
		return nil
	}
	return alert.Below
}

// belowOther looks for the same alert about another objective of the id, which says
// the same and was sent. It may be more urgent, and not less.
func (s settling) belowOther(alert *Alert) *Key {
	i, there := s.find(alert.ID)
	if !there {
		return nil
	}
	for k := range s.statuses[i].Objectives {
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			key := Key{alert.ID, s.statuses[i].Objectives[k].Name, alert.Kind, severity}
			if key == alert.Key || alert.Severity == slo.Page && severity == slo.Ticket {
				continue
			}
			if other := s.firing(key, alert); other != nil && s.next[s.at[key]].Sent {
				return other
			}
		}
	}
	return nil
}

// belowSource looks for the alert of a source that measures nothing. One that
// fails and has no alert yet will have one, unless it answers again: until then
// nobody is told of what it does not measure.
func (s settling) belowSource(alert *Alert, w *waiting, down Down) *Key {
	for _, name := range w.sources {
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			k := s.firing(Key{ID: SourceID(name), Kind: Source, Severity: severity}, alert)
			if k != nil && s.next[s.at[*k]].About == down && (severity == slo.Page || alert.Severity == slo.Ticket) {
				return k
			}
		}
		i := slices.IndexFunc(s.sources, func(state burnrate.SourceState) bool { return state.Name == name })
		if down != Fails || i < 0 || s.sources[i].Since.IsZero() || unheard(s.sources[i].Notify, alert) {
			continue
		}
		if m := s.membersOf(name); m.failing != "" && (m.failing == slo.Page || alert.Severity == slo.Ticket) && (!m.observed || alert.Labels.Observe) {
			return &Key{ID: SourceID(name), Kind: Source, Severity: m.failing}
		}
	}
	return nil
}

// sourcesOf returns the names of what measures a status: its own source, or those
// of a composed journey's steps.
func (a *advance) sourcesOf(s *burnrate.Status) []string {
	if s.Source != "" {
		return []string{s.Source}
	}
	var names []string
	for _, id := range s.Steps {
		if name := a.sourceOf(s, id); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// sourceOf returns the name of what measures an id that a status looks at, its own or
// that of a step; "" when it is not known.
func (a *advance) sourceOf(s *burnrate.Status, id string) string {
	if i, there := a.find(id); there {
		return a.statuses[i].Source
	}
	return s.Elsewhere[id]
}
