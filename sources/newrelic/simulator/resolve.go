package simulator

import (
	"fmt"
	"slices"
	"time"
)

// resolver holds what the fields of one request are computed from.
type resolver struct {
	*exchange
	// survey says that questions are only collected: every nrql is null.
	survey bool
	path   []string // of the field that is being computed
}

// nothingThere is what a field is when it is null without an error, in spite of
// the fields that were asked for below it.
type nothingThere struct{}

// result is a question with what was found.
type result struct {
	*question
	*answer
}

func (r *resolver) account(_ any, args map[string]any) (any, *queryError) {
	id := args["id"].(int64)
	if only := r.simulator.options.Account; only != 0 && only != id {
		return nil, notAuthorized(id)
	}
	switch {
	case r.survey:
	case slices.Contains(r.forbidden, id):
		return nil, notAuthorized(id)
	case r.accountError != nil:
		return nil, r.accountError
	case r.accountNull:
		return nothingThere{}, nil
	}
	return id, nil
}

func notAuthorized(account int64) *queryError {
	return &queryError{message: fmt.Sprintf("You are not authorized to query account %d", account), code: "FORBIDDEN"}
}

func accountName(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	return fmt.Sprintf("Account %d", parent), nil
}

func (r *resolver) nrql(parent any, args map[string]any) (any, *queryError) {
	if r.survey {
		q := &question{path: r.path, account: parent.(int64), text: args["query"].(string), timeout: defaultTimeout}
		if seconds, given := args["timeout"].(int64); given {
			q.timeout = time.Duration(seconds) * time.Second
		}
		r.questions = append(r.questions, q)
		return nothingThere{}, nil
	}
	q := r.question(r.path)
	switch {
	case r.ctx.Err() != nil:
		return nil, &queryError{message: "The request was cancelled", code: "TIMEOUT"}
	case q.err != nil:
		return nil, q.err
	case q.null:
		return nothingThere{}, nil
	case r.simulator.options.Latency > q.timeout:
		return nil, timedOut()
	}
	if err := r.simulator.limiter.admit(q, r.now, r.simulator.options.NoLimits); err != nil {
		return nil, err
	}
	found, err := r.simulator.holdings(q.account).evaluate(q.text, setting{
		nowMillis:  r.now.UnixMilli(),
		nullsMatch: !r.simulator.options.NullsNeverMatchNotEqual,
		rollUpOld:  r.simulator.options.RollUpOldMetrics,
		view:       q.view,
	})
	if err != nil {
		r.simulator.counters.queried(q, 0)
		return nil, err
	}
	r.simulator.counters.queried(q, found.inspected)
	r.simulator.limiter.inspect(q.account, found.inspected, r.now)
	found.messages = append(found.messages, q.messages...)
	return &result{q, found}, nil
}

// rawResponse holds the figures that tell whether a scan was complete.
// Results are left out: their older shape is not simulated.
func rawResponse(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	r := parent.(*result)
	var metadata, stats, raw object
	metadata.set("accounts", []any{r.account})
	metadata.set("beginTime", formatMillis(r.begin))
	metadata.set("endTime", formatMillis(r.end))
	metadata.set("beginTimeMillis", r.begin)
	metadata.set("endTimeMillis", r.end)
	metadata.set("eventTypes", texts(r.eventTypes))
	metadata.set("messages", texts(r.answer.messages))
	metadata.set("rawSince", r.since)
	metadata.set("rawUntil", r.until)
	metadata.set("rawCompareWith", "")
	stats.set("inspectedCount", r.inspected)
	stats.set("matchCount", r.matched)
	stats.set("omittedCount", r.omitted)
	stats.set("wallClockTime", int64(0))
	stats.set("exceedsRetentionWindow", r.exceeds)
	raw.set("metadata", metadata)
	raw.set("performanceStats", stats)
	return raw, nil
}

func formatMillis(millis int64) string {
	return time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z")
}

// mask hides a key but for the word that says what kind of key it is.
func mask(key string) string {
	for i, c := range key {
		if c == '-' && i <= 5 {
			return key[:i+1] + "****"
		}
	}
	return "****"
}
