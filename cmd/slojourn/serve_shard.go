package main

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
)

// shard is which part of a set a process serves. The zero value is all of it.
type shard struct {
	number, of int // number is from 1 to of; both are 0 for all of it
}

// mostShards is how many shards there may be: beyond that, too little of what New
// Relic lets one account ask is left for each.
const mostShards = 100

// String is as it is typed.
func (s shard) String() string { return fmt.Sprintf("%d/%d", s.number, s.of) }

// parseShard reads a shard as it is typed, k/n, or nothing for all.
func parseShard(text string) (shard, error) {
	if text == "" {
		return shard{}, nil
	}
	number, of, found := strings.Cut(text, "/")
	k, errNumber := strconv.Atoi(number)
	n, errOf := strconv.Atoi(of)
	switch {
	case !found || errNumber != nil || errOf != nil || text != (shard{k, n}).String(): // +2/3 and 02/3 are slips
		return shard{}, usage("--shard %q is not k/n, such as 2/3 for the second of three shards", text)
	case n < 1 || n > mostShards:
		return shard{}, usage("--shard %s: there can be 1 to %d shards, not %d", text, mostShards, n)
	case k < 1 || k > n:
		return shard{}, usage("--shard %s: there is no shard %d of %d, they are numbered from 1 to %d", text, k, n, n)
	}
	return shard{k, n}, nil
}

// part returns what of a set is served.
func (s shard) part(set *slo.Set) *slo.Set { return set.Shard(s.number, s.of) }

// limits are those of New Relic, of which each shard takes its part.
func (s shard) limits() *nerdgraph.Limits {
	return nerdgraph.NewLimits(nerdgraph.LimitOptions{Processes: s.of})
}

// tell says which part is served, where it is not all, and warns of one without
// anything in it: with few journeys that is so, and with a wrong number as well.
func (s shard) tell(log *slog.Logger, part *slo.Set) {
	if s.of == 0 {
		return
	}
	log.Info("one shard is served, and others have the rest", "shard", s.String())
	if len(part.Journeys)+len(part.SLOs) == 0 {
		log.Warn("this shard has no Journey and no SLO", "shard", s.String())
	}
}
