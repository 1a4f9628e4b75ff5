package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Source measures SLOs by the rows of one file. It implements
// [sources.Source].
//
// The file is read when something is asked for the first time, once for all
// SLOs that are asked for together, and again when extents are asked for after it
// has changed. What is kept are the rows of those SLOs, 48 bytes each.
type Source struct {
	file   slo.File
	name   string          // of the file in messages, as seen from where the spec is
	ids    map[string]bool // of every SLO that there is
	limits limits

	mu     sync.Mutex
	tables map[string]*table // what was read, by id
	note   string            // what is to be said of the file, "" for nothing
	read   fs.FileInfo       // of the file, before it was read last
	sum    uint64            // of what was read
}

var (
	_ sources.Source  = (*Source)(nil)
	_ sources.Revised = (*Source)(nil)
)

// New returns a source over the file of a source that has one. ids are those
// of all SLOs, also of those that are measured elsewhere: rows of others are
// noticed.
func New(source *slo.Source, ids []string) *Source {
	s := &Source{
		file: *source.File, name: path.Join(path.Dir(source.Origin.File), source.File.Path),
		ids: map[string]bool{}, limits: limits{fileBytes: maxFile, lineBytes: maxLine}, tables: map[string]*table{},
	}
	for _, id := range ids {
		s.ids[id] = true
	}
	return s
}

// Extents returns the minutes from each SLO's first row to behind its last one,
// and none that is still to come.
func (s *Source) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	end := slo.MinuteAt(now)
	extents := make([]sources.Extent, len(slos))
	tables, _, err := s.load(ctx, slos, s.changed())
	for i, asked := range slos {
		extents[i] = sources.Extent{Span: slo.Span{Start: end, End: end}, Err: err}
		if err != nil {
			continue
		}
		if span, found := tables[asked.ID].span(); found {
			span.End = min(span.End, end)
			span.Start = min(span.Start, span.End)
			extents[i].Span = span
		} else {
			extents[i].Never = true
		}
	}
	return extents
}

var errCuts = errors.New("the minutes to count between do not rise")

// Counts adds up the rows between the cuts of each request.
func (s *Source) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	slos := make([]*slo.SLO, len(requests))
	for i, r := range requests {
		slos[i] = r.SLO
	}
	tables, note, err := s.load(ctx, slos, false)
	for i, r := range requests {
		switch {
		case err != nil:
			answers[i].Err = err
		case !rising(r.Cuts):
			answers[i].Err = errCuts
		default:
			answers[i] = s.answer(tables[r.SLO.ID], r.Cuts, note)
		}
	}
	return answers
}

func rising(cuts []slo.Minute) bool {
	for i := 1; i < len(cuts); i++ {
		if cuts[i] <= cuts[i-1] {
			return false
		}
	}
	return true
}

func (s *Source) answer(t *table, cuts []slo.Minute, note string) sources.Answer {
	sums, invalid := t.sums(cuts)
	answer := sources.Answer{Sums: sums}
	if note != "" {
		answer.Notes = append(answer.Notes, note)
	}
	if len(invalid) > 0 {
		first := invalid[0]
		row := fmt.Sprintf("%s:%d: %s bad of %s valid events, which cannot be, are not counted",
			s.name, first.line, slo.FormatCount(first.counts.Bad, t.unit), slo.FormatCount(first.counts.Total, t.unit))
		if first.counts.Consistent() {
			row = fmt.Sprintf("%s:%d: %d badEvents of %d events, which cannot be, are not counted", s.name, first.line, first.rows.Bad, first.rows.Total)
		}
		if more := len(invalid) - 1; more > 0 {
			row += fmt.Sprintf("; nor are %d more such rows", more)
		}
		answer.Notes = append(answer.Notes, row)
	}
	return answer
}

// Revision implements [sources.Revised].
func (s *Source) Revision() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum
}

// changed reports whether the file is another one than was read, or is gone.
func (s *Source) changed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil {
		return false
	}
	file, err := open(s.file)
	if err != nil {
		return true
	}
	defer file.Close() //nolint:errcheck // nothing was written
	now, err := file.Stat()
	return err != nil || !os.SameFile(s.read, now) || !s.read.ModTime().Equal(now.ModTime()) || s.read.Size() != now.Size()
}

// load returns the rows of SLOs, reading the file for those that it was not
// read for, or for all, and what is to be said of the file. A file that could not
// be read is tried again when it is asked for the next time.
func (s *Source) load(ctx context.Context, slos []*slo.SLO, anew bool) (tables map[string]*table, note string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", fmt.Errorf("interrupted: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[string]*table{}
	for _, asked := range slos {
		if s.tables[asked.ID] == nil || anew {
			wanted[asked.ID] = newTable(asked.SLI)
		}
	}
	for id, t := range s.tables {
		if anew && wanted[id] == nil {
			wanted[id] = &table{unit: t.unit, raw: t.raw}
		}
	}
	if len(wanted) > 0 {
		reading := &reading{name: s.name, ids: s.ids, tables: wanted, limits: s.limits}
		if err := reading.file(ctx, s.file); err != nil {
			return nil, "", err
		}
		for id, t := range wanted {
			s.tables[id] = t
		}
		s.note, s.read, s.sum = reading.note(), reading.info, reading.sum
	}
	tables = map[string]*table{}
	for _, asked := range slos {
		tables[asked.ID] = s.tables[asked.ID]
	}
	return tables, s.note, nil
}
