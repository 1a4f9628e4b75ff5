package nerdgraph

import "time"

// Call is one GraphQL document to send.
type Call struct {
	Document  string
	Variables map[string]any

	// Account pays for the call with its budgets; 0 for none.
	Account int64

	// Queries is how many NRQL queries the document holds. A call without any
	// takes nothing from the account's budgets.
	Queries int

	// Leave is the share of the budgets, 0 … 1, that the call leaves to more
	// urgent ones: at 0.5 it waits while less than half of any is left. Of the
	// calls that wait, those that leave less go first.
	Leave float64
}

// Answer is what came beside the data.
type Answer struct {
	Errors []FieldError // of single fields, or of the whole document
	Date   time.Time    // the server's clock, to the second; zero if it was not told
	Bytes  int64        // size of the answer, decompressed
}
