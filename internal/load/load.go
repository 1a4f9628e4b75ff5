package load

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec"
)

// Check looks for what only the measuring side can know, such as conditions
// that do not parse.
type Check func(slo.Declarations) diag.List

// Result is a set together with everything that was found in its files.
type Result struct {
	Set      *slo.Set
	Findings diag.List
	files    []spec.File
}

// Load reads all paths as one set. "-" is stdin. The error joins a
// [*spec.PathError] for every path that cannot be used, a line each; mistakes in
// the files are findings. key names the indicators of the set.
func Load(paths []string, stdin io.Reader, key slo.KeyFunc, checks ...Check) (*Result, error) {
	found, _ := spec.ReadPaths(paths, stdin) // the problems are in what was found
	return Found(found, key, checks...)
}

// Found makes a set of what paths led to, as [Load] does.
func Found(found []spec.Found, key slo.KeyFunc, checks ...Check) (*Result, error) {
	l := loader{operators: map[string]bool{}}
	var problems []error
	for _, path := range found {
		before := l.documents
		for _, file := range path.Files {
			l.decode(file)
			if path.Operators {
				l.operators[file.Name] = true
			}
		}
		if l.documents == before && path.Before == 0 && len(path.Problems) == 0 {
			path.Problems = append(path.Problems, &spec.PathError{Path: path.Path, Reason: "holds no document of " + spec.APIVersion})
		}
		problems = append(problems, path.Problems...)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return l.result(key, checks), nil
}

// Files makes a set of files that were read elsewhere.
func Files(files []spec.File, key slo.KeyFunc, checks ...Check) *Result {
	var l loader
	for _, file := range files {
		l.decode(file)
	}
	return l.result(key, checks)
}

type loader struct {
	declarations slo.Declarations
	findings     diag.List
	documents    int
	files        []spec.File
	operators    map[string]bool // names of the files that are the operator's
}

func (l *loader) decode(file spec.File) {
	decoded, findings := spec.Decode(file)
	l.documents += decoded.Documents
	l.declarations = l.declarations.Join(decoded.Declarations)
	l.findings.Add(findings...)
	if decoded.Documents > 0 {
		l.files = append(l.files, file)
	}
}

func (l *loader) result(key slo.KeyFunc, checks []Check) *Result {
	set, findings := slo.Resolve(l.declarations, key)
	l.findings.Add(findings...)
	for _, check := range checks {
		l.findings.Add(check(l.declarations)...)
	}
	l.accept(set)
	l.findings.Sort()
	Redact(l.findings, l.files)
	return &Result{Set: set, Findings: l.findings, files: l.files}
}

// Lines gives the source lines of the files that were read, for rendering.
func (r *Result) Lines() render.Lines { return Lines(r.files) }

// Lines gives the source lines of files.
func Lines(files []spec.File) render.Lines {
	data := map[string][]byte{}
	for _, file := range files {
		data[file.Name] = file.Data
	}
	split := map[string][]string{}
	return func(file string, line int) (string, bool) {
		text, known := data[file]
		if !known {
			return "", false
		}
		if split[file] == nil {
			split[file] = shown(strings.TrimPrefix(string(text), "\ufeff"))
		}
		if line < 1 || line > len(split[file]) {
			return "", false
		}
		return strings.TrimSuffix(split[file][line-1], "\r"), true
	}
}

// shown splits a text into lines. A secret of which only the lines before tell
// that it is one is left out: rendering sees one line at a time.
func shown(text string) []string {
	lines := strings.Split(text, "\n")
	offset, secrets := 0, diag.HiddenSecrets(text)
	for i, line := range lines {
		end := offset + len(line)
		visible := diag.HiddenSecrets(line)
		shorter := 0
		for ; len(secrets) > 0 && secrets[0].Start < end; secrets = secrets[1:] {
			from, to := secrets[0].Kept-offset, min(secrets[0].End, end)-offset
			if slices.ContainsFunc(visible, func(s diag.Secret) bool { return s.Start <= from && s.End >= to }) {
				continue
			}
			lines[i] = lines[i][:from-shorter] + "…" + lines[i][to-shorter:]
			shorter += to - from - len("…")
		}
		offset = end + 1
	}
	return lines
}
