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
	number int
	files  []spec.File
	before int // files and folders that an earlier path led to as well
}

// find reads the files of the path of the given number.
func (f *finder) find(number int, path string) (found, error) {
	result := found{number: number}
	if path == "-" {
		return result, f.input(&result)
	}
	info, err := os.Stat(path)
	if err != nil {
		return result, &PathError{path, reason(err)}
	}
	if info.IsDir() {
		err = f.folder(&result, path)
	} else {
		err = f.file(&result, path)
	}
	if err == nil && len(result.files) == 0 && result.before == 0 {
		err = &PathError{path, "holds no *.yaml or *.yml file"}
	}
	return result, err
}

// input reads stdin, as if it were a file of the working directory.
func (f *finder) input(result *found) error {
	if !f.first(result, "-") {
		return nil
	}
	data, err := io.ReadAll(f.stdin)
	if err != nil {
		return &PathError{"-", reason(err)}
	}
	result.files = append(result.files, spec.File{Name: "<stdin>", Folder: filepath.ToSlash(realPath(".")), Data: data, Named: true})
	return nil
}

// folder reads *.yaml and *.yml in a folder and below, in order of names.
// Names that begin with a dot are skipped; links are followed.
func (f *finder) folder(result *found, path string) error {
	if !f.first(result, realPath(path)) {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return &PathError{path, reason(err)}
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
			return &PathError{name, reason(err)}
		case err != nil: // a broken link of no interest
			continue
		case info.IsDir():
			err = f.folder(result, name)
		case isSpec && info.Mode().IsRegular():
			err = f.file(result, name)
		case isSpec: // a pipe, say, which may never end
			err = &PathError{name, "is neither a file nor a folder: name it itself to read it"}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *finder) file(result *found, path string) error {
	real := realPath(path)
	if !f.first(result, real) {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return &PathError{path, reason(err)}
	}
	result.files = append(result.files, spec.File{
		Name: filepath.ToSlash(path), Folder: filepath.ToSlash(filepath.Dir(real)), Data: data, Named: f.named[real],
	})
	return nil
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
