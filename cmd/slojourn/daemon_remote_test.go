//go:build !race

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
)

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
