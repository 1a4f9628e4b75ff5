package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
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
		{"--remote-write https://ops:hunter2@example.com/", "--remote-write must not hold a user or password"},
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
		{"--remote-write " + address + " --remote-write-from 2126-11-22T00:00:00Z", "--remote-write-from 2126-11-22T00:00:00Z is still to come"},
		{"--remote-write https://mimir.example.com:99999/api/v1/push", "--remote-write has a port that is none"},
	} {
		code, stdout, stderr := command(t, append([]string{"serve", "--data-dir", data, specs}, strings.Fields(test.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hunter2") || stdout != "" {
			t.Errorf("%s: exit code %d, want %s\n%s", test.args, code, test.want, stderr)
		}
	}
}

// waitForMetric waits until a daemon shows a sample.
func waitForMetric(s *serving, sample string) {
	s.Helper()
	s.until("there is "+sample, func() bool {
		_, metrics := s.ask("GET", "/metrics")
		return strings.Contains(metrics, "\n"+sample+"\n")
	})
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
	waitForMetric(s, `slojourn_remote_write_samples_total{outcome="sent"} 0`)
	if code := s.stop(); code != 0 || strings.Contains(s.log.String(), "does not take samples") {
		t.Error(errors.New(s.log.String()), code)
	}
	wholeLedger(t, data)
}
