package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo/diag"
)

// What follows says parts of a document in words, for tables and for Markdown.

func guardWords(g alert.Guard) string {
	text := fmt.Sprintf("%d valid and %d bad events", g.MinEvents, g.MinBad)
	if g.Confidence != "" {
		text += ", with a confidence of " + g.Confidence
	}
	return text
}

func causePhrase(c alert.Cause) diag.Phrase {
	ratio, _ := c.Ratio.Value()
	step := c.Step
	if c.Owner != "" {
		step += " (" + c.Owner + ")"
	}
	return diag.Say("caused by %s: %s of the errors", step, percent(ratio, 0))
}

// missingPhrases say what is missing of measurements or traffic, and since when, by the
// clock of a zone.
func missingPhrases(w alert.Why, zone *time.Location) []diag.Phrase {
	var list []diag.Phrase
	if s := w.Silent; s != nil {
		text := diag.Say("%s of the last %s measured", minutesText(s.Measured), s.After)
		if !s.Until.IsZero() {
			text = diag.Say("nothing measured since %s", minuteIn(s.Until, zone))
		}
		list = append(list, text)
	}
	if t := w.Traffic; t != nil {
		list = append(list, diag.Say("%d events of %s in %s, where %d are usual at that time of day (by %d of the last 7 days); less than %s fires",
			t.Events, t.ID, t.After, t.Usual, t.Days, t.Below))
	}
	if s := w.Source; s != nil {
		text := diag.Say("the source %s has failed", s.Name)
		if s.Down == alert.Empty {
			text = diag.Say("the source %s answers that nothing happens", s.Name)
		}
		if !s.Since.IsZero() {
			text = diag.Say("%s since %s", text, minuteIn(s.Since, zone))
		}
		text = diag.Say("%s, which %d journeys, steps and SLOs depend on", text, s.SLOs)
		if s.Message != "" {
			text = diag.Say("%s: %s", text, s.Message)
		}
		list = append(list, text)
	}
	return list
}

func spentPhrase(b alert.BudgetSpent, zone *time.Location) diag.Phrase {
	consumed, known := b.Consumed.Value()
	if !known {
		return diag.Say("how much of the budget is spent is not known")
	}
	text := diag.Say("%s of the budget is spent", percent(consumed, 1))
	if b.Level != "" {
		text = diag.Say("%s, which is %s or more", text, b.Level)
	}
	switch {
	case b.Gone != nil && b.AtEarliest:
		text = diag.Say("%s, all of it by %s at the earliest", text, minuteIn(*b.Gone, zone))
	case b.Gone != nil:
		text = diag.Say("%s, all of it by %s", text, minuteIn(*b.Gone, zone))
	}
	return text
}

// text says how an alert comes to be resolved.
func (c clearing) text() string {
	text := fmt.Sprintf("%s: the condition has been false for %s", c.Turn, minutesText(c.CalmMinutes))
	if c.HoldMinutes != nil && *c.HoldMinutes > 0 {
		text += " of " + minutesText(*c.HoldMinutes)
	}
	if c.LeftMinutes != nil && *c.LeftMinutes > 0 {
		text += fmt.Sprintf(", and it resolves %s later", minutesText(*c.LeftMinutes))
	}
	return text
}

// noEvidence is how long ago a condition has to have been judged that the table
// says so: measurements lag.
const noEvidence = 10 * time.Minute

// evidenceText says since when there has been no evidence, "" when there is.
func (e Episode) evidenceText() string {
	if e.EvidenceAt == nil || e.Since.Add(time.Duration(e.Minutes)*time.Minute).Sub(*e.EvidenceAt) < noEvidence {
		return ""
	}
	return fmt.Sprintf("held without evidence since %s; resolves as unknown at %s", minuteText(*e.EvidenceAt), minuteText(e.EvidenceAt.Add(alert.HeldFor)))
}

// toldText says who was told, or why nobody was.
func (e Episode) toldText() string {
	if e.Silence != nil {
		return "not sent, as " + e.Silence.text()
	}
	if len(e.Labels.Notify) == 0 {
		return "sent to nobody, as the owner has no notifier"
	}
	return "sent to " + strings.Join(e.Labels.Notify, ", ")
}

func (s silence) text() string {
	by := ""
	if s.By != nil {
		by = aboutText(*s.By)
	}
	switch s.Reason {
	case silentObserve:
		return "the stage is observe"
	case silentPage:
		return "a page of " + by + " fires"
	case silentFolded:
		return "the page of its step " + by + " fires"
	case silentSource:
		return "the alert of " + by + " fires"
	case silentOver:
		return "what spent the budget is over"
	default:
		return "the condition is false at present"
	}
}

// endText says how the episode ended.
func (e Episode) endText() string {
	switch {
	case e.Kind == alert.Missed:
		return fmt.Sprintf("%d events while nobody judged", len(e.Missed))
	case e.Kind == alert.Test:
		return "a test"
	case e.Until == nil:
		return "how it ended is not known"
	default:
		return fmt.Sprintf("%s at %s", e.Reason, minuteText(*e.Until))
	}
}

// text says what was spent.
func (i Impact) text() string {
	text := "cost " + shareText(i.Spent) + " of the budget"
	if i.SpentWithLead.Defined() {
		text += fmt.Sprintf(", and %s with the %s before it fired", shareText(i.SpentWithLead), i.Lead)
	}
	text += fmt.Sprintf("; %s was spent before, %s after", shareText(i.Before), shareText(i.After))
	if i.Total != nil && i.Bad != nil {
		text += fmt.Sprintf("; %s bad of %s events", *i.Bad, *i.Total)
	}
	if i.From == fromMessages {
		return text + "; by what was told"
	}
	return text + "; by the ledger"
}

// causes says which steps had a part in the errors.
func (i Impact) causes() []string {
	if i.Attribution == nil {
		return nil
	}
	var lines []string
	for _, a := range *i.Attribution {
		ratio, known := a.Ratio.Value()
		if !known {
			continue
		}
		line := percent(ratio, 1) + " of the errors by " + a.Step
		if a.Estimated {
			line += ", estimated"
		}
		lines = append(lines, line)
	}
	return lines
}

// shareText is a share of a budget, or a dash.
func shareText(r burnrate.Ratio) string {
	share, known := r.Value()
	if !known {
		return "–"
	}
	return percent(share, 1)
}
