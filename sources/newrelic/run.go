package newrelic

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// Bounds on how often a query is cut in two. What takes too long is expensive
// each time; what is refused, or is too old, is answered at once.
const (
	maxSlowCuts = 6
	maxCuts     = 16
)

// atOnce is how many queries are written, asked and read before the next ones
// are: answers may be large.
const atOnce = 2 * concurrency * aliasesPerRequest

// ask sends the queries, and those that they are cut up into.
func (r *run) ask(ctx context.Context, jobs []job) {
	for len(jobs) > 0 {
		var next []job
		for some := range slices.Chunk(jobs, atOnce) {
			next = append(next, r.askSome(ctx, some)...)
		}
		jobs = next
	}
}

// askSome sends queries whose answers somebody still waits for.
func (r *run) askSome(ctx context.Context, jobs []job) (next []job) {
	jobs = slices.DeleteFunc(slices.Clone(jobs), r.pointless)
	calls := make([]call, len(jobs))
	for i, j := range jobs {
		calls[i] = call{j.statement.text(j.piece), j.need, j.piece.span.End}
	}
	for i, reply := range r.source.ask(ctx, calls) {
		if isFinal(reply.err) {
			r.failAll(reply.err)
		}
		next = append(next, r.settle(jobs[i], reply)...)
	}
	return next
}

// pointless reports whether everything that a query is asked for has failed
// already.
func (r *run) pointless(j job) bool {
	return !slices.ContainsFunc(j.pack.parts, func(p *part) bool { return !r.byPart[p].failed })
}

// failAll gives up what is not answered yet.
func (r *run) failAll(err error) {
	for _, w := range r.order {
		w.fail(err)
	}
}

// settle books the answer to a query, and returns what has to be asked instead
// of it or after it.
func (r *run) settle(j job, reply reply) []job {
	switch {
	case isRefusal(reply.err):
		return r.refused(j, reply.err)
	case isSlow(reply.err):
		return r.slow(j, reply.err)
	case reply.err != nil:
		r.fail(j, reply.err)
		return nil
	case reply.exceedsRetention:
		return r.tooOld(j)
	case reply.omitted > 0:
		return r.slow(j, omittedError(reply.omitted))
	}
	r.book(j, reply)
	if j.older == nil {
		return nil
	}
	older := j
	older.piece, older.older = *j.older, nil
	return []job{older}
}

func omittedError(events int64) error {
	if events == 1 {
		return diag.Say("New Relic left an event out of its answer").Err()
	}
	return diag.Say("New Relic left %d events out of its answer", events).Err()
}

// refused bisects a pack until what New Relic refuses stands alone. It is then
// asked for on its own, and not often.
func (r *run) refused(j job, err error) []job {
	if len(j.pack.parts) > 1 && j.depth < maxCuts {
		return j.bisected()
	}
	for _, p := range j.pack.parts {
		r.source.culprits.add(p.key(), r.source.now(), err)
	}
	r.fail(j, err)
	return nil
}

// slow cuts the time of a query that is too much for New Relic, and then the
// pack.
func (r *run) slow(j job, err error) []job {
	if j.slow++; j.slow > maxSlowCuts {
		r.fail(j, err)
		return nil
	}
	if newer, older, ok := j.layout().halves(j.piece); ok {
		halves := []job{j.with(newer), j.with(older)}
		halves[0].older = nil // what waits for this query waits for its older half alone
		return halves
	}
	if len(j.pack.parts) > 1 {
		return j.bisected()
	}
	r.fail(j, err)
	return nil
}

// tooOld looks for the border of what is kept: what lies behind it is not
// measured, whatever New Relic answers. Older time is asked for only when all
// newer time is kept.
func (r *run) tooOld(j job) []job {
	newer, older, ok := j.layout().halves(j.piece)
	if !ok || j.depth >= maxCuts {
		for _, p := range j.pack.parts {
			for _, user := range r.byPart[p].users {
				user.note("some of the time asked for is older than New Relic keeps events, and not measured")
			}
		}
		return nil
	}
	j = j.with(newer)
	j.older = &older
	return []job{j}
}

func (j job) layout() layout { return j.pack.parts[0].layout }

func (j job) with(p piece) job {
	j.piece = p
	j.depth++
	return j
}

func (j job) bisected() []job {
	first, second := j.pack.halves()
	halves := []job{j, j}
	for i, p := range []pack{first, second} {
		halves[i].pack, halves[i].statement = p, p.statement()
		halves[i].depth++
	}
	return halves
}

func (r *run) fail(j job, err error) {
	for _, p := range j.pack.parts {
		r.byPart[p].fail(err)
	}
}

// book adds the buckets of an answer to everybody's sums. An answer that is not
// exactly what was asked for is not believed.
func (r *run) book(j job, reply reply) {
	readings, err := j.readings(reply.rows)
	if err != nil {
		r.fail(j, err)
		return
	}
	for i, p := range j.pack.parts {
		w := r.byPart[p]
		if w.alone {
			r.source.culprits.forget(p.key())
		}
		if readings[i].err != nil {
			w.fail(readings[i].err)
			continue
		}
		for _, user := range w.users {
			for _, message := range reply.messages {
				user.note("New Relic says: " + message)
			}
			for n, made := range readings[i].list {
				user.add(j.bucket(n), made)
			}
		}
	}
}

// bucket is the time of a row.
func (j job) bucket(n int) slo.Span {
	start := j.piece.span.Start + slo.Minute(int64(n)*j.piece.bucket)
	return slo.Span{Start: start, End: start + slo.Minute(j.piece.bucket)}
}

// partReadings is what a part makes of all buckets of an answer, or the first
// error.
type partReadings struct {
	list []reading
	err  error
}

// readings reads the rows of an answer, one after another, since many rows of
// many columns are large. Its error is one of the answer as a whole.
func (j job) readings(rows []json.RawMessage) ([]partReadings, error) {
	if int64(len(rows)) != j.piece.buckets() {
		return nil, diag.Say("New Relic answered with %d rows where %d were asked for", len(rows), j.piece.buckets()).Err()
	}
	all := make([]partReadings, len(j.pack.parts))
	for n, raw := range rows {
		row, err := readRow(raw)
		if err == nil && len(rows) > 1 {
			err = j.checkBucket(n, row)
		}
		if err != nil {
			return nil, err
		}
		for i, p := range j.pack.parts {
			if all[i].err != nil {
				continue
			}
			made, err := p.read(row, j.statement.names[i])
			all[i].list, all[i].err = append(all[i].list, made), err
		}
	}
	return all, nil
}

// checkBucket compares the bucket of a row with the one that was asked for.
func (j job) checkBucket(n int, r row) error {
	begin, err := r.integer("beginTimeSeconds")
	if err != nil {
		return err
	}
	if start := j.bucket(n).Start; begin != int64(start)*60 {
		return diag.Say("New Relic answered with a bucket at %s where %s was asked for",
			time.Unix(begin, 0).UTC().Format(time.RFC3339), start.Time().Format(time.RFC3339)).Err()
	}
	return nil
}

// isRefusal reports whether New Relic refuses a query as it is, isSlow whether
// it takes too long.
func isRefusal(err error) bool { return isOne(err, nerdgraph.InvalidQuery, nerdgraph.Rejected) }

func isSlow(err error) bool { return isOne(err, nerdgraph.Timeout) }

// isFinal reports whether everything else that is asked would fail as well.
func isFinal(err error) bool {
	failure, ok := errors.AsType[*nerdgraph.Error](err)
	return ok && slices.Contains([]nerdgraph.Kind{
		nerdgraph.Interrupted, nerdgraph.Unauthorized, nerdgraph.Forbidden, nerdgraph.NoAccount, nerdgraph.Quota,
	}, failure.Kind)
}

// leave is the share of an account's budgets that a need leaves to more urgent
// ones.
func leave(n sources.Need) float64 {
	switch n {
	case sources.Fresh:
		return 0
	case sources.Correction:
		return 0.25
	default:
		return 0.5
	}
}
