package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// outputs is a folder that a command keeps its files in. What it wrote before is told by
// the header that all of it has.
type outputs struct {
	path     string
	header   string
	old      map[string]bool // files of the command that are to be removed unless they are written
	foreign  map[string]bool // other names that are taken
	failures []error
}

// openOutputs looks at a folder, or makes it. belongs says whether a name is one that
// the command gives; it may have written others into the same folder, which has to be
// refused, as they would be removed.
func openOutputs(path, header string, belongs func(name string) bool) (*outputs, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", path, cause(err))
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read the folder %s: %w", path, cause(err))
	}
	f := &outputs{path: path, header: header, old: map[string]bool{}, foreign: map[string]bool{}}
	var others []string
	for _, entry := range entries {
		name := entry.Name()
		own := false
		if entry.Type().IsRegular() && strings.HasSuffix(name, ".yaml") {
			if own, err = beginsWith(filepath.Join(path, name), header); err != nil {
				return nil, fmt.Errorf("read %s: %w", filepath.Join(path, name), cause(err))
			}
		}
		switch {
		case !own:
			f.foreign[name] = true
		case belongs(name):
			f.old[name] = true
		default:
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		return nil, fmt.Errorf("the folder %s has files in the other format, such as %s: name a folder of its own for each format", path, others[0])
	}
	return f, nil
}

func beginsWith(name, header string) (bool, error) {
	file, err := os.Open(name)
	if err != nil {
		return false, err
	}
	begin := make([]byte, len(header))
	_, err = io.ReadFull(file, begin)
	if err := file.Close(); err != nil {
		return false, err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}
	return string(begin) == header, err
}

// put writes a file in one step, unless it is like that already. What fails is
// remembered, so that the others are written.
func (f *outputs) put(name string, data []byte) {
	path := filepath.Join(f.path, name)
	if f.foreign[name] {
		f.failures = append(f.failures, fmt.Errorf("%s is not a file of slojourn and was left alone: move it, or name another folder with -d", path))
		return
	}
	if f.old[name] {
		delete(f.old, name)
		if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, data) {
			return
		}
	}
	if err := writeOutput(path, data); err != nil {
		f.failures = append(f.failures, fmt.Errorf("write %s: %w", path, cause(err)))
	}
}

// writeOutput makes or replaces a file: whoever reads it sees all of it or none.
func writeOutput(path string, data []byte) error {
	// A name that begins with a dot is nobody's rule.
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(data)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}

// close removes what was not written again. When something failed, everything stays
// that there was.
func (f *outputs) close() error {
	if len(f.failures) == 0 {
		for name := range f.old {
			if err := os.Remove(filepath.Join(f.path, name)); err != nil {
				f.failures = append(f.failures, fmt.Errorf("remove %s: %w", filepath.Join(f.path, name), cause(err)))
			}
		}
	}
	return errors.Join(f.failures...)
}
