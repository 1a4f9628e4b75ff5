package spec

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// PathError says that a path cannot be used: it does not exist, cannot be
// read, or holds nothing.
type PathError struct {
	Path   string
	Reason string
}

// Error names the path and the reason.
func (e *PathError) Error() string { return e.Path + ": " + e.Reason }

// What begins the reasons why a path leads to no spec.
const (
	isAbsent    = "does not exist"
	holdsNoSpec = "holds no "
)

// Empty reports whether the path leads to no spec, as nothing is there, or nothing of
// ours: what there is can be read.
func (e *PathError) Empty() bool {
	return strings.HasPrefix(e.Reason, isAbsent) || strings.HasPrefix(e.Reason, holdsNoSpec)
}

// Found is what one path led to.
type Found struct {
	Path  string
	Files []File
	// Before counts files and folders that an earlier path led to as well;
	// they are not read again.
	Before   int
	Problems []error // each a [*PathError]; the files are those that could be read
	// Operators says that the files are the operator's, which others read with
	// a part of the set; it is for the caller to say.
	Operators bool
}

func (f *Found) fail(path, reason string) {
	f.Problems = append(f.Problems, &PathError{path, reason})
}

// Read reads one file from r. It counts as named by the user, in the folder
// "/" as far as Defaults are concerned.
func Read(r io.Reader, name string) (File, error) {
	data, err := readAll(r)
	if err != nil {
		return File{}, &PathError{name, reason(err)}
	}
	return File{Name: name, Folder: "/", Data: data, Named: true}, nil
}

// readAll reads one byte more than a file may have at the most, so that its
// length is reported with the other findings.
func readAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, mostFileBytes+1))
}

// ReadPaths reads files and folders, such as those of a command line; "-" is
// stdin, as if it were a file of the working directory. In folders and those
// below, *.yaml and *.yml are read in order of names, but for names that begin
// with a dot. Links are followed. A real path is read once, however many paths
// and links lead to it. The error joins a [*PathError] for everything that
// cannot be used; what could be read is returned beside it.
func ReadPaths(paths []string, stdin io.Reader) ([]Found, error) {
	w := newWalker(tree{
		stat: os.Stat, readDir: os.ReadDir, open: func(name string) (fs.File, error) { return os.Open(name) }, join: filepath.Join, real: realPath,
	}, paths)
	all := make([]Found, len(paths))
	var problems []error
	for number, name := range paths {
		all[number].Path = name
		if name == "-" {
			w.input(&all[number], number, stdin)
		} else {
			w.path(&all[number], number, name)
		}
		problems = append(problems, all[number].Problems...)
	}
	return all, errors.Join(problems...)
}

// ReadFS reads files and folders of a file system as [ReadPaths] does, by
// default all of it.
func ReadFS(fsys fs.FS, paths ...string) ([]File, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	w := newWalker(tree{
		stat:    func(name string) (fs.FileInfo, error) { return fs.Stat(fsys, name) },
		readDir: func(name string) ([]fs.DirEntry, error) { return fs.ReadDir(fsys, name) },
		open:    fsys.Open,
		join:    path.Join,
		real:    func(name string) string { return path.Join("/", name) },
	}, paths)
	var files []File
	var problems []error
	for number, name := range paths {
		result := Found{Path: name}
		w.path(&result, number, name)
		files = append(files, result.Files...)
		problems = append(problems, result.Problems...)
	}
	return files, errors.Join(problems...)
}

// tree is what a walker walks.
type tree struct {
	stat    func(string) (fs.FileInfo, error)
	readDir func(string) ([]fs.DirEntry, error)
	open    func(string) (fs.File, error)
	join    func(...string) string
	real    func(string) string // the absolute path without links
}

func (t tree) readFile(name string) ([]byte, error) {
	file, err := t.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	return readAll(file)
}

// walker finds the files of several paths.
type walker struct {
	tree  tree
	named map[string]bool // real paths of files that are named themselves
	read  map[string]int  // real paths to the number of the path that led there first
}

func newWalker(t tree, paths []string) *walker {
	w := &walker{tree: t, named: map[string]bool{}, read: map[string]int{}}
	for _, name := range paths {
		if info, err := t.stat(name); err == nil && !info.IsDir() {
			w.named[t.real(name)] = true
		}
	}
	return w
}

// path reads what the path of the given number leads to.
func (w *walker) path(result *Found, number int, name string) {
	info, err := w.tree.stat(name)
	switch {
	case err != nil:
		result.fail(name, reason(err))
	case info.IsDir():
		w.folder(result, number, name)
	default:
		w.file(result, number, name)
	}
	if len(result.Files) == 0 && result.Before == 0 && len(result.Problems) == 0 {
		result.fail(name, holdsNoSpec+"*.yaml or *.yml file")
	}
}

func (w *walker) input(result *Found, number int, stdin io.Reader) {
	if !w.first(result, number, "-") {
		return
	}
	file, err := Read(stdin, "-")
	if err != nil {
		result.Problems = append(result.Problems, err)
		return
	}
	file.Name, file.Folder = "<stdin>", filepath.ToSlash(w.tree.real("."))
	result.Files = append(result.Files, file)
}

func (w *walker) folder(result *Found, number int, folder string) {
	if !w.first(result, number, w.tree.real(folder)) {
		return
	}
	entries, err := w.tree.readDir(folder)
	if err != nil {
		result.fail(folder, reason(err))
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		name := w.tree.join(folder, entry.Name())
		extension := path.Ext(entry.Name())
		isSpec := extension == ".yaml" || extension == ".yml"
		info, err := w.tree.stat(name)
		switch {
		case err != nil && isSpec:
			result.fail(name, reason(err))
		case err != nil: // a broken link of no interest
		case info.IsDir():
			w.folder(result, number, name)
		case isSpec && info.Mode().IsRegular():
			w.file(result, number, name)
		case isSpec: // a pipe, say, which may never end
			result.fail(name, "is neither a file nor a folder: name it itself to read it")
		}
	}
}

func (w *walker) file(result *Found, number int, name string) {
	real := w.tree.real(name)
	if !w.first(result, number, real) {
		return
	}
	data, err := w.tree.readFile(name)
	if err != nil {
		result.fail(name, reason(err))
		return
	}
	result.Files = append(result.Files, File{
		Name: filepath.ToSlash(name), Folder: filepath.ToSlash(filepath.Dir(real)), Data: data, Named: w.named[real],
	})
}

// first reports whether a real path is seen for the first time.
func (w *walker) first(result *Found, number int, real string) bool {
	earlier, known := w.read[real]
	if !known {
		w.read[real] = number
	} else if earlier < number {
		result.Before++
	}
	return !known
}

// realPath returns the absolute path without links. What links cannot be
// followed to, such as /dev/fd/3 of a pipe, keeps its name.
func realPath(name string) string {
	absolute, err := filepath.Abs(name)
	if err != nil {
		absolute = name // only when the working directory is gone
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
		return isAbsent
	case errors.Is(err, fs.ErrPermission):
		return "must not be read (permission denied)"
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}
