package newrelic

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// sample stands for values of one subject that conditions cannot tell apart:
// what holds for one number between two neighbouring literals holds for all of
// them. So a few samples stand for every value there can be. Those of
//
//	duration > 1 OR duration <= 1
//
// are an absent duration, booleans, texts, the numbers below 1, 1 itself, and
// the numbers above it. All numbers meet the condition; an absent duration
// does not.
type sample struct {
	kind   kind
	number float64 // of a number, and the literal below the numbers in between
	truth  bool    // of a boolean
	text   string  // of a text, and the pattern that texts are like
}

// kind is what a sample stands for.
type kind int

const (
	absent kind = iota
	boolean
	oneNumber // the number of a literal
	between   // the numbers from one literal to the next
	oneText   // the text of a literal
	alike     // the texts that match a pattern and are no literal
	unlike    // the texts that match no pattern and are no literal
)

// verdict is what can be said of a test of a sample. The verdicts are ordered
// so that AND takes the lower one and OR the higher one.
type verdict int

const (
	fails   verdict = iota // for all values of the sample
	ignores                // fails too, and what NOT makes of it is not documented
	depends                // on the value, on another subject, or on what is not documented
	holds                  // for all values of the sample
)

func (v verdict) not() verdict {
	switch v {
	case fails:
		return holds
	case holds:
		return fails
	default:
		return depends
	}
}

func verdictOf(b bool) verdict {
	if b {
		return holds
	}
	return fails
}

// subject is what a test is about: an attribute, or a function as it is
// written. Literals have the zero subject.
type subject struct{ attribute, function string }

// subjectOf returns the subject that a value belongs to, and false for values
// about which nothing is decided.
func subjectOf(x nrql.Expr) (subject, bool) {
	switch x := x.(type) {
	case *nrql.Name:
		return subject{attribute: x.Value}, !x.Wildcard
	case *nrql.Call, *nrql.Index:
		one := true
		nrql.Walk(x, func(n nrql.Node) bool {
			_, query := n.(*nrql.Subquery)
			name, isName := n.(*nrql.Name)
			one = one && !query && !(isName && name.Wildcard)
			return one
		})
		return subject{function: nrql.Print(x)}, one
	}
	_, literal := literalOf(x)
	return subject{}, literal
}

// literalOf returns the sample that a literal is. There is none for texts with
// a backslash, whose meaning is not documented, and for numbers beyond 2^53,
// where neighbours may look alike.
func literalOf(x nrql.Expr) (sample, bool) {
	switch x := x.(type) {
	case *nrql.String:
		return sample{kind: oneText, text: x.Value}, !strings.Contains(x.Raw, `\`)
	case *nrql.Number:
		return sample{kind: oneNumber, number: x.Value}, math.Abs(x.Value) < 1<<53
	case *nrql.Bool:
		return sample{kind: boolean, truth: x.Value}, true
	case *nrql.Unary:
		s, ok := literalOf(x.X)
		return sample{kind: oneNumber, number: -s.number}, ok && x.Op == nrql.Neg && s.kind == oneNumber
	}
	return sample{}, false
}

// samplesOf returns samples for all values of any subject of the claims.
func samplesOf(claims []claim) []sample {
	all := []sample{
		{kind: absent},
		{kind: boolean},
		{kind: boolean, truth: true},
		{kind: between, number: math.Inf(-1)},
		{kind: unlike},
	}
	add := func(s sample) {
		if slices.Contains(all, s) {
			return
		}
		all = append(all, s)
		if s.kind == oneNumber {
			all = append(all, sample{kind: between, number: s.number})
		}
	}
	visit := func(n nrql.Node) bool {
		if like, ok := n.(*nrql.Like); ok {
			if pattern, ok := literalOf(like.Pattern); ok && pattern.kind == oneText {
				add(sample{kind: alike, text: pattern.text})
			}
		} else if x, ok := n.(nrql.Expr); ok {
			if s, literal := literalOf(x); literal && s.kind != boolean {
				add(s)
				return false
			}
		}
		return true
	}
	for _, c := range claims {
		nrql.Walk(c.x, visit)
	}
	return all
}

// meets says whether the values of the sample, as those of a subject, meet a
// condition.
func (s sample) meets(x nrql.Expr, about subject) verdict {
	switch x := x.(type) {
	case *nrql.Binary:
		switch x.Op {
		case nrql.And:
			return min(s.meets(x.X, about), s.meets(x.Y, about))
		case nrql.Or:
			return max(s.meets(x.X, about), s.meets(x.Y, about))
		case nrql.Ne:
			return s.compare(nrql.Eq, x.X, x.Y, about).not()
		case nrql.Eq, nrql.Lt, nrql.Le, nrql.Gt, nrql.Ge:
			return s.compare(x.Op, x.X, x.Y, about)
		}
	case *nrql.Unary:
		if x.Op == nrql.Not {
			return s.meets(x.X, about).not()
		}
	case *nrql.In:
		v := fails
		for _, item := range x.List {
			v = max(v, s.compare(nrql.Eq, x.X, item, about))
		}
		return negated(v, x.Not)
	case *nrql.Like:
		return negated(s.like(x, about), x.Not)
	case *nrql.Is:
		return negated(s.is(x.X, x.What, about), x.Not)
	case *nrql.Bool, *nrql.Name, *nrql.Call, *nrql.Index:
		return s.is(x, nrql.IsTrue, about)
	}
	return depends
}

func negated(v verdict, not bool) verdict {
	if not {
		return v.not()
	}
	return v
}

// value returns what an operand is when the values of a subject are those of
// the sample; false when that says nothing of it.
func (s sample) value(x nrql.Expr, about subject) (sample, bool) {
	if literal, ok := literalOf(x); ok {
		return literal, true
	}
	of, ok := subjectOf(x)
	return s, ok && of == about
}

func (s sample) compare(op nrql.Op, x, y nrql.Expr, about subject) verdict {
	if _, literal := literalOf(y); !literal { // turn 1 < x into x > 1
		x, y = y, x
		op = map[nrql.Op]nrql.Op{nrql.Eq: nrql.Eq, nrql.Lt: nrql.Gt, nrql.Le: nrql.Ge, nrql.Gt: nrql.Lt, nrql.Ge: nrql.Le}[op]
	}
	literal, ok := literalOf(y)
	value, known := s.value(x, about)
	if !ok || !known {
		return depends
	}
	return value.against(op, literal)
}

// against compares the sample with a literal. Values of different types are
// never equal, as nothing is converted; how texts are ordered is not
// documented.
func (s sample) against(op nrql.Op, literal sample) verdict {
	switch {
	case s.kind == absent || s.isText() != literal.isText() || (s.kind == boolean) != (literal.kind == boolean):
		return ignores
	case s.kind == boolean && op == nrql.Eq:
		return verdictOf(s.truth == literal.truth)
	case s.isText() && op == nrql.Eq:
		return verdictOf(s.kind == oneText && s.text == literal.text)
	case s.kind == boolean || s.isText():
		return depends
	}
	return verdictOf(op.Holds(s.order(literal.number)))
}

func (s sample) isText() bool { return s.kind == oneText || s.kind == alike || s.kind == unlike }

// order compares a number, or those between two literals, with a literal.
func (s sample) order(literal float64) int {
	if s.kind == between && s.number == literal {
		return 1
	}
	return cmp.Compare(s.number, literal)
}

// is tests for NULL, TRUE or FALSE.
func (s sample) is(x nrql.Expr, what nrql.IsKind, about subject) verdict {
	value, known := s.value(x, about)
	switch {
	case !known:
		return depends
	case what == nrql.IsNull:
		return verdictOf(value.kind == absent)
	case value.kind == boolean:
		return verdictOf(value.truth == (what == nrql.IsTrue))
	}
	return ignores
}

// like tests for a pattern. Whether a number or a boolean is like the pattern
// that its spelling matches is not documented.
func (s sample) like(x *nrql.Like, about subject) verdict {
	value, known := s.value(x.X, about)
	pattern, literal := literalOf(x.Pattern)
	switch {
	case !known:
		return depends
	case value.kind == absent:
		return ignores
	case x.Regexp || !literal || pattern.kind != oneText:
		return depends
	case value.kind == oneText:
		return verdictOf(matches(pattern.text, value.text))
	case value.kind == unlike:
		return fails
	case value.kind == alike && strings.EqualFold(pattern.text, value.text):
		return holds
	case value.kind == alike && exclude(pattern.text, value.text):
		return fails
	case value.kind == alike:
		return depends
	case value.kind == boolean && matches(pattern.text, strconv.FormatBool(value.truth)),
		value.kind != boolean && strings.Trim(pattern.text, "0123456789+-.eE%") == "":
		return depends
	}
	return ignores
}

// matches reports whether a text matches a pattern of LIKE: % stands for any
// text, everything else for itself, blind to case.
func matches(pattern, text string) bool {
	first, rest, more := strings.Cut(strings.ToLower(pattern), "%")
	text, ok := strings.CutPrefix(strings.ToLower(text), first)
	for ok && more {
		var part string
		if part, rest, more = strings.Cut(rest, "%"); !more {
			return strings.HasSuffix(text, part)
		}
		_, text, ok = strings.Cut(text, part)
	}
	return ok && text == ""
}

// exclude reports whether no text matches both patterns, as it would have to
// begin or end in two ways: 'a%' and 'b%'.
func exclude(p, q string) bool {
	p, q = strings.ToLower(p), strings.ToLower(q)
	firstP, _, _ := strings.Cut(p, "%")
	firstQ, _, _ := strings.Cut(q, "%")
	lastP, lastQ := p[strings.LastIndex(p, "%")+1:], q[strings.LastIndex(q, "%")+1:]
	return !strings.HasPrefix(firstP, firstQ) && !strings.HasPrefix(firstQ, firstP) ||
		!strings.HasSuffix(lastP, lastQ) && !strings.HasSuffix(lastQ, lastP)
}
