package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
)

// narrator says in the log what begins and what ends: failures, sources that are
// gone or slow, and how the history is filled in. What goes on is not repeated.
type narrator struct {
	log     *slog.Logger
	status  *term.Status // nil without a terminal
	columns func() int
	now     func() time.Time

	mu       sync.Mutex
	sourceOf map[string]string   // of ids
	bySource map[string][]string // ids

	seen    *engine.View
	failing map[string]time.Time // ids that cannot be measured, and since when
	lost    map[string]bool      // sources of which nothing can be
	slow    []string
	history history
}

// history is how far the history is filled in.
type history struct {
	known   bool // something was said of it
	filling bool
	began   time.Time
	most    int64 // rows that were missing at once
	left    int64 // of them, when it was said last
	said    time.Time
}

func newNarrator(log *slog.Logger, status *term.Status, columns func() int, now func() time.Time) *narrator {
	return &narrator{
		log: log, status: status, columns: columns, now: now, failing: map[string]time.Time{}, lost: map[string]bool{},
		history: history{began: now()},
	}
}

// adopt notes which specs are in force.
func (n *narrator) adopt(specs engine.Specs) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sourceOf, n.bySource = map[string]string{}, map[string][]string{}
	for _, s := range specs.Set.Measured() {
		if s.Source != nil {
			n.sourceOf[s.ID] = s.Source.Name
			n.bySource[s.Source.Name] = append(n.bySource[s.Source.Name], s.ID)
		}
	}
}

// sources returns the names of what is measured with.
func (n *narrator) sources() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(maps.Keys(n.bySource))
}

// looking is how often a narrator looks for something new.
const looking = 250 * time.Millisecond

// run looks at views until ctx ends.
func (n *narrator) run(ctx context.Context, view func() *engine.View) {
	ticker := time.NewTicker(looking)
	defer ticker.Stop()
	for {
		n.look(view())
		select {
		case <-ctx.Done():
			n.show("")
			return
		case <-ticker.C:
		}
	}
}

// look says what has changed since the last view.
func (n *narrator) look(view *engine.View) {
	if view == nil || view == n.seen {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = view
	n.failures(view)
	n.pace(view.Progress.Slow)
	n.fill(view.Progress)
}

// failures says which SLOs cannot be measured any more, once for each reason, and
// which can again.
func (n *narrator) failures(view *engine.View) {
	now := n.now()
	var reasons []string
	begun := map[string][]string{}
	failing := map[string]time.Time{}
	for _, f := range view.Snapshot.Failures {
		since, known := n.failing[f.ID]
		if !known {
			since = now
			if begun[f.Message] == nil {
				reasons = append(reasons, f.Message)
			}
			begun[f.Message] = append(begun[f.Message], f.ID)
		}
		failing[f.ID] = since
	}
	for _, reason := range reasons {
		n.log.Warn("SLOs cannot be measured", "count", len(begun[reason]), "slos", listed(begun[reason]), "error", reason)
	}
	for _, name := range slices.Sorted(maps.Keys(n.bySource)) {
		lost := !slices.ContainsFunc(n.bySource[name], func(id string) bool { return failing[id].IsZero() })
		switch {
		case lost && !n.lost[name]:
			n.log.Error("nothing can be measured with a source", "source", name, "slos", len(n.bySource[name]))
		case !lost && n.lost[name]:
			n.log.Info("a source answers again", "source", name)
		}
		n.lost[name] = lost
	}
	var again []string
	for _, id := range slices.Sorted(maps.Keys(n.failing)) {
		if _, still := failing[id]; !still && n.sourceOf[id] != "" { // else it was removed
			again = append(again, id)
		}
	}
	if len(again) > 0 {
		n.log.Info("SLOs are measured again", "count", len(again), "slos", listed(again), "after", now.Sub(n.failing[again[0]]).Round(time.Second).String())
	}
	n.failing = failing
	maps.DeleteFunc(n.lost, func(name string, _ bool) bool { return n.bySource[name] == nil })
}

// pace says which sources do not keep up any more, and which do again.
func (n *narrator) pace(slow []string) {
	for _, name := range slow {
		if !slices.Contains(n.slow, name) {
			n.log.Warn("a source does not keep up: what wakes nobody is measured every 5 minutes", "source", name)
		}
	}
	for _, name := range n.slow {
		if !slices.Contains(slow, name) {
			n.log.Info("a source keeps up again", "source", name)
		}
	}
	n.slow = slow
}

const (
	// manyRows is how many are missing when it is worth a word: a source that
	// fails for some minutes leaves fewer.
	manyRows = 600
	// saidEvery is how often it is said at most how far the history is.
	saidEvery = 5 * time.Minute
)

// fill says how the history is filled in: when it begins, at every tenth or every
// few minutes, and when it is there.
func (n *narrator) fill(p engine.Progress) {
	h, now := &n.history, n.now()
	left := p.Gaps
	if left > 0 {
		n.show(n.bar(left)) // a line of the log is followed by what is shown
	}
	// Of what fails nothing is known.
	switch done := left == 0 && p.Rough == 0 && p.Waiting == 0 && p.Failing < p.Indicators; {
	case h.filling && done, !h.known && done:
		n.log.Info("all history is there", "indicators", p.Indicators-p.Failing, "failing", p.Failing, "rows", h.most, "took", now.Sub(h.began).Round(time.Second).String())
		h.known, h.filling = true, false
	case !h.filling && (p.Rough > 0 || left >= manyRows):
		*h = history{known: true, filling: true, began: now, most: left, left: left, said: now}
		n.log.Info("the history is being filled in", "indicators", p.Indicators)
	case h.filling && left > h.most: // more was found
		h.most, h.left = left, left
	case h.filling && left < h.left && ((h.left-left)*10 >= h.most || now.Sub(h.said) >= saidEvery):
		h.left, h.said = left, now
		n.log.Info("the history is there in part", "done", percent(h.most-left, h.most), "rows_left", left)
	}
	n.show(n.bar(left))
}

func percent(part, whole int64) string { return fmt.Sprintf("%d%%", 100*part/max(1, whole)) }

// bar is the line on the terminal.
func (n *narrator) bar(left int64) string {
	h := n.history
	if n.status == nil || !h.filling {
		return ""
	}
	share := float64(h.most-left) / float64(max(1, h.most))
	text := fmt.Sprintf("history  %s  %4s  %d rows left", term.Bar(share, 30), percent(h.most-left, h.most), left)
	return term.Fit(text, min(term.Width(text), n.columns()-1))
}

func (n *narrator) show(line string) {
	if n.status != nil {
		n.status.Show(line)
	}
}
