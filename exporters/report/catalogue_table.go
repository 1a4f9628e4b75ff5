package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Most widths of the catalogue's columns, of its 100. Each is as wide as what is in it
// needs; the last one has what the others leave.
const (
	mostName    = 32
	mostTarget  = 15
	mostPolicy  = 14
	mostContact = 24
	mostNotify  = 30
)

// Table prints the catalogue for people: journeys with their steps, SLOs that are a step
// of none of these, teams with what they own, and what is missing.
func (c Catalogue) Table(w io.Writer, color bool) error {
	t := &catalogueTable{w: bufio.NewWriter(w), color: color, text: c.text}
	t.objectives(c)
	t.teams(c.Teams)
	t.gaps(c.Gaps)
	if !t.begun {
		t.line(t.text(diag.Say("Nothing to show.")))
	}
	return t.w.Flush()
}

type catalogueTable struct {
	w     *bufio.Writer
	color bool
	text  func(diag.Phrase) string
	begun bool // something was printed
}

// line writes one line; errors of the writer surface at Flush.
func (t *catalogueTable) line(text string) {
	t.begun = true
	t.w.WriteString(strings.TrimRight(text, " ") + "\n") //nolint:errcheck // see above
}

// section writes rows below a head. Cells are one line each and cut at the most that their
// column may have; the last ones are cut or go on in further lines. A row may have a style.
func (t *catalogueTable) section(heads []diag.Phrase, most []int, wrap bool, rows []catalogueRow) {
	if len(rows) == 0 {
		return
	}
	head := make([]string, len(heads))
	for i, p := range heads {
		head[i] = t.text(p)
	}
	if t.begun {
		t.line("")
	}
	widths := make([]int, len(most))
	for i := range most {
		widths[i] = term.Width(head[i])
		for _, r := range rows {
			widths[i] = max(widths[i], min(most[i], term.Width(r.cells[i])))
		}
	}
	t.row(widths, wrap, catalogueRow{bold, head})
	for _, r := range rows {
		t.row(widths, wrap, r)
	}
}

type catalogueRow struct {
	style style
	cells []string // one more than there are widths
}

func (t *catalogueTable) row(widths []int, wrap bool, r catalogueRow) {
	const between = "  "
	text, rest := "", tableWidth
	for i, width := range widths {
		cell := term.Fit(r.cells[i], width)
		rest -= width + len(between)
		if i == 0 && r.style != "" {
			cell = painted(t.color, r.style, cell)
		}
		text += cell + between
	}
	last := r.cells[len(widths)]
	lines := []string{strings.TrimRight(term.Fit(last, rest), " ")}
	if wrap {
		lines = term.Wrap(last, rest)
	}
	for _, line := range lines {
		t.line(text + line)
		text = strings.Repeat(" ", tableWidth-rest)
	}
}

// objectives lists everything that has some, and steps without.
func (t *catalogueTable) objectives(c Catalogue) {
	var rows []catalogueRow
	inJourney := map[string]bool{}
	for _, j := range c.Journeys {
		rows = append(rows, objectiveRows(bold, j.ID, string(j.Stage), j.Owner, j.Title, j.Objectives)...)
		for _, s := range j.Steps {
			name := "  " + s.Step
			if s.Shared {
				inJourney[s.ID] = true
				name += " = " + s.ID
			}
			rows = append(rows, objectiveRows("", name, "", s.Owner, s.Title, s.Objectives)...)
		}
	}
	for _, o := range c.SLOs {
		if !inJourney[o.ID] {
			rows = append(rows, objectiveRows("", o.ID, string(o.Stage), o.Owner, o.Title, o.Objectives)...)
		}
	}
	heads := []diag.Phrase{
		diag.Say("JOURNEY / step"), diag.Say("TARGET"), diag.Say("ALERTS"), diag.Say("STAGE"), diag.Say("OWNER"), diag.Say("TITLE"),
	}
	t.section(heads, []int{mostName, mostTarget, mostPolicy, len(slo.Observe), ownerWidth}, false, rows)
}

// objectiveRows has a row for each objective; the first one says what they are of.
func objectiveRows(s style, name, stage, owner string, title *string, objectives []targetEntry) []catalogueRow {
	rows := []catalogueRow{{s, []string{name, "–", "–", stage, owner, plainOf(title)}}}
	for i, o := range objectives {
		if i > 0 {
			indent := strings.Repeat(" ", len(name)-len(strings.TrimLeft(name, " ")))
			rows = append(rows, catalogueRow{"", []string{indent, "", "", "", "", ""}})
			if o.Name != o.Window {
				rows[i].cells[0] += "(" + o.Name + ")"
			}
		}
		rows[i].cells[1], rows[i].cells[2] = o.Target+" "+o.Window, "–"
		if o.Alerts != nil {
			rows[i].cells[2] = *o.Alerts
		}
	}
	return rows
}

func (t *catalogueTable) teams(teams []teamEntry) {
	var rows []catalogueRow
	for _, e := range teams {
		rows = append(rows, catalogueRow{bold, []string{
			e.Name, cmp.Or(plainOf(e.Contact), "–"), cmp.Or(strings.Join(e.Notify, ", "), "–"), cmp.Or(strings.Join(e.owned(), ", "), "–"),
		}})
	}
	heads := []diag.Phrase{diag.Say("TEAM"), diag.Say("CONTACT"), diag.Say("TOLD BY"), diag.Say("OWNS")}
	t.section(heads, []int{ownerWidth, mostContact, mostNotify}, true, rows)
}

// owned lists what a team owns: journeys, steps of journeys that are not its own, and
// SLOs.
func (e teamEntry) owned() []string {
	owned := slices.Clone(e.Journeys)
	for _, id := range e.Steps {
		if journey, _, _ := strings.Cut(id, "/"); !slices.Contains(e.Journeys, journey) {
			owned = append(owned, id)
		}
	}
	return append(owned, e.SLOs...)
}

func (t *catalogueTable) gaps(gaps []gapEntry) {
	if len(gaps) > 0 {
		if t.begun {
			t.line("")
		}
		t.line(painted(t.color, bold, t.text(diag.Say("MISSING"))))
	}
	for i, g := range gaps {
		if i == 0 || gaps[i-1].Gap != g.Gap {
			text := t.text(diag.Say("%s: %s; %s", g.Gap, diag.Verbatim(g.Message), diag.Verbatim(g.Remedy)))
			for i, line := range term.Wrap(text, tableWidth) {
				if i > 0 {
					line = "  " + line
				}
				t.line(painted(t.color, yellow, line))
			}
		}
		t.line("    " + g.placeText() + ": " + g.ID)
	}
}

// placeText is a place as editors know it.
func (p placeEntry) placeText() string { return fmt.Sprintf("%s:%d", render.Plain(p.File), p.Line) }

// plainOf is a text on one line, "" for null.
func plainOf(text *string) string {
	if text == nil {
		return ""
	}
	return words.OneLine(*text)
}
