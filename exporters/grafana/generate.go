package grafana

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// Options say how dashboards are made.
type Options struct {
	Locale slo.Locale // of all texts
	// Datasource is the uid of the Prometheus data source that is chosen at first, or "" for
	// the default one of Grafana.
	Datasource string
}

// File is a dashboard, and where it belongs.
type File struct {
	// Name is that of the file, without its ending: overview, review, journey.NAME or
	// slo.NAME, or step.JOURNEY.STEP. It has small letters, digits, "-" and "." only.
	Name      string
	Folder    Folder
	Dashboard *Dashboard
}

// Generate makes the dashboards of a set: the overview and the review, and then those of
// journeys, steps and SLOs, ordered by id. All are signed. SLOs that another shard exports
// have theirs there.
func Generate(set *slo.Set, options Options) iter.Seq[File] {
	return func(yield func(File) bool) {
		m := newMaker(set, options)
		fleet := m.fleet()
		made := func(name string, folder Folder, d *Dashboard) bool {
			Sign(d, options.Locale)
			return yield(File{Name: name, Folder: folder, Dashboard: d})
		}
		if !made("overview", fleet, m.overview()) || !made("review", fleet, m.review()) {
			return
		}
		for _, s := range m.subjects {
			if !made(s.file, s.folder, s.make()) {
				return
			}
		}
	}
}

// maker makes the dashboards of a set.
type maker struct {
	set      *slo.Set
	options  Options
	labels   []string  // names of variables for the labels of specs, as package prometheus exports those
	subjects []subject // ordered by id
}

// subject is what has a dashboard of its own.
type subject struct {
	id     string
	title  string // of the dashboard, unique in its folder
	file   string
	folder Folder
	make   func() *Dashboard
}

func newMaker(set *slo.Set, options Options) *maker {
	m := &maker{set: set, options: options, labels: labelsOf(set)}
	folders := m.folders()
	add := func(id, file string, about slo.About, make func() *Dashboard) {
		m.subjects = append(m.subjects, subject{id, titleOf(about.Title, id), file, folders[about.Owner], make})
	}
	for _, j := range set.Journeys {
		add(j.ID, "journey."+j.ID, j.About, func() *Dashboard { return m.journey(j) })
	}
	for _, s := range set.SLOs {
		if !s.Elsewhere {
			add(s.ID, fileOf(s), s.About, func() *Dashboard { return m.detail(s) })
		}
	}
	slices.SortFunc(m.subjects, byID)
	m.distinguishSubjects()
	return m
}

// objectives has those of all journeys and SLOs.
func (m *maker) objectives() iter.Seq[slo.Objective] {
	return func(yield func(slo.Objective) bool) {
		for _, j := range m.set.Journeys {
			for _, o := range j.Objectives {
				if !yield(o) {
					return
				}
			}
		}
		for _, s := range m.set.SLOs {
			for _, o := range s.Objectives {
				if !yield(o) {
					return
				}
			}
		}
	}
}

// mostWindows is how many windows dashboards of everything tell apart.
const mostWindows = 6

// windows returns the windows of some kind that most objectives have, the shortest first.
func (m *maker) windows(of func(slo.Objective) (w slo.Window, is bool)) []slo.Window {
	times := map[slo.Window]int{}
	for o := range m.objectives() {
		if w, is := of(o); is {
			times[w]++
		}
	}
	shorter := func(a, b slo.Window) int { return cmp.Compare(a.Minutes(), b.Minutes()) }
	list := slices.SortedFunc(maps.Keys(times), func(a, b slo.Window) int { return cmp.Or(cmp.Compare(times[b], times[a]), shorter(a, b)) })
	list = list[:min(len(list), mostWindows)]
	slices.SortFunc(list, shorter)
	return list
}

// begin makes a dashboard without panels. Its time ends now and begins with from: now-7d.
func (m *maker) begin(id, title, from, refresh string, tags ...string) *Dashboard {
	return &Dashboard{
		UID: id, Title: title, Tags: append([]string{uid.Fleet}, tags...), Timezone: "browser", SchemaVersion: SchemaVersion, Editable: true,
		GraphTooltip: 1, Refresh: refresh, Time: TimeRange{From: from, To: "now"}, Links: []Link{},
		Templating:  Templating{List: []Variable{m.datasource()}},
		Annotations: Annotations{List: []Annotation{}}, Panels: []*Panel{},
	}
}
