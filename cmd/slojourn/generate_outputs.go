package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// outputs is a folder that a command keeps its files in. What it wrote before is told by
// the header that all of it has, and by what is in it.
type outputs struct {
	path     string
	own      ownership
	old      map[string]bool // files of the command that are to be removed unless they are written
	foreign  map[string]bool // other names that are taken
	removed  []string        // names of what was written before and is not any more
	left     []string        // names of what has the header, but is not as the command writes it
	failures []error
}

// ownership says what a command writes.
type ownership struct {
	header  string
	belongs func(name string) bool              // whether a file is of the format that is written
	wrote   func(name string, data []byte) bool // whether a file with the header can be the command's
}

// openOutputs looks at a folder, or makes it. The command may have written another
// format into the same folder, which has to be refused, as that would be removed. What
// a run that was killed left half written is removed.
func openOutputs(path string, own ownership) (*outputs, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", path, cause(err))
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read the folder %s: %w", path, cause(err))
	}
	f := &outputs{path: path, own: own, old: map[string]bool{}, foreign: map[string]bool{}}
	var others []string
	for _, entry := range entries {
		name := entry.Name()
		if entry.Type().IsRegular() && isTemporary(name) {
			if err := os.Remove(filepath.Join(path, name)); err != nil {
				return nil, fmt.Errorf("remove %s, which a run that was killed left: %w", filepath.Join(path, name), cause(err))
			}
			continue
		}
		begins := false
		if entry.Type().IsRegular() && strings.HasSuffix(name, ".yaml") {
			if begins, err = beginsWith(filepath.Join(path, name), own.header); err != nil {
				return nil, fmt.Errorf("read %s: %w", filepath.Join(path, name), cause(err))
			}
		}
		switch {
		case !begins:
			f.foreign[name] = true
		case own.belongs(name):
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
	foreign := f.foreign[name]
	if f.old[name] {
		delete(f.old, name)
		before, err := os.ReadFile(path)
		if err == nil && bytes.Equal(before, data) {
			return
		}
		foreign = err == nil && !f.own.wrote(name, before)
	}
	if foreign {
		f.failures = append(f.failures, fmt.Errorf("%s is not a file of slojourn and was left alone: move it, or name another folder with -d", path))
		return
	}
	if err := placeFile(path, data); err != nil {
		f.failures = append(f.failures, fmt.Errorf("write %s: %w", path, cause(err)))
	}
}

// A file that is being written begins with a dot and does not end as one of rules does:
// no pattern for those finds it.
const temporaryBegin, temporaryEnd = ".slojourn-", ".tmp"

// isTemporary reports whether a name is one that [placeFile] gives for a moment.
func isTemporary(name string) bool {
	number, begins := strings.CutPrefix(name, temporaryBegin)
	number, ends := strings.CutSuffix(number, temporaryEnd)
	return begins && ends && number != "" && strings.Trim(number, "0123456789") == ""
}

// placeFile makes or replaces a file: whoever reads it sees all of it or none.
func placeFile(path string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), temporaryBegin+"*"+temporaryEnd)
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

// close removes what was not written again, except for what is somebody's own. When
// something failed, everything stays that there was.
func (f *outputs) close() error {
	if len(f.failures) > 0 {
		return errors.Join(f.failures...)
	}
	for _, name := range slices.Sorted(maps.Keys(f.old)) {
		path := filepath.Join(f.path, name)
		data, err := os.ReadFile(path)
		if err == nil && !f.own.wrote(name, data) {
			f.left = append(f.left, name)
			continue
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			f.failures = append(f.failures, fmt.Errorf("remove %s: %w", path, cause(err)))
			continue
		}
		f.removed = append(f.removed, name)
	}
	return errors.Join(f.failures...)
}

// tell says what became of files that were not written again.
func (f *outputs) tell(say func(line string)) {
	if n := len(f.removed); n > 0 {
		say(fmt.Sprintf("%s not written any more and removed from %s: %s", countOf(n, "file is", "files are"), f.path, listed(f.removed)))
	}
	if n := len(f.left); n > 0 {
		say(fmt.Sprintf("%s under a name that slojourn does not give, left alone in %s: %s", countOf(n, "file is a copy", "files are copies"), f.path, listed(f.left)))
	}
}
