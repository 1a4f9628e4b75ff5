package file

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Bounds of a file. A row takes about 40 bytes, so that the largest file holds
// the minutes of some 600 SLOs over four weeks.
const (
	maxFile = 1 << 30   // bytes, unpacked
	maxLine = 64 * 1024 // bytes

	mostProblems  = 10 // that are named one by one
	mostStrangers = 5  // ids that no SLO has, likewise
)

type limits struct {
	fileBytes int64
	lineBytes int
}

// reading is a file that is being read.
type reading struct {
	name   string
	ids    map[string]bool
	tables map[string]*table // of the ids that are wanted
	limits limits
	info   fs.FileInfo // of the file, before it was read
	sum    uint64      // of what was read

	problems  []problem // the first of them
	more      int       // other ones
	strangers []stranger
	others    bool // more strangers than are named
}

// problem is what is wrong with a line, and what to do.
type problem struct {
	line int
	text string
}

// stranger is an id that no SLO has, where it stands first.
type stranger struct {
	id   string
	line int
}

func (r *reading) problem(line int, format string, args ...any) {
	if len(r.problems) >= mostProblems {
		r.more++
		return
	}
	r.problems = append(r.problems, problem{line, fmt.Sprintf(format, args...)})
}

// file reads a file into the tables. Its error names everything that is wrong,
// up to a bound.
func (r *reading) file(ctx context.Context, where slo.File) error {
	file, err := open(where)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	if r.info, err = file.Stat(); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	var content io.Reader = file
	name, zipped := strings.CutSuffix(where.Path, ".gz")
	if zipped {
		unzipped, err := gzip.NewReader(bufio.NewReader(file))
		if err != nil {
			return fmt.Errorf("%s: this is no gzip file: compress it, or take .gz off its name", r.name)
		}
		content = unzipped
	}
	var format interface{ line(number int, text string) }
	if strings.HasSuffix(name, ".csv") {
		format = &csvFormat{reading: r}
	} else {
		format = ndjsonFormat{r}
	}
	if err := r.lines(ctx, content, zipped, format.line); err != nil {
		return err
	}
	if csv, is := format.(*csvFormat); is && csv.columns == nil && len(r.problems) == 0 {
		r.problem(1, "the file is empty: the first line names the columns, such as minute,id,total,bad")
	}
	r.finish()
	return r.err()
}

// open opens a file below its folder, also when there are links on the way.
func open(where slo.File) (*os.File, error) {
	root, err := os.OpenRoot(where.Folder)
	if err != nil {
		return nil, errors.New("the folder of the spec cannot be opened")
	}
	defer root.Close()                 //nolint:errcheck // nothing was written
	info, err := root.Stat(where.Path) // before it is opened, as a pipe may wait for ever
	var file *os.File
	if err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("this is no file: path names one that holds counts")
	}
	if err == nil {
		file, err = root.Open(where.Path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("does not exist: put it there, or correct path in the Source")
	case errors.Is(err, fs.ErrPermission):
		return nil, errors.New("must not be read (permission denied)")
	case err != nil:
		if in, is := errors.AsType[*fs.PathError](err); is {
			err = in.Err
		}
		return nil, fmt.Errorf("cannot be opened below the folder of the spec (%w): put the file itself there, and no link that leads out of it", err)
	}
	return file, nil
}

// bounded gives up behind a number of bytes.
type bounded struct {
	r    io.Reader
	left int64
}

var errTooLarge = errors.New("too large")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// lines hands over every line that is not blank.
func (r *reading) lines(ctx context.Context, content io.Reader, zipped bool, take func(number int, text string)) error {
	sum := fnv.New64a()
	defer func() { r.sum = sum.Sum64() }()
	scanner := bufio.NewScanner(io.TeeReader(&bounded{content, r.limits.fileBytes}, sum))
	scanner.Buffer(make([]byte, 0, min(4096, r.limits.lineBytes)), r.limits.lineBytes)
	number := 0
	for r.more == 0 && scanner.Scan() && scanner.Err() == nil { // with an error, the line is what was left of it
		number++
		if number%4096 == 0 && ctx.Err() != nil {
			return fmt.Errorf("interrupted: %w", ctx.Err())
		}
		line := scanner.Bytes()
		if number == 1 {
			if !zipped && bytes.HasPrefix(line, []byte{0x1f, 0x8b}) {
				r.problem(1, "the file is compressed: add .gz to its name")
				return r.err()
			}
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if text := strings.TrimSpace(string(line)); text != "" {
			take(number, text)
		}
	}
	switch err := scanner.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, bufio.ErrTooLong):
		r.problem(number+1, "the line is longer than %d bytes: write one row a line", r.limits.lineBytes)
	case errors.Is(err, errTooLarge):
		r.problem(number+1, "the file has more than %d bytes up to here: leave out older minutes, or write a Source for a part of the SLOs", r.limits.fileBytes)
	case zipped:
		r.problem(number+1, "the gzip file is damaged or cut off here: compress it again")
	default:
		r.problem(number+1, "the file cannot be read further: %v", err)
	}
	return r.err()
}

// finish orders the rows and reports minutes that stand there twice.
func (r *reading) finish() {
	var twice []problem
	for id, t := range r.tables {
		for _, pair := range t.sort() {
			twice = append(twice, problem{pair[1].line, fmt.Sprintf("%s has a second row for %s; the first one is in line %d: keep one of them",
				id, pair[0].minute, pair[0].line)})
		}
	}
	slices.SortFunc(twice, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	shown := min(len(twice), mostProblems)
	r.more += len(twice) - shown
	r.problems = append(r.problems, twice[:shown]...)
}

// err joins what is wrong, in the order of the lines.
func (r *reading) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	var texts []string
	for _, p := range r.problems[:min(len(r.problems), mostProblems)] {
		texts = append(texts, fmt.Sprintf("%s:%d: %s", r.name, p.line, p.text))
	}
	if more := r.more + len(r.problems) - len(texts); more > 0 {
		texts = append(texts, "there are more mistakes in it")
	}
	return errors.New(strings.Join(texts, "; "))
}

// note says which rows nobody asked for.
func (r *reading) note() string {
	if len(r.strangers) == 0 {
		return ""
	}
	var names []string
	ids := slices.Sorted(maps.Keys(r.ids))
	for _, s := range r.strangers {
		name := fmt.Sprintf("%s (line %d", s.id, s.line)
		if near, found := diag.Nearest(s.id, ids); found {
			name += ", did you mean " + near + "?"
		}
		names = append(names, name+")")
	}
	text := r.name + " has rows of ids that no SLO has, which are left out: " + strings.Join(names, ", ")
	if r.others {
		text += " and others"
	}
	return text
}
