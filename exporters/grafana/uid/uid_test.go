package uid_test

import (
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

func TestIsFolder(t *testing.T) {
	t.Parallel()
	for of, want := range map[string]bool{
		uid.Fleet: true, uid.Folder("payments"): true,
		"": false, "slojourn-": false, "slojourn-favourites": false, "slojourn2": false, "mine": false,
		uid.Folder("payments") + "0": false, "slojourn-0123456789abcdefABCDEF01": false,
	} {
		if got := uid.IsFolder(of); got != want {
			t.Errorf("%q: %t", of, got)
		}
	}
}
