package slo

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolveSLO(d SLODeclaration) {
	if d.Name.Value == "" || r.slos[d.Name.Value] != nil {
		return // reported
	}
	s := &SLO{ID: d.Name.Value, Kind: KindSLO, About: r.about(d.Metadata, d.Descriptive)}
	s.Objectives = r.objectives(d.Objectives, d.Folder)
	if d.SLI == nil {
		return // reported
	}
	s.SLI, s.Source = d.SLI.SLI, r.sourceOf(d.SLI, d.Folder)
	r.slos[s.ID] = s
	r.set.SLOs = append(r.set.SLOs, s)
}

func (r *resolver) resolveJourney(d JourneyDeclaration) {
	j := &Journey{
		ID: d.Name.Value, About: r.about(d.Metadata, d.Descriptive),
		Compose: cmp.Or(d.Compose.Value, Series), Objectives: r.objectives(d.Objectives, d.Folder),
	}
	first := map[string]diag.Span{}
	for _, step := range d.Steps {
		if place, twice := first[step.Name.Value]; twice && step.Name.Value != "" {
			r.duplicate(step.Name.Span, place, "step", step.Name.Value)
			continue
		}
		first[step.Name.Value] = step.Name.Span
		if resolved := r.resolveStep(d, j, step); resolved != nil {
			j.Steps = append(j.Steps, Step{Name: step.Name.Value, Title: step.Title.Value, SLO: resolved})
		}
	}
	r.checkCeiling(d, j)
	if d.Name.Value != "" {
		r.set.Journeys = append(r.set.Journeys, j)
	}
}

func (r *resolver) resolveStep(d JourneyDeclaration, j *Journey, step StepDeclaration) *SLO {
	if step.SLO.Written() {
		return r.sharedSLO(d, step)
	}
	owner := step.Owner
	if !owner.Written() {
		owner = d.Owner
	} else {
		r.checkOwner(owner)
	}
	if step.SLI == nil || step.Name.Value == "" || j.ID == "" {
		return nil // reported
	}
	s := &SLO{
		ID: j.ID + "/" + step.Name.Value, Kind: KindStep,
		About: About{
			Title: step.Title.Value, Owner: owner.Value, Description: step.Description,
			Stage: j.About.Stage, Labels: j.About.Labels, Origin: step.Origin,
		},
		SLI: step.SLI.SLI, Source: r.sourceOf(step.SLI, d.Folder),
		Objectives: r.objectives(step.Objectives, d.Folder),
	}
	r.set.SLOs = append(r.set.SLOs, s)
	return s
}

func (r *resolver) sharedSLO(d JourneyDeclaration, step StepDeclaration) *SLO {
	shared, known := r.slos[step.SLO.Value]
	if known || r.declared[step.SLO.Value] {
		return shared // nil for one whose own mistakes are reported
	}
	if strings.Contains(step.SLO.Value, "/") || step.SLO.Value == d.Name.Value {
		r.list.Errorf(diag.CodeReference, step.SLO.Span, "move the SLI into a document of kind SLO and name that",
			"a step can share an SLO, never a journey or a step")
		return nil
	}
	unknown(r, "SLO", step.SLO, r.slos, "add a document of kind SLO")
	return nil
}

func (r *resolver) about(m Metadata, d Descriptive) About {
	if m.Owner.Written() {
		r.checkOwner(m.Owner)
	}
	return About{
		Title: m.Title.Value, Owner: m.Owner.Value, Description: d.Description,
		Stage: cmp.Or(d.Stage.Value, Active), WhenSpent: d.WhenSpent, Runbook: d.Runbook.Value,
		Links: d.Links, Labels: m.Labels, Origin: m.Origin,
	}
}

func (r *resolver) objectives(declared []ObjectiveDeclaration, folder string) []Objective {
	var objectives []Objective
	first := map[string]diag.Span{}
	for _, d := range declared {
		window := d.Window.Value
		if !window.Valid() && !d.Window.Written() {
			window = r.defaultsOf(folder).Window.Value
			if !window.Valid() {
				r.list.Errorf(diag.CodeMissing, d.Span, "write objective: {target: 99.9%, window: 28d}, or set window in Defaults",
					"this objective has no window")
			}
		}
		if !window.Valid() || !d.Target.Value.Valid() {
			continue // reported
		}
		name := cmp.Or(d.Name.Value, window.String())
		if place, twice := first[name]; twice {
			r.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.Span,
				Message: fmt.Sprintf("two objectives are named %q", name),
				Hint:    "give one of them a name: of its own",
				Related: []diag.Related{{Span: place, Message: "the first one is at " + place.String()}},
			})
			continue
		}
		first[name] = d.Span
		objectives = append(objectives, Objective{Name: name, Target: d.Target.Value, Window: window})
	}
	return objectives
}

func join(names []string) string { return strings.Join(names, ", ") }
