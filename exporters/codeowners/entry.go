package codeowners

import (
	"cmp"
	"errors"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Entry is a file of specs, and who reviews changes of it.
type Entry struct {
	Path    string   // from the root of the repository, with slashes
	Owners  []string // as Teams have them in codeOwners; in order, each once
	Without []string // names of teams that own something in it and have no codeOwners
}

// Place returns where a file is from the root of the repository, with slashes, or false for
// one that the entries leave out.
type Place func(file string) (path string, inside bool, err error)

// Entries returns one for each file with documents of a set, ordered by path. A file has
// the owners of all that is in it. The error joins those of place, one for each file.
func Entries(set *slo.Set, place Place) ([]Entry, error) {
	var files []string // in order of their first documents
	teams := map[string][]string{}
	for _, d := range set.Documents {
		file := d.Origin.File
		if _, known := teams[file]; !known {
			files = append(files, file)
		}
		teams[file] = append(teams[file], d.Owners...)
	}
	var entries []Entry
	var problems []error
	for _, file := range files {
		path, inside, err := place(file)
		switch {
		case err != nil:
			problems = append(problems, err)
		case inside:
			entries = append(entries, entryOf(set, path, teams[file]))
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return entries, errors.Join(problems...)
}

func entryOf(set *slo.Set, path string, owners []string) Entry {
	entry := Entry{Path: path}
	slices.Sort(owners)
	for _, name := range slices.Compact(owners) {
		team := set.Team(name)
		if team == nil || len(team.CodeOwners) == 0 {
			entry.Without = append(entry.Without, name)
			continue
		}
		entry.Owners = append(entry.Owners, team.CodeOwners...)
	}
	slices.Sort(entry.Owners)
	entry.Owners = slices.Compact(entry.Owners)
	return entry
}
