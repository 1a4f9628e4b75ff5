package engine

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
)

// spoil damages what the ledger has of the hour of a minute.
func (r *rig) spoil(m slo.Minute) {
	r.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(r.dir, "ledger.db"))
	if err != nil {
		r.Fatal(err)
	}
	defer db.Close()                                              //nolint:errcheck // it was written
	const minutesOf = "key >> 56 < 3 AND key >> 20 & 0xfffffffff" // see the key of chunks in package ledger
	done, err := db.ExecContext(r.Context(), "UPDATE chunks SET data = CAST('spoilt' AS BLOB) WHERE "+minutesOf+" = ?", int64(m/60))
	if err != nil {
		r.Fatal(err)
	}
	if n, err := done.RowsAffected(); n == 0 || err != nil {
		r.Fatalf("%d chunks are damaged, %v", n, err)
	}
}

// maintain packs what is old enough.
func (r *rig) maintain() {
	r.Helper()
	if _, err := r.ledger.Maintain(r.Context(), time.Now()); err != nil {
		r.Fatal(err)
	}
}

// TestDamage damages an hour of the ledger in the middle of a window, one that
// leaves it now, and the newest minutes: ticks go on, say it, and have the source
// answer for them again, also after a start and a reload.
func TestDamage(t *testing.T) {
	for name, age := range map[string]slo.Minute{"leaves": 48 * 60, "old": 20 * 60, "an hour": 60, "newest": 4} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 60, "pay", "search", "5m")
				r.minutes(3)
				r.maintain()
				lost := slo.MinuteAt(time.Now()) - age
				gone := func() {
					r.spoil(lost)
					r.world.fails = func(_ string, span slo.Span) error {
						if span.Start <= lost && lost < span.End {
							return errGone
						}
						return nil
					}
				}
				gone()
				if name == "old" || name == "an hour" { // nothing else reads it
					r.start()
				}
				ticks := 65 // until all of the hour would have left the window
				if name == "newest" {
					ticks = 5
				}
				ends := r.engine.state.ends[0]
				for range ticks {
					if err := r.engine.Tick(t.Context()); err != nil {
						t.Fatal(err)
					}
					if len(r.engine.losses) > 0 { // verify would find it first
						r.verify()
					}
					next(1)
				}
				if moved := r.engine.state.ends[0] - ends; moved < slo.Minute(ticks-1) {
					t.Errorf("windows moved on by %d minutes", moved)
				}
				view := r.engine.View()
				told := false
				for _, f := range view.Snapshot.Failures {
					told = told || f.ID == "search" && strings.HasPrefix(f.Message, "the ledger is damaged: ") && strings.Contains(f.Message, "slojourn ledger check")
				}
				if o := view.Snapshot.Statuses[0].Objectives[1]; name == "old" && (!told || o.Window.Measured > 47*60) {
					t.Errorf("what is lost is measured, or nobody is told: %+v, failures %v", o.Window, view.Snapshot.Failures)
				}
				if n := strings.Count(r.log.String(), "level=ERROR"); n < 1 || n > 2 {
					t.Errorf("the log says it %d times: %s", n, r.log.String())
				}
				if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
					t.Error(err)
				}
				r.world.fails = nil
				next(20)
				r.minutes(3)
				r.whole()
				if f := r.engine.View().Snapshot.Failures; len(f) > 0 {
					t.Errorf("failures: %v", f)
				}
				if report, err := ledger.Check(t.Context(), r.dir); err != nil || len(report.Findings) > 0 {
					t.Errorf("the ledger has %v, %v", report.Findings, err)
				}
			})
		})
	}
}
