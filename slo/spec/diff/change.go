package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Change is one difference in meaning between two sets.
type Change struct {
	Kind      Kind
	Weight    Weight
	Subject   Subject
	Objective string      // its name after the change, or before it when it is gone; "" when the change is about none
	Detail    string      // which one of several: a label's key, a tier's windows, a setting; "" where there is but one
	Before    diag.Phrase // on one line, names and values as specs spell them; empty for what was not there
	After     diag.Phrase // empty for what is gone
	// Budgets are those of what a target or a window is about, each once, the smallest first;
	// none for other kinds.
	Budgets []Budget
	Notes   []diag.Phrase // what follows from it
	// Reaches are the ids that the change holds for, with the name of the objective behind
	// a blank where it is about objectives: of an alert policy those that follow it, of a
	// team what it owns, of several alike changes in one what each of them is about.
	Reaches []string
	Place   diag.Span // of the new declaration; of the old one when it is gone

	defaults diag.Span // where the cause stands in Defaults; unknown when it stands elsewhere
}

// Budget is how long everything may fail in the window of an objective: 99.9 % of 28 days
// leave 40 min 19 s.
type Budget struct{ Before, After time.Duration }

// Count returns how many changes it stands for: several alike changes of what has an id
// are one, while what an alert policy does is one change, whoever follows it.
func (c *Change) Count() int {
	if c.Subject.measured() && !ofPolicy(c.Kind) {
		return max(1, len(c.Reaches))
	}
	return 1
}

// Weight says what a change does to what was promised and to who is told. The zero Weight
// is invalid.
type Weight string

// The weights of changes.
const (
	Loosens  Weight = "loosens"  // less is promised, less counts, or alerts fire later
	Loses    Weight = "loses"    // something that was promised, measured or told is gone
	Changes  Weight = "changes"  // it may do either: somebody has to look
	Tightens Weight = "tightens" // more is promised, more counts, or alerts fire earlier
	Gains    Weight = "gains"    // something is new
	Neutral  Weight = "neutral"  // nothing is promised, measured or told in another way
)

// Weights returns every weight, what needs attention first.
func Weights() []Weight { return []Weight{Loosens, Loses, Changes, Tightens, Gains, Neutral} }

// Attention reports whether somebody who answers for reliability should look at it.
func (w Weight) Attention() bool { return w == Loosens || w == Loses || w == Changes }

func (w Weight) rank() int { return slices.Index(Weights(), w) }

// What says what a name stands for. The zero What is invalid.
type What string

// What changes are about.
const (
	Journey   What = "journey"
	Step      What = "step"
	SLO       What = "slo"
	Several   What = "several" // journeys, steps and SLOs: Reaches has them
	Policy    What = "alertPolicy"
	Exclusion What = "exclusion"
	Team      What = "team"
	Notifier  What = "notifier"
	Source    What = "source"
)

func whats() []What {
	return []What{Several, Journey, Step, SLO, Policy, Exclusion, Team, Notifier, Source}
}

func (w What) rank() int { return slices.Index(whats(), w) }

// Subject is what a change is about: an id, or the name of a document of another kind.
type Subject struct {
	What What
	Name string // "" of several
}

// measured reports whether it is something with an id.
func (s Subject) measured() bool {
	return s.What == Journey || s.What == Step || s.What == SLO || s.What == Several
}

// Section returns the subject under which a change is shown: of a step its journey.
func (s Subject) Section() Subject {
	if journey, _, isStep := strings.Cut(s.Name, "/"); isStep && s.What == Step {
		return Subject{Journey, journey}
	}
	return s
}
