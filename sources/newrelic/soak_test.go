package newrelic_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var (
	soakMinutes = flag.Int64("soak", 0, "for how many minutes of its own clock TestSoak lets everything go wrong for hundreds of SLOs; 0 for some hours and fewer SLOs")
	soakSeed    = flag.Uint64("soakseed", 1, "what TestSoak makes its events and SLOs of; 0 for another one each time")
)

// soak is how much is tried.
type soak struct {
	slos   int
	hour   int        // of the day, at which it begins
	before slo.Minute // minutes of events before anything is measured
	latest int        // minutes that events are late at most
	faulty slo.Minute // minutes in which everything goes wrong
}

// loudFaults are those that a caller is told of, and those that change nothing.
// Each ends with how often it strikes, once it does: at every so many requests,
// or queries.
func loudFaults() []string {
	return []string{
		"401;every=9", "403;every=11", "429;retry-after=2;every=2", "500;every=3", "502;every=3", "503;every=4", "504;every=3",
		"html;every=4", "slow=5m;every=13", "truncated;every=3", "reset;every=3", "account-null;every=9", "account-null=error;every=7",
		"forbidden-account=1;every=12", "rate-limit;every=5", "timeout;every=4", "server-error;every=3", "syntax;every=29",
		"partial;every=2", "nrql-null;every=5", "async;every=11", "array-totals;every=2", "percentage-zero;every=2", "messages;every=2", "omitted;every=4",
		"inspected-limit=1;every=51", "beyond-retention=3h;every=7", "capped;every=3",
	}
}

// quietFaults are those that nobody is told of. A count that a query loses in
// silence is missed only when the number of all events is lower too: so each
// strikes every query for a while.
func quietFaults() []string {
	return []string{"lower=0.6;from=Checkout", "sampled=0.5", "duplicates=0.2;from=PageView", "skew=90s", "lower"}
}

// faultsAt are the faults at an instant. The quiet ones take turns, from 35
// minutes past an hour to 25 minutes past the next, and leave midnight alone,
// when two days are looked back on: whoever believes what two queries agree on,
// some time apart, has to look once more when it is over. Attributes have another
// name in the newest minute now and then, which no number of events shows; the
// newest minutes are read several times.
//
// Of the loud ones some strike in each minute, and all of them at once now and
// then; a few events of logs are late anyway.
func faultsAt(now time.Time, random *rand.Rand) string {
	faults := []string{"late=Log:30%:25m"}
	share := []float64{0, 0, 0.05, 0.1, 0.2, 1}[random.IntN(6)]
	for _, fault := range loudFaults() {
		if random.Float64() < share {
			faults = append(faults, fault)
		}
	}
	window := now.Add(-35 * time.Minute)
	if hour := window.Hour(); window.Minute() < 50 && hour < 22 {
		faults = append(faults, quietFaults()[hour%len(quietFaults())])
	}
	if now.Minute()%7 == 3 {
		faults = append(faults, "rename=PageView.failed>broken@"+now.Add(-4*time.Minute).Truncate(time.Minute).Format(time.RFC3339))
	}
	return strings.Join(faults, ",")
}

// TestSoakHasEveryFault: a new kind of fault needs a place above.
func TestSoakHasEveryFault(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, fault := range slices.Concat(loudFaults(), quietFaults(), strings.Split(faultsAt(time.Unix(3*60, 0).UTC(), rand.New(rand.NewPCG(1, 1))), ",")) {
		name, _, _ := strings.Cut(fault, ";")
		name, _, _ = strings.Cut(name, "=")
		known[name] = true
	}
	for _, kind := range simulator.FaultKinds() {
		if !known[kind.Name] {
			t.Errorf("TestSoak goes on without %s", kind.Name)
		}
	}
}

// TestSoak measures SLOs at random for a long time in which everything goes
// wrong, and events come late. Then the faults end; and once the last event has
// come and has been looked for, every minute of every SLO has to be what
// happened.
//
// By default that is half a day of its own clock. What goes wrong depends on the
// seed and on this clock alone, so that a seed fails each time or never.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := soak{slos: 30, hour: 14, before: 3 * 60, latest: 150, faulty: 6 * 60}
	if testing.Short() {
		s.slos, s.faulty = 12, 200
	}
	if *soakMinutes > 0 {
		s = soak{slos: 300, hour: 19, before: 20 * 60, latest: 20 * 60, faulty: slo.Minute(*soakMinutes)}
	}
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	synctest.Test(t, func(t *testing.T) { s.run(t, seed) })
}

func (s soak) run(t *testing.T, seed uint64) {
	t.Logf("to see it again: go test ./sources/newrelic -run 'TestSoak$' -soak %d -soakseed %d", *soakMinutes, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	time.Sleep(time.Duration(s.hour)*time.Hour + 10*time.Second) // since midnight, when a bubble begins
	first := slo.MinuteAt(time.Now())
	list := indicatorsAtRandom(random, s.slos)
	history := newHistory(random, first-s.before, s.latest, list)
	history.happen(t, first)
	server := simulator.New(history.store, simulator.Options{})
	config := slo.NewRelic{AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Retention: slo.Retention{Default: slo.DefaultRetention}}
	source := newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{server},
	}), time.Now)
	config.Lateness = lateness
	l := newSoaked(t, source, config)

	for n := slo.Minute(0); n < s.faulty; n = slo.MinuteAt(time.Now()) - first {
		if n%20 == 0 { // a tenth of the SLOs at a time
			share := (len(list) + 9) / 10
			opened := len(l.list)
			l.open(list[opened:min(len(list), opened+share)])
		}
		setFaults(t, server, faultsAt(time.Now(), random))
		history.happen(t, slo.MinuteAt(time.Now())+1)
		l.tick(t.Context())
		nextTick(1)
	}
	l.open(list[len(l.list):])
	counted := l.engine.View().Counters
	t.Logf("while all went wrong: %+v", counted)
	if counted.Errors == 0 || counted.Corrections == 0 {
		t.Error("nothing went wrong")
	}

	setFaults(t, server, "")
	last := time.Now()
	arrived := last.Add(time.Duration(s.latest) * time.Minute)
	for until := arrived.Truncate(24 * time.Hour).Add(25 * time.Hour); time.Now().Before(until); nextTick(10) {
		l.tick(t.Context())
	}
	t.Logf("until all was well: %+v", l.engine.View().Counters)
	l.compareKept(history)
	compareWindows(t, source, history, slo.MinuteAt(last))
	if most := server.Stats().MostAtOncePerKey; most > 25 {
		t.Errorf("%d requests were under way at once", most)
	}
}

func setFaults(t *testing.T, server *simulator.Simulator, text string) {
	t.Helper()
	faults, err := simulator.ParseFaults(text)
	if err != nil {
		t.Fatal(err)
	}
	server.SetFaults(faults)
}

// nextTick waits for a multiple of some minutes of the clock, and ten seconds.
func nextTick(minutes int) {
	step := time.Duration(minutes) * time.Minute
	time.Sleep(time.Until(time.Now().Add(-10 * time.Second).Truncate(step).Add(step + 10*time.Second)))
}

// compareWindows asks for whole windows, as it is done without a ledger.
func compareWindows(t *testing.T, source *newrelic.Source, w *history, end slo.Minute) {
	t.Helper()
	cuts := []slo.Minute{w.begin, end - 360, end - 120, end - 60, end - 30, end - 5, end}
	var list []sources.Request
	for _, truth := range w.counts {
		list = append(list, sources.Request{SLO: truth.slo(), Cuts: cuts})
	}
	for i, answer := range source.Counts(context.Background(), list) {
		truth := w.counts[i]
		if answer.Err != nil {
			t.Errorf("%s: %v", truth.id, answer.Err)
			continue
		}
		for n, got := range answer.Sums {
			var want sources.Sum
			for m := cuts[n]; m < cuts[n+1]; m++ {
				want = want.Add(truth.of(w.begin, m))
			}
			if truth.loose {
				want.Rows = got.Rows
			}
			if got != want {
				t.Errorf("%s from %d to %d: got %+v, want %+v", truth.id, cuts[n], cuts[n+1], got, want)
				break
			}
		}
	}
}
