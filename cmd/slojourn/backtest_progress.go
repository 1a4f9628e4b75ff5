package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
)

// progress shows on a terminal how far a backtest is.
type progress struct {
	status  *term.Status // nil shows nothing
	columns func() int
	now     func() time.Time
	began   time.Time // of what is under way
	shown   time.Time
	most    int64 // minutes of all indicators that were to be read
}

func newProgress(env environment) *progress {
	status, _ := statusOn(env)
	return &progress{status: status, columns: func() int { return term.Columns(env.stderr) }, now: env.now}
}

// end takes away what is shown.
func (p *progress) end() {
	if p.status != nil {
		p.status.Show("")
	}
}

// measuring shows how much of the history was measured.
func (p *progress) measuring(e engine.Progress) {
	if p.most == 0 {
		p.began = p.now()
	}
	p.most = max(p.most, e.Gaps)
	if p.most > 0 {
		p.show("measuring", float64(p.most-e.Gaps)/float64(p.most), thousands(e.Gaps)+" rows left")
	}
}

// fetching shows how much has come from a server.
func (p *progress) fetching(bytes int64) {
	const megabyte = 1 << 20
	if p.due() {
		p.status.Show(fmt.Sprintf("fetching  %.1f MiB", float64(bytes)/megabyte))
	}
}

// replaying returns what shows how much of a history was gone through: of so many SLOs,
// from an instant on.
func (p *progress) replaying(from time.Time, slos int) func(done, all int64) {
	p.began, p.shown, p.most = p.now(), time.Time{}, 0
	return func(done, all int64) {
		day := from.Add(time.Duration(done) * time.Minute).UTC().Format(time.DateOnly)
		p.show("replaying", float64(done)/float64(max(1, all)), day+"  "+thousands(int64(slos))+" SLOs")
	}
}

// show shows what share of something is done, and how long the rest may take.
func (p *progress) show(what string, share float64, detail string) {
	if p.due() {
		p.status.Show(p.line(what, share, detail, p.shown.Sub(p.began)))
	}
}

// due reports whether something is to be shown, a few times a second at most.
func (p *progress) due() bool {
	const often = 200 * time.Millisecond
	if p.status == nil {
		return false
	}
	now := p.now()
	if now.Sub(p.shown) < often {
		return false
	}
	p.shown = now
	return true
}

// line is what is shown: the rest takes as long as what was done, in proportion.
func (p *progress) line(what string, share float64, detail string, took time.Duration) string {
	const enough = 2 * time.Second
	text := fmt.Sprintf("%s %3d%%  %s  %s", what, int(100*share), term.Bar(share, 30), detail)
	if took >= enough && share > 0 {
		left := time.Duration(float64(took) * (1 - share) / share)
		text += "  about " + term.Duration(left.Round(time.Second)) + " left"
	}
	return term.Fit(text, min(term.Width(text), p.columns()-1))
}

// thousands writes a number with commas.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var text strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			text.WriteByte(',')
		}
		text.WriteRune(digit)
	}
	return text.String()
}
