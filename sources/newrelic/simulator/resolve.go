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
	underWay *underWay // nil when it ended before it was answered
}

func (r *resolver) account(_ any, args map[string]any) (any, *queryError) {
	id := args["id"].(int64)
	if !r.simulator.may(r.key, id) {
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
	return r.ask([]int64{parent.(int64)}, args)
}

// maxTimeoutSeconds is the longest that New Relic lets a query take, with the
// larger of its data options.
const maxTimeoutSeconds = 600

// ask answers a query of accounts, which are in order and each there once.
func (r *resolver) ask(accounts []int64, args map[string]any) (any, *queryError) {
	if r.survey {
		q := &question{path: r.path, accounts: accounts, text: args["query"].(string), timeout: defaultTimeout}
		if seconds, given := args["timeout"].(int64); given {
			q.timeout = time.Duration(seconds) * time.Second
			if seconds < 1 || seconds > maxTimeoutSeconds {
				q.err = &queryError{message: fmt.Sprintf("Argument \"timeout\" must be 1 to %d seconds, not %d.", maxTimeoutSeconds, seconds), code: "INVALID_INPUT"}
			}
		}
		q.asynchronous, _ = args["async"].(bool)
		r.questions = append(r.questions, q)
		return nothingThere{}, nil
	}
	q := r.question(r.path)
	latency := r.simulator.options.Latency
	if q.asynchronous && latency > q.timeout && q.goesOn == 0 {
		q.goesOn = latency
	}
	switch {
	case r.ctx.Err() != nil:
		return nil, &queryError{message: "The request was cancelled", code: "TIMEOUT"}
	case q.err != nil:
		return nil, q.err
	case q.null:
		return nothingThere{}, nil
	case latency > q.timeout && q.goesOn == 0:
		return nil, timedOut()
	}
	if err := r.simulator.limiter.admit(q, r.now, r.simulator.options.NoLimits); err != nil {
		return nil, err
	}
	r.simulator.turns <- struct{}{}
	defer func() { <-r.simulator.turns }()
	found, err := r.simulator.holdings(q.accounts...).evaluate(q.text, setting{
		nowMillis:  r.now.UnixMilli(),
		nullsMatch: !r.simulator.options.NullsNeverMatchNotEqual,
		rawMetrics: r.simulator.options.RawMetrics,
		rollUpOld:  r.simulator.options.RollUpOldMetrics,
		zeroShares: q.zeroShares,
		view:       q.view,
	})
	if err != nil {
		r.simulator.counters.queried(q, 0)
		return nil, err
	}
	r.simulator.counters.queried(q, found.inspected)
	r.simulator.limiter.inspect(q.accounts, found.inspected, r.now)
	found.messages = append(found.messages, q.messages...)
	res := &result{question: q, answer: found}
	if q.goesOn > 0 {
		if err := r.simulator.backlog.begin(owner(q.accounts), res, r.now, q.goesOn); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// rawResponse holds the figures that tell whether a scan was complete.
// Results are left out: their older shape is not simulated.
func rawResponse(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	r := parent.(*result)
	var metadata, stats, raw object
	metadata.set("accounts", numbers(r.accounts))
	metadata.set("beginTime", formatMillis(r.begin))
	metadata.set("endTime", formatMillis(r.end))
	metadata.set("beginTimeMillis", r.begin)
	metadata.set("endTimeMillis", r.end)
	metadata.set("eventTypes", texts(r.eventTypes))
	metadata.set("messages", texts(r.answer.messages))
	metadata.set("rawSince", r.since)
	metadata.set("rawUntil", r.until)
	metadata.set("rawCompareWith", r.compareWith)
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
