package report

import (
	"io"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// BacktestJSON prints the document for programs. Every key is always there: what is
// undefined or does not apply is null, lists are never null, durations are minutes,
// and instants are those of UTC. Nothing has to be looked up by an index.
func BacktestJSON(w io.Writer, doc Backtest) error { return render.Encode(w, backtestViewOf(&doc)) }

// backtestView is the document as its JSON has it. Keys are only added.
type backtestView struct {
	Schema     string          `json:"schema"`
	From       *time.Time      `json:"from"`
	To         *time.Time      `json:"to"`
	TimeZone   string          `json:"timeZone"`
	Night      string          `json:"night"`
	Origin     string          `json:"origin"`
	Runs       []runView       `json:"runs"`
	Comparison *comparisonView `json:"comparison"`
	Errors     []remark        `json:"errors"`
	Notices    []remark        `json:"notices"`
}

type runView struct {
	Name       string          `json:"name"`
	From       time.Time       `json:"from"`
	To         time.Time       `json:"to"`
	Minutes    int64           `json:"minutes"`
	Episodes   []episodeView   `json:"episodes"`
	Held       []heldView      `json:"held"`
	Objectives []objectiveView `json:"objectives"`
	Judgement  *judgementView  `json:"judgement"`
	Toil       []toilView      `json:"toil"`
	Advice     []adviceView    `json:"advice"`
}

// toilView is toil with an owner that is null for all of them.
type toilView struct {
	Owner *string `json:"owner"`
	backtest.Toil
}

func backtestViewOf(doc *Backtest) backtestView {
	v := backtestView{
		Schema: doc.Schema, From: instant(doc.From), To: instant(doc.To), TimeZone: doc.TimeZone, Night: doc.Night, Origin: doc.Origin,
		Runs: []runView{}, Errors: []remark{}, Notices: []remark{},
	}
	for i := range doc.Runs {
		v.Runs = append(v.Runs, runViewOf(&doc.Runs[i]))
	}
	if c := doc.Comparison; c != nil && len(doc.Runs) > 1 {
		v.Comparison = new(comparisonViewOf(c, &doc.Runs[0].Run, &doc.Runs[1].Run))
	}
	for _, f := range doc.Failures {
		v.Errors = append(v.Errors, remark{f.ID, render.Plain(f.Message)})
	}
	for _, n := range doc.Notices {
		v.Notices = append(v.Notices, remark{n.ID, render.Plain(n.Message)})
	}
	return v
}

func runViewOf(r *BacktestRun) runView {
	v := runView{
		Name: r.Name, From: r.From.UTC(), To: r.To.UTC(), Minutes: r.Minutes,
		Episodes: []episodeView{}, Held: []heldView{}, Objectives: []objectiveView{}, Toil: []toilView{}, Advice: []adviceView{},
	}
	for i := range r.Episodes {
		v.Episodes = append(v.Episodes, episodeViewOf(&r.Episodes[i], r.To))
	}
	for i := range r.Held {
		v.Held = append(v.Held, heldViewOf(&r.Held[i]))
	}
	for i := range r.Objectives {
		v.Objectives = append(v.Objectives, objectiveViewOf(&r.Objectives[i]))
	}
	if r.Judgement != nil {
		v.Judgement = new(judgementViewOf(r.Judgement, &r.Run))
	}
	for _, t := range r.Toil {
		v.Toil = append(v.Toil, toilView{orNull(t.Owner), t})
	}
	for _, a := range r.Advice {
		v.Advice = append(v.Advice, adviceViewOf(&a))
	}
	return v
}

// orNull is nil for the zero value of a type.
func orNull[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

// instant is nil for no instant.
func instant(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return new(at.UTC())
}

// minutesAfter is how many minutes after an instant another one is.
func minutesAfter(from, to time.Time) float64 { return to.Sub(from).Minutes() }
