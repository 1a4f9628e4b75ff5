// Package dialogue asks questions on a terminal, a line each: what is asked, a default in
// brackets, and an answer that ends with Enter. It moves no cursor and reads no keys, so
// that it works on any terminal and with screen readers.
//
//	d := dialogue.New(os.Stdin, os.Stderr, dialogue.Options{Locale: slo.English, Width: 80})
//	title, err := d.Ask(dialogue.Question{Text: "What do users try to get done?", Check: draft.CheckText})
//
// A wrong answer is followed by the reason and the same question. A long list comes in
// pages, and a part of a name narrows it down.
package dialogue

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// ErrEnded is the error when the input ends before a question is answered.
var ErrEnded = errors.New("the input ended before all questions were answered")

// Options say how to talk.
type Options struct {
	Locale slo.Locale
	Width  int  // of the terminal, in columns
	Color  bool // whether questions stand out by colour
}

// Dialogue is a conversation. It is not safe for concurrent use.
type Dialogue struct {
	in      *bufio.Reader
	out     io.Writer
	options Options
	words   words
	err     error // of the first write that failed
}

// New returns a dialogue that reads answers from in and writes to out.
func New(in io.Reader, out io.Writer, options Options) *Dialogue {
	return &Dialogue{in: bufio.NewReader(in), out: out, options: options, words: wordsIn(options.Locale)}
}

// Say writes a paragraph, wrapped to the width of the terminal. An empty one is an empty
// line.
func (d *Dialogue) Say(format string, args ...any) { d.paragraph("", "", fmt.Sprintf(format, args...)) }

// paragraph writes text behind first, and further lines of it behind rest. What others
// wrote may be in it, so that characters which move the cursor are left out.
func (d *Dialogue) paragraph(first, rest, text string) {
	for _, line := range wrap(render.Plain(text), max(d.options.Width-term.Width(first)-1, narrowest)) {
		d.write(strings.TrimRight(first+line, " ") + "\n")
		first = rest
	}
}

// narrowest is how many columns a text has at the least.
const narrowest = 16

func (d *Dialogue) write(text string) {
	if d.err == nil {
		_, d.err = io.WriteString(d.out, text)
	}
}

// Question is asked until its answer is right.
type Question struct {
	Text    string
	Help    string // shown below it; may be empty
	Default string // what an empty answer stands for; "" leaves that to Check
	// Check returns the answer as it is used, or says what is wrong with it.
	Check func(answer string) (string, error)
}

// Ask returns the answer to a question, as its check has it.
func (d *Dialogue) Ask(q Question) (string, error) {
	d.ask(q.Text, q.Help)
	for {
		answer, err := d.answer(q.Default)
		if err != nil {
			return "", err
		}
		if answer == "" {
			answer = q.Default
		}
		checked, err := q.Check(answer)
		if err == nil {
			return checked, nil
		}
		d.paragraph("! ", "  ", err.Error())
	}
}

// Confirm asks for yes or no.
func (d *Dialogue) Confirm(text string, yes bool) (bool, error) {
	usual := d.words.no
	if yes {
		usual = d.words.yes
	}
	answer, err := d.Ask(Question{Text: text, Default: usual, Check: d.words.yesOrNo})
	return answer == d.words.yes, err
}

// ask writes a question.
func (d *Dialogue) ask(text, help string) {
	d.write("\n")
	lines := wrap(render.Plain(text), max(d.options.Width-1, narrowest))
	for _, line := range lines {
		if d.options.Color {
			line = "\x1b[1m" + line + "\x1b[0m"
		}
		d.write(line + "\n")
	}
	if help != "" {
		d.paragraph("", "", help)
	}
}

// answer reads a line, without the blanks around it. The prompt shows what an empty one
// stands for.
func (d *Dialogue) answer(usual string) (string, error) {
	prompt := "> "
	if usual != "" {
		prompt = "[" + render.Plain(usual) + "] > "
	}
	d.write(prompt)
	if d.err != nil {
		return "", d.err
	}
	line, err := d.in.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		if errors.Is(err, io.EOF) {
			d.write("\n") // what comes next does not belong to the prompt
			err = ErrEnded
		}
		return "", err
	}
	return strings.TrimSpace(line), nil
}
