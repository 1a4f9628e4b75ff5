package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/sourcetest"
)

// TestFollowing keeps the contract.
func TestFollowing(t *testing.T) {
	t.Parallel()
	sourcetest.Suite{
		Open: func(t *testing.T, history sourcetest.History) sourcetest.Subject {
			s := write(t, "counts.csv", spelt("counts.csv", history.Rows()))
			return sourcetest.Subject{Source: Follow(&slo.Source{Name: "newrelic", File: &s.file}, nil)}
		},
		Lacks: map[sourcetest.Capability]string{
			sourcetest.Conditions: "the rows of a file name SLOs by their ids",
			sourcetest.Late:       "what is counted is of one reading until the extents are asked for",
			sourcetest.Watching:   "a file that has changed is read as a whole",
			sourcetest.Refusals:   "nobody is asked who could refuse",
			sourcetest.Stalls:     "nobody is asked who could be waited for",
			sourcetest.Limits:     "nobody is asked who could be asked too much",
		},
	}.Run(t)
}

// TestFollowingChanges reads rows that come later, another file of the same name,
// and says when it is gone.
func TestFollowingChanges(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	name := filepath.Join(folder, "counts.csv")
	const begin = "minute,id,total,bad\n2026-11-22T08:00:00Z,a,10,1\n"
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(name+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(name+".new", name); err != nil {
			t.Fatal(err)
		}
	}
	f := Follow(&slo.Source{Name: "counts", File: &slo.File{Path: "counts.csv", Folder: filepath.ToSlash(folder)}}, []string{"a"})
	asked := []*slo.SLO{{ID: "a"}}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	first := slo.MinuteAt(now.Add(-time.Hour))
	extent := func(want slo.Minute, message string) {
		t.Helper()
		e := f.Extents(t.Context(), now, asked)[0]
		if message != "" {
			if e.Err == nil || !strings.Contains(e.Err.Error(), message) {
				t.Errorf("got %v, want %s", e.Err, message)
			}
		} else if e.Err != nil || e.Span != (slo.Span{Start: first, End: first + want}) {
			t.Errorf("got %v, want %d minutes", e, want)
		}
	}
	count := func(want int64) {
		t.Helper()
		a := f.Counts(t.Context(), []sources.Request{{SLO: asked[0], Cuts: []slo.Minute{first, first + 60}}})[0]
		if a.Err != nil || a.Sums[0].Counts.Total != want {
			t.Errorf("got %+v, want %d", a, want)
		}
	}
	extent(0, "does not exist")
	put(begin)
	extent(1, "")
	count(10)
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("2026-11-22T08:01:00Z,a,5,0\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	count(10) // of the reading that the extent is of
	extent(2, "")
	count(15)
	put(begin)
	extent(1, "")
	count(10)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	extent(0, "does not exist")
}
