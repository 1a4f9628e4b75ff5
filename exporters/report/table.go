package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// Widths of the table's columns. The whole table has 100 columns; names get
// what the others leave.
const (
	tableWidth = 100
	sliWidth   = 8
	barWidth   = 7
	leftWidth  = 8
	burnWidth  = 5
	causeWidth = 5
	ownerWidth = 14
)

func (t *table) nameWidth() int {
	burn := len(burnColumns()) * (1 + burnWidth)
	return tableWidth - (1 + t.target) - (1 + sliWidth) - (2 + barWidth + 1 + leftWidth) - burn - (1 + causeWidth) - (2 + ownerWidth)
}

// burnColumns are the windows whose burn rates the table shows.
func burnColumns() []string { return []string{"1h", "6h", "3d"} }

// Table prints the snapshot for people: journeys first, the worst on top, with
// their steps below them, then SLOs that belong to no journey, at last steps
// of journeys that are not in the snapshot. Of a snapshot that holds nothing it
// prints nothing.
func Table(w io.Writer, s burnrate.Snapshot, color bool) error {
	if len(s.Statuses) == 0 {
		return nil
	}
	t := &table{
		w: bufio.NewWriter(w), color: color, statuses: map[string]burnrate.Status{},
		failed: map[string]bool{}, noted: map[string]bool{}, journeys: map[slo.Compose][]string{}, target: len("TARGET"),
	}
	for _, status := range s.Statuses {
		t.statuses[status.ID] = status
	}
	for _, f := range s.Failures {
		t.failed[f.ID] = true
	}
	t.measureTargets(s)
	t.header(s)
	inJourney := map[string]bool{}
	for _, status := range worstFirst(s, slo.KindJourney) {
		t.journey(status)
		for _, id := range status.Steps {
			inJourney[id] = true
		}
	}
	for _, status := range slices.Concat(worstFirst(s, slo.KindSLO), worstFirst(s, slo.KindStep)) {
		if !inJourney[status.ID] {
			t.rows(status.ID, status, nil)
		}
	}
	t.noteNotices(s.Notices)
	t.footer()
	return t.w.Flush()
}

type table struct {
	w        *bufio.Writer
	color    bool
	statuses map[string]burnrate.Status
	failed   map[string]bool
	window   slo.Window               // of all objectives; not valid when they differ
	target   int                      // width of the column
	journeys map[slo.Compose][]string // their ids
	notes    []note                   // what stands below the table, each once
	noted    map[string]bool
}

// worstFirst orders things of one kind by the budget that is left; unknown
// budgets come last.
func worstFirst(s burnrate.Snapshot, kind slo.Kind) []burnrate.Status {
	var list []burnrate.Status
	for _, status := range s.Statuses {
		if status.Kind == kind {
			list = append(list, status)
		}
	}
	left := func(s burnrate.Status) float64 {
		worst := math.Inf(1)
		for _, o := range s.Objectives {
			if v, known := o.Budget.Remaining.Value(); known {
				worst = min(worst, v)
			}
		}
		return worst
	}
	slices.SortStableFunc(list, func(a, b burnrate.Status) int {
		return cmp.Or(cmp.Compare(left(a), left(b)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// measureTargets finds out whether all objectives have one window, and how
// wide the column of targets has to be.
func (t *table) measureTargets(s burnrate.Snapshot) {
	windows := map[slo.Window]bool{}
	for _, status := range s.Statuses {
		for _, o := range status.Objectives {
			windows[o.Window.Window] = true
		}
	}
	if len(windows) == 1 {
		for w := range windows {
			t.window = w
		}
	}
	for _, status := range s.Statuses {
		for _, o := range status.Objectives {
			t.target = min(len("99.999% quarter"), max(t.target, len(t.targetText(o))))
		}
	}
}

func (t *table) targetText(o burnrate.Objective) string {
	if t.window.Valid() {
		return o.Target.String()
	}
	return o.Target.String() + " " + o.Window.Window.String()
}

// line writes one line; errors of the writer surface at Flush.
func (t *table) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	t.w.WriteString(text + "\n") //nolint:errcheck // see above
}

func (t *table) header(s burnrate.Snapshot) {
	text := "At " + s.At.Format("2006-01-02 15:04 MST")
	if end := earliestEnd(s); end != "" && end != s.At.Format("2006-01-02 15:04") {
		text += ", measured up to " + strings.TrimPrefix(end, s.At.Format("2006-01-02 "))
	}
	if t.window.Valid() {
		text += ", over " + windowText(t.window)
	}
	t.line("%s", t.paint(dim, text))
	t.line("")
	cells := []string{
		term.Fit("JOURNEY / step", t.nameWidth()), term.FitRight("TARGET", t.target), term.FitRight("SLI", sliWidth),
		" " + term.Fit("BUDGET LEFT", barWidth+1+leftWidth),
	}
	before := term.Width(strings.Join(cells, " "))
	for _, w := range burnColumns() {
		cells = append(cells, term.FitRight(w, burnWidth))
	}
	t.line("%s", t.paint(bold, term.Fit("", before+1)+"BURN RATE OVER"))
	cells = append(cells, term.FitRight("CAUSE", causeWidth), " OWNER")
	t.line("%s", t.paint(bold, strings.Join(cells, " ")))
}

// earliestEnd is up to when everything was measured.
func earliestEnd(s burnrate.Snapshot) string {
	earliest := ""
	for _, status := range s.Statuses {
		for _, o := range status.Objectives {
			if end := o.Window.Span.End.Time().Format("2006-01-02 15:04"); earliest == "" || end < earliest {
				earliest = end
			}
		}
	}
	return earliest
}

func (t *table) journey(status burnrate.Status) {
	t.journeys[status.Compose] = append(t.journeys[status.Compose], status.ID)
	t.rows(status.ID, status, nil)
	var shares []burnrate.Share
	if len(status.Objectives) > 0 {
		shares = status.Objectives[0].Shares
	}
	for i, id := range status.Steps {
		var share *burnrate.Share
		name := id
		if i < len(shares) {
			share, name = &shares[i], shares[i].Step
		}
		t.rows("  "+name, t.statuses[id], share)
	}
}

// rows prints one row for each objective, or one for a step without any.
func (t *table) rows(name string, status burnrate.Status, share *burnrate.Share) {
	if len(status.Objectives) == 0 {
		t.bareRow(name, status, share)
		return
	}
	for i, o := range status.Objectives {
		if i > 0 { // the name stands in the first row only
			share = nil
			name = strings.Repeat(" ", len(name)-len(strings.TrimLeft(name, " ")))
			if o.Name != o.Window.Window.String() {
				name += o.Name
			}
		}
		t.row(name, status, o, share)
	}
}

func (t *table) row(name string, status burnrate.Status, o burnrate.Objective, share *burnrate.Share) {
	t.notePartial(status, o)
	t.noteExclusions(status, o)
	t.noteTiers(status, o)
	style := budgetStyle(o.Budget.State)
	cells := []string{
		t.name(name, status), term.FitRight(t.targetText(o), t.target), term.FitRight(t.sli(status, o.Window, o.Target), sliWidth),
		" " + t.paint(style, t.bar(o)) + " " + t.paint(style, term.FitRight(leftText(o), leftWidth)),
	}
	for _, column := range burnColumns() {
		text := "–"
		for _, b := range o.Burn {
			if b.Window.Window.String() == column {
				text = burnText(b.Rate)
			}
		}
		cells = append(cells, term.FitRight(text, burnWidth))
	}
	t.line("%s", strings.Join(append(cells, causeText(share), " "+term.Fit(status.Owner, ownerWidth)), " "))
}

// bareRow prints a step without objectives, over its journey's window.
func (t *table) bareRow(name string, status burnrate.Status, share *burnrate.Share) {
	sli := "–"
	if share != nil {
		sli = t.sli(status, share.Window, slo.Target{})
	}
	cells := []string{
		t.name(name, status), term.FitRight("–", t.target), term.FitRight(sli, sliWidth),
		" " + term.Fit("", barWidth) + " " + term.FitRight("–", leftWidth),
	}
	for range burnColumns() {
		cells = append(cells, term.FitRight("–", burnWidth))
	}
	t.line("%s", strings.Join(append(cells, causeText(share), " "+term.Fit(status.Owner, ownerWidth)), " "))
}

func (t *table) name(name string, status burnrate.Status) string {
	text := term.Fit(name, t.nameWidth())
	if status.Kind == slo.KindJourney {
		return t.paint(bold, text)
	}
	return text
}

func (t *table) bar(o burnrate.Objective) string {
	left, known := o.Budget.Remaining.Value()
	if !known {
		return term.Fit("", barWidth)
	}
	return term.Bar(left, barWidth)
}

// sli is the share of good events, or why there is none. What failed may be
// another objective of the same SLO.
func (t *table) sli(status burnrate.Status, w burnrate.Window, target slo.Target) string {
	if t.failed[status.ID] && w.State == burnrate.NoData {
		return "failed"
	}
	return sliText(w, target)
}
