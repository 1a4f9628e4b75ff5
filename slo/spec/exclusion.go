package spec

import (
	"time"

	"github.com/slojourn/slojourn/slo/diag"

	"github.com/slojourn/slojourn/slo"
)

func (d *decoder) exclusion(o *object) {
	e := slo.ExclusionDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		e.SLOs, e.ForOwner = body.texts("slos"), body.text("owner")
		e.From, e.To = parsed(body, "from", parseInstant), parsed(body, "to", parseInstant)
		if repeat, ok := body.object("repeat"); ok {
			e.Repeat = &slo.RepeatDeclaration{
				Span: repeat.span, Rule: repeat.text("rrule"),
				Duration: parsed(repeat, "duration", parseSpan).Value, TimeZone: repeat.text("timeZone"),
			}
		}
		e.Effect = wordOf[slo.Effect](body, "effect")
		e.Reason, e.ApprovedBy = body.text("reason").Value, body.text("approvedBy").Value
	}
	d.declared.Exclusions = append(d.declared.Exclusions, e)
}

// parseInstant reads a date and time with its offset.
func parseInstant(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, &slo.Problem{
			Message: diag.Say("%q is not an instant", text),
			Hint:    diag.Say("write date, time and offset as in 2026-11-22T01:00:00+09:00, or with Z for UTC"),
		}
	}
	return at, nil
}
