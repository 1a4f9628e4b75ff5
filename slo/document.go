package slo

import (
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// Document is where something of a set is written, and whose that is.
type Document struct {
	Kind   string
	Name   string   // "" for Defaults
	Owners []string // names of teams, in order, each once; none when nothing says it
	Origin diag.Span
}

// documents says whose every document is. Of a journey, that is its owner and those of the
// steps in it; of a Team, the team unless it has another owner; of an Exclusion without an
// owner, whoever owns what is excluded. The declarations are ordered by place, and what
// they own is in the set.
func (s *Set) documents(d Declarations) []Document {
	var all []Document
	add := func(kind string, m Metadata, owners ...string) {
		owners = slices.DeleteFunc(append(owners, m.Owner.Value), func(name string) bool { return name == "" })
		slices.Sort(owners)
		all = append(all, Document{Kind: kind, Name: m.Name.Value, Owners: slices.Compact(owners), Origin: m.Origin})
	}
	for _, source := range d.Sources {
		add("Source", source.Metadata)
	}
	for _, team := range d.Teams {
		if team.Owner.Value != "" {
			add("Team", team.Metadata)
		} else {
			add("Team", team.Metadata, team.Name.Value)
		}
	}
	for _, journey := range d.Journeys {
		var owners []string
		for _, step := range journey.Steps {
			owners = append(owners, step.Owner.Value)
		}
		add("Journey", journey.Metadata, owners...)
	}
	for _, o := range d.SLOs {
		add("SLO", o.Metadata)
	}
	for _, policy := range d.Policies {
		add("AlertPolicy", policy.Metadata)
	}
	for _, notifier := range d.Notifiers {
		add("Notifier", notifier.Metadata)
	}
	for _, exclusion := range d.Exclusions {
		if exclusion.Owner.Value != "" {
			add("Exclusion", exclusion.Metadata)
		} else {
			add("Exclusion", exclusion.Metadata, s.excluded(exclusion)...)
		}
	}
	for _, defaults := range d.Defaults {
		add("Defaults", defaults.Metadata)
	}
	slices.SortStableFunc(all, func(a, b Document) int { return a.Origin.Compare(b.Origin) })
	return all
}

// excluded returns the owners of what an exclusion is about.
func (s *Set) excluded(d ExclusionDeclaration) []string {
	if d.ForOwner.Value != "" {
		return []string{d.ForOwner.Value}
	}
	var patterns, owners []string
	for _, pattern := range d.SLOs {
		patterns = append(patterns, pattern.Value)
	}
	for _, j := range s.Journeys {
		if covers(patterns, j.ID) {
			owners = append(owners, j.About.Owner)
		}
	}
	for _, o := range s.SLOs {
		if covers(patterns, o.ID) {
			owners = append(owners, o.About.Owner)
		}
	}
	return owners
}
