package main

import (
	"strings"
	"testing"
)

// TestReferences wants what a shell puts in the place of a variable's name to be shown by
// no command.
func TestReferences(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay")
	for flag, args := range map[string]string{
		"--token-from":                 "push grafana --url https://grafana.example.com",
		"--password-from":              "push grafana --url https://grafana.example.com --user ada",
		"--remote-write-token-from":    "serve --data-dir x --remote-write https://mimir.example.com/push",
		"--remote-write-password-from": "serve --data-dir x --remote-write https://mimir.example.com/push --remote-write-user ada",
		"--password-from ":             "eval --server https://slo.example.com --user ada",
	} {
		for _, written := range []string{
			"env:", "env:hunter2", "env:glsa_hunter2", "env:$hunter2", "env:NRAK-hunter2HUNTER2", "env:1HUNTER2", "env:HUNTER2=", "env:RHUNTER2HUNTER2HUNTER2HUNTER2ABC",
			"file:", "file:glsa_hunter2", "file:eyJrIjoihunter2", "file:NRAK-hunter2HUNTER2", "file:https://hooks.slack.com/services/hunter2", "hunter2", "ENV:hunter2",
		} {
			all := append(strings.Fields(args), strings.TrimSpace(flag), written)
			if !strings.HasPrefix(args, "eval") {
				all = append(all, specs)
			}
			code, stdout, stderr := command(t, all...)
			if code != exitUsage || !strings.Contains(stderr, strings.TrimSpace(flag)+" names where the") || strings.Contains(strings.ToLower(stdout+stderr), "hunter2") {
				t.Errorf("%s: exit code %d\n%s", strings.Join(all, " "), code, stderr)
			}
		}
	}
	for written, want := range map[string]bool{
		"env:SLOJOURN_TOKEN": true, "env:_A1": true, "env:A": true, "file:token": true, "file:a/b.c": true,
		"env:": false, "env:1A": false, "env:a": false, "env:A-B": false, "file:": false, "A": false, "": false,
	} {
		if _, got := referenceTo(written); got != want {
			t.Errorf("%q: %t", written, got)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "Localhost": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"localhost.example.com": false, "10.0.0.1": false, "": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("%s: %t", host, got)
		}
	}
}
