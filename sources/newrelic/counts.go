package newrelic

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// Counts measures every request. Parts of requests that are equal are asked for
// once, and those that read the same events together, in as few queries as the
// limits allow. A query that is refused or takes too long is cut up until the
// cause stands alone; the others get their answers.
func (s *Source) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	r := &run{source: s, wants: map[wantKey]*want{}, byPart: map[*part]*want{}}
	made := make([][]*tallying, len(requests))
	answers := make([]sources.Answer, len(requests))
	for i, request := range requests {
		parts, err := s.prepare(request)
		if err != nil {
			answers[i].Err = err
			continue
		}
		for _, p := range parts {
			made[i] = append(made[i], r.want(p, request, len(parts) == 1))
		}
	}
	r.ask(ctx, r.jobs(s.now()))
	for i := range requests {
		if answers[i].Err == nil {
			if len(made[i]) > 1 {
				made[i] = []*tallying{joined(requests[i].Cuts, made[i])}
			}
			answers[i] = made[i][0].answer()
		}
	}
	return answers
}

// prepare parses what a request asks for. The cuts have to rise, since counts
// between others mean nothing.
func (s *Source) prepare(r sources.Request) ([]*part, error) {
	for i := 1; i < len(r.Cuts); i++ {
		if r.Cuts[i] <= r.Cuts[i-1] {
			return nil, diag.Say("the minutes to count between do not rise: %d stands before %d", r.Cuts[i-1], r.Cuts[i]).Err()
		}
	}
	return s.parsed.of(r.SLO)
}

// run is one call of Counts.
type run struct {
	source *Source
	wants  map[wantKey]*want
	byPart map[*part]*want
	order  []*want // as they were wanted
}

// want is a part that is asked for once, and everybody who wants it.
type want struct {
	part   *part
	need   sources.Need
	cuts   []slo.Minute // of all users
	users  []*tallying
	alone  bool // it was refused before
	failed bool
}

type wantKey struct {
	part string
	need sources.Need
}

func (r *run) want(p *part, request sources.Request, single bool) *tallying {
	t := newTallying(request.Cuts, single)
	key := wantKey{p.key(), request.Need}
	w := r.wants[key]
	switch {
	case w == nil:
		own := *p // an SLO that is asked for with two needs is wanted twice
		w = &want{part: &own, need: request.Need, cuts: request.Cuts}
		r.wants[key], r.byPart[w.part] = w, w
		r.order = append(r.order, w)
	case !slices.Equal(w.cuts, request.Cuts):
		w.cuts = merge(w.cuts, request.Cuts)
	}
	w.users = append(w.users, t)
	return t
}

// job is one query.
type job struct {
	pack      pack
	statement statement
	piece     piece
	need      sources.Need
	depth     int    // how often it was cut up
	slow      int    // of these, since it took too long
	older     *piece // to be asked only when this one lies within retention
}

// jobs plans the queries: what is needed most first, and of that the newest.
func (r *run) jobs(now time.Time) []job {
	groups := map[groupKey][]*want{}
	var order []groupKey
	seed := maphash.MakeSeed()
	for _, w := range r.order {
		key := groupKey{table: w.part.table.name, need: w.need, cuts: hashOf(seed, w.cuts)}
		if refused := r.source.culprits.known(w.part.key()); refused != nil {
			if err := refused.wait(now); err != nil {
				w.fail(err)
				continue
			}
			w.alone, key.alone = true, w.part.key()
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], w)
	}
	var jobs []job
	for _, key := range order {
		var parts []*part
		for _, w := range groups[key] {
			parts = append(parts, w.part)
		}
		pieces := parts[0].layout.pieces(groups[key][0].cuts)
		if len(pieces) == 0 {
			continue
		}
		for _, p := range packed(parts) {
			statement := p.statement()
			for _, piece := range pieces {
				jobs = append(jobs, job{pack: p, statement: statement, piece: piece, need: key.need})
			}
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int {
		return cmp.Or(cmp.Compare(a.need, b.need), cmp.Compare(b.piece.span.End, a.piece.span.End))
	})
	return jobs
}

// groupKey is equal for what can be asked for together.
type groupKey struct {
	table string
	need  sources.Need
	cuts  uint64
	alone string
}

func hashOf(seed maphash.Seed, cuts []slo.Minute) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, c := range cuts {
		maphash.WriteComparable(&h, c)
	}
	return h.Sum64()
}

func (w *want) fail(err error) {
	w.failed = true
	for _, user := range w.users {
		if user.err == nil {
			user.err = err
		}
	}
}
