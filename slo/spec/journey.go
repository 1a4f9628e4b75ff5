package spec

import (
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) slo(o *object) {
	s := slo.SLODeclaration{Metadata: d.metadata(o, true, true)}
	if body, ok := d.body(o, true); ok {
		s.Descriptive = d.descriptive(body)
		s.Objectives = d.objectives(body, true)
		s.SLI = d.neededSLI(body)
		body.later("alerts")
		body.close()
	}
	d.result.Declarations.SLOs = append(d.result.Declarations.SLOs, s)
}

func (d *decoder) journey(o *object) {
	j := slo.JourneyDeclaration{Metadata: d.metadata(o, true, true)}
	if body, ok := d.body(o, true); ok {
		j.Descriptive = d.descriptive(body)
		j.Objectives = d.objectives(body, true)
		j.Compose = d.compose(body)
		steps, key, isList := body.list("steps")
		for _, node := range steps {
			if step, ok := d.step(node); ok {
				j.Steps = append(j.Steps, step)
			}
		}
		body.missing("steps", "write steps: and below it a list, one entry with name and sli for each step")
		if isList && len(steps) == 0 {
			d.list.Errorf(diag.CodeMissing, key, "add at least one step with name and sli", "the journey has no steps")
		}
		body.later("alerts")
		body.close()
	}
	d.result.Declarations.Journeys = append(d.result.Declarations.Journeys, j)
}

// compose reads how the steps make the journey's error.
func (d *decoder) compose(o *object) diag.Located[slo.Compose] {
	compose := wordOf(o, "compose", slo.Series, "worst", "weighted", "pooled", "measured")
	if compose.Written() && compose.Value != slo.Series {
		d.notSupported(compose.Span, "compose: "+string(compose.Value))
		return diag.At(slo.Series, compose.Span)
	}
	return compose
}

func (d *decoder) step(node *yaml.Node) (slo.StepDeclaration, bool) {
	o, ok := d.object(node, "the step", d.nodeSpan(node))
	if !ok {
		return slo.StepDeclaration{}, false
	}
	s := slo.StepDeclaration{Metadata: slo.Metadata{Folder: d.file.Folder, Origin: d.nodeSpan(node)}}
	s.Name = d.name(o)
	if s.Name.Written() {
		s.Origin, o.span = s.Name.Span, s.Name.Span
	}
	s.Title, s.Owner = o.text("title"), o.text("owner")
	d.checkTitle(s.Title)
	s.Description = o.text("description").Value
	if o.has("slo") {
		for _, own := range []string{"sli", "objective", "objectives", "owner"} {
			o.conflict("slo", own, "remove it: the shared SLO brings its own")
		}
		s.SLO = o.text("slo")
		o.field("sli")
		o.field("objective")
		o.field("objectives")
	} else {
		s.Objectives = d.objectives(o, false)
		s.SLI = d.neededSLI(o)
	}
	o.later("alerts", "weight")
	o.close()
	return s, true
}

// objectives reads objective, in either of its forms, or objectives.
func (d *decoder) objectives(o *object, needed bool) []slo.ObjectiveDeclaration {
	if o.conflict("objective", "objectives", "keep one of them") {
		return nil
	}
	if node, key, found := o.field("objective"); found {
		return d.objective(nil, node, key)
	}
	items, key, isList := o.list("objectives")
	if isList && len(items) == 0 {
		d.list.Errorf(diag.CodeMissing, key, "add an objective such as 99.9%", "the list of objectives is empty")
	}
	var objectives []slo.ObjectiveDeclaration
	for _, item := range items {
		objectives = d.objective(objectives, follow(item), d.nodeSpan(item))
	}
	if needed && !o.has("objectives") {
		o.missing("objective", "write objective: 99.9%")
	}
	return objectives
}

func (d *decoder) objective(objectives []slo.ObjectiveDeclaration, node *yaml.Node, key diag.Span) []slo.ObjectiveDeclaration {
	if node.Kind == yaml.ScalarNode {
		s := slo.ObjectiveDeclaration{Span: d.nodeSpan(node)}
		target, err := slo.ParseTarget(node.Value)
		if err != nil {
			d.problem(diag.CodeTarget, s.Span, err)
		}
		s.Target = diag.At(target, s.Span)
		return append(objectives, s)
	}
	o, ok := d.object(node, "the objective", key)
	if !ok {
		return objectives
	}
	s := slo.ObjectiveDeclaration{
		Span:   key,
		Name:   o.text("name"),
		Target: parsed(o, "target", diag.CodeTarget, slo.ParseTarget),
		Window: parsed(o, "window", diag.CodeWindow, slo.ParseWindow),
	}
	if s.Name.Written() {
		if err := slo.CheckName(s.Name.Value); err != nil {
			d.problem(diag.CodeName, s.Name.Span, err)
		}
	}
	if !s.Target.Written() {
		o.missing("target", "write target: 99.9%")
	}
	o.later("timeZone", "alerts")
	o.close()
	return append(objectives, s)
}
