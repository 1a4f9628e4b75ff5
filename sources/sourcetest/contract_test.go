package sourcetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

type mistake string

const (
	none            mistake = "none"
	closedEnds      mistake = "an event on a cut belongs to both spans"
	openStarts      mistake = "an event on a cut belongs to the earlier span"
	wholeHours      mistake = "minutes are rounded to hours"
	fewMinutes      mistake = "what is behind the 366th span is left out"
	backwards       mistake = "answers come in the wrong order"
	missingAnswer   mistake = "the last answer is missing"
	manyAreCut      mistake = "of many answers some are missing"
	nullsAreLeft    mistake = "an event that does not say is neither good nor bad"
	whereIsLeft     mistake = "where is not looked at"
	zeroIsError     mistake = "a span without events is an error"
	cutIsSpan       mistake = "a single cut makes a count"
	orderIsNot      mistake = "cuts need not rise"
	oneForAll       mistake = "one wrong request makes all wrong"
	refusedIsZero   mistake = "what is refused is zero"
	partial         mistake = "an error comes with counts"
	endless         mistake = "the context is not looked at"
	deaf            mistake = "whoever waits does not look at the context"
	leavesBehind    mistake = "something goes on when the call is over"
	halfSums        mistake = "what was interrupted is zero"
	sinceEver       mistake = "an extent begins long before the first event"
	firstOfAll      mistake = "all extents begin with the first event of any type"
	untilNow        mistake = "an extent reaches into the future"
	halfASlice      mistake = "an extent begins within a slice"
	emptyIsError    mistake = "an extent without events is an error"
	emptyTurnsRound mistake = "an extent without events ends before it begins"
	errorIsNoEnd    mistake = "an extent with an error has no end"
	neverIsSilent   mistake = "that there never was an event is not said"
	rowsAreLeft     mistake = "the events behind the counts are not counted"
	gapsEverywhere  mistake = "minutes that were measured are not said to be"
	weightsAreOnes  mistake = "all events weigh the same"
	weightsAreWhole mistake = "the decimals of weights are left out"
	shortFloats     mistake = "large sums lose their last digits"
	longFloats      mistake = "sums beyond 2^53 lose their last digits"
	queriesAreOnes  mistake = "what queries count is not in thousandths"
	slicesFromCuts  mistake = "slices begin with the cuts"
	slicesTwice     mistake = "a slice that lies on a cut belongs to both spans"
	emptyIsNothing  mistake = "an empty slice is never counted"
	greedy          mistake = "everything is asked for at once"
	oneAtATime      mistake = "a second call fails while the first one goes on"
	oneBuffer       mistake = "an answer is overwritten by the next one"
	answersAreKept  mistake = "what was answered once is answered again"
	extentsAreKept  mistake = "the first event is looked for once"
	freshOnly       mistake = "only what is fresh is counted"
	nobodyWatches   mistake = "late events are not looked for"
	watchesTheSLO   mistake = "every SLO watches for itself"
	watchesOne      mistake = "all SLOs are watched by the events of one type"
)

// recorder keeps what a check finds.
type recorder struct {
	mu    sync.Mutex
	found []string
}

func (*recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, fmt.Sprintf(format, args...))
}

// The names of the checks.
const (
	order    = "answers come in the order of the requests"
	halfOpen = "spans are half-open"
	sums     = "counts of spans add up"
	days     = "days can be asked for in minutes"
	forms    = "what is not good is bad"
	raw      = "without a condition all events count, none as bad"
	zero     = "nothing happened is zero"
	nothing  = "nothing asked is nothing answered"
	weights  = "events weigh what they weigh"
	exact    = "large sums are exact"
	tooLarge = "sums that are too large are no numbers"
	slicing  = "slices lie on multiples of their length"
	queries  = "whole queries count as they say"
	hundreds = "hundreds of requests are answered"
	atOnce   = "calls at the same time do not meet"
	keeping  = "answers stay as they were given"
	needs    = "what is needed less counts alike"
	cuts     = "wrong cuts leave the other requests alone"
	wrong    = "a wrong SLI leaves the others alone"
	refusal  = "a refused SLI leaves the others alone"
	extents  = "an extent begins with the first event"
	noEvents = "an extent without events is empty"
	arriving = "late events are in the next answer"
	watching = "late events are noticed"
	ended    = "nothing is measured once the context has ended"
	letGo    = "whoever waits is let go"
	left     = "an interrupted call leaves nothing behind"
)

// TestContractFindsMistakes runs every check over sources with one mistake
// each, and lists which checks notice.
func TestContractFindsMistakes(t *testing.T) {
	t.Parallel()
	for made, want := range map[mistake][]string{
		none:            nil,
		closedEnds:      {halfOpen, days, weights, arriving, watching},
		openStarts:      {halfOpen, days, weights, arriving, watching},
		wholeHours:      {order, halfOpen, sums, days, forms, raw, nothing, weights, exact, tooLarge, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, watching, letGo},
		fewMinutes:      {days},
		backwards:       {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, exact, slicing, queries, hundreds, atOnce, needs, cuts, wrong, refusal, arriving, watching, letGo},
		missingAnswer:   {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, exact, tooLarge, slicing, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, watching, ended, letGo},
		manyAreCut:      {hundreds, letGo},
		nullsAreLeft:    {order, halfOpen, sums, forms, weights, queries, hundreds, atOnce, needs, cuts, wrong, refusal, arriving, letGo},
		whereIsLeft:     {order, sums, forms, zero, weights, slicing, hundreds, atOnce, cuts, wrong, refusal, arriving, letGo},
		zeroIsError:     {order, sums, days, raw, zero, nothing, weights, slicing, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, watching, letGo},
		cutIsSpan:       {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, exact, tooLarge, slicing, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, letGo},
		orderIsNot:      {cuts},
		oneForAll:       {cuts, wrong, refusal},
		refusedIsZero:   {refusal},
		partial:         {cuts, wrong, refusal, ended, letGo},
		endless:         {ended, letGo, left},
		freshOnly:       {needs},
		deaf:            {ended, letGo, left},
		leavesBehind:    {left},
		halfSums:        {letGo, left},
		sinceEver:       {order, slicing, hundreds, wrong, extents, arriving},
		firstOfAll:      {order, slicing, hundreds, extents, noEvents, arriving},
		untilNow:        {slicing, extents},
		halfASlice:      {slicing},
		emptyIsError:    {noEvents},
		emptyTurnsRound: {noEvents},
		errorIsNoEnd:    {wrong, ended},
		neverIsSilent:   {noEvents},
		rowsAreLeft:     {order, halfOpen, sums, days, forms, raw, nothing, weights, exact, tooLarge, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, watching, letGo},
		gapsEverywhere:  {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, exact, tooLarge, slicing, queries, hundreds, atOnce, keeping, needs, cuts, wrong, refusal, arriving, watching, letGo},
		weightsAreOnes:  {weights, exact, tooLarge, queries},
		weightsAreWhole: {weights, exact, tooLarge, queries},
		shortFloats:     {exact, tooLarge},
		longFloats:      {tooLarge},
		queriesAreOnes:  {queries},
		slicesFromCuts:  {slicing},
		slicesTwice:     {slicing},
		emptyIsNothing:  {slicing},
		greedy:          {hundreds, letGo, left},
		oneAtATime:      {atOnce},
		oneBuffer:       {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, exact, slicing, queries, hundreds, keeping, needs, cuts, wrong, refusal, arriving, watching, letGo},
		answersAreKept:  {arriving, watching},
		extentsAreKept:  {arriving},
		nobodyWatches:   {watching},
		watchesTheSLO:   {watching},
		watchesOne:      {watching},
	} {
		t.Run(string(made), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range contract() {
				if made == oneBuffer && c.name == atOnce { // the race detector finds that one
					continue
				}
				r := &recorder{}
				m := newMemory(c.history().Events, made)
				defer close(m.quit)
				source := tested{Subject: m.subject(), events: c.history().Events, patience: time.Minute, linger: time.Minute}
				switch made { // which are noticed no sooner
				case deaf:
					source.patience, source.linger = 10*time.Millisecond, 10*time.Millisecond
				case leavesBehind:
					source.linger = 10 * time.Millisecond
				}
				c.run(t.Context(), r, source)
				if len(r.found) > 0 {
					got = append(got, c.name)
					t.Logf("%s: %s", c.name, r.found[0])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks that fail (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	Suite{Open: func(_ *testing.T, h History) Subject { return newMemory(h.Events, none).subject() }}.Run(t)
}

// TestMissing: what a source has neither got nor said to lack is found.
func TestMissing(t *testing.T) {
	t.Parallel()
	everything := newMemory(nil, none).subject()
	for want, take := range map[Capability]func(*Subject){
		"":       func(*Subject) {},
		Late:     func(s *Subject) { s.Add = nil },
		Watching: func(s *Subject) { s.Source = table{} },
		Refusals: func(s *Subject) { s.Refused = slo.SLI{} },
		Stalls:   func(s *Subject) { s.Stall = nil },
		Limits:   func(s *Subject) { s.Exceeded = nil },
	} {
		s := everything
		take(&s)
		if got := (tested{Subject: s}).missing(capabilities(), false); got != want {
			t.Errorf("missing is %q, want %q", got, want)
		}
		if got := (tested{Subject: s}).missing(nil, true); got != "" {
			t.Errorf("nothing is needed, and %q is missing", got)
		}
	}
}
