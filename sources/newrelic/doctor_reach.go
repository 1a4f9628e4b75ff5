package newrelic

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
)

// greeting asks who the key belongs to and whether it sees the account. It holds
// no NRQL.
const greeting = "query($account: Int!) { actor { user { name email } account(id: $account) { name } } }"

// reach reports whether the account can be asked.
func (e *examiner) reach(ctx context.Context) bool {
	var data struct {
		Actor struct {
			User    json.RawMessage `json:"user"`
			Account json.RawMessage `json:"account"`
		} `json:"actor"`
	}
	before := e.Source.now()
	answer, err := e.client.Query(ctx, nerdgraph.Call{Document: greeting, Variables: map[string]any{"account": e.config.AccountID}}, &data)
	after := e.Source.now()
	e.at = before
	if err != nil {
		e.noAnswer(err)
		return false
	}
	e.result.Reached = true
	e.clock(before, after, answer.Date)
	for _, failed := range answer.Errors {
		if failed.Under("actor", "account") {
			e.noAnswer(failed.Err())
			return false
		}
	}
	account, found := texts(data.Actor.Account)
	if !found {
		e.noAccount(diag.Say("New Relic shows no account %d to this key", e.config.AccountID).Err())
		return false
	}
	user, _ := texts(data.Actor.User)
	e.result.Account, e.result.User = account["name"], user["name"]
	switch email := user["email"]; {
	case e.result.User == "":
		e.result.User = email
	case email != "":
		e.result.User += " <" + email + ">"
	}
	return true
}

// texts returns the members of an object that are texts; false when it is none.
func texts(data json.RawMessage) (members map[string]string, found bool) {
	var object map[string]any
	if json.Unmarshal(data, &object) != nil || object == nil {
		return nil, false
	}
	members = map[string]string{}
	for name, value := range object {
		if text, is := value.(string); is {
			members[name] = shortened(text)
		}
	}
	return members, true
}

// noAnswer reports why the account could not be asked at all.
func (e *examiner) noAnswer(err error) {
	switch {
	case e.refused(err):
		e.result.Reached = true
	case isKind(err, nerdgraph.ServerFault):
		e.source(CheckEndpoint, diag.Error, diag.Say("run doctor again; if it stays, look at the status page of New Relic"), "%v; nothing can be measured", err)
	case isKind(err, nerdgraph.RateLimited):
		e.result.Reached = true
		e.source(CheckEndpoint, diag.Error, diag.Say("run doctor again in a minute; find out what else asks with this key"),
			"%v; nothing could be looked at", err)
	default:
		e.source(CheckEndpoint, diag.Error, diag.Say("correct the region or the endpoint of the Source; look at the network, proxies and firewalls on the way"),
			"%v; nothing can be measured", err)
	}
}

// refused reports an error that stands for everything that is asked with a key
// or of an account, and whether it is one.
func (e *examiner) refused(err error) bool {
	switch {
	case isKind(err, nerdgraph.Unauthorized):
		e.source(CheckKey, diag.Error, diag.Say("put a user key (NRAK-…) into the %s; the kinds for ingest cannot query", e.config.APIKey.Phrase()),
			"%v; nothing can be measured", err)
	case isKind(err, nerdgraph.Forbidden):
		e.source(CheckKey, diag.Error, diag.Say("give the key's user a role that may query the account"), "%v; nothing can be measured", err)
	case isKind(err, nerdgraph.NoAccount):
		e.noAccount(err)
	case isKind(err, nerdgraph.Quota):
		e.source(CheckQuota, diag.Error, diag.Say("find out what else queries the account, or let New Relic raise the limit"),
			"%v; nothing can be measured until the hour is over", err)
	default:
		return false
	}
	return true
}

func (e *examiner) noAccount(err error) {
	e.source(CheckAccount, diag.Error, diag.Say("correct accountId or the region, or give the key's user access to the account"), "%v; nothing can be measured", err)
}

func isKind(err error, kind nerdgraph.Kind) bool {
	failure, ok := errors.AsType[*nerdgraph.Error](err)
	return ok && failure.Kind == kind
}

// worstSkew is how far clocks may be apart until it is a finding.
const worstSkew = 30 * time.Second

// clock compares both clocks. New Relic's showed date, which is cut to whole
// seconds, at an instant between before and after: a second is no difference. What follows from a
// difference depends on its direction: a clock that is ahead asks for minutes
// whose events cannot be queried yet, one that is behind asks late.
func (e *examiner) clock(before, after, date time.Time) {
	switch {
	case date.IsZero():
		e.source(CheckClock, diag.Info, diag.Say("compare this machine's clock with another one"),
			"the answer does not say what time it is at New Relic: whether the clocks agree is not known")
	case before.After(date.Add(time.Second)):
		ahead := before.Sub(date)
		e.at = e.at.Add(-ahead)
		if ahead < worstSkew {
			return
		}
		severity, means := diag.Warning, diag.Say("minutes are asked for that much too early, which takes it from the queryLag of %s", term.Duration(e.config.QueryLag))
		if ahead >= e.config.QueryLag {
			severity, means = diag.Error, diag.Say("minutes are asked for before their events are there, and count too low")
		}
		e.source(CheckClock, severity, diag.Say("let NTP set the clock"), "this machine's clock is %s ahead of New Relic's: %s", term.Duration(ahead), means)
	case date.After(after):
		behind := date.Sub(after)
		e.at = e.at.Add(behind)
		if behind >= worstSkew {
			e.source(CheckClock, diag.Warning, diag.Say("let NTP set the clock"),
				"this machine's clock is %s behind New Relic's: minutes are measured, and alerts sent, that much later", term.Duration(behind))
		}
	}
}

// roughly spells how long something took or is ago: to the hour from a day on, to
// the minute from an hour on.
func roughly(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		d = d.Round(time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
	}
	return term.Duration(d)
}
