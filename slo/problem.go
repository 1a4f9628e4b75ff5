package slo

import "github.com/slojourn/slojourn/slo/diag"

// Problem says what is wrong with a written value and what to write instead.
// The parsers of this package return it as their error.
type Problem struct {
	Message diag.Phrase
	Hint    diag.Phrase
}

// Error returns the message without the hint.
func (p *Problem) Error() string { return p.Message.String() }
