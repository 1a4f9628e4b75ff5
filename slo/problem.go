package slo

// Problem says what is wrong with a written value and what to write instead.
// The parsers of this package return it as their error.
type Problem struct {
	Message string
	Hint    string
}

// Error returns the message without the hint.
func (p *Problem) Error() string { return p.Message }
