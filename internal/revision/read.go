package revision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/slojourn/slojourn/slo/spec"
)

// Read reads the files that paths led to in a revision: a branch, a tag or a commit of
// the repository that the paths lie in. What a path stands for is as of
// [spec.ReadPaths], whether it exists at present or not; links are followed within the
// repository. Findings name files REVISION:PATH, from the root of the repository.
// Defaults apply as if the files were where the paths are.
func Read(ctx context.Context, revision string, paths []string) ([]spec.Found, error) {
	var r repository
	wanted := make([]string, len(paths))
	for n, name := range paths {
		if name == "-" {
			return nil, errors.New("stdin has no revisions: name files or folders")
		}
		real, err := realPath(name)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", name, err)
		}
		if n == 0 {
			if r, err = open(ctx, existing(real)); err != nil {
				return nil, err
			}
		}
		inside, err := filepath.Rel(r.root, real)
		if err != nil || !filepath.IsLocal(inside) {
			return nil, fmt.Errorf("%s does not lie in the repository %s, as %s does: name paths of one repository", name, r.root, paths[0])
		}
		wanted[n] = filepath.ToSlash(inside)
	}
	commit, err := r.commit(ctx, revision)
	if err != nil {
		return nil, err
	}
	t, err := r.tree(ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", revision, err)
	}
	reading := reading{repository: r, tree: t, revision: revision}
	return reading.read(ctx, wanted)
}

// realPath returns the absolute path without links, as far as there are folders: what
// the rest is depends on the revision.
func realPath(name string) (string, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	there := existing(absolute)
	real, err := filepath.EvalSymlinks(there)
	if err != nil {
		return "", err
	}
	rest, err := filepath.Rel(there, absolute)
	return filepath.Join(real, rest), err
}

// existing returns the nearest folder upward that exists.
func existing(name string) string {
	for {
		if info, err := os.Stat(name); err == nil && info.IsDir() || name == filepath.Dir(name) {
			return name
		}
		name = filepath.Dir(name)
	}
}

// reading is what is known while the files of a revision are read.
type reading struct {
	repository
	tree     *tree
	revision string
	targets  map[string]string // what links hold
}

func (r *reading) read(ctx context.Context, wanted []string) ([]spec.Found, error) {
	if err := r.links(ctx); err != nil {
		return nil, fmt.Errorf("read the links of %s: %w", r.revision, err)
	}
	w := newWalker(r.tree, r.targets, wanted)
	found := make([]spec.Found, len(wanted))
	var places []place
	var of []int // the path that each place is of
	for n, name := range wanted {
		f := &found[n]
		f.Path = r.name(name)
		list := w.path(n, name)
		f.Before = w.before
		for _, p := range list {
			if p.problem != "" {
				f.Problems = append(f.Problems, &spec.PathError{Path: r.name(p.name), Reason: p.problem})
				continue
			}
			places, of = append(places, p), append(of, n)
		}
		if len(list) == 0 && f.Before == 0 {
			f.Problems = append(f.Problems, &spec.PathError{Path: f.Path, Reason: "holds no *.yaml or *.yml file"})
		}
	}
	blobs := make([]string, len(places))
	for i, p := range places {
		blobs[i] = p.blob
	}
	err := r.contents(ctx, blobs, func(i int, content io.Reader) error {
		file, err := spec.Read(content, r.name(places[i].name))
		file.Folder = filepath.ToSlash(filepath.Join(r.root, filepath.FromSlash(path.Dir(places[i].real))))
		file.Named = w.named[places[i].real]
		found[of[i]].Files = append(found[of[i]].Files, file)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the files of %s: %w", r.revision, err)
	}
	return found, nil
}

// name is how people know a file.
func (r *reading) name(inside string) string { return r.revision + ":" + inside }

// links reads where the links lead to.
func (r *reading) links(ctx context.Context) error {
	var names, blobs []string
	for name, e := range r.tree.entries {
		if e.mode == modeLink {
			names, blobs = append(names, name), append(blobs, e.blob)
		}
	}
	r.targets = map[string]string{}
	if len(blobs) == 0 {
		return nil
	}
	return r.contents(ctx, blobs, func(i int, content io.Reader) error {
		target, err := io.ReadAll(io.LimitReader(content, 4096)) // as long as paths can be
		r.targets[names[i]] = strings.TrimRight(string(target), "/")
		return err
	})
}
