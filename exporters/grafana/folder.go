package grafana

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// Folder is one of Grafana: that of a team, or of the dashboards of everything.
type Folder struct {
	UID   string
	Title string // at most 189 characters, unique
	Name  string // of a folder of files: the name of the team, or slojourn; unique
}

// fleet is the folder of the dashboards of everything.
func (m *maker) fleet() Folder {
	title := "Service levels"
	if m.options.Locale == slo.Japanese {
		title = "サービスレベル"
	}
	return Folder{UID: uid.Fleet, Title: title, Name: uid.Fleet}
}

// folders returns a function that finds the folder of an owner. Teams that have the title
// of another folder have their name beside it.
func (m *maker) folders() func(owner string) Folder {
	fleet := m.fleet()
	teams := map[string]Folder{"": fleet} // who has no owner is in the folder of everything
	titles := map[string]int{fleet.Title: 1}
	for _, t := range m.set.Teams {
		titles[titleOf(t.Title, t.Name)]++
	}
	return func(owner string) Folder {
		if folder, known := teams[owner]; known {
			return folder
		}
		folder := Folder{UID: uid.Folder(owner), Title: plain(owner), Name: owner}
		if t := m.set.Team(owner); t != nil {
			folder.Title = titleOf(t.Title, t.Name)
			if titles[folder.Title] > 1 {
				folder.Title += " (" + plain(owner) + ")"
			}
		}
		if owner == fleet.Name {
			folder.Name += ".team" // which is the name of no team
		}
		teams[owner] = folder
		return folder
	}
}

// titleOf returns what a thing is called: its title, or its id when it has none.
func titleOf(title, id string) string { return cmp.Or(plain(title), plain(id)) }

// fileOf names the file of a step or an SLO.
func fileOf(s *slo.SLO) string {
	if s.Kind == slo.KindStep {
		return "step." + strings.Replace(s.ID, "/", ".", 1)
	}
	return "slo." + s.ID
}

func byID(a, b subject) int { return cmp.Compare(a.id, b.id) }

// distinguish puts the id beside titles that a folder has more than once.
func (m *maker) distinguish() {
	type place struct{ folder, title string }
	for again := true; again; {
		again = false
		times := map[place]int{}
		for _, s := range m.subjects {
			times[place{s.folder.UID, s.title}]++
		}
		for i := range m.subjects {
			if s := &m.subjects[i]; times[place{s.folder.UID, s.title}] > 1 && s.title != s.id {
				s.title += " (" + s.id + ")" // which may be the title of another one
				again = true
			}
		}
	}
}

// subject returns what has a dashboard by its id, nil when nothing of the id has one.
func (m *maker) subject(id string) *subject {
	i, found := slices.BinarySearchFunc(m.subjects, id, func(s subject, id string) int { return cmp.Compare(s.id, id) })
	if !found {
		return nil
	}
	return &m.subjects[i]
}
