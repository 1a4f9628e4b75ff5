package draft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/exporters/yaml"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// YAML returns the journey as a file: its document, and those of Teams and the Source
// that are still missing, in the layout of slojourn fmt. Comments are in a language.
func (j Journey) YAML(locale slo.Locale) []byte {
	w := writer{words: wordsIn(locale)}
	w.journey(j)
	for i, team := range j.Teams {
		w.Line(0, "---")
		if i == 0 {
			w.comment(0, w.words.team)
		}
		w.begin("Team")
		w.Line(0, "metadata: {name: %s}", team)
		if i == 0 {
			w.comment(0, w.words.contact)
		}
	}
	if j.Source != nil {
		w.Line(0, "---")
		w.source(*j.Source)
	}
	return w.Bytes()
}

// YAML returns the document of the source alone, as [Journey.YAML] has it.
func (s Source) YAML(locale slo.Locale) []byte {
	w := writer{words: wordsIn(locale)}
	w.source(s)
	return w.Bytes()
}

// writer writes documents with comments. What was explained once is not explained again.
type writer struct {
	yaml.Document
	words     *words
	explained map[string]bool
}

// comment writes lines for people.
func (w *writer) comment(level int, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		w.Line(level, "%s", strings.TrimRight("# "+line, " "))
	}
}

// explain writes a comment, if there is one, unless it stands in the file already.
func (w *writer) explain(level int, text string) {
	if w.explained == nil {
		w.explained = map[string]bool{}
	}
	if text != "" && !w.explained[text] {
		w.explained[text] = true
		w.comment(level, text)
	}
}

func (w *writer) begin(kind string) {
	w.Line(0, "apiVersion: %s", spec.APIVersion)
	w.Line(0, "kind: %s", kind)
}

func (w *writer) journey(j Journey) {
	w.comment(0, w.words.head)
	w.begin("Journey")
	w.Line(0, "metadata:")
	w.comment(1, w.words.name)
	w.Pair(1, "name", j.Name)
	w.comment(1, w.words.title)
	w.Pair(1, "title", j.Title)
	w.comment(1, w.words.owner)
	w.Pair(1, "owner", j.Owner)
	w.Line(0, "spec:")
	w.comment(1, w.words.observe(j.Alerted))
	w.Line(1, "stage: observe")
	w.comment(1, w.words.promise(j.Window))
	if past := w.words.past(j.Measured); past != "" {
		w.comment(1, past)
	}
	if j.Window == "" {
		w.Line(1, "objective: %s", j.Target)
	} else {
		w.Line(1, "objective: {target: %s, window: %s}", j.Target, j.Window)
	}
	w.comment(1, w.words.whenSpent)
	w.comment(1, w.words.steps)
	w.Line(1, "steps:")
	for _, step := range j.Steps {
		w.step(step, j.SourceName)
	}
}

func (w *writer) step(s Step, source string) {
	w.explain(2, w.words.layers[s.Layer.Name].comment)
	w.Pair(2, "- name", s.Name)
	if s.Owner == "" {
		w.explain(3, w.words.ownTarget)
	} else {
		w.Pair(3, "owner", s.Owner)
	}
	w.Line(3, "sli:")
	if source != "" {
		w.explain(4, w.words.where)
		w.Pair(4, "source", source)
	}
	made := s.Layer.sli(s.Values)
	if made.total != "" {
		w.explain(4, w.words.queries)
		w.Line(4, "nrql:")
		w.Pair(5, "total", made.total)
		w.Pair(5, "bad", made.failures)
		return
	}
	w.explain(4, w.words.from)
	w.Pair(4, "from", strings.Join(made.from, ", "))
	w.explain(4, w.words.valid)
	w.Pair(4, "where", nrql.Print(made.where))
	if made.good != nil {
		w.explain(4, w.words.good)
		w.explain(4, w.words.layers[s.Layer.Name].verdict)
		w.Pair(4, "good", nrql.Print(made.good))
	} else {
		w.explain(4, w.words.bad)
		w.explain(4, w.words.layers[s.Layer.Name].verdict)
		w.Pair(4, "bad", nrql.Print(made.bad))
	}
	if slices.ContainsFunc(made.from, sampled) {
		w.explain(3, w.words.sampled)
		w.Line(3, "accept:")
		w.Pair(4, "- code", string(diag.CodeNRQLSampled))
		w.Pair(5, "reason", w.words.alike)
	}
}

// sampled reports whether agents may keep only some of the events of a type.
func sampled(eventType string) bool {
	known, _ := nrql.LookupEventType(eventType)
	return known.Sampling == nrql.Sampled
}

func (w *writer) source(s Source) {
	w.comment(0, w.words.source)
	w.begin("Source")
	w.Line(0, "metadata: {name: %s}", s.Name)
	w.Line(0, "spec:")
	w.Line(1, "newRelic:")
	w.comment(2, w.words.account)
	w.Line(2, "accountId: %s", strconv.FormatInt(s.Account, 10))
	w.comment(2, w.words.region)
	w.Line(2, "region: %s", s.Region)
	w.comment(2, w.words.key)
	if s.Key.File == "" {
		w.Line(2, "apiKey: {env: %s}", s.Key.Env)
	} else {
		w.Line(2, "apiKey:")
		w.Pair(3, "file", s.Key.File)
	}
	if s.Endpoint != "" {
		w.comment(2, w.words.endpoint)
		w.Pair(2, "endpoint", s.Endpoint)
	}
	w.comment(2, w.words.retention)
}
