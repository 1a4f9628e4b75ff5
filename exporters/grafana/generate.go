package grafana

import (
	"iter"

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

// Folder is one of Grafana: that of a team, or of the dashboards of everything.
type Folder struct {
	UID   string
	Title string // at most 189 characters
	Name  string // of a folder of files: the name of the team, or slojourn
}

// Generate makes the dashboards of a set: the overview and the review, and then those of
// journeys, steps and SLOs, ordered by id.
func Generate(set *slo.Set, options Options) iter.Seq[File] {
	return func(yield func(File) bool) {}
}
