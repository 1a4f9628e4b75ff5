package grafana

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// Folder is one of Grafana: that of a team, or of the dashboards of everything.
type Folder struct {
	UID   string
	Title string // at most 189 characters, unique
	Name  string // of a folder of files: the name of the team, or slojourn; unique
}

// Bounds of titles. The name of a team, which may stand beside its title, has 63 bytes.
const (
	mostTitle       = 189 // characters that Grafana takes
	mostElement     = 255 // bytes that a file system takes of an element of a path
	mostFolderTitle = 180 // bytes without a name beside it
)

// Element is the title as one element of a path, for those who make a folder of files of
// it, wherever it leads: nothing is in it that leads elsewhere, and it is not hidden. No
// other folder of a set has it, whatever case its letters have.
func (f Folder) Element() string {
	name := strings.Map(func(r rune) rune {
		if r == '/' || unicode.IsControl(r) || r == utf8.RuneError {
			return '-'
		}
		return r
	}, f.Title)
	name = strings.TrimSpace(strings.TrimLeft(firstBytes(name, mostElement), ". "))
	return cmp.Or(name, f.Name)
}

// firstBytes returns the beginning of a text, up to so many bytes of whole characters.
func firstBytes(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// fleet is the folder of the dashboards of everything.
func (m *maker) fleet() Folder {
	title := "Service levels"
	if m.options.Locale == slo.Japanese {
		title = "サービスレベル"
	}
	return Folder{UID: uid.Fleet, Title: title, Name: uid.Fleet}
}

// reserved is the title of what Grafana shows that is in no folder.
const reserved = "General"

// folders returns the folders of owners, by their names. Teams that have the title of
// another folder have their name beside it.
func (m *maker) folders() map[string]Folder {
	fleet := m.fleet()
	all := map[string]*Folder{"": &fleet} // who has no owner is in the folder of everything
	list := []titled{{key: fleet.key}, {key: Folder{Title: reserved}.key}}
	add := func(owner, title string) {
		if all[owner] != nil {
			return
		}
		folder := &Folder{UID: uid.Folder(owner), Title: titleOf(title, owner), Name: owner}
		if len(folder.Title) > mostFolderTitle {
			folder.Title = firstBytes(folder.Title, mostFolderTitle-len("…")) + "…"
		}
		if owner == fleet.Name {
			folder.Name += ".team" // which is the name of no team
		}
		all[owner] = folder
		list = append(list, titled{title: &folder.Title, id: owner, key: func() string { return folder.key() }})
	}
	for _, t := range m.set.Teams {
		add(t.Name, t.Title)
	}
	for _, j := range m.set.Journeys {
		add(j.About.Owner, "")
	}
	for _, s := range m.set.SLOs {
		add(s.About.Owner, "")
	}
	distinguish(list)
	folders := map[string]Folder{}
	for owner, folder := range all {
		folders[owner] = *folder
	}
	return folders
}

// key is what a title has to differ in from others, so that databases, file systems, and
// Grafana 9, which finds folders by how titles are spelt in addresses, tell them apart.
func (f Folder) key() string {
	return strings.NewReplacer(" ", "-", ",", "", `"`, "", "'", "", "?", "", ".", "", "(", "", ")", "").Replace(strings.ToLower(f.Element()))
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

// titled is a title that others of the same place may have too.
type titled struct {
	title *string       // nil where id is ""
	id    string        // that may stand beside it; "" for a title that stays
	key   func() string // what it has to differ in from others
}

// distinguish puts the id beside titles that are there more than once. What has its id
// beside it differs from all others of that kind, so that each title is changed once at
// most.
func distinguish(list []titled) {
	for again := true; again; {
		again = false
		times := map[string]int{}
		for _, n := range list {
			times[n.key()]++
		}
		for i := range list {
			if n := &list[i]; n.id != "" && times[n.key()] > 1 {
				beside := " (" + plain(n.id) + ")"
				// That may be the title of another one.
				*n.title = cut(*n.title, mostTitle-1-utf8.RuneCountInString(beside)) + beside
				n.id, again = "", true
			}
		}
	}
}

// distinguishSubjects puts the id beside titles that a folder has more than once, or has
// itself: before Grafana 11.3 no dashboard may be called as its folder.
func (m *maker) distinguishSubjects() {
	key := func(f Folder, title string) string { return f.UID + "/" + strings.ToLower(title) }
	fleet, shared := m.fleet(), m.words()
	list := []titled{
		{key: func() string { return key(fleet, shared.Overview) }},
		{key: func() string { return key(fleet, shared.Review) }},
	}
	places := map[string]bool{}
	for i := range m.subjects {
		s := &m.subjects[i]
		own := key(s.folder, s.folder.Title)
		if !places[own] {
			places[own] = true
			list = append(list, titled{key: func() string { return own }})
		}
		n := titled{title: &s.title, id: s.id, key: func() string { return key(s.folder, s.title) }}
		if s.title == s.id && n.key() != own {
			n.id = "" // others have theirs beside their titles
		}
		list = append(list, n)
	}
	distinguish(list)
}

// subject returns what has a dashboard by its id, nil when nothing of the id has one.
func (m *maker) subject(id string) *subject {
	i, found := slices.BinarySearchFunc(m.subjects, id, func(s subject, id string) int { return cmp.Compare(s.id, id) })
	if !found {
		return nil
	}
	return &m.subjects[i]
}
