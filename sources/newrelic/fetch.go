package newrelic

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/internal/nerdgraph"
)

const (
	// aliasesPerRequest is how many queries travel in one HTTP request. Each
	// has its own time limit at New Relic, so a few do not slow each other.
	aliasesPerRequest = 10
	// concurrency is how many requests are under way at once. New Relic
	// recommends at most five heavy ones and refuses more than 25.
	concurrency = 5
	// nrqlTimeout is the time limit of one query at New Relic, in seconds.
	// The default of 5 is too short for a month of events; 60 is what every
	// account may ask for.
	nrqlTimeout = 60
)

// reply is the answer to one query.
type reply struct {
	rows []row
	err  error
}

// ask sends queries, several in one request, and returns their replies in the
// same order.
func (s *Source) ask(ctx context.Context, queries []string) []reply {
	replies := make([]reply, len(queries))
	group := errgroup.Group{}
	group.SetLimit(concurrency)
	for start := 0; start < len(queries); start += aliasesPerRequest {
		end := min(start+aliasesPerRequest, len(queries))
		group.Go(func() error {
			s.askTogether(ctx, queries[start:end], replies[start:end])
			return nil
		})
	}
	_ = group.Wait() // errors are in the replies
	return replies
}

func (s *Source) askTogether(ctx context.Context, queries []string, replies []reply) {
	document, variables := request(s.config.AccountID, queries)
	var data struct {
		Actor struct {
			// Each alias is read on its own, so that one in an odd form leaves
			// the others alone.
			Account map[string]json.RawMessage `json:"account"`
		} `json:"actor"`
	}
	answer, err := s.client.Query(ctx, nerdgraph.Call{
		Document: document, Variables: variables, Account: s.config.AccountID, Queries: len(queries),
	}, &data)
	for i := range queries {
		alias := aliasOf(i)
		switch e := errorUnder(answer.Errors, alias); {
		case err != nil:
			replies[i].err = err
		case e != nil:
			replies[i].err = e
		case data.Actor.Account == nil:
			replies[i].err = fmt.Errorf("New Relic gives no data of account %d: check accountId and what the key may see", s.config.AccountID)
		default:
			replies[i] = readReply(data.Actor.Account[alias])
		}
	}
}

// readReply reads the part of an answer that belongs to one alias.
func readReply(data json.RawMessage) reply {
	if len(data) == 0 || string(data) == "null" {
		return reply{err: fmt.Errorf("New Relic gave neither an answer nor an error")}
	}
	// What the decoder says is left out: it repeats parts of the answer.
	var field map[string]json.RawMessage
	if err := json.Unmarshal(data, &field); err != nil {
		return reply{err: fmt.Errorf("New Relic's answer to the query cannot be read: it is not an object")}
	}
	var r reply
	if results := field["results"]; results != nil && json.Unmarshal(results, &r.rows) != nil {
		return reply{err: fmt.Errorf("New Relic's answer to the query cannot be read: its results are not a list of rows")}
	}
	return r
}

// request builds one GraphQL document with an alias for each query. Texts
// travel as variables, so nothing in them can change the document.
func request(account int64, queries []string) (string, map[string]any) {
	var document strings.Builder
	variables := map[string]any{"account": account, "timeout": nrqlTimeout}
	document.WriteString("query($account: Int!, $timeout: Seconds")
	for i := range queries {
		fmt.Fprintf(&document, ", $%s: Nrql!", aliasOf(i))
	}
	document.WriteString(") { actor { account(id: $account) {")
	for i, query := range queries {
		alias := aliasOf(i)
		variables[alias] = query
		fmt.Fprintf(&document, " %s: nrql(query: $%s, timeout: $timeout) { results }", alias, alias)
	}
	document.WriteString(" } } }")
	return document.String(), variables
}

func aliasOf(i int) string { return "q" + strconv.Itoa(i) }

// errorUnder finds the error of one alias. An error of the account or of the
// whole document is an error of every alias.
func errorUnder(errors []nerdgraph.FieldError, alias string) error {
	for _, e := range errors {
		if e.Under("actor", "account", alias) {
			return e.Err()
		}
	}
	return nil
}
