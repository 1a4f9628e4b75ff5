package notify

import (
	"cmp"
	"strings"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// data is what templates read. Texts are of one line, numbers and times are
// written in the language of the template, and "" stands for what there is not.
type data struct {
	Notifier string // that the message is for
	Change   string // firing, raised or resolved
	Over     bool   // it is resolved
	Reason   string // of a resolve: recovered, excluded, unknown, definition-changed or removed
	Severity string // page or ticket
	Kind     string

	What         string // what it is about, as people call it
	ID           string
	JourneyTitle string // of a step's journey: title and id
	Step         string // name
	Journeys     string // ids of those that a shared SLO is a step of
	Objective    string // its name, unless that is its window
	Target       string // 99.9%
	Window       string // 28 d
	Policy       string
	Description  string
	Owner        string // title and name of the team
	Contact      string
	WhenSpent    string

	At     string // of the event
	Since  string // when it fired
	Lasted string // from then to the event

	Tiers   []tierData // that fire, or fired; the highest factor first
	Fastest tierData   // the first of them
	Guard   *guardData
	Cause   *causeData  // of a journey
	Budget  *budgetData // of burn and budget alerts
	Level   string      // of a budget alert: the share that was reached
	Spent   bool        // nothing is left of the budget
	Silent  *silentData // of noData alerts
	Traffic *trafficData
	Source  *sourceData
	Empty   bool   // the source answers, and says that nothing happens
	Below   string // id of the alert that it was silent below until now
	Was     string // the id that it fired under, when that was renamed since

	Missed      []missedData // the first of them
	MissedCount string       // of all
	MissedMore  string       // of those that are left out
}

type tierData struct{ Long, Short, LongBurn, ShortBurn, Factor, Events, Bad string }

type guardData struct{ MinEvents, MinBad, Confidence string }

type causeData struct{ Step, Owner, Share string }

type budgetData struct {
	Consumed   string
	Left       string // "" when it is overspent
	Overspent  string // by which share
	Gone       string // when nothing is left at this rate; never of what has resolved
	GoneIn     string
	AtEarliest bool // it may be later, as old failures leave a rolling window
}

type silentData struct{ After, Until string }

type trafficData struct{ Of, After, Below, Events, Usual, Days string }

type sourceData struct{ Message, Since, SLOs string }

type missedData struct{ What, Kind, Severity, From, To, Lasted string }

func (w *writer) data(n alert.Notification, to string) data {
	s := n.Subject
	d := data{
		Notifier: to, Change: string(n.Change), Over: n.Change == alert.Resolved, Reason: string(n.Reason),
		Severity: string(n.Severity), Kind: w.kind(n.Kind),
		What: w.what(n), ID: n.ID, Step: oneLine(s.Step), Journeys: oneLine(strings.Join(s.Journeys, ", ")),
		Target: s.Target, Window: w.words.window(s.Window), Policy: s.Policy, Description: oneLine(s.Description),
		Owner: named(s.OwnerTitle, n.Labels.Owner), Contact: oneLine(s.Contact), WhenSpent: oneLine(s.WhenSpent),
		At: w.words.time(n.At), Since: w.words.time(n.Since), Lasted: w.words.duration(n.At.Sub(n.Since)),
	}
	if s.Step != "" {
		d.JourneyTitle = named(s.JourneyTitle, s.Journey)
	}
	if n.Objective != s.Window {
		d.Objective = oneLine(n.Objective)
	}
	w.why(&d, n)
	w.missed(&d, n)
	return d
}

// what names what an alert is about.
func (w *writer) what(n alert.Notification) string {
	s, title := n.Subject, oneLine(n.Labels.Title)
	if name, is := strings.CutPrefix(n.ID, "source:"); is {
		if w.words.locale == slo.Japanese {
			return "ソース " + oneLine(name)
		}
		return "source " + oneLine(name)
	}
	if name, is := strings.CutPrefix(n.ID, "team:"); is {
		return cmp.Or(oneLine(s.OwnerTitle), oneLine(name))
	}
	if s.Step != "" && s.Journey != "" {
		return cmp.Or(oneLine(s.JourneyTitle), oneLine(s.Journey)) + " › " + cmp.Or(title, oneLine(s.Step))
	}
	return cmp.Or(title, oneLine(s.JourneyTitle), oneLine(n.ID))
}

// named writes a title with the name behind it.
func named(title, name string) string {
	title, name = oneLine(title), oneLine(name)
	switch {
	case title == "" || title == name:
		return name
	case name == "":
		return title
	}
	return title + " (" + name + ")"
}

// kind names a kind of alerts.
func (w *writer) kind(kind alert.Kind) string {
	english, japanese := map[alert.Kind]string{
		alert.Burn: "burn rate", alert.Budget: "budget spent", alert.NoTraffic: "no traffic", alert.NoData: "no data", alert.Source: "source",
	}, map[alert.Kind]string{
		alert.Burn: "バーンレート", alert.Budget: "バジェット消費", alert.NoTraffic: "イベント減少", alert.NoData: "計測停止", alert.Source: "ソース",
	}
	if w.words.locale == slo.Japanese {
		return cmp.Or(japanese[kind], string(kind))
	}
	return cmp.Or(english[kind], string(kind))
}

// why fills in what the event rests on.
func (w *writer) why(d *data, n alert.Notification) {
	for _, t := range n.Why.Tiers {
		tier := tierData{
			Long: w.words.window(t.Long), Short: w.words.window(t.Short), Factor: cmp.Or(w.words.number(t.Factor), "–"),
			LongBurn: cmp.Or(w.words.number(t.LongBurn), "–"), ShortBurn: cmp.Or(w.words.number(t.ShortBurn), "–"),
		}
		if t.Events > 0 {
			tier.Events, tier.Bad = w.words.count(t.Events), w.words.count(t.Bad)
		}
		d.Tiers = append(d.Tiers, tier)
	}
	if len(d.Tiers) > 0 {
		d.Fastest = d.Tiers[0]
	}
	if g := n.Why.Guard; g != nil {
		d.Guard = &guardData{w.words.count(g.MinEvents), w.words.count(g.MinBad), g.Confidence}
	}
	if c := n.Why.Cause; c != nil {
		d.Cause = &causeData{oneLine(c.Step), oneLine(c.Owner), w.words.share(c.Ratio)}
	}
	if b := n.Why.Budget; b != nil {
		d.Budget = &budgetData{Consumed: w.words.share(b.Consumed), AtEarliest: b.AtEarliest}
		consumed, known := b.Consumed.Value()
		d.Level, d.Spent = b.Level, known && consumed >= 1
		if known && consumed > 1 {
			d.Budget.Overspent = w.words.percent(consumed - 1)
		} else if known {
			d.Budget.Left = w.words.percent(1 - consumed)
		}
		if b.Gone != nil && !d.Over {
			d.Budget.Gone, d.Budget.GoneIn = w.words.time(*b.Gone), w.words.duration(b.Gone.Sub(n.At))
		}
	}
	if s := n.Why.Silent; s != nil {
		d.Silent = &silentData{w.words.window(s.After), w.words.time(s.Until)}
	}
	if t := n.Why.Traffic; t != nil {
		d.Traffic = &trafficData{
			After: w.words.window(t.After), Below: t.Below, Events: w.words.count(t.Events), Usual: w.words.count(t.Usual), Days: w.words.count(int64(t.Days)),
		}
		if t.ID != n.ID {
			d.Traffic.Of = oneLine(t.ID)
		}
	}
	if s := n.Why.Source; s != nil {
		d.Empty = s.Down == alert.Empty
		d.Source = &sourceData{Message: oneLine(s.Message), Since: w.words.time(s.Since), SLOs: w.words.count(int64(s.SLOs))}
	}
	if b := n.Why.Below; b != nil {
		d.Below = oneLine(b.ID)
	}
	d.Was = oneLine(n.Was)
}

// mostShown is how many missed alerts a message lists.
const mostShown = 20

// missed fills in alerts that were found afterwards, each of which is two events.
func (w *writer) missed(d *data, n alert.Notification) {
	count, listed := 0, map[string]int{} // by episode
	for _, e := range n.Missed {
		if e.Change == alert.Resolved {
			if at, is := listed[e.Episode()]; is {
				d.Missed[at].To, d.Missed[at].Lasted = w.words.time(e.At), w.words.duration(e.At.Sub(e.Since))
			}
			continue
		}
		if count++; count <= mostShown {
			listed[e.Episode()] = len(d.Missed)
			d.Missed = append(d.Missed, missedData{
				// A colon would end the name of the fact.
				What: strings.ReplaceAll(named(e.Labels.Title, e.ID), ": ", " – "), Kind: w.kind(e.Kind), Severity: string(e.Severity), From: w.words.time(e.Since),
			})
		}
	}
	d.MissedCount = w.words.count(int64(count))
	if more := count - len(d.Missed); more > 0 {
		d.MissedMore = w.words.count(int64(more))
	}
}
