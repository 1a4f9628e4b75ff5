package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/notify"
	"github.com/slojourn/slojourn/slo"
)

var errDown = errors.New("down")

func down(context.Context, notify.Delivery) error { return errDown }

// TestDelivered takes letters out of the ledger once they were taken, and not
// before.
func TestDelivered(t *testing.T) {
	inBubble(t, func(w *world) {
		answer := make(chan error)
		w.sink("chat").answers(func(context.Context, notify.Delivery) error { return <-answer })
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.kept("chat pay firing")
		answer <- nil
		synctest.Wait()
		w.expect("0s chat pay firing: taken")
		w.kept()
		w.logged(`level=INFO msg="a notification was delivered" notifier=chat alert="pay 28d burn page" change=firing letter=1`)
		w.accept(about("pay", alert.Resolved, 0), "chat")
		answer <- errDown
		w.pass(time.Second)
		w.kept("chat pay resolved")
		answer <- nil
		synctest.Wait()
		w.expect("0s chat pay resolved: down", "1s chat pay resolved #2: taken")
		w.kept()
	})
}

// TestOrder sends letters about one alert in order, and holds nothing else up.
func TestOrder(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat").answers(func(_ context.Context, d notify.Delivery) error {
			if d.Notification.ID == "pay" && d.Notification.Change == alert.Firing && d.Attempt < 3 {
				return errDown
			}
			return nil
		})
		w.sink("hook")
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat", "hook")
		w.accept(about("find", alert.Firing, 0), "chat", "hook")
		w.accept(about("pay", alert.Resolved, 0), "chat", "hook")
		w.pass(time.Minute)
		w.expect(
			"0s chat pay firing: down", "0s hook pay firing: taken",
			"0s chat find firing: taken", "0s hook find firing: taken",
			"0s hook pay resolved: taken",
			"1s chat pay firing #2: down", "3s chat pay firing #3: taken", "3s chat pay resolved: taken",
		)
		w.kept()
	})
}

// TestBackoff waits longer after each failure, up to 5 minutes, for a day.
func TestBackoff(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat").answers(down)
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.pass(24*time.Hour + time.Minute)
		got := w.told()
		if diff := gocmp.Diff([]string{
			"0s chat pay firing: down", "1s chat pay firing #2: down", "3s chat pay firing #3: down", "7s chat pay firing #4: down",
			"15s chat pay firing #5: down", "31s chat pay firing #6: down", "1m3s chat pay firing #7: down", "2m7s chat pay firing #8: down",
			"4m15s chat pay firing #9: down", "8m31s chat pay firing #10: down", "13m31s chat pay firing #11: down", "18m31s chat pay firing #12: down",
		}, got[:12]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		w.kept("chat pay firing")
		w.pass(5 * time.Minute)
		w.expect("24h3m31s chat pay firing #297: down")
		w.kept("dead: chat pay firing: it was tried for 1d: down")
		w.logged(
			`level=WARN msg="a notifier does not take a message, it is tried again" notifier=chat error=down`,
			`level=ERROR msg="a notification was given up" notifier=chat alert="pay 28d burn page" change=firing letter=1 reason="it was tried for 1d: down"`,
		)
		// The next letter of the alert goes on, and another process gives no day to
		// what is old already, but one attempt.
		w.accept(about("find", alert.Firing, 0), "chat")
		w.stop()
		w.pass(48 * time.Hour)
		w.start()
		w.pass(time.Hour)
		if got := w.told(); len(got) != 2 {
			t.Errorf("%q", got)
		}
	})
}

// TestJitter waits between half and all of what it would.
func TestJitter(t *testing.T) {
	inBubble(t, func(w *world) {
		w.options.Random = func() float64 { return 0 }
		w.sink("chat").answers(down)
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.pass(4 * time.Second)
		w.expect("0s chat pay firing: down", "500ms chat pay firing #2: down", "1.5s chat pay firing #3: down", "3.5s chat pay firing #4: down")
		w.logged(`level=WARN msg="a notifier does not take a message, it is tried again" notifier=chat error=down`)
	})
}

// TestRefused gives up at once what the receiver refuses, and goes on.
func TestRefused(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat").answers(func(_ context.Context, d notify.Delivery) error {
			if d.Notification.Change == alert.Firing {
				return fmt.Errorf("send: %w", &notify.PermanentError{Err: errors.New("no such channel")})
			}
			return nil
		})
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.accept(about("pay", alert.Resolved, 0), "chat")
		w.expect("0s chat pay firing: send: no such channel", "0s chat pay resolved: taken")
		w.kept("dead: chat pay firing: send: no such channel")
		if got, want := w.stats("chat"), (outbox.NotifierStats{Notifier: "chat", Sent: 1, Failed: 1, Dead: 1, Success: w.begin, Tried: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if dead := w.courier.Stats().Dead; dead != 1 {
			t.Errorf("%d dead letters", dead)
		}
	})
}

// TestThrottled sends nothing to a receiver that asks to wait, and all else.
func TestThrottled(t *testing.T) {
	inBubble(t, func(w *world) {
		wait := func(d time.Duration) func(context.Context, notify.Delivery) error {
			return func(context.Context, notify.Delivery) error {
				return &notify.ThrottledError{After: d, Err: errors.New("too many")}
			}
		}
		chat := w.sink("chat")
		chat.answers(wait(40 * time.Second))
		w.sink("hook")
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.accept(about("find", alert.Firing, 0), "chat", "hook")
		w.pass(39 * time.Second)
		w.expect("0s chat pay firing: too many", "0s hook find firing: taken")
		if s := w.stats("chat"); s.Error != "throttled" || s.Waiting != 2 || !s.Oldest.Equal(w.begin) {
			t.Errorf("%+v", s)
		}
		chat.answers(nil)
		w.pass(time.Second)
		w.expect("40s chat find firing: taken", "40s chat pay firing #2: taken")
		w.kept()
		// However long it asks, it is asked again after an hour, and the usual pause
		// holds when it does not say.
		chat.answers(wait(48 * time.Hour))
		w.accept(about("pay", alert.Resolved, 0), "chat")
		w.told()
		w.pass(59 * time.Minute)
		w.expect()
		chat.answers(wait(0))
		w.pass(time.Minute)
		w.pass(2 * time.Second)
		w.expect("1h0m40s chat pay resolved #2: too many", "1h0m42s chat pay resolved #3: too many")
	})
}

// TestHanging cuts a send off, sends no more than four at once, the pages first,
// and holds no other notifier up.
func TestHanging(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat").answers(func(ctx context.Context, _ notify.Delivery) error {
			<-ctx.Done()
			return ctx.Err()
		})
		w.sink("hook")
		for n := range 6 {
			ticket := about(fmt.Sprint("t", n), alert.Firing, 0)
			ticket.Severity = slo.Ticket
			w.accept(ticket, "chat")
		}
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.start()
		w.accept(about("pay", alert.Firing, 0), "hook")
		w.accept(about("find", alert.Firing, 0), "chat") // there is no room
		var begun []string
		w.mu.Lock()
		for _, line := range w.lines {
			if strings.Contains(line, "chat") {
				begun = append(begun, line)
			}
		}
		w.mu.Unlock()
		slices.Sort(begun)
		if diff := gocmp.Diff([]string{"0s chat pay firing: …", "0s chat t0 firing: …", "0s chat t1 firing: …", "0s chat t2 firing: …"}, begun); diff != "" {
			t.Errorf("sends that have begun (-want +got):\n%s", diff)
		}
		w.expect("0s hook pay firing: taken")
		w.pass(30 * time.Second)
		if s := w.stats("chat"); s.Failed != 4 || s.Error != "unanswered" {
			t.Errorf("%+v", s)
		}
		w.expect("30s chat pay firing: context deadline exceeded", "30s chat t0 firing: context deadline exceeded",
			"30s chat t1 firing: context deadline exceeded", "30s chat t2 firing: context deadline exceeded")
		w.pass(30 * time.Second)
		w.expect("1m0s chat find firing: context deadline exceeded", "1m0s chat t3 firing: context deadline exceeded",
			"1m0s chat t4 firing: context deadline exceeded", "1m0s chat t5 firing: context deadline exceeded")
	})
}

// TestOutdated drops what fired and resolved while nobody could be told, visibly.
func TestOutdated(t *testing.T) {
	inBubble(t, func(w *world) {
		chat := w.sink("chat")
		w.start()
		// One that was told is resolved, whatever happens in between.
		w.accept(about("find", alert.Firing, 0), "chat")
		chat.answers(down)
		w.accept(about("find", alert.Raised, 0), "chat")
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.accept(about("late", alert.Firing, 0), "chat")
		w.pass(50 * time.Minute)
		w.accept(about("pay", alert.Raised, 50*time.Minute), "chat")
		w.accept(about("pay", alert.Resolved, 50*time.Minute), "chat")
		w.accept(about("find", alert.Resolved, 50*time.Minute), "chat")
		w.accept(about("pay", alert.Firing, 0), "chat") // another time
		w.pass(9 * time.Minute)
		if s := w.stats("chat"); s.Dropped != 0 {
			t.Errorf("dropped within the hour: %+v", s)
		}
		w.told()
		w.log.turn()
		w.pass(2 * time.Minute)
		w.logged(
			`level=WARN msg="nobody is told of an alert, as it has resolved and is long ago" notifier=chat alert="find 28d burn page" change=raised letter=2`,
			`level=WARN msg="nobody is told of an alert, as it has resolved and is long ago" notifier=chat alert="pay 28d burn page" change=firing letter=3`,
			`level=WARN msg="nobody is told of an alert, as it has resolved and is long ago" notifier=chat alert="pay 28d burn page" change=raised letter=5`,
			`level=WARN msg="nobody is told of an alert, as it has resolved and is long ago" notifier=chat alert="pay 28d burn page" change=resolved letter=6`,
		)
		if s := w.stats("chat"); s.Dropped != 4 || s.Waiting != 3 {
			t.Errorf("%+v", s)
		}
		w.kept("chat late firing", "chat find resolved", "chat pay firing")
		w.told()
		chat.answers(nil)
		w.pass(5 * time.Minute)
		w.kept()
		for _, line := range w.told() {
			if strings.HasSuffix(line, "taken") && strings.Contains(line, "raised") {
				t.Error(line)
			}
		}
	})
}

// TestOutdatedInDoubt resolves what may have been told: an answer was late, or the
// process before this one ended at the wrong moment.
func TestOutdatedInDoubt(t *testing.T) {
	inBubble(t, func(w *world) {
		chat := w.sink("chat")
		chat.answers(func(context.Context, notify.Delivery) error {
			return fmt.Errorf("chat: %w", &notify.UnansweredError{Err: errDown})
		})
		w.accept(about("left", alert.Firing, 0), "chat")
		w.pass(2 * time.Hour)
		w.accept(about("left", alert.Resolved, 2*time.Hour), "chat")
		w.start()
		w.accept(about("slow", alert.Firing, 0), "chat")
		w.pass(10 * time.Minute)
		w.accept(about("slow", alert.Resolved, 10*time.Minute), "chat")
		chat.answers(down)
		w.pass(time.Hour)
		w.kept("chat left resolved", "chat slow resolved")
		if s := w.stats("chat"); s.Dropped != 2 {
			t.Errorf("%+v", s)
		}
	})
}

// TestStands sends a firing alert again and again until it resolves, also in
// another process.
func TestStands(t *testing.T) {
	inBubble(t, func(w *world) {
		am := w.sink("am")
		am.resends = true
		w.start()
		w.accept(about("pay", alert.Firing, 0), "am")
		w.pass(2 * time.Minute)
		w.expect("0s am pay firing until 4m0s: taken", "1m0s am pay firing until 5m0s: taken", "2m0s am pay firing until 6m0s: taken")
		w.kept("am pay firing since 0s")
		if got, want := w.stats("am"), (outbox.NotifierStats{Notifier: "am", Sent: 1, Resent: 2, Standing: 1, Success: time.Now(), Tried: true}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w.stop()
		w.pass(30 * time.Second)
		w.start()
		w.expect("2m30s am pay firing until 6m30s: taken")
		// What fails is tried again before the receiver forgets.
		am.answers(down)
		w.pass(4 * time.Minute)
		w.expect("3m30s am pay firing until 7m30s: down", "3m31s am pay firing #2 until 7m31s: down", "3m33s am pay firing #3 until 7m33s: down",
			"3m37s am pay firing #4 until 7m37s: down", "3m45s am pay firing #5 until 7m45s: down", "4m1s am pay firing #6 until 8m1s: down",
			"4m33s am pay firing #7 until 8m33s: down", "5m33s am pay firing #8 until 9m33s: down")
		am.answers(func(context.Context, notify.Delivery) error { return &notify.PermanentError{Err: errors.New("bad")} })
		w.pass(time.Minute)
		w.expect("6m33s am pay firing #9 until 10m33s: bad")
		w.kept("am pay firing since 0s")
		am.answers(nil)
		// The level that is raised stands in the place of the one before.
		w.accept(about("pay", alert.Raised, time.Minute), "am")
		w.expect("7m30s am pay raised until 11m30s: taken")
		w.kept("am pay raised since 0s")
		w.pass(time.Minute)
		w.expect("8m30s am pay raised until 12m30s: taken")
		am.answers(down)
		w.accept(about("pay", alert.Resolved, time.Minute), "am")
		w.pass(time.Second)
		w.expect("8m30s am pay resolved: down", "8m31s am pay resolved #2: down")
		w.kept("am pay raised since 0s", "am pay resolved")
		am.answers(nil)
		w.pass(5 * time.Minute)
		w.expect("8m33s am pay resolved #3: taken")
		w.kept()
	})
}

// TestRenamed has the resolve of an alert that was renamed end what stands, behind
// the letter that says that it fires, also in another process.
func TestRenamed(t *testing.T) {
	inBubble(t, func(w *world) {
		am, hook := w.sink("am"), w.sink("hook")
		am.resends = true
		hook.answers(down)
		w.start()
		w.accept(about("pay", alert.Firing, 0), "am", "hook")
		w.pass(time.Minute)
		w.stop()
		w.start()
		w.told()
		n := about("till", alert.Resolved, time.Minute)
		n.Was = "pay"
		w.accept(n, "am", "hook")
		w.pass(0)
		w.kept("hook pay firing", "hook till resolved")
		w.told()
		hook.answers(nil)
		w.pass(10 * time.Minute)
		for i, line := range w.told() {
			if want := []string{"hook pay firing", "hook till resolved"}; i >= len(want) || !strings.Contains(line, want[i]) {
				t.Errorf("unexpected: %s", line)
			}
		}
		w.kept()
	})
}

// TestStandsForWhatFires lets nothing stand that nothing resolves, and gives up
// no alert that fires still.
func TestStandsForWhatFires(t *testing.T) {
	inBubble(t, func(w *world) {
		am := w.sink("am")
		am.resends = true
		w.start()
		for _, kind := range []alert.Kind{alert.Missed, alert.Test} {
			n := about(string(kind), alert.Firing, 0)
			n.Kind = kind
			w.accept(n, "am")
		}
		w.pass(10 * time.Minute)
		w.expect("0s am missed firing until 1h0m0s: taken", "0s am test firing until 1h0m0s: taken")
		w.kept()
		am.answers(down)
		w.accept(about("pay", alert.Firing, 0), "am")
		w.pass(72 * time.Hour)
		w.kept("am pay firing")
		am.answers(nil)
		w.pass(5 * time.Minute)
		w.told()
		// The resolve that is given up ends what stands.
		am.answers(func(context.Context, notify.Delivery) error { return &notify.PermanentError{Err: errors.New("bad")} })
		w.accept(about("pay", alert.Resolved, 0), "am")
		w.pass(5 * time.Minute)
		w.kept("dead: am pay resolved: bad")
		w.expect("72h15m0s am pay resolved: bad")
	})
}

// TestAdopt goes on with other sinks, and gives up what is for nobody.
func TestAdopt(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat").answers(down)
		am := w.sink("am")
		am.resends = true
		w.accept(about("pay", alert.Firing, 0), "chat", "am", "gone")
		w.start()
		w.kept("chat pay firing", "am pay firing since 0s", "dead: gone pay firing: there is no such notifier any more")
		w.pass(10 * time.Minute)
		w.told()
		chat := w.sink("chat") // mended
		w.courier.Adopt(w.options.Recipients)
		synctest.Wait()
		w.expect("10m0s chat pay firing #11: taken")
		// What is under way is finished.
		proceed := make(chan bool)
		chat.answers(func(ctx context.Context, d notify.Delivery) error {
			select {
			case <-proceed:
			case <-ctx.Done():
			}
			if d.Notification.ID == "find" {
				return errDown
			}
			return nil
		})
		w.accept(about("pay", alert.Resolved, 0), "chat", "am")
		w.accept(about("pay", alert.Firing, 0), "chat", "am")
		w.accept(about("find", alert.Firing, 0), "chat")
		w.told()
		w.courier.Adopt(map[string]notify.Recipient{})
		synctest.Wait()
		// What stands waits for its notifier.
		w.kept("chat pay resolved", "chat pay firing", "am pay firing since 10m0s", "chat find firing",
			"dead: gone pay firing: there is no such notifier any more")
		proceed <- true
		proceed <- true
		w.pass(time.Hour)
		w.kept("am pay firing since 10m0s", "dead: gone pay firing: there is no such notifier any more", "dead: chat pay firing: there is no such notifier any more",
			"dead: chat find firing: there is no such notifier any more")
		w.told()
		w.courier.Adopt(map[string]notify.Recipient{"am": {Sink: am}})
		synctest.Wait()
		w.expect("1h10m0s am pay firing until 1h14m0s: taken")
		w.courier.Adopt(map[string]notify.Recipient{})
		w.accept(about("pay", alert.Resolved, 0), "am")
		synctest.Wait()
		w.kept("dead: gone pay firing: there is no such notifier any more", "dead: chat pay firing: there is no such notifier any more",
			"dead: chat find firing: there is no such notifier any more", "dead: am pay resolved: there is no such notifier any more")
	})
}

// TestHeartbeat beats as often as it is asked to, while alerts are judged.
func TestHeartbeat(t *testing.T) {
	inBubble(t, func(w *world) {
		var dead atomic.Bool
		w.options.Alive = func() bool { return !dead.Load() }
		am := w.sink("am")
		w.options.Recipients["am"] = notify.Recipient{Sink: am, Heartbeat: time.Minute}
		w.options.Recipients["plain"] = notify.Recipient{Sink: plain{am}, Heartbeat: time.Minute} // cannot beat
		w.start()
		w.pass(time.Minute)
		w.expect("0s am beat every 1m0s: taken", "1m0s am beat every 1m0s: taken")
		am.beats(func() error { return errDown })
		w.pass(65 * time.Second)
		w.expect("2m0s am beat every 1m0s: down", "2m1s am beat every 1m0s: down", "2m3s am beat every 1m0s: down")
		am.beats(nil)
		w.pass(2 * time.Second)
		w.expect("2m7s am beat every 1m0s: taken")
		dead.Store(true)
		w.pass(10 * time.Minute)
		w.expect()
		dead.Store(false)
		w.pass(time.Minute)
		w.expect("13m7s am beat every 1m0s: taken")
		if got, want := w.stats("am"), (outbox.NotifierStats{
			Notifier: "am", Beating: true, Beats: 4, BeatsFailed: 3, Success: w.begin.Add(13*time.Minute + 7*time.Second), Tried: true,
		}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if s := w.stats("plain"); s.Beating || s.Tried {
			t.Errorf("%+v", s)
		}
		w.logged(`level=WARN msg="a notifier does not take heartbeats, they are tried again" notifier=am error=down`,
			`level=INFO msg="a notifier takes heartbeats again" notifier=am`)
		w.courier.Adopt(map[string]notify.Recipient{"am": {Sink: am, Heartbeat: 10 * time.Minute}})
		w.pass(10 * time.Minute)
		w.expect("13m7s am beat every 10m0s: taken", "23m7s am beat every 10m0s: taken")
	})
}

// plain is a sink that cannot beat.
type plain struct{ notify.Sink }

// TestDiskFull sends nothing twice while the ledger cannot keep that it was sent.
func TestDiskFull(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat")
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.ledger.setFull(true)
		w.pass(time.Second)
		w.courier.Accept([]outbox.Letter{{Number: 7, To: "chat", Notification: about("find", alert.Firing, 0)}})
		w.pass(time.Hour)
		w.expect("0s chat pay firing: taken", "1s chat find firing: taken")
		w.log.turn()
		w.ledger.setFull(false)
		w.pass(time.Minute)
		w.kept()
		w.logged(`level=INFO msg="what was delivered is kept again"`)
		w.expect()
	})
}

// TestDiskFullAtTheEnd says what will be sent again.
func TestDiskFullAtTheEnd(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("chat")
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.ledger.setFull(true)
		w.start()
		w.stop()
		w.logged(`level=INFO msg="a notification was delivered" notifier=chat alert="pay 28d burn page" change=firing letter=1`,
			`level=ERROR msg="the ledger does not keep what was delivered, it is tried again" error="no space left"`,
			`level=ERROR msg="the ledger does not keep what was delivered, so that it will be sent again" error="no space left"`)
		w.ledger.setFull(false)
		w.start()
		w.expect("0s chat pay firing: taken", "0s chat pay firing: taken")
	})
}

// TestEnd lets what is under way end within 5 seconds, and keeps the rest.
func TestEnd(t *testing.T) {
	inBubble(t, func(w *world) {
		w.sink("quick").answers(func(ctx context.Context, _ notify.Delivery) error {
			return bubbleClock{}.Sleep(ctx, 4*time.Second)
		})
		w.sink("slow").answers(func(ctx context.Context, _ notify.Delivery) error {
			return bubbleClock{}.Sleep(ctx, 10*time.Second)
		})
		w.start()
		w.accept(about("pay", alert.Firing, 0), "quick", "slow")
		w.accept(about("pay", alert.Resolved, 0), "quick", "slow")
		w.pass(time.Second)
		w.stop()
		if d := time.Since(w.begin); d != 6*time.Second {
			t.Errorf("it took %s", d)
		}
		w.expect("4s quick pay firing: taken", "6s slow pay firing: context canceled")
		w.kept("slow pay firing", "quick pay resolved", "slow pay resolved")
		if s := w.stats("slow"); s.Failed != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestDeadLetters keeps the newest thousand for a hundred days.
func TestDeadLetters(t *testing.T) {
	inBubble(t, func(w *world) {
		chat := w.sink("chat")
		chat.answers(func(context.Context, notify.Delivery) error { return &notify.PermanentError{Err: errors.New("bad")} })
		w.start()
		for n := range 990 {
			w.accept(about(fmt.Sprint("old", n), alert.Firing, 0), "chat")
		}
		w.pass(24 * time.Hour)
		for n := range 20 {
			w.accept(about(fmt.Sprint("new", n), alert.Firing, 0), "chat")
		}
		dead := w.ledger.open(t).Dead
		if len(dead) != 1000 || dead[0].Letter.Notification.ID != "old10" || w.courier.Stats().Dead != 1000 {
			t.Errorf("%d dead letters are kept, the first one is %s", len(dead), dead[0].Letter.Notification.ID)
		}
		w.stop()
		w.pass(99*24*time.Hour - time.Hour)
		w.start()
		w.pass(time.Hour)
		if dead = w.ledger.open(t).Dead; len(dead) != 20 || dead[0].Letter.Notification.ID != "new0" {
			t.Errorf("%d dead letters are left", len(dead))
		}
		w.pass(24 * time.Hour)
		if dead = w.ledger.open(t).Dead; len(dead) != 0 {
			t.Errorf("%d dead letters are left", len(dead))
		}
	})
}

// shifted is a clock that can be set.
type shifted struct {
	bubbleClock
	by atomic.Int64
}

func (s *shifted) Now() time.Time { return time.Now().Add(time.Duration(s.by.Load())) }

// TestClockPutBack does not wait for an instant that was far ahead.
func TestClockPutBack(t *testing.T) {
	inBubble(t, func(w *world) {
		clock := &shifted{}
		clock.by.Store(int64(12 * time.Hour))
		w.options.Clock = clock
		chat := w.sink("chat")
		chat.answers(func(context.Context, notify.Delivery) error {
			return &notify.ThrottledError{After: time.Minute, Err: errDown}
		})
		am := w.sink("am")
		am.resends = true
		w.options.Recipients["am"] = notify.Recipient{Sink: am, Heartbeat: time.Minute}
		w.start()
		w.accept(about("pay", alert.Firing, 0), "chat", "am")
		w.told()
		chat.answers(nil)
		clock.by.Store(0)
		w.pass(time.Minute)
		got := strings.Join(w.told(), "\n")
		for _, want := range []string{"1m0s chat pay firing #2: taken", "1m0s am pay firing until 5m0s: taken", "1m0s am beat every 1m0s: taken"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in\n%s", want, got)
			}
		}
	})
}

// TestAccept takes each letter once, in the order of numbers.
func TestAccept(t *testing.T) {
	inBubble(t, func(w *world) {
		chat := w.sink("chat")
		chat.answers(down)
		w.accept(about("pay", alert.Firing, 0), "chat")
		w.accept(about("pay", alert.Resolved, 0), "chat")
		w.start()
		letters := w.ledger.open(t).Letters
		w.courier.Accept([]outbox.Letter{letters[1], letters[0]})
		chat.answers(nil)
		w.pass(time.Minute)
		w.expect("0s chat pay firing: down", "1s chat pay firing #2: taken", "1s chat pay resolved: taken")
	})
}

// TestTogether commits what belongs together in one commit.
func TestTogether(t *testing.T) {
	inBubble(t, func(w *world) {
		am := w.sink("am")
		am.resends = true
		w.start()
		w.accept(about("pay", alert.Firing, 0), "am")
		counted := &counting{Ledger: w.ledger}
		w.stop()
		w.options.Ledger = counted
		w.start()
		w.accept(about("pay", alert.Resolved, 0), "am")
		w.pass(time.Minute)
		want := []string{"2 entries"}
		if diff := gocmp.Diff(want, counted.commits); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// counting is a ledger that notes what is committed.
type counting struct {
	notify.Ledger
	commits []string
}

func (c *counting) Commit(ctx context.Context, tick burnrate.Tick) error {
	c.commits = append(c.commits, fmt.Sprintf("%d entries", len(tick.Entries)))
	return c.Ledger.Commit(ctx, tick)
}
