package revision

import (
	"path"
	"strings"
)

// place is a file to be read.
type place struct {
	name    string // as people know it
	real    string // without links
	blob    string
	problem string // why it cannot be read
}

// walker finds the files of several paths, as that of package spec does on a disk: each
// real path once.
type walker struct {
	*tree
	targets map[string]string
	named   map[string]bool // real paths of files that are named themselves
	read    map[string]int  // real paths to the number of the path that led there first
	before  int             // how often the present path led to what an earlier one did
}

func newWalker(t *tree, targets map[string]string, wanted []string) *walker {
	w := &walker{tree: t, targets: targets, named: map[string]bool{}, read: map[string]int{}}
	for _, name := range wanted {
		if real, there := t.real(name, targets); there && t.isFile(real) {
			w.named[real] = true
		}
	}
	return w
}

// path returns the files that the path of a number leads to. What is named itself is
// read whatever its name is.
func (w *walker) path(number int, name string) []place {
	w.before = 0
	real, there := w.real(name, w.targets)
	switch {
	case !there:
		return []place{{name: name, problem: "does not exist in that revision"}}
	case w.isFile(real):
		return w.file(number, name, real)
	default:
		return w.folder(number, name, real)
	}
}

// folder returns the *.yaml and *.yml files in and below a folder in the order of their
// names, but for names that begin with a dot.
func (w *walker) folder(number int, name, real string) []place {
	if !w.first(number, real) {
		return nil
	}
	var places []place
	for _, base := range w.folders[real] {
		if strings.HasPrefix(base, ".") {
			continue
		}
		inside := path.Join(name, base)
		at, there := w.real(path.Join(real, base), w.targets)
		switch {
		case !there && isSpec(base):
			places = append(places, place{name: inside, problem: "is a link out of the repository, or to nothing"})
		case !there: // a link of no interest
		case !w.isFile(at):
			places = append(places, w.folder(number, inside, at)...)
		case isSpec(base):
			places = append(places, w.file(number, inside, at)...)
		}
	}
	return places
}

func (w *walker) file(number int, name, real string) []place {
	e := w.entries[real]
	switch {
	case e.mode == modeSubmodule && w.named[real]:
		return []place{{name: name, problem: "is a submodule, which is a repository of its own: name a folder with the old specs"}}
	case e.mode == modeSubmodule, !w.first(number, real):
		return nil
	}
	return []place{{name: name, real: real, blob: e.blob}}
}

// first reports whether a real path is seen for the first time.
func (w *walker) first(number int, real string) bool {
	earlier, known := w.read[real]
	if !known {
		w.read[real] = number
	} else if earlier < number {
		w.before++
	}
	return !known
}

func isSpec(name string) bool {
	extension := path.Ext(name)
	return extension == ".yaml" || extension == ".yml"
}
