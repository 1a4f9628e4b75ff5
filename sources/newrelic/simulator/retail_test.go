package simulator

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func retailEnd() time.Time { return time.Date(2026, 11, 22, 9, 0, 30, 0, time.UTC) }

func newRetail() *Retail { return NewRetail(RetailOptions{Seed: 1, End: retailEnd()}) }

// afterwards is late enough for everything to have arrived.
func afterwards() int64 { return retailEnd().Add(48 * time.Hour).UnixMilli() }

// compareEvents lets cmp look into values.
func compareEvents() cmp.Option { return cmp.AllowUnexported(Value{}) }

// number1 returns the only value of the only row of a query.
func number1(t *testing.T, store *Store, query string) float64 {
	t.Helper()
	found, err := store.evaluate(query, setting{nowMillis: afterwards(), nullsMatch: true})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	value, _ := found.rows[0].(object).members[0].value.(float64)
	return value
}

// since is the range that begins so long before the end.
func since(before, length time.Duration) string {
	start := retailEnd().Truncate(time.Minute).Add(-before)
	return fmt.Sprintf(" SINCE %d UNTIL %d", start.UnixMilli(), start.Add(length).UnixMilli())
}

// truths adds up what happened in a stream from so long before the end.
func truths(r *Retail, s Stream, before, length time.Duration) Truth {
	var sum Truth
	for minute := range int64(length / time.Minute) {
		truth := r.Truth(s, retailEnd().Add(-before+time.Duration(minute)*time.Minute))
		sum.Total += truth.Total
		sum.Bad += truth.Bad
	}
	return sum
}

// near reports whether a number of rare things is within five standard
// deviations of its mean.
func near(got int64, mean float64) bool { return math.Abs(float64(got)-mean) <= 5*math.Sqrt(mean)+1 }

func TestStreams(t *testing.T) {
	t.Parallel()
	all := streams()
	if len(Streams()) != len(all) || Stream(0).String() != "?" || Stream(len(all)+1).String() != "?" || int(PlaceOrder) != len(all) {
		t.Fatalf("%d streams, %d described", len(Streams()), len(all))
	}
	names := map[string]bool{}
	kin := map[string][]string{}
	for i, s := range all {
		if names[s.name] {
			t.Errorf("two streams are called %s", s.name)
		}
		names[s.name] = true
		for _, eventType := range s.types {
			if other := kin[eventType]; other != nil && !slices.Equal(other, s.types) {
				t.Errorf("%s is made together with %v and with %v", eventType, other, s.types)
			}
			kin[eventType] = s.types
		}
		for hour := range 24 {
			for _, e := range newRetail().Minute(Stream(i+1), retailEnd().Add(-time.Duration(hour)*time.Hour)) {
				if !slices.Contains(s.types, e.Type) {
					t.Errorf("%s makes a %s", s.name, e.Type)
				}
				if lag := e.Arrives - e.Millis; lag < 5_000 || lag >= 105_000 {
					t.Errorf("%s: an event without trouble arrives after %d ms", s.name, lag)
				}
			}
		}
	}
}

// TestUsualTraffic looks at the last night of the history, in which nothing is
// wrong, and at the whole for how much there is.
func TestUsualTraffic(t *testing.T) {
	t.Parallel()
	r := newRetail()
	for s, want := range map[Stream]struct{ perMinute, failing float64 }{
		LogInApp: {0.96, 0.0004}, Authenticate: {1.2, 0.0004}, SearchApp: {2, 0.0005}, SearchWeb: {1.5, 0.0006}, ResultsPage: {1.2, 0.0012},
		Coupons: {1, 0.0004}, Redeem: {0.8, 0.0004}, Barcode: {2, 0.0003}, Authorise: {2, 0.0006}, Receipt: {2, 0.0003},
		PointsApp: {1, 0.0004}, PointsWeb: {0.7, 0.0005}, PointsService: {40, 0.0003}, AddItem: {2, 0.0015}, PlaceOrder: {2, 0.0005},
	} {
		// Two weeks of it, up to the hour before anything of the last week.
		const before, length = 14 * 24 * time.Hour, 14 * 24 * time.Hour
		whole := truths(r, s, before, length)
		minutes := length.Minutes()
		if math.Abs(float64(whole.Total)-want.perMinute*minutes) > 0.03*want.perMinute*minutes {
			t.Errorf("%v: %d requests in two weeks, want about %.0f", s, whole.Total, want.perMinute*minutes)
		}
		bad := whole
		for _, i := range RetailIncidents() {
			if i.concerns(s) && i.BeforeEnd <= before && i.Kind != Late && i.Kind != Renamed {
				in := truths(r, s, i.BeforeEnd, i.Length)
				bad.Total, bad.Bad = bad.Total-in.Total, bad.Bad-in.Bad
			}
		}
		if mean := float64(bad.Total) * want.failing; !near(bad.Bad, mean) {
			t.Errorf("%v: %d of %d are bad beside the incidents, want about %.1f", s, bad.Bad, bad.Total, mean)
		}
	}
	if got := truths(r, LogInCheck, 24*time.Hour, 24*time.Hour).Total; got != 3*24*12 {
		t.Errorf("%d checks in a day, want one from three places every five minutes", got)
	}
}

// TestIncidents: what the name of an incident says can be seen in its time,
// and not before.
func TestIncidents(t *testing.T) {
	t.Parallel()
	r := newRetail()
	store := r.Store()
	seen := map[string]bool{}
	for _, i := range RetailIncidents() {
		seen[i.Name] = true
		for _, s := range Streams() {
			if !i.concerns(s) {
				continue
			}
			in := truths(r, s, i.BeforeEnd, i.Length)
			before := truths(r, s, i.BeforeEnd+7*24*time.Hour, i.Length) // the same hours of a week before
			wrong := ""
			switch {
			case i.Kind == Silent && (in != (Truth{}) || before.Total == 0),
				i.Kind == Failing && i.Share == 0 && i.Region == "" && (in.Bad != in.Total || in.Bad == 0 || before.Bad == before.Total):
				wrong = "not everything"
			case i.Kind == Failing && i.Share > 0 && !near(in.Bad, float64(in.Total)*i.Share),
				i.Kind == Failing && i.Region != "" && s != LogInCheck && !near(in.Bad, float64(in.Total)*0.3),
				i.Kind == Failing && i.Region != "" && s == LogInCheck && in.Bad*3 != in.Total,
				i.Kind == Leaking && !near(in.Bad, float64(in.Total)*(i.Share/2+0.0004)),
				i.Kind == Slow && !near(in.Bad, float64(in.Total)*(i.Share+0.0006)):
				wrong = "another share"
			}
			if wrong != "" {
				t.Errorf("%s, %v: %s is bad: %+v, a week before %+v", i.Name, s, wrong, in, before)
			}
		}
	}
	for _, name := range []string{
		"outage", "brownout", "slow-leak", "late-mobile-data", "quiet-night-failures", "renamed-attribute", "region-lost", "traffic-lost", "ingest-delay",
	} {
		if !seen[name] {
			t.Errorf("there is no incident %s", name)
		}
	}

	// A leak gets worse.
	const leak = 20 * 24 * time.Hour
	if first, last := truths(r, Authenticate, leak, 24*time.Hour), truths(r, Authenticate, leak-72*time.Hour, 24*time.Hour); last.Bad < 3*first.Bad {
		t.Errorf("the first day of the leak %+v, the last one %+v", first, last)
	}
	// The night is quiet.
	if quiet := truths(r, Redeem, 10*24*time.Hour+16*time.Hour, 3*time.Hour); quiet.Total > 40 || quiet.Bad < 3 {
		t.Errorf("in the quiet night: %+v", quiet)
	}
	// The status has another name, and another type, from the update on.
	const update = 12*24*time.Hour + 9*time.Hour
	for range2, want := range map[string][2]bool{since(update+time.Hour, time.Hour): {true, false}, since(update, time.Hour): {false, true}} {
		old := number1(t, store, "SELECT count(http.statusCode) FROM Transaction WHERE appName = 'coupon-api'"+range2)
		renamed := number1(t, store, "SELECT filter(count(*), WHERE httpResponseCode = '200') FROM Transaction WHERE appName = 'coupon-api'"+range2)
		if got := [2]bool{old > 0, renamed > 0}; got != want {
			t.Errorf("%s: %v events with the old name, %v with the new one", range2, old, renamed)
		}
	}
}

// TestDrills: behind the end, and only there, the drills happen, and once more
// three hours later. What was before is as it is without them.
func TestDrills(t *testing.T) {
	t.Parallel()
	calm := newRetail()
	r := NewRetail(RetailOptions{Seed: 1, End: retailEnd(), Drills: true})
	if diff := cmp.Diff(truths(calm, PlaceOrder, 3*24*time.Hour, 3*24*time.Hour), truths(r, PlaceOrder, 3*24*time.Hour, 3*24*time.Hour)); diff != "" {
		t.Errorf("before the end: %s", diff)
	}
	for _, i := range RetailDrills() {
		if i.BeforeEnd >= 0 || -i.BeforeEnd+i.Length > 180*time.Minute {
			t.Errorf("%s is from %v on for %v", i.Name, -i.BeforeEnd, i.Length)
		}
		for after, want := range map[time.Duration]bool{
			-i.BeforeEnd - time.Second: false, -i.BeforeEnd: true, -i.BeforeEnd + i.Length - time.Second: true, -i.BeforeEnd + i.Length: false,
			-i.BeforeEnd - 3*time.Hour: false, -i.BeforeEnd + 3*time.Hour: true,
		} {
			under := slices.ContainsFunc(r.Under(retailEnd().Truncate(time.Minute).Add(after)), func(u Incident) bool { return u.Name == i.Name })
			if under != want || len(calm.Under(retailEnd())) > 0 {
				t.Errorf("%s is under way %v after the end: %v", i.Name, after, under)
			}
		}
		if i.Kind == Held {
			continue // what happens is the same
		}
		for _, s := range i.Streams {
			if s == LogInCheck {
				continue // in so short a time there are three checks
			}
			for _, again := range []time.Duration{0, 3 * time.Hour} {
				in, without := truths(r, s, i.BeforeEnd-again, i.Length), truths(calm, s, i.BeforeEnd-again, i.Length)
				share := i.Share
				if i.Region != "" {
					share = 0.3
				}
				if !near(in.Bad, float64(in.Total)*share) || in.Bad == 0 || without.Bad*5 > in.Bad {
					t.Errorf("%s, %v later, %v: %+v, and without it %+v", i.Name, again, s, in, without)
				}
			}
		}
	}
}

// TestArrivals: what is late in an incident cannot be seen before it arrives,
// and everything can in the end.
func TestArrivals(t *testing.T) {
	t.Parallel()
	store := newRetail().Store()
	for _, test := range []struct {
		name, from  string
		begin       time.Duration // before the end
		length      time.Duration
		after       time.Duration // the beginning
		least, most float64       // the share that is seen then
	}{
		{"as usual", "MobileRequest, MobileRequestError, Log, SyntheticCheck", 30 * time.Hour, time.Hour, time.Hour + 105*time.Second, 1, 1},
		{"metrics, as usual", "Metric", 30 * time.Hour, time.Hour, time.Hour + 45*time.Second, 1, 1},
		{"services, as usual", "Transaction, AjaxRequest, PageView", 30 * time.Hour, time.Hour, time.Hour + 45*time.Second, 1, 1},
		{"ingest-delay, to its end", "Transaction, MobileRequest, Log", 18*24*time.Hour + 8*time.Hour, 50 * time.Minute, 50 * time.Minute, 0, 0},
		{"ingest-delay, after it", "Transaction, MobileRequest, Log", 18*24*time.Hour + 8*time.Hour, 50 * time.Minute, 53 * time.Minute, 1, 1},
		{"late-mobile-data, two minutes later", "MobileRequest", 6*24*time.Hour + time.Hour, time.Hour, time.Hour + 2*time.Minute, 0.68, 0.85},
		{"late-mobile-data, six hours later", "MobileRequest", 6*24*time.Hour + time.Hour, time.Hour, 6*time.Hour + 2*time.Minute, 1, 1},
	} {
		query := "SELECT count(*) FROM " + test.from + since(test.begin, test.length)
		all := number1(t, store, query)
		at := retailEnd().Truncate(time.Minute).Add(-test.begin + test.after)
		found, err := store.evaluate(query, setting{nowMillis: at.UnixMilli()})
		if err != nil {
			t.Fatal(err)
		}
		if share := found.rows[0].(object).members[0].value.(float64) / all; all == 0 || share < test.least || share > test.most {
			t.Errorf("%s: %v of %v events are seen", test.name, share, all)
		}
	}
}

func TestRetailWave(t *testing.T) {
	t.Parallel()
	store := newRetail().Store()
	// The hours of one week by the clock in Tokyo.
	level := func(hour int) float64 {
		n := 0.0
		for day := range 7 {
			start := time.Date(2026, 11, 9+day, hour-9, 0, 0, 0, time.UTC)
			n += number1(t, store, fmt.Sprintf("SELECT count(*) FROM MobileRequest, Transaction, Log SINCE %d UNTIL %d",
				start.UnixMilli(), start.Add(time.Hour).UnixMilli()))
		}
		return n
	}
	night, afternoon, lunch, evening := level(3), level(15), level(12), level(20)
	if night*5 > afternoon || afternoon >= lunch || afternoon >= evening {
		t.Errorf("events at night %v, in the afternoon %v, at lunch %v, in the evening %v", night, afternoon, lunch, evening)
	}
	day := func(day int) float64 {
		start := time.Date(2026, 11, day-1, 15, 0, 0, 0, time.UTC)
		return number1(t, store, fmt.Sprintf("SELECT count(*) FROM Transaction SINCE %d UNTIL %d", start.UnixMilli(), start.Add(24*time.Hour).UnixMilli()))
	}
	if tuesday, saturday := day(10), day(14); saturday < 1.05*tuesday {
		t.Errorf("%v events on a Tuesday, %v on a Saturday", tuesday, saturday)
	}
}

// TestRetailBegins: a history has a first minute, which is never before 1970.
func TestRetailBegins(t *testing.T) {
	t.Parallel()
	first := retailEnd().Truncate(time.Minute).Add(-RetailHistory)
	r := newRetail()
	if n := len(r.Minute(SearchApp, first.Add(-time.Minute))); n != 0 {
		t.Errorf("%d events before the first minute", n)
	}
	whole := since(RetailHistory+24*time.Hour, 25*time.Hour)
	if got := number1(t, r.Store(), "SELECT min(timestamp) FROM Metric"+whole); got != float64(first.UnixMilli()) {
		t.Errorf("the first data point is of %v, want %d", got, first.UnixMilli())
	}
	for _, end := range []int64{0, 3600} {
		store := NewRetail(RetailOptions{Seed: 1, End: time.Unix(end, 0)}).Store()
		found, err := store.evaluate("SELECT count(*) FROM Transaction SINCE 0 UNTIL 3600000", setting{nowMillis: 7_200_000})
		if err != nil || found.rows[0].(object).members[0].value == 0.0 {
			t.Errorf("no events in the first hour of 1970: %v", err)
		}
		if n, err := store.evaluate("SELECT count(*) FROM Transaction SINCE -7200000 UNTIL 0", setting{}); err == nil && n.inspected > 0 {
			t.Errorf("%d events before 1970", n.inspected)
		}
	}
}

// TestRetailMovesWithItsEnd makes minutes of incidents for several ends: the
// events must be the same, at the same distances from the end.
func TestRetailMovesWithItsEnd(t *testing.T) {
	t.Parallel()
	made := func(options RetailOptions) []Event {
		r := NewRetail(options)
		var events []Event
		for _, before := range []time.Duration{24*24*time.Hour + 6*time.Hour - time.Minute, 52*time.Hour + 58*time.Minute, 5 * time.Hour, time.Minute, -3 * time.Hour} {
			for _, stream := range Streams() {
				for _, e := range r.Minute(stream, options.End.Add(-before)) {
					e.Millis -= options.End.Truncate(time.Minute).UnixMilli()
					e.Arrives -= options.End.Truncate(time.Minute).UnixMilli()
					events = append(events, e)
				}
			}
		}
		return events
	}
	want := made(RetailOptions{Seed: 7, End: retailEnd()})
	if len(want) < 50 {
		t.Fatalf("only %d events: choose other minutes", len(want))
	}
	for _, later := range []time.Duration{29 * time.Second, 11 * time.Hour, 5*24*time.Hour + 17*time.Minute, -50 * 365 * 24 * time.Hour} {
		if diff := cmp.Diff(want, made(RetailOptions{Seed: 7, End: retailEnd().Add(later)}), compareEvents()); diff != "" {
			t.Errorf("%s later (-want +got):\n%s", later, diff)
		}
	}
	if cmp.Equal(want, made(RetailOptions{Seed: 8, End: retailEnd()}), compareEvents()) {
		t.Error("another seed gives the same events")
	}
}

// TestRealClock: by the real clock the end only decides where the history
// begins, and the incidents come again.
func TestRealClock(t *testing.T) {
	t.Parallel()
	at := retailEnd().Add(-53 * time.Hour)
	first := NewRetail(RetailOptions{Seed: 7, End: retailEnd(), RealClock: true})
	later := NewRetail(RetailOptions{Seed: 7, End: retailEnd().Add(RetailHistory - 60*time.Hour), RealClock: true})
	if diff := cmp.Diff(first.Minute(PlaceOrder, at), later.Minute(PlaceOrder, at), compareEvents()); diff != "" {
		t.Errorf("another end gives other events (-want +got):\n%s", diff)
	}
	for _, cycle := range []int{0, 1, 2} {
		outage := later.Truth(PlaceOrder, at.Add(time.Duration(cycle)*RetailHistory))
		if outage.Bad != outage.Total || outage.Bad == 0 {
			t.Errorf("in the outage after %d times five weeks: %+v", cycle, outage)
		}
	}
}

// TestMinuteAloneEqualsMinuteWithin compares minutes with the hours that a
// store makes.
func TestMinuteAloneEqualsMinuteWithin(t *testing.T) {
	t.Parallel()
	r := newRetail()
	whole, alone := r.Store(), NewStore()
	const minutes = 5
	start := retailEnd().Truncate(time.Minute).Add(-53*time.Hour - 2*time.Minute)
	n := 0
	for i := range minutes {
		at := start.Add(time.Duration(i)*time.Minute + 7*time.Second)
		first, end := at.Truncate(time.Minute).UnixMilli(), at.Truncate(time.Minute).Add(time.Minute).UnixMilli()
		for _, stream := range Streams() {
			events := r.Minute(stream, at)
			if diff := cmp.Diff(newRetail().Minute(stream, at), events, compareEvents()); diff != "" {
				t.Errorf("%s depends on what was made before:\n%s", stream, diff)
			}
			for _, e := range events {
				if e.Millis < first || e.Millis >= end {
					t.Errorf("%s: an event at %d is outside of the minute", stream, e.Millis)
				}
				if err := alone.AddArriving(e.Type, e.Millis, e.Arrives, e.Attributes...); err != nil {
					t.Fatal(err)
				}
				n++
			}
		}
	}
	if n == 0 {
		t.Fatal("the minutes are empty: choose others")
	}
	window := fmt.Sprintf(" SINCE %d UNTIL %d", start.UnixMilli(), start.Add(minutes*time.Minute).UnixMilli())
	for _, column := range []string{
		"count(*)", "count(error)", "count(osName)", "sum(timestamp)", "sum(duration)", "sum(responseTime)", "sum(http.statusCode)",
		"filter(count(*), WHERE error IS TRUE)", "uniqueCount(session)", "filter(count(*), WHERE result = 'SUCCESS')",
	} {
		query := "SELECT " + column + " FROM MobileRequest, MobileRequestError, Transaction, Log, AjaxRequest, PageView, SyntheticCheck" + window
		// The order of events may differ, and with it the last digit of a sum.
		if a, b := number1(t, whole, query), number1(t, alone, query); math.Abs(a-b) > 1e-9*math.Abs(a) {
			t.Errorf("%s is %v within, %v alone", column, a, b)
		}
	}
}

func BenchmarkRetail(b *testing.B) {
	r := newRetail()
	day := retailEnd().UnixMilli() / hourMillis
	events := 0
	for b.Loop() {
		for hour := day - 24; hour < day; hour++ {
			for _, s := range streams() {
				if s.types[0] == "Transaction" {
					events += len(r.make(s.types, hour)["Transaction"].times)
					break
				}
			}
		}
	}
	b.ReportMetric(float64(events)/float64(b.N), "events/op")
}

// BenchmarkQuery asks for five weeks of one type, which are made each time, as
// a scenario keeps less than that.
func BenchmarkQuery(b *testing.B) {
	store := newRetail().Store()
	query := "SELECT count(*) AS v, filter(count(*), WHERE name = 'WebTransaction/Action/placeOrder' AND error IS TRUE) AS a, " +
		"filter(count(*), WHERE name = 'WebTransaction/Action/addItem' AND (duration >= 0.8 OR error IS TRUE)) AS b " +
		"FROM Transaction WHERE transactionType = 'Web'" + since(RetailHistory, RetailHistory)
	for b.Loop() {
		if _, err := store.evaluate(query, setting{nowMillis: afterwards(), nullsMatch: true}); err != nil {
			b.Fatal(err)
		}
	}
}
