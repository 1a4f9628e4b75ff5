package spec

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) slo(o *object) {
	s := slo.SLODeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		s.Descriptive = body.descriptive()
		s.Objectives = body.objectives()
		s.SLI = body.sli()
	}
	d.declared.SLOs = append(d.declared.SLOs, s)
}

func (d *decoder) journey(o *object) {
	j := slo.JourneyDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		j.Descriptive = body.descriptive()
		j.Objectives = body.objectives()
		j.Compose = wordOf[slo.Compose](body, "compose")
		if j.Compose.Value == slo.Measured {
			j.SLI = body.sli()
		}
		for _, step := range body.objects("steps") {
			j.Steps = append(j.Steps, step.step())
		}
	}
	d.declared.Journeys = append(d.declared.Journeys, j)
}

func (o *object) step() slo.StepDeclaration {
	s := slo.StepDeclaration{Metadata: slo.Metadata{Folder: o.d.file.Folder, Origin: o.span}}
	s.Name, s.Title, s.Owner = o.text("name"), o.text("title"), o.text("owner")
	s.Description = o.text("description").Value
	s.Weight = parsed(o, "weight", parsePositive)
	s.Alerts = o.text("alerts")
	if s.SLO = o.text("slo"); !s.SLO.Written() {
		s.Objectives = o.objectives()
		s.SLI = o.sli()
	}
	return s
}

func parsePositive(text string) (slo.Decimal, error) {
	d, err := slo.ParseDecimal(text)
	if err == nil && d.Sign() == 0 {
		err = &slo.Problem{Message: fmt.Sprintf("%s is not above 0", text), Hint: "write a number above 0"}
	}
	return d, err
}

// objectives reads objective, in either of its forms, or objectives.
func (o *object) objectives() []slo.ObjectiveDeclaration {
	if o.has("objective") && o.has("objectives") {
		return nil // reported
	}
	if node, v, found := o.field("objective"); found {
		return o.d.objective(nil, node, v, o.keySpan("objective"))
	}
	items, v := o.list("objectives")
	var objectives []slo.ObjectiveDeclaration
	for _, item := range items {
		objectives = o.d.objective(objectives, follow(item), v, o.d.nodeSpan(item))
	}
	return objectives
}

func (d *decoder) objective(objectives []slo.ObjectiveDeclaration, node *yaml.Node, v value, span diag.Span) []slo.ObjectiveDeclaration {
	if node.Kind == yaml.ScalarNode {
		text := d.scalar(node, "the objective")
		if !text.Written() {
			return objectives
		}
		target, err := slo.ParseTarget(text.Value)
		if err != nil {
			d.problem(diag.CodeTarget, text.Span, err)
		}
		return append(objectives, slo.ObjectiveDeclaration{Span: text.Span, Target: diag.At(target, text.Span)})
	}
	o, ok := d.open(node, v.or.object, span)
	if !ok {
		return objectives
	}
	return append(objectives, slo.ObjectiveDeclaration{
		Span:     span,
		Name:     o.text("name"),
		Target:   parsed(o, "target", slo.ParseTarget),
		Window:   parsed(o, "window", slo.ParseWindow),
		TimeZone: o.text("timeZone"),
		Alerts:   o.text("alerts"),
	})
}
