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

// find reads the files of one path. seen holds the real paths that were read
// before, so that overlapping paths and links do not double anything.
func find(path string, stdin io.Reader, seen map[string]bool) ([]spec.File, error) {
	if path == "-" {
		return readStdin(stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, &PathError{path, reason(err)}
	}
	f := finder{seen: seen}
	if info.IsDir() {
		err = f.folder(path)
	} else {
		err = f.file(path, true)
	}
	if err != nil {
		return nil, err
	}
	if len(f.files) == 0 && f.skipped == 0 {
		return nil, &PathError{path, "holds no *.yaml or *.yml file"}
	}
	return f.files, nil
}

func readStdin(stdin io.Reader) ([]spec.File, error) {
	data, err := io.ReadAll(stdin)
	if err != nil {
		return nil, &PathError{"-", reason(err)}
	}
	folder, err := absoluteFolder("stdin")
	if err != nil {
		return nil, err
	}
	return []spec.File{{Name: "<stdin>", Folder: folder, Data: data, Named: true}}, nil
}

type finder struct {
	seen    map[string]bool
	files   []spec.File
	skipped int // read before under another name
}

// folder reads *.yaml and *.yml in a folder and below, in order of names.
// Names that begin with a dot are skipped; links are followed once.
func (f *finder) folder(path string) error {
	if first, err := f.first(path); err != nil || !first {
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return &PathError{path, reason(err)}
	}
	for _, entry := range entries {
		name := filepath.Join(path, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		info, err := os.Stat(name)
		switch extension := filepath.Ext(entry.Name()); {
		case err != nil && (extension == ".yaml" || extension == ".yml"):
			return &PathError{name, reason(err)}
		case err != nil: // a broken link of no interest
		case info.IsDir():
			err = f.folder(name)
		case info.Mode().IsRegular() && (extension == ".yaml" || extension == ".yml"):
			err = f.file(name, false)
		}
		if err != nil && info != nil {
			return err
		}
	}
	return nil
}

func (f *finder) file(path string, named bool) error {
	if first, err := f.first(path); err != nil || !first {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return &PathError{path, reason(err)}
	}
	folder, err := absoluteFolder(path)
	if err != nil {
		return err
	}
	f.files = append(f.files, spec.File{Name: filepath.ToSlash(path), Folder: folder, Data: data, Named: named})
	return nil
}

// first reports whether a real path is seen for the first time.
func (f *finder) first(path string) (bool, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return false, &PathError{path, reason(err)}
	}
	if f.seen[real] {
		f.skipped++
		return false, nil
	}
	f.seen[real] = true
	return true, nil
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
