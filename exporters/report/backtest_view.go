package report

import (
	"encoding/json"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// alertView is which alert something is.
type alertView struct {
	ID        string       `json:"id"`
	Objective *string      `json:"objective"` // null of alerts about sources
	Kind      alert.Kind   `json:"kind"`
	Severity  slo.Severity `json:"severity"`
}

func alertViewOf(k alert.Key) alertView {
	return alertView{k.ID, orNull(k.Objective), k.Kind, k.Severity}
}

type episodeView struct {
	alertView
	Owner    string         `json:"owner"`
	Title    *string        `json:"title"`
	Observe  bool           `json:"observe"`
	Told     bool           `json:"told"` // somebody would have been: it is sent, and not observed
	Sent     bool           `json:"sent"`
	Below    *alertView     `json:"below"`
	Start    time.Time      `json:"start"`
	Since    time.Time      `json:"since"`
	End      *time.Time     `json:"end"`     // null while it fires
	Minutes  float64        `json:"minutes"` // from its start to its end, or to that of the run
	Reason   *alert.Reason  `json:"reason"`
	Before   bool           `json:"before"`
	Tiers    []string       `json:"tiers"`
	Consumed burnrate.Ratio `json:"budgetConsumed"`
	Spent    burnrate.Ratio `json:"budgetSpent"`
	Why      alert.Why      `json:"why"`
}

func episodeViewOf(e *backtest.Episode, end time.Time) episodeView {
	v := episodeView{
		alertView: alertViewOf(e.Key), Owner: e.Owner, Title: orNull(e.Title), Observe: e.Observe, Told: e.Told(), Sent: e.Sent,
		Start: e.Start.UTC(), Since: e.Since.UTC(), Minutes: e.Length(end).Minutes(), Reason: orNull(e.Reason), Before: e.Before,
		Tiers: listOf(e.Tiers), Consumed: e.Consumed, Spent: e.Spent, Why: e.Why,
	}
	if e.Below != nil {
		v.Below = new(alertViewOf(*e.Below))
	}
	if e.End != nil {
		v.End = instant(*e.End)
	}
	return v
}

// listOf is a list that is never null.
func listOf[T any](list []T) []T { return append([]T{}, list...) }

type heldView struct {
	ID        string       `json:"id"`
	Objective string       `json:"objective"`
	Owner     string       `json:"owner"`
	Severity  slo.Severity `json:"severity"`
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	Minutes   int64        `json:"minutes"`
	Tier      alert.Tier   `json:"tier"`
	Guard     *alert.Guard `json:"guard"`
}

func heldViewOf(h *backtest.Held) heldView {
	return heldView{h.ID, h.Objective, h.Owner, h.Severity, h.From.UTC(), h.To.UTC(), h.Minutes, h.Tier, h.Guard}
}

type objectiveView struct {
	ID        string         `json:"id"`
	Objective string         `json:"objective"`
	Kind      slo.Kind       `json:"kind"`
	Title     *string        `json:"title"`
	Owner     string         `json:"owner"`
	Observe   bool           `json:"observe"`
	Steps     []string       `json:"steps"`
	Target    string         `json:"target"`
	Window    string         `json:"window"`
	Policy    *string        `json:"policy"`
	Composed  bool           `json:"composed"`
	Total     *json.Number   `json:"total"` // null of a composed journey
	Bad       *json.Number   `json:"bad"`
	Consumed  burnrate.Ratio `json:"budgetConsumed"`
	Worst     burnrate.Ratio `json:"budgetConsumedAtMost"`
	WorstAt   *time.Time     `json:"budgetConsumedAtMostAt"`
	SpentFor  int64          `json:"spentMinutes"`
	Tiers     []tierView     `json:"tiers"`
	Remaining []sampleView   `json:"remaining"`
}

type tierView struct {
	Severity  slo.Severity   `json:"severity"`
	Long      string         `json:"long"`
	Short     string         `json:"short"`
	Factor    burnrate.Ratio `json:"factor"`
	Judged    int64          `json:"judgedMinutes"`
	Fired     int64          `json:"firedMinutes"`
	Held      int64          `json:"heldMinutes"`
	Highest   burnrate.Ratio `json:"highestBurn"`
	HighestAt *time.Time     `json:"highestBurnAt"`
	Firings   []firingView   `json:"firings"`
}

type firingView struct {
	From  time.Time      `json:"from"`
	To    time.Time      `json:"to"`
	Burn  burnrate.Ratio `json:"burn"`
	Spent burnrate.Ratio `json:"budgetSpent"`
}

type sampleView struct {
	At        time.Time      `json:"at"`
	Remaining burnrate.Ratio `json:"remaining"`
}

func objectiveViewOf(o *backtest.Objective) objectiveView {
	v := objectiveView{
		ID: o.ID, Objective: o.Name, Kind: o.Kind, Title: orNull(o.Title), Owner: o.Owner, Observe: o.Observe, Steps: listOf(o.Steps),
		Target: o.Target, Window: o.Window, Policy: orNull(o.Policy), Composed: o.Composed,
		Consumed: o.Consumed, Worst: o.Worst, WorstAt: instant(o.WorstAt), SpentFor: o.SpentFor, Tiers: []tierView{}, Remaining: []sampleView{},
	}
	v.Total, v.Bad = counts(o.Counts, o.Unit, o.Composed)
	for i := range o.Tiers {
		t := &o.Tiers[i]
		tier := tierView{
			Severity: t.Severity, Long: t.Long, Short: t.Short, Factor: t.Factor, Judged: t.Judged, Fired: t.Fired, Held: t.Held,
			Highest: t.Highest, HighestAt: instant(t.HighestAt), Firings: []firingView{},
		}
		for _, f := range t.Firings {
			tier.Firings = append(tier.Firings, firingView{f.From.UTC(), f.To.UTC(), f.Burn, f.Spent})
		}
		v.Tiers = append(v.Tiers, tier)
	}
	for _, s := range o.Remaining {
		v.Remaining = append(v.Remaining, sampleView{s.At.UTC(), s.Remaining})
	}
	return v
}

// judgementView is a judgement in which incidents name what found them.
type judgementView struct {
	Incidents []incidentView `json:"incidents"`
	Sent      []scoreView    `json:"sent"`
	Tiers     []scoreView    `json:"tiers"`
}

type incidentView struct {
	Name    string        `json:"name"`
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to"`
	SLOs    []string      `json:"slos"`
	Expect  *slo.Severity `json:"expect"` // null when nobody should have been told
	Note    *string       `json:"note"`
	Outside bool          `json:"outside"`
	Told    *episodeRef   `json:"told"`
	After   *float64      `json:"afterMinutes"` // from its beginning until somebody would have been told
	Seen    []seenView    `json:"seen"`
}

// seenView is how a tier stood while something went wrong.
type seenView struct {
	ID        string         `json:"id"`
	Objective string         `json:"objective"`
	Owner     string         `json:"owner"`
	Severity  slo.Severity   `json:"severity"`
	Long      string         `json:"long"`
	Short     string         `json:"short"`
	Factor    burnrate.Ratio `json:"factor"`
	Highest   burnrate.Ratio `json:"highestBurn"`
	HighestAt *time.Time     `json:"highestBurnAt"`
	Verdict   *string        `json:"verdict"` // when it burned most; null when it never burned
	FiredAt   *time.Time     `json:"firedAt"`
	After     *float64       `json:"afterMinutes"`
	Judged    int64          `json:"judgedMinutes"`
}

type scoreView struct {
	Severity  slo.Severity     `json:"severity"`
	Long      *string          `json:"long"` // null of what people would have been told
	Short     *string          `json:"short"`
	Fired     int              `json:"fired"`
	Right     int              `json:"right"` // of those that fired
	Expected  int              `json:"expected"`
	Found     int              `json:"found"`
	Already   int              `json:"already"`
	Precision burnrate.Ratio   `json:"precision"`
	Recall    burnrate.Ratio   `json:"recall"`
	Delays    *backtest.Delays `json:"detection"`
}

func judgementViewOf(j *backtest.Judgement, r *backtest.Run) judgementView {
	v := judgementView{Incidents: []incidentView{}, Sent: scoreViewsOf(j.Sent), Tiers: scoreViewsOf(j.Tiers)}
	for i := range j.Incidents {
		v.Incidents = append(v.Incidents, incidentViewOf(&j.Incidents[i], r))
	}
	return v
}

func incidentViewOf(i *backtest.IncidentFound, r *backtest.Run) incidentView {
	v := incidentView{
		Name: i.Name, From: i.From.UTC(), To: i.To.UTC(), SLOs: listOf(i.SLOs), Expect: orNull(i.Expect), Note: orNull(i.Note),
		Outside: i.Outside, Seen: []seenView{},
	}
	if i.Told != nil {
		v.Told = new(episodeRefOf(&r.Episodes[*i.Told]))
	}
	if i.After != nil {
		v.After = new(i.After.Minutes())
	}
	for n := range i.Seen {
		s := &i.Seen[n]
		o := &r.Objectives[s.Objective]
		t := &o.Tiers[s.Tier]
		seen := seenView{
			ID: o.ID, Objective: o.Name, Owner: o.Owner, Severity: t.Severity, Long: t.Long, Short: t.Short, Factor: t.Factor,
			Highest: s.Highest, HighestAt: instant(s.At), FiredAt: instant(s.First), Judged: s.Judged,
		}
		if s.Verdict != 0 {
			seen.Verdict = new(s.Verdict.String())
		}
		if !s.First.IsZero() {
			seen.After = new(minutesAfter(i.From, s.First))
		}
		v.Seen = append(v.Seen, seen)
	}
	return v
}

func scoreViewsOf(list []backtest.Score) []scoreView {
	views := []scoreView{}
	for _, s := range list {
		views = append(views, scoreView{
			Severity: s.Severity, Long: orNull(s.Long), Short: orNull(s.Short), Fired: s.Fired, Right: s.True, Expected: s.Expected, Found: s.Found,
			Already: s.Already, Precision: s.Precision, Recall: s.Recall, Delays: s.Delays,
		})
	}
	return views
}

// comparisonView is a comparison in which everything says what it is about.
type comparisonView struct {
	Gained     []episodeRef `json:"gained"`
	Lost       []episodeRef `json:"lost"`
	Kept       []pairView   `json:"kept"`
	Objectives []changeView `json:"objectives"`
}

// episodeRef is enough of an episode to find it in its run.
type episodeRef struct {
	alertView
	Owner string    `json:"owner"`
	Start time.Time `json:"start"`
	Tiers []string  `json:"tiers"`
}

func episodeRefOf(e *backtest.Episode) episodeRef {
	return episodeRef{alertViewOf(e.Key), e.Owner, e.Start.UTC(), listOf(e.Tiers)}
}

type pairView struct {
	Before episodeRef `json:"before"`
	After  episodeRef `json:"after"`
	Later  float64    `json:"laterMinutes"`
}

type changeView struct {
	ID           string         `json:"id"`
	Objective    string         `json:"objective"`
	Before       *sideView      `json:"before"` // null where the set has no such objective
	After        *sideView      `json:"after"`
	ConsumedMore burnrate.Ratio `json:"budgetConsumedMore"`
	WorstMore    burnrate.Ratio `json:"budgetConsumedAtMostMore"`
}

// sideView is an objective before or after a change.
type sideView struct {
	Objective string         `json:"objective"`
	Target    string         `json:"target"`
	Window    string         `json:"window"`
	Policy    *string        `json:"policy"`
	Pages     int            `json:"pages"`
	Tickets   int            `json:"tickets"`
	Consumed  burnrate.Ratio `json:"budgetConsumed"`
	Worst     burnrate.Ratio `json:"budgetConsumedAtMost"`
}

func comparisonViewOf(c *backtest.Comparison, before, after *backtest.Run) comparisonView {
	v := comparisonView{Gained: []episodeRef{}, Lost: []episodeRef{}, Kept: []pairView{}, Objectives: []changeView{}}
	for _, i := range c.Gained {
		v.Gained = append(v.Gained, episodeRefOf(&after.Episodes[i]))
	}
	for _, i := range c.Lost {
		v.Lost = append(v.Lost, episodeRefOf(&before.Episodes[i]))
	}
	for _, p := range c.Kept {
		v.Kept = append(v.Kept, pairView{episodeRefOf(&before.Episodes[p.Before]), episodeRefOf(&after.Episodes[p.After]), p.Later})
	}
	for _, o := range c.Objectives {
		v.Objectives = append(v.Objectives, changeView{
			ID: o.ID, Objective: o.Name, Before: sideViewOf(o, 0, o.Before, before), After: sideViewOf(o, 1, o.After, after),
			ConsumedMore: o.Consumed, WorstMore: o.Worst,
		})
	}
	return v
}

// sideViewOf is nil where a run has no such objective.
func sideViewOf(c backtest.ObjectiveChange, side int, index *int, r *backtest.Run) *sideView {
	if index == nil {
		return nil
	}
	o := &r.Objectives[*index]
	return &sideView{
		Objective: o.Name, Target: o.Target, Window: o.Window, Policy: orNull(o.Policy), Pages: c.Pages[side], Tickets: c.Tickets[side],
		Consumed: o.Consumed, Worst: o.Worst,
	}
}
