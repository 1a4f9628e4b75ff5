package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (c *comparison) teams() {
	was, is := owned(c.before), owned(c.after)
	for _, p := range match(c.before.Teams, c.after.Teams, func(t *slo.Team) string { return t.Name }, same) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(Change{Kind: TeamAdded, Weight: Gains, Subject: Subject{Team, a.Name}, After: diag.Verbatim(a.Contact), Reaches: is[a.Name], Place: a.Origin})
		case a == nil:
			c.add(Change{Kind: TeamRemoved, Weight: Loses, Subject: Subject{Team, b.Name}, Before: diag.Verbatim(b.Contact), Reaches: was[b.Name], Place: b.Origin})
		default:
			subject := Subject{Team, a.Name}
			c.add(text(TitleChanged, subject, a.Origin, b.Title, a.Title)...)
			c.add(text(ContactChanged, subject, a.Origin, b.Contact, a.Contact)...)
			c.add(weighted(text(CodeOwnersChanged, subject, a.Origin, codeOwners(b), codeOwners(a)), comesOrGoes(Changes))...)
			before, after := c.before.NotifiersOf(b.Name), c.after.NotifiersOf(a.Name)
			for _, name := range missing(before, after) {
				c.add(Change{Kind: RouteRemoved, Weight: Loses, Subject: subject, Before: diag.Verbatim(name), Reaches: is[a.Name], Place: a.Origin})
			}
			for _, name := range missing(after, before) {
				c.add(Change{Kind: RouteAdded, Weight: Gains, Subject: subject, After: diag.Verbatim(name), Reaches: is[a.Name], Place: a.Origin})
			}
		}
	}
}

// codeOwners lists who reviews the specs of a team, whose order says nothing.
func codeOwners(t *slo.Team) string {
	return strings.Join(slices.Sorted(slices.Values(t.CodeOwners)), ", ")
}

// owned returns the ids of what each owner has, in order.
func owned(set *slo.Set) map[string][]string {
	all := map[string][]string{}
	for _, j := range set.Journeys {
		all[j.About.Owner] = append(all[j.About.Owner], j.ID)
	}
	for _, s := range set.SLOs {
		all[s.About.Owner] = append(all[s.About.Owner], s.ID)
	}
	for owner := range all {
		slices.Sort(all[owner])
	}
	return all
}

func (c *comparison) notifiers() {
	for _, p := range match(c.before.Notifiers, c.after.Notifiers, func(n *slo.Notifier) string { return n.Name }, same) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(Change{Kind: NotifierAdded, Weight: Gains, Subject: Subject{Notifier, a.Name}, After: notifierText(a), Place: a.Origin})
		case a == nil:
			c.add(Change{Kind: NotifierRemoved, Weight: Loses, Subject: Subject{Notifier, b.Name}, Before: notifierText(b), Place: b.Origin})
		default:
			subject := Subject{Notifier, a.Name}
			c.add(weighted(said(NotifierTarget, subject, a.Origin, notifierText(b), notifierText(a)), always(Changes))...)
			c.add(weighted(text(HeartbeatChanged, subject, a.Origin, durationText(b.Heartbeat), durationText(a.Heartbeat)), comesOrGoes(Changes))...)
			c.add(text(NotifierLocale, subject, a.Origin, string(b.Locale), string(a.Locale))...)
			c.titled(subject, a.Origin, [2]string{b.Title, a.Title}, [2]string{b.Owner, a.Owner})
		}
	}
}

// titled compares title and owner of a document that is about nothing measured.
func (c *comparison) titled(subject Subject, place diag.Span, titles, owners [2]string) {
	c.add(text(TitleChanged, subject, place, titles[0], titles[1])...)
	c.owner(subject, place, owners[0], owners[1])
}

// notifierText says where messages go. Secrets are only named.
func notifierText(n *slo.Notifier) diag.Phrase {
	var texts []diag.Phrase
	if n.Alertmanager != nil {
		var urls []string
		for _, u := range n.Alertmanager.URLs {
			urls = append(urls, u.Value)
		}
		texts = append(texts, diag.Verbatim("alertmanager "+strings.Join(urls, " ")))
	}
	if n.Slack != nil {
		texts = append(texts, diag.Say("slack, webhook from %s", n.Slack.Webhook.Phrase()))
	}
	if n.Webhook != nil {
		text := diag.Say("webhook %s, unsigned", n.Webhook.URL.Value)
		if n.Webhook.HMACKey != (slo.SecretRef{}) {
			text = diag.Say("webhook %s, signed with %s", n.Webhook.URL.Value, n.Webhook.HMACKey.Phrase())
		}
		texts = append(texts, text)
	}
	if n.PagerDuty != nil {
		texts = append(texts, diag.Say("pagerDuty, routing key from %s", n.PagerDuty.RoutingKey.Phrase()))
	}
	return parted(texts)
}

// durationText is "" for none.
func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return slo.FormatDuration(d)
}

func (c *comparison) sources() {
	was, is := measuredBy(c.before), measuredBy(c.after)
	for _, p := range match(c.before.Sources, c.after.Sources, func(s *slo.Source) string { return s.Name }, same) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(Change{Kind: SourceAdded, Weight: Gains, Subject: Subject{Source, a.Name}, After: sourceText(a), Reaches: is[a.Name], Place: a.Origin})
		case a == nil:
			c.add(Change{Kind: SourceRemoved, Weight: Loses, Subject: Subject{Source, b.Name}, Before: sourceText(b), Reaches: was[b.Name], Place: b.Origin})
		default:
			c.source(b, a, is[a.Name])
		}
	}
}

func (c *comparison) source(b, a *slo.Source, reaches []string) {
	subject := Subject{Source, a.Name}
	before, after := sourceSettings(b), sourceSettings(a)
	names := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		for _, change := range weighted(said(SourceSetting, subject, a.Origin, before[name], after[name]), always(Changes)) {
			change.Detail, change.Reaches = name, reaches
			c.add(change)
		}
	}
	c.titled(subject, a.Origin, [2]string{b.Title, a.Title}, [2]string{b.Owner, a.Owner})
}

// measuredBy returns the ids that each source measures, in order.
func measuredBy(set *slo.Set) map[string][]string {
	all := map[string][]string{}
	for _, s := range set.Measured() {
		if s.Source != nil {
			all[s.Source.Name] = append(all[s.Source.Name], s.ID)
		}
	}
	for name := range all {
		slices.Sort(all[name])
	}
	return all
}

// sourceSettings has what a source says of itself, by the keys of specs.
func sourceSettings(s *slo.Source) map[string]diag.Phrase {
	if s.File != nil {
		return map[string]diag.Phrase{"file": diag.Verbatim(s.File.Path)}
	}
	n := s.NewRelic
	settings := map[string]diag.Phrase{
		"accountId": count(n.AccountID), "region": diag.Verbatim(string(n.Region)), "apiKey": n.APIKey.Phrase(), "endpoint": diag.Verbatim(n.Endpoint),
		"queryLag": duration(n.QueryLag), "lateness": duration(n.Lateness), "retention default": duration(n.Retention.Default),
	}
	for eventType, kept := range n.Retention.ByType {
		settings["retention "+eventType] = duration(kept)
	}
	return settings
}

func sourceText(s *slo.Source) diag.Phrase {
	if s.File != nil {
		return diag.Say("file %s", s.File.Path)
	}
	return diag.Say("New Relic account %d, %s", s.NewRelic.AccountID, cmp.Or(s.NewRelic.Region, slo.US))
}
