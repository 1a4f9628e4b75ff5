package simulator

import (
	"fmt"
	"strings"
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

// result is the answer to a query together with its text.
type result struct {
	nrql   string
	answer *answer
	id     int64 // of the account
}

func (r *resolver) account(_ any, args map[string]any) (any, *queryError) {
	id := args["id"].(int64)
	if only := r.simulator.options.Account; only != 0 && only != id {
		return nil, &queryError{message: fmt.Sprintf("You are not authorized to query account %d", id), code: "FORBIDDEN"}
	}
	return id, nil
}

func accountName(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	return fmt.Sprintf("Account %d", parent), nil
}

func (r *resolver) nrql(parent any, args map[string]any) (any, *queryError) {
	path := strings.Join(r.path, ".")
	if r.survey {
		q := &question{path: path, account: parent.(int64), text: args["query"].(string), timeout: defaultTimeout}
		if seconds, given := args["timeout"].(int64); given {
			q.timeout = time.Duration(seconds) * time.Second
		}
		r.questions = append(r.questions, q)
		return nothingThere{}, nil
	}
	q := r.question(path)
	if err := r.ctx.Err(); err != nil {
		return nil, &queryError{message: "The request was cancelled", code: "TIMEOUT"}
	}
	found, err := r.ask(q)
	if err != nil {
		return nil, err
	}
	return &result{q.text, found, q.account}, nil
}

// ask answers one question.
func (r *resolver) ask(q *question) (*answer, *queryError) {
	if r.simulator.options.Latency > q.timeout {
		return nil, timedOut()
	}
	found, err := r.simulator.store.evaluate(q.text, r.now.UnixMilli(), !r.simulator.options.NullsNeverMatchNotEqual)
	var inspected int64
	if err == nil {
		inspected = found.inspected
	}
	r.simulator.counters.queried(q, inspected)
	return found, err
}

// rawResponse holds the figures that tell whether a scan was complete.
// Results are left out: their older shape is not simulated.
func rawResponse(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	r := parent.(*result)
	var metadata, stats, raw object
	metadata.set("accounts", []any{r.id})
	metadata.set("beginTime", formatMillis(r.answer.begin))
	metadata.set("endTime", formatMillis(r.answer.end))
	metadata.set("beginTimeMillis", r.answer.begin)
	metadata.set("endTimeMillis", r.answer.end)
	metadata.set("eventTypes", texts(r.answer.eventTypes))
	metadata.set("messages", []any{})
	metadata.set("rawSince", r.answer.since)
	metadata.set("rawUntil", r.answer.until)
	metadata.set("rawCompareWith", "")
	stats.set("inspectedCount", r.answer.inspected)
	stats.set("matchCount", r.answer.matched)
	stats.set("omittedCount", int64(0))
	stats.set("wallClockTime", int64(0))
	stats.set("exceedsRetentionWindow", false)
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
