//go:build servers

package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// These tests run against the real Alertmanager of Debian, started on loopback.

// server finds a real server: on PATH, or where `make test` says it is.
func server(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range filepath.SplitList(os.Getenv("SLOJOURN_SERVERS")) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	t.Fatalf("there is no %s on PATH: install it, or let .ci/servers fetch it and say in SLOJOURN_SERVERS where it is, as make test does", name)
	return ""
}

// instance is an Alertmanager.
type instance struct {
	t       *testing.T
	dir     string
	address string // to listen on
	args    []string
	cmd     *exec.Cmd
	log     bytes.Buffer
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

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody connects
	return l.Addr().String()
}

// newInstance makes one that tells a receiver, and does not start it.
func newInstance(t *testing.T, receiver string, args ...string) *instance {
	t.Helper()
	i := &instance{t: t, dir: t.TempDir(), address: freeAddress(t), args: args}
	if err := os.WriteFile(filepath.Join(i.dir, "config.yml"), fmt.Appendf(nil, routes, receiver), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(args) == 0 {
		i.args = []string{"--cluster.listen-address="}
	}
	t.Cleanup(i.stop)
	return i
}

func (i *instance) url() string { return "http://" + i.address }

// start waits until it is ready.
func (i *instance) start() {
	i.t.Helper()
	i.cmd = exec.Command(server(i.t, "prometheus-alertmanager"), append([]string{
		"--config.file=" + filepath.Join(i.dir, "config.yml"), "--storage.path=" + filepath.Join(i.dir, "data"),
		"--web.listen-address=" + i.address, "--log.level=warn",
	}, i.args...)...)
	i.cmd.Dir = filepath.Dir(i.cmd.Path) // from where .ci/servers lets it find its templates
	i.cmd.Stdout, i.cmd.Stderr = &i.log, &i.log
	if err := i.cmd.Start(); err != nil {
		i.t.Fatal(err)
	}
	eventually(i.t, "Alertmanager is ready", func() error {
		response, err := http.Get(i.url() + "/-/ready") //nolint:noctx // a test
		if err != nil {
			return err
		}
		response.Body.Close() //nolint:errcheck // only read from
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("it says %s", response.Status)
		}
		return nil
	})
}

// stop ends it, as somebody who restarts it does.
func (i *instance) stop() {
	if i.cmd == nil {
		return
	}
	_ = i.cmd.Process.Signal(os.Interrupt) // it may have ended
	killer := time.AfterFunc(10*time.Second, func() { _ = i.cmd.Process.Kill() })
	_ = i.cmd.Wait() // it was told to
	killer.Stop()
	i.cmd = nil
	if i.t.Failed() {
		i.t.Logf("Alertmanager at %s said:\n%s", i.address, i.log.String())
	}
}

// shownAlert is an alert as Alertmanager shows it.
type shownAlert struct {
	Annotations  map[string]string `json:"annotations"`
	EndsAt       time.Time         `json:"endsAt"`
	Fingerprint  string            `json:"fingerprint"`
	GeneratorURL string            `json:"generatorURL"`
	Labels       map[string]string `json:"labels"`
	StartsAt     time.Time         `json:"startsAt"`
	Status       struct {
		State string `json:"state"`
	} `json:"status"`
}

// alerts returns those that fire, by their id, and the document they stand in.
func (i *instance) alerts() (map[string]shownAlert, []byte) {
	response, err := http.Get(i.url() + "/api/v2/alerts") //nolint:noctx // a test
	if err != nil {
		return nil, nil // it is down
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, nil
	}
	var list []shownAlert
	if err := json.Unmarshal(body, &list); err != nil {
		i.t.Fatalf("%v in %s", err, body)
	}
	byID := map[string]shownAlert{}
	for _, a := range list {
		byID[a.Labels["id"]] = a
	}
	return byID, body
}

// fires waits until exactly these fire.
func (i *instance) fires(ids ...string) map[string]shownAlert {
	i.t.Helper()
	var alerts map[string]shownAlert
	eventually(i.t, fmt.Sprintf("%v fire", ids), func() error {
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

// eventually waits for something for at most half a minute.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	var err error
	for range 600 {
		if err = check(); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("half a minute and not yet that %s: %v", what, err)
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
func (o *told) hears(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	eventually(t, "the receivers are told", func() error {
		if diff := cmp.Diff(want, o.got()); diff != "" {
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
		urls = append(urls, diag.Located[string]{Value: i.url()})
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
	eventually(t, what, func() error {
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
	am.start()
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
	var shown shownAlert
	eventually(t, "it was sent again and again", func() error {
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
	am.start()
	dir := t.TempDir()
	d := deliverTo(t, dir, am)
	page := fired("pay", "payments")
	d.told(t, page)
	am.fires("pay")
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing")
	// Alertmanager keeps no alerts when it ends, and gets them back.
	am.stop()
	am.start()
	am.fires("pay")
	// So does slojourn, which keeps them.
	d.stop(t)
	d = deliverTo(t, dir, am)
	am.fires("pay")
	// The resolve waits for an Alertmanager that is down.
	am.stop()
	d.told(t, over(page))
	d.gets(t, "the resolve was tried", func(s outbox.NotifierStats) bool { return s.Failed > 0 && s.Waiting == 1 })
	d.stop(t)
	am.start()
	d = deliverTo(t, dir, am)
	d.gets(t, "nothing is left in the outbox", func(s outbox.NotifierStats) bool { return s.Waiting+s.Standing == 0 })
	am.fires()
	people.hears(t, "/payments owner=payments firing: pay ErrorBudgetBurn page firing", "/payments owner=payments resolved: pay ErrorBudgetBurn page resolved")
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
	am.start()
	am.fires("pay")
	d.gets(t, "everything is delivered", func(s outbox.NotifierStats) bool { return s.Sent == 3 && s.Waiting == 0 && s.Standing == 1 })
	eventually(t, "the receivers are told", func() error {
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
	am.start()
	d := deliverTo(t, t.TempDir(), am)
	first, second := fired("pay", "payments"), fired("refund", "payments")
	second.Severity = slo.Ticket
	for _, n := range []alert.Notification{first, second, fired("find", "mobile"), fired("load", "sre")} {
		d.told(t, n)
	}
	am.fires("find", "load", "pay", "refund")
	eventually(t, "everybody is told", func() error {
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
	one.start()
	d := deliverTo(t, t.TempDir(), one, two)
	page := fired("pay", "payments")
	d.told(t, page)
	one.fires("pay")
	d.gets(t, "one is enough", func(s outbox.NotifierStats) bool { return s.Sent == 1 && s.Failed == 0 })
	two.start()
	two.fires("pay")
	one.stop()
	one.start()
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
	gossip := []string{freeAddress(t), freeAddress(t)}
	var instances []*instance
	for i := range gossip {
		instances = append(instances, newInstance(t, receiver, "--cluster.listen-address="+gossip[i], "--cluster.peer="+gossip[1-i],
			"--cluster.peer-timeout=1s", "--cluster.settle-timeout=1s", "--cluster.gossip-interval=20ms", "--cluster.pushpull-interval=500ms", "--cluster.reconnect-interval=200ms"))
	}
	for _, i := range instances {
		i.start()
	}
	for _, i := range instances {
		eventually(t, "they know one another", func() error {
			response, err := http.Get(i.url() + "/api/v2/status") //nolint:noctx // a test
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
	instances[0].stop()
	d.told(t, fired("find", "mobile"))
	people.hears(t, "/mobile owner=mobile firing: find ErrorBudgetBurn page firing",
		"/payments owner=payments firing: pay ErrorBudgetBurn page firing", "/payments owner=payments resolved: pay ErrorBudgetBurn page resolved")
}

// TestAlertmanagerRaised says another level of the same alert.
func TestAlertmanagerRaised(t *testing.T) {
	t.Parallel()
	_, receiver := newTold(t)
	am := newInstance(t, receiver)
	am.start()
	d := deliverTo(t, t.TempDir(), am)
	spent := fired("pay", "payments")
	spent.Kind, spent.Severity, spent.Why = alert.Budget, slo.Ticket, alert.Why{Budget: &alert.BudgetSpent{Consumed: ratio(0.81), Level: "80%"}}
	d.told(t, spent)
	before := am.fires("pay")["pay"]
	raised := spent
	raised.Change, raised.At = alert.Raised, time.Now()
	raised.Why.Budget = &alert.BudgetSpent{Consumed: ratio(1.01), Level: "100%"}
	d.told(t, raised)
	eventually(t, "it says another level", func() error {
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
	am.start()
	d := deliverTo(t, t.TempDir(), am)
	recipient := d.courier.desks["am"].Recipient
	recipient.Heartbeat = quickly
	d.courier.Adopt(map[string]Recipient{"am": recipient})
	eventually(t, "the heart beats", func() error {
		_, body := am.alerts()
		if !bytes.Contains(body, []byte(`"alertname":"SlojournHeartbeat"`)) || d.courier.Stats().Notifiers[0].Beats < 3 {
			return fmt.Errorf("%s", body)
		}
		return nil
	})
	d.stop(t)
	am.fires()
}
