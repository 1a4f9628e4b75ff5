package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// alerted has the SLOs of a rig owned by a team with two notifiers, and alerted about.
func alerted(set *slo.Set) {
	hook, duty := &slo.Notifier{Name: "hook"}, &slo.Notifier{Name: "duty"}
	set.Notifiers = []*slo.Notifier{duty, hook}
	set.Teams = []*slo.Team{{Name: "shop", Title: "Shop", Contact: "#shop", Notify: []*slo.Notifier{hook, duty}}}
	target, err := slo.ParseTarget("99%")
	if err != nil {
		panic(err)
	}
	for _, s := range set.SLOs {
		s.About = slo.About{Owner: "shop", Title: "To " + s.ID, Stage: slo.Active, WhenSpent: "No releases."}
		s.Objectives = []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 24 * 60), Alerts: slo.BuiltInPolicies()[0]}}
	}
	set.Sources[0].Owner = "shop"
}

// newAlertRig measures SLOs that do not fail, but for an outage of so many minutes
// that begins so many minutes after now.
func newAlertRig(t *testing.T, after, minutes int, ids ...string) *rig {
	t.Helper()
	r := newRig(t, 30, ids...)
	start := slo.MinuteAt(time.Now()) + slo.Minute(after)
	r.world.outage = func(m slo.Minute) bool { return m >= start && m < start+slo.Minute(minutes) }
	r.edit = alerted
	r.start()
	return r
}

// box is what the ledger keeps of alerts.
func (r *rig) box() outbox.Box {
	r.Helper()
	kept, err := r.ledger.State(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	box, err := outbox.Open(kept)
	if err != nil {
		r.Fatal(err)
	}
	return box
}

// told lists letters: to whom, what, and why.
func told(letters []outbox.Letter) []string {
	var list []string
	for _, l := range letters {
		text := fmt.Sprintf("%s: %s %s", l.To, l.Notification.Key, l.Notification.Change)
		if l.Notification.Reason != "" {
			text += " " + string(l.Notification.Reason)
		}
		for _, m := range l.Notification.Missed {
			text += fmt.Sprintf(" [%s %s]", m.Key, m.Change)
		}
		list = append(list, text)
	}
	return list
}

// burning are the letters about burn pages, and what was missed.
func burning(letters []outbox.Letter) []outbox.Letter {
	return slices.DeleteFunc(slices.Clone(letters), func(l outbox.Letter) bool {
		return l.Notification.Kind != alert.Missed && (l.Notification.Kind != alert.Burn || l.Notification.Severity != slo.Page)
	})
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func checkTold(t *testing.T, letters []outbox.Letter, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, told(letters)); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

// TestAlerts fires, is kept in the commit of the tick, and resolves after hold.
func TestAlerts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newAlertRig(t, 5, 20, "pay")
		r.minutes(40)
		fired := burning(r.given)
		checkTold(t, fired, "hook: pay 28d burn page firing", "duty: pay 28d burn page firing")
		box := r.box()
		if diff := cmp.Diff(asJSON(t, r.given), asJSON(t, box.Letters)); diff != "" {
			t.Errorf("the ledger's letters differ from those that were given:\n%s", diff)
		}
		n := fired[0].Notification
		want := alert.Subject{Target: "99%", Window: "28d", Policy: "paging", OwnerTitle: "Shop", Contact: "#shop", WhenSpent: "No releases."}
		if diff := cmp.Diff(want, n.Subject); diff != "" {
			t.Errorf("subject (-want +got):\n%s", diff)
		}
		if len(n.Why.Tiers) == 0 || n.Why.Tiers[0].Long != "1h" || !slices.ContainsFunc(r.engine.View().Alerts.State.Alerts, func(a alert.Alert) bool { return a.Key == n.Key }) {
			t.Errorf("%+v", n)
		}
		r.minutes(60)
		checkTold(t, burning(r.given)[2:], "hook: pay 28d burn page resolved recovered", "duty: pay 28d burn page resolved recovered")
		for k, l := range r.given {
			if k > 0 && l.Number <= r.given[k-1].Number {
				t.Errorf("letter %d follows %d", l.Number, r.given[k-1].Number)
			}
		}
		events := 0
		for _, n := range r.box().Log {
			if n.Kind == alert.Burn && n.Severity == slo.Page {
				events++
			}
		}
		if shown := r.engine.View().Alerts.Log; events != 2 || len(shown) != len(r.box().Log) {
			t.Errorf("%d events of the page are in the log, and %d of any are shown", events, len(shown))
		}
	})
}

// TestAlertsSurviveRestarts decides the same with restarts and failing commits at
// random as without.
func TestAlertsSurviveRestarts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		history := func(disturb func(*rig)) []string {
			r := newAlertRig(t, 5, 20, "pay", "login")
			begin := r.world.begin
			for range 110 {
				disturb(r)
				if err := r.engine.Tick(t.Context()); err != nil {
					next(1)
					continue
				}
				next(1)
			}
			var list []string
			for _, n := range r.box().Log {
				list = append(list, fmt.Sprintf("%d %s %s %s", slo.MinuteAt(n.At)-begin, n.Key, n.Change, n.Reason))
			}
			if len(told(r.given)) != len(r.box().Letters) {
				t.Errorf("%d letters were given, and %d are kept", len(r.given), len(r.box().Letters))
			}
			return list
		}
		want := history(func(*rig) {})
		if len(want) < 4 {
			t.Fatalf("nothing happens: %v", want)
		}
		seeds := uint64(5)
		if testing.Short() {
			seeds = 1
		}
		for seed := range seeds {
			random := rand.New(rand.NewPCG(seed, 1))
			got := history(func(r *rig) {
				switch random.IntN(6) {
				case 0:
					r.start()
				case 2: // a commit of somebody else is in the minute of the tick that is still to come
					if err := r.ledger.Commit(t.Context(), burnrate.Tick{At: time.Now(), Entries: []burnrate.Entry{{Kind: "other", Value: []byte("{}")}}}); err != nil {
						t.Fatal(err)
					}
					r.start()
				case 1:
					r.broken.failures.Store(1)
				}
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: what was decided without and with accidents:\n%s", seed, diff)
			}
		}
	})
}

// TestAlertsAfterAPause tells of what still fires, and of what is over in one letter.
func TestAlertsAfterAPause(t *testing.T) {
	for _, test := range []struct {
		name           string
		outage, paused int
		want           []string
	}{
		{"it still fires", 60, 60, []string{"hook: pay 28d burn page firing", "duty: pay 28d burn page firing"}},
		{"it is over", 20, 110, []string{
			"hook: team:shop missed ticket firing [pay 28d burn page firing] [pay 28d burn page resolved]",
			"duty: team:shop missed ticket firing [pay 28d burn page firing] [pay 28d burn page resolved]",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newAlertRig(t, 5, test.outage, "pay")
				r.minutes(3)
				next(test.paused)
				r.start()
				r.minutes(1)
				letters := burning(r.given)
				for k := range letters { // other tickets may be among what is over
					letters[k].Notification.Missed = slices.DeleteFunc(letters[k].Notification.Missed, func(e alert.Event) bool { return e.Severity != slo.Page })
				}
				checkTold(t, letters, test.want...)
				// What is told is how things are now.
				if n := letters[0].Notification; n.Kind == alert.Burn && n.Why.Tiers[0].Bad < int64(50*test.paused*3/4) {
					t.Errorf("%d minutes later: %+v", test.paused, n.Why.Tiers[0])
				}
				missed := func(n alert.Notification) bool { return n.Kind == alert.Missed }
				told := slices.ContainsFunc(letters, func(l outbox.Letter) bool { return missed(l.Notification) })
				if got := slices.ContainsFunc(r.box().Log, missed); got != told {
					t.Errorf("the log has what was missed: %v, and the letters: %v", got, told)
				}
			})
		})
	}
}

// TestAlertsOfWhatGoes refuses to lose what an alert fires about, or all notifiers,
// and says that it is over when it may go.
func TestAlertsOfWhatGoes(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newAlertRig(t, 0, 60, "pay", "login", "search")
		r.minutes(20)
		r.ids = []string{"login", "search"}
		_, err := r.engine.Reload(t.Context(), r.specs())
		refused, ok := errors.AsType[*RemovalError](err)
		if !ok || !slices.Equal(refused.IDs(), []string{"pay"}) || !strings.Contains(err.Error(), "alerts fire about: pay") {
			t.Fatalf("%v", err)
		}
		// It goes as well when another shard has it, and it is measured here for a journey.
		r.ids = []string{"login", "pay", "search"}
		specs := r.specs()
		for _, s := range specs.Set.SLOs {
			if s.ID == "pay" {
				s.Elsewhere, s.Objectives = true, nil
			}
		}
		_, err = r.engine.Reload(t.Context(), specs)
		if refused, ok = errors.AsType[*RemovalError](err); !ok || !slices.Equal(refused.IDs(), []string{"pay"}) {
			t.Fatalf("%v", err)
		}
		r.ids = []string{"login", "search"}
		specs = r.specs()
		specs.Removed = refused.IDs()
		if _, err := r.engine.Reload(t.Context(), specs); err != nil {
			t.Fatal(err)
		}
		before := len(r.given)
		r.minutes(1)
		checkTold(t, burning(r.given[before:]), "hook: pay 28d burn page resolved removed", "duty: pay 28d burn page resolved removed")
		if got := r.given[before].Notification.Subject; got.OwnerTitle != "Shop" || got.Target != "99%" {
			t.Errorf("the subject of what was removed is %+v", got)
		}

		r.edit = func(set *slo.Set) { alerted(set); set.Notifiers, set.Teams[0].Notify = nil, nil }
		_, err = r.engine.Reload(t.Context(), r.specs())
		refused, ok = errors.AsType[*RemovalError](err)
		if !ok || !slices.Equal(refused.IDs(), []string{"notifier:duty", "notifier:hook"}) {
			t.Fatalf("%v", err)
		}
		specs = r.specs()
		specs.Removed = refused.IDs()
		if _, err := r.engine.Reload(t.Context(), specs); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAlertsGoOnUnderANewName resolves under it.
func TestAlertsGoOnUnderANewName(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newAlertRig(t, 0, 30, "pay")
		r.minutes(20)
		before := len(r.given)
		r.ids = []string{"settle"}
		r.edit = func(set *slo.Set) { alerted(set); set.SLOs[0].About.RenamedFrom = []string{"pay"} }
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		r.start() // the name is kept
		r.minutes(80)
		checkTold(t, burning(r.given[before:]), "hook: settle 28d burn page resolved recovered", "duty: settle 28d burn page resolved recovered")
	})
}

// TestObserved decides and tells nobody.
func TestObserved(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newAlertRig(t, 0, 30, "pay")
		r.edit = func(set *slo.Set) { alerted(set); set.SLOs[0].About.Stage = slo.Observe }
		r.start()
		r.minutes(30)
		if len(r.given) != 0 || len(r.box().Log) == 0 {
			t.Errorf("%d letters, %d events", len(r.given), len(r.box().Log))
		}
	})
}

// TestSourceStates says since when a source answers nothing, also after a restart.
func TestSourceStates(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newAlertRig(t, 0, 0, "pay", "login")
		r.minutes(2)
		failing := func() time.Time {
			s := r.engine.View().Snapshot.Sources
			if len(s) != 1 || s[0].Name != "world" || s[0].Owner != "shop" || !slices.Equal(s[0].Notify, []string{"hook", "duty"}) {
				t.Fatalf("%+v", s)
			}
			if !s[0].Since.IsZero() && s[0].Message != errGone.Error() {
				t.Errorf("it says %q", s[0].Message)
			}
			return s[0].Since
		}
		if !failing().IsZero() {
			t.Error("it answers")
		}
		one := true
		r.world.fails = func(id string, _ slo.Span) error {
			if one && id == "login" {
				return nil
			}
			return errGone
		}
		r.minutes(2)
		if !failing().IsZero() {
			t.Error("one of two is answered")
		}
		one = false
		began := time.Now()
		r.minutes(3)
		if got := failing(); !got.Equal(began) {
			t.Errorf("it fails since %v, and not %v", got, began)
		}
		r.start()
		r.minutes(2)
		if got := failing(); !got.Equal(began) {
			t.Errorf("after a restart it fails since %v, and not %v", got, began)
		}
		r.world.fails = nil
		r.minutes(1)
		if !failing().IsZero() {
			t.Error("it answers again")
		}
	})
}
