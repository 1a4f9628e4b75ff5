package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestAgainstMaps does random things to a ledger, opens it again in between,
// and compares all that it tells with plain maps.
func TestAgainstMaps(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(folder, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // the folder around it goes later
		c := &compared{T: t, dir: dir, model: newModel()}
		// Often a few indicators, and sometimes more than share a chunk.
		c.workload = newWorkload(c.dice, rapid.SampledFrom([]int{1, 3, 5, 5, 2*groupSize + 3}).Draw(t, "indicators"))
		c.open()
		defer func() { _ = c.ledger.Close() }()
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			c.random = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				c.reopen()
			case 1:
				c.refuses()
			case 2:
				c.again()
			default:
				c.step()
			}
			c.compare(c.ledger.Reader)
			c.compareMinutes()
		}
		c.check()
	})
}

// compared is a ledger, and the model that it has to be equal to.
type compared struct {
	*rapid.T
	dir      string
	ledger   *Ledger
	model    *model
	workload *workload
	last     burnrate.Tick
	random   *rand.Rand
}

// dice are rolled thousands of times a step: rapid draws what they begin with.
func (c *compared) dice(sides int) int { return c.random.IntN(sides) }

func (c *compared) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *compared) open() {
	var err error
	c.ledger, err = Open(context.Background(), c.dir, smallOptions)
	c.must(err)
}

func (c *compared) reopen() {
	c.must(c.ledger.Close())
	c.open()
}

func (c *compared) step() {
	e := c.workload.next()
	c.must(e.do(context.Background(), c.ledger))
	e.on(c.model)
	if e.kind == tickEvent {
		c.last = e.tick
	}
}

// do does a step to a ledger.
func (e event) do(ctx context.Context, l *Ledger) error {
	if e.kind == tickEvent {
		return l.Commit(ctx, e.tick)
	}
	for {
		done, err := l.Maintain(ctx, e.now)
		if err != nil || !done.Leftover {
			return err
		}
	}
}

// again commits the last tick once more, which changes nothing but the number
// of commits.
func (c *compared) again() {
	if c.last.At.IsZero() {
		return
	}
	before := len(c.model.corrections)
	err := c.ledger.Commit(context.Background(), c.last)
	if _, isOld := errors.AsType[*RetiredError](err); isOld { // it became so since
		return
	}
	c.must(err)
	c.model.commit(c.last)
	if got := len(c.model.corrections); got != before {
		c.Fatalf("%d corrections by an equal tick", got-before)
	}
}

// refuses commits ticks that are wrong somewhere behind something that is
// right.
func (c *compared) refuses() {
	tick := c.workload.tick()
	switch rapid.IntRange(0, 4).Draw(c.T, "wrong") {
	case 0:
		tick.Measured = append(tick.Measured, burnrate.Batch{Indicators: []slo.IndicatorID{"new", "newer"}, Records: []burnrate.Record{{Minute: 1, Rows: make([]burnrate.Row, 1)}}})
	case 1:
		tick.Measured = append(tick.Measured, burnrate.Batch{Indicators: []slo.IndicatorID{"new"}, Records: []burnrate.Record{{Minute: -1, Rows: make([]burnrate.Row, 1)}}})
	case 2:
		tick.Coarse = append(tick.Coarse, burnrate.Coarse{Indicator: "new", Hour: 61, Sum: burnrate.Sum{Minutes: 5}})
	case 3:
		tick.Coarse = append(tick.Coarse, burnrate.Coarse{Indicator: "new", Hour: 60, Sum: burnrate.Sum{Minutes: 61}})
	case 4:
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if c.ledger.Commit(ctx, tick) == nil {
			c.Fatal("committed although it was called off")
		}
		return
	}
	if c.ledger.Commit(context.Background(), tick) == nil {
		c.Fatalf("committed %+v", tick)
	}
}

func (c *compared) compare(r *Reader) {
	c.Helper()
	got, err := readAll(context.Background(), r, c.workload.ids)
	c.must(err)
	if diff := gocmp.Diff(c.model.contents(), got); diff != "" {
		c.Fatalf("the ledger is another one (-want +got):\n%s", diff)
	}
}

// compareMinutes reads parts: single minutes, some indicators, and a span.
func (c *compared) compareMinutes() {
	ctx := context.Background()
	ids := append(slices.Clone(c.workload.some()), "unknown", c.workload.ids[0])
	for id := range c.model.since {
		if since, known := c.ledger.Since(id); !known || since != c.model.since[id] {
			c.Fatalf("%s began at %d, want %d", id, since, c.model.since[id])
		}
	}
	var minutes []slo.Minute
	for p := range c.model.minutes {
		minutes = append(minutes, p.minute, p.minute+1)
	}
	slices.Sort(minutes)
	if len(minutes) > 50 {
		first := c.dice(len(minutes) - 50)
		minutes = minutes[first : first+50]
	}
	records, err := c.ledger.At(ctx, ids, minutes)
	c.must(err)
	for i, r := range records {
		if r.Minute != minutes[i] {
			c.Fatalf("got minute %d, want %d", r.Minute, minutes[i])
		}
		for k, id := range ids {
			var row burnrate.Row
			if r.Rows != nil {
				row = r.Rows[k]
			}
			if want := c.model.minutes[place{id, r.Minute}]; row != want {
				c.Fatalf("minute %d of %s is %+v, want %+v", r.Minute, id, row, want)
			}
		}
	}
	if len(minutes) == 0 {
		return
	}
	span := slo.Span{Start: minutes[0] + 1, End: minutes[len(minutes)-1]}
	got, want := map[place]burnrate.Row{}, map[place]burnrate.Row{}
	for r, err := range c.ledger.Minutes(ctx, ids, span) {
		c.must(err)
		for k, row := range r.Rows {
			if row.Measured {
				got[place{ids[k], r.Minute}] = row
			}
		}
	}
	for p, row := range c.model.minutes {
		if slices.Contains(ids, p.id) && span.Start <= p.minute && p.minute < span.End {
			want[p] = row
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		c.Fatalf("other minutes in %v (-want +got):\n%s", span, diff)
	}
}

// check holds the file against itself, beside the writer and without one.
func (c *compared) check() {
	r, err := OpenReader(context.Background(), c.dir)
	c.must(err)
	c.compare(r)
	c.must(r.Close())
	clean(c, c.dir)
	c.must(c.ledger.Close())
	clean(c, c.dir)
}

// clean wants a check without findings.
func clean(t rapid.TB, dir string) {
	t.Helper()
	report, err := Check(context.Background(), dir)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("the check finds %v, %v", report.Findings, err)
	}
}
