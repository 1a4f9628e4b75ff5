package slo

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
)

// ShardOf returns which of n shards, from 1 on, judges and exports what has an id. A
// journey has its own steps with it. Every id belongs to the shard whose number and it
// have the highest hash together, so that with one shard more nothing moves but to the
// new one: of 1,000 ids on 3 shards about 250 move to the fourth.
func ShardOf(id string, n int) int {
	journey, _, _ := CutID(id)
	best, highest := 1, uint64(0)
	for k := 1; k <= n; k++ {
		sum := sha256.Sum256([]byte(journey + "/" + strconv.Itoa(k)))
		if hash := binary.BigEndian.Uint64(sum[:]); hash > highest {
			best, highest = k, hash
		}
	}
	return best
}

// Shard returns the part of a set that shard k of n judges and exports, k being from 1
// to n: the journeys and SLOs of which [ShardOf] says so. An SLO that one of these
// journeys has as a step, and that is another shard's, is there as well, marked with
// [SLO.Elsewhere]. All else is as in the set, which stays as it is.
func (s *Set) Shard(k, n int) *Set {
	if n <= 1 {
		return s
	}
	shards := map[string]int{} // of journeys and SLOs
	here := func(id string) bool {
		id, _, _ = CutID(id)
		if shards[id] == 0 {
			shards[id] = ShardOf(id, n)
		}
		return shards[id] == k
	}
	part := *s
	part.Journeys, part.SLOs = nil, nil
	kept := map[*SLO]*SLO{}
	elsewhere := map[string][]string{} // of ids of SLOs, the journeys of other shards
	for _, j := range s.Journeys {
		for _, step := range j.Steps {
			switch {
			case !here(j.ID):
				// A journey that has a step twice is the last one both times.
				if list := elsewhere[step.SLO.ID]; len(list) == 0 || list[len(list)-1] != j.ID {
					elsewhere[step.SLO.ID] = append(list, j.ID)
				}
			case !here(step.SLO.ID):
				guest := *step.SLO
				guest.Elsewhere, guest.Objectives = true, nil
				kept[step.SLO] = &guest
			}
		}
	}
	for _, o := range s.SLOs {
		if here(o.ID) {
			own := *o
			own.AlsoIn = elsewhere[o.ID]
			kept[o] = &own
		}
		if kept[o] != nil {
			part.SLOs = append(part.SLOs, kept[o])
		}
	}
	for _, j := range s.Journeys {
		if !here(j.ID) {
			continue
		}
		own := *j
		own.Steps = slices.Clone(j.Steps)
		for i := range own.Steps {
			own.Steps[i].SLO = kept[j.Steps[i].SLO]
		}
		part.Journeys = append(part.Journeys, &own)
	}
	return &part
}
