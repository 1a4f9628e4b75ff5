package nrql_test

import (
	"cmp"
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// TestOpHolds compares 1, 2 and 3 with 2.
func TestOpHolds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		op   nrql.Op
		want [3]bool
	}{
		{nrql.Eq, [3]bool{false, true, false}},
		{nrql.Ne, [3]bool{true, false, true}},
		{nrql.Lt, [3]bool{true, false, false}},
		{nrql.Le, [3]bool{true, true, false}},
		{nrql.Gt, [3]bool{false, false, true}},
		{nrql.Ge, [3]bool{false, true, true}},
		{nrql.And, [3]bool{}},
	} {
		for i, want := range test.want {
			if got := test.op.Holds(cmp.Compare(i+1, 2)); got != want {
				t.Errorf("%d %s 2: got %t", i+1, test.op, got)
			}
		}
	}
}
