package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// ImportOptions decide how lines are imported.
type ImportOptions struct {
	Now time.Time // when it happens
	// Replace lets lines replace what the ledger keeps. Minutes that are
	// replaced stand in the log of corrections.
	Replace bool
}

// Imported is what an import did.
type Imported struct {
	Lines int64 // of the file
	// Minutes, Sums, Corrections and Entries were not in the ledger before;
	// sums are quarter-hours and coarse hours.
	Minutes, Sums, Corrections, Entries int64
	Equal                               int64 // were in the ledger already
	Replaced                            int64 // were there with other numbers
}

// Mistake is what is wrong with a line of a file.
type Mistake struct {
	Line    int64 // from 1
	Message string
}

// ImportError says why a file was not imported.
type ImportError struct {
	Mistakes []Mistake
	More     bool // there may be more, behind the last of them
}

func (e *ImportError) Error() string {
	var text []string
	for _, m := range e.Mistakes {
		text = append(text, fmt.Sprintf("line %d: %s", m.Line, m.Message))
	}
	return strings.Join(text, "; ")
}

// InputError is what a reader returns whose file cannot be read to its end
// because of what the file is, as one that was compressed and cut off. It is a
// mistake in the file, where other errors say that reading failed.
type InputError struct {
	Message string
	// Doubtful says that also what was read before may be wrong.
	Doubtful bool
}

func (e *InputError) Error() string { return e.Message }

const (
	// mostMistakes is how many are reported at once.
	mostMistakes = 20
	// longestLine is how many bytes of a line are read.
	longestLine = 64 << 20
	// mostBehind is how many bytes are read behind the last mistake that is
	// reported, to find out whether the file is damaged as a whole.
	mostBehind = 1 << 30
)

// Import takes in lines as [Reader.Export] writes them. It is one commit: when
// a line is wrong, or the disk full, or the process ends, nothing was changed.
// What the ledger has already is left as it is, so that a file can be imported
// again. A line with other numbers is a mistake, unless it may replace them.
func (l *Ledger) Import(ctx context.Context, r io.Reader, options ImportOptions) (Imported, error) {
	var done Imported
	err := l.write(ctx, func(w *writer) error {
		// What was kept before is compared with; it is read beside the commit, and
		// nobody else commits meanwhile.
		kept, err := l.snapshot(ctx)
		if err != nil {
			return err
		}
		defer kept.end()
		i := &importer{writer: w, kept: kept, options: options, declared: map[slo.IndicatorID]bool{}}
		if err := i.read(ctx, r); err != nil {
			return err
		}
		done = i.done
		return nil
	})
	if mistakes, ok := errors.AsType[*ImportError](err); ok {
		return Imported{}, mistakes
	}
	return done, err
}

// importer imports one file.
type importer struct {
	*writer
	kept    *snapshot
	options ImportOptions
	done    Imported
	failed  ImportError

	line    line
	count   int64     // of the lines so far
	last    lineType  // the type of the line before
	at      time.Time // of the last tick of either ledger
	foreign bool      // the file is something else
	ended   bool

	// declared are the indicators that have a line of their own.
	declared map[slo.IndicatorID]bool
	pending  pending
	room     room
	logged   map[loggedKey]int   // corrections that the ledger has, and how often
	entries  map[entryKey][]byte // of the ledger
	seen     map[entryKey]bool   // of the file
}

// lineType is the type of a line. They are in the order in which their lines
// have to be.
type lineType int

const (
	headerLine lineType = iota + 1
	indicatorLine
	minuteLine
	quarterLine
	hourLine
	correctionLine
	entryLine
	endLine
)

func lineTypes() []string {
	return []string{"indicator", "minute", "quarter", "hour", "correction", "entry", "end"}
}

func (i *importer) mistake(line int64, format string, args ...any) {
	if len(i.failed.Mistakes) == mostMistakes {
		i.failed.More = true
		return
	}
	i.failed.Mistakes = append(i.failed.Mistakes, Mistake{line, fmt.Sprintf(format, args...)})
}

func (i *importer) read(ctx context.Context, r io.Reader) error {
	commits := i.index.root.Commits
	i.at = i.index.root.At
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), longestLine)
	for !i.foreign && !i.failed.More && lines.Scan() {
		i.count++
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := i.take(ctx, lines.Bytes()); err != nil {
			return err
		}
	}
	err := lines.Err()
	if err == nil && i.failed.More { // the reason may be the file as a whole
		_, err = io.Copy(io.Discard, io.LimitReader(r, mostBehind))
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	if err := i.endOf(err); err != nil {
		return err
	}
	if len(i.failed.Mistakes) > 0 {
		slices.SortStableFunc(i.failed.Mistakes, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
		return &i.failed
	}
	i.done.Lines = i.count
	i.index.root.Commits, i.index.root.At = commits+1, i.at
	return nil
}

// endOf looks at how the lines came to an end.
func (i *importer) endOf(err error) error {
	input, bad := errors.AsType[*InputError](err)
	switch {
	case bad:
		// The last line may be a part of one: what is wrong with it is this.
		i.failed.Mistakes = slices.DeleteFunc(i.failed.Mistakes, func(m Mistake) bool { return input.Doubtful || m.Line == i.count })
		i.mistake(max(1, i.count), "%s", input.Message)
		i.failed.More = i.failed.More && !input.Doubtful
	case errors.Is(err, bufio.ErrTooLong):
		i.mistake(i.count+1, "the line is longer than %d MiB; is this an export?", longestLine>>20)
	case err != nil:
		return fmt.Errorf("line %d: %w", i.count+1, err)
	case i.count == 0:
		i.mistake(1, `the file is empty; an export begins with {"schema":"%s"}`, Schema)
	case !i.ended && !i.failed.More && !i.foreign:
		i.mistake(i.count+1, `the last line, {"type":"end"}, is missing: the file was cut off; export it again`)
	}
	return nil
}

// take reads a line. Its error is one of the ledger; what is wrong with the
// line is a mistake.
func (i *importer) take(ctx context.Context, data []byte) error {
	l := &i.line
	err := l.parse(data)
	switch {
	case i.count == 1 && bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		i.foreign = true
		i.mistake(1, "the file begins with a byte order mark; save it as UTF-8 without one")
		return nil
	case err != nil:
		i.foreign = i.count == 1
		i.mistake(i.count, "%v", err)
		return nil
	case i.count == 1:
		i.header(l)
		return nil
	}
	name := l.text("type")
	t := headerLine + 1 + lineType(slices.Index(lineTypes(), name))
	switch {
	case l.err != nil:
		i.mistake(i.count, "%v", l.err)
		return nil
	case t == headerLine:
		i.mistake(i.count, "the type %q is not known; use %s", name, strings.Join(lineTypes(), ", "))
		return nil
	case i.ended:
		i.mistake(i.count, "the line stands behind the end")
		return nil
	case t < i.last:
		i.mistake(i.count, "the %s stands behind lines of type %s; the order is %s", name, lineTypes()[i.last-indicatorLine], strings.Join(lineTypes(), ", "))
		return nil
	}
	if t != i.last {
		if err := i.flush(ctx); err != nil {
			return err
		}
		i.last = t
	}
	if err := i.one(ctx, t, l); err != nil {
		return err
	}
	if err := l.end(); err != nil {
		i.mistake(i.count, "%v", err)
	}
	return nil
}

// one takes a line of a type. It does nothing with one that has a mistake.
func (i *importer) one(ctx context.Context, t lineType, l *line) error {
	switch t {
	case indicatorLine:
		return i.indicator(ctx, l)
	case minuteLine:
		return i.row(ctx, l, "minute", hourChunk)
	case quarterLine:
		return i.row(ctx, l, "quarter", quarterChunk)
	case hourLine:
		return i.row(ctx, l, "hour", coarseChunk)
	case correctionLine:
		return i.correction(ctx, l)
	case entryLine:
		return i.entry(ctx, l)
	default:
		if l.has("lines") {
			if n := l.number("lines"); n != i.count-1 {
				l.fail("lines is %d, and the number of lines above is %d: some are missing, or were added", n, i.count-1)
			}
		}
		i.ended = true
		return nil
	}
}

func (i *importer) header(l *line) {
	i.foreign = true
	if !l.has("schema") {
		i.mistake(1, `this is no export of a ledger, whose first line is {"schema":"%s"}`, Schema)
		return
	}
	if schema := l.text("schema"); schema != Schema {
		i.mistake(1, "the schema is %q, and this slojourn reads %s; export the ledger with this slojourn", schema, Schema)
		return
	}
	i.foreign = false
	if l.has("commits") {
		if n := l.number("commits"); l.err == nil && n < 0 { // those of another ledger
			l.fail("commits is %d: it is how many there were", n)
		}
	}
	if at := l.time("at"); l.err == nil && at.After(i.at) {
		i.at = at
	}
	if err := l.end(); err != nil {
		i.mistake(1, "%v", err)
	}
}

func (i *importer) indicator(ctx context.Context, l *line) error {
	id, since := l.indicator(), never
	if l.has("since") {
		since = l.start("since", 1)
	}
	if i.declared[id] {
		l.fail("the indicator %q is there twice", id)
	}
	if l.end() != nil {
		return nil
	}
	i.declared[id] = true
	n, err := i.writer.number(ctx, id)
	if err != nil {
		return err
	}
	return i.began(ctx, n, since)
}
