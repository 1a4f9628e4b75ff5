package render

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/slojourn/slojourn/slo/diag"
)

// Lines gives the text of a line (from 1) of a file, without its line end.
type Lines func(file string, line int) (string, bool)

// Options says how text is printed.
type Options struct {
	Lines    Lines // nil prints no source lines
	Color    bool
	Accepted bool          // what is accepted is printed as well, with the reason
	Language diag.Language // of everything but the source lines
}

// Text prints every finding as
//
//	checkout.yaml:14:13: error: target 100 leaves no error budget [SLO007]
//	   14 |     target: 100
//	      |             ^^^
//	   hint: use less than 100%
//
// so that editors can jump to file:line:column. What is accepted is left out, unless the
// options say otherwise; then the reason stands in the place of the hint.
func Text(w io.Writer, list diag.List, options Options) error {
	if !options.Accepted {
		list = list.Counting()
	}
	p := &printer{w: bufio.NewWriter(w), options: options}
	for i, d := range list {
		if i > 0 {
			p.line("")
		}
		p.finding(d)
	}
	return p.w.Flush()
}

type printer struct {
	w       *bufio.Writer
	options Options
	last    sourceLine
}

// line writes one line; errors of the writer surface at Flush.
func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...) //nolint:errcheck // see above
}

func (p *printer) finding(d diag.Diagnostic) {
	place := ""
	if d.Span.File != "" || d.Span.Start.Known() {
		place = p.paint(bold, harmless(d.Span.String())+":") + " "
	}
	p.line("%s%s %s [%s]", place, p.paint(colorOf(d.Severity), severityWord(d.Severity).In(p.options.Language)+":"), p.paint(bold, p.said(d.Message)), d.Code)
	p.source(d)
	for _, r := range d.Related {
		p.line("   %s", note(p.said(r.Message), p.options.Language))
	}
	switch {
	case d.Accepted():
		p.line("   %s", diag.Say("accepted: %s", Plain(d.Acceptance)).In(p.options.Language))
	case !d.Hint.Empty():
		p.line("   %s", hint(p.said(d.Hint), p.options.Language))
	}
}

// said is a phrase as it is printed.
func (p *printer) said(phrase diag.Phrase) string { return Plain(phrase.In(p.options.Language)) }

// sourceLine is a line of a file as it is printed. Findings come in order of
// their places, so that the last line is kept: a machine may write a whole
// spec, with all its mistakes, on one.
type sourceLine struct {
	file    string
	number  int
	found   bool
	length  int    // characters that stand in the file
	trimmed int    // those without blanks at the end
	printed []rune // masked and clean
	cuts    []cut
}

// read returns the line that a span begins on.
func (p *printer) read(span diag.Span) *sourceLine {
	l := &p.last
	if l.number == span.Start.Line && l.file == span.File {
		return l
	}
	text, found := p.options.Lines(span.File, span.Start.Line)
	masked, cuts := maskLine(text)
	*l = sourceLine{
		file: span.File, number: span.Start.Line, found: found,
		length: utf8.RuneCountInString(text), trimmed: utf8.RuneCountInString(strings.TrimRight(text, " ")),
		printed: []rune(harmless(masked)), cuts: cuts,
	}
	return l
}

// source prints the line of the finding with carets under its span.
func (p *printer) source(d diag.Diagnostic) {
	if p.options.Lines == nil || !d.Span.Start.Known() {
		return
	}
	l := p.read(d.Span)
	if !l.found {
		return
	}
	start, end := d.Span.Start.Column, d.Span.End.Column
	behind := l.length + 1
	if d.Span.End.Line > d.Span.Start.Line { // up to the end of what is printed of this line
		end = l.trimmed + 1
	}
	start, end = moved(l.cuts, min(start, behind)), moved(l.cuts, min(max(end, start+1), max(behind, start+1)))
	runes, start, end := excerpt(l.printed, start, end)
	number := fmt.Sprintf("%5d", d.Span.Start.Line)
	blank := strings.Repeat(" ", len(number))
	before, under := columns(runes, start-1, end-1)
	label := ""
	if !d.Label.Empty() {
		label = " " + p.said(d.Label)
	}
	p.line("%s", p.paint(dim, number+" |")+" "+strings.TrimRight(string(runes), " "))
	p.line("%s", p.paint(dim, blank+" |")+" "+before+p.paint(colorOf(d.Severity), strings.Repeat("^", under)+label))
}

// Long lines are cut to lineWidth characters, of which marginWidth stand
// before what is pointed at.
const (
	lineWidth   = 160
	marginWidth = 60
)

// excerpt cuts a long line to the part around two columns (from 1), which move
// along.
func excerpt(line []rune, start, end int) ([]rune, int, int) {
	if len(line) <= lineWidth {
		return line, start, end
	}
	from := max(0, min(start-1-marginWidth, len(line)-lineWidth))
	to := min(len(line), from+lineWidth)
	part := slices.Clone(line[from:to])
	if from > 0 {
		part[0] = '…'
	}
	if to < len(line) {
		part[len(part)-1] = '…'
	}
	return part, start - from, min(end-from, len(part)+1)
}

// columns returns the blanks that stand below runes[:start] and how many
// carets cover runes[start:end]. Wide characters take two columns, and so does
// what several are joined to, such as a flag; tabs are repeated so that they are
// as wide as those above. Carets under what adds nothing to the character before,
// such as an accent, begin there.
func columns(runes []rune, start, end int) (before string, under int) {
	beyond := max(0, start-len(runes))
	start, end = min(start, len(runes)), min(end, len(runes))
	for start > 0 && start < len(runes) && width(runes[:start+1]) == width(runes[:start]) {
		start--
	}
	parts := strings.Split(string(runes[:start]), "\t")
	for i, part := range parts {
		parts[i] = strings.Repeat(" ", width([]rune(part)))
	}
	return strings.Join(parts, "\t") + strings.Repeat(" ", beyond), max(width(runes[:end])-width(runes[:start]), 1)
}

// width is how many columns characters take. How wide a tab is printed is not
// known: it counts as one.
func width(runes []rune) int {
	// The width must not depend on the locale of whoever runs this.
	c := runewidth.Condition{StrictEmojiNeutral: true}
	return c.StringWidth(pictured(strings.ReplaceAll(string(runes), "\t", " ")))
}

// asPicture is the selector behind a character that says to draw it as an emoji: ❤️ and 1️⃣.
const asPicture = '\ufe0f'

// pictured replaces symbols that are drawn as an emoji by one that is as wide as that is: two
// columns, while without the selector they may take one.
func pictured(text string) string {
	if !strings.ContainsRune(text, asPicture) {
		return text
	}
	runes := []rune(text)
	for i, r := range runes[1:] {
		if before := runes[i]; r == asPicture && (unicode.In(before, unicode.So, unicode.Sm) || strings.ContainsRune("0123456789#*‼⁉ℹ", before)) {
			runes[i] = '👍'
		}
	}
	return string(runes)
}

// Plain returns a text that others wrote as it may be shown on one line of a
// terminal or in the log of a pipeline: keys are masked, and what would change how the
// terminal looks or be a command is replaced.
func Plain(text string) string { return harmless(Mask(text)) }

// harmless replaces what would change how a terminal looks, and what begins a command in
// the logs of Azure Pipelines (##vso[) and GitHub Actions (##[): those are obeyed wherever
// on a line they stand. As many characters stay, so that carets stay where they are.
func harmless(text string) string {
	return strings.NewReplacer("##vso[", "##vso(", "##[", "##(").Replace(clean(text))
}

// clean replaces characters that would change how a terminal looks.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && isHostile(r) {
			return '�'
		}
		return r
	}, text)
}

// isHostile reports whether a character controls the terminal, breaks lines
// or turns the direction of text.
func isHostile(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[1;31m"
	yellow style = "\x1b[1;33m"
	blue   style = "\x1b[1;34m"
)

func colorOf(s diag.Severity) style {
	switch s {
	case diag.Error:
		return red
	case diag.Warning:
		return yellow
	default:
		return blue
	}
}

func (p *printer) paint(s style, text string) string {
	if !p.options.Color || text == "" {
		return text
	}
	return string(s) + text + "\x1b[0m"
}
