package japanese

import "testing"

// TestEachFormatOnce finds formats that two packages say, whose Japanese stands twice: one
// would hide the other.
func TestEachFormatOnce(t *testing.T) {
	t.Parallel()
	places := map[string]string{}
	for place, some := range map[string]map[string]string{
		"accounts": accounts(), "changes": changes(), "commands": commands(), "queries": queries(), "reports": reports(), "scenarios": scenarios(), "sets": sets(), "specs": specs(),
	} {
		for format := range some {
			if other, twice := places[format]; twice {
				t.Errorf("%q stands in %s and in %s", format, place, other)
			}
			places[format] = place
		}
	}
}
