package backtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Options say what is kept of a run.
type Options struct {
	Incidents []slo.Incident
	// Samples is at how many instants of From and To it is kept how much was left of
	// budgets; 0 for none.
	Samples  int
	From, To time.Time // of the first and the last snapshot
}

// Recorder goes through snapshots, which are a minute apart.
type Recorder struct {
	options Options
	run     Run
	begun   bool
	states  alert.States
	tracks  []track // of each objective, in the order of snapshots
	open    map[alert.Key]*Episode
	closed  []Episode
	samples int           // that were taken
	within  time.Duration // in which a short window may still have minutes of what is over
	active  []int         // incidents that short windows may have minutes of
}

// NewRecorder makes a recorder that has seen nothing.
func NewRecorder(options Options) *Recorder {
	return &Recorder{options: options, open: map[alert.Key]*Episode{}}
}

// See takes the alerts on to a snapshot. All snapshots are of one set.
func (r *Recorder) See(snapshot burnrate.Snapshot) {
	first := !r.begun
	if first {
		r.begin(&snapshot)
	}
	states, events := alert.Advance(r.states, snapshot)
	r.states = states
	r.run.To = snapshot.At
	r.run.Minutes++
	r.run.Events = append(r.run.Events, events...)
	r.episodes(events, &snapshot, first)
	r.sight(snapshot.At)
	sampled := r.sampled(snapshot.At)
	n := 0
	for i := range snapshot.Statuses {
		s := &snapshot.Statuses[i]
		for k := range s.Objectives {
			r.tracks[n].see(snapshot.At, &s.Objectives[k], r)
			if sampled {
				r.tracks[n].sample(snapshot.At, &s.Objectives[k])
			}
			n++
		}
	}
}

// begin makes room for what is kept of each objective.
func (r *Recorder) begin(snapshot *burnrate.Snapshot) {
	r.begun, r.run.From = true, snapshot.At
	for i := range snapshot.Statuses {
		s := &snapshot.Statuses[i]
		for k := range s.Objectives {
			r.tracks = append(r.tracks, newTrack(s, &s.Objectives[k], r.options.Incidents))
			for _, j := range s.Objectives[k].Tiers {
				r.within = max(r.within, j.Tier.Short+mostLag)
			}
		}
	}
}

// mostLag is how late at most something is measured, so that it is looked at.
const mostLag = 24 * time.Hour

// sampled reports whether budgets are to be kept now, and counts it.
func (r *Recorder) sampled(at time.Time) bool {
	n := r.options.Samples
	if r.samples >= n {
		return false
	}
	minutes := int64(r.options.To.Sub(r.options.From) / time.Minute)
	due := minutes * int64(r.samples) / int64(max(1, n-1))
	if at.Before(r.options.From.Add(time.Duration(due) * time.Minute)) {
		return false
	}
	r.samples++
	return true
}

// sight notes which incidents tiers may see now.
func (r *Recorder) sight(at time.Time) {
	r.active = r.active[:0]
	for i := range r.options.Incidents {
		if incident := &r.options.Incidents[i]; at.After(incident.From) && at.Sub(incident.To) < r.within {
			r.active = append(r.active, i)
		}
	}
}

// episodes begins and ends those that changed.
func (r *Recorder) episodes(events []alert.Event, snapshot *burnrate.Snapshot, first bool) {
	for i := range events {
		e := &events[i]
		switch e.Change {
		case alert.Firing:
			episode := r.open[e.Key]
			if episode == nil {
				episode = &Episode{Since: e.Since, Before: first}
				r.open[e.Key] = episode
			}
			episode.tell(e, snapshot)
		case alert.Resolved:
			if episode := r.open[e.Key]; episode != nil {
				episode.End, episode.Reason = &e.At, e.Reason
				r.close(e.Key)
			}
		}
	}
	if len(r.states.Alerts) == 0 && len(r.open) == 0 {
		return // nearly always
	}
	fires := map[alert.Key]bool{}
	for i := range r.states.Alerts {
		a := &r.states.Alerts[i]
		fires[a.Key] = true
		episode := r.open[a.Key]
		if episode == nil {
			episode = &Episode{
				Key: a.Key, Owner: a.Labels.Owner, Title: a.Labels.Title, Observe: a.Labels.Observe,
				Start: a.Since, Since: a.Since, Before: first,
			}
			if o := objectiveOf(snapshot, a.Key); o != nil {
				episode.Consumed = o.Budget.Consumed
			}
			r.open[a.Key] = episode
		}
		if a.Below != nil {
			below := *a.Below
			episode.Below = &below
		}
		episode.Tiers = a.Tiers
		if episode.Sent && a.Turn == "" {
			episode.Until = episode.until(a, snapshot.At)
		}
	}
	for key, episode := range r.open {
		if !fires[key] { // nobody knew of it
			at := snapshot.At
			episode.End = &at
			r.close(key)
		}
	}
}

func (r *Recorder) close(key alert.Key) {
	r.closed = append(r.closed, *r.open[key])
	delete(r.open, key)
}

// tell notes what people would have been told.
func (e *Episode) tell(event *alert.Event, snapshot *burnrate.Snapshot) {
	e.Key, e.Owner, e.Title, e.Observe = event.Key, event.Labels.Owner, event.Labels.Title, event.Labels.Observe
	e.Start, e.Sent, e.Why = event.At, true, event.Why
	e.Evidence = evidenceOf(event, snapshot)
	o := objectiveOf(snapshot, event.Key)
	if o == nil {
		return
	}
	e.Consumed = o.Budget.Consumed
	if event.Kind == alert.Burn && len(event.Why.Tiers) > 0 {
		if long, err := slo.ParseDuration(event.Why.Tiers[0].Long); err == nil {
			e.Spent = spent(o, windowOf(o, long))
		}
	}
}

// objectiveOf returns what an alert is about, nil when it is about a source.
func objectiveOf(snapshot *burnrate.Snapshot, k alert.Key) *burnrate.Objective {
	at, there := slices.BinarySearchFunc(snapshot.Statuses, k.ID, func(s burnrate.Status, id string) int { return cmp.Compare(s.ID, id) })
	if !there {
		return nil
	}
	for i := range snapshot.Statuses[at].Objectives {
		if o := &snapshot.Statuses[at].Objectives[i]; o.Name == k.Objective {
			return o
		}
	}
	return nil
}

// spent returns which part of an objective's budget the failures of one of its windows
// have spent: bad / allowed, 5 bad events of 50 that may be are 10 %. Of a composed
// journey, which has no counts, it is burn rate × length / window: 14.4 over 1 h of 720 h
// is 2 %.
func spent(o *burnrate.Objective, window int) burnrate.Ratio {
	burn := &o.Burn[window]
	if o.Composed {
		rate, known := burn.Rate.Value()
		if !known {
			return burnrate.Ratio{}
		}
		return burnrate.RatioOf(rate * float64(burn.Window.Window.Minutes()) / float64(o.Window.Window.Minutes()))
	}
	allowed, known := o.Budget.Allowed.Value()
	if !known || allowed == 0 {
		return burnrate.Ratio{}
	}
	return burnrate.RatioOf(float64(burn.Window.Counts.Bad) / allowed)
}

// Run returns what was seen so far.
func (r *Recorder) Run() Run {
	run := r.run
	run.Events = slices.Clone(run.Events)
	run.Episodes, run.Held, run.Objectives = append([]Episode{}, r.closed...), []Held{}, []Objective{}
	for _, e := range r.open {
		run.Episodes = append(run.Episodes, *e)
	}
	slices.SortFunc(run.Episodes, func(a, b Episode) int {
		return cmp.Or(a.Start.Compare(b.Start), a.Compare(b.Key), a.Since.Compare(b.Since))
	})
	for i := range r.tracks {
		o, held := r.tracks[i].result()
		run.Objectives = append(run.Objectives, o)
		run.Held = append(run.Held, held...)
	}
	slices.SortStableFunc(run.Held, func(a, b Held) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Objective, b.Objective))
	})
	for i := range r.options.Incidents {
		for n := range r.tracks {
			run.Sightings = append(run.Sightings, r.tracks[n].sightings(i, n)...)
		}
	}
	return run
}
