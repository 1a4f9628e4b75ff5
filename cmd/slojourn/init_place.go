package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// place is where the journey is written.
type place struct {
	folder string // that the set is read from; need not exist
	name   string // of the file in it; "" for that of the journey
	stdout bool
}

// placeOf reads the argument: a file that does not exist, a folder that may, or "-".
func placeOf(args []string, dryRun bool) (place, error) {
	p := place{folder: ".", stdout: dryRun}
	switch {
	case len(args) == 0:
		return p, nil
	case args[0] == "-":
		p.stdout = true
		return p, nil
	}
	info, err := os.Stat(args[0])
	switch {
	case err == nil && info.IsDir():
		p.folder = args[0]
	case filepath.Ext(args[0]) == ".yaml" || filepath.Ext(args[0]) == ".yml":
		p.folder, p.name = filepath.Dir(args[0]), filepath.Base(args[0])
		if strings.HasPrefix(p.name, ".") {
			return place{}, usage("%s: files whose names begin with a dot are not read; choose another name", args[0])
		}
		if taken(args[0]) && !p.stdout {
			return place{}, usage("%s exists already, and is never overwritten; choose another name", args[0])
		}
	case err == nil:
		return place{}, usage("%s is no folder, and the name of a file has to end in .yaml", args[0])
	case errors.Is(err, fs.ErrNotExist):
		p.folder = args[0]
	default:
		return place{}, usage("%s: %w", args[0], cause(err))
	}
	return p, nil
}

// taken reports whether there is anything with a name, be it a link that leads nowhere.
func taken(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// path is the file that a journey is written to.
func (p place) path(journey string) string {
	if p.name != "" {
		return filepath.Join(p.folder, p.name)
	}
	return filepath.Join(p.folder, journey+".yaml")
}

// file is what will be read there.
func (p place) file(journey string, text []byte) spec.File {
	return spec.File{Name: filepath.ToSlash(p.path(journey)), Folder: p.real(), Data: text, Named: true}
}

// real is the folder as files in it are read with.
func (p place) real() string {
	absolute, err := filepath.Abs(p.folder)
	if err != nil {
		absolute = p.folder
	}
	if resolved, err := filepath.EvalSymlinks(absolute); err == nil {
		absolute = resolved
	}
	return filepath.ToSlash(absolute)
}

// surroundings are what the folder, and that of the operator, hold already.
type surroundings struct {
	files    []spec.File
	set      *slo.Set
	defaults slo.DefaultsDeclaration // that hold in the folder; zero without any
}

// look reads the set that the journey will be a part of. One with errors is refused.
func (i *initiation) look() (surroundings, error) {
	var paths []string
	if _, err := os.Stat(i.place.folder); err == nil {
		paths = append(paths, i.place.folder)
	}
	if i.trusted.config != "" {
		if err := i.trusted.checkConfig(); err != nil {
			return surroundings{}, err
		}
		paths = append(paths, i.trusted.config)
	}
	found, _ := spec.ReadPaths(paths, nil) // the problems are in what was found
	var around surroundings
	var declared []slo.DefaultsDeclaration
	var problems []error
	for _, f := range found {
		if f.Path != i.place.folder || len(f.Files) > 0 || !readable(f.Path) { // it may well hold nothing yet
			problems = append(problems, f.Problems...)
		}
		around.files = append(around.files, f.Files...)
		for _, file := range f.Files {
			decoded, _ := spec.Decode(file) // findings come with the set
			declared = append(declared, decoded.Declarations.Defaults...)
		}
	}
	if len(problems) > 0 {
		return surroundings{}, &exitError{exitUsage, errors.Join(problems...)}
	}
	result := load.Files(around.files, newrelic.Key, newrelic.Check, i.trusted.check)
	if result.Findings.Failed() {
		return surroundings{}, refuse(i.env, result)
	}
	around.set = result.Set
	around.defaults = nearest(declared, i.place.real())
	return around, nil
}

func readable(folder string) bool {
	_, err := os.ReadDir(folder)
	return err == nil
}

// loaded is the set with one more file.
func (i *initiation) loaded(file spec.File) *load.Result {
	result := load.Files(append(slices.Clone(i.around.files), file), newrelic.Key, newrelic.Check, i.trusted.check)
	if !result.Findings.Failed() { // warnings about other files were there before
		result.Findings = slices.DeleteFunc(result.Findings, func(d diag.Diagnostic) bool { return d.Span.File != file.Name })
	}
	return result
}

// nearest are the Defaults of a folder, or of the nearest one above it that has some.
func nearest(declared []slo.DefaultsDeclaration, folder string) slo.DefaultsDeclaration {
	for {
		for _, d := range declared {
			if d.Folder == folder {
				return d
			}
		}
		above := path.Dir(folder)
		if above == folder {
			return slo.DefaultsDeclaration{}
		}
		folder = above
	}
}

// create writes a new file: all of it or nothing, and never over another one, which is
// [fs.ErrExist]. Folders above it are made.
func create(name string, data []byte) (err error) {
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, temporaryBegin+"*"+temporaryEnd)
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err == nil {
		err = ledger.NameFile(temporary.Name(), name)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // of no use to anybody
	}
	return err
}

// plainWord matches paths that a shell takes as they are.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./+@%:,][-A-Za-z0-9_./+@%:,]*$`)

// shellWord quotes a path for a shell, unless that changes nothing.
func shellWord(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
