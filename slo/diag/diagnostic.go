package diag

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says how bad a finding is.
type Severity int

// The severities, from worst to mildest. The zero Severity is invalid.
const (
	Error   Severity = iota + 1 // cannot work or cannot be measured
	Warning                     // probably a mistake
	Info                        // a trait that is worth knowing
)

// String returns the name used in all output.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	default:
		return fmt.Sprintf("Severity(%d)", int(s))
	}
}

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Diagnostic is one finding.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     Span
	Message  Phrase    // what is wrong, without a full stop
	Label    Phrase    // a few words that stand behind the carets; may be empty
	Hint     Phrase    // what to write instead; may be empty
	Related  []Related // other places that play a part

	// Once says that it holds wherever its like is found, and is said once for all of these
	// places, see [List.Sort].
	Once bool
	// Acceptance is the reason why whoever wrote the spec accepts it, on one line; "" for a
	// finding that counts. No error has one.
	Acceptance string
}

// Related is another place that explains a finding.
type Related struct {
	Span    Span
	Message Phrase
}

// List collects findings. The zero List is empty and ready to use.
type List []Diagnostic

// Add appends findings.
func (l *List) Add(findings ...Diagnostic) { *l = append(*l, findings...) }

// Errorf appends an error at span.
func (l *List) Errorf(code Code, span Span, hint Phrase, format string, args ...any) {
	l.Add(Diagnostic{Code: code, Severity: Error, Span: span, Hint: hint, Message: Say(format, args...)})
}

// Sort orders the list by place, then code, then message, and removes exact
// repetitions, so that the same input gives the same output. Of findings that are said
// once, those that count keep the first place of each; the accepted ones keep all.
func (l *List) Sort() {
	slices.SortStableFunc(*l, func(a, b Diagnostic) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message.String(), b.Message.String()))
	})
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return a.Span == b.Span && a.Code == b.Code && a.Message.Equal(b.Message)
	})
	said := map[string]bool{}
	*l = slices.DeleteFunc(*l, func(d Diagnostic) bool {
		if !d.Once || d.Accepted() {
			return false
		}
		key := string(d.Code) + d.Message.String()
		again := said[key]
		said[key] = true
		return again
	})
}

// Worst returns the worst severity of the findings that count, or 0 without any.
func (l List) Worst() Severity {
	var worst Severity
	for _, d := range l {
		if !d.Accepted() && (worst == 0 || d.Severity < worst) {
			worst = d.Severity
		}
	}
	return worst
}

// Failed reports whether the list holds an error.
func (l List) Failed() bool { return l.Worst() == Error }
