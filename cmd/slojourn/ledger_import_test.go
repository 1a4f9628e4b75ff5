package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// zipped is an export of so many minutes, compressed.
func zipped(t *testing.T, minutes int) []byte {
	t.Helper()
	var file bytes.Buffer
	zip := gzip.NewWriter(&file)
	fmt.Fprintln(zip, `{"schema":"slojourn.ledger/v1","at":"2026-11-22T09:00:00Z"}`) //nolint:errcheck // Close tells
	for m := range minutes {
		fmt.Fprintf(zip, "{\"type\":\"minute\",\"minute\":\"2026-11-22T%02d:%02d:00Z\",\"indicator\":\"v1:a\",\"total\":%d,\"bad\":0}\n", m/60, m%60, m*7919%1000) //nolint:errcheck // Close tells
	}
	fmt.Fprintln(zip, `{"type":"end"}`) //nolint:errcheck // Close tells
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestImportOfCutFiles imports a compressed file that was cut off anywhere, or
// has another byte: it is a mistake in the file, and nothing is imported.
func TestImportOfCutFiles(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	folder := t.TempDir()
	dir, file := filepath.Join(folder, "data"), filepath.Join(folder, "measured.ndjson.gz")
	whole := zipped(t, 600)
	importOf := func(data []byte) (int, string) {
		t.Helper()
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "ledger", "import", "--data-dir", dir, file)
		if code != 0 && stdout != "" {
			t.Errorf("stdout is %q", stdout)
		}
		return code, stderr
	}
	for length := 2; length < len(whole); length += 1 + len(whole)/40 {
		code, stderr := importOf(whole[:length])
		if code != exitFindings || !strings.Contains(stderr, ": the compressed file was cut off within this line; copy or export it again\n") ||
			!strings.HasPrefix(stderr, "slojourn: "+file+":") || strings.Count(stderr, "\n") != 2 || !strings.HasSuffix(stderr, "nothing was imported\n") {
			t.Errorf("%d of %d bytes: exit code %d, %s", length, len(whole), code, stderr)
		}
	}
	for at := 10; at < len(whole); at += 1 + len(whole)/40 {
		spoiled := bytes.Clone(whole)
		spoiled[at] ^= 0x10
		code, stderr := importOf(spoiled)
		if code != exitFindings || !strings.Contains(stderr, ": the compressed file ") || !strings.HasSuffix(stderr, "nothing was imported\n") {
			t.Errorf("byte %d of %d is another one: exit code %d, %s", at, len(whole), code, stderr)
		}
	}
	if code, stdout, _ := execute(t.Context(), strings.NewReader(""), "ledger", "export", "--data-dir", dir, "-"); code != 0 || strings.Contains(stdout, "minute") {
		t.Errorf("something was imported: %s", stdout)
	}
	if code, stderr := importOf(whole); code != 0 {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	// The same by stdin.
	code, _, stderr := execute(t.Context(), bytes.NewReader(whole[:len(whole)/2]), "ledger", "import", "--data-dir", dir, "-")
	if code != exitFindings || !strings.HasPrefix(stderr, "slojourn: <stdin>:") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestLedgerPageOnAnyDay plays the page about the ledger at other times than
// TestPages does: what its reader sees does not depend on the day.
func TestLedgerPageOnAnyDay(t *testing.T) {
	notForRaces(t)
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/ledger.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), time.Date(2031, 7, 13, 23, 59, 0, 0, time.UTC),
	} {
		t.Run(now.Format(time.DateOnly), func(t *testing.T) {
			t.Chdir(withEndpoint(t, examples, "http://127.0.0.1:1/graphql"))
			if played := play(t, string(page), now); played != string(page) {
				t.Errorf("the page is not what happens:\n%s", firstDifference(string(page), played))
			}
		})
	}
}
