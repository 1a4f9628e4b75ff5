package load

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slojourn/slojourn/slo/spec"
)

// finder finds the files of several paths. A real path is read once, however
// many paths and links lead to it.
type finder struct {
	stdin io.Reader
	named map[string]bool // real paths of files that are named themselves
	read  map[string]int  // real paths to the number of the path that led there first
}

func newFinder(paths []string, stdin io.Reader) *finder {
	f := &finder{stdin: stdin, named: map[string]bool{}, read: map[string]int{}}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			f.named[realPath(path)] = true
		}
	}
	return f
}

// found is what one path led to.
type found struct {
	number   int
	files    []spec.File
	before   int // files and folders that an earlier path led to as well
	problems []error
}

func (f *found) fail(path, reason string) {
	f.problems = append(f.problems, &PathError{path, reason})
}

// find reads the files of the path of the given number.
func (f *finder) find(number int, path string) found {
	result := found{number: number}
	if path == "-" {
		f.input(&result)
		return result
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		result.fail(path, reason(err))
	case info.IsDir():
		f.folder(&result, path)
	default:
		f.file(&result, path)
	}
	if len(result.files) == 0 && result.before == 0 && len(result.problems) == 0 {
		result.fail(path, "holds no *.yaml or *.yml file")
	}
	return result
}

// input reads stdin, as if it were a file of the working directory.
func (f *finder) input(result *found) {
	if !f.first(result, "-") {
		return
	}
	data, err := io.ReadAll(f.stdin)
	if err != nil {
		result.fail("-", reason(err))
		return
	}
	result.files = append(result.files, spec.File{Name: "<stdin>", Folder: filepath.ToSlash(realPath(".")), Data: data, Named: true})
}

// folder reads *.yaml and *.yml in a folder and below, in order of names.
// Names that begin with a dot are skipped; links are followed.
func (f *finder) folder(result *found, path string) {
	if !f.first(result, realPath(path)) {
		return
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		result.fail(path, reason(err))
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		name := filepath.Join(path, entry.Name())
		extension := filepath.Ext(name)
		isSpec := extension == ".yaml" || extension == ".yml"
		info, err := os.Stat(name)
		switch {
		case err != nil && isSpec:
			result.fail(name, reason(err))
		case err != nil: // a broken link of no interest
		case info.IsDir():
			f.folder(result, name)
		case isSpec && info.Mode().IsRegular():
			f.file(result, name)
		case isSpec: // a pipe, say, which may never end
			result.fail(name, "is neither a file nor a folder: name it itself to read it")
		}
	}
}

func (f *finder) file(result *found, path string) {
	real := realPath(path)
	if !f.first(result, real) {
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		result.fail(path, reason(err))
		return
	}
	result.files = append(result.files, spec.File{
		Name: filepath.ToSlash(path), Folder: filepath.ToSlash(filepath.Dir(real)), Data: data, Named: f.named[real],
	})
}

// first reports whether a real path is seen for the first time.
func (f *finder) first(result *found, real string) bool {
	number, known := f.read[real]
	if !known {
		f.read[real] = result.number
	} else if number < result.number {
		result.before++
	}
	return !known
}

// realPath returns the absolute path without links. What links cannot be
// followed to, such as /dev/fd/3 of a pipe, keeps its name.
func realPath(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path // only when the working directory is gone
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real
	}
	return absolute
}

// reason says what is wrong without repeating the path.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "must not be read (permission denied)"
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}
