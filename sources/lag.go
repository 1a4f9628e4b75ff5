package sources

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Lagging is a [Source] whose minutes close some time after they have passed,
// whatever is in them.
type Lagging interface {
	// Ends returns what is behind the newest closed minute of each SLO: the ends
	// of [Source.Extents]. It asks nobody.
	Ends(now time.Time, slos []*slo.SLO) []slo.Minute
}
