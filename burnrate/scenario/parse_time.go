package scenario

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

var loadHint = diag.Say("write load 1m good=1000 bad=3 for 1h")

// load reads load EVERY COUNTS [ID COUNTS]… for LENGTH.
func (s *statement) load() {
	every, ok := s.duration(diag.Say("how often"), loadHint)
	if ok && (every < 1 || every > 24*60) {
		s.list.Errorf(diag.CodeValue, s.all[1].span, diag.Say("use between 1m and 1d"), "%s is out of range", s.all[1].text)
		ok = false
	}
	l := load{start: s.scenario.minutes, every: every, traffic: make([]traffic, len(s.measured()))}
	if len(l.traffic) == 0 {
		s.list.Errorf(diag.CodeConflict, s.verb.span, diag.Say("write slo target=99.9%% window=28d above it"), "there is no SLO to load")
		return
	}
	rest, read := s.traffic(l.traffic)
	if !read || !s.keyword("for", loadHint) {
		return
	}
	length, long := s.duration(diag.Say("how long"), loadHint)
	s.nothing(loadHint)
	if !ok || !long {
		return
	}
	for i := range l.traffic {
		if !l.traffic[i].given {
			l.traffic[i] = rest
		}
		if !l.traffic[i].given {
			s.list.Errorf(diag.CodeMissing, s.verb.span, diag.Say("write good=1000 behind %s for all that is not named", s.all[1].text), "nothing is said about %s", s.measured()[i])
		}
	}
	if length == 0 || length%every != 0 {
		s.list.Errorf(diag.CodeValue, s.all[len(s.all)-1].span, diag.Say("load for a multiple of %s", spell(every)), "%s does not hold %s a whole number of times", spell(length), spell(every))
		return
	}
	l.minutes = length
	if (s.scenario.minutes+length)*int64(len(l.traffic)) > mostRows {
		s.list.Errorf(diag.CodeValue, s.all[len(s.all)-1].span, diag.Say("load less: some days before what is tested are enough"),
			"that is more than %d minutes of all SLOs together", mostRows)
		return
	}
	s.scenario.minutes += length
	s.scenario.loads = append(s.scenario.loads, l)
}

// traffic reads COUNTS [ID COUNTS]… up to the word for. It returns the counts in
// front of the first id, and false when it does not know where it is any more.
func (s *statement) traffic(each []traffic) (rest traffic, read bool) {
	into, written := &rest, map[string]bool{}
	for len(s.words) > 0 && s.words[0].text != "for" {
		w, _ := s.next()
		key, value, is := w.value()
		switch {
		case !is && (key == "gap" || key == "no-traffic"):
			into.gap, into.given, is = key == "gap", true, true
		case !is:
			i := s.indexOf(key)
			if i < 0 {
				s.unknown(diag.CodeReference, w, diag.Say("the SLO"), append(s.measured(), "gap", "no-traffic", "for"))
				return rest, false
			}
			if each == nil {
				s.list.Errorf(diag.CodeConflict, w.span, diag.Say("write a line for each SLO"), "one SLO is named already")
				continue
			}
			into = &each[i]
			clear(written)
			continue
		case key == "good" || key == "bad":
			n, ok := s.events(value)
			into.given = true
			if ok && key == "bad" {
				into.counts.Bad += n
			}
			if ok {
				into.counts.Total += n
			}
		default:
			s.unknown(diag.CodeUnknownKey, w.key(), diag.Say("the key"), []string{"good", "bad"})
			continue
		}
		if written[key] || len(written) > 0 && (written["gap"] || written["no-traffic"] || key == "gap" || key == "no-traffic") {
			s.list.Errorf(diag.CodeConflict, w.span, diag.Say("write good= and bad=, or gap, or no-traffic"), "%s does not go with what stands before it", w.text)
		}
		written[key] = true
	}
	return rest, true
}

// nothing reports words that are left over.
func (s *statement) nothing(hint diag.Phrase) {
	if w, there := s.next(); there {
		s.list.Errorf(diag.CodeValue, w.span, hint, "%q has no place here", w.text)
		s.words = nil
	}
}

// since returns when the last load began.
func (s *statement) since() (int64, bool) {
	n := len(s.scenario.loads)
	if n == 0 {
		if !s.list.Failed() { // a load may have failed
			s.list.Errorf(diag.CodeConflict, s.verb.span, diag.Say("write it behind the load that its times count from"), "there is no load above")
		}
		return 0, false
	}
	return s.scenario.loads[n-1].start, true
}

var correctHint = diag.Say("write correct 5m..10m at 20m good=1000 bad=30")

// correct reads correct FROM..TO at AT [ID] COUNTS.
func (s *statement) correct() {
	start, loaded := s.since()
	if !loaded {
		return
	}
	from, to, ok := s.between(correctHint, false)
	if !ok || !s.keyword("at", correctHint) {
		return
	}
	at, ok := s.duration(diag.Say("when"), correctHint)
	if !ok {
		return
	}
	c := correction{at: start + at, from: start + from, to: start + to, slo: -1, span: s.all[1].span}
	if id, named := s.reference(s.measured()); named {
		c.slo = s.indexOf(id)
	}
	var read bool
	if c.traffic, read = s.traffic(nil); !read {
		return
	}
	if !c.traffic.given {
		s.list.Errorf(diag.CodeMissing, s.behind(), correctHint, "what it is corrected to is missing")
	}
	s.nothing(correctHint)
	if to > at {
		s.list.Errorf(diag.CodeInterval, c.span, diag.Say("correct it later, or less"), "at %s the minutes up to %s were not measured yet", spell(at), spell(to))
		return
	}
	s.scenario.corrections = append(s.scenario.corrections, c)
}

var excludeHint = diag.Say("write exclude 10m..40m, or exclude 10m..40m pay effect=good")

// exclude reads exclude FROM..TO [ID] [effect=drop|good].
func (s *statement) exclude() {
	start, loaded := s.since()
	if !loaded {
		return
	}
	from, to, ok := s.between(excludeHint, false)
	if !ok {
		return
	}
	e := &slo.Exclusion{Name: s.verb.span.String(), SLOs: []string{"*"}, Effect: slo.Drop}
	if id, named := s.reference(s.declared()); named {
		e.SLOs = []string{id}
	} else if len(s.words) > 0 && !strings.Contains(s.words[0].text, "=") {
		w, _ := s.next()
		s.unknown(diag.CodeReference, w, diag.Say("the SLO or journey"), s.declared())
	}
	if w, given := s.attributes("effect")["effect"]; given {
		effects := []string{string(slo.Drop), string(slo.CountAsGood)}
		if e.Effect = slo.Effect(w.text); !slices.Contains(effects, w.text) {
			s.unknown(diag.CodeValue, w, diag.Say("the effect"), effects)
		}
	}
	e.From = Begin().Add(time.Duration(start+from) * time.Minute)
	e.To = Begin().Add(time.Duration(start+to) * time.Minute)
	s.scenario.set.Exclusions = append(s.scenario.set.Exclusions, e)
}

var failHint = diag.Say("write fail 10m..50m, or fail 10m..50m newrelic")

// fail reads fail FROM..TO [SOURCE].
func (s *statement) fail() {
	s.outage(failHint, diag.Say("the source"), s.sourceNames(), &s.scenario.failures)
}

var delayHint = diag.Say("write delay 10m..50m, or delay 10m..50m pay")

// delay reads delay FROM..TO [ID].
func (s *statement) delay() {
	s.outage(delayHint, diag.Say("the SLO"), s.measured(), &s.scenario.delays)
}

// outage reads FROM..TO [NAME].
func (s *statement) outage(hint, what diag.Phrase, names []string, list *[]outage) {
	start, loaded := s.since()
	if !loaded {
		return
	}
	from, to, ok := s.between(hint, false)
	if !ok {
		return
	}
	o := outage{from: start + from, to: start + to, span: s.all[1].span}
	if w, there := s.next(); there {
		if o.name = w.text; !slices.Contains(names, w.text) {
			s.unknown(diag.CodeReference, w, what, names)
			return
		}
	}
	s.nothing(hint)
	*list = append(*list, o)
}

func (p *parser) sourceNames() []string {
	var names []string
	for _, source := range p.scenario.sources {
		names = append(names, source.Name)
	}
	return names
}
