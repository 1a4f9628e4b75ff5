package slo

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Resolve follows the references of declarations, fills in defaults and
// checks the result. The set is usable as far as the findings allow: what
// could not be resolved is left out of it. key names the indicators.
func Resolve(d Declarations, key KeyFunc) (*Set, diag.List) {
	r := &resolver{
		set:       &Set{},
		sources:   map[string]*Source{},
		teams:     map[string]*Team{},
		policies:  map[string]*AlertPolicy{},
		notifiers: map[string]*Notifier{},
		defaults:  map[string]DefaultsDeclaration{},
		slos:      map[string]*SLO{},
		declared:  map[string]bool{},
		journeys:  map[string]bool{},
		unread:    map[string]bool{},
		firsts:    map[string]diag.Span{},
		zones:     map[string]*zone{},
		tiers:     map[tierProblem]int{},
		sound:     map[tierProblem]bool{},
	}
	d = d.byPlace()
	for _, s := range d.SLOs {
		r.declared[s.Name.Value] = true
	}
	for _, j := range d.Journeys {
		r.journeys[j.Name.Value] = true
	}
	for _, document := range d.Unread {
		for _, name := range document.Names {
			r.unread[name] = true
		}
	}
	r.resolveTeams(d.Teams)
	r.resolveNotifiers(d.Notifiers)
	r.resolveNotify(d)
	r.resolveSources(d.Sources)
	r.resolvePolicies(d.Policies)
	r.resolveDefaults(d.Defaults)
	r.checkNames(d)
	for _, s := range d.SLOs {
		r.resolveSLO(s)
	}
	for _, j := range d.Journeys {
		r.resolveJourney(j)
	}
	for _, s := range r.set.SLOs {
		s.Indicator = indicatorOf(s.Source, s.ID, s.SLI, key)
	}
	for _, j := range r.set.Journeys {
		if j.SLI != nil {
			j.Indicator = indicatorOf(j.Source, j.ID, *j.SLI, key)
		}
	}
	r.resolveExclusions(d)
	if len(d.Sources) == 0 && !d.mayHold("Source") && len(r.set.SLOs) > 0 {
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeReference, Severity: diag.Info, Span: r.set.SLOs[0].About.Origin,
			Message: diag.Say("no Source is declared, so references to sources are not checked"),
			Hint:    diag.Say("add a document of kind Source to measure"),
		})
	}
	r.sort()
	r.set.Documents = r.set.documents(d)
	r.list.Sort()
	return r.set, r.list
}

type resolver struct {
	set       *Set
	sources   map[string]*Source
	teams     map[string]*Team
	policies  map[string]*AlertPolicy
	notifiers map[string]*Notifier
	defaults  map[string]DefaultsDeclaration // by folder
	slos      map[string]*SLO
	declared  map[string]bool      // names of SLOs, also of those that could not be resolved
	journeys  map[string]bool      // names of journeys
	unread    map[string]bool      // names in documents that could not be read
	firsts    map[string]diag.Span // names of journeys and SLOs, to where each first stands
	zones     map[string]*zone
	tiers     map[tierProblem]int  // to their places in list
	sound     map[tierProblem]bool // a policy makes sense for a target and a window; tier is 0
	hints     int                  // that were looked for
	list      diag.List
}

func (r *resolver) sort() {
	slices.SortFunc(r.set.Sources, func(a, b *Source) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Teams, func(a, b *Team) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Journeys, func(a, b *Journey) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.set.SLOs, func(a, b *SLO) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.set.Policies, func(a, b *AlertPolicy) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Notifiers, func(a, b *Notifier) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.set.Exclusions, func(a, b *Exclusion) int { return cmp.Compare(a.Name, b.Name) })
}

// warn reports what is probably a mistake.
func (r *resolver) warn(code diag.Code, span diag.Span, hint diag.Phrase, format string, args ...any) {
	r.list.Add(diag.Diagnostic{
		Code: code, Severity: diag.Warning, Span: span, Hint: hint, Message: diag.Say(format, args...),
	})
}

// problem reports what a parser of this package said, with its hint.
func (r *resolver) problem(code diag.Code, span diag.Span, err error) {
	message, hint := diag.Verbatim(err.Error()), diag.Phrase{}
	if p, ok := err.(*Problem); ok { //nolint:errorlint // the parsers return it unwrapped
		message, hint = p.Message, p.Hint
	}
	r.list.Errorf(code, span, hint, "%s", message)
}

// duplicate reports a second thing of one name at both places.
func (r *resolver) duplicate(second, first diag.Span, what diag.Phrase, name string) {
	r.list.Add(diag.Diagnostic{
		Code: diag.CodeDuplicate, Severity: diag.Error, Span: second,
		Message: diag.Say("%s %q is defined twice", what, name),
		Label:   diag.Say("the second one"),
		Hint:    diag.Say("rename or remove one of them"),
		Related: []diag.Related{{Span: first, Message: diag.Say("the first one is at %s", first)}},
	})
}

// names reports things of one kind that have the same name, and says which are
// the first of theirs. The others are checked all the same, and then left out.
type names struct {
	r     *resolver
	what  diag.Phrase
	first map[string]diag.Span
}

func (r *resolver) names(what diag.Phrase) names { return names{r, what, map[string]diag.Span{}} }

// isFirst reports a name that was there before. What has no name, which is
// reported, is not the first of any.
func (n names) isFirst(name diag.Located[string]) bool {
	if name.Value == "" {
		return false
	}
	if place, twice := n.first[name.Value]; twice {
		n.r.duplicate(name.Span, place, n.what, name.Value)
		return false
	}
	n.first[name.Value] = name.Span
	return true
}

// checkNames finds journeys and SLOs of one name; they share a name space,
// also with the names that they had before.
func (r *resolver) checkNames(d Declarations) {
	type named struct {
		what diag.Phrase
		Metadata
	}
	var all []named
	for _, s := range d.SLOs {
		all = append(all, named{diag.Verbatim("SLO"), s.Metadata})
	}
	for _, j := range d.Journeys {
		all = append(all, named{diag.Say("journey"), j.Metadata})
	}
	slices.SortStableFunc(all, func(a, b named) int { return a.Origin.Compare(b.Origin) })
	first := map[string]named{}
	for _, n := range all {
		if n.Name.Value == "" {
			continue
		}
		if f, twice := first[n.Name.Value]; twice {
			what := n.what
			if !f.what.Equal(n.what) {
				what = diag.Say("journey or SLO")
			}
			r.duplicate(n.Name.Span, f.Name.Span, what, n.Name.Value)
			continue
		}
		first[n.Name.Value] = n
		r.firsts[n.Name.Value] = n.Name.Span
	}
	former := map[string]diag.Span{}
	for _, n := range all {
		for _, old := range n.RenamedFrom {
			if still, taken := first[old.Value]; taken {
				r.renamed(old, still.Name.Span, diag.Say("is the name of something in this set"))
			} else if place, twice := former[old.Value]; twice {
				r.renamed(old, place, diag.Say("is given as a former name twice"))
			}
			former[old.Value] = old.Span
		}
	}
}

// isFirst reports whether a journey or SLO is the first of its name.
func (r *resolver) isFirst(m Metadata) bool {
	place, named := r.firsts[m.Name.Value]
	return named && place == m.Name.Span
}

func (r *resolver) renamed(old diag.Located[string], other diag.Span, problem diag.Phrase) {
	r.list.Add(diag.Diagnostic{
		Code: diag.CodeRename, Severity: diag.Error, Span: old.Span,
		Message: diag.Say("%q %s", old.Value, problem),
		Hint:    diag.Say("remove it here, or rename the other one: only one thing can go on from a name"),
		Related: []diag.Related{{Span: other, Message: diag.Say("the other one is at %s", other)}},
	})
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

// checkOwner follows a reference to a team, if there is one.
func (r *resolver) checkOwner(owner diag.Located[string]) {
	if _, known := r.teams[owner.Value]; !known && owner.Value != "" {
		unknown(r, diag.Say("team"), owner, r.teams, diag.Say("add a document of kind Team"))
	}
}

// maxHints bounds for how many references what was meant is looked for among
// all names: when a large set lacks a file, everything that points into it is
// unknown.
const maxHints = 100

// unknown reports a reference to something that is not among known, nor in a
// document that could not be read, which is reported.
func unknown[V any](r *resolver, what diag.Phrase, ref diag.Located[string], known map[string]V, otherwise diag.Phrase, also ...string) {
	if r.unread[ref.Value] {
		return
	}
	hint := otherwise
	if r.hints++; r.hints <= maxHints {
		known := append(keys(known), also...)
		if near, ok := diag.Nearest(ref.Value, known); ok {
			hint = diag.Say("did you mean %s?", near)
		} else if len(known) > 0 && len(known) <= 8 {
			hint = diag.Say("known: %s; or %s", join(known), otherwise)
		}
	}
	r.list.Errorf(diag.CodeReference, ref.Span, hint, "unknown %s %q", what, ref.Value)
}

// zone is a time zone, or why there is none of its name.
type zone struct {
	location *time.Location
	err      error
}

// zoneOf returns a time zone, or nil after reporting that it is not known. Zones
// are loaded once, so that windows can be compared.
func (r *resolver) zoneOf(name diag.Located[string]) *time.Location {
	if name.Value == "" {
		return nil // reported
	}
	z, known := r.zones[name.Value]
	if !known {
		z = &zone{}
		z.location, z.err = LoadTimeZone(name.Value)
		r.zones[name.Value] = z
	}
	if z.err != nil {
		r.problem(diag.CodeTimeZone, name.Span, z.err)
	}
	return z.location
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func join(names []string) string { return strings.Join(names, ", ") }
