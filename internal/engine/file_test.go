package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/file"
)

// filed is a file of counts that an engine measures by.
type filed struct {
	*rig
	source *slo.Source
	begin  slo.Minute
}

// newFiled has a rig measure one SLO by a file alone.
func newFiled(t *testing.T) *filed {
	t.Helper()
	r := newRig(t, 1)
	f := &filed{rig: r, source: &slo.Source{Name: "file", File: &slo.File{Path: "counts.csv", Folder: t.TempDir()}}, begin: slo.MinuteAt(time.Now()) - 3000}
	f.ids = []string{"pay"}
	return f
}

// write makes the file anew, with a total in each minute up to now.
func (f *filed) write(total int64) {
	f.Helper()
	var rows strings.Builder
	rows.WriteString("minute,id,total,bad\n")
	for m := f.begin; m < slo.MinuteAt(time.Now()); m++ {
		fmt.Fprintf(&rows, "%d,pay,%d,1\n", m*60, total)
	}
	f.raw(rows.String())
}

func (f *filed) raw(content string) {
	f.Helper()
	path := filepath.Join(f.source.File.Folder, f.source.File.Path)
	if err := os.WriteFile(path+".new", []byte(content), 0o600); err != nil {
		f.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		f.Fatal(err)
	}
}

// open begins to measure by another value of the source.
func (f *filed) open(source sources.Source) {
	f.Helper()
	specs := f.specs()
	specs.Set.Sources, specs.Set.SLOs[0].Source = []*slo.Source{f.source}, f.source
	specs.Sources = map[string]sources.Source{"file": source}
	if _, err := f.engine.Reload(f.Context(), specs); err != nil {
		f.Fatal(err)
	}
}

// holds fails unless every minute of a span is kept with a total.
func (f *filed) holds(span slo.Span, total int64) {
	f.Helper()
	n := int64(0)
	for record, err := range f.ledger.Minutes(f.Context(), []slo.IndicatorID{"pay"}, span) {
		if err != nil {
			f.Fatal(err)
		}
		if want := burnrate.Counted(slo.Counts{Total: total}); record.Rows[0] == want {
			n++
		}
	}
	if n != span.Len() {
		f.Fatalf("%d of %d minutes have a total of %d", n, span.Len(), total)
	}
}

func (f *filed) failures() []string {
	var messages []string
	for _, failure := range f.engine.View().Snapshot.Failures {
		messages = append(messages, failure.Message)
	}
	return messages
}

// TestFileChanges takes in the numbers of a file that has changed, lower ones as well
// and of all its minutes, and new minutes as they are added.
func TestFileChanges(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFiled(t)
		f.write(20)
		f.open(file.New(f.source, f.ids))
		f.minutes(3)
		span := slo.Span{Start: f.begin, End: slo.MinuteAt(time.Now()) - 3}
		f.holds(span, 20)
		for _, total := range []int64{30, 10} {
			f.write(total)
			f.minutes(2)
			span.End = slo.MinuteAt(time.Now()) - 2
			f.holds(span, total)
		}
		corrections := f.engine.View().Counters.Corrections
		f.write(40)
		f.open(file.New(f.source, f.ids))
		f.minutes(2)
		f.holds(span, 40)
		f.open(file.New(f.source, f.ids)) // the same content
		asked := f.engine.View().Counters.Corrections
		f.minutes(2)
		if again := f.engine.View().Counters.Corrections; asked != again || asked == corrections {
			t.Errorf("%d corrections, then %d, and %d after the same was read again", corrections, asked, again)
		}
		f.write(50)
		f.restart()
		f.minutes(3)
		f.holds(span, 50)
	})
}

// restart begins anew, as after a crash.
func (f *filed) restart() {
	f.Helper()
	specs := f.specs()
	specs.Set.Sources, specs.Set.SLOs[0].Source = []*slo.Source{f.source}, f.source
	specs.Sources = map[string]sources.Source{"file": file.New(f.source, f.ids)}
	var err error
	if f.engine, _, err = New(f.Context(), f.options(), specs); err != nil {
		f.Fatal(err)
	}
}

// TestFileCannotBeRead for a moment: windows stay where they are, it is said, and
// nothing is missing afterwards.
func TestFileCannotBeRead(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFiled(t)
		f.write(20)
		f.open(file.New(f.source, f.ids))
		f.minutes(3)
		end := f.engine.state.ends[0]
		for _, content := range []string{"minute,id,total,bad\n12,pay,", "what?"} {
			f.raw(content)
			f.minutes(5)
			if got := f.engine.state.ends[0]; got != end || len(f.failures()) != 1 {
				t.Errorf("windows end %d minutes later, failures %q", got-end, f.failures())
			}
			f.write(20)
			f.minutes(2)
			if len(f.failures()) > 0 {
				t.Errorf("failures: %q", f.failures())
			}
			end = f.engine.state.ends[0]
			f.holds(slo.Span{Start: f.begin, End: slo.MinuteAt(time.Now()) - 2}, 20)
			if w := f.engine.View().Snapshot.Statuses[0].Objectives[0].Window; w.Measured != 60 {
				t.Errorf("%+v", w)
			}
		}
	})
}

// TestUnavailable is a source that cannot be opened, and then can: what it says then
// holds at once.
func TestUnavailable(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		for _, before := range []int{0, 5} {
			r.minutes(before)
			specs := r.specs()
			specs.Sources["world"] = sources.Unavailable(errGone)
			if _, err := r.engine.Reload(t.Context(), specs); err != nil {
				t.Fatal(err)
			}
			r.minutes(5)
			if failures := r.engine.View().Snapshot.Failures; len(failures) != 1 || failures[0].Message != errGone.Error() {
				t.Errorf("failures: %v", failures)
			}
			if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
				t.Fatal(err)
			}
			r.minutes(1)
			if failures := r.engine.View().Snapshot.Failures; len(failures) > 0 {
				t.Errorf("failures: %v", failures)
			}
			r.minutes(2)
			r.whole()
		}
	})
}
