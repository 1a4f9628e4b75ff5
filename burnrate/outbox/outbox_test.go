package outbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func about(id string, change alert.Change) alert.Notification {
	return alert.Notification{
		Event: alert.Event{
			Key: alert.Key{ID: id, Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Change: change, At: at, Since: at.Add(-time.Hour),
			Labels: alert.Labels{Owner: "shop", Notify: []string{"chat"}},
			Why: alert.Why{
				Tiers:  []alert.Tier{{Long: "1h", Short: "5m", Factor: burnrate.RatioOf(13.44), LongBurn: burnrate.RatioOf(20), ShortBurn: burnrate.Ratio{}, Verdict: "fires", Events: 1000, Bad: 20}},
				Budget: &alert.BudgetSpent{Consumed: burnrate.RatioOf(0.5), Gone: &at},
			},
		},
		Subject: alert.Subject{Target: "99.9%", Window: "28d", Links: []alert.Link{{Title: "Dashboard", URL: "https://example.com/d"}}},
	}
}

func entry(t *testing.T, e burnrate.Entry, err error) burnrate.Entry {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var equal = cmp.AllowUnexported(burnrate.Ratio{})

// TestOpen reads what was written, whatever else a ledger has.
func TestOpen(t *testing.T) {
	t.Parallel()
	missed := about("team:shop", alert.Firing)
	missed.Kind, missed.Missed = alert.Missed, []alert.Event{about("pay", alert.Firing).Event, about("pay", alert.Resolved).Event}
	want := outbox.Box{
		State: outbox.State{Next: 12, States: alert.States{At: at, Alerts: []alert.Alert{{Key: missed.Key, Since: at, Judged: at, Tiers: []string{"1h/5m"}}}}, Judged: []outbox.Stretch{{From: 60, Until: 90}, {From: 100, Until: 120}}},
		Letters: []outbox.Letter{
			{Number: 9, To: "chat", Notification: about("pay", alert.Firing), Standing: at.Add(time.Second)},
			{Number: 10, To: "hook", Notification: missed},
		},
		Dead: []outbox.Dead{{Letter: outbox.Letter{Number: 8, To: "chat", Notification: about("pay", alert.Resolved)}, At: at, Reason: "no such channel"}},
		Log:  []alert.Notification{about("pay", alert.Firing), about("pay", alert.Resolved)},
	}
	entries := []burnrate.Entry{{Kind: "slo", Key: "pay", Value: []byte("not ours")}}
	add := func(e burnrate.Entry, err error) { entries = append(entries, entry(t, e, err)) }
	add(want.State.Entry())
	for _, n := range []int{1, 0} {
		add(want.Letters[n].Entry())
		add(outbox.Logged(int64(10*n+2), want.Log[n]))
	}
	add(want.Dead[0].Entry())
	slices.SortFunc(entries, func(a, b burnrate.Entry) int { return strings.Compare(a.Kind+" "+a.Key, b.Kind+" "+b.Key) })
	got, err := outbox.Open(burnrate.Kept{Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(outbox.Box{}, must(t, burnrate.Kept{})); diff != "" {
		t.Errorf("of an empty ledger (-want +got):\n%s", diff)
	}
}

func must(t *testing.T, kept burnrate.Kept) outbox.Box {
	t.Helper()
	box, err := outbox.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// TestTakenOut names the entries that were put in.
func TestTakenOut(t *testing.T) {
	t.Parallel()
	l := outbox.Letter{Number: 7, To: "chat", Notification: about("pay", alert.Firing)}
	d := outbox.Dead{Letter: l, At: at, Reason: "gone"}
	in, err := l.Entry()
	letter := entry(t, in, err)
	in, err = d.Entry()
	dead := entry(t, in, err)
	for _, c := range []struct{ in, out burnrate.Entry }{{letter, l.Delivered()}, {dead, d.Forgotten()}} {
		if c.in.Kind != c.out.Kind || c.in.Key != c.out.Key || c.out.Value != nil || c.in.Value == nil {
			t.Errorf("%s %s is taken out by %s %s", c.in.Kind, c.in.Key, c.out.Kind, c.out.Key)
		}
	}
	if letter.Kind == dead.Kind {
		t.Error("a dead letter would be delivered")
	}
}

// TestOpenUnreadable names what cannot be read.
func TestOpenUnreadable(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{outbox.KindState, outbox.KindLog, outbox.KindLetter, outbox.KindDead} {
		_, err := outbox.Open(burnrate.Kept{Entries: []burnrate.Entry{{Kind: kind, Key: "07", Value: []byte(`{"at": 7`)}}})
		if err == nil || !strings.HasPrefix(err.Error(), "read the entry "+kind+" 07: ") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestNumbers keeps letters in the order of their numbers: a ledger orders keys as
// texts.
func TestNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		numbers := rapid.SliceOfNDistinct(rapid.Int64Range(1, 1<<62), 2, 2, rapid.ID).Draw(r, "numbers")
		a, b := outbox.Letter{Number: numbers[0]}.Delivered(), outbox.Letter{Number: numbers[1]}.Delivered()
		if (numbers[0] < numbers[1]) != (a.Key < b.Key) {
			r.Fatalf("%s and %s", a.Key, b.Key)
		}
	})
}
