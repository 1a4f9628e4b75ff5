//go:build unix

package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// childVariable tells the test binary that it is a child, and what it does: a
// folder, the address of its receivers, where it dies, and after how many times.
const childVariable = "SLOJOURN_DELIVERY_CHILD"

// The points at which a process dies. In commits of the engine are the letters, in
// those of the courier that they were taken.
var deaths = []string{
	"anywhere", // its parent kills it
	"before the letters are kept", "after the letters are kept", "after they are handed over",
	"before a send", "after a send", "before it is kept that one was taken", "after it is kept",
}

// TestDeliveryChild is the other end of [TestDeliveryKilled], and nothing when it is
// run as a test.
func TestDeliveryChild(t *testing.T) {
	args := os.Getenv(childVariable)
	if args == "" {
		return
	}
	words := strings.Split(args, "\n")
	after, err := strconv.ParseInt(words[3], 10, 64)
	if err == nil {
		err = runDelivery(context.Background(), words[0], words[1], &death{at: words[2], after: after})
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// death kills this process once it has come to a point a number of times.
type death struct {
	at    string
	after int64
	times atomic.Int64
}

func (d *death) here(point string) {
	if point == d.at && d.times.Add(1) == d.after {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it takes a moment
	}
}

// mortalLedger dies around commits.
type mortalLedger struct {
	Ledger
	death *death
}

func (m mortalLedger) Commit(ctx context.Context, tick burnrate.Tick) error {
	before, after := "before it is kept that one was taken", "after it is kept"
	if slices.ContainsFunc(tick.Entries, func(e burnrate.Entry) bool { return e.Kind == outbox.KindState }) {
		before, after = "before the letters are kept", "after the letters are kept"
	}
	m.death.here(before)
	err := m.Ledger.Commit(ctx, tick)
	m.death.here(after)
	return err
}

// mortalSink dies around sends.
type mortalSink struct {
	Sink
	death *death
}

func (m mortalSink) Send(ctx context.Context, d Delivery) error {
	m.death.here("before a send")
	err := m.Sink.Send(ctx, d)
	m.death.here("after a send")
	return err
}

// runDelivery lets alerts fire and resolve until it dies. Without a death it
// delivers what is left, and ends.
func runDelivery(ctx context.Context, dir, address string, end *death) error {
	hook := Open(notifierOf("webhook", address, slo.English), secretsOf(address), Options{})
	am := Open(&slo.Notifier{Name: "am", Locale: slo.English, Alertmanager: &slo.Alertmanager{
		URLs: []diag.Located[string]{{Value: address + "/am"}},
	}}, secretsOf(address), Options{})
	d, err := deliverFrom(ctx, dir, CourierOptions{Resend: 100 * time.Millisecond, Recipients: map[string]Recipient{
		"hook": {Sink: mortalSink{hook, end}}, "am": {Sink: mortalSink{am, end}},
	}}, func(l Ledger) Ledger { return mortalLedger{l, end} })
	if err != nil {
		return err
	}
	for parent := os.Getppid(); end.at != "" && os.Getppid() == parent; { // else nobody waits for it any more
		id, n := fmt.Sprint("slo-", d.state.Next/2%5), aboutStep()
		n.ID, n.At, n.Change = id, time.Now(), alert.Firing
		n.Since = n.At
		i := slices.IndexFunc(d.state.Alerts, func(a alert.Alert) bool { return a.ID == id })
		if i < 0 {
			d.state.Alerts = append(slices.Clone(d.state.Alerts), alert.Alert{Key: n.Key, Since: n.At})
		} else {
			n.Since, n.Change, n.Reason = d.state.Alerts[i].Since, alert.Resolved, alert.Recovered
			d.state.Alerts = slices.Delete(slices.Clone(d.state.Alerts), i, i+1)
		}
		if err := d.tell(ctx, n, "hook", "am"); err != nil {
			return err
		}
		end.here("after they are handed over")
		time.Sleep(time.Millisecond)
	}
	for {
		waiting := 0
		for _, n := range d.courier.Stats().Notifiers {
			waiting += n.Waiting
		}
		if waiting == 0 {
			return d.end()
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// crashes is how often a process is killed: `make crash` asks for more.
func crashes() int {
	if n, err := strconv.Atoi(os.Getenv("CRASHES")); err == nil {
		return n
	}
	return len(deaths)
}

// heard is what came of one message, or of one alert.
type heard struct {
	first   int // its place among all that was heard
	times   int
	episode string
	change  alert.Change
}

// hearing is a receiver that counts.
type hearing struct {
	mu       sync.Mutex
	random   *rand.Rand
	messages map[string]*heard // of the webhook, by what names the message
	wrong    []string          // what is not as it should be
	alerts   map[string][2]int // of Alertmanager, by labels and when they fired: how often firing, and resolved
}

func (h *hearing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	pause := time.Duration(h.random.IntN(3000)) * time.Microsecond
	h.mu.Unlock()
	time.Sleep(pause) // so that sends take some time
	decoder := json.NewDecoder(r.Body)
	if strings.HasPrefix(r.URL.Path, "/am/") {
		var posted []postable
		if err := decoder.Decode(&posted); err != nil {
			return // it was killed while it sent
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, p := range posted {
			key := p.Labels["id"] + " " + p.StartsAt.Format(time.RFC3339Nano)
			count := h.alerts[key]
			if p.EndsAt.After(time.Now()) {
				count[0]++
			} else {
				count[1]++
			}
			h.alerts[key] = count
		}
		return
	}
	var doc document
	if err := decoder.Decode(&doc); err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.messages[doc.MessageID]
	if m == nil {
		m = &heard{first: len(h.messages), episode: doc.Episode, change: doc.Change}
		h.messages[doc.MessageID] = m
	}
	if m.times++; m.episode != doc.Episode || m.change != doc.Change {
		h.wrong = append(h.wrong, fmt.Sprintf("message %s is about %s %s, and was about %s %s", doc.MessageID, doc.Episode, doc.Change, m.episode, m.change))
	}
}

// TestDeliveryKilled kills a process that decides, keeps and delivers, at every
// point. In the end the receiver has every message of which the ledger knows, each
// with the key it always had; how many it has twice is said.
func TestDeliveryKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("CRASHSEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("to repeat it: CRASHSEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	h := &hearing{random: rand.New(rand.NewPCG(seed, 1)), messages: map[string]*heard{}, alerts: map[string][2]int{}}
	receiver := newReceiver(t, nil)
	receiver.Config.Handler = h
	dir := t.TempDir()
	kills, twice := map[string]int{}, map[string]int{}
	for n := range crashes() {
		point := deaths[n%len(deaths)]
		before := h.duplicates()
		child := startDelivery(t, dir, receiver.URL, point, random.IntN(60)+1)
		if point == deaths[0] {
			time.Sleep(time.Duration(random.Int64N(int64(300 * time.Millisecond)))) // anything may be under way
			_ = child.Process.Kill()
		}
		_ = child.Wait() // it was killed
		if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
			t.Fatalf("at %q the child ended with %v:\n%s", point, child.ProcessState, child.Stdout)
		}
		kills[point]++
		twice[point] += h.duplicates() - before
	}
	before := h.duplicates()
	last := startDelivery(t, dir, receiver.URL, "", 0)
	if err := last.Wait(); err != nil {
		t.Fatalf("%v:\n%s", err, last.Stdout)
	}
	twice["the end"] = h.duplicates() - before
	h.compare(t, dir)
	for _, point := range slices.Sorted(maps.Keys(kills)) {
		t.Logf("%4d times killed %-40s %4d duplicates heard until the next kill", kills[point], point, twice[point])
	}
	t.Logf("%d kills, %d messages, %d of them heard again; %d alerts of Alertmanager", crashes(), len(h.messages), h.duplicates(), len(h.alerts))
}

func startDelivery(t *testing.T, dir, address, point string, after int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDeliveryChild$")
	cmd.Env = append(os.Environ(), childVariable+"="+strings.Join([]string{dir, address, point, strconv.Itoa(after)}, "\n"))
	cmd.Stdout = &strings.Builder{}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	return cmd
}

// duplicates is how many messages were heard more than once, each time counted.
func (h *hearing) duplicates() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, m := range h.messages {
		n += m.times - 1
	}
	return n
}

// compare holds what was heard against what the ledger knows.
func (h *hearing) compare(t *testing.T, dir string) {
	t.Helper()
	reader, err := ledger.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	kept, err := reader.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	box, err := outbox.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, wrong := range h.wrong {
		t.Error(wrong)
	}
	// Each decision has a letter to either.
	if want := int(box.State.Next-1) / 2; len(h.messages) != want {
		t.Errorf("%d messages were heard, and %d were written", len(h.messages), want)
	}
	episodes := map[string]map[alert.Change][]int{}
	for _, m := range h.messages {
		if episodes[m.episode] == nil {
			episodes[m.episode] = map[alert.Change][]int{}
		}
		episodes[m.episode][m.change] = append(episodes[m.episode][m.change], m.first)
	}
	firing := 0
	for episode, changes := range episodes {
		fired, over := changes[alert.Firing], changes[alert.Resolved]
		switch {
		case len(fired) != 1 || len(over) > 1:
			t.Errorf("the alert %s fired %d times and resolved %d times", episode, len(fired), len(over))
		case len(over) == 0:
			firing++
		case over[0] < fired[0]:
			t.Errorf("the alert %s resolved before it fired", episode)
		}
	}
	if firing != len(box.State.Alerts) {
		t.Errorf("of %d alerts nobody heard that they resolved, and %d fire", firing, len(box.State.Alerts))
	}
	open := 0
	for key, count := range h.alerts {
		if count[0] == 0 {
			t.Errorf("Alertmanager did not hear that %s fires", key)
		}
		if count[1] == 0 {
			open++
		}
	}
	if len(h.alerts) != len(episodes) || open != firing {
		t.Errorf("Alertmanager heard of %d alerts, %d of them fire; there are %d, and %d fire", len(h.alerts), open, len(episodes), firing)
	}
	for _, l := range box.Letters {
		if l.Standing.IsZero() || l.To != "am" {
			t.Errorf("letter %d to %s is left", l.Number, l.To)
		}
	}
	if len(box.Letters) != firing || len(box.Dead) != 0 {
		t.Errorf("%d letters stand, and %d alerts fire; %d are dead", len(box.Letters), firing, len(box.Dead))
	}
}
