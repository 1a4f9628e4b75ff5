package backtest

import "github.com/slojourn/slojourn/burnrate"

// Comparison is what a changed set would have changed.
type Comparison struct {
	// Gained are the episodes that only the changed set has, Lost those that only the
	// other one has, as indexes in the Episodes of their run: what people would have
	// been told of.
	Gained []int `json:"gained"`
	Lost   []int `json:"lost"`
	// Kept are those that both have, ordered by Before. They are about the same id,
	// objective, kind and severity, and less than a quarter of an hour lies between
	// them, if they do not overlap.
	Kept       []Pair            `json:"kept"`
	Objectives []ObjectiveChange `json:"objectives"` // ordered by id and name
}

// Pair is an episode of both runs.
type Pair struct {
	Before int `json:"before"` // index in the Episodes of the run before the change
	After  int `json:"after"`
	// Later is by how many minutes it would have been told later, after the change;
	// below 0 when it would have been told earlier.
	Later float64 `json:"laterMinutes"`
}

// ObjectiveChange is an objective in both runs, or in one of them: its index in the
// Objectives of the runs, nil where it is not. ID and Name are those after the change,
// where it is there then.
type ObjectiveChange struct {
	ID       string         `json:"id"`
	Name     string         `json:"objective"`
	Before   *int           `json:"before"`
	After    *int           `json:"after"`
	Pages    [2]int         `json:"pages"`          // that people would have been told of, before and after
	Tickets  [2]int         `json:"tickets"`        // likewise
	Consumed burnrate.Ratio `json:"consumedMore"`   // of the budget at the end, after less before
	Worst    burnrate.Ratio `json:"consumedAtMost"` // after less before, of the most of all times
}
