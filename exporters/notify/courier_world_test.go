package notify_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
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

// bubbleClock is the clock of a bubble.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

func (bubbleClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shelf is a ledger in memory.
type shelf struct {
	mu      sync.Mutex
	kept    map[[2]string][]byte
	full    bool
	commits int
}

func (s *shelf) Commit(_ context.Context, tick burnrate.Tick) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return errors.New("no space left")
	}
	s.commits++
	for _, e := range tick.Entries {
		if key := [2]string{e.Kind, e.Key}; e.Value == nil {
			delete(s.kept, key)
		} else {
			s.kept[key] = e.Value
		}
	}
	return nil
}

func (s *shelf) setFull(full bool) {
	s.mu.Lock()
	s.full = full
	s.mu.Unlock()
}

func (s *shelf) isFull() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}

func (s *shelf) open(t testing.TB) outbox.Box {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept burnrate.Kept
	for _, key := range slices.SortedFunc(maps.Keys(s.kept), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		kept.Entries = append(kept.Entries, burnrate.Entry{Kind: key[0], Key: key[1], Value: s.kept[key]})
	}
	box, err := outbox.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// quiet is a log that nobody reads.
var quiet = slog.New(slog.DiscardHandler)

// sink is a receiver that says what it is sent, and answers as a test wants.
type sink struct {
	name    string
	resends bool
	world   *world

	mu     sync.Mutex
	answer func(ctx context.Context, d notify.Delivery) error // nil takes everything
	pulse  func() error                                       // nil takes every heartbeat
}

func (s *sink) answers(answer func(context.Context, notify.Delivery) error) {
	s.mu.Lock()
	s.answer = answer
	s.mu.Unlock()
}

func (s *sink) beats(pulse func() error) {
	s.mu.Lock()
	s.pulse = pulse
	s.mu.Unlock()
}

func (s *sink) Resends() bool { return s.resends }

func (s *sink) Send(ctx context.Context, d notify.Delivery) error {
	var err error
	s.world.tell(s.name, d, "…")
	s.mu.Lock()
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		err = answer(ctx, d)
	}
	outcome := "taken"
	if err != nil {
		outcome = err.Error()
	}
	s.world.tell(s.name, d, outcome)
	return err
}

func (s *sink) Beat(_ context.Context, _ time.Time, every time.Duration) error {
	var err error
	s.mu.Lock()
	pulse := s.pulse
	s.mu.Unlock()
	if pulse != nil {
		err = pulse()
	}
	outcome := "taken"
	if err != nil {
		outcome = err.Error()
	}
	s.world.line("%s beat every %s: %s", s.name, every, outcome)
	return err
}

// world is a courier among sinks, in a bubble.
type world struct {
	t       testing.TB
	begin   time.Time
	ledger  *shelf
	options notify.CourierOptions
	courier *notify.Courier
	number  int64
	end     func()

	mu    sync.Mutex
	lines []string
	log   page
}

// page is a log that is read while it is written.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(line)
}

// turn returns what was written since the last time.
func (p *page) turn() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.text.Reset()
	return p.text.String()
}

// inBubble runs a test with its own time.
func inBubble(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, begin: time.Now(), ledger: &shelf{kept: map[[2]string][]byte{}}}
		w.options = notify.CourierOptions{
			Ledger: w.ledger, Clock: bubbleClock{}, Recipients: map[string]notify.Recipient{},
			Log: slog.New(slog.NewTextHandler(&w.log, nil)), Random: func() float64 { return 1 },
		}
		defer w.stop()
		test(w)
	})
}

// sink adds one. Those that are added later are adopted.
func (w *world) sink(name string) *sink {
	s := &sink{name: name, world: w}
	w.options.Recipients[name] = notify.Recipient{Sink: s}
	return s
}

// start begins a process with what the ledger has.
func (w *world) start() {
	w.courier = notify.NewCourier(w.options, w.ledger.open(w.t))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.courier.Run(ctx) })
	w.end = func() {
		cancel()
		running.Wait()
	}
	synctest.Wait()
}

func (w *world) stop() {
	if w.end != nil {
		w.end()
		w.end = nil
	}
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// accept commits letters to some notifiers, and hands them to the courier if there
// is one.
func (w *world) accept(n alert.Notification, to ...string) {
	w.t.Helper()
	var letters []outbox.Letter
	tick := burnrate.Tick{At: time.Now()}
	for _, name := range to {
		w.number++
		l := outbox.Letter{Number: w.number, To: name, Notification: n}
		entry, err := l.Entry()
		if err != nil {
			w.t.Fatal(err)
		}
		letters, tick.Entries = append(letters, l), append(tick.Entries, entry)
	}
	if err := w.ledger.Commit(context.Background(), tick); err != nil {
		w.t.Fatal(err)
	}
	if w.courier != nil && w.end != nil {
		w.courier.Accept(letters)
		synctest.Wait()
	}
}

// about is a notification of now, about an alert that fired so long ago.
func about(id string, change alert.Change, ago time.Duration) alert.Notification {
	n := alert.Notification{Event: alert.Event{
		Key: alert.Key{ID: id, Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Change: change, At: time.Now(), Since: time.Now().Add(-ago),
	}}
	if change == alert.Resolved {
		n.Reason = alert.Recovered
	}
	return n
}

func (w *world) line(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf("%s ", time.Since(w.begin).Round(time.Millisecond))+fmt.Sprintf(format, args...))
}

// tell notes the beginning and the end of a send.
func (w *world) tell(name string, d notify.Delivery, outcome string) {
	line := fmt.Sprintf("%s %s %s", name, d.Notification.ID, d.Notification.Change)
	if d.Attempt > 1 {
		line += fmt.Sprintf(" #%d", d.Attempt)
	}
	if !d.EndsAt.IsZero() {
		line += " until " + d.EndsAt.Sub(w.begin).Round(time.Millisecond).String()
	}
	w.line("%s: %s", line, outcome)
}

// told returns what happened since the last time, without sends that only begin.
func (w *world) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, line := range w.lines {
		if !strings.HasSuffix(line, "…") {
			lines = append(lines, line)
		}
	}
	w.lines = nil
	return lines
}

// expect compares what happened since the last time. At one instant the order among
// notifiers and among alerts is any.
func (w *world) expect(want ...string) {
	w.t.Helper()
	got := w.told()
	for _, lines := range [][]string{want, got} {
		slices.SortStableFunc(lines, func(a, b string) int {
			x, y := strings.Fields(a), strings.Fields(b)
			s, _ := time.ParseDuration(x[0])
			t, _ := time.ParseDuration(y[0])
			return cmp.Or(cmp.Compare(s, t), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]))
		})
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		w.t.Fatalf("at %s (-want +got):\n%s", time.Since(w.begin), diff)
	}
}

// kept compares what the ledger has: the alert and change of each letter, with an
// S for those that stand, and the reasons of dead ones.
func (w *world) kept(want ...string) {
	w.t.Helper()
	synctest.Wait()
	box := w.ledger.open(w.t)
	var got []string
	for _, l := range box.Letters {
		line := fmt.Sprintf("%s %s %s", l.To, l.Notification.ID, l.Notification.Change)
		if !l.Standing.IsZero() {
			line += fmt.Sprintf(" since %s", l.Standing.Sub(w.begin).Round(time.Millisecond))
		}
		got = append(got, line)
	}
	for _, d := range box.Dead {
		got = append(got, fmt.Sprintf("dead: %s %s %s: %s", d.Letter.To, d.Letter.Notification.ID, d.Letter.Notification.Change, d.Reason))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		w.t.Fatalf("kept at %s (-want +got):\n%s", time.Since(w.begin), diff)
	}
}

var stamps = regexp.MustCompile(`(?m)^time=\S+ |(at|next)=\S+ `)

// logged compares the log since the last time, without times.
func (w *world) logged(want ...string) {
	w.t.Helper()
	var got []string
	for line := range strings.Lines(w.log.turn()) {
		got = append(got, stamps.ReplaceAllString(strings.TrimSpace(line), ""))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		w.t.Fatalf("logged up to %s (-want +got):\n%s", time.Since(w.begin), diff)
	}
}

// stats returns those of a notifier.
func (w *world) stats(name string) outbox.NotifierStats {
	w.t.Helper()
	for _, s := range w.courier.Stats().Notifiers {
		if s.Notifier == name {
			return s
		}
	}
	w.t.Fatalf("no stats of %s", name)
	return outbox.NotifierStats{}
}
