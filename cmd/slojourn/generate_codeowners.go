package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/codeowners"
	"github.com/slojourn/slojourn/slo"
)

func newGenerateCodeowners(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "codeowners [paths…]",
		Short: "Write who reviews which specs, for GitHub",
		Long: `codeowners reads the given files and folders (default: the current folder) as one
set and writes a line for each file: the codeOwners of the teams that own what is
in it, in the format of GitHub's CODEOWNERS. Paths are those of the repository,
the nearest folder upward with .git, or --root.

It prints a block between two marks. With --file it writes the block into a file:
in the place of the one that is there, or behind everything else. No other line is
touched. With --check it writes nothing, and prints the name of a file whose block
is not as it should be.

A file has no line when nothing in it has an owner, or its owners have no
codeOwners. That is said on stderr, and is no failure.

It opens no connection and reads no secret.

Exit code 1 means that the specs have errors, that a path cannot be written in
CODEOWNERS or, with --check, that the file is not current.`,
		Example: "  slojourn generate codeowners specs\n  slojourn generate codeowners --file .github/CODEOWNERS specs\n" +
			"  slojourn generate codeowners --check --file .github/CODEOWNERS specs",
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	g := codeownersGeneration{env: env, trusted: trusted}
	flags := cmd.Flags()
	flags.StringVar(&g.root, "root", "", "folder that paths begin in (default: the nearest one upward with .git)")
	flags.StringVar(&g.file, "file", "", "file whose block is written, such as .github/CODEOWNERS, in place of stdout")
	flags.BoolVar(&g.check, "check", false, "print the name of --file when it is not current, and write nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return interruptible(cmd.Context(), func() error { return g.run(orCurrentFolder(args)) })
	}
	return cmd
}

// codeownersGeneration is one run of generate codeowners.
type codeownersGeneration struct {
	env     environment
	trusted *trust

	root, file string
	check      bool
}

func (g *codeownersGeneration) run(paths []string) error {
	switch {
	case g.check && g.file == "":
		return usage("--check needs --file: name the file to look at, such as .github/CODEOWNERS")
	case slices.Contains(paths, "-"):
		return usage("stdin has no place in a repository: name files or folders")
	}
	result, err := loadSet(g.env, g.trusted, paths)
	if err != nil {
		return err
	}
	if err := refuse(g.env, result); err != nil {
		return err
	}
	root, err := g.repository(paths[0])
	if err != nil {
		return err
	}
	entries, err := codeowners.Entries(result.Set, g.placeIn(root))
	if err != nil {
		return &exitError{exitUsage, err}
	}
	block, err := codeowners.Block(entries)
	if err != nil {
		return &exitError{exitFindings, err}
	}
	g.warn(result.Set, entries)
	if g.file != "" {
		return g.write(block)
	}
	if _, err := g.env.stdout.Write(block); err != nil {
		return failed(err)
	}
	return nil
}

// repository returns the folder that paths begin in, absolute and without links: that of
// --root, or the nearest one upward from a path that git keeps its own in.
func (g *codeownersGeneration) repository(path string) (string, error) {
	if g.root != "" {
		root, err := realPath(g.root)
		if info, wrong := os.Stat(root); err != nil || wrong != nil || !info.IsDir() {
			return "", usage("--root %s: not a folder", g.root)
		}
		return root, nil
	}
	folder, err := realPath(path)
	if err != nil {
		return "", failed(fmt.Errorf("find %s: %w", path, cause(err)))
	}
	for {
		if _, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", usage("no folder upward from %s has .git, so that it is not known where the repository begins: name that folder with --root", path)
		}
		folder = filepath.Dir(folder)
	}
}

// placeIn returns where files are in a repository. Those of the operator's folder that are
// not in it have no place.
func (g *codeownersGeneration) placeIn(root string) codeowners.Place {
	return func(file string) (string, bool, error) {
		real, err := realPath(file)
		if err != nil {
			return "", false, fmt.Errorf("find %s: %w", file, cause(err))
		}
		if inside, is := below(root, real); is {
			return filepath.ToSlash(inside), true, nil
		}
		if operators, err := realPath(g.trusted.config); g.trusted.config != "" && err == nil {
			if _, is := below(operators, real); is {
				return "", false, nil
			}
		}
		return "", false, fmt.Errorf("%s does not lie in the repository %s: leave it out, or name another folder with --root", file, root)
	}
}

// realPath returns an absolute path without links.
func realPath(name string) (string, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// below returns where a file is below a folder, and whether it is.
func below(folder, file string) (string, bool) {
	path, err := filepath.Rel(folder, file)
	return path, err == nil && filepath.IsLocal(path)
}

// warn says which files have nobody to review them, and what to write.
func (g *codeownersGeneration) warn(set *slo.Set, entries []codeowners.Entry) {
	files := map[string][]string{} // by team
	var ownerless []string
	for _, e := range entries {
		for _, team := range e.Without {
			files[team] = append(files[team], e.Path)
		}
		if len(e.Owners)+len(e.Without) == 0 {
			ownerless = append(ownerless, e.Path)
		}
	}
	for _, team := range set.Teams {
		if list := files[team.Name]; len(list) > 0 {
			complain(g.env.stderr, fmt.Sprintf("%s:%d: the team %s has no codeOwners, and owns something in %s: add codeOwners to its spec, such as [\"@org/%s\"]",
				team.Origin.File, team.Origin.Start.Line, team.Name, listed(list), team.Name))
		}
	}
	if len(ownerless) > 0 {
		complain(g.env.stderr, fmt.Sprintf("nothing has an owner in %s: add owner to the metadata of a document there", listed(ownerless)))
	}
}

// write brings the block into the file, or says whether it is there.
func (g *codeownersGeneration) write(block []byte) error {
	if info, err := os.Stat(g.file); err == nil && !info.Mode().IsRegular() {
		return usage("--file %s is no file that lines can be kept in: name one, or leave --file out to print the block", g.file)
	}
	before, err := os.ReadFile(g.file)
	isNew := errors.Is(err, fs.ErrNotExist)
	if err != nil && !isNew {
		return failed(fmt.Errorf("read %s: %w", g.file, cause(err)))
	}
	after, err := codeowners.Merge(before, block)
	if err != nil {
		return failed(fmt.Errorf("%s: %w", g.file, err))
	}
	switch {
	case !isNew && bytes.Equal(before, after):
		return nil
	case g.check:
		if _, err := fmt.Fprintln(g.env.stdout, g.file); err != nil {
			return failed(err)
		}
		return &exitError{code: exitFindings}
	case isNew:
		err = os.MkdirAll(filepath.Dir(g.file), 0o755)
		if err == nil {
			err = placeFile(g.file, after)
		}
	default:
		err = replaceFile(g.file, after)
	}
	if err != nil {
		return failed(fmt.Errorf("write %s: %w", g.file, cause(err)))
	}
	return nil
}
