package newrelic

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// The checks of [Source.Examine]. Their names are the codes of findings.
const (
	CheckEndpoint         diag.Code = "endpoint"           // NerdGraph answers
	CheckKey              diag.Code = "key"                // and takes the key
	CheckAccount          diag.Code = "account"            // which may query the account
	CheckClock            diag.Code = "clock"              // both clocks agree
	CheckQuota            diag.Code = "quota"              // what measuring takes is there
	CheckEventType        diag.Code = "event-type"         // event types exist
	CheckEventTypeStopped diag.Code = "event-type-stopped" // and still come
	CheckAttribute        diag.Code = "attribute"          // attributes exist
	CheckAttributeStopped diag.Code = "attribute-stopped"  // and still come
	CheckAttributeType    diag.Code = "attribute-type"     // with values of the type they are compared with
	CheckNoMatch          diag.Code = "no-match"           // where matches something
	CheckOneSided         diag.Code = "one-sided"          // good and bad events are told apart
	CheckSampling         diag.Code = "sampling"           // all events are kept
	CheckLag              diag.Code = "lag"                // events can be queried as soon as was declared
	CheckRetention        diag.Code = "retention"          // and as long
	CheckUnanswered       diag.Code = "unanswered"         // everything could be looked at
)

// Examination is what was found about a source and the SLOs that it measures.
type Examination struct {
	// Reached says whether New Relic answered, be it with a refusal.
	Reached bool
	User    string // whose key it is; "" if it is not known
	Account string // the account's name; "" if it is not known

	QueriesPerMinute float64 // that measuring takes
	// RecordsPerHour is how many records measuring inspects, by the traffic of
	// the last hour; late events come on top. It is 0 unless the traffic is
	// known.
	RecordsPerHour float64

	Findings []Finding // ordered by place, then by code
}

// Finding is something that was found, what it means and what to do about it.
type Finding struct {
	diag.Diagnostic
	SLOs []string // ids of those that it concerns, in order
}

// Examine looks at the account behind a source: whether it can be asked, and
// whether it has the events that SLOs count. It sends one request without
// queries, then asks one query, three or four for each event type, one for each
// attribute that stopped, those that count all SLOs over a day, and one for each
// SLO without valid events, of which it takes 24. What cannot be answered is a
// finding; the rest is looked at all the same.
//
// declared is where the source is written, and slos is what it measures.
func (s *Source) Examine(ctx context.Context, declared *slo.Source, slos []*slo.SLO) Examination {
	e := &examiner{Source: s, declared: declared, slos: slos, types: map[string]*census{}, blamed: map[string]bool{}}
	for _, measured := range slos {
		e.ids = append(e.ids, measured.ID)
	}
	slices.Sort(e.ids)
	cost := CostOf(s.config, slos, 0)
	e.result.QueriesPerMinute = cost.QueriesPerMinute()
	if e.reach(ctx) && e.takeCensus(ctx) {
		e.checkQuota(cost)
		e.checkTypes()
		e.checkAttributes(ctx)
		e.checkValues(ctx)
	}
	e.result.Findings = merged(e.result.Findings)
	e.mask()
	return e.result
}

// mask removes keys from what an answer may have brought.
func (e *examiner) mask() {
	e.result.User, e.result.Account = e.client.Masked(e.result.User), e.client.Masked(e.result.Account)
	for i := range e.result.Findings {
		f := &e.result.Findings[i]
		f.Message, f.Hint = f.Message.Edited(e.client.Masked), f.Hint.Edited(e.client.Masked)
	}
}

// examiner is one examination of a source.
type examiner struct {
	*Source
	declared *slo.Source
	slos     []*slo.SLO
	ids      []string  // of all SLOs, in order
	at       time.Time // now, by New Relic's clock, as far as it is known
	names    []string  // event types that the account has
	types    map[string]*census
	// blamed are the ids of SLOs whose event types or attributes are not there:
	// what they count needs no explanation of its own.
	blamed map[string]bool
	result Examination
}

// report adds a finding. Its span is the declaration of the source unless there
// is a better one.
func (e *examiner) report(check diag.Code, severity diag.Severity, span diag.Span, slos []string, hint diag.Phrase, format string, args ...any) {
	e.result.Findings = append(e.result.Findings, Finding{
		Diagnostic: diag.Diagnostic{Code: check, Severity: severity, Span: span, Message: diag.Say(format, args...), Hint: hint},
		SLOs:       slos,
	})
}

// source adds a finding about the source as a whole.
func (e *examiner) source(check diag.Code, severity diag.Severity, hint diag.Phrase, format string, args ...any) {
	e.report(check, severity, e.declared.Origin, e.ids, hint, format, args...)
}

// merged orders findings. Those that say the same of several SLOs become one, at
// the first of their places.
func merged(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(a.Span.Compare(b.Span), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message.String(), b.Message.String()))
	})
	type said struct {
		code    diag.Code
		message string
	}
	places := map[said]int{}
	var each []Finding
	for _, f := range findings {
		what := said{f.Code, f.Message.String()}
		if i, known := places[what]; known {
			each[i].SLOs = append(slices.Clone(each[i].SLOs), f.SLOs...)
			continue
		}
		places[what] = len(each)
		each = append(each, f)
	}
	for i := range each {
		each[i].SLOs = slices.Compact(slices.Sorted(slices.Values(each[i].SLOs)))
	}
	return each
}

// inquiry is a query, what to do with the reply, and for what.
type inquiry struct {
	about diag.Phrase // what it asks for
	slos  []string
	text  string
	read  func(reply) error
}

// put asks all inquiries together. What has no answer is a finding. The result is
// false when there is no point in asking on: for the sake of the key, the account
// or its quota.
func (e *examiner) put(ctx context.Context, inquiries []inquiry) bool {
	calls := make([]call, len(inquiries))
	for i, q := range inquiries {
		calls[i] = call{text: q.text}
	}
	lost := failures{}
	for i, r := range e.ask(ctx, calls) {
		err := r.err
		if err == nil {
			err = inquiries[i].read(r)
		}
		if isKind(err, nerdgraph.Quota) {
			e.refused(err)
			return false
		}
		lost.add(err, inquiries[i].about, inquiries[i].slos)
	}
	if len(lost) == 1 && lost[0].times == len(inquiries) && e.refused(lost[0].err) {
		return false
	}
	e.unanswered(lost)
	return true
}

// failures are errors, each once, and what they left unknown.
type failures []failure

type failure struct {
	err   error
	times int
	about []diag.Phrase // each once
	slos  []string
}

func (f *failures) add(err error, about diag.Phrase, slos []string) {
	if err == nil {
		return
	}
	i := slices.IndexFunc(*f, func(known failure) bool { return known.err.Error() == err.Error() })
	if i < 0 {
		i = len(*f)
		*f = append(*f, failure{err: err})
	}
	known := &(*f)[i]
	known.times++
	if !slices.ContainsFunc(known.about, about.Equal) {
		known.about = append(known.about, about)
	}
	known.slos = append(known.slos, slos...)
}

// unanswered reports what is not known for lack of answers.
func (e *examiner) unanswered(lost failures) {
	for _, f := range lost {
		hint := diag.Say("run doctor again; if it stays, look at what New Relic says")
		if isKind(f.err, nerdgraph.Timeout) {
			hint = diag.Say("run doctor again at a quieter time; a shorter retention in the Source makes these queries smaller")
		}
		e.report(CheckUnanswered, diag.Warning, e.declared.Origin, f.slos, hint, "no answer about %s: %v", listed(f.about), f.err)
	}
}

// mostNamed is how many names a message lists.
const mostNamed = 5

// listed joins names, and counts those that are too many.
func listed[T any](names []T) diag.Phrase {
	if more := len(names) - mostNamed; more > 0 {
		return diag.Say("%s and %d more", diag.Joined(names[:mostNamed]), more)
	}
	return diag.Joined(names)
}
