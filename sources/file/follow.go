package file

import (
	"context"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Following measures SLOs by the rows of a file that changes: when it is another
// than it was, it is read again before the next [Following.Extents]. What is
// counted in between is of one and the same reading.
type Following struct {
	source *slo.Source
	ids    []string

	mu   sync.Mutex
	read *Source
	file fs.FileInfo // as it was read; nil when there was none
}

var _ sources.Source = (*Following)(nil)

// Follow returns a source over the file of a source that has one, as [New] does.
func Follow(source *slo.Source, ids []string) *Following {
	return &Following{source: source, ids: ids}
}

// Extents implements [sources.Source].
func (f *Following) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	return f.reading(true).Extents(ctx, now, slos)
}

// Counts implements [sources.Source].
func (f *Following) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	return f.reading(false).Counts(ctx, requests)
}

// reading returns what was read of the file, or a reading anew when that is
// asked for and the file has changed. One that is not there is looked for again.
func (f *Following) reading(look bool) *Source {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.read != nil && !look {
		return f.read
	}
	file := infoOf(*f.source.File)
	if f.read == nil || file == nil || f.file == nil || !os.SameFile(f.file, file) ||
		f.file.Size() != file.Size() || !f.file.ModTime().Equal(file.ModTime()) {
		f.read, f.file = New(f.source, f.ids), file
	}
	return f.read
}

// infoOf returns nil when the file cannot be found: why is said when it is read.
func infoOf(where slo.File) fs.FileInfo {
	root, err := os.OpenRoot(where.Folder)
	if err != nil {
		return nil
	}
	defer root.Close() //nolint:errcheck // nothing was written
	info, err := root.Stat(where.Path)
	if err != nil {
		return nil
	}
	return info
}
