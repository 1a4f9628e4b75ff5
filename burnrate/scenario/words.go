package scenario

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// word is a word of a line and where it stands.
type word struct {
	text string
	span diag.Span
}

// split returns the words of a line up to a comment. Columns count characters.
func split(file string, number int, line string) []word {
	var words []word
	column := 1
	for line != "" {
		blanks := len(line) - len(strings.TrimLeft(line, " \t"))
		line, column = line[blanks:], column+blanks
		if line == "" || line[0] == '#' {
			break
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		length := utf8.RuneCountInString(line[:end])
		words = append(words, word{line[:end], diag.Span{
			File: file, Start: diag.Position{Line: number, Column: column}, End: diag.Position{Line: number, Column: column + length},
		}})
		line, column = line[end:], column+length
	}
	return words
}

// value returns the part of key=value behind the sign.
func (w word) value() (key string, value word, found bool) {
	key, text, found := strings.Cut(w.text, "=")
	value = word{text, w.span}
	value.span.Start.Column += utf8.RuneCountInString(key) + 1
	return key, value, found
}

// key returns the part of key=value before the sign.
func (w word) key() word {
	text, _, _ := strings.Cut(w.text, "=")
	key := word{text, w.span}
	key.span.End.Column = key.span.Start.Column + utf8.RuneCountInString(text)
	return key
}

// statement is one line while it is read: the words that are left.
type statement struct {
	*parser
	verb  word
	words []word
}

func (s *statement) next() (word, bool) {
	if len(s.words) == 0 {
		return word{}, false
	}
	w := s.words[0]
	s.words = s.words[1:]
	return w, true
}

// is reports whether the next word is this one, and takes it.
func (s *statement) is(text string) bool {
	if len(s.words) > 0 && s.words[0].text == text {
		s.words = s.words[1:]
		return true
	}
	return false
}

// behind is the place where a word is missing: the end of the line.
func (s *statement) behind() diag.Span {
	last := s.verb.span
	if n := len(s.all); n > 0 {
		last = s.all[n-1].span
	}
	last.Start = last.End
	return last
}

// need takes the next word, or says what has to stand there.
func (s *statement) need(what, hint diag.Phrase) (word, bool) {
	w, there := s.next()
	if !there {
		s.list.Errorf(diag.CodeMissing, s.behind(), hint, "%s is missing", what)
	}
	return w, there
}

// keyword takes a certain word.
func (s *statement) keyword(text string, hint diag.Phrase) bool {
	if s.is(text) {
		return true
	}
	if w, there := s.need(diag.Say("the word %s", text), hint); there {
		s.list.Errorf(diag.CodeValue, w.span, hint, "%q stands where %s has to stand", w.text, text)
	}
	return false
}

// duration takes a length of time in whole minutes.
func (s *statement) duration(what, hint diag.Phrase) (int64, bool) {
	w, there := s.need(what, hint)
	if !there {
		return 0, false
	}
	return s.minutes(w)
}

func (s *statement) minutes(w word) (int64, bool) {
	d, err := slo.ParseDuration(w.text)
	if err != nil {
		s.problem(diag.CodeValue, w, err)
		return 0, false
	}
	return int64(d / time.Minute), true
}

// between takes FROM..TO. Both may be the same if that is a time, too.
func (s *statement) between(hint diag.Phrase, same bool) (from, to int64, ok bool) {
	w, there := s.need(diag.Say("a time"), hint)
	if !there {
		return 0, 0, false
	}
	a, b, two := strings.Cut(w.text, "..")
	if !two {
		s.list.Errorf(diag.CodeValue, w.span, hint, "%q is not a stretch of time", w.text)
		return 0, 0, false
	}
	first, second := word{a, w.span}, word{b, w.span}
	first.span.End.Column = first.span.Start.Column + utf8.RuneCountInString(a)
	second.span.Start.Column = first.span.End.Column + len("..")
	from, ok = s.minutes(first)
	if ok {
		to, ok = s.minutes(second)
	}
	if ok && (from > to || from == to && !same) {
		s.list.Errorf(diag.CodeInterval, w.span, hint, "%s is not before %s", a, b)
		return 0, 0, false
	}
	return from, to, ok
}

// events takes a number of them.
func (s *statement) events(w word) (int64, bool) {
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n < 0 || n > mostEvents {
		s.list.Errorf(diag.CodeValue, w.span, diag.Say("write a whole number up to 1000000000, such as good=1000"), "%q is not a number of events", w.text)
		return 0, false
	}
	return n, true
}

// problem reports what a parser of slo says about a word.
func (p *parser) problem(code diag.Code, w word, err error) {
	message, hint := diag.Verbatim(err.Error()), diag.Phrase{}
	if problem, ok := errors.AsType[*slo.Problem](err); ok {
		message, hint = problem.Message, problem.Hint
	}
	p.list.Errorf(code, w.span, hint, "%s", message)
}

// unknown reports a word that is none of those that may stand there.
func (p *parser) unknown(code diag.Code, w word, what diag.Phrase, known []string) {
	hint := diag.Say("use %s", strings.Join(known, ", "))
	if near, ok := diag.Nearest(w.text, known); ok {
		hint = diag.Say("did you mean %s?", near)
	}
	if len(known) == 0 {
		hint = diag.Say("remove it")
	}
	p.list.Errorf(code, w.span, hint, "%s %q is not known", what, w.text)
}
