package spec

import (
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) slo(o *object) {
	s := slo.SLODeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		s.Descriptive = body.descriptive()
		s.Objectives = body.objectives()
		s.SLI, s.History, s.Accepts = body.sli(), body.history(), body.accepts()
	}
	d.declared.SLOs = append(d.declared.SLOs, s)
}

func (d *decoder) journey(o *object) {
	j := slo.JourneyDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		j.Descriptive = body.descriptive()
		j.Objectives = body.objectives()
		j.Compose = wordOf[slo.Compose](body, "compose")
		if j.SLI = body.sli(); j.SLI != nil && j.Compose.Value != slo.Measured {
			j.SLI.Broken = true // reported
		}
		j.History, j.Accepts = body.history(), body.accepts()
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
	s.Objectives, s.SLI, s.History, s.Accepts = o.objectives(), o.sli(), o.history(), o.accepts()
	if s.SLO = o.text("slo"); s.SLO.Written() && s.SLI != nil {
		s.SLI.Broken = true // reported
	}
	return s
}

// history reads what becomes of older minutes.
func (o *object) history() *slo.HistoryDeclaration {
	o, ok := o.object("history")
	if !ok {
		return nil
	}
	return &slo.HistoryDeclaration{Mode: wordOf[slo.HistoryMode](o, "mode"), Reason: o.text("reason").Value}
}

func parsePositive(text string) (slo.Decimal, error) {
	d, err := slo.ParseDecimal(text)
	if err == nil && d.Sign() == 0 {
		err = &slo.Problem{Message: diag.Say("%s is too small", text), Hint: diag.Say("write a number above 0")}
	}
	return d, err
}

// objectives reads objective, in either of its forms, and objectives. That
// both stand there is reported; the list is then taken.
func (o *object) objectives() []slo.ObjectiveDeclaration {
	var one, many []slo.ObjectiveDeclaration
	if node, v, found := o.field("objective"); found && node.Kind == yaml.SequenceNode {
		o.d.list.Errorf(diag.CodeType, o.keySpan("objective"), diag.Say("write objectives:"), "objective is one, and not a list")
		for _, item := range node.Content {
			one = append(one, o.objective("objective", follow(item), v, o.d.nodeSpan(item)))
		}
	} else if found {
		one = append(one, o.objective("objective", node, v, o.keySpan("objective")))
	} else if o.has("objective") {
		one = append(one, unusable(o.keySpan("objective")))
	}
	items, v := o.list("objectives")
	for _, item := range items {
		many = append(many, o.objective("objectives", follow(item), v, o.d.nodeSpan(item)))
	}
	switch {
	case !o.has("objectives"):
		return one
	case many == nil:
		return append(many, unusable(o.keySpan("objectives")))
	default:
		return many
	}
}

// unusable is an objective that stands there and cannot be read: whatever it
// lacks is not missing as well.
func unusable(span diag.Span) slo.ObjectiveDeclaration {
	return slo.ObjectiveDeclaration{Span: span, Window: diag.Located[slo.Window]{Span: span}}
}

func (o *object) objective(key string, node *yaml.Node, v value, span diag.Span) slo.ObjectiveDeclaration {
	if node.Kind == yaml.ScalarNode {
		text := o.d.checked(node, v, diag.Say("the objective"))
		if !text.Written() {
			return unusable(span)
		}
		target, err := slo.ParseTarget(text.Value)
		if err != nil {
			o.d.problem(diag.CodeTarget, text.Span, err)
		}
		return slo.ObjectiveDeclaration{Span: text.Span, Target: diag.At(target, text.Span)}
	}
	o, ok := o.inner(key, node, v.or.object, span)
	if !ok {
		return unusable(span)
	}
	return slo.ObjectiveDeclaration{
		Span:     span,
		Name:     o.text("name"),
		Target:   parsed(o, "target", slo.ParseTarget),
		Window:   parsed(o, "window", slo.ParseWindow),
		TimeZone: o.text("timeZone"),
		Alerts:   o.text("alerts"),
	}
}
