package spec

import (
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (d *decoder) policy(o *object) {
	p := slo.PolicyDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		for _, tier := range body.objects("tiers") {
			if t, ok := tier.tier(); ok {
				p.Tiers = append(p.Tiers, t)
			}
		}
		if guard, ok := body.object("guard"); ok {
			p.Guard = slo.GuardDeclaration{
				MinEvents: guard.integer("minEvents", 0), MinBad: guard.integer("minBad", 0),
				Confidence: parsed(guard, "confidence", parseConfidence),
			}
		}
		if hold, ok := body.object("hold"); ok {
			p.Hold = slo.HoldDeclaration{Page: parsed(hold, "page", slo.ParseDuration), Ticket: parsed(hold, "ticket", slo.ParseDuration)}
		}
		p.NoTraffic, p.NoData = body.quiet("noTraffic"), body.quiet("noData")
		for _, spent := range body.objects("budgetSpent") {
			if at := parsed(spent, "at", parseShare); at.Value.Sign() > 0 {
				p.BudgetSpent = append(p.BudgetSpent, at.Value)
			}
		}
		p.Accepts = body.accepts()
	}
	d.declared.Policies = append(d.declared.Policies, p)
}

// tier reads a tier. One that cannot be used is left out.
func (o *object) tier() (slo.Tier, bool) {
	budget, burn := parsed(o, "budget", parseShare), parsed(o, "burn", parsePositive)
	long, short := parsed(o, "long", parseSpan), parsed(o, "short", parseSpan)
	t := slo.Tier{
		Severity: wordOf[slo.Severity](o, "severity").Value,
		Budget:   budget.Value, Burn: burn.Value, Long: long.Value, Short: short.Value,
		Span: budget.Span,
	}
	if burn.Written() {
		t.Span = burn.Span
	}
	if t.Long > 0 && t.Short >= t.Long {
		hint := diag.Say("write short: %s; a twelfth of long is usual", slo.FormatDuration(max(time.Minute, t.Long/12)))
		if t.Short > t.Long {
			hint = diag.Say("exchange them: long: %s, short: %s", slo.FormatDuration(t.Short), slo.FormatDuration(t.Long))
		}
		o.d.list.Add(diag.Diagnostic{
			Code: diag.CodeTierWindows, Severity: diag.Error, Span: short.Span,
			Message: diag.Say("short must be shorter than long: %s is not less than %s", slo.FormatDuration(t.Short), slo.FormatDuration(t.Long)),
			Hint:    hint,
			Related: []diag.Related{{Span: long.Span, Message: diag.Say("long is at %s", long.Span)}},
		})
		return t, false
	}
	return t, o.exclusive && t.Severity != "" && t.Budget.Sign()+t.Burn.Sign() == 1 && t.Long > 0 && t.Short > 0
}

// parseSpan reads how far back something looks.
func parseSpan(text string) (time.Duration, error) {
	d, err := slo.ParseDuration(text)
	switch {
	case err != nil:
		return 0, err
	case d < time.Minute || d > slo.MaxWindow*time.Minute:
		return 0, &slo.Problem{Message: diag.Say("%s is out of range", text), Hint: diag.Say("use between 1m and 90d")}
	}
	return d, nil
}

// parseShare reads a percentage above 0.
func parseShare(text string) (slo.Percentage, error) {
	p, err := slo.ParsePercentage(text)
	if err == nil && p.Sign() == 0 {
		err = &slo.Problem{Message: diag.Say("%s is nothing", text), Hint: diag.Say("write a percentage above 0")}
	}
	return p, err
}

// parseConfidence reads a percentage below 100.
func parseConfidence(text string) (slo.Percentage, error) {
	p, err := slo.ParsePercentage(text)
	if err == nil && p.Rat().IsInt() && p.Sign() > 0 {
		err = &slo.Problem{Message: diag.Say("a confidence of %s can never be reached", text), Hint: diag.Say("write a percentage below 100, such as 95%%")}
	}
	return p, err
}

// quiet reads noTraffic or noData.
func (o *object) quiet(name string) *slo.QuietDeclaration {
	o, ok := o.object(name)
	if !ok {
		return nil
	}
	return &slo.QuietDeclaration{
		After: parsed(o, "after", parseSpan), Below: parsed(o, "below", parseShare), Severity: wordOf[slo.Severity](o, "severity"),
	}
}
