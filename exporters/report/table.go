package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

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

// Table prints the snapshot for people, see [Document.Table].
func Table(w io.Writer, s burnrate.Snapshot, color bool) error { return DocumentOf(s).Table(w, color) }

// Table prints the document for people: journeys first, the worst on top, with
// their steps below them, then SLOs that belong to no journey, at last steps
// of journeys that are not in the document. Of one that holds nothing it prints
// nothing.
func (d Document) Table(w io.Writer, color bool) error {
	if len(d.SLOs) == 0 {
		return nil
	}
	t := &table{
		w: bufio.NewWriter(w), color: color, records: map[string]sloRecord{},
		failed: map[string]bool{}, noted: map[string]bool{}, journeys: map[slo.Compose][]string{}, target: len("TARGET"),
	}
	for _, record := range d.SLOs {
		t.records[record.ID] = record
	}
	for _, e := range d.Errors {
		t.failed[e.ID] = true
	}
	t.measureTargets(d)
	t.header(d)
	inJourney := map[string]bool{}
	for _, record := range d.worstFirst(slo.KindJourney) {
		t.journey(record)
		for _, id := range record.Steps {
			inJourney[id] = true
		}
	}
	for _, record := range slices.Concat(d.worstFirst(slo.KindSLO), d.worstFirst(slo.KindStep)) {
		if !inJourney[record.ID] {
			t.rows(record.ID, record, nil)
		}
	}
	t.noteNotices(d.Notices)
	t.footer()
	return t.w.Flush()
}

type table struct {
	w        *bufio.Writer
	color    bool
	records  map[string]sloRecord
	failed   map[string]bool
	window   string                   // of all objectives, as in a sentence; "" when they differ
	target   int                      // width of the column
	journeys map[slo.Compose][]string // their ids
	notes    []note                   // what stands below the table, each once
	noted    map[string]bool
}

// worstFirst orders things of one kind by the budget that is left; unknown
// budgets come last.
func (d Document) worstFirst(kind slo.Kind) []sloRecord {
	var list []sloRecord
	for _, record := range d.SLOs {
		if record.Kind == kind {
			list = append(list, record)
		}
	}
	left := func(r sloRecord) float64 {
		worst := math.Inf(1)
		for _, o := range r.Objectives {
			if v, known := o.BudgetRemainingRatio.Value(); known {
				worst = min(worst, v)
			}
		}
		return worst
	}
	slices.SortStableFunc(list, func(a, b sloRecord) int {
		return cmp.Or(cmp.Compare(left(a), left(b)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// measureTargets finds out whether all objectives have one window, and how
// wide the column of targets has to be.
func (t *table) measureTargets(d Document) {
	windows := map[string]bool{}
	for _, record := range d.SLOs {
		for _, o := range record.Objectives {
			windows[o.windowText()] = true
		}
	}
	if len(windows) == 1 {
		for w := range windows {
			t.window = w
		}
	}
	for _, record := range d.SLOs {
		for _, o := range record.Objectives {
			t.target = min(len("99.999% quarter"), max(t.target, len(t.targetText(o))))
		}
	}
}

func (t *table) targetText(o objectiveRecord) string {
	if t.window != "" {
		return o.Target
	}
	return o.Target + " " + o.Window
}

// line writes one line; errors of the writer surface at Flush.
func (t *table) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	t.w.WriteString(text + "\n") //nolint:errcheck // see above
}

func (t *table) header(d Document) {
	at := clock(d.At)
	text := "At " + at + " UTC"
	if end := d.earliestEnd(); end != "" && end != at {
		day, _, _ := strings.Cut(at, " ")
		text += ", measured up to " + strings.TrimPrefix(end, day+" ")
	}
	if t.window != "" {
		text += ", over " + t.window
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

// clock is an instant of the document, to the minute.
func clock(instant string) string {
	at, err := time.Parse(time.RFC3339Nano, instant)
	if err != nil {
		return instant // which [Read] refuses
	}
	return at.UTC().Format("2006-01-02 15:04")
}

// earliestEnd is up to when everything was measured.
func (d Document) earliestEnd() string {
	earliest := ""
	for _, record := range d.SLOs {
		for _, o := range record.Objectives {
			if end := clock(o.End); earliest == "" || end < earliest {
				earliest = end
			}
		}
	}
	return earliest
}

// part is a step of a journey, over the journey's window.
type part struct {
	stepRecord
	ratio burnrate.Ratio // of the journey's errors
}

// parts are the steps of an objective of a journey.
func (o objectiveRecord) parts() []part {
	list := make([]part, len(o.Steps))
	for i, step := range o.Steps {
		list[i].stepRecord = step
		if o.Attribution != nil && i < len(*o.Attribution) {
			list[i].ratio = (*o.Attribution)[i].Ratio
		}
	}
	return list
}

func (t *table) journey(record sloRecord) {
	t.journeys[record.Compose] = append(t.journeys[record.Compose], record.ID)
	t.rows(record.ID, record, nil)
	var parts []part
	if len(record.Objectives) > 0 {
		parts = record.Objectives[0].parts()
	}
	for i, id := range record.Steps {
		var step *part
		name := id
		if i < len(parts) {
			step, name = &parts[i], parts[i].Step
		}
		t.rows("  "+name, t.records[id], step)
	}
}

// rows prints one row for each objective, or one for a step without any.
func (t *table) rows(name string, record sloRecord, step *part) {
	if len(record.Objectives) == 0 {
		t.bareRow(name, record, step)
		return
	}
	for i, o := range record.Objectives {
		if i > 0 { // the name stands in the first row only
			step = nil
			name = strings.Repeat(" ", len(name)-len(strings.TrimLeft(name, " ")))
			if o.Name != o.Window {
				name += o.Name
			}
		}
		t.row(name, record, o, step)
	}
}

func (t *table) row(name string, record sloRecord, o objectiveRecord, step *part) {
	t.notePartial(record, o)
	t.noteExclusions(record, o)
	t.noteTiers(record, o)
	style := budgetStyle(o.Budget)
	sli := t.sli(record, o.State, sliText(o.ErrorRatio, o.Coverage, o.Target))
	cells := []string{
		t.name(name, record), term.FitRight(t.targetText(o), t.target), term.FitRight(sli, sliWidth),
		" " + t.paint(style, t.bar(o)) + " " + t.paint(style, term.FitRight(leftText(o), leftWidth)),
	}
	for _, column := range burnColumns() {
		text := "–"
		for _, b := range o.Burn {
			if b.Window == column {
				text = burnText(b.BurnRate)
			}
		}
		cells = append(cells, term.FitRight(text, burnWidth))
	}
	t.line("%s", strings.Join(append(cells, causeText(step), " "+term.Fit(record.Owner, ownerWidth)), " "))
}

// bareRow prints a step without objectives, over its journey's window.
func (t *table) bareRow(name string, record sloRecord, step *part) {
	sli := "–"
	if step != nil {
		sli = t.sli(record, step.State, sliText(step.ErrorRatio, step.Coverage, ""))
	}
	cells := []string{
		t.name(name, record), term.FitRight("–", t.target), term.FitRight(sli, sliWidth),
		" " + term.Fit("", barWidth) + " " + term.FitRight("–", leftWidth),
	}
	for range burnColumns() {
		cells = append(cells, term.FitRight("–", burnWidth))
	}
	t.line("%s", strings.Join(append(cells, causeText(step), " "+term.Fit(record.Owner, ownerWidth)), " "))
}

func (t *table) name(name string, record sloRecord) string {
	text := term.Fit(name, t.nameWidth())
	if record.Kind == slo.KindJourney {
		return t.paint(bold, text)
	}
	return text
}

func (t *table) bar(o objectiveRecord) string {
	left, known := o.BudgetRemainingRatio.Value()
	if !known {
		return term.Fit("", barWidth)
	}
	return term.Bar(left, barWidth)
}

// sli is the share of good events, or why there is none. What failed may be
// another objective of the same SLO.
func (t *table) sli(record sloRecord, state burnrate.State, text string) string {
	if t.failed[record.ID] && state == burnrate.NoData {
		return "failed"
	}
	return text
}
