package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// outputs is a folder that a command keeps its files in, and the folders below it. What it
// wrote before is told by what is in it. Names have a slash behind the folder below.
type outputs struct {
	path     string
	own      ownership
	folders  map[string]bool // that were looked at; "" is the one itself
	links    map[string]bool // to folders, and whether it was said that they are not followed
	known    map[string]bool // folders below that the next run looks into, whatever becomes of this one
	begun    []string        // those among them that only the file of folders that are begun names
	old      map[string]bool // files of the command that are to be removed unless they are written
	foreign  map[string]bool // other names that are taken
	last     map[string][]byte
	removed  []string // names of what was written before and is not any more
	left     []string // names of what has the mark, but is not as the command writes it
	failures []error
}

// ownership says what a command writes.
type ownership struct {
	flag    string                               // that names the folder; "" for -d
	endings []string                             // of names; what ends otherwise is not looked into
	marked  func(name string, begin []byte) bool // whether what a file begins with, 4 KiB or less, has the command's mark
	belongs func(name string) bool               // whether a file is of the format that is written
	wrote   func(name string, data []byte) bool  // whether a file with the mark can be the command's

	// unfinished is the name of a file that is there until a run ends well, and names the
	// folders below that it has begun to write into; "" when nothing is written there.
	unfinished string
}

// openOutputs looks at a folder, or makes it. The command may have written another
// format into the same folder, which has to be refused, as that would be removed. What
// a run that was killed left half written is removed.
func openOutputs(path string, own ownership) (*outputs, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder %s: %w", path, cause(err))
	}
	f := &outputs{
		path: path, own: own, folders: map[string]bool{}, links: map[string]bool{}, known: map[string]bool{},
		old: map[string]bool{}, foreign: map[string]bool{}, last: map[string][]byte{},
	}
	if err := f.look(""); err != nil {
		return nil, err
	}
	return f, f.resume()
}

// resume looks at the folders below that runs have begun to write into that did not end well.
func (f *outputs) resume() error {
	if f.own.unfinished == "" {
		return nil
	}
	at := filepath.Join(f.path, f.own.unfinished)
	text, err := os.ReadFile(at)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", at, cause(err))
	}
	for _, name := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f.begun = append(f.begun, name)
		if f.known[name] || name == "." || name != filepath.Base(name) || !filepath.IsLocal(name) {
			continue // nobody wrote that here
		}
		f.known[name] = true
		if err := f.look(name); err != nil {
			return err
		}
	}
	return nil
}

// knew looks at folders below that were written into before, as something says that stays
// until a run ends well.
func (f *outputs) knew(folders ...string) {
	for _, folder := range folders {
		f.known[folder] = true
		if err := f.look(folder); err != nil {
			f.fail(err)
		}
	}
}

// begin makes a folder below, which the next run knows of from now on.
func (f *outputs) begin(folder string) error {
	if !f.known[folder] {
		at := filepath.Join(f.path, f.own.unfinished)
		if err := placeFile(at, []byte(strings.Join(append(f.begun, folder), "\n")+"\n")); err != nil {
			return fmt.Errorf("write %s: %w", at, cause(err))
		}
		f.begun, f.known[folder] = append(f.begun, folder), true
	}
	if err := os.MkdirAll(filepath.Join(f.path, folder), 0o755); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Join(f.path, folder), cause(err))
	}
	return nil
}

// look notes what is in a folder: the one itself (""), or one below it that there may be.
func (f *outputs) look(folder string) error {
	if f.folders[folder] {
		return nil
	}
	f.folders[folder] = true
	if folder != "" {
		info, err := os.Lstat(filepath.Join(f.path, folder))
		switch {
		case errors.Is(err, os.ErrNotExist):
			return nil
		case err == nil && info.Mode()&(os.ModeSymlink|os.ModeIrregular) != 0: // Windows has irregular ones
			f.links[folder] = false
			return nil
		}
	}
	entries, err := os.ReadDir(filepath.Join(f.path, folder))
	if err != nil {
		return fmt.Errorf("read the folder %s: %w", filepath.Join(f.path, folder), cause(err))
	}
	var others []string
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		at := filepath.Join(f.path, name)
		if name == f.own.unfinished {
			continue
		}
		if entry.Type().IsRegular() && isTemporary(entry.Name()) {
			if err := os.Remove(at); err != nil {
				return fmt.Errorf("remove %s, which a run that was killed left: %w", at, cause(err))
			}
			continue
		}
		marked := false
		if entry.Type().IsRegular() && slices.Contains(f.own.endings, path.Ext(name)) {
			begin, err := beginOf(at)
			if err != nil {
				return fmt.Errorf("read %s: %w", at, cause(err))
			}
			marked = f.own.marked(name, begin)
		}
		switch {
		case !marked:
			f.foreign[name] = true
		case f.own.belongs(name):
			f.old[name] = true
		default:
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("the folder %s has files in the other format, such as %s: name a folder of its own for each format", f.path, others[0])
	}
	return nil
}

// beginOf reads what a file begins with.
func beginOf(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	begin := make([]byte, 4<<10)
	n, err := io.ReadFull(file, begin)
	if err := file.Close(); err != nil {
		return nil, err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return begin[:n], err
}

// put writes a file in one step, unless it is like that already. What fails is
// remembered, so that the others are written.
func (f *outputs) put(name string, data []byte) {
	at := filepath.Join(f.path, name)
	if f.isThere(name, data) {
		return
	}
	if folder := path.Dir(name); folder != "." {
		if err := f.begin(folder); err != nil {
			f.fail(err)
			return
		}
	}
	if err := placeFile(at, data); err != nil {
		f.fail(fmt.Errorf("write %s: %w", at, cause(err)))
	}
}

// fail remembers what could not be done.
func (f *outputs) fail(err error) { f.failures = append(f.failures, err) }

// putLast writes a file that says what there is: when everything else is as it should be.
func (f *outputs) putLast(name string, data []byte) {
	if !f.isThere(name, data) {
		f.last[name] = data
	}
}

// isThere reports whether nothing has to be written in a place: the file is there already,
// or it is somebody else's, which is a failure.
func (f *outputs) isThere(name string, data []byte) bool {
	at := filepath.Join(f.path, name)
	folder := path.Dir(name)
	if folder == "." {
		folder = ""
	}
	if err := f.look(folder); err != nil {
		f.fail(err)
		return true
	}
	if said, isLink := f.links[folder]; isLink {
		if !said {
			f.fail(fmt.Errorf("%s is a link, and nothing is written through it: put a folder in its place, or name another folder with %s", filepath.Join(f.path, folder), cmp.Or(f.own.flag, "-d")))
		}
		f.links[folder] = true
		return true
	}
	foreign := f.foreign[name]
	if f.old[name] {
		delete(f.old, name)
		before, err := os.ReadFile(at)
		if err == nil && bytes.Equal(before, data) {
			return true
		}
		foreign = err == nil && !f.own.wrote(name, before)
	}
	if foreign {
		f.fail(fmt.Errorf("%s is not a file of slojourn and was left alone: move it, or name another folder with %s", at, cmp.Or(f.own.flag, "-d")))
	}
	return foreign
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

// close removes what was not written again, except for what is somebody's own, and
// folders that have become empty. When something failed, everything stays that there was.
func (f *outputs) close() error {
	if len(f.failures) == 0 {
		f.sweep()
	}
	if len(f.failures) == 0 {
		for _, name := range slices.Sorted(maps.Keys(f.last)) {
			if err := placeFile(filepath.Join(f.path, name), f.last[name]); err != nil {
				f.fail(fmt.Errorf("write %s: %w", filepath.Join(f.path, name), cause(err)))
			}
		}
	}
	if at := filepath.Join(f.path, f.own.unfinished); len(f.failures) == 0 && len(f.begun) > 0 {
		if err := os.Remove(at); err != nil {
			f.fail(fmt.Errorf("remove %s: %w", at, cause(err)))
		}
	}
	return errors.Join(f.failures...)
}

func (f *outputs) sweep() {
	for _, name := range slices.Sorted(maps.Keys(f.old)) {
		at := filepath.Join(f.path, name)
		data, err := os.ReadFile(at)
		if err == nil && !f.own.wrote(name, data) {
			f.left = append(f.left, name)
			continue
		}
		if err == nil {
			err = os.Remove(at)
		}
		if err != nil {
			f.fail(fmt.Errorf("remove %s: %w", at, cause(err)))
			continue
		}
		f.removed = append(f.removed, name)
		if folder := path.Dir(name); folder != "." {
			_ = os.Remove(filepath.Join(f.path, folder)) // it fails while something is in it
		}
	}
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
