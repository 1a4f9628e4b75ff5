package simulator

import (
	"fmt"
	"maps"
	"time"
)

// maxMutedValues is how many values the conditions of a muting rule can have.
const maxMutedValues = 500

// mutingRules keep issues from notifying anybody. The simulator keeps the rules
// and has no issues.
func mutingRules() *resourceKind {
	return &resourceKind{
		bucket: "muting rule", name: "muting rules", input: "AlertsMutingRuleInput",
		check: func(_ call, next *resource) []problem {
			values := 0
			for _, condition := range listOf(objectOf(next.state, "condition"), "conditions") {
				values += len(listOf(condition, "values"))
			}
			problems := checkSchedule(objectOf(next.state, "schedule"))
			if values > maxMutedValues {
				problems = append(problems, problem{"condition", fmt.Sprintf("must have at most %d values", maxMutedValues)})
			}
			return problems
		},
		show: func(_ call, shown *resource, fields map[string]any) {
			fields["createdByUser"], fields["updatedByUser"] = user(), user()
			if schedule := objectOf(shown.state, "schedule"); schedule != nil {
				fields["schedule"] = showSchedule(schedule)
			}
		},
	}
}

func checkSchedule(schedule map[string]any) []problem {
	if schedule == nil {
		return nil
	}
	var problems []problem
	fail := func(name, reason string) { problems = append(problems, problem{"schedule." + name, reason}) }
	if name := textOf(schedule, "timeZone"); zone(name) == nil {
		fail("timeZone", fmt.Sprintf("%q is not the name of a time zone", name))
	}
	// Times of this layout sort as texts.
	start, end := textOf(schedule, "startTime"), textOf(schedule, "endTime")
	if start != "" && end != "" && end <= start {
		fail("endTime", "must be after startTime")
	}
	if schedule["endRepeat"] != nil && schedule["repeatCount"] != nil {
		fail("repeatCount", "cannot be set together with endRepeat")
	}
	if len(listOf(schedule, "weeklyRepeatDays")) > 0 && textOf(schedule, "repeat") != "WEEKLY" {
		fail("weeklyRepeatDays", "can be set for the repetition WEEKLY only")
	}
	return problems
}

// zone returns a time zone, or nil. The one of this machine has no place in an
// account.
func zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	found, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return found
}

// showSchedule gives times the offset of their zone. They are sent without one.
func showSchedule(schedule map[string]any) map[string]any {
	shown := maps.Clone(schedule)
	for _, name := range []string{"startTime", "endTime", "endRepeat"} {
		if at, err := time.ParseInLocation(naiveTime, textOf(schedule, name), zone(textOf(schedule, "timeZone"))); err == nil {
			shown[name] = at.Format(time.RFC3339)
		}
	}
	return shown
}

func mutingRuleResolvers() map[string]resolve {
	k := mutingRules()
	return map[string]resolve{
		"RootMutationType.alertsMutingRuleCreate": alone(k.create("rule")),
		"RootMutationType.alertsMutingRuleUpdate": alone(k.update(byID("id"), "rule")),
		"RootMutationType.alertsMutingRuleDelete": alone(k.remove(byID("id"))),
		"AlertsAccountStitchedFields.mutingRule":  one(k.bucket),
		"AlertsAccountStitchedFields.mutingRules": locked(func(c call, parent any) (any, *queryError) {
			account, _ := parent.(int64)
			return c.views(c.control().list(k.bucket, account, nil)), nil
		}),
	}
}
