package newrelic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

const (
	// aliasesPerRequest is how many queries travel in one HTTP request. Each
	// has its own time limit at New Relic, so a few do not slow each other.
	aliasesPerRequest = 12
	// concurrency is how many requests one call of the source has under way.
	// All calls with one key share the client's limit, which is the same.
	concurrency = 5
	// longestQuery is the time limit of one query at New Relic, in seconds.
	// The default of 5 is too short for a month of events; 60 is what every
	// account may ask for.
	longestQuery = 60
	// attempts is how often a query is asked that New Relic itself failed to
	// answer, the answers of the others in its request being there.
	attempts = 4
)

// call is one query to ask.
type call struct {
	text string
	need sources.Need
	end  slo.Minute // of what it counts; 0 when it counts nothing
}

// aheadError says that minutes were asked for that have not happened by New
// Relic's clock. They would be measured as empty.
type aheadError struct{ by time.Duration }

func (e *aheadError) Error() string { return e.Phrase().String() }

// Phrase is the error in any language.
func (e *aheadError) Phrase() diag.Phrase {
	return diag.Say("the clock of this machine is %s ahead of New Relic's, so that minutes would be measured before they are over: set it right, with NTP",
		e.by.Round(time.Second))
}

// mayDiffer is how much clocks may differ: New Relic's is told to the second,
// and its answer takes a while.
const mayDiffer = 30 * time.Second

// ahead holds the end of a call against New Relic's clock.
func (s *Source) ahead(c call, date time.Time) error {
	if date.IsZero() || c.end.Time().Sub(date) <= mayDiffer {
		return nil
	}
	return &aheadError{s.now().Sub(date)}
}

// ask sends queries, several in one request, and returns their replies in the
// same order. Queries that New Relic failed to answer are asked again, together,
// after a pause.
func (s *Source) ask(ctx context.Context, calls []call) []reply {
	replies := make([]reply, len(calls))
	left := make([]int, len(calls))
	for i := range left {
		left[i] = i
	}
	for attempt := 1; len(left) > 0; attempt++ {
		s.askAll(ctx, calls, left, replies)
		left = slices.DeleteFunc(left, func(i int) bool { return !isPassing(replies[i].err) })
		if attempt == attempts || len(left) > 0 && s.sleep(ctx, pause(attempt)) != nil {
			break
		}
	}
	return replies
}

// askAll sends the calls of the given indices.
func (s *Source) askAll(ctx context.Context, calls []call, indices []int, replies []reply) {
	group := errgroup.Group{}
	group.SetLimit(concurrency)
	for batch := range slices.Chunk(indices, aliasesPerRequest) {
		group.Go(func() error {
			s.askTogether(ctx, calls, batch, replies)
			return nil
		})
	}
	_ = group.Wait() // errors are in the replies
}

// isPassing reports whether an error of a single query may be gone in a moment.
// Those of whole requests have been tried again already.
func isPassing(err error) bool {
	return errors.Is(err, errNothing) || isOne(err, nerdgraph.RateLimited, nerdgraph.ServerFault)
}

// queryError is the error of one query in an answer that came.
type queryError struct{ cause *nerdgraph.Error }

func (e *queryError) Error() string { return e.cause.Error() }
func (e *queryError) Unwrap() error { return e.cause }

// Single says, for [sources.IsSingle], whether it is up to the query.
func (e *queryError) Single() bool {
	return slices.Contains([]nerdgraph.Kind{nerdgraph.InvalidQuery, nerdgraph.Rejected, nerdgraph.Timeout}, e.cause.Kind)
}

// isOne reports whether an error is that of one query alone, and of one of some
// kinds.
func isOne(err error, kinds ...nerdgraph.Kind) bool {
	single, ok := errors.AsType[*queryError](err)
	return ok && slices.Contains(kinds, single.cause.Kind)
}

// pause is how long to wait before the next attempt: 0.5 to 1 s after the first
// one, twice as long after every other.
func pause(attempt int) time.Duration {
	longest := time.Second << (attempt - 1)
	return longest/2 + rand.N(longest/2)
}

func (s *Source) askTogether(ctx context.Context, calls []call, batch []int, replies []reply) {
	texts := make([]string, len(batch))
	patience := 1.0
	for n, i := range batch {
		texts[n] = calls[i].text
		patience = min(patience, leave(calls[i].need))
	}
	document, variables := s.request(ctx, texts)
	var data struct {
		Actor struct {
			// Each alias is read on its own, so that one in an odd form leaves
			// the others alone.
			Account map[string]json.RawMessage `json:"account"`
		} `json:"actor"`
	}
	answer, err := s.client.Query(ctx, nerdgraph.Call{
		Document: document, Variables: variables, Account: s.config.AccountID, Queries: len(batch), Leave: patience,
	}, &data)
	inspected := int64(0)
	for n, i := range batch {
		alias := aliasOf(n)
		switch e := errorUnder(answer.Errors, alias); {
		case err != nil:
			replies[i] = reply{err: err}
		case e != nil:
			replies[i] = reply{err: e}
		case data.Actor.Account == nil:
			replies[i] = reply{err: &nerdgraph.Error{
				Kind:    nerdgraph.NoAccount,
				Message: diag.Say("New Relic gives no data of account %d: check accountId and what the key may see", s.config.AccountID),
			}}
		default:
			replies[i] = readReply(data.Actor.Account[alias])
			if err := s.ahead(calls[i], answer.Date); err != nil && replies[i].err == nil {
				replies[i].err = err
			}
		}
		inspected += replies[i].inspected
	}
	s.client.Inspected(s.config.AccountID, inspected)
}

// request builds one GraphQL document with an alias for each query. Texts
// travel as variables, so nothing in them can change the document.
func (s *Source) request(ctx context.Context, queries []string) (string, map[string]any) {
	var document strings.Builder
	variables := map[string]any{"account": s.config.AccountID, "timeout": s.timeLimit(ctx)}
	document.WriteString("query($account: Int!, $timeout: Seconds")
	for i := range queries {
		fmt.Fprintf(&document, ", $%s: Nrql!", aliasOf(i))
	}
	document.WriteString(") { actor { account(id: $account) {")
	for i, query := range queries {
		alias := aliasOf(i)
		variables[alias] = query
		fmt.Fprintf(&document, " %s: nrql(query: $%s, timeout: $timeout) { results metadata { messages } rawResponse }", alias, alias)
	}
	document.WriteString(" } } }")
	return document.String(), variables
}

// timeLimit is that of a query in seconds: no longer than anybody waits for it.
func (s *Source) timeLimit(ctx context.Context) int {
	deadline, limited := ctx.Deadline()
	if !limited {
		return longestQuery
	}
	return min(longestQuery, max(shortestQuery, int(deadline.Sub(s.now()).Seconds())))
}

// shortestQuery is the least time limit that New Relic takes, in seconds.
const shortestQuery = 5

func aliasOf(i int) string { return "q" + strconv.Itoa(i) }

// errorUnder finds the error of one alias. An error of the account or of the
// whole document is an error of every alias.
func errorUnder(errors []nerdgraph.FieldError, alias string) error {
	for _, e := range errors {
		switch {
		case !e.Under("actor", "account", alias):
		case len(e.Path) > 2:
			return &queryError{e.Err()}
		default:
			return e.Err()
		}
	}
	return nil
}
