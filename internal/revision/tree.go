package revision

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// The modes of entries that matter here. Other files are 100644 and 100755.
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// entry is a file or a link in a revision.
type entry struct {
	mode string
	blob string
}

// tree is what a revision holds, by paths from the root of the repository, which is
// ".".
type tree struct {
	entries map[string]entry
	folders map[string][]string // names in each folder, in order
}

// tree lists all that a commit holds: links may lead anywhere in it.
func (r repository) tree(ctx context.Context, commit string) (*tree, error) {
	listed, err := r.ask(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	t := &tree{entries: map[string]entry{}}
	names := map[string]map[string]bool{".": {}}
	for line := range strings.SplitSeq(strings.TrimSuffix(listed, "\x00"), "\x00") {
		about, name, found := strings.Cut(line, "\t")
		fields := strings.Fields(about)
		if !found || len(fields) != 3 {
			if line == "" {
				continue // a commit without files
			}
			return nil, fmt.Errorf("git lists what is no entry of a tree: %q", line)
		}
		t.entries[name] = entry{mode: fields[0], blob: fields[2]}
		for child := name; child != "."; child = path.Dir(child) {
			folder := path.Dir(child)
			if names[folder] == nil {
				names[folder] = map[string]bool{}
			}
			names[folder][path.Base(child)] = true
		}
	}
	t.folders = map[string][]string{}
	for folder, inside := range names {
		t.folders[folder] = slices.Sorted(maps.Keys(inside))
	}
	return t, nil
}

// mostLinks is how many links a path may lead through.
const mostLinks = 40

// real follows the links of a path. targets has what links hold. It is false for what
// leads out of the repository, to nothing, or round in circles.
func (t *tree) real(name string, targets map[string]string) (string, bool) {
	done, left := ".", strings.Split(path.Clean(name), "/")
	for links := 0; len(left) > 0; {
		next := left[0]
		left = left[1:]
		switch next {
		case ".":
			continue
		case "..":
			if done == "." {
				return "", false
			}
			done = path.Dir(done)
			continue
		}
		at := path.Join(done, next)
		target, isLink := targets[at]
		if !isLink {
			done = at
			continue
		}
		if links++; links > mostLinks || path.IsAbs(target) || target == "" {
			return "", false
		}
		left = append(strings.Split(target, "/"), left...)
	}
	_, isFolder := t.folders[done]
	return done, isFolder || t.isFile(done)
}

func (t *tree) isFile(name string) bool {
	_, is := t.entries[name]
	return is
}
