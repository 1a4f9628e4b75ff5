package scenario

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

var expectHint = diag.Say("write expect page within 10m, expect resolved page within 50m, or expect no page for 6h")

// expect reads expect [no] [resolved] page|ticket [ID] [KEY=VALUE]… and within D,
// within A..B, or for D behind no.
func (s *statement) expect() {
	start, loaded := s.since()
	if !loaded {
		return
	}
	e := expectation{change: alert.Firing, start: start}
	e.span = s.all[0].span
	e.span.End = s.all[len(s.all)-1].span.End
	var text []string
	for _, w := range s.all[1:] {
		text = append(text, w.text)
	}
	e.text = strings.Join(text, " ")
	e.never = s.is("no")
	if s.is("resolved") {
		e.change = alert.Resolved
	}
	w, there := s.need(diag.Say("the severity"), expectHint)
	if !there {
		return
	}
	e.severity = slo.Severity(w.text)
	if severities := []string{string(slo.Page), string(slo.Ticket)}; !slices.Contains(severities, w.text) {
		s.unknown(diag.CodeValue, w, diag.Say("the severity"), severities)
		return
	}
	e.id, _ = s.reference(s.subjects())
	for len(s.words) > 0 && s.words[0].text != "within" && s.words[0].text != "for" {
		w, _ := s.next()
		if !strings.Contains(w.text, "=") {
			s.unknown(diag.CodeReference, w, diag.Say("the SLO, journey or source"), append(s.subjects(), "within", "for"))
			return
		}
		s.narrow(&e, w)
	}
	if s.when(&e) {
		s.nothing(expectHint)
		s.scenario.expected = append(s.scenario.expected, e)
	}
}

// subjects returns the ids that alerts may be about.
func (p *parser) subjects() []string {
	ids := p.declared()
	for _, name := range p.sourceNames() {
		ids = append(ids, alert.SourceID(name))
	}
	return ids
}

// narrow reads one word that narrows an expectation.
func (s *statement) narrow(e *expectation, w word) {
	key, value, _ := w.value()
	keys := []string{"kind", "objective", "stage", "long", "short", "step", "level"}
	if e.change == alert.Resolved {
		keys = []string{"kind", "objective", "stage", "reason"}
	}
	switch {
	case !slices.Contains(keys, key):
		s.unknown(diag.CodeUnknownKey, w.key(), diag.Say("the key"), keys)
	case key == "kind":
		kinds := []string{string(alert.Burn), string(alert.Budget), string(alert.NoTraffic), string(alert.NoData), string(alert.Source)}
		if e.kind = alert.Kind(value.text); !slices.Contains(kinds, value.text) {
			s.unknown(diag.CodeValue, value, diag.Say("the kind"), kinds)
		}
	case key == "objective":
		e.objective = value.text
		if names := s.objectiveNames(e.id); !slices.Contains(names, value.text) {
			s.unknown(diag.CodeReference, value, diag.Say("the objective"), names)
		}
	case key == "stage":
		e.observe = s.stage(value) == slo.Observe
	case key == "reason":
		reasons := []string{string(alert.Recovered), string(alert.Excluded), string(alert.Unknown)}
		if e.reason = alert.Reason(value.text); !slices.Contains(reasons, value.text) {
			s.unknown(diag.CodeValue, value, diag.Say("the reason"), reasons)
		}
	case key == "long", key == "short":
		if n, ok := s.minutes(value); ok && key == "long" {
			e.long = spell(n)
		} else if ok {
			e.short = spell(n)
		}
	case key == "step":
		if e.step = value.text; !slices.Contains(s.slos(), e.step) {
			s.unknown(diag.CodeReference, value, diag.Say("the step"), s.slos())
		}
	case key == "level":
		level, err := slo.ParsePercentage(value.text)
		if err != nil {
			s.problem(diag.CodeValue, value, err)
		}
		e.level = level.String()
	}
}

// objectiveNames returns the names of the objectives of an id, or of all.
func (p *parser) objectiveNames(id string) []string {
	var names []string
	for _, of := range p.declared() {
		if id == "" || id == of {
			for _, o := range *p.objectivesOf(of) {
				names = append(names, o.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// when reads the time of an expectation.
func (s *statement) when(e *expectation) bool {
	word := "within"
	if e.never {
		word = "for"
	}
	if !s.keyword(word, expectHint) {
		return false
	}
	if !e.never && len(s.words) > 0 && strings.Contains(s.words[0].text, "..") {
		from, to, ok := s.between(expectHint, true)
		e.from, e.to = e.start+from-1, e.start+to
		return ok
	}
	to, ok := s.duration(diag.Say("how long"), expectHint)
	e.from, e.to = e.start, e.start+to
	return ok
}

// spell writes minutes as the language does.
func spell(minutes int64) string { return slo.FormatDuration(time.Duration(minutes) * time.Minute) }
