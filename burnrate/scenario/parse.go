package scenario

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Parse reads the text of a file. policies are those that slo and journey may
// name, beside which there are none. The scenario is good for nothing when the
// list has errors; all of them are in it, in their order.
func Parse(file, text string, policies []*slo.AlertPolicy) (*Scenario, diag.List) {
	p := &parser{
		scenario: &Scenario{set: &slo.Set{}}, policies: policies,
		ids: map[string]diag.Span{},
	}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if !utf8.ValidString(line) {
			at := diag.Position{Line: number, Column: 1}
			p.list.Errorf(diag.CodeEncoding, diag.Span{File: file, Start: at, End: at}, diag.Say("save the file as UTF-8"), "the line is not UTF-8")
			continue
		}
		if words := split(file, number, line); len(words) > 0 {
			p.line(words)
		}
	}
	p.finish(diag.Span{File: file, Start: diag.Position{Line: 1, Column: 1}, End: diag.Position{Line: 1, Column: 1}})
	p.list.Sort()
	return p.scenario, p.list
}

type parser struct {
	scenario *Scenario
	policies []*slo.AlertPolicy
	list     diag.List
	all      []word               // of the line
	ids      map[string]diag.Span // where each is declared
}

var verbs = []string{"slo", "journey", "objective", "load", "correct", "exclude", "fail", "delay", "expect"}

func (p *parser) line(words []word) {
	p.all = words
	s := &statement{parser: p, verb: words[0], words: words[1:]}
	switch words[0].text {
	case "slo":
		s.slo()
	case "journey":
		s.journey()
	case "objective":
		s.objective()
	case "load":
		s.load()
	case "correct":
		s.correct()
	case "exclude":
		s.exclude()
	case "fail":
		s.fail()
	case "delay":
		s.delay()
	case "expect":
		s.expect()
	default:
		p.unknown(diag.CodeUnknownKey, words[0], diag.Say("the statement"), verbs)
	}
}

// finish checks what only the end of a file can tell.
func (p *parser) finish(begin diag.Span) {
	s := p.scenario
	for _, e := range s.expected {
		if e.to > s.minutes {
			p.list.Errorf(diag.CodeValue, e.span, diag.Say("load more, or expect it sooner"), "what is loaded ends %s after the beginning of the load that this counts from",
				spell(s.minutes-e.start))
		}
	}
	for _, o := range slices.Concat(s.failures, s.delays) {
		if o.to > s.minutes {
			p.list.Errorf(diag.CodeValue, o.span, diag.Say("end it sooner, or load more"), "it is over after what is loaded")
		}
	}
	for _, c := range s.corrections {
		if c.at > s.minutes {
			p.list.Errorf(diag.CodeValue, c.span, diag.Say("correct it sooner, or load more"), "the correction comes after what is loaded")
		}
	}
	if len(s.expected) == 0 && !p.list.Failed() {
		p.list.Errorf(diag.CodeMissing, begin, diag.Say("write expect page within 10m, or another of docs/test.md"), "nothing is expected")
	}
}

// attributes takes all words as key=value, of the given keys.
func (s *statement) attributes(keys ...string) map[string]word {
	found := map[string]word{}
	for len(s.words) > 0 {
		w, _ := s.next()
		key, value, is := w.value()
		switch _, again := found[key]; {
		case !is:
			s.list.Errorf(diag.CodeValue, w.span, diag.Say("use %s=", strings.Join(keys, "=, ")), "%q has no place here", w.text)
		case !slices.Contains(keys, key):
			s.unknown(diag.CodeUnknownKey, w.key(), diag.Say("the key"), keys)
		case again:
			s.list.Errorf(diag.CodeDuplicate, w.key().span, diag.Say("remove one of them"), "%s is written twice", key)
		case value.text == "":
			s.list.Errorf(diag.CodeMissing, value.span, diag.Say("write %s=…", key), "%s has no value", key)
		default:
			found[key] = value
		}
	}
	return found
}

// name takes an id if one stands there.
func (s *statement) name(otherwise string) (word, bool) {
	if len(s.words) > 0 && !strings.Contains(s.words[0].text, "=") {
		return s.next()
	}
	return word{text: otherwise, span: s.verb.span}, false
}
