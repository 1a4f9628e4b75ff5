package slo

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Resolve follows the references of declarations, fills in defaults and
// checks the result. The set is usable as far as the findings allow: what
// could not be resolved is left out of it.
func Resolve(d Declarations) (*Set, diag.List) {
	r := &resolver{
		set:      &Set{},
		sources:  map[string]*Source{},
		teams:    map[string]*Team{},
		defaults: map[string]DefaultsDeclaration{},
		slos:     map[string]*SLO{},
		declared: map[string]bool{},
	}
	for _, s := range d.SLOs {
		r.declared[s.Name.Value] = true
	}
	r.resolveTeams(d.Teams)
	r.resolveSources(d.Sources)
	r.resolveDefaults(d.Defaults)
	r.checkNames(d)
	for _, s := range d.SLOs {
		r.resolveSLO(s)
	}
	for _, j := range d.Journeys {
		r.resolveJourney(j)
	}
	if len(d.Sources) == 0 && len(r.set.SLOs) > 0 {
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeReference, Severity: diag.Info, Span: r.set.SLOs[0].About.Origin,
			Message: "no Source is declared, so references to sources are not checked",
			Hint:    "add a document of kind Source to measure",
		})
	}
	r.sort()
	r.list.Sort()
	return r.set, r.list
}

type resolver struct {
	set      *Set
	sources  map[string]*Source
	teams    map[string]*Team
	defaults map[string]DefaultsDeclaration // by folder
	slos     map[string]*SLO
	declared map[string]bool // names of SLOs, also of those that could not be resolved
	hints    int
	list     diag.List
}

func (r *resolver) sort() {
	slices.SortFunc(r.set.Sources, func(a, b *Source) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Teams, func(a, b *Team) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Journeys, func(a, b *Journey) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.set.SLOs, func(a, b *SLO) int { return cmp.Compare(a.ID, b.ID) })
}

// duplicate reports a second thing of one name at both places.
func (r *resolver) duplicate(second, first diag.Span, what, name string) {
	r.list.Add(diag.Diagnostic{
		Code: diag.CodeDuplicate, Severity: diag.Error, Span: second,
		Message: fmt.Sprintf("%s %q is defined twice", what, name),
		Label:   "the second one",
		Hint:    "rename or remove one of them",
		Related: []diag.Related{{Span: first, Message: "the first one is at " + first.String()}},
	})
}

func (r *resolver) resolveTeams(declared []TeamDeclaration) {
	first := map[string]diag.Span{}
	for _, d := range declared {
		name := d.Name.Value
		if place, twice := first[name]; twice {
			r.duplicate(d.Name.Span, place, "team", name)
			continue
		}
		first[name] = d.Name.Span
		team := &Team{Name: name, Title: d.Title.Value, Contact: d.Contact.Value, Origin: d.Origin}
		r.teams[name] = team
		r.set.Teams = append(r.set.Teams, team)
	}
	for _, d := range declared {
		if d.Owner.Written() {
			r.checkOwner(d.Owner)
		}
	}
}

func (r *resolver) resolveSources(declared []SourceDeclaration) {
	first := map[string]diag.Span{}
	for _, d := range declared {
		name := d.Name.Value
		if place, twice := first[name]; twice {
			r.duplicate(d.Name.Span, place, "source", name)
			continue
		}
		first[name] = d.Name.Span
		if d.Owner.Written() {
			r.checkOwner(d.Owner)
		}
		source := &Source{
			Name: name, Title: d.Title.Value, Owner: d.Owner.Value, Origin: d.Origin,
			NewRelic: NewRelic{
				AccountID: d.AccountID.Value,
				Region:    cmp.Or(d.Region.Value, US),
				APIKey:    d.APIKey.Value,
				Endpoint:  d.Endpoint.Value,
				QueryLag:  DefaultQueryLag,
				Retention: Retention{Default: DefaultRetention, ByType: map[string]time.Duration{"Metric": MetricRetention}},
			},
		}
		if d.QueryLag.Written() {
			source.NewRelic.QueryLag = d.QueryLag.Value
		}
		for eventType, kept := range d.Retention {
			if eventType == "default" {
				source.NewRelic.Retention.Default = kept.Value
			} else {
				source.NewRelic.Retention.ByType[eventType] = kept.Value
			}
		}
		r.sources[name] = source
		r.set.Sources = append(r.set.Sources, source)
	}
}

func (r *resolver) resolveDefaults(declared []DefaultsDeclaration) {
	for _, d := range declared {
		if first, twice := r.defaults[d.Folder]; twice {
			r.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.Origin,
				Message: "this folder has a second document of kind Defaults",
				Hint:    "keep one of them",
				Related: []diag.Related{{Span: first.Origin, Message: "the first one is at " + first.Origin.String()}},
			})
			continue
		}
		r.defaults[d.Folder] = d
		if d.Source.Written() {
			r.source(d.Source)
		}
	}
}

// checkNames finds journeys and SLOs of one name; they share a name space.
func (r *resolver) checkNames(d Declarations) {
	type named struct {
		what string
		name diag.Located[string]
	}
	var all []named
	for _, s := range d.SLOs {
		all = append(all, named{"SLO", s.Name})
	}
	for _, j := range d.Journeys {
		all = append(all, named{"journey", j.Name})
	}
	slices.SortStableFunc(all, func(a, b named) int { return a.name.Span.Compare(b.name.Span) })
	first := map[string]named{}
	for _, n := range all {
		if n.name.Value == "" {
			continue
		}
		if f, twice := first[n.name.Value]; twice {
			what := n.what
			if f.what != n.what {
				what = "journey or SLO"
			}
			r.duplicate(n.name.Span, f.name.Span, what, n.name.Value)
			continue
		}
		first[n.name.Value] = n
	}
}

// defaultsOf returns the Defaults of the nearest folder upward.
func (r *resolver) defaultsOf(folder string) DefaultsDeclaration {
	for {
		if d, found := r.defaults[folder]; found {
			return d
		}
		parent := path.Dir(folder)
		if parent == folder {
			return DefaultsDeclaration{}
		}
		folder = parent
	}
}

func (r *resolver) checkOwner(owner diag.Located[string]) {
	if _, known := r.teams[owner.Value]; !known {
		unknown(r, "team", owner, r.teams, "add a document of kind Team")
	}
}

func (r *resolver) source(ref diag.Located[string]) *Source {
	if source, known := r.sources[ref.Value]; known || len(r.sources) == 0 {
		return source
	}
	unknown(r, "source", ref, r.sources, "add a document of kind Source")
	return nil
}

// maxHints bounds for how many references what was meant is looked for among
// all names: when a large set lacks a file, everything that points into it is
// unknown.
const maxHints = 100

func unknown[V any](r *resolver, what string, ref diag.Located[string], known map[string]V, otherwise string) {
	hint := otherwise
	if r.hints++; r.hints <= maxHints {
		names := keys(known)
		if near, ok := diag.Nearest(ref.Value, names); ok {
			hint = fmt.Sprintf("did you mean %s?", near)
		} else if len(names) > 0 && len(names) <= 8 {
			hint = fmt.Sprintf("known: %s; or %s", join(names), otherwise)
		}
	}
	r.list.Errorf(diag.CodeReference, ref.Span, hint, "unknown %s %q", what, ref.Value)
}

// sourceOf finds the source that measures an SLI: its own, the folder's
// default, or the only one there is.
func (r *resolver) sourceOf(sli *SLIDeclaration, folder string) *Source {
	if sli.Source.Written() {
		return r.source(sli.Source)
	}
	if d := r.defaultsOf(folder); d.Source.Written() {
		return r.sources[d.Source.Value]
	}
	if len(r.set.Sources) > 1 {
		r.list.Errorf(diag.CodeMissing, sli.Span, "add source: NAME here or in Defaults; known: "+join(keys(r.sources)),
			"several sources are declared and nothing says which one measures this")
	}
	if len(r.set.Sources) == 1 {
		return r.set.Sources[0]
	}
	return nil
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
