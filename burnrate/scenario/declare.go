package scenario

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// declare makes an id known.
func (s *statement) declare(w word) bool {
	if err := slo.CheckName(w.text); err != nil {
		s.problem(diag.CodeName, w, err)
		return false
	}
	if first, twice := s.ids[w.text]; twice {
		s.list.Add(diag.Diagnostic{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: w.span, Message: diag.Say("there are two of the name %s", w.text), Hint: diag.Say("choose another name"),
			Related: []diag.Related{{Span: first, Message: diag.Say("the other one is at %s", first)}},
		})
		return false
	}
	if len(s.scenario.loads) > 0 {
		s.list.Errorf(diag.CodeConflict, s.verb.span, diag.Say("write it before the first load"), "%s stands behind a load", s.verb.text)
		return false
	}
	s.ids[w.text] = w.span
	return true
}

func (s *statement) slo() {
	name, _ := s.name("slo")
	attributes := s.attributes("target", "window", "timeZone", "policy", "stage", "source")
	objectives := s.objectives(attributes)
	about, source := s.about(attributes), s.source(attributes)
	if s.declare(name) {
		set := s.scenario.set
		set.SLOs = append(set.SLOs, &slo.SLO{ID: name.text, Kind: slo.KindSLO, About: about, Source: source, Objectives: objectives})
	}
}

func (s *statement) journey() {
	name, named := s.name("")
	attributes := s.attributes("steps", "compose", "weights", "target", "window", "timeZone", "policy", "stage", "source")
	if !named {
		s.list.Errorf(diag.CodeMissing, s.verb.span, diag.Say("write journey NAME steps=A,B target=99%% window=28d"), "the name of the journey is missing")
		return
	}
	j := &slo.Journey{ID: name.text, Compose: slo.Series, About: s.about(attributes), Objectives: s.objectives(attributes)}
	if w, given := attributes["compose"]; given {
		composes := []string{string(slo.Series), string(slo.Worst), string(slo.Weighted), string(slo.Pooled), string(slo.Measured)}
		if j.Compose = slo.Compose(w.text); !slices.Contains(composes, w.text) {
			s.unknown(diag.CodeValue, w, diag.Say("the composition"), composes)
		}
	}
	if j.Compose == slo.Measured {
		j.SLI, j.Source = &slo.SLI{}, s.source(attributes)
	} else if w, given := attributes["source"]; given {
		s.list.Errorf(diag.CodeConflict, w.span, diag.Say("write source= for its steps, or compose=measured"), "a journey that is composed has no source")
	}
	s.steps(j, attributes)
	if s.declare(name) {
		s.scenario.set.Journeys = append(s.scenario.set.Journeys, j)
	}
}

// steps reads the steps of a journey and their weights.
func (s *statement) steps(j *slo.Journey, attributes map[string]word) {
	steps, given := attributes["steps"]
	if !given {
		s.list.Errorf(diag.CodeMissing, s.behind(), diag.Say("name SLOs of lines above: steps=find,pay"), "the steps of the journey are missing")
		return
	}
	one, _ := slo.ParseDecimal("1")
	seen := map[string]bool{}
	for id := range strings.SplitSeq(steps.text, ",") {
		i := slices.Index(s.slos(), id)
		switch {
		case i < 0:
			s.unknown(diag.CodeReference, word{id, steps.span}, diag.Say("the step"), s.slos())
		case seen[id]:
			s.list.Errorf(diag.CodeDuplicate, steps.span, diag.Say("name each step once"), "%s is a step twice", id)
		default:
			seen[id] = true
			j.Steps = append(j.Steps, slo.Step{Name: id, Weight: one, SLO: s.scenario.set.SLOs[i]})
		}
	}
	w, given := attributes["weights"]
	if !given {
		return
	}
	weights := strings.Split(w.text, ",")
	switch {
	case j.Compose != slo.Weighted:
		s.list.Errorf(diag.CodeConflict, w.span, diag.Say("write compose=weighted"), "only a weighted journey has weights")
	case len(weights) != len(strings.Split(steps.text, ",")):
		s.list.Errorf(diag.CodeValue, w.span, diag.Say("write a weight for each step: weights=3,1"), "the steps are not as many as their weights")
	default:
		for i, text := range weights {
			weight, err := slo.ParseDecimal(text)
			if err != nil || weight.Sign() <= 0 {
				s.list.Errorf(diag.CodeValue, w.span, diag.Say("write weights=3,1"), "%q is not a weight above 0", text)
			} else if i < len(j.Steps) {
				j.Steps[i].Weight = weight
			}
		}
	}
}

// about reads the stage.
func (s *statement) about(attributes map[string]word) slo.About {
	about := slo.About{Stage: slo.Active}
	if w, given := attributes["stage"]; given {
		about.Stage = s.stage(w)
	}
	return about
}

func (s *statement) stage(w word) slo.Stage {
	stages := []string{string(slo.Active), string(slo.Observe)}
	if !slices.Contains(stages, w.text) {
		s.unknown(diag.CodeValue, w, diag.Say("the stage"), stages)
	}
	return slo.Stage(w.text)
}

// defaultSource is the source of what names none.
const defaultSource = "source"

// source reads what measures an SLO.
func (s *statement) source(attributes map[string]word) *slo.Source {
	name := defaultSource
	if w, given := attributes["source"]; given {
		if err := slo.CheckName(w.text); err != nil {
			s.problem(diag.CodeName, w, err)
		} else {
			name = w.text
		}
	}
	for _, known := range s.scenario.sources {
		if known.Name == name {
			return known
		}
	}
	source := &slo.Source{Name: name}
	s.scenario.sources = append(s.scenario.sources, source)
	return source
}

const objectiveExample = "objective pay contract target=99% window=30d policy=paging"

var objectiveHint = diag.Say("write %s", objectiveExample)

// objective reads objective ID [NAME] target=T window=W [timeZone=ZONE]
// [policy=POLICY]. Like in specs it has no alerts unless it says so.
func (s *statement) objective() {
	w, there := s.need(diag.Say("the SLO or journey"), objectiveHint)
	if !there {
		return
	}
	name, named := s.name("")
	attributes := s.attributes("target", "window", "timeZone", "policy")
	if _, given := attributes["policy"]; !given {
		attributes["policy"] = word{"none", w.span}
	}
	if _, given := attributes["target"]; !given {
		s.list.Errorf(diag.CodeMissing, s.behind(), objectiveHint, "the target is missing")
		return
	}
	of := s.objectivesOf(w.text)
	if of == nil {
		s.unknown(diag.CodeReference, w, diag.Say("the SLO or journey"), s.declared())
		return
	}
	if len(s.scenario.loads) > 0 {
		s.list.Errorf(diag.CodeConflict, s.verb.span, diag.Say("write it before the first load"), "objective stands behind a load")
		return
	}
	for _, o := range s.objectives(attributes) {
		if named {
			o.Name = name.text
			if err := slo.CheckName(name.text); err != nil {
				s.problem(diag.CodeName, name, err)
			}
		}
		if slices.ContainsFunc(*of, func(other slo.Objective) bool { return other.Name == o.Name }) {
			s.list.Errorf(diag.CodeDuplicate, w.span, diag.Say("write another name: %s", objectiveExample), "%s has an objective of the name %s already", w.text, o.Name)
			return
		}
		*of = append(*of, o)
	}
}

// objectivesOf returns where the objectives of an id are, nil for none.
func (p *parser) objectivesOf(id string) *[]slo.Objective {
	for _, s := range p.scenario.set.SLOs {
		if s.ID == id {
			return &s.Objectives
		}
	}
	for _, j := range p.scenario.set.Journeys {
		if j.ID == id {
			return &j.Objectives
		}
	}
	return nil
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
				s.list.Errorf(diag.CodeMissing, s.behind(), diag.Say("write target=99.9%%"), "there is no target")
				return nil
			}
		}
		return nil
	}
	before := len(s.list)
	var o slo.Objective
	var err error
	if o.Target, err = slo.ParseTarget(target.text); err != nil {
		s.problem(diag.CodeTarget, target, err)
	}
	if !hasWindow {
		s.list.Errorf(diag.CodeMissing, s.behind(), diag.Say("write window=28d"), "the window of the target is missing")
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
		s.unknown(diag.CodeReference, policy, diag.Say("the alert policy"), append(names, "none"))
	}
	if len(s.list) > before {
		return nil
	}
	return []slo.Objective{o}
}

// slos returns the ids of what may be a step.
func (p *parser) slos() []string {
	var ids []string
	for _, s := range p.scenario.set.SLOs {
		ids = append(ids, s.ID)
	}
	return ids
}

// measured returns the ids of what can be loaded.
func (p *parser) measured() []string {
	var ids []string
	for _, s := range p.scenario.set.Measured() {
		ids = append(ids, s.ID)
	}
	return ids
}

// declared returns the ids of what has objectives.
func (p *parser) declared() []string {
	ids := p.slos()
	for _, j := range p.scenario.set.Journeys {
		ids = append(ids, j.ID)
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
