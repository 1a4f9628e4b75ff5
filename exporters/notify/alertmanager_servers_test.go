//go:build servers

package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// These tests run against the real Alertmanager of Debian, started on loopback.

// instance is an Alertmanager.
type instance struct {
	*servertest.Server
	t *testing.T
}

// routes is a configuration that groups by owner and has a receiver for each.
const routes = `route:
  receiver: others
  group_by: [owner]
  group_wait: 100ms
  group_interval: 300ms
  repeat_interval: 24h
  routes:
  - {receiver: payments, matchers: [owner = "payments"]}
  - {receiver: mobile, matchers: [owner = "mobile"]}
receivers:
- {name: others, webhook_configs: [{url: %[1]s/others}]}
- {name: payments, webhook_configs: [{url: %[1]s/payments}]}
- {name: mobile, webhook_configs: [{url: %[1]s/mobile}]}
`

// newInstance makes one that tells a receiver, and does not start it.
func newInstance(t *testing.T, receiver string, args ...string) *instance {
	t.Helper()
	return &instance{servertest.StartAlertmanager(t, servertest.Options{Config: fmt.Sprintf(routes, receiver), Args: args, Later: true}), t}
}

// alerts returns those that fire, by their id, and the document they stand in.
func (i *instance) alerts() (map[string]servertest.Alert, []byte) {
	list, body := i.Alerts(i.t)
	byID := map[string]servertest.Alert{}
	for _, a := range list {
		byID[a.Labels["id"]] = a
	}
	return byID, body
}

// fires waits until exactly these fire.
func (i *instance) fires(ids ...string) map[string]servertest.Alert {
	i.t.Helper()
	var alerts map[string]servertest.Alert
	servertest.Eventually(i.t, fmt.Sprintf("%v fire", ids), func() error {
		alerts, _ = i.alerts()
		var got []string
		for id, a := range alerts {
			if a.Status.State == "active" {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, ids) {
			return fmt.Errorf("%v fire", got)
		}
		return nil
	})
	return alerts
}

// told is what Alertmanager tells its receivers: of each owner, the status of each
// notification, with its alerts.
type told struct {
	mu    sync.Mutex
	lines []string
}

func (o *told) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var group struct {
		Status      string
		GroupLabels map[string]string
		Alerts      []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&group); err != nil {
		return
	}
	var alerts []string
	for _, a := range group.Alerts {
		alerts = append(alerts, a.Labels["id"]+" "+a.Labels["alertname"]+" "+a.Labels["severity"]+" "+a.Status)
	}
	slices.Sort(alerts)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, fmt.Sprintf("%s owner=%s %s: %s", r.URL.Path, group.GroupLabels["owner"], group.Status, strings.Join(alerts, ", ")))
}

func (o *told) got() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(slices.Values(o.lines))
}

// hears waits until receivers were told exactly this, in any order.
func (o *told) hears(t *testing.T, want ...string) { o.hear(t, o.got, want) }

// hearsAtLeast is hears where an Alertmanager that starts again may say again what it said.
func (o *told) hearsAtLeast(t *testing.T, want ...string) {
	o.hear(t, func() []string { return slices.Compact(o.got()) }, want)
}

func (o *told) hear(t *testing.T, heard func() []string, want []string) {
	t.Helper()
	slices.Sort(want)
	servertest.Eventually(t, "the receivers are told", func() error {
		if diff := cmp.Diff(want, heard()); diff != "" {
			return fmt.Errorf("(-want +got):\n%s", diff)
		}
		return nil
	})
}

func newTold(t *testing.T) (*told, string) {
	t.Helper()
	o, r := &told{}, newReceiver(t, nil)
	r.Config.Handler = o
	return o, r.URL
}

// times are what the payload says of the time of the test.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC))`)

// quickly is how often these tests send again, so that an alert that is not sent
// again is over in three seconds.
const quickly = 700 * time.Millisecond

// deliverTo delivers from a folder to Alertmanagers.
func deliverTo(t *testing.T, dir string, instances ...*instance) *delivering {
	t.Helper()
	var urls []diag.Located[string]
	for _, i := range instances {
		urls = append(urls, diag.Located[string]{Value: i.URL()})
	}
	sink := Open(&slo.Notifier{Name: "am", Locale: slo.English, Alertmanager: &slo.Alertmanager{URLs: urls}}, nil, Options{})
	d, err := deliverFrom(context.Background(), dir, CourierOptions{
		Resend: quickly, Recipients: map[string]Recipient{"am": {Sink: sink}}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.end() }) //nolint:errcheck // it has mostly ended
	return d
}

func (d *delivering) told(t *testing.T, n alert.Notification) {
	t.Helper()
	if err := d.tell(t.Context(), n, "am"); err != nil {
		t.Fatal(err)
	}
}

// gets waits until the letters to Alertmanager fare like this.
func (d *delivering) gets(t *testing.T, what string, like func(outbox.NotifierStats) bool) {
	t.Helper()
	servertest.Eventually(t, what, func() error {
		if s := d.courier.Stats().Notifiers[0]; !like(s) {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
}

func (d *delivering) stop(t *testing.T) {
	t.Helper()
	if err := d.end(); err != nil {
		t.Fatal(err)
	}
}

// fired is a page of now.
func fired(id, owner string) alert.Notification {
	n := aboutStep()
	n.ID, n.Labels.Owner, n.At = id, owner, time.Now()
	n.Since = n.At
	gone := n.At.Add(50 * time.Hour)
	n.Why.Budget.Gone = &gone
	return n
}

func over(n alert.Notification) alert.Notification {
	n.Change, n.Reason, n.At = alert.Resolved, alert.Recovered, time.Now()
	return n
}

// TestAlertmanagerPage pages, keeps the alert for as long as it is sent again, and
// resolves it: each is told to people once.
func TestAlertmanagerPage(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	dir := t.TempDir()
	d := deliverTo(t, dir, am)
	page := fired("barcode-payment/authorise", "payments")
	d.told(t, page)
	first := am.fires(page.ID)[page.ID]
	people.hears(t, "/payments owner=payments firing: barcode-payment/authorise ErrorBudgetBurn page firing")

	// The payload, as Alertmanager shows it.
	_, body := am.alerts()
	if !first.StartsAt.Equal(page.Since.Truncate(time.Millisecond)) {
		t.Errorf("it fires since %s, and fired at %s", first.StartsAt, page.Since)
	}
	checkGolden(t, "testdata/alertmanager/alerts.json", indented(t, times.ReplaceAll(body, []byte("TIME"))))

	// Long after the first message would have been forgotten.
	var shown servertest.Alert
	servertest.Eventually(t, "it was sent again and again", func() error {
		alerts, _ := am.alerts()
		found := false
		if shown, found = alerts[page.ID]; !found {
			t.Fatalf("it is gone at %s, having been sent until %s", time.Now(), first.EndsAt)
		}
		if now := time.Now(); !now.After(first.EndsAt.Add(3 * time.Second)) {
			return fmt.Errorf("it is %s", now)
		}
		return nil
	})
	if shown.Fingerprint != first.Fingerprint || !shown.StartsAt.Equal(first.StartsAt) {
		t.Errorf("it is another alert: %+v, and was %+v", shown, first)
	}

	// Without somebody who sends it again it is over, and comes back with them.
	d.stop(t)
	am.fires()
	d = deliverTo(t, dir, am)
	am.fires(page.ID)
	d.told(t, over(page))
	am.fires()
	d.gets(t, "nothing is left in the outbox", func(s outbox.NotifierStats) bool { return s.Waiting+s.Standing == 0 })
}

// TestAlertmanagerResolve tells people once that it fires and once that it is over,
// whatever is restarted in between.
func TestAlertmanagerResolve(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	dir := t.TempDir()
	d := deliverTo(t, dir, am)
	page := fired("pay", "payments")
	d.told(t, page)
	am.fires("pay")
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing")
	// Alertmanager keeps no alerts when it ends, and gets them back.
	am.Stop()
	am.Start()
	am.fires("pay")
	// So does slojourn, which keeps them.
	d.stop(t)
	d = deliverTo(t, dir, am)
	am.fires("pay")
	// The resolve waits for an Alertmanager that is down.
	am.Stop()
	d.told(t, over(page))
	d.gets(t, "the resolve was tried", func(s outbox.NotifierStats) bool { return s.Failed > 0 && s.Waiting == 1 })
	d.stop(t)
	am.Start()
	d = deliverTo(t, dir, am)
	d.gets(t, "nothing is left in the outbox", func(s outbox.NotifierStats) bool { return s.Waiting+s.Standing == 0 })
	am.fires()
	people.hearsAtLeast(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing", "/payments owner=payments resolved: pay ErrorBudgetBurn page resolved")
}

// TestAlertmanagerDown delivers what fired while Alertmanager was down, and keeps
// the order.
func TestAlertmanagerDown(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	am := newInstance(t, receiver)
	d := deliverTo(t, t.TempDir(), am)
	page, other := fired("pay", "payments"), fired("find", "mobile")
	d.told(t, page)
	d.told(t, other)
	d.told(t, over(other)) // within the hour it is told
	d.gets(t, "both were tried", func(s outbox.NotifierStats) bool { return s.Failed >= 2 && s.Waiting == 3 })
	am.Start()
	am.fires("pay")
	d.gets(t, "everything is delivered", func(s outbox.NotifierStats) bool { return s.Sent == 3 && s.Waiting == 0 && s.Standing == 1 })
	servertest.Eventually(t, "the receivers are told", func() error {
		if got := people.got(); !slices.Contains(got, "/payments owner=payments firing: pay ErrorBudgetBurn page firing") {
			return fmt.Errorf("%q", got)
		}
		return nil
	})
}

// TestAlertmanagerOwners groups by the owner, and routes to each.
func TestAlertmanagerOwners(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	d := deliverTo(t, t.TempDir(), am)
	first, second := fired("pay", "payments"), fired("refund", "payments")
	second.Severity = slo.Ticket
	for _, n := range []alert.Notification{first, second, fired("find", "mobile"), fired("load", "sre")} {
		d.told(t, n)
	}
	am.fires("find", "load", "pay", "refund")
	servertest.Eventually(t, "everybody is told", func() error {
		var owners, alerts []string
		for _, line := range people.got() {
			head, list, _ := strings.Cut(line, ": ")
			owners = append(owners, head)
			alerts = append(alerts, strings.Split(list, ", ")...)
		}
		slices.Sort(alerts)
		if want := []string{"/mobile owner=mobile firing", "/others owner=sre firing", "/payments owner=payments firing"}; !slices.Equal(slices.Compact(owners), want) {
			return fmt.Errorf("%q", owners)
		}
		if want := []string{
			"find ErrorBudgetBurn page firing", "load ErrorBudgetBurn page firing", "pay ErrorBudgetBurn page firing", "refund ErrorBudgetBurn ticket firing",
		}; !slices.Equal(slices.Compact(alerts), want) {
			return fmt.Errorf("%q", alerts)
		}
		return nil
	})
}

// TestAlertmanagerTwo delivers to the one of two that is up, and to the other when
// it is back.
func TestAlertmanagerTwo(t *testing.T) {
	t.Parallel()
	_, receiver := newTold(t)
	one, two := newInstance(t, receiver), newInstance(t, receiver)
	one.Start()
	d := deliverTo(t, t.TempDir(), one, two)
	page := fired("pay", "payments")
	d.told(t, page)
	one.fires("pay")
	d.gets(t, "one is enough", func(s outbox.NotifierStats) bool { return s.Sent == 1 && s.Failed == 0 })
	two.Start()
	two.fires("pay")
	one.Stop()
	one.Start()
	one.fires("pay")
	d.told(t, over(page))
	one.fires()
	two.fires()
}

// TestAlertmanagerCluster has two of one cluster, which tell people once between
// them.
func TestAlertmanagerCluster(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	gossip := []string{servertest.FreeAddress(t), servertest.FreeAddress(t)}
	var instances []*instance
	for i := range gossip {
		instances = append(instances, newInstance(t, receiver, "--cluster.listen-address="+gossip[i], "--cluster.peer="+gossip[1-i],
			"--cluster.peer-timeout=1s", "--cluster.settle-timeout=1s", "--cluster.gossip-interval=20ms", "--cluster.pushpull-interval=500ms", "--cluster.reconnect-interval=200ms"))
	}
	for _, i := range instances {
		i.Start()
	}
	for _, i := range instances {
		servertest.Eventually(t, "they know one another", func() error {
			response, err := http.Get(i.URL() + "/api/v2/status") //nolint:noctx // a test
			if err != nil {
				return err
			}
			defer response.Body.Close() //nolint:errcheck // only read from
			var status struct {
				Cluster struct {
					Status string
					Peers  []any
				}
			}
			if err := json.NewDecoder(response.Body).Decode(&status); err != nil || status.Cluster.Status != "ready" || len(status.Cluster.Peers) != 2 {
				return fmt.Errorf("%+v, %w", status, err)
			}
			return nil
		})
	}
	d := deliverTo(t, t.TempDir(), instances...)
	page := fired("pay", "payments")
	d.told(t, page)
	for _, i := range instances {
		i.fires("pay")
	}
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing")
	d.told(t, over(page))
	for _, i := range instances {
		i.fires()
	}
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing", "/payments owner=payments resolved: pay ErrorBudgetBurn page resolved")
	// One of them is down for the next one.
	instances[0].Stop()
	d.told(t, fired("find", "mobile"))
	people.hears(t, "/mobile owner=mobile firing: find ErrorBudgetBurn page firing",
		"/payments owner=payments firing: pay ErrorBudgetBurn page firing", "/payments owner=payments resolved: pay ErrorBudgetBurn page resolved")
}

// TestAlertmanagerRaised says another level of the same alert.
func TestAlertmanagerRaised(t *testing.T) {
	t.Parallel()
	_, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	d := deliverTo(t, t.TempDir(), am)
	spent := fired("pay", "payments")
	spent.Kind, spent.Severity, spent.Why = alert.Budget, slo.Ticket, alert.Why{Budget: &alert.BudgetSpent{Consumed: ratio(0.81), Level: "80%"}}
	d.told(t, spent)
	before := am.fires("pay")["pay"]
	raised := spent
	raised.Change, raised.At = alert.Raised, time.Now()
	raised.Why.Budget = &alert.BudgetSpent{Consumed: ratio(1.01), Level: "100%"}
	d.told(t, raised)
	servertest.Eventually(t, "it says another level", func() error {
		after := am.fires("pay")["pay"]
		if after.Annotations["summary"] == before.Annotations["summary"] {
			return fmt.Errorf("it says %q", after.Annotations["summary"])
		}
		if after.Fingerprint != before.Fingerprint || !after.StartsAt.Equal(before.StartsAt) {
			t.Fatalf("it is another alert: %+v, and was %+v", after, before)
		}
		return nil
	})
}

// TestAlertmanagerHeartbeat shows the sign of life among the alerts.
func TestAlertmanagerHeartbeat(t *testing.T) {
	t.Parallel()
	_, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	d := deliverTo(t, t.TempDir(), am)
	recipient := d.courier.desks["am"].Recipient
	recipient.Heartbeat = quickly
	d.courier.Adopt(map[string]Recipient{"am": recipient})
	servertest.Eventually(t, "the heart beats", func() error {
		_, body := am.alerts()
		if !bytes.Contains(body, []byte(`"alertname":"SlojournHeartbeat"`)) || d.courier.Stats().Notifiers[0].Beats < 3 {
			return fmt.Errorf("%s", body)
		}
		return nil
	})
	d.stop(t)
	am.fires()
}

// TestAlertmanagerReplicas has two that deliver the same: people are told once, and it
// fires as long as one of them says so.
func TestAlertmanagerReplicas(t *testing.T) {
	t.Parallel()
	people, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.Start()
	one, two := deliverTo(t, t.TempDir(), am), deliverTo(t, t.TempDir(), am)
	page := fired("pay", "payments")
	later := page
	later.Since = page.Since.Add(time.Second) // it began to look later
	one.told(t, page)
	two.told(t, later)
	first := am.fires("pay")["pay"]
	two.gets(t, "it was told too", func(s outbox.NotifierStats) bool { return s.Sent == 1 })

	// One of them ends without a word.
	one.stop(t)
	servertest.Eventually(t, "the other one sends it again and again", func() error {
		now := am.fires("pay")["pay"]
		if !now.StartsAt.Equal(first.StartsAt) {
			t.Fatalf("it fires since %s, and fired since %s", now.StartsAt, first.StartsAt)
		}
		if at := time.Now(); !at.After(first.EndsAt.Add(3 * time.Second)) {
			return fmt.Errorf("it is %s", at)
		}
		return nil
	})
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing")

	// One that says that it is over is not believed for longer than until the other one
	// sends it again.
	third := deliverTo(t, t.TempDir(), am)
	third.told(t, later)
	third.told(t, over(later))
	third.gets(t, "it was told that it is over", func(s outbox.NotifierStats) bool { return s.Sent == 2 && s.Standing == 0 })
	am.fires("pay")
	two.told(t, over(later))
	am.fires()
}
