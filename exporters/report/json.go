package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Schema is the name and version of the JSON document.
const Schema = "slojourn.eval/v1"

// Document is a snapshot as it is printed. The document says everything that the
// table shows, so that a table of a document that was read is the same.
type Document struct {
	Schema  string      `json:"schema"`
	At      string      `json:"at"`
	SLOs    []sloRecord `json:"slos"`
	Errors  []remark    `json:"errors"`
	Notices []remark    `json:"notices"`
}

// remark is what is to be said of one id.
type remark struct {
	ID      string `json:"id"`
	Message string `json:"message"`
}

type sloRecord struct {
	ID         string            `json:"id"`
	Kind       slo.Kind          `json:"kind"`
	Owner      string            `json:"owner"`
	Compose    slo.Compose       `json:"compose,omitempty"` // of a journey
	Steps      []string          `json:"steps,omitempty"`   // of a journey: ids, in their order
	Objectives []objectiveRecord `json:"objectives"`
}

type objectiveRecord struct {
	Name                 string               `json:"name"`
	Window               string               `json:"window"`
	TimeZone             string               `json:"timeZone,omitempty"`
	Target               string               `json:"target"`
	State                burnrate.State       `json:"state"`
	Budget               burnrate.BudgetState `json:"budget"`
	Start                string               `json:"start"`
	End                  string               `json:"end"`
	ElapsedRatio         burnrate.Ratio       `json:"elapsedRatio"`
	Total                *json.Number         `json:"total"`
	Bad                  *json.Number         `json:"bad"`
	ErrorRatio           burnrate.Ratio       `json:"errorRatio"`
	BurnRate             burnrate.Ratio       `json:"burnRate"`
	BudgetConsumedRatio  burnrate.Ratio       `json:"budgetConsumedRatio"`
	BudgetRemainingRatio burnrate.Ratio       `json:"budgetRemainingRatio"`
	Coverage             burnrate.Ratio       `json:"coverage"`
	ApproximateMinutes   int64                `json:"approximateMinutes,omitempty"`
	Excluded             *excludedRecord      `json:"excluded,omitempty"`
	Burn                 []burnRecord         `json:"burn"`
	Alerts               []alertRecord        `json:"alerts"`
	Forecast             forecastRecord       `json:"forecast"`
	Attribution          *attribution         `json:"attribution,omitempty"`
	Steps                []stepRecord         `json:"steps,omitempty"`
}

type burnRecord struct {
	Window     string         `json:"window"`
	State      burnrate.State `json:"state"`
	Total      *json.Number   `json:"total"`
	Bad        *json.Number   `json:"bad"`
	ErrorRatio burnrate.Ratio `json:"errorRatio"`
	BurnRate   burnrate.Ratio `json:"burnRate"`
	Coverage   burnrate.Ratio `json:"coverage"`

	Excluded *excludedRecord `json:"excluded,omitempty"`
}

// alertRecord is what a tier of the alert policy says.
type alertRecord struct {
	Kind     string         `json:"kind"`
	Severity slo.Severity   `json:"severity"`
	Long     string         `json:"long"`
	Short    string         `json:"short"`
	Factor   burnrate.Ratio `json:"factor"`
	Firing   bool           `json:"firing"`
	Verdict  string         `json:"verdict"`
}

// forecastRecord is when the budget will be spent, null when it will not, and
// what will remain at the end of a calendar window.
type forecastRecord struct {
	ExhaustedAt    *string         `json:"exhaustedAt"`
	Earliest       bool            `json:"earliest,omitempty"`
	RemainingRatio *burnrate.Ratio `json:"remainingRatio,omitempty"`
}

// excludedRecord is what exclusions took out of the counts beside it. What
// would remain of the budget without them is said of objectives only.
type excludedRecord struct {
	Minutes              int64           `json:"minutes"`
	Total                *json.Number    `json:"total"`
	Bad                  *json.Number    `json:"bad"`
	Exclusions           []string        `json:"exclusions,omitempty"`
	BudgetRemainingRatio *burnrate.Ratio `json:"budgetRemainingRatio,omitempty"`
}

// attribution is a list, or null when nothing failed.
type attribution []attributionRecord

type attributionRecord struct {
	Step      string         `json:"step"`
	Ratio     burnrate.Ratio `json:"ratio"`
	Estimated bool           `json:"estimated,omitempty"`
}

// stepRecord is how a step of a journey stands over the journey's window.
type stepRecord struct {
	Step       string         `json:"step"`
	ID         string         `json:"id"`
	State      burnrate.State `json:"state"`
	Total      json.Number    `json:"total"`
	Bad        json.Number    `json:"bad"`
	ErrorRatio burnrate.Ratio `json:"errorRatio"`
	Coverage   burnrate.Ratio `json:"coverage"`
}

// JSON prints the snapshot as one document. What is undefined is null.
func JSON(w io.Writer, s burnrate.Snapshot) error { return render.Encode(w, DocumentOf(s)) }

// DocumentOf returns what is printed of a snapshot.
func DocumentOf(s burnrate.Snapshot) Document {
	doc := Document{Schema: Schema, At: s.At.Format(time.RFC3339Nano), SLOs: []sloRecord{}, Errors: []remark{}, Notices: []remark{}}
	for _, status := range s.Statuses {
		record := sloRecord{
			ID: status.ID, Kind: status.Kind, Compose: status.Compose, Owner: status.Owner, Steps: status.Steps, Objectives: []objectiveRecord{},
		}
		for _, o := range status.Objectives {
			record.Objectives = append(record.Objectives, recordOf(o, status.Unit))
		}
		doc.SLOs = append(doc.SLOs, record)
	}
	for _, f := range s.Failures {
		doc.Errors = append(doc.Errors, remark{f.ID, render.Plain(f.Message)})
	}
	for _, n := range s.Notices {
		doc.Notices = append(doc.Notices, remark{n.ID, render.Plain(n.Message)})
	}
	return doc
}

func recordOf(o burnrate.Objective, unit int64) objectiveRecord {
	r := objectiveRecord{
		Name: o.Name, Window: o.Window.Window.String(), TimeZone: o.Window.Window.TimeZone(), Target: o.Target.String(),
		State: o.Window.State, Budget: o.Budget.State,
		Start: stamp(o.Window.Span.Start), End: stamp(o.Window.Span.End),
		ElapsedRatio: rounded(o.Elapsed),
		ErrorRatio:   o.Window.ErrorRatio.Rounded(), BurnRate: o.BurnRate.Rounded(),
		BudgetConsumedRatio: o.Budget.Consumed.Rounded(), BudgetRemainingRatio: o.Budget.Remaining.Rounded(),
		Coverage: rounded(o.Window.Coverage()), ApproximateMinutes: o.Approximate, Burn: []burnRecord{}, Alerts: []alertRecord{},
	}
	r.Total, r.Bad = counts(o.Window.Counts, unit, o.Composed)
	for _, b := range o.Burn {
		record := burnRecord{
			Window: b.Window.Window.String(), State: b.Window.State, ErrorRatio: b.Window.ErrorRatio.Rounded(),
			BurnRate: b.Rate.Rounded(), Coverage: rounded(b.Window.Coverage()),
		}
		record.Total, record.Bad = counts(b.Window.Counts, unit, o.Composed)
		record.Excluded = excluded(b.Window, unit, o.Composed)
		r.Burn = append(r.Burn, record)
	}
	for _, j := range o.Tiers {
		factor, _ := j.Tier.Factor(o.Window.Window).Float64()
		r.Alerts = append(r.Alerts, alertRecord{
			Kind: "burn", Severity: j.Tier.Severity, Long: slo.FormatDuration(j.Tier.Long), Short: slo.FormatDuration(j.Tier.Short),
			Factor: rounded(factor), Firing: j.Verdict == burnrate.Fires, Verdict: j.Verdict.String(),
		})
	}
	r.Forecast = forecastOf(o)
	if r.Excluded = excluded(o.Window, unit, o.Composed); r.Excluded != nil {
		r.Excluded.Exclusions, r.Excluded.BudgetRemainingRatio = o.Exclusions, new(o.Unexcluded.Rounded())
	}
	if len(o.Shares) > 0 {
		r.Attribution, r.Steps = attributionOf(o.Shares), stepsOf(o.Shares)
	}
	return r
}

func forecastOf(o burnrate.Objective) forecastRecord {
	var r forecastRecord
	if o.Forecast.Exhausts {
		at := o.Window.Span.End.Time().Add(o.Forecast.Exhaustion).Format(time.RFC3339)
		r.ExhaustedAt, r.Earliest = &at, o.Forecast.Earliest
	}
	if o.Window.Window.IsCalendar() {
		r.RemainingRatio = new(o.Forecast.End.Remaining.Rounded())
	}
	return r
}

// attributionOf lists the steps' shares. Steps without traffic have null.
func attributionOf(shares []burnrate.Share) *attribution {
	var list attribution
	known := false
	for _, s := range shares {
		list = append(list, attributionRecord{s.Step, s.Ratio.Rounded(), s.Estimated})
		known = known || s.Ratio.Defined()
	}
	if !known {
		list = nil
	}
	return &list
}

// stepsOf says how the steps of a journey stand over its window.
func stepsOf(shares []burnrate.Share) []stepRecord {
	var list []stepRecord
	for _, s := range shares {
		w := s.Window
		list = append(list, stepRecord{
			Step: s.Step, ID: s.ID, State: w.State, ErrorRatio: w.ErrorRatio.Rounded(), Coverage: rounded(w.Coverage()),
			Total: json.Number(slo.FormatCount(w.Counts.Total, s.Unit)), Bad: json.Number(slo.FormatCount(w.Counts.Bad, s.Unit)),
		})
	}
	return list
}

// counts are numbers of events, which composed journeys have none of.
func counts(c slo.Counts, unit int64, composed bool) (total, bad *json.Number) {
	if composed {
		return nil, nil
	}
	return new(json.Number(slo.FormatCount(c.Total, unit))), new(json.Number(slo.FormatCount(c.Bad, unit)))
}

// excluded is nil when nothing was.
func excluded(w burnrate.Window, unit int64, composed bool) *excludedRecord {
	if w.Excluded.Minutes == 0 {
		return nil
	}
	record := &excludedRecord{Minutes: w.Excluded.Minutes}
	record.Total, record.Bad = counts(slo.Counts{Total: w.Excluded.Total, Bad: w.Excluded.Bad}, unit, composed)
	return record
}

// rounded is a number as the document says it.
func rounded(value float64) burnrate.Ratio { return burnrate.RatioOf(value).Rounded() }

func stamp(m slo.Minute) string { return m.Time().Format(time.RFC3339) }
