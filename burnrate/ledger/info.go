package ledger

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Info is what a ledger holds.
type Info struct {
	Format      int64
	Commits     int64
	At          time.Time // of the last commit
	Indicators  int
	First, Last slo.Minute // the hours that minutes are kept of
	Hours       map[string]int
	Entries     int64
	Corrections int64
	Bytes       int64 // of the file and its log
}

// Info tells what the ledger holds, from its contents alone.
func (r *Reader) Info(ctx context.Context) (Info, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return Info{}, err
	}
	defer s.end()
	x := s.index
	info := Info{
		Format: x.root.Version, Commits: x.root.Commits, At: x.root.At, Indicators: len(x.ids), Hours: map[string]int{},
		Entries: x.root.Entries.Rows, Corrections: x.root.Corrections.Rows,
	}
	for h, c := range x.contents {
		for _, k := range []kind{minuteChunk, hourChunk, coarseChunk, quarterChunk} {
			if len(c.of(k)) > 0 {
				info.Hours[k.String()]++
			}
		}
		if len(c.of(minuteChunk))+len(c.of(hourChunk)) > 0 {
			if info.Last == 0 || h.span().Start < info.First {
				info.First = h.span().Start
			}
			info.Last = max(info.Last, h.span().End)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		if file, err := os.Stat(filepath.Join(r.dir, fileName+suffix)); err == nil {
			info.Bytes += file.Size()
		}
	}
	return info, nil
}
