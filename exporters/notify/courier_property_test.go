package notify_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/notify"
)

// step is one of what can happen to a courier.
type step struct {
	what  string // event, mood, disk, crash, restart
	id    string // of events
	other bool   // raised instead of resolved; the second sink; full
	mood  string // of a sink: fine, down, flaky, late, slow
	wait  time.Duration
}

func drawSteps(r *rapid.T) []step {
	return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
		return step{
			what:  rapid.SampledFrom([]string{"event", "event", "event", "event", "mood", "mood", "disk", "crash", "restart"}).Draw(r, "what"),
			id:    rapid.SampledFrom([]string{"find", "pay", "shop"}).Draw(r, "id"),
			other: rapid.Bool().Draw(r, "other"),
			mood:  rapid.SampledFrom([]string{"fine", "fine", "down", "flaky", "late", "slow"}).Draw(r, "mood"),
			wait:  rapid.SampledFrom([]time.Duration{0, 0, time.Millisecond, time.Second, 40 * time.Second, 5 * time.Minute, 40 * time.Minute}).Draw(r, "wait"),
		}
	}), 1, 30).Draw(r, "steps")
}

// trial plays steps, and notes what is not as it should be. What is drawn by
// rapid is drawn before, as its failures cannot leave a bubble.
type trial struct {
	t       testing.TB
	random  *rand.Rand
	disk    *shelf
	courier *notify.Courier
	process *process
	since   map[string]time.Time // of alerts that fire
	number  int64
	letters []outbox.Letter

	mu       sync.Mutex
	mood     map[string]string
	takes    []take
	problems []string
}

// take is a letter that a sink had.
type take struct {
	letter  outbox.Letter
	at      time.Time
	endsAt  time.Time
	process *process
}

// process is what ends with a crash.
type process struct {
	trial   *trial
	mu      sync.Mutex
	crashed bool
	end     func()
	busy    map[alert.Key]bool
	acked   map[int64]bool // by number of the letter
}

func (p *process) isCrashed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.crashed
}

// Commit keeps nothing once the process is dead.
func (p *process) Commit(ctx context.Context, tick burnrate.Tick) error {
	if p.isCrashed() {
		return errors.New("dead")
	}
	return p.trial.disk.Commit(ctx, tick)
}

// post is a sink of a process.
type post struct {
	name    string
	process *process
}

func (p post) Resends() bool { return p.name == "am" }

func (p post) Send(ctx context.Context, d notify.Delivery) error {
	tr, key := p.process.trial, d.Notification.Key
	key.Objective = p.name // of this sink
	p.process.mu.Lock()
	if p.process.busy[key] {
		tr.problem("two sends about %s at once", key)
	}
	p.process.busy[key] = true
	p.process.mu.Unlock()
	defer func() {
		p.process.mu.Lock()
		p.process.busy[key] = false
		p.process.mu.Unlock()
	}()
	tr.mu.Lock()
	mood, coin := tr.mood[p.name], tr.random.IntN(2)
	tr.mu.Unlock()
	switch {
	case mood == "slow":
		if err := (bubbleClock{}).Sleep(ctx, 7*time.Second); err != nil {
			return err
		}
	case mood == "down" || mood == "flaky" && coin == 0:
		return errDown
	}
	if p.process.isCrashed() {
		return errors.New("dead")
	}
	l := tr.taken(p.process, p.name, d)
	if mood == "late" {
		return context.DeadlineExceeded
	}
	p.process.mu.Lock()
	again := p.process.acked[l.Number]
	p.process.acked[l.Number] = true
	p.process.mu.Unlock()
	if again && !p.Resends() {
		tr.problem("letter %d was taken and sent again by the same process", l.Number)
	}
	return nil
}

// problem notes what is wrong.
func (tr *trial) problem(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.problems = append(tr.problems, fmt.Sprintf(format, args...))
}

// taken notes what a sink has. Nothing is sent that the ledger does not have.
func (tr *trial) taken(p *process, name string, d notify.Delivery) outbox.Letter {
	number, err := strconv.ParseInt(d.Notification.Subject.Description, 10, 64)
	if err != nil {
		tr.problem("%v", err)
	}
	l := outbox.Letter{Number: number, To: name, Notification: d.Notification}
	there := false
	for _, kept := range tr.disk.open(tr.t).Letters {
		there = there || kept.Number == number
	}
	if !there {
		tr.problem("letter %d is sent and is not in the ledger", number)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.takes = append(tr.takes, take{l, time.Now(), d.EndsAt, p})
	return l
}

func (tr *trial) chance() float64 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.random.Float64()
}

func (tr *trial) start() {
	p := &process{trial: tr, busy: map[alert.Key]bool{}, acked: map[int64]bool{}}
	tr.courier = notify.NewCourier(notify.CourierOptions{
		Ledger: p, Clock: bubbleClock{}, Log: quiet, Random: tr.chance,
		Recipients: map[string]notify.Recipient{"chat": {Sink: post{"chat", p}}, "am": {Sink: post{"am", p}}},
	}, tr.disk.open(tr.t))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { tr.courier.Run(ctx) })
	p.end = func() {
		cancel()
		running.Wait()
	}
	tr.process = p
}

// event commits what happens next to an alert, and hands it to the courier.
func (tr *trial) event(s step) {
	since, fires := tr.since[s.id]
	change := alert.Firing
	switch {
	case !fires:
		since = time.Now()
		tr.since[s.id] = since
	case s.other:
		change = alert.Raised
	default:
		change = alert.Resolved
		delete(tr.since, s.id)
	}
	var letters []outbox.Letter
	tick := burnrate.Tick{At: time.Now()}
	for _, name := range []string{"chat", "am"} {
		tr.number++
		n := about(s.id, change, 0)
		n.Since, n.Subject.Description = since, strconv.FormatInt(tr.number, 10)
		l := outbox.Letter{Number: tr.number, To: name, Notification: n}
		entry, err := l.Entry()
		if err != nil {
			tr.problem("%v", err)
		}
		letters, tick.Entries = append(letters, l), append(tick.Entries, entry)
	}
	full := tr.disk.isFull()
	tr.disk.setFull(false) // or the engine would have decided nothing
	if err := tr.disk.Commit(context.Background(), tick); err != nil {
		tr.problem("%v", err)
	}
	tr.disk.setFull(full)
	tr.letters = append(tr.letters, letters...)
	if s.wait != time.Millisecond { // else the process dies in between
		tr.courier.Accept(letters)
		return
	}
	tr.crash()
}

func (tr *trial) crash() {
	tr.process.mu.Lock()
	tr.process.crashed = true
	tr.process.mu.Unlock()
	tr.process.end()
	tr.start()
}

func (tr *trial) play(steps []step) {
	tr.start()
	for _, s := range steps {
		sink := map[bool]string{false: "chat", true: "am"}[s.other]
		switch s.what {
		case "event":
			tr.event(s)
		case "mood":
			tr.mu.Lock()
			tr.mood[sink] = s.mood
			tr.mu.Unlock()
		case "disk":
			tr.disk.setFull(s.other)
		case "crash":
			tr.crash()
		case "restart":
			tr.process.end()
			tr.start()
		}
		time.Sleep(s.wait)
	}
	tr.mu.Lock()
	tr.mood = map[string]string{}
	tr.mu.Unlock()
	tr.disk.setFull(false)
	time.Sleep(15 * time.Minute)
	synctest.Wait()
	tr.judge()
	tr.process.end()
}

// judge compares what was taken with what was written.
func (tr *trial) judge() {
	firsts, lasts := map[int64]take{}, map[string]take{}
	newest := map[string]take{} // by sink and id, that with the highest number
	for _, x := range tr.takes {
		chain := x.letter.To + x.letter.Notification.ID
		if _, there := firsts[x.letter.Number]; !there {
			firsts[x.letter.Number] = x
		}
		if top, there := newest[chain]; there && top.letter.Number > x.letter.Number && top.process == x.process {
			tr.problem("letter %d was sent after %d by one process", x.letter.Number, top.letter.Number)
		}
		if top := newest[chain]; top.letter.Number <= x.letter.Number || top.process != x.process {
			newest[chain] = x
		}
		lasts[chain] = x
	}
	kept := map[int64]bool{}
	for _, l := range tr.disk.open(tr.t).Letters {
		kept[l.Number] = true
		if l.Standing.IsZero() {
			tr.problem("letter %d is left", l.Number)
		}
	}
	for _, l := range tr.letters {
		n := l.Notification
		first, was := firsts[l.Number]
		_, told := firsts[tr.first(l).Number]
		switch {
		case was && !first.at.Before(n.At):
		case was:
			tr.problem("letter %d was taken before it was written", l.Number)
		case n.Change == alert.Resolved && told:
			tr.problem("letter %d resolves what was told, and was not sent", l.Number)
		case !tr.resolved(l) || time.Since(tr.first(l).Notification.At) <= time.Hour: // what raises it may go with it
			tr.problem("letter %d is lost", l.Number)
		}
	}
	for chain, last := range lasts {
		n := last.letter.Notification
		_, fires := tr.since[n.ID]
		switch {
		case fires && n.Change == alert.Resolved, !fires && n.Change != alert.Resolved:
			tr.problem("%s was last told that it is %s", chain, n.Change)
		case fires && last.letter.To == "am" && (!last.endsAt.After(time.Now()) || !kept[last.letter.Number]):
			tr.problem("%s is forgotten at %s", chain, last.endsAt)
		}
	}
	if s := tr.courier.Stats(); s.Dead != 0 || s.Notifiers[0].Waiting != 0 || s.Notifiers[1].Waiting != 0 {
		tr.problem("in the end: %+v", s)
	}
}

// resolved reports whether what a letter is about is over.
func (tr *trial) resolved(l outbox.Letter) bool {
	since, fires := tr.since[l.Notification.ID]
	return !fires || !since.Equal(l.Notification.Since)
}

// first returns the letter with which what another one is about began.
func (tr *trial) first(l outbox.Letter) outbox.Letter {
	for _, x := range tr.letters {
		if x.To == l.To && x.Notification.Key == l.Notification.Key && x.Notification.Since.Equal(l.Notification.Since) {
			return x
		}
	}
	return outbox.Letter{}
}

// TestCourierProperties lets receivers fail, the disk be full and the process crash
// at any moment: every letter is taken, in order, and what is sent twice is what
// nobody could know to be taken.
func TestCourierProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		steps, seed := drawSteps(r), rapid.Uint64().Draw(r, "seed")
		var problems []string
		synctest.Test(t, func(t *testing.T) {
			tr := &trial{
				t: t, random: rand.New(rand.NewPCG(seed, 3)), disk: &shelf{kept: map[[2]string][]byte{}},
				since: map[string]time.Time{}, mood: map[string]string{},
			}
			tr.play(steps)
			problems = tr.problems
		})
		if len(problems) > 0 {
			r.Fatalf("%d problems:\n%s", len(problems), problems)
		}
	})
}
