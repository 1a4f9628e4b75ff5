package main

import (
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// std is the name under which the standard library is listed.
const std = "std"

// A module is one module at one version.
type module struct {
	path, version string
}

// A report is what was found out about one module.
type report struct {
	module
	licence string // SPDX expression
	files   []file
}

// A file is a licence or notice file of a module.
type file struct {
	name, text string
}

// linked returns the modules that the binaries are linked from, each once, sorted,
// without the main module and with the standard library.
func linked(binaries []string) ([]module, error) {
	var modules []module
	for _, name := range binaries {
		info, err := buildinfo.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read build info: %w", err)
		}
		// A version may be followed by notes, such as "go1.26.8 X:jsonv2".
		version, _, _ := strings.Cut(info.GoVersion, " ")
		modules = append(modules, module{path: std, version: version})
		for _, dep := range info.Deps {
			if dep.Replace != nil {
				dep = dep.Replace
			}
			if dep.Version == "" {
				return nil, fmt.Errorf("%s: module %s comes from a folder, not from a released version", name, dep.Path)
			}
			modules = append(modules, module{path: dep.Path, version: dep.Version})
		}
	}
	slices.SortFunc(modules, func(a, b module) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.version, b.version))
	})
	return slices.Compact(modules), nil
}

// inspect reads and recognises the licence of every module. All modules that give
// trouble are in the error, not only the first.
func inspect(modules []module, cache, goroot string) ([]report, error) {
	var (
		reports []report
		errs    []error
	)
	for _, m := range modules {
		folder := filepath.Join(cache, filepath.FromSlash(escape(m.path)+"@"+escape(m.version)))
		if m.path == std {
			folder = goroot
		}
		r, err := inspectFolder(m, folder)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", m.path, m.version, err))
			continue
		}
		reports = append(reports, r)
	}
	return reports, errors.Join(errs...)
}

func inspectFolder(m module, folder string) (report, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return report{}, fmt.Errorf("not in the module cache, build the binary here first: %w", err)
	}
	r := report{module: m}
	var found []string
	for _, entry := range entries {
		kind := kindOf(entry.Name())
		if kind == other || !entry.Type().IsRegular() {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return report{}, err
		}
		r.files = append(r.files, file{name: entry.Name(), text: string(text)})
		if kind == notice {
			continue
		}
		ids, err := recognise(string(text))
		if err != nil {
			return report{}, fmt.Errorf("%s: %w", path, err)
		}
		found = append(found, ids...)
	}
	if len(found) == 0 {
		return report{}, fmt.Errorf("no LICENSE or COPYING file in %s", folder)
	}
	slices.Sort(found)
	// A module under several licences has parts under each, so all of them bind.
	r.licence = strings.Join(slices.Compact(found), " AND ")
	return r, nil
}

type kind int

const (
	other kind = iota
	licence
	notice
)

// kindOf tells licence and notice files by name: LICENSE, LICENCE-MIT, copying.md,
// NOTICE.txt. What a module collects about others, and about its logo, is a notice.
// Source files such as license.go are neither.
func kindOf(name string) kind {
	upper := strings.ToUpper(name)
	switch filepath.Ext(upper) {
	case "", ".TXT", ".MD", ".RST", ".MIT", ".BSD", ".APACHE", ".LIBYAML":
	default:
		return other
	}
	switch {
	case hasAnyPrefix(upper, "LICENSE-3RD-PARTY", "LICENSE-LOGO"):
		return notice
	case hasAnyPrefix(upper, "LICENSE", "LICENCE", "COPYING"):
		return licence
	case hasAnyPrefix(upper, "NOTICE", "PATENTS"):
		return notice
	}
	return other
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// escape spells a module path or version as the module cache does: an upper-case
// letter becomes an exclamation mark and its lower case, because not every file
// system tells the two apart.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func write(w io.Writer, reports []report, texts bool) error {
	var b strings.Builder
	for _, r := range reports {
		fmt.Fprintf(&b, "%s %s %s\n", r.path, r.version, r.licence)
	}
	if texts {
		for _, r := range reports {
			for _, f := range r.files {
				heading := fmt.Sprintf("%s %s: %s", r.path, r.version, f.name)
				fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", heading, strings.Repeat("=", len(heading)), strings.TrimRight(f.text, "\n"))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
