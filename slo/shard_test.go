package slo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

// TestShardOf keeps ids where they are: a release that moved them would begin their
// history anew.
func TestShardOf(t *testing.T) {
	t.Parallel()
	got := map[string][]int{}
	for _, id := range []string{"barcode-payment", "barcode-payment/authorise", "receipt-delivery", "find-a-shop", "a", "a/b"} {
		for n := range 6 {
			got[id] = append(got[id], slo.ShardOf(id, n+1))
		}
	}
	want := map[string][]int{ // with 1 to 6 shards
		"a":                         {1, 1, 1, 4, 4, 4},
		"a/b":                       {1, 1, 1, 4, 4, 4},
		"barcode-payment":           {1, 2, 3, 4, 4, 4},
		"barcode-payment/authorise": {1, 2, 3, 4, 4, 4},
		"find-a-shop":               {1, 1, 1, 1, 5, 6},
		"receipt-delivery":          {1, 1, 1, 1, 1, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	counts := [4]int{}
	for i := range 10_000 {
		counts[slo.ShardOf(fmt.Sprintf("journey-%d", i), 4)-1]++
	}
	if smallest := slices.Min(counts[:]); smallest < 2400 {
		t.Errorf("shards of 10,000 ids: %v", counts)
	}
}

// sharded draws a set of journeys with steps of their own and shared ones.
func sharded(t *rapid.T) *slo.Set {
	set := &slo.Set{Teams: []*slo.Team{{Name: "web"}}, Exclusions: []*slo.Exclusion{{Name: "night"}}}
	paid := []slo.Objective{{Name: "28d"}}
	for i := range rapid.IntRange(0, 8).Draw(t, "SLOs") {
		set.SLOs = append(set.SLOs, &slo.SLO{ID: fmt.Sprintf("slo-%d", i), Kind: slo.KindSLO, Objectives: paid})
	}
	shared := len(set.SLOs)
	for i := range rapid.IntRange(0, 8).Draw(t, "journeys") {
		j := &slo.Journey{ID: fmt.Sprintf("journey-%d", i), Objectives: paid}
		for k := range rapid.IntRange(1, 5).Draw(t, "steps") {
			var step *slo.SLO
			if shared > 0 && rapid.Bool().Draw(t, "a shared one") {
				step = set.SLOs[rapid.IntRange(0, shared-1).Draw(t, "which")]
			} else {
				step = &slo.SLO{ID: fmt.Sprintf("%s/s%d", j.ID, k), Kind: slo.KindStep, Objectives: paid}
				set.SLOs = append(set.SLOs, step)
			}
			j.Steps = append(j.Steps, slo.Step{Name: fmt.Sprintf("s%d", k), SLO: step})
		}
		set.Journeys = append(set.Journeys, j)
	}
	slices.SortFunc(set.SLOs, func(a, b *slo.SLO) int { return strings.Compare(a.ID, b.ID) })
	return set
}

// judged returns the ids that a part judges.
func judged(set *slo.Set) []string {
	var ids []string
	for _, j := range set.Journeys {
		ids = append(ids, j.ID)
	}
	for _, o := range set.SLOs {
		if !o.Elsewhere {
			ids = append(ids, o.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestShard has every id in one shard, with all that its journey looks at, and moves
// ids to a new shard alone.
func TestShard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set, n := sharded(t), rapid.IntRange(1, 7).Draw(t, "n")
		before := fmt.Sprint(judged(set))
		var all []string
		for k := 1; k <= n; k++ {
			part := set.Shard(k, n)
			all = append(all, judged(part)...)
			if len(part.Teams) != 1 || len(part.Exclusions) != 1 {
				t.Errorf("shard %d/%d lacks what all have", k, n)
			}
			if !slices.IsSortedFunc(part.SLOs, func(a, b *slo.SLO) int { return strings.Compare(a.ID, b.ID) }) {
				t.Errorf("shard %d/%d has no order", k, n)
			}
			looked := map[*slo.SLO]bool{}
			for _, j := range part.Journeys {
				for i, step := range j.Steps {
					looked[step.SLO] = true
					whole := set.Journeys[slices.IndexFunc(set.Journeys, func(o *slo.Journey) bool { return o.ID == j.ID })]
					if step.SLO == nil || step.SLO.ID != whole.Steps[i].SLO.ID || !slices.Contains(part.SLOs, step.SLO) {
						t.Fatalf("shard %d/%d: step %s of %s is not that of the set", k, n, step.Name, j.ID)
					}
					if step.SLO.Kind == slo.KindStep && step.SLO.Elsewhere {
						t.Errorf("shard %d/%d: %s is not with its journey", k, n, step.SLO.ID)
					}
				}
			}
			for _, o := range part.SLOs {
				if o.Elsewhere && (!looked[o] || o.Objectives != nil) {
					t.Errorf("shard %d/%d: %s is of another shard, a step here: %t, with objectives %v", k, n, o.ID, looked[o], o.Objectives)
				}
				if !o.Elsewhere && len(o.Objectives) == 0 {
					t.Errorf("shard %d/%d: %s has lost its objectives", k, n, o.ID)
				}
				var journeys []string // of all shards
				for _, j := range set.Journeys {
					if slices.ContainsFunc(j.Steps, func(s slo.Step) bool { return s.SLO.ID == o.ID }) && slo.ShardOf(j.ID, n) != k {
						journeys = append(journeys, j.ID)
					}
				}
				if !o.Elsewhere && !slices.Equal(o.AlsoIn, journeys) {
					t.Errorf("shard %d/%d: %s is a step in other shards of %v, want %v", k, n, o.ID, o.AlsoIn, journeys)
				}
			}
		}
		slices.Sort(all)
		if diff := cmp.Diff(judged(set), all); diff != "" {
			t.Errorf("in %d shards (-want +got):\n%s", n, diff)
		}
		if after := fmt.Sprint(judged(set)); after != before {
			t.Errorf("the set was changed: %s, want %s", after, before)
		}
		for _, id := range all {
			if old, now := slo.ShardOf(id, n), slo.ShardOf(id, n+1); now != old && now != n+1 {
				t.Errorf("of %d shards %s is on %d, and on %d of one more", n, id, old, now)
			}
		}
	})
}
