package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Fault is something that goes wrong on purpose. [ParseFaults] makes it.
type Fault struct {
	text       string // as it was written
	effect     effect
	times      int64   // how often it strikes; 0 is without end
	every      int64   // it strikes at each n-th match; 0 is at every one
	rate       float64 // of the matches that every leaves, those it strikes at; 0 is all
	from       string  // only queries of this event type
	contains   string  // only queries with this text
	retryAfter string  // the header's value; "" for none
}

// String returns the fault as it was written.
func (f Fault) String() string { return f.text }

// effect is what a fault does: to a request as a whole, or to single queries.
type effect struct {
	request func(f *Fault, x *exchange)
	query   func(q *question)
	matches func(q *question) bool // nil for every query
}

// FaultKind describes a fault that the simulator knows.
type FaultKind struct {
	Name  string
	Value string // how its value is written, "" when it has none: "=SHARE", "[=TEXT]" when it may be left out
	Help  string

	status int // of HTTP, for faults that are nothing else
	read   func(value string) (effect, error)
}

// ParseFaults reads faults that are separated by commas. Each is a name, a
// value for some, and options behind semicolons that limit it:
//
//	429;retry-after=2;times=3,late=MobileRequest:10%:20m;every=4
//
// times=N lets it strike N times, every=N at each N-th match only, rate=SHARE
// at that share of the matches, drawn with the simulator's seed, from=TYPE for
// queries of an event type only, and contains=TEXT for queries whose text holds
// that. Values with a comma or a semicolon stand in double quotes. The error
// for an unknown name lists the known ones.
func ParseFaults(text string) ([]Fault, error) {
	var faults []Fault
	for _, part := range split(text, ',') {
		if strings.TrimSpace(part) == "" {
			continue
		}
		f, err := parseFault(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("fault %q: %w", part, err)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

func parseFault(text string) (Fault, error) {
	words := split(text, ';')
	name, value, hasValue := strings.Cut(words[0], "=")
	kinds := FaultKinds()
	i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.Name == name })
	if i < 0 {
		return Fault{}, unknownFault(name, kinds)
	}
	kind := kinds[i]
	switch {
	case hasValue && kind.Value == "":
		return Fault{}, fmt.Errorf("%s takes no value", name)
	case !hasValue && strings.HasPrefix(kind.Value, "="):
		return Fault{}, fmt.Errorf("write %s%s", name, kind.Value)
	}
	f := Fault{text: text}
	var err error
	if kind.status != 0 {
		f.effect = statusEffect(kind.status)
	} else if f.effect, err = kind.read(unquoted(value)); err != nil {
		return Fault{}, fmt.Errorf("%w: write %s%s", err, name, strings.Trim(kind.Value, "[]"))
	}
	for _, word := range words[1:] {
		if err := f.option(kind, word); err != nil {
			return Fault{}, err
		}
	}
	return f, nil
}

func unknownFault(name string, kinds []FaultKind) error {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		return fmt.Errorf("unknown; did you mean %s? Known are %s", near, strings.Join(names, ", "))
	}
	return fmt.Errorf("unknown; known are %s", strings.Join(names, ", "))
}

func (f *Fault) option(kind FaultKind, word string) error {
	name, value, _ := strings.Cut(strings.TrimSpace(word), "=")
	value = unquoted(value)
	var err error
	switch {
	case value == "":
		err = fmt.Errorf("the option %q has no value", name)
	case name == "times":
		f.times, err = parseCount(value)
	case name == "every":
		f.every, err = parseCount(value)
	case name == "rate":
		if f.rate, err = parseShare(value); err != nil {
			return fmt.Errorf("%w: write rate=5%%", err)
		}
	case name == "from":
		f.from = value
	case name == "contains":
		f.contains = value
	case name == "retry-after" && kind.status == 0:
		return fmt.Errorf("retry-after goes with a status of HTTP, such as 429")
	case name == "retry-after":
		f.retryAfter = value
	default:
		return fmt.Errorf("unknown option %q; known are times, every, rate, from, contains and, for a status of HTTP, retry-after", name)
	}
	if err != nil {
		return fmt.Errorf("%w: write %s=2", err, name)
	}
	return nil
}

func parseCount(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a whole number from 1 on", text)
	}
	return n, nil
}

// split cuts a text at a separator that stands outside of double quotes.
func split(text string, separator byte) []string {
	var parts []string
	begin, quoted := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == separator && !quoted:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	return append(parts, text[begin:])
}

func unquoted(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// matches reports whether the fault is meant for a query.
func (f *Fault) matches(q *question) bool {
	return (f.effect.matches == nil || f.effect.matches(q)) && strings.Contains(q.text, f.contains) &&
		(f.from == "" || slices.Contains(eventTypesOf(q.text), f.from))
}

// matchesRequest reports whether the fault is meant for a request: for one of
// its queries when it is limited to some.
func (f *Fault) matchesRequest(x *exchange) bool {
	if f.from == "" && f.contains == "" && f.effect.matches == nil {
		return true
	}
	return slices.ContainsFunc(x.questions, f.matches)
}

func eventTypesOf(text string) []string {
	query, err := parse(text)
	if err != nil {
		return nil
	}
	var types []string
	for _, from := range query.From {
		if name, ok := from.(*nrql.Name); ok {
			types = append(types, name.Value)
		}
	}
	return types
}

// armed is a fault together with how often it was due.
type armed struct {
	Fault
	matched int64
	struck  int64
	random  *rand.Rand // for its rate
}

// arm lets a fault begin. Each place in the list draws from a sequence of its
// own, so that what stands behind a fault does not change when it strikes.
func (s *Simulator) arm(f Fault, place int) *armed {
	return &armed{Fault: f, random: rand.New(rand.NewPCG(s.options.Seed, mix(uint64(place))))}
}

// injector holds the faults of a simulator.
type injector struct {
	mu     sync.Mutex
	faults []*armed
}

// SetFaults replaces the faults, also while requests are under way: those go
// on with the faults they began with. What is counted for times and every, and
// what is drawn for rate, begins anew.
func (s *Simulator) SetFaults(faults []Fault) {
	var list []*armed
	for i, f := range faults {
		list = append(list, s.arm(f, i))
	}
	s.injector.mu.Lock()
	defer s.injector.mu.Unlock()
	s.injector.faults = list
}

func (i *injector) current() []*armed {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.faults
}

// strikes counts one match, and reports whether the fault is due at it: every
// chooses first, rate among those, and times ends it.
func (i *injector) strikes(a *armed) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	a.matched++
	switch {
	case a.every > 0 && a.matched%a.every != 0:
		return false
	case a.rate > 0 && a.random.Float64() >= a.rate:
		return false
	case a.times > 0 && a.struck >= a.times:
		return false
	}
	a.struck++
	return true
}

// inject lets the faults strike the request and its queries. Faults of the
// whole request come first; when one of them answers it, queries are not
// reached.
func (i *injector) inject(x *exchange) {
	faults := i.current()
	for _, a := range faults {
		if a.effect.request != nil && x.instead == nil && a.matchesRequest(x) && i.strikes(a) {
			a.effect.request(&a.Fault, x)
		}
	}
	if x.instead != nil {
		return
	}
	for _, q := range x.questions {
		for _, a := range faults {
			if a.effect.query != nil && a.matches(q) && i.strikes(a) {
				a.effect.query(q)
			}
		}
	}
}

// parseSpan reads a length of time: 90s, 20m, 1h30m, or whole days such as 8d.
func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseInt(days, 10, 32); err == nil && n > 0 && n < 36500 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is not a length of time such as 90s, 20m or 8d", text)
}

// parseShare reads a share above 0 and up to 1: 0.1 or 10%.
func parseShare(text string) (float64, error) {
	digits, isPercent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(digits, 64)
	if isPercent {
		share /= 100
	}
	if err != nil || !(share > 0 && share <= 1) {
		return 0, fmt.Errorf("%q is not a share such as 0.1 or 10%%", text)
	}
	return share, nil
}
