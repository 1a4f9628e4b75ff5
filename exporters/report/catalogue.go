package report

import (
	"cmp"
	"io"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// CatalogueSchema is the name and version of the JSON document.
const CatalogueSchema = "slojourn.list/v1"

// Catalogue is what there is in a set, and what is missing. Every key of the document is
// always there: what is not written is null, and a list of nothing is empty.
type Catalogue struct {
	Schema   string         `json:"schema"`
	Journeys []journeyEntry `json:"journeys"`
	SLOs     []sloEntry     `json:"slos"` // of their own, also those that journeys share
	Teams    []teamEntry    `json:"teams"`
	Gaps     []gapEntry     `json:"gaps"`

	language diag.Language
}

// placeEntry is where something is written.
type placeEntry struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1
}

// aboutEntry is what is said of journeys and SLOs alike.
type aboutEntry struct {
	ID          string            `json:"id"`
	Title       *string           `json:"title"`
	Owner       string            `json:"owner"`
	Stage       slo.Stage         `json:"stage"`
	Description *string           `json:"description"`
	Labels      map[string]string `json:"labels"`
	Source      *string           `json:"source"` // of what is measured
	Objectives  []targetEntry     `json:"objectives"`
	WhenSpent   *string           `json:"whenSpent"`
	Runbook     *string           `json:"runbook"`
	Links       []linkEntry       `json:"links"`
}

type targetEntry struct {
	Name     string  `json:"name"`
	Target   string  `json:"target"`
	Window   string  `json:"window"`
	TimeZone *string `json:"timeZone"` // of calendar windows
	Alerts   *string `json:"alerts"`   // the policy; null for none
}

type linkEntry struct {
	Title *string `json:"title"`
	URL   string  `json:"url"`
}

type journeyEntry struct {
	aboutEntry
	Compose slo.Compose `json:"compose"`
	Steps   []stepEntry `json:"steps"`
	placeEntry
}

// stepEntry is a step. One that is an SLO of its own has what that says.
type stepEntry struct {
	Step        string        `json:"step"`
	ID          string        `json:"id"` // of its SLO
	Shared      bool          `json:"shared"`
	Title       *string       `json:"title"`
	Owner       string        `json:"owner"`
	Description *string       `json:"description"`
	Source      *string       `json:"source"`
	Objectives  []targetEntry `json:"objectives"`
}

type sloEntry struct {
	aboutEntry
	Journeys []string `json:"journeys"` // that it is a step of
	placeEntry
}

// teamEntry is a team with the ids of what it owns in the whole set.
type teamEntry struct {
	Name       string   `json:"name"`
	Title      *string  `json:"title"`
	Contact    *string  `json:"contact"`
	Notify     []string `json:"notify"`
	CodeOwners []string `json:"codeOwners"`
	Journeys   []string `json:"journeys"`
	Steps      []string `json:"steps"` // that are no SLOs of their own
	SLOs       []string `json:"slos"`
	placeEntry
}

type gapEntry struct {
	Gap     slo.GapKind `json:"gap"`
	Kind    string      `json:"kind"` // journey, step, slo or team
	ID      string      `json:"id"`
	Owner   string      `json:"owner"`
	Message string      `json:"message"`
	Remedy  string      `json:"remedy"`
	placeEntry
}

// CatalogueFilter says what is asked for: what has one of the owners, one of the stages,
// and all of the labels. An empty list takes all. Of a journey, all steps are shown where
// it or one of them is asked for.
type CatalogueFilter struct {
	Owners []string
	Stages []string
	Labels map[string]string
	Ignore []slo.GapKind // gaps that are none
}

func (f CatalogueFilter) takes(a slo.About) bool {
	return wanted(f.Owners, a.Owner) && wanted(f.Stages, string(a.Stage)) && f.labelled(a.Labels)
}

func (f CatalogueFilter) labelled(labels map[string]string) bool {
	for key, value := range f.Labels {
		if has, there := labels[key]; !there || has != value {
			return false
		}
	}
	return true
}

// byOwnerOnly reports whether nothing is left out for another reason than its owner.
func (f CatalogueFilter) byOwnerOnly() bool { return len(f.Stages)+len(f.Labels) == 0 }

// CatalogueOf returns the part of a set that is asked for, in a language; nil is English.
// What is missing is so in the whole set, and is shown of what is asked for.
func CatalogueOf(set *slo.Set, f CatalogueFilter, language diag.Language) Catalogue {
	c := Catalogue{
		Schema: CatalogueSchema, Journeys: []journeyEntry{}, SLOs: []sloEntry{}, Teams: []teamEntry{}, Gaps: []gapEntry{}, language: language,
	}
	taken := map[string]bool{}  // what is asked for, by ids, and teams by theirs
	owners := map[string]bool{} // of that
	take := func(id string, a slo.About) bool {
		if f.takes(a) {
			taken[id], owners[a.Owner] = true, true
		}
		return taken[id]
	}
	uses := map[*slo.SLO][]string{}
	for _, j := range set.Journeys {
		asked := take(j.ID, j.About)
		for _, step := range j.Steps {
			asked = take(step.SLO.ID, step.SLO.About) || asked
			if !slices.Contains(uses[step.SLO], j.ID) {
				uses[step.SLO] = append(uses[step.SLO], j.ID)
			}
		}
		if asked {
			c.Journeys = append(c.Journeys, journeyEntryOf(j))
		}
	}
	for _, o := range set.SLOs {
		if o.Kind == slo.KindSLO && take(o.ID, o.About) {
			c.SLOs = append(c.SLOs, sloEntry{
				aboutEntry: aboutEntryOf(o.ID, o.About, o.Source, o.Objectives), Journeys: listOf(uses[o]), placeEntry: placeEntryOf(o.About.Origin),
			})
		}
	}
	for _, t := range teamEntriesOf(set) {
		if owners[t.Name] || f.byOwnerOnly() && wanted(f.Owners, t.Name) {
			taken[teamID(t.Name)] = true
			c.Teams = append(c.Teams, t)
		}
	}
	for _, g := range set.Gaps() {
		id := g.ID
		if g.About == "" {
			id = teamID(g.ID)
		}
		if taken[id] && !slices.Contains(f.Ignore, g.Kind) {
			c.Gaps = append(c.Gaps, gapEntryOf(g, language))
		}
	}
	return c
}

// teamID tells teams from journeys and SLOs of their names.
func teamID(name string) string { return "team:" + name }

// text says a phrase in the language of the catalogue.
func (c Catalogue) text(p diag.Phrase) string { return p.In(c.language) }

// JSON prints the catalogue as one document.
func (c Catalogue) JSON(w io.Writer) error { return render.Encode(w, c) }

func journeyEntryOf(j *slo.Journey) journeyEntry {
	entry := journeyEntry{
		aboutEntry: aboutEntryOf(j.ID, j.About, j.Source, j.Objectives), Compose: j.Compose, Steps: []stepEntry{}, placeEntry: placeEntryOf(j.About.Origin),
	}
	for _, step := range j.Steps {
		about := step.SLO.About
		entry.Steps = append(entry.Steps, stepEntry{
			Step: step.Name, ID: step.SLO.ID, Shared: step.SLO.Kind == slo.KindSLO, Title: writtenOf(cmp.Or(step.Title, about.Title)), Owner: about.Owner,
			Description: writtenOf(about.Description), Source: sourceNameOf(step.SLO.Source), Objectives: targetEntriesOf(step.SLO.Objectives),
		})
	}
	return entry
}

func aboutEntryOf(id string, a slo.About, source *slo.Source, objectives []slo.Objective) aboutEntry {
	entry := aboutEntry{
		ID: id, Title: writtenOf(a.Title), Owner: a.Owner, Stage: a.Stage, Description: writtenOf(a.Description), Labels: map[string]string{},
		Source: sourceNameOf(source), Objectives: targetEntriesOf(objectives), WhenSpent: writtenOf(a.WhenSpent), Runbook: writtenOf(a.Runbook), Links: []linkEntry{},
	}
	maps.Copy(entry.Labels, a.Labels)
	for _, l := range a.Links {
		entry.Links = append(entry.Links, linkEntry{writtenOf(l.Title), l.URL})
	}
	return entry
}

func targetEntriesOf(objectives []slo.Objective) []targetEntry {
	entries := []targetEntry{}
	for _, o := range objectives {
		entry := targetEntry{Name: o.Name, Target: o.Target.String(), Window: o.Window.String(), TimeZone: writtenOf(o.Window.TimeZone())}
		if o.Alerts != nil {
			entry.Alerts = writtenOf(o.Alerts.Name)
		}
		entries = append(entries, entry)
	}
	return entries
}

// teamEntriesOf returns all teams.
func teamEntriesOf(set *slo.Set) []teamEntry {
	entries := make([]teamEntry, len(set.Teams))
	byName := map[string]*teamEntry{}
	for i, t := range set.Teams {
		entries[i] = teamEntry{
			Name: t.Name, Title: writtenOf(t.Title), Contact: writtenOf(t.Contact), Notify: listOf(set.NotifiersOf(t.Name)), CodeOwners: listOf(t.CodeOwners),
			Journeys: []string{}, Steps: []string{}, SLOs: []string{}, placeEntry: placeEntryOf(t.Origin),
		}
		byName[t.Name] = &entries[i]
	}
	for _, j := range set.Journeys {
		if t := byName[j.About.Owner]; t != nil {
			t.Journeys = append(t.Journeys, j.ID)
		}
	}
	for _, o := range set.SLOs {
		switch t := byName[o.About.Owner]; {
		case t == nil:
		case o.Kind == slo.KindStep:
			t.Steps = append(t.Steps, o.ID)
		default:
			t.SLOs = append(t.SLOs, o.ID)
		}
	}
	return entries
}

func gapEntryOf(g slo.Gap, language diag.Language) gapEntry {
	return gapEntry{
		Gap: g.Kind, Kind: cmp.Or(string(g.About), "team"), ID: g.ID, Owner: g.Owner,
		Message: g.Kind.Meaning().In(language), Remedy: g.Kind.Remedy().In(language), placeEntry: placeEntryOf(g.Origin),
	}
}

func placeEntryOf(origin diag.Span) placeEntry { return placeEntry{origin.File, origin.Start.Line} }

// writtenOf is a text, or null for one that was not written.
func writtenOf(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func sourceNameOf(s *slo.Source) *string {
	if s == nil {
		return nil
	}
	return &s.Name
}
