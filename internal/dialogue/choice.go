package dialogue

import (
	"slices"
	"strconv"
	"strings"
)

// Choice is one of a list.
type Choice struct {
	Text    string
	Help    string
	Options []Option
	// Default is the value that an empty answer stands for; "" when an empty one
	// turns to the next page.
	Default string
	// Other checks what is not in the list, which is typed behind "="; nil when
	// nothing else may be chosen.
	Other func(answer string) (string, error)
}

// Option is a line of a list.
type Option struct {
	Value string // what is chosen
	Label string // how it is shown; "" for the value
	Note  string // shown behind it; may be empty
}

func (o Option) label() string {
	if o.Label == "" {
		return o.Value
	}
	return o.Label
}

// page is how many options are shown at once.
const page = 10

// Choose returns the value of an option, chosen by its number, or by itself; a part of it
// narrows the list down.
func (d *Dialogue) Choose(c Choice) (string, error) {
	d.ask(c.Text, c.Help)
	l := list{Dialogue: d, Choice: c, shown: c.Options}
	l.show()
	for {
		answer, err := d.answer(l.usual())
		if err != nil {
			return "", err
		}
		value, chosen, err := l.read(answer)
		switch {
		case err != nil:
			d.paragraph("! ", "  ", err.Error())
		case chosen:
			return value, nil
		}
	}
}

// list is a choice under way.
type list struct {
	*Dialogue
	Choice
	shown []Option // those that what was typed left
	first int      // on the page
}

func (l *list) show() {
	end := min(l.first+page, len(l.shown))
	width := len(strconv.Itoa(end))
	for i := l.first; i < end; i++ {
		text := l.shown[i].label()
		if l.shown[i].Note != "" {
			text += l.words.note(l.shown[i].Note)
		}
		number := strconv.Itoa(i + 1)
		number = strings.Repeat(" ", width-len(number)) + number + "  "
		l.paragraph(number, strings.Repeat(" ", len(number)), text)
	}
	text := l.words.howTo(len(l.Options) > page, l.Other != nil)
	switch more := len(l.shown) - end; {
	case l.usual() != "": // what Enter does stands in brackets
	case more > 0:
		text += l.words.next(more)
	case len(l.shown) < len(l.Options) || len(l.shown) > page:
		text += l.words.again
	}
	l.Say("%s", text)
}

// usual is what an empty answer stands for: the only option that is left, or the default;
// "" when it turns the page.
func (l *list) usual() string {
	if len(l.shown) == 1 {
		return l.shown[0].label()
	}
	return l.Default
}

// read takes an answer. Neither chosen nor an error means that another part of the list
// was shown.
func (l *list) read(answer string) (value string, chosen bool, err error) {
	if answer == "" {
		answer = l.usual()
	}
	if answer == "" {
		l.turn()
		return "", false, nil
	}
	if literal, is := strings.CutPrefix(answer, "="); is && l.Other != nil {
		value, err = l.Other(strings.TrimSpace(literal))
		return value, err == nil, err
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(l.shown) {
		return l.shown[n-1].Value, true, nil
	}
	for _, equal := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, o := range l.Options {
			if equal(o.Value, answer) || equal(o.label(), answer) {
				return o.Value, true, nil
			}
		}
	}
	return "", false, l.narrow(answer)
}

// turn shows the next page, or all from the beginning behind the last one.
func (l *list) turn() {
	l.first += page
	if l.first >= len(l.shown) {
		l.first, l.shown = 0, l.Options
	}
	l.show()
}

// narrow leaves the options with a text in them.
func (l *list) narrow(text string) error {
	lower := strings.ToLower(text)
	found := slices.DeleteFunc(slices.Clone(l.Options), func(o Option) bool {
		return !strings.Contains(strings.ToLower(o.Value), lower) && !strings.Contains(strings.ToLower(o.label()), lower)
	})
	if len(found) == 0 {
		return l.words.none(text, l.Other != nil)
	}
	l.shown, l.first = found, 0
	l.show()
	return nil
}
