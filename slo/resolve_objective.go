package slo

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// noAlerts is what stands for no policy at all.
const noAlerts = "none"

// objectives resolves the objectives of one thing. alerts are what it and what
// is around it say of alerts, the nearest first.
func (r *resolver) objectives(declared []ObjectiveDeclaration, sli *SLIDeclaration, folder string, alerts ...diag.Located[string]) []Objective {
	alerts = append(alerts, r.defaultsOf(folder).Alerts)
	for _, ref := range alerts[:len(alerts)-1] {
		r.policy(ref)
	}
	var objectives []Objective
	first := map[string]diag.Span{}
	for i, d := range declared {
		window, ok := r.window(d, folder)
		own := r.policy(d.Alerts)
		if !ok || !d.Target.Value.Valid() {
			continue // reported
		}
		o := Objective{Name: cmp.Or(d.Name.Value, window.String()), Target: d.Target.Value, Window: window, Alerts: own, Span: d.Span}
		place, twice := first[o.Name]
		if twice {
			r.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.Span,
				Message: diag.Say("two objectives are named %q", o.Name),
				Hint:    diag.Say("add a name to one of them, such as name: contract"),
				Related: []diag.Related{{Span: place, Message: diag.Say("the first one is at %s", place)}},
			})
		} else {
			first[o.Name] = d.Span
		}
		if i == 0 && !d.Alerts.Written() {
			o.Alerts, o.Undecided = r.nearest(alerts)
			if !slices.ContainsFunc(alerts[:len(alerts)-1], diag.Located[string].Written) {
				o.DefaultAlerts = alerts[len(alerts)-1].Span
			}
		}
		o.DefaultWindow, o.DefaultTimeZone = r.defaultWindow(d, window, folder)
		if o.Alerts != nil {
			r.checkTiers(d, o)
			r.checkSlice(sli, o.Alerts)
		}
		if !twice {
			objectives = append(objectives, o)
		}
	}
	return objectives
}

// window returns the window of an objective: its own or the folder's default.
func (r *resolver) window(d ObjectiveDeclaration, folder string) (Window, bool) {
	defaults := r.defaultsOf(folder)
	window, span := d.Window.Value, d.Window.Span
	if !d.Window.Written() {
		window, span = defaults.Window.Value, d.Span
		if !defaults.Window.Written() {
			r.list.Errorf(diag.CodeMissing, d.Span, windowHint(d), "this objective has no window")
		}
	}
	zone := d.TimeZone
	var location *time.Location
	if zone.Written() {
		if location = r.zoneOf(zone); location == nil {
			return Window{}, false
		}
	}
	switch {
	case !window.Valid():
		return Window{}, false // reported
	case !window.IsCalendar() && zone.Written():
		r.warn(diag.CodeNoEffect, zone.Span, diag.Say("remove it, or use a calendar window such as month"),
			"the time zone changes nothing, as a window of %s is the same everywhere", window)
	case window.IsCalendar() && !zone.Written():
		if zone = defaults.TimeZone; !zone.Written() {
			r.list.Errorf(diag.CodeTimeZone, span, zoneHint(d),
				"nothing says in which time zone the %s begins", window)
			return Window{}, false
		}
		if location = r.zoneOf(zone); location == nil {
			return Window{}, false // reported
		}
	}
	return window.In(location), true
}

// defaultWindow is where Defaults say the window of an objective, and the time zone of a
// calendar window; unknown where the objective says it.
func (r *resolver) defaultWindow(d ObjectiveDeclaration, window Window, folder string) (span, zone diag.Span) {
	defaults := r.defaultsOf(folder)
	if !d.Window.Written() {
		span = defaults.Window.Span
	}
	if window.IsCalendar() && !d.TimeZone.Written() {
		zone = defaults.TimeZone.Span
	}
	return span, zone
}

// windowHint says how to add a window to an objective.
func windowHint(d ObjectiveDeclaration) diag.Phrase {
	if isTargetAlone(d) {
		return diag.Say("write {target: %s, window: 28d}, or set window in Defaults", d.Target.Value)
	}
	return diag.Say("add window: 28d to the objective, or set window in Defaults")
}

// zoneHint says how to add a time zone to an objective.
func zoneHint(d ObjectiveDeclaration) diag.Phrase {
	if isTargetAlone(d) {
		return diag.Say("write {target: %s, timeZone: Asia/Tokyo}, or set timeZone in Defaults", d.Target.Value)
	}
	return diag.Say("add timeZone: Asia/Tokyo, or another one, to the objective or to Defaults")
}

// isTargetAlone reports whether an objective is written without a mapping.
func isTargetAlone(d ObjectiveDeclaration) bool {
	return d.Span == d.Target.Span && d.Target.Value.Valid()
}

// policy follows a reference to an alert policy. The result is nil for none,
// and for what was not written.
func (r *resolver) policy(ref diag.Located[string]) *AlertPolicy {
	if ref.Value == "" || ref.Value == noAlerts {
		return nil
	}
	policy, known := r.policies[ref.Value]
	if !known {
		unknown(r, diag.Say("alert policy"), ref, r.policies, diag.Say("add a document of kind AlertPolicy"), noAlerts)
	}
	return policy
}

// nearest returns the policy of the first reference that was written, and whether none
// was.
func (r *resolver) nearest(alerts []diag.Located[string]) (policy *AlertPolicy, undecided bool) {
	for _, ref := range alerts {
		if ref.Written() {
			return r.policies[ref.Value], false
		}
	}
	return nil, true
}

// checkSlice reports slices that are too long for a policy: the shortest of
// its windows must hold five of them, or it says little.
func (r *resolver) checkSlice(sli *SLIDeclaration, policy *AlertPolicy) {
	if sli == nil || sli.Slice == nil {
		return
	}
	every, shortest := sli.Slice.Every, policy.ShortestWindow()
	if every.Value <= 0 || shortest == 0 || 5*every.Value <= shortest {
		return
	}
	hint := diag.Say("use an alert policy with longer windows")
	if longest := longestSlice(shortest / 5); longest > 0 {
		hint = diag.Say("write every: %s, or %s", FormatDuration(longest), hint)
	}
	r.list.Errorf(diag.CodeSlice, every.Span, hint, "slices of %s are longer than a fifth of %s, the shortest window of the alert policy %s",
		FormatDuration(every.Value), FormatDuration(shortest), policy.Name)
}

// longestSlice returns the longest length of slices that is at most as given,
// 0 when there is none.
func longestSlice(most time.Duration) time.Duration {
	for minutes := min(60, int64(most/time.Minute)); minutes > 0; minutes-- {
		if 60%minutes == 0 {
			return time.Duration(minutes) * time.Minute
		}
	}
	return 0
}
