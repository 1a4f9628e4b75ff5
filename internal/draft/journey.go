package draft

import (
	"github.com/slojourn/slojourn/slo"
)

// Journey is what a first journey says. All of it has been checked: see [CheckText],
// [Field.Check] and [slo.CheckName].
type Journey struct {
	Name   string
	Title  string
	Owner  string // name of a Team
	Target string // such as 99.5%
	// Window of the objective, such as 28d; "" leaves it to the Defaults of the
	// folder.
	Window string
	// Alerted says that the Defaults of the folder name an alert policy.
	Alerted bool
	// Measured is what the steps were like, of which a comment speaks; nil when
	// that is not known.
	Measured []Week
	Steps    []Step   // at least one
	Teams    []string // names of those that have no document yet
	Source   *Source  // that has no document yet; nil when there is one
	// SourceName is which of several Sources the steps are measured with; "" when
	// they need not say.
	SourceName string
}

// Step is a part of a journey.
type Step struct {
	Name   string
	Owner  string // name of a Team; "" for the journey's
	Layer  Layer
	Values Values // all that are not optional
}

// Source is the account that steps are measured in.
type Source struct {
	Name     string
	Account  int64
	Region   slo.Region
	Key      slo.SecretRef
	Endpoint string // "" for that of the region
}
