package slo

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolveTeams(declared []TeamDeclaration) {
	names := r.names(diag.Say("team"))
	for _, d := range declared {
		if !names.isFirst(d.Name) {
			continue
		}
		team := &Team{Name: d.Name.Value, Title: d.Title.Value, Contact: d.Contact.Value, Origin: d.Origin}
		for _, owner := range d.CodeOwners {
			team.CodeOwners = append(team.CodeOwners, owner.Value)
		}
		r.teams[team.Name] = team
		r.set.Teams = append(r.set.Teams, team)
	}
	for _, d := range declared {
		r.checkOwner(d.Owner)
	}
}

func (r *resolver) resolveNotifiers(declared []NotifierDeclaration) {
	names := r.names(diag.Say("notifier"))
	for _, d := range declared {
		r.checkOwner(d.Owner)
		if d.Heartbeat.Written() && (d.Slack != nil || d.PagerDuty != nil) {
			r.warn(diag.CodeNoEffect, d.Heartbeat.Span, diag.Say("remove it, or add a Notifier of Alertmanager or a webhook, where something can notice that it stops"),
				"the heartbeat changes nothing, as Slack and PagerDuty do not notice when it stops")
		}
		if !names.isFirst(d.Name) {
			continue
		}
		notifier := &Notifier{
			Name: d.Name.Value, Title: d.Title.Value, Owner: d.Owner.Value, Origin: d.Origin,
			Alertmanager: d.Alertmanager, Slack: d.Slack, Webhook: d.Webhook, PagerDuty: d.PagerDuty,
			Locale: cmp.Or(d.Locale.Value, English), Heartbeat: d.Heartbeat.Value,
		}
		r.notifiers[notifier.Name] = notifier
		r.set.Notifiers = append(r.set.Notifiers, notifier)
	}
}

// resolveNotify follows the teams' references to notifiers. A set without any
// notifier is probably a team's part of a larger one.
func (r *resolver) resolveNotify(d Declarations) {
	for _, team := range d.Teams {
		for _, ref := range team.Notify {
			notifier, known := r.notifiers[ref.Value]
			switch {
			case known:
				first := r.teams[team.Name.Value]
				switch {
				case first == nil || first.Origin != team.Origin:
				case slices.Contains(first.Notify, notifier):
					r.warn(diag.CodeNoEffect, ref.Span, diag.Say("remove it"), "notify names %s already", notifier.Name)
				default:
					first.Notify = append(first.Notify, notifier)
				}
			case len(d.Notifiers) == 0 && d.mayHold("Notifier"):
				return
			case len(d.Notifiers) == 0:
				r.list.Add(diag.Diagnostic{
					Code: diag.CodeReference, Severity: diag.Info, Span: ref.Span,
					Message: diag.Say("no Notifier is declared, so references to notifiers are not checked"),
					Hint:    diag.Say("add a document of kind Notifier, or leave that to whoever runs slojourn"),
				})
				return
			default:
				unknown(r, diag.Say("notifier"), ref, r.notifiers, diag.Say("add a document of kind Notifier"))
			}
		}
	}
}

func (r *resolver) resolveSources(declared []SourceDeclaration) {
	names := r.names(diag.Say("source"))
	for _, d := range declared {
		r.checkOwner(d.Owner)
		if !names.isFirst(d.Name) {
			continue
		}
		source := &Source{Name: d.Name.Value, Title: d.Title.Value, Owner: d.Owner.Value, Origin: d.Origin}
		if d.File.Written() {
			source.File = &File{Path: d.File.Value, Folder: d.Folder}
		} else {
			source.NewRelic = d.newRelic()
		}
		r.sources[source.Name] = source
		r.set.Sources = append(r.set.Sources, source)
	}
}

func (d SourceDeclaration) newRelic() NewRelic {
	account := NewRelic{
		AccountID: d.AccountID.Value,
		Region:    cmp.Or(d.Region.Value, US),
		APIKey:    d.APIKey.Value,
		Endpoint:  d.Endpoint.Value,
		QueryLag:  or(d.QueryLag, DefaultQueryLag),
		Lateness:  or(d.Lateness, DefaultLateness),
		Retention: Retention{Default: DefaultRetention, ByType: map[string]time.Duration{"Metric": MetricRetention}},
	}
	for _, r := range d.Retention {
		if r.EventType.Value == "default" {
			account.Retention.Default = r.Kept.Value
		} else {
			account.Retention.ByType[r.EventType.Value] = r.Kept.Value
		}
	}
	return account
}

// or returns what was written, or else what holds without.
func or[T any](written diag.Located[T], otherwise T) T {
	if written.Written() {
		return written.Value
	}
	return otherwise
}

func (r *resolver) resolveDefaults(declared []DefaultsDeclaration) {
	for _, d := range declared {
		r.source(d.Source)
		if r.zoneOf(d.TimeZone) == nil {
			d.TimeZone.Value = "" // one finding is enough
		}
		r.policy(d.Alerts)
		if first, twice := r.defaults[d.Folder]; twice {
			r.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.Origin,
				Message: diag.Say("this folder has a second document of kind Defaults"),
				Hint:    diag.Say("keep one of them"),
				Related: []diag.Related{{Span: first.Origin, Message: diag.Say("the first one is at %s", first.Origin)}},
			})
			continue
		}
		r.defaults[d.Folder] = d
	}
}

func (r *resolver) source(ref diag.Located[string]) *Source {
	if ref.Value == "" {
		return nil // reported
	}
	if source, known := r.sources[ref.Value]; known || len(r.sources) == 0 {
		return source
	}
	unknown(r, diag.Say("source"), ref, r.sources, diag.Say("add a document of kind Source"))
	return nil
}

// defaultSource is where Defaults say what measures an SLI.
func (r *resolver) defaultSource(sli *SLIDeclaration, folder string) diag.Span {
	if sli == nil || sli.Source.Written() {
		return diag.Span{}
	}
	return r.defaultsOf(folder).Source.Span
}

// sourceOf finds the source that measures an SLI: its own, the folder's
// default, or the only one there is.
func (r *resolver) sourceOf(sli *SLIDeclaration, folder string) *Source {
	if sli == nil {
		return nil
	}
	if sli.Source.Written() {
		return r.source(sli.Source)
	}
	if d := r.defaultsOf(folder); d.Source.Written() {
		return r.sources[d.Source.Value]
	}
	if len(r.set.Sources) > 1 {
		r.list.Errorf(diag.CodeMissing, sli.Span, diag.Say("add source: NAME to the sli or to Defaults; known: %s", join(keys(r.sources))),
			"several sources are declared and nothing says which one measures this")
	}
	if len(r.set.Sources) == 1 {
		return r.set.Sources[0]
	}
	return nil
}
