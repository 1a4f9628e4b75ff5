package slo

import (
	"cmp"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolveSLO(d SLODeclaration) {
	s := &SLO{ID: d.Name.Value, Kind: KindSLO, About: r.about(d.Metadata, d.Descriptive)}
	s.Objectives = r.objectives(d.Objectives, d.SLI, d.Folder, d.Alerts)
	s.Source, s.About.DefaultSource = r.sourceOf(d.SLI, d.Folder), r.defaultSource(d.SLI, d.Folder)
	if !d.SLI.usable() || !r.isFirst(d.Metadata) {
		return // reported
	}
	s.SLI, s.History = d.SLI.SLI, d.History.history()
	r.slos[s.ID] = s
	r.set.SLOs = append(r.set.SLOs, s)
}

func (r *resolver) resolveJourney(d JourneyDeclaration) {
	j := &Journey{
		ID: d.Name.Value, About: r.about(d.Metadata, d.Descriptive), Compose: cmp.Or(d.Compose.Value, Series),
		Objectives: r.objectives(d.Objectives, d.SLI, d.Folder, d.Alerts),
	}
	if source := r.sourceOf(d.SLI, d.Folder); d.SLI.usable() {
		j.SLI, j.Source, j.History = &d.SLI.SLI, source, d.History.history()
		j.About.DefaultSource = r.defaultSource(d.SLI, d.Folder)
	}
	composed := d.Compose.Value != "" || !d.Compose.Written() // else it is reported, and nothing follows from it
	names := r.names(diag.Say("step"))
	var own []*SLO
	for _, step := range d.Steps {
		isFirst := names.isFirst(step.Name)
		if step.Weight.Written() && composed && j.Compose != Weighted {
			r.warn(diag.CodeNoEffect, step.Weight.Span, diag.Say("remove it, or write compose: weighted"),
				"the weight changes nothing, as the journey is composed as %s", j.Compose)
		}
		resolved := r.resolveStep(d, j, step)
		if resolved == nil || !isFirst {
			continue
		}
		j.Steps = append(j.Steps, Step{
			Name: step.Name.Value, Title: step.Title.Value, Weight: or(step.Weight, decimal("1")), SLO: resolved, Accepts: accepted(step.Accepts),
		})
		if resolved.Kind == KindStep {
			own = append(own, resolved)
		}
	}
	if composed {
		r.checkCeiling(d, j)
	}
	if r.isFirst(d.Metadata) {
		r.set.Journeys = append(r.set.Journeys, j)
		r.set.SLOs = append(r.set.SLOs, own...)
	}
}

// resolveStep returns the SLO of a step, its own or a shared one; nil for one
// that cannot be measured, which is reported.
func (r *resolver) resolveStep(d JourneyDeclaration, j *Journey, step StepDeclaration) *SLO {
	source := r.sourceOf(step.SLI, d.Folder)
	if step.SLO.Written() {
		return r.sharedSLO(d, step)
	}
	owner := step.Owner
	if !owner.Written() {
		owner = d.Owner
	} else {
		r.checkOwner(owner)
	}
	if step.Alerts.Value != "" && len(step.Objectives) == 0 {
		r.warn(diag.CodeNoEffect, step.Alerts.Span, diag.Say("add an objective to the step, or remove it"),
			"alerts change nothing here, as the step has no objective")
	}
	objectives := r.objectives(step.Objectives, step.SLI, d.Folder, step.Alerts, d.Alerts)
	if !step.SLI.usable() {
		return nil // reported
	}
	return &SLO{
		ID: j.ID + "/" + step.Name.Value, Kind: KindStep,
		About: About{
			Title: step.Title.Value, Owner: owner.Value, Description: step.Description,
			Stage: j.About.Stage, Labels: j.About.Labels, Origin: step.Origin,
			DefaultSource: r.defaultSource(step.SLI, d.Folder),
		},
		SLI: step.SLI.SLI, Source: source, History: step.History.history(), Objectives: objectives,
	}
}

func (r *resolver) sharedSLO(d JourneyDeclaration, step StepDeclaration) *SLO {
	shared, known := r.slos[step.SLO.Value]
	if known || r.declared[step.SLO.Value] || step.SLO.Value == "" {
		return shared // nil for one whose own mistakes are reported
	}
	if strings.Contains(step.SLO.Value, "/") || step.SLO.Value == d.Name.Value || r.journeys[step.SLO.Value] {
		r.list.Errorf(diag.CodeReference, step.SLO.Span, diag.Say("move the SLI into a document of kind SLO and name that"),
			"a step can share an SLO, never a journey or a step")
		return nil
	}
	unknown(r, diag.Verbatim("SLO"), step.SLO, r.slos, diag.Say("add a document of kind SLO"))
	return nil
}

func (r *resolver) about(m Metadata, d Descriptive) About {
	r.checkOwner(m.Owner)
	about := About{
		Title: m.Title.Value, Owner: m.Owner.Value, Description: d.Description,
		Stage: cmp.Or(d.Stage.Value, Active), WhenSpent: d.WhenSpent, Runbook: d.Runbook.Value,
		Links: d.Links, Labels: m.Labels, Accepts: accepted(d.Accepts), Origin: m.Origin,
	}
	for _, name := range m.RenamedFrom {
		about.RenamedFrom = append(about.RenamedFrom, name.Value)
	}
	return about
}
