package notify

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// messageOf writes a message as tests compare it.
func messageOf(t testing.TB, w *writer, n alert.Notification) Message {
	t.Helper()
	clean, err := harmless(n)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.message(clean, "payments-slack")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func shown(m Message) string {
	lines := []string{m.Title, "", m.Summary, ""}
	for _, f := range m.Facts {
		lines = append(lines, f.Name+": "+f.Value)
	}
	for _, action := range m.Actions {
		lines = append(lines, "> "+action)
	}
	for _, l := range m.Links {
		lines = append(lines, "["+l.Title+"]("+l.URL+")")
	}
	return strings.Join(lines, "\n") + "\n"
}

// checkGolden compares with a golden file, or writes it.
func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestMessages compares the messages of every kind, change and reason in every
// language. A file that is left over belongs to nothing.
func TestMessages(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		folder, w := filepath.Join("testdata", "messages", string(locale)), newWriter(locale)
		var names []string
		for _, s := range samples() {
			names = append(names, s.name+".golden")
			checkGolden(t, filepath.Join(folder, s.name+".golden"), shown(messageOf(t, w, s.n)))
		}
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !slices.Contains(names, file.Name()) {
				t.Errorf("%s/%s belongs to no sample", folder, file.Name())
			}
		}
	}
}

// TestJapaneseHours has no unit of time twice in a row, as 間 ends the word for hours.
func TestJapaneseHours(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	w := newWriter(slo.Japanese)
	for _, s := range samples() {
		n := s.n
		if n.Why.Silent != nil {
			silent := *n.Why.Silent
			silent.After = "1h"
			n.Why.Silent = &silent
		}
		if n.Why.Traffic != nil {
			traffic := *n.Why.Traffic
			traffic.After = "1h"
			n.Why.Traffic = &traffic
		}
		if text := shown(messageOf(t, w, n)); strings.Contains(text, "間間") {
			t.Errorf("%s:\n%s", s.name, text)
		}
	}
}

// notForRaces leaves a test out of short runs, which look for races: it looks at words alone.
func notForRaces(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it looks at words alone")
	}
}
