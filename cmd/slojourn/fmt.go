package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec"
)

func newFmt(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fmt [paths…]",
		Short: "Lay specs out in the canonical way",
		Long: `fmt rewrites the given files, and those in the given folders (default: the
current folder), in the canonical layout: keys in the order of the reference,
two blanks of indentation, lists indented below their key. "-" formats stdin to
stdout. Comments, quotes, blocks and braces stay as they were written, and what
a spec says never changes. It opens no connection and reads no secret.

A file with errors in its YAML is reported and stays as it is; the others are
still written. So does a document that cannot be laid out, such as one that is
written in braces as a whole. Documents of other programs are never touched.

Exit code 1 means that a file has errors, that a document cannot be laid out
or, with --check or --diff, that a file has another layout.`,
		Example: "  slojourn fmt specs\n  slojourn fmt --check specs",
	}
	f := formatting{env: env}
	localeFlag(cmd, &f.env)
	cmd.Flags().BoolVar(&f.check, "check", false, "print the names of files with another layout, and write nothing")
	cmd.Flags().BoolVar(&f.diff, "diff", false, "print what would change, and write nothing")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return f.run(args) }
	return cmd
}

// formatting is one run of fmt.
type formatting struct {
	env         environment
	check, diff bool

	different bool        // a file has another layout
	findings  diag.List   // in all files
	files     []spec.File // that findings may be about
	failures  []error     // files that could not be written
}

func (f *formatting) run(paths []string) error {
	found, err := spec.ReadPaths(orCurrentFolder(paths), f.env.stdin)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	for _, path := range found {
		documents := 0
		for _, file := range path.Files {
			formatted, findings := spec.Format(file)
			documents += formatted.Documents
			f.findings.Add(findings...)
			if len(findings) > 0 {
				f.files = append(f.files, file)
			}
			if err := f.put(file, formatted.Data, path.Path == "-"); err != nil {
				return failed(err)
			}
		}
		if documents == 0 && path.Before == 0 {
			return &exitError{exitUsage, &spec.PathError{Path: path.Path, Reason: "holds no document of " + spec.APIVersion}}
		}
	}
	load.Redact(f.findings, f.files)
	if err := printFindings(f.env.stderr, f.env, f.findings, load.Lines(f.files)); err != nil {
		return failed(err)
	}
	switch {
	case len(f.failures) > 0:
		return failed(errors.Join(f.failures...))
	case len(f.findings) > 0, f.different && (f.check || f.diff):
		return &exitError{code: exitFindings}
	}
	return nil
}

// put prints or writes the new layout of a file. The error is about stdout;
// what could not be written is remembered, so that the other files still are.
func (f *formatting) put(file spec.File, data []byte, stdin bool) error {
	different := !bytes.Equal(file.Data, data)
	f.different = f.different || different
	var out []byte
	switch {
	case f.check || f.diff:
		if f.check && different {
			out = append(out, file.Name+"\n"...)
		}
		if f.diff && different {
			changes := diff.Diff(file.Name, file.Data, file.Name, data)
			out = append(out, render.Mask(string(changes))...)
		}
	case stdin:
		out = data
	case different:
		if err := replaceFile(file.Name, data); err != nil {
			f.failures = append(f.failures, fmt.Errorf("write %s: %w", file.Name, err))
		}
	}
	_, err := f.env.stdout.Write(out)
	return err
}

// replaceFile changes the content of a file in one step: whoever reads it sees
// the old content or the new one. A link stays, what it leads to is replaced;
// permissions are kept.
func replaceFile(name string, data []byte) (err error) {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return cause(err)
	}
	old, err := os.OpenFile(target, os.O_WRONLY, 0) // replacing would not ask for the permission
	if err != nil {
		return cause(err)
	}
	info, err := old.Stat()
	if err := errors.Join(err, old.Close()); err != nil {
		return cause(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file: write - to format stdin to stdout")
	}
	// A name that begins with a dot is nobody's spec.
	temporary, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return cause(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(cause(err), os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(data)
	if err := errors.Join(err, temporary.Chmod(info.Mode().Perm()), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), target)
}
