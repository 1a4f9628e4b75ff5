package backtest

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// track is what is kept of one objective while snapshots pass.
type track struct {
	Objective
	key       alert.Key // of its burn alerts, without a severity
	tiers     []tierTrack
	concerned []int // incidents that concern it
}

// tierTrack is what is kept of one tier.
type tierTrack struct {
	Tier
	long, short int // where its windows are in [burnrate.Objective.Burn]
	hold        time.Duration
	held        []Held
	holding     *Held   // under way
	most        float64 // its highest burn rate
	highest     float64
	seen        map[int]*sighted // of incidents
}

func newTrack(s *burnrate.Status, o *burnrate.Objective, incidents []slo.Incident) track {
	t := track{Objective: Objective{
		ID: s.ID, Kind: s.Kind, Title: s.Title, Owner: s.Owner, Observe: s.Stage == slo.Observe, Steps: s.Steps,
		Name: o.Name, Target: o.Target.String(), Window: o.Window.Window.String(), Composed: o.Composed, Unit: s.Unit,
	}}
	if o.Alerts != nil {
		t.Policy = o.Alerts.Name
	}
	t.key = alert.Key{ID: s.ID, Objective: o.Name, Kind: alert.Burn}
	for i := range o.Tiers {
		tier := o.Tiers[i].Tier
		factor, _ := tier.Factor(o.Window.Window).Float64()
		k := tierTrack{
			Tier: Tier{
				Severity: tier.Severity, Long: slo.FormatDuration(tier.Long), Short: slo.FormatDuration(tier.Short),
				Factor: burnrate.RatioOf(factor), Firings: []Firing{},
			},
			long: windowOf(o, tier.Long), short: windowOf(o, tier.Short),
			hold: o.Alerts.Hold.Ticket, seen: map[int]*sighted{}, highest: -1,
		}
		if tier.Severity == slo.Page {
			k.hold = o.Alerts.Hold.Page
		}
		t.tiers = append(t.tiers, k)
	}
	for i := range incidents {
		if incidents[i].Concerns(s.ID, s.Steps) {
			t.concerned = append(t.concerned, i)
		}
	}
	return t
}

func windowOf(o *burnrate.Objective, length time.Duration) int {
	return slices.IndexFunc(o.Burn, func(b burnrate.Burn) bool { return b.Window.Window.Minutes() == int64(length/time.Minute) })
}

// see takes one snapshot of the objective.
func (t *track) see(at time.Time, o *burnrate.Objective, r *Recorder) {
	t.Consumed, t.Allowed, t.Counts = o.Budget.Consumed, o.Budget.Allowed, o.Window.Counts
	if consumed, known := t.Consumed.Value(); known {
		if worst, before := t.Worst.Value(); !before || consumed > worst {
			t.Worst, t.WorstAt = t.Consumed, at
		}
		if consumed >= 1 {
			t.SpentFor++
		}
	}
	for i := range t.tiers {
		t.tiers[i].see(at, o, i, t, r)
	}
}

func (t *track) sample(at time.Time, o *burnrate.Objective) {
	t.Remaining = append(t.Remaining, Sample{at, o.Budget.Remaining})
}

// see takes what the tier says in one snapshot.
func (k *tierTrack) see(at time.Time, o *burnrate.Objective, tier int, t *track, r *Recorder) {
	j := &o.Tiers[tier]
	if j.Verdict == burnrate.Uncovered {
		return
	}
	k.Judged++
	long, longKnown := o.Burn[k.long].Rate.Value()
	short, shortKnown := o.Burn[k.short].Rate.Value()
	burn := min(long, short)
	if longKnown && shortKnown && burn > k.highest {
		k.highest, k.HighestAt = burn, at
	}
	switch j.Verdict {
	case burnrate.Fires:
		k.Fired++
		k.fire(at, o, burn)
	case burnrate.FewEvents, burnrate.FewBad, burnrate.Chance:
		k.Held++
		k.restrain(at, o, j, t, r, burn)
	}
	for _, i := range r.active {
		if slices.Contains(t.concerned, i) {
			k.sight(at, o, j, i, &r.options.Incidents[i], burn, longKnown && shortKnown)
		}
	}
}

// fire begins a firing, or goes on with the last one.
func (k *tierTrack) fire(at time.Time, o *burnrate.Objective, burn float64) {
	evidence := o.Burn[k.short].Window.Span
	if n := len(k.Firings); n > 0 && at.Sub(k.Firings[n-1].To) <= k.hold+time.Minute {
		k.Firings[n-1].To, k.Firings[n-1].Until = at, evidence.End
		return
	}
	k.Firings = append(k.Firings, Firing{
		From: at, To: at, Evidence: evidence, Until: evidence.End, Burn: burnrate.RatioOf(burn), Spent: spent(o, k.long),
	})
}

// restrain notes that a guard holds the tier back. Like a firing, that goes on over
// times in which it does not that are no longer than the hold.
func (k *tierTrack) restrain(at time.Time, o *burnrate.Objective, j *burnrate.Judgement, t *track, r *Recorder, burn float64) {
	key := t.key
	key.Severity = k.Severity
	if _, fires := r.open[key]; fires {
		k.release()
		return
	}
	if k.holding != nil && at.Sub(k.holding.To) > k.hold+time.Minute {
		k.release()
	}
	if k.holding == nil {
		k.holding = &Held{ID: t.ID, Objective: t.Name, Owner: t.Owner, Severity: k.Severity, From: at, Guard: alert.GuardOf(o.Alerts)}
		k.most = -1
	}
	k.holding.To = at
	k.holding.Minutes++
	if burn > k.most {
		k.most, k.holding.Tier = burn, alert.TierOf(o, j)
	}
}

// release ends what was held back.
func (k *tierTrack) release() {
	if k.holding != nil {
		k.held, k.holding = append(k.held, *k.holding), nil
	}
}

// sight notes how the tier stands while it sees an incident.
func (k *tierTrack) sight(at time.Time, o *burnrate.Objective, j *burnrate.Judgement, i int, incident *slo.Incident, burn float64, known bool) {
	if o.Burn[k.short].Window.Span.Intersect(incident.Span()).Len() == 0 {
		return
	}
	s := k.seen[i]
	if s == nil {
		s = &sighted{Sighting: Sighting{Incident: i}}
		k.seen[i] = s
	}
	s.Judged++
	highest, before := s.Highest.Value()
	if known && (!before || burn > highest) {
		s.Highest, s.At, s.Verdict = burnrate.RatioOf(burn), at, j.Verdict
	}
	if j.Verdict != burnrate.Fires || s.began {
		return
	}
	f := &k.Firings[len(k.Firings)-1]
	s.began = f.Evidence.Intersect(incident.Span()).Len() > 0
	if s.began || s.First.IsZero() {
		s.First = f.From
	}
}

// sighted is a sighting, and whether the tier began to fire for the incident.
type sighted struct {
	Sighting
	began bool
}

// result returns what is known of the objective. What was held back is in the order
// of the tiers.
func (t *track) result() (o Objective, held []Held) {
	o = t.Objective
	o.Tiers = make([]Tier, len(t.tiers))
	for i := range t.tiers {
		k := &t.tiers[i]
		o.Tiers[i] = k.Tier
		o.Tiers[i].Firings = slices.Clone(k.Firings)
		if k.highest >= 0 {
			o.Tiers[i].Highest = burnrate.RatioOf(k.highest)
		}
		held = append(held, k.held...)
		if k.holding != nil {
			held = append(held, *k.holding)
		}
	}
	return o, held
}

// sightings returns how the tiers stood in an incident.
func (t *track) sightings(incident, objective int) []Sighting {
	var list []Sighting
	for i := range t.tiers {
		if s := t.tiers[i].seen[incident]; s != nil {
			seen := s.Sighting
			seen.Objective, seen.Tier = objective, i
			list = append(list, seen)
		}
	}
	return list
}
