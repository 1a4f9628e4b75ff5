package scenario

import (
	"cmp"
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
			p.list.Errorf(diag.CodeEncoding, diag.Span{File: file, Start: at, End: at}, "save the file as UTF-8", "the line is not UTF-8")
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

var verbs = []string{"slo", "journey", "load", "correct", "exclude", "expect"}

func (p *parser) line(words []word) {
	p.all = words
	s := &statement{parser: p, verb: words[0], words: words[1:]}
	switch words[0].text {
	case "slo":
		s.slo()
	case "journey":
		s.journey()
	case "load":
		s.load()
	case "correct":
		s.correct()
	case "exclude":
		s.exclude()
	case "expect":
		s.expect()
	default:
		p.unknown(diag.CodeUnknownKey, words[0], "the statement", verbs)
	}
}

// finish checks what only the end of a file can tell.
func (p *parser) finish(begin diag.Span) {
	s := p.scenario
	for _, e := range s.expected {
		if e.to > s.minutes {
			p.list.Errorf(diag.CodeValue, e.span, "load more, or expect it sooner", "what is loaded ends %s after the beginning of the load that this counts from",
				spell(s.minutes-e.start))
		}
	}
	for _, c := range s.corrections {
		if c.at > s.minutes {
			p.list.Errorf(diag.CodeValue, c.span, "correct it sooner, or load more", "the correction comes after what is loaded")
		}
	}
	if len(s.expected) == 0 && !p.list.Failed() {
		p.list.Errorf(diag.CodeMissing, begin, "write expect page within 10m, or another of docs/test.md", "nothing is expected")
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
			s.list.Errorf(diag.CodeValue, w.span, "use "+strings.Join(keys, "=, ")+"=", "%q has no place here", w.text)
		case !slices.Contains(keys, key):
			s.unknown(diag.CodeUnknownKey, w.key(), "the key", keys)
		case again:
			s.list.Errorf(diag.CodeDuplicate, w.key().span, "remove one of them", "%s is written twice", key)
		case value.text == "":
			s.list.Errorf(diag.CodeMissing, value.span, "write "+key+"=…", "%s has no value", key)
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

// declare makes an id known.
func (s *statement) declare(w word) bool {
	if err := slo.CheckName(w.text); err != nil {
		s.problem(diag.CodeName, w, err)
		return false
	}
	if first, twice := s.ids[w.text]; twice {
		s.list.Add(diag.Diagnostic{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: w.span, Message: "there are two of the name " + w.text, Hint: "choose another name",
			Related: []diag.Related{{Span: first, Message: "the other one is at " + first.String()}},
		})
		return false
	}
	if len(s.scenario.loads) > 0 {
		s.list.Errorf(diag.CodeConflict, s.verb.span, "write it before the first load", "%s stands behind a load", s.verb.text)
		return false
	}
	s.ids[w.text] = w.span
	return true
}

func (s *statement) slo() {
	name, _ := s.name("slo")
	attributes := s.attributes("target", "window", "timeZone", "policy")
	objectives := s.objectives(attributes)
	if s.declare(name) {
		set := s.scenario.set
		set.SLOs = append(set.SLOs, &slo.SLO{ID: name.text, Kind: slo.KindSLO, About: slo.About{Stage: slo.Active}, Objectives: objectives})
	}
}

func (s *statement) journey() {
	name, named := s.name("")
	attributes := s.attributes("steps", "compose", "target", "window", "timeZone", "policy")
	if !named {
		s.list.Errorf(diag.CodeMissing, s.verb.span, "write journey NAME steps=A,B target=99% window=28d", "the name of the journey is missing")
		return
	}
	j := &slo.Journey{ID: name.text, Compose: slo.Series, About: slo.About{Stage: slo.Active}, Objectives: s.objectives(attributes)}
	if w, given := attributes["compose"]; given {
		composes := []string{string(slo.Series), string(slo.Worst), string(slo.Weighted), string(slo.Pooled)}
		if j.Compose = slo.Compose(w.text); !slices.Contains(composes, w.text) {
			s.unknown(diag.CodeValue, w, "the composition", composes)
		}
	}
	steps, given := attributes["steps"]
	if !given {
		s.list.Errorf(diag.CodeMissing, s.behind(), "name SLOs of lines above: steps=find,pay", "the steps of the journey are missing")
	}
	one, _ := slo.ParseDecimal("1")
	seen := map[string]bool{}
	for id := range strings.SplitSeq(steps.text, ",") {
		i := s.indexOf(id)
		switch {
		case !given:
		case i < 0:
			s.unknown(diag.CodeReference, word{id, steps.span}, "the step", s.measured())
		case seen[id]:
			s.list.Errorf(diag.CodeDuplicate, steps.span, "name each step once", "%s is a step twice", id)
		default:
			seen[id] = true
			j.Steps = append(j.Steps, slo.Step{Name: id, Weight: one, SLO: s.scenario.set.SLOs[i]})
		}
	}
	if s.declare(name) {
		s.scenario.set.Journeys = append(s.scenario.set.Journeys, j)
	}
}

// objectives reads target, window and policy, none without a target.
func (s *statement) objectives(attributes map[string]word) []slo.Objective {
	target, hasTarget := attributes["target"]
	window, hasWindow := attributes["window"]
	policy, hasPolicy := attributes["policy"]
	zone, hasZone := attributes["timeZone"]
	if !hasTarget {
		for _, w := range []word{window, policy, zone} {
			if w.text != "" {
				s.list.Errorf(diag.CodeMissing, s.behind(), "write target=99.9%", "there is no target")
				return nil
			}
		}
		return nil
	}
	var o slo.Objective
	var err error
	if o.Target, err = slo.ParseTarget(target.text); err != nil {
		s.problem(diag.CodeTarget, target, err)
	}
	if !hasWindow {
		s.list.Errorf(diag.CodeMissing, s.behind(), "write window=28d", "the window of the target is missing")
		return nil
	}
	if o.Window, err = slo.ParseWindow(window.text); err != nil {
		s.problem(diag.CodeWindow, window, err)
	}
	if o.Window.IsCalendar() || hasZone {
		location, err := slo.LoadTimeZone(cmp.Or(zone.text, "UTC"))
		if err != nil {
			s.problem(diag.CodeTimeZone, zone, err)
		}
		o.Window = o.Window.In(location)
	}
	o.Name = o.Window.String()
	var names []string
	for _, p := range s.policies {
		names = append(names, p.Name)
		if p.Name == cmp.Or(policy.text, "paging") {
			o.Alerts = p
		}
	}
	if hasPolicy && policy.text == "none" {
		o.Alerts = nil
	} else if hasPolicy && o.Alerts == nil {
		s.unknown(diag.CodeReference, policy, "the alert policy", append(names, "none"))
	}
	if s.list.Failed() {
		return nil
	}
	return []slo.Objective{o}
}

// measured returns the ids of what can be loaded.
func (p *parser) measured() []string {
	var ids []string
	for _, s := range p.scenario.set.SLOs {
		ids = append(ids, s.ID)
	}
	return ids
}

func (p *parser) indexOf(id string) int { return slices.Index(p.measured(), id) }

// reference takes the id of something declared, if an id stands there.
func (s *statement) reference(known []string) (string, bool) {
	if len(s.words) == 0 || strings.Contains(s.words[0].text, "=") || !slices.Contains(known, s.words[0].text) {
		return "", false
	}
	w, _ := s.next()
	return w.text, true
}
