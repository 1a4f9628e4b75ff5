package newrelic

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Bounds on how often a query is cut in two. What takes too long is expensive
// each time; what is refused, or is too old, is answered at once.
const (
	maxSlowCuts = 6
	maxCuts     = 16
)

// ask sends the queries, and those that they are cut up into.
func (r *run) ask(ctx context.Context, jobs []job) {
	for len(jobs) > 0 {
		calls := make([]call, len(jobs))
		for i, j := range jobs {
			calls[i] = call{j.statement.text(j.piece), j.need}
		}
		var next []job
		for i, reply := range r.source.ask(ctx, calls) {
			next = append(next, r.settle(jobs[i], reply)...)
		}
		jobs = next
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
		return errors.New("New Relic left an event out of its answer")
	}
	return fmt.Errorf("New Relic left %d events out of its answer", events)
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
	if j.depth >= maxSlowCuts {
		r.fail(j, err)
		return nil
	}
	if newer, older, ok := j.layout().halves(j.piece); ok {
		return []job{j.with(newer), j.with(older)}
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
	if err := j.check(reply.rows); err != nil {
		r.fail(j, err)
		return
	}
	for i, p := range j.pack.parts {
		w := r.byPart[p]
		if w.alone {
			r.source.culprits.forget(p.key())
		}
		for _, user := range w.users {
			for _, message := range reply.messages {
				user.note("New Relic says: " + message)
			}
		}
		for n, row := range reply.rows {
			made, err := p.read(row, j.statement.names[i])
			if err != nil {
				w.fail(err)
				break
			}
			start := j.piece.span.Start + slo.Minute(int64(n)*j.piece.bucket)
			for _, user := range w.users {
				user.add(slo.Span{Start: start, End: start + slo.Minute(j.piece.bucket)}, made)
			}
		}
	}
}

// check compares the buckets of an answer with those that were asked for.
func (j job) check(rows []row) error {
	if int64(len(rows)) != j.piece.buckets() {
		return fmt.Errorf("New Relic answered with %d rows where %d were asked for", len(rows), j.piece.buckets())
	}
	if len(rows) == 1 {
		return nil
	}
	for i, row := range rows {
		begin, err := row.integer("beginTimeSeconds")
		if err != nil {
			return err
		}
		start := j.piece.span.Start + slo.Minute(int64(i)*j.piece.bucket)
		if begin != int64(start)*60 {
			return fmt.Errorf("New Relic answered with a bucket at %s where %s was asked for",
				time.Unix(begin, 0).UTC().Format(time.RFC3339), start.Time().Format(time.RFC3339))
		}
	}
	return nil
}

// isRefusal reports whether New Relic refuses a query as it is, isSlow whether
// it takes too long.
func isRefusal(err error) bool { return isOne(err, nerdgraph.InvalidQuery, nerdgraph.Rejected) }

func isSlow(err error) bool { return isOne(err, nerdgraph.Timeout) }

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
