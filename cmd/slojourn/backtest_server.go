package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// fetchLedger takes the history of everything that some sets measure from a running
// serve into a temporary ledger, and returns its folder and what removes it. A
// snapshot of from or later is the same as it would be by the ledger of the server;
// the zero from takes all that is kept, the zero to up to its end. status, unless
// nil, is told how many bytes have come.
func fetchLedger(ctx context.Context, env environment, asked *remote, secretsDir string, sets []*slo.Set, from, to time.Time, status func(bytes int64)) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "slojourn-backtest-")
	if err != nil {
		return "", nil, failed(fmt.Errorf("make a folder for the history: %w; TMPDIR names another place", cause(err)))
	}
	remove = func() { os.RemoveAll(dir) } //nolint:errcheck // nothing is lost with it
	if err := asked.takeHistory(ctx, env, secretsDir, historyOf(sets, from, to), dir, answerTime, status); err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}

// historyOf asks for what sets measure: by its ids, also former ones, as its SLI may
// have changed, and by its indicators, as its id may be new.
func historyOf(sets []*slo.Set, from, to time.Time) url.Values {
	ids, indicators := map[string]bool{}, map[string]bool{}
	for _, set := range sets {
		former := lineage.Former(set)
		for _, m := range set.Measured() {
			for _, id := range append([]string{m.ID}, former[m.ID]...) {
				ids[id] = true
			}
			if m.Indicator != "" {
				indicators[string(m.Indicator)] = true
			}
		}
	}
	query := url.Values{"id": slices.Sorted(maps.Keys(ids)), "indicator": slices.Sorted(maps.Keys(indicators))}
	if !from.IsZero() {
		query.Set("from", reachOf(sets, from).Time().Format(time.RFC3339))
	}
	if !to.IsZero() {
		query.Set("to", slo.MinuteAt(to).Time().Format(time.RFC3339))
	}
	return query
}

// reachOf returns the first minute that a snapshot of from looks at: that of its
// longest window, or of what noTraffic compares with, at the beginning of a day, so
// that quarter-hours and hours are whole.
func reachOf(sets []*slo.Set, from time.Time) slo.Minute {
	first := slo.MinuteAt(from)
	for _, set := range sets {
		extents := map[string]slo.Span{}
		for _, m := range set.Measured() {
			lag, _ := lagOf(m)
			extents[m.ID] = slo.Span{End: m.SLI.Closed(slo.MinuteAt(from.Add(-lag)))}
		}
		for _, cuts := range burnrate.LoadCuts(set, extents) {
			for _, cut := range cuts {
				first = min(first, cut)
			}
		}
	}
	return first.Floor(24 * 60)
}

// takeHistory asks a server for history, and takes the answer into the ledger of a
// folder while it comes, unless nothing comes for so long as patience.
func (r *remote) takeHistory(ctx context.Context, env environment, secretsDir string, query url.Values, dir string, patience time.Duration, status func(bytes int64)) error {
	endpoint, err := r.endpoint("api/v1/ledger")
	if err != nil {
		return err
	}
	client, err := r.client()
	if err != nil {
		return err
	}
	client.Timeout = 0 // it may take long, but not without a byte
	defer client.CloseIdleConnections()
	receiving, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waiting := time.AfterFunc(patience, func() { cancel(fmt.Errorf("nothing has come for %s", patience)) })
	defer waiting.Stop()
	body, err := r.post(receiving, env, client, endpoint.String(), secretsDir, query)
	waiting.Stop()
	answer := &arriving{from: body, waiting: waiting, patience: patience, status: status}
	if err == nil {
		defer body.Close() //nolint:errcheck // only read from
		err = takeIn(ctx, env, dir, answer)
	}
	mistakes, mistaken := errors.AsType[*ledger.ImportError](err)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return failed(errors.New("interrupted"))
	case receiving.Err() != nil:
		return failed(fmt.Errorf("ask %s: %w", endpoint, context.Cause(receiving)))
	case answer.failure != nil:
		return failed(fmt.Errorf("ask %s: the answer broke off: %w; the log of slojourn serve says why", endpoint, answer.failure))
	case errors.Is(err, errNoHistory):
		return failed(fmt.Errorf("%s has no history of what these specs measure: does that serve measure them?", endpoint))
	case mistaken:
		return foreign(endpoint, mistakes)
	case body != nil: // it is the folder that fails
		return failed(fmt.Errorf("take in what %s answers: %w; TMPDIR names another place", endpoint, err))
	}
	return failed(fmt.Errorf("ask %s: %w", endpoint, err))
}

// post returns what the server answers, which may be gzipped.
func (r *remote) post(ctx context.Context, env environment, client *http.Client, endpoint, secretsDir string, query url.Values) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(query.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept-Encoding", "gzip")
	if err := r.identify(request, env, secretsDir); err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, unanswered(err)
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	if response.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: is it slojourn serve, and as new as this program? One that is older has no history to give away: "+
			"upgrade it, or copy its ledger (slojourn ledger backup) and use --data-dir", response.Status)
	}
	return nil, refused(response)
}

// takeIn makes a ledger of an answer.
func takeIn(ctx context.Context, env environment, dir string, answer *arriving) error {
	l, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return err
	}
	_, err = l.Import(ctx, uncompressed(answer), ledger.ImportOptions{Now: env.now()})
	if err == nil {
		var ids []slo.IndicatorID
		if ids, err = l.Indicators(ctx); err == nil && len(ids) == 0 {
			err = errNoHistory
		}
	}
	if closed := l.Close(); err == nil {
		err = closed
	}
	return err
}

var errNoHistory = errors.New("there is no history")

// arriving is an answer that arrives.
type arriving struct {
	from     io.Reader
	waiting  *time.Timer // runs while a byte is waited for
	patience time.Duration
	status   func(bytes int64) // may be nil
	bytes    int64
	failure  error // why the rest did not arrive
}

func (a *arriving) Read(p []byte) (int, error) {
	a.waiting.Reset(a.patience)
	n, err := a.from.Read(p)
	a.waiting.Stop()
	if a.bytes += int64(n); a.status != nil {
		a.status(a.bytes)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		a.failure = err
	}
	return n, err
}
