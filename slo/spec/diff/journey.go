package diff

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// measured is what journeys and SLOs have in common.
type measured struct {
	subject    Subject
	about      slo.About
	sli        *slo.SLI // nil of a composed journey
	source     *slo.Source
	indicator  slo.IndicatorID
	history    slo.History
	objectives []slo.Objective
}

func ofJourney(j *slo.Journey) measured {
	return measured{Subject{Journey, j.ID}, j.About, j.SLI, j.Source, j.Indicator, j.History, j.Objectives}
}

func ofSLO(s *slo.SLO) measured {
	what := SLO
	if s.Kind == slo.KindStep {
		what = Step
	}
	return measured{Subject{what, s.ID}, s.About, &s.SLI, s.Source, s.Indicator, s.History, s.Objectives}
}

func (c *comparison) journeys() {
	for _, p := range match(c.before.Journeys, c.after.Journeys, func(j *slo.Journey) string { return j.ID }, c.old) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(added(JourneyAdded, ofJourney(a), journeyText(a))...)
			for i := range a.Steps {
				c.stepAccepts(a, nil, &a.Steps[i])
			}
		case a == nil:
			c.add(removed(JourneyRemoved, ofJourney(b), journeyText(b)))
		default:
			c.measured(ofJourney(b), ofJourney(a))
			c.compose(b, a)
			c.steps(b, a)
		}
	}
}

func (c *comparison) slos() {
	before, after := journeysByID(c.before), journeysByID(c.after)
	for _, p := range match(c.before.SLOs, c.after.SLOs, func(s *slo.SLO) string { return s.ID }, c.old) {
		switch b, a := p.before, p.after; {
		case b == nil:
			// Of a new journey the steps are new as well, and a step that was measured by
			// another SLO before is told of at the journey.
			journey, step, isStep := strings.Cut(a.ID, "/")
			old := before[c.old(journey)]
			switch {
			case !isStep:
				c.add(added(SLOAdded, ofSLO(a), promised(a.Objectives))...)
			case old != nil && stepNamed(old, step) == nil:
				c.add(added(StepAdded, ofSLO(a), promised(a.Objectives))...)
			}
		case a == nil:
			journey, step, isStep := strings.Cut(b.ID, "/")
			left := c.present(after, journey)
			switch {
			case !isStep:
				c.add(removed(SLORemoved, ofSLO(b), promised(b.Objectives)))
			case left != nil && stepNamed(left, step) == nil:
				gone := removed(StepRemoved, ofSLO(b), promised(b.Objectives))
				gone.Subject.Name = left.ID + "/" + step // shown under the journey as it is called now
				c.add(gone)
			}
		default:
			c.measured(ofSLO(b), ofSLO(a))
		}
	}
}

func journeysByID(set *slo.Set) map[string]*slo.Journey {
	byID := map[string]*slo.Journey{}
	for _, j := range set.Journeys {
		byID[j.ID] = j
	}
	return byID
}

// present returns the journey that one of before has become, nil when it is gone.
func (c *comparison) present(after map[string]*slo.Journey, id string) *slo.Journey {
	for now, was := range c.was {
		if was == id {
			return after[now]
		}
	}
	return after[id]
}

// stepNamed returns a step of a journey, nil when it has none of the name.
func stepNamed(j *slo.Journey, name string) *slo.Step {
	if i := slices.IndexFunc(j.Steps, func(s slo.Step) bool { return s.Name == name }); i >= 0 {
		return &j.Steps[i]
	}
	return nil
}

// added says what is new, and which findings it accepts.
func added(kind Kind, m measured, after diag.Phrase) []Change {
	one := Change{Subject: m.subject, Place: m.about.Origin}
	accepted := acceptances(one, nil, m.about.Accepts)
	one.Kind, one.Weight, one.After = kind, Gains, after
	return append(accepted, one)
}

func removed(kind Kind, m measured, before diag.Phrase) Change {
	return Change{Kind: kind, Weight: Loses, Subject: m.subject, Before: before, Place: m.about.Origin}
}

// journeyText says what a journey promises: 99.5% over 28d, alerts paging; 3 steps.
func journeyText(j *slo.Journey) diag.Phrase {
	steps := diag.Say("%d steps", len(j.Steps))
	if len(j.Steps) == 1 {
		steps = diag.Say("1 step")
	}
	return parted([]diag.Phrase{promised(j.Objectives), steps})
}

// promised says what objectives promise: 99.9% over 28d, alerts paging.
func promised(objectives []slo.Objective) diag.Phrase {
	if len(objectives) == 0 {
		return diag.Say("no objective")
	}
	var list []diag.Phrase
	for _, o := range objectives {
		list = append(list, objectiveText(o))
	}
	return parted(list)
}

// measured compares what has an id on both sides.
func (c *comparison) measured(b, a measured) {
	if b.subject.Name != a.subject.Name && a.subject.What != Step { // a step is called as its journey is
		c.add(Change{Kind: Renamed, Weight: Neutral, Subject: a.subject, Before: diag.Verbatim(b.subject.Name), After: diag.Verbatim(a.subject.Name), Place: a.about.Origin})
	}
	c.about(a.subject, b.subject.Name, b.about, a.about)
	c.sli(b, a)
	c.objectives(a.subject, a.about.Origin, b.objectives, a.objectives)
}

// about compares what people want to know of something that was called old.
func (c *comparison) about(subject Subject, old string, b, a slo.About) {
	place := a.Origin
	c.owner(subject, place, b.Owner, a.Owner)
	if b.Stage != a.Stage {
		change := Change{Kind: StageActive, Weight: Gains, Subject: subject, Before: diag.Verbatim(string(b.Stage)), After: diag.Verbatim(string(a.Stage)), Place: place}
		if a.Stage == slo.Observe {
			change.Kind, change.Weight = StageObserve, Loses
			change.Notes = []diag.Phrase{diag.Say("nobody is told of its alerts any more")}
		}
		c.add(change)
	}
	c.add(weighted(text(WhenSpentChanged, subject, place, oneLine(b.WhenSpent), oneLine(a.WhenSpent)), comesOrGoes(Changes))...)
	c.add(weighted(text(RunbookChanged, subject, place, b.Runbook, a.Runbook), comesOrGoes(Neutral))...)
	c.add(text(TitleChanged, subject, place, b.Title, a.Title)...)
	c.add(text(DescriptionChanged, subject, place, oneLine(b.Description), oneLine(a.Description))...)
	before, after := linkTexts(b.Links), linkTexts(a.Links)
	for _, link := range missing(before, after) {
		c.add(Change{Kind: LinkRemoved, Weight: Neutral, Subject: subject, Before: diag.Verbatim(link), Place: place})
	}
	for _, link := range missing(after, before) {
		c.add(Change{Kind: LinkAdded, Weight: Neutral, Subject: subject, After: diag.Verbatim(link), Place: place})
	}
	c.labels(subject, place, b.Labels, a.Labels)
	c.add(acceptances(Change{Subject: subject, Place: place}, b.Accepts, a.Accepts)...)
	former := slices.Sorted(slices.Values(a.RenamedFrom))
	if old != subject.Name { // the renaming is told
		former = slices.DeleteFunc(former, func(name string) bool { return name == old })
	}
	c.add(text(FormerNames, subject, place, strings.Join(slices.Sorted(slices.Values(b.RenamedFrom)), ", "), strings.Join(former, ", "))...)
}

func linkTexts(links []slo.Link) []string {
	var texts []string
	for _, l := range links {
		texts = append(texts, l.Title+" "+l.URL)
	}
	return texts
}

func (c *comparison) labels(subject Subject, place diag.Span, b, a map[string]string) {
	label := func(key, before, after string) {
		c.add(Change{Kind: LabelChanged, Weight: Neutral, Subject: subject, Detail: key, Before: diag.Verbatim(before), After: diag.Verbatim(after), Place: place})
	}
	for key, before := range b {
		if after, still := a[key]; !still || before != after {
			label(key, before, after)
		}
	}
	for key, after := range a {
		if _, already := b[key]; !already {
			label(key, "", after)
		}
	}
}

// owner compares who owns something, and who is told of it.
func (c *comparison) owner(subject Subject, place diag.Span, before, after string) {
	if before == after {
		return
	}
	change := Change{Kind: OwnerChanged, Weight: Changes, Subject: subject, Before: diag.Verbatim(before), After: diag.Verbatim(after), Place: place}
	switch {
	case after == "":
		change.Kind, change.Weight = OwnerLost, Loses
	case before == "":
		change.Kind, change.Weight = OwnerGained, Gains
	}
	if was, is := told(c.before, before), told(c.after, after); subject.measured() && !was.Equal(is) {
		change.Notes = []diag.Phrase{diag.Say("told through %s, before through %s", is, was)}
	}
	c.add(change)
}

// told names what an owner is told through.
func told(set *slo.Set, owner string) diag.Phrase {
	if names := set.NotifiersOf(owner); len(names) > 0 {
		return diag.Joined(names)
	}
	return diag.Say("nothing")
}

// compose compares how the error of a journey follows from its steps'.
func (c *comparison) compose(b, a *slo.Journey) {
	if b.Compose == a.Compose {
		return
	}
	change := Change{
		Kind: ComposeChanged, Weight: Changes, Subject: Subject{Journey, a.ID}, Before: diag.Verbatim(string(b.Compose)), After: diag.Verbatim(string(a.Compose)), Place: a.About.Origin,
	}
	was, is := strictness(b.Compose), strictness(a.Compose)
	switch {
	case was == 0 || is == 0 || was == is:
	case is < was:
		change.Weight = Loosens
	default:
		change.Weight = Tightens
	}
	c.add(change)
}

// strictness orders compositions by the error that they make of the same steps, 0 where
// that depends. With errors of 1 % and 3 %, series is 3.97 %, worst 3 %, and a mean of
// both less.
func strictness(c slo.Compose) int {
	switch c {
	case slo.Series:
		return 3
	case slo.Worst:
		return 2
	case slo.Weighted, slo.Pooled:
		return 1
	case slo.Measured:
	}
	return 0
}

// steps compares what a journey makes of its steps: which SLO measures each, their order
// and weights. Steps with an SLI of their own come and go with it.
func (c *comparison) steps(b, a *slo.Journey) {
	subject, place := Subject{Journey, a.ID}, a.About.Origin
	var was, is []string
	for _, p := range match(pointers(b.Steps), pointers(a.Steps), func(s *slo.Step) string { return s.Name }, same) {
		switch before, after := p.before, p.after; {
		case before == nil:
			c.stepAccepts(a, nil, after)
			if after.SLO.Kind != slo.KindStep {
				c.add(Change{Kind: StepAdded, Weight: Gains, Subject: subject, Detail: after.Name, After: stepText(after), Place: place})
			}
		case after == nil:
			if before.SLO.Kind != slo.KindStep {
				c.add(Change{Kind: StepRemoved, Weight: Loses, Subject: subject, Detail: before.Name, Before: stepText(before), Place: place})
			}
		default:
			was, is = append(was, before.Name), append(is, after.Name)
			c.step(subject, a, before, after)
		}
	}
	slices.SortFunc(was, func(x, y string) int { return stepIndex(b, x) - stepIndex(b, y) })
	if !slices.Equal(was, is) {
		c.add(Change{Kind: StepOrder, Weight: Neutral, Subject: subject, Before: diag.Joined(was), After: diag.Joined(is), Place: place})
	}
}

func (c *comparison) step(subject Subject, j *slo.Journey, b, a *slo.Step) {
	place := stepPlace(j, a)
	if c.old(a.SLO.ID) != b.SLO.ID {
		c.add(Change{Kind: StepSLO, Weight: Changes, Subject: subject, Detail: a.Name, Before: stepText(b), After: stepText(a), Place: place})
	}
	if b.Weight.Rat().Cmp(a.Weight.Rat()) != 0 {
		change := Change{Kind: StepWeight, Weight: Changes, Subject: subject, Detail: a.Name, Before: diag.Verbatim(b.Weight.String()), After: diag.Verbatim(a.Weight.String()), Place: place}
		if j.Compose != slo.Weighted {
			change.Weight, change.Notes = Neutral, []diag.Phrase{diag.Say("the journey is not composed by weights")}
		}
		c.add(change)
	}
	c.stepAccepts(j, b.Accepts, a)
	if a.Title == a.SLO.About.Title && b.Title == b.SLO.About.Title && a.SLO.Kind == slo.KindStep && b.SLO.Kind == slo.KindStep {
		return // the SLO of the step has it, and tells it
	}
	for _, change := range text(TitleChanged, subject, place, b.Title, a.Title) {
		change.Detail = a.Name
		c.add(change)
	}
}

// stepPlace is where a step stands, as far as that is known.
func stepPlace(j *slo.Journey, s *slo.Step) diag.Span {
	if s.SLO.Kind == slo.KindStep {
		return s.SLO.About.Origin
	}
	return j.About.Origin
}

// stepText says what measures a step and what that promises.
func stepText(s *slo.Step) diag.Phrase {
	if s.SLO.Kind == slo.KindStep {
		return diag.Say("an SLI of its own, %s", promised(s.SLO.Objectives))
	}
	return diag.Say("SLO %s, %s", s.SLO.ID, promised(s.SLO.Objectives))
}

func stepIndex(j *slo.Journey, name string) int {
	return slices.IndexFunc(j.Steps, func(s slo.Step) bool { return s.Name == name })
}
