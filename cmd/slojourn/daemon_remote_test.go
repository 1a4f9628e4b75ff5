//go:build !race

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
)

// TestServeRefusesRemoteWrite says what is wrong with its flags, and shows no secret.
func TestServeRefusesRemoteWrite(t *testing.T) {
	t.Parallel()
	specs, data, secrets := fileSpecs(t, "pay"), t.TempDir(), t.TempDir()
	put(t, secrets, "token", "t0ken")
	const address = "https://mimir.example.com/api/v1/push"
	for _, test := range []struct {
		args string
		want string
	}{
		{"--remote-write-user ops", "--remote-write-user is for --remote-write, which is missing"},
		{"--remote-write-from 2026-11-22T00:00:00Z --remote-write-user ops --remote-write-token-from env:SLOJOURN_T", "--remote-write-token-from is for --remote-write, which is missing"},
		{"--remote-write mimir.hunter2.example.com", "--remote-write is no address of a receiver"},
		{"--remote-write https://ops:hunter2@example.com/", "--remote-write must not hold who sends"},
		{"--remote-write http://example.com/ --remote-write-token-from env:SLOJOURN_T", "--remote-write would send the secret without encryption: write https://"},
		{"--remote-write " + address + " --remote-write-token-from hunter2", "--remote-write-token-from names where the secret is: write env:NAME or file:NAME"},
		{"--remote-write " + address + " --remote-write-token-from env:HOME", "HOME may not be read: its name must begin with"},
		{"--remote-write " + address + " --remote-write-token-from file:token", "name the folder of secrets with --secrets-dir"},
		{"--remote-write " + address + " --remote-write-token-from file:tokem --secrets-dir " + secrets, "tokem"},
		{"--remote-write " + address + " --remote-write-user ops", "belong together"},
		{"--remote-write " + address + " --remote-write-user a:b --remote-write-password-from file:token", "cannot hold a colon"},
		{"--remote-write " + address + " --remote-write-user ops --remote-write-token-from file:token", "in two ways who sends"},
		{"--remote-write " + address + " --remote-write-ca-file " + filepath.Join(secrets, "none"), "no such file"},
		{"--remote-write " + address + " --remote-write-ca-file " + filepath.Join(secrets, "token"), "holds no certificate"},
		{"--remote-write " + address + " --remote-write-label replica", "is no label: write NAME=VALUE"},
		{"--remote-write " + address + " --remote-write-label re-plica=a", "is no label"},
		{"--remote-write " + address + " --remote-write-label step=a", "the name is taken"},
		{"--remote-write " + address + " --remote-write-label a=1 --remote-write-label a=2", "a stands there twice"},
		{"--remote-write " + address + " --remote-write-from yesterday", "--remote-write-from"},
		{"--remote-write " + address + " --remote-write-from 2026-11-22T00:00:30Z", "is no whole minute"},
	} {
		code, stdout, stderr := command(t, append([]string{"serve", "--data-dir", data, specs}, strings.Fields(test.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hunter2") || stdout != "" {
			t.Errorf("%s: exit code %d, want %s\n%s", test.args, code, test.want, stderr)
		}
	}
}

// receiver takes samples, and keeps those of bad events by their time.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	down   bool
	taken  map[string]int
	tokens map[string]bool
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{taken: map[string]int{}, tokens: map[string]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.tokens[request.Header.Get("Authorization")] = true; r.down {
			http.Error(w, "down for\x1b[31m maintenance of t0ken", http.StatusInternalServerError)
			return
		}
		if err := r.take(request.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if data, err = snappy.Decode(nil, data); err != nil {
		return err
	}
	var request prompb.WriteRequest
	if err := request.Unmarshal(data); err != nil {
		return err
	}
	for _, series := range request.Timeseries {
		var labels []string
		for _, l := range series.Labels {
			labels = append(labels, l.Name+"="+l.Value)
		}
		if key := strings.Join(labels, " "); strings.Contains(key, "outcome=bad") {
			for _, s := range series.Samples {
				r.taken[fmt.Sprintf("%s %v@%s", key, s.Value, time.UnixMilli(s.Timestamp).UTC().Format("15:04"))]++
			}
		}
	}
	return nil
}

func (r *receiver) set(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

// waitForMetric waits until a daemon shows a sample.
func waitForMetric(s *serving, sample string) {
	s.Helper()
	s.until("there is "+sample, func() bool {
		_, metrics := s.ask("GET", "/metrics")
		return strings.Contains(metrics, "\n"+sample+"\n")
	})
}

// TestServeRemoteWrites sends the minutes of a file once, over a receiver that fails
// and a restart, with a token that is shown nowhere.
func TestServeRemoteWrites(t *testing.T) {
	t.Parallel()
	specs, data, secrets, r := fileSpecs(t, "pay"), t.TempDir(), t.TempDir(), newReceiver(t)
	put(t, secrets, "token", "t0ken")
	put(t, specs, "counts.csv", "minute,id,total,bad\n2026-11-22T08:00:00Z,pay,10,1\n2026-11-22T08:01:00Z,pay,10,2\n2026-11-22T08:03:00Z,pay,10,0\n")
	args := []string{
		"--data-dir", data, "--secrets-dir", secrets, "--remote-write", r.URL + "/push", "--remote-write-token-from", "file:token",
		"--remote-write-from", "2026-11-22T08:01:00Z", "--remote-write-label", "replica=a", specs,
	}
	r.set(true)
	s := serveFiles(t, args...)
	s.logs("the receiver of the remote write does not take samples, they are sent again")
	waitForMetric(s, "slojourn_remote_write_up 0")
	r.set(false)
	s.logs("the remote write goes on: the receiver takes samples again")
	waitForMetric(s, "slojourn_remote_write_up 1")
	waitForMetric(s, "slojourn_remote_write_lag_seconds 0")
	said := s.log.String()
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	wholeLedger(t, data)
	put(t, specs, "counts.csv", "minute,id,total,bad\n2026-11-22T08:00:00Z,pay,10,1\n2026-11-22T08:01:00Z,pay,10,2\n2026-11-22T08:03:00Z,pay,10,0\n2026-11-22T08:04:00Z,pay,10,4\n")
	again := serveFiles(t, args...)
	waitForMetric(again, `slojourn_remote_write_samples_total{outcome="sent"} 3`)
	if said += again.log.String(); strings.Contains(said, "t0ken") || !strings.Contains(said, "500 Internal Server Error: down for") {
		t.Errorf("the log shows the token, or not what was answered:\n%s", said)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	series := "__name__=slojourn_ledger_events id=pay outcome=bad replica=a "
	want := map[string]int{series + "2@08:02": 1, series + "0@08:04": 1, series + "4@08:05": 1}
	if diff := cmp.Diff(want, r.taken); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{"Bearer t0ken": true}, r.tokens); diff != "" {
		t.Errorf("who sent it (-want +got):\n%s", diff)
	}
}

// TestServeStopsWhileAReceiverHangs ends within seconds.
func TestServeStopsWhileAReceiverHangs(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}, 100), make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-release
	}))
	defer hanging.Close()
	defer close(release)
	data := t.TempDir()
	s := serveFiles(t, "--data-dir", data, "--remote-write", hanging.URL, "--remote-write-from", "2026-11-22T00:00:00Z", fileSpecs(t, "pay"))
	<-asked
	if code := s.stop(); code != 0 || strings.Contains(s.log.String(), "does not take samples") {
		t.Error(errors.New(s.log.String()), code)
	}
	wholeLedger(t, data)
}
