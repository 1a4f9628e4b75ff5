package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKinds returns every fault that [ParseFaults] knows. A new fault is one
// more entry.
func FaultKinds() []FaultKind {
	return []FaultKind{
		// Answers of HTTP.
		{Name: "401", status: http.StatusUnauthorized, Help: "the key is not accepted"},
		{Name: "403", status: http.StatusForbidden, Help: "the key may not do this"},
		{Name: "429", status: http.StatusTooManyRequests, Help: "too many requests"},
		{Name: "500", status: http.StatusInternalServerError, Help: "the server fails"},
		{Name: "502", status: http.StatusBadGateway, Help: "the server behind the server fails"},
		{Name: "503", status: http.StatusServiceUnavailable, Help: "the server is overloaded"},
		{Name: "504", status: http.StatusGatewayTimeout, Help: "the server behind the server is too slow"},
		{Name: "html", Help: "200 with a page for people in the place of JSON", read: requestFault(func(_ *Fault, x *exchange) {
			x.instead = &reply{
				status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
				body: []byte("<!DOCTYPE html><html><head><title>New Relic</title></head><body><h1>We'll be back soon</h1></body></html>\n"),
			}
		})},
		{Name: "slow", Value: "=TIME", Help: "the answer comes that much later, whatever the timeout", read: func(value string) (effect, error) {
			d, err := parseSpan(value)
			return effect{request: func(_ *Fault, x *exchange) { x.later += d }}, err
		}},
		{Name: "truncated", Help: "the first half of the JSON, as if it were all", read: requestFault(func(_ *Fault, x *exchange) { x.truncated = true })},
		{Name: "reset", Help: "the connection is closed in the middle of the answer", read: requestFault(func(_ *Fault, x *exchange) { x.reset = true })},
		{Name: "skew", Value: "=TIME", Help: "the server's clock is ahead, in the header Date and where UNTIL is left out", read: func(value string) (effect, error) {
			d, err := parseSpan(value)
			return effect{request: func(_ *Fault, x *exchange) { x.now = x.now.Add(d) }}, err
		}},

		// Answers that are errors although their status is 200.
		{Name: "rate-limit", Help: "200 with the error TOO_MANY_REQUESTS", read: failing(func() *queryError { return tooMany("Too many requests") })},
		{Name: "timeout", Help: "200 with the error TIMEOUT", read: failing(timedOut)},
		{Name: "server-error", Help: "200 with the error SERVER_ERROR", read: failing(serverError)},
		{Name: "syntax", Help: "200 with the error of a query that cannot be read", read: failing(func() *queryError {
			return invalid("NRQL Syntax Error: Error at line 1 position 8, unexpected 'FORM'")
		})},
		{Name: "partial", Value: "[=ALIAS]", Help: "200, one query fails and the others are answered: the last of several, or the one with the alias", read: func(value string) (effect, error) {
			return effect{
				query:   func(q *question) { q.err = serverError() },
				matches: func(q *question) bool { return q.alias() == value || value == "" && q.lastOfSeveral },
			}, nil
		}},
		{Name: "account-null", Value: "[=error]", Help: "200, the account is null: without an error, or with one", read: func(value string) (effect, error) {
			if value != "" && value != "error" {
				return effect{}, fmt.Errorf("%q is unknown", value)
			}
			return effect{request: func(_ *Fault, x *exchange) {
				x.accountNull = true
				if value != "" {
					x.accountError = serverError()
				}
			}}, nil
		}},
		{Name: "forbidden-account", Value: "=NUMBER", Help: "200, the account is null and may not be queried", read: func(value string) (effect, error) {
			id, err := parseCount(value)
			return effect{
				request: func(_ *Fault, x *exchange) { x.forbidden = append(x.forbidden, id) },
				matches: func(q *question) bool { return slices.Contains(q.accounts, id) },
			}, err
		}},
		{Name: "nrql-null", Help: "200, the query is null without an error", read: queryFault(func(q *question) { q.null = true })},

		// Answers that are not what they look like.
		{Name: "async", Value: "[=TIME]", Help: "no results yet, but the progress of a query that goes on for so long (10s), with a queryId to poll for", read: func(value string) (effect, error) {
			d, err := parseSpan(cmp.Or(value, asyncDefault.String()))
			return effect{query: func(q *question) { q.goesOn = d }}, err
		}},
		{Name: "array-totals", Help: "totalResult and otherResult are arrays", read: queryFault(func(q *question) { q.arrayTotals = true })},
		{Name: "percentage-zero", Help: "percentage() of nothing is 0, which else is null", read: queryFault(func(q *question) { q.zeroShares = true })},
		{Name: "messages", Value: "[=TEXT]", Help: "metadata.messages holds a warning", read: func(value string) (effect, error) {
			if value == "" {
				value = "Some data may be missing from these results."
			}
			return effect{query: func(q *question) { q.messages = append(q.messages, value) }}, nil
		}},
		{Name: "omitted", Value: "[=NUMBER]", Help: "performanceStats.omittedCount is above 0: an incomplete scan", read: func(value string) (effect, error) {
			n, err := parseCount(cmp.Or(value, "1"))
			return effect{query: func(q *question) { q.omitted = n }}, err
		}},
		{Name: "inspected-limit", Value: "=NUMBER", Help: "queries fail once so many events of the account were inspected in the clock's hour", read: func(value string) (effect, error) {
			n, err := parseCount(value)
			return effect{query: func(q *question) { q.inspectedLimit = n }}, err
		}},

		// Events that are not seen as they were stored.
		{Name: "beyond-retention", Value: "=TIME", Help: "older events are gone, and exceedsRetentionWindow is true when the range reaches there", read: func(value string) (effect, error) {
			d, err := parseSpan(value)
			return effect{query: func(q *question) { q.view.retention = d }}, err
		}},
		{Name: "sampled", Value: "=SHARE", Help: "only that share of Transaction, TransactionError, Span and Mobile… was kept; EXTRAPOLATE scales the first two back", read: func(value string) (effect, error) {
			share, err := parseShare(value)
			return look(lens{name: "sampled", share: 1 - share, types: isSampled, scale: 1 / share}), err
		}},
		{Name: "capped", Value: "[=NUMBER]", Help: "only 100, or that many, TransactionError and Span of each minute and host were kept", read: func(value string) (effect, error) {
			n, err := parseCount(cmp.Or(value, "100"))
			return effect{query: func(q *question) { q.view.capped = int(min(n, 1<<30)) }}, err
		}},
		{Name: "lower", Value: "[=SHARE]", Help: "only that share (0.5) of the events is seen, without any sign of it", read: func(value string) (effect, error) {
			share, err := parseShare(cmp.Or(value, "0.5"))
			return look(lens{name: "lower", share: 1 - share}), err
		}},
		{Name: "duplicates", Value: "[=SHARE]", Help: "that share (0.1) of the events is there twice", read: func(value string) (effect, error) {
			share, err := parseShare(cmp.Or(value, "0.1"))
			return look(lens{name: "duplicates", share: share, copies: 2}), err
		}},
		{Name: "late", Value: "=TYPE:SHARE:TIME", Help: "that share of the events of a type is seen only so long after its timestamp", read: readLate},
		{Name: "rename", Value: "=TYPE.OLD>NEW@INSTANT", Help: "an attribute has another name in events from that instant on", read: readRename},
	}
}

func requestFault(request func(*Fault, *exchange)) func(string) (effect, error) {
	return func(string) (effect, error) { return effect{request: request}, nil }
}

func queryFault(query func(*question)) func(string) (effect, error) {
	return func(string) (effect, error) { return effect{query: query}, nil }
}

func failing(err func() *queryError) func(string) (effect, error) {
	return queryFault(func(q *question) { q.err = err() })
}

// look is the effect of seeing events through a lens.
func look(l lens) effect {
	return effect{query: func(q *question) { q.view.lenses = append(q.view.lenses, l) }}
}

// statusEffect answers with a status of HTTP.
func statusEffect(status int) effect {
	return effect{request: func(f *Fault, x *exchange) {
		var answer reply
		switch status {
		case http.StatusUnauthorized:
			answer = badKeyReply()
		case http.StatusForbidden:
			answer = errorReply(status, "forbidden")
		case http.StatusTooManyRequests:
			answer = errorReply(status, "Too many requests")
		default:
			answer = errorReply(status, "A downstream error occurred.")
		}
		if f.retryAfter != "" {
			answer.header.Set("Retry-After", f.retryAfter)
		}
		x.instead = &answer
	}}
}

func isSampled(eventType string) bool {
	switch eventType {
	case "Transaction", "TransactionError", "Span":
		return true
	}
	return strings.HasPrefix(eventType, "Mobile")
}

func readLate(value string) (effect, error) {
	parts := strings.Split(value, ":")
	// Types may hold colons.
	if len(parts) < 3 {
		return effect{}, fmt.Errorf("%q has not three parts", value)
	}
	eventType := strings.Join(parts[:len(parts)-2], ":")
	share, err := parseShare(parts[len(parts)-2])
	if err != nil {
		return effect{}, err
	}
	d, err := parseSpan(parts[len(parts)-1])
	return look(lens{name: "late", share: share, delay: d, types: func(name string) bool { return name == eventType }}), err
}

func readRename(value string) (effect, error) {
	names, at, dated := cutLast(value, "@")
	old, renamed, ok := strings.Cut(names, ">")
	eventType, old, hasType := strings.Cut(old, ".")
	if !dated || !ok || !hasType || eventType == "" || old == "" || renamed == "" {
		return effect{}, fmt.Errorf("%q cannot be read", value)
	}
	millis, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return effect{}, fmt.Errorf("%q is not an instant such as 2026-11-22T09:00:00Z", at)
		}
		millis = instant.UnixMilli()
	}
	r := renaming{eventType, old, renamed, millis}
	return effect{query: func(q *question) { q.view.renamings = append(q.view.renamings, r) }}, nil
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
