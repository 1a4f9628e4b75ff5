package outbox

import "time"

// Stats say how the letters of an outbox fare.
type Stats struct {
	Notifiers []NotifierStats // ordered by name
	Dead      int             // how many dead letters are kept
}

// NotifierStats say how the letters to one notifier fare. What is counted is
// counted since the process began.
type NotifierStats struct {
	Notifier string
	Sent     int64 // letters that were taken
	Resent   int64 // times that a firing alert was taken again
	Failed   int64 // attempts that failed, whatever came of the letter
	Dead     int64 // letters that were given up
	Dropped  int64 // letters that were out of date before anybody took them

	Beating     bool  // heartbeats are asked for
	Beats       int64 // heartbeats that were taken
	BeatsFailed int64

	Waiting  int       // letters that were not taken yet
	Oldest   time.Time // when what the oldest of them tells happened; zero when there is none
	Standing int       // firing alerts that are sent again and again

	Success time.Time // when something was taken last; zero before
	Tried   bool      // there was an attempt
	Error   string    // of the newest attempt: "" when it was taken, else refused, throttled, unanswered or failed
}
