package ledger

import (
	"errors"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// note remembers the chunk that an error says is damaged, for [Ledger.SetAside],
// and reports whether it is about one.
func (r *Reader) note(err error) bool {
	damage, is := errors.AsType[*DamageError](err)
	if !is || damage.chunk == 0 {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.found == nil {
		r.found = map[chunkKey]bool{}
	}
	r.found[damage.chunk] = true
	return true
}

// isAside reports whether a chunk is left out.
func (r *Reader) isAside(key chunkKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.aside[key]
}

// takeBack ends that chunks are left out: they were written anew, or are gone.
func (r *Reader) takeBack(keys []chunkKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keys {
		delete(r.aside, key)
	}
}

// leaveOut returns an index without the chunks that were set aside.
func (r *Reader) leaveOut(x *index) *index {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.aside) == 0 {
		return x
	}
	left := *x
	left.contents = maps.Clone(x.contents)
	for key := range r.aside {
		c := left.contents[key.hour()]
		if c == nil {
			continue
		}
		if i, found := c.find(key); found {
			left.contents[c.hour] = &contents{hour: c.hour, entries: slices.Delete(slices.Clone(c.entries), i, i+1)}
		}
	}
	return &left
}

// SetAside has the ledger go on without the chunks that could not be read since it
// was called before, and returns what may have been in them. Until the ledger is
// closed, their minutes count as not measured, and can be committed again: what is
// written takes the place of what is damaged. What is not stays in the file as it
// is, for [Check] to find.
func (l *Ledger) SetAside() []burnrate.Lost {
	l.Reader.mu.Lock()
	found := l.found
	l.found = nil
	l.Reader.mu.Unlock()
	if len(found) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var lost []burnrate.Lost
	for _, key := range slices.Sorted(maps.Keys(found)) {
		c := l.index.contents[key.hour()]
		if c == nil {
			continue
		}
		if _, still := c.find(key); !still || l.isAside(key) {
			continue
		}
		lost = append(lost, burnrate.Lost{Span: key.span(), Indicators: l.index.maybeIn(key)})
		l.Reader.mu.Lock()
		if l.aside == nil {
			l.aside = map[chunkKey]bool{}
		}
		l.aside[key] = true
		l.Reader.mu.Unlock()
	}
	return lost
}

// hasAside reports whether a chunk of an hour is left out.
func (r *Reader) hasAside(c *contents) bool {
	return c != nil && slices.ContainsFunc(c.entries, func(c content) bool { return r.isAside(c.key) })
}

// span returns the minutes that a chunk is about.
func (k chunkKey) span() slo.Span {
	start := k.hour().span().Start
	if k.kind() == minuteChunk {
		start += slo.Minute(k.part())
		return slo.Span{Start: start, End: start + 1}
	}
	shape := k.kind().shape()
	return slo.Span{Start: start, End: start + slo.Minute(int64(shape.cells)*shape.minutes)}
}

// maybeIn returns the indicators that a chunk may hold.
func (x *index) maybeIn(key chunkKey) []slo.IndicatorID {
	var ids []slo.IndicatorID
	for n, id := range x.ids {
		grouped := key.kind() != minuteChunk && number(n).group() != key.part()
		counted := key.kind() == coarseChunk || x.since[n] < key.span().End
		if !grouped && counted {
			ids = append(ids, id)
		}
	}
	return ids
}
