package newrelic

import (
	"encoding/json"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// reply is the answer to one query.
type reply struct {
	rows             []json.RawMessage // of the results
	messages         []string          // what New Relic says about the answer
	inspected        int64             // records that it cost
	omitted          int64             // events that the answer lacks
	exceedsRetention bool              // some of the time asked for is no longer kept
	err              error
}

// errNothing is the error of a query that is null without a reason.
var errNothing = diag.Say("New Relic gave neither an answer nor an error").Err()

// readReply reads the part of an answer that belongs to one alias. What the
// decoder says is left out: it repeats parts of the answer. The figures about an
// answer are read as far as they are there.
func readReply(data json.RawMessage) reply {
	if len(data) == 0 || string(data) == "null" {
		return reply{err: errNothing}
	}
	var field map[string]json.RawMessage
	if json.Unmarshal(data, &field) != nil {
		return reply{err: diag.Say("New Relic's answer to the query cannot be read: it is not an object").Err()}
	}
	var r reply
	if results := field["results"]; results != nil && json.Unmarshal(results, &r.rows) != nil {
		return reply{err: diag.Say("New Relic's answer to the query cannot be read: its results are not a list of rows").Err()}
	}
	var about struct {
		Messages []string `json:"messages"`
	}
	if json.Unmarshal(field["metadata"], &about) == nil {
		for _, message := range about.Messages {
			if message = shortened(render.Mask(message)); !slices.Contains(r.messages, message) && len(r.messages) < maxMessages {
				r.messages = append(r.messages, message)
			}
		}
	}
	var raw struct {
		Stats map[string]json.RawMessage `json:"performanceStats"`
	}
	if json.Unmarshal(field["rawResponse"], &raw) == nil {
		stats := row(raw.Stats)
		r.inspected, _ = stats.integer("inspectedCount")
		r.omitted, _ = stats.integer("omittedCount")
		r.exceedsRetention = string(raw.Stats["exceedsRetentionWindow"]) == "true"
	}
	return r
}

// Bounds on what is repeated of an answer's messages.
const (
	maxMessages     = 5
	maxMessageRunes = 200
)

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxMessageRunes {
		return string(runes[:maxMessageRunes]) + "…"
	}
	return text
}
