package report

import (
	"encoding/json"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// adviceView is advice, and what it says in English. What its kind does not need is
// null, or 0 where it is a count.
type adviceView struct {
	Kind           backtest.AdviceKind `json:"kind"`
	ID             string              `json:"id"`
	Objective      *string             `json:"objective"`
	Owner          string              `json:"owner"`
	Text           string              `json:"text"`
	Target         *string             `json:"target"`
	Window         *string             `json:"window"`
	Severity       *slo.Severity       `json:"severity"`
	Long           *string             `json:"long"`
	Short          *string             `json:"short"`
	ProposedTarget *string             `json:"proposedTarget"`
	ProposedWindow *string             `json:"proposedWindow"`
	Missed         int                 `json:"missed"`
	Of             int                 `json:"of"`
	Share          burnrate.Ratio      `json:"share"`
	Burn           burnrate.Ratio      `json:"burn"`
	Factor         burnrate.Ratio      `json:"factor"`
	Minutes        int64               `json:"minutes"`
	Events         *json.Number        `json:"events"`
	Periods        []periodView        `json:"periods"`
}

type periodView struct {
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	Error    burnrate.Ratio `json:"errorRatio"`
	Coverage burnrate.Ratio `json:"coverage"`
	Whole    bool           `json:"whole"`
	Missed   bool           `json:"missed"`
}

func adviceViewOf(a *backtest.Advice) adviceView {
	v := adviceView{
		Kind: a.Kind, ID: a.ID, Objective: orNull(a.Objective), Owner: a.Owner, Text: AdviceText(*a, slo.English), Target: orNull(a.Target), Window: orNull(a.Window),
		Severity: orNull(a.Severity), Long: orNull(a.Long), Short: orNull(a.Short), ProposedTarget: orNull(a.ProposedTarget), ProposedWindow: orNull(a.ProposedWindow),
		Missed: a.Missed, Of: a.Of, Share: a.Share, Burn: a.Burn, Factor: a.Factor, Minutes: a.Minutes, Events: orNull(json.Number(a.Events)),
		Periods: []periodView{},
	}
	for _, p := range a.Periods {
		v.Periods = append(v.Periods, periodView{p.From.UTC(), p.To.UTC(), p.Error, rounded(p.Coverage), p.Whole, p.Missed})
	}
	return v
}
