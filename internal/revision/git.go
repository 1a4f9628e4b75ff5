package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/slojourn/slojourn/slo/diag"
)

// repository is a repository that a folder of its files lies in.
type repository struct {
	folder string
	root   string // absolute, without links
}

// program is what is run.
const program = "git"

// open finds the repository that a folder lies in.
func open(ctx context.Context, folder string) (repository, error) {
	r := repository{folder: folder}
	if _, err := exec.LookPath(program); err != nil {
		return r, errors.New("git, which reads old revisions, is not on PATH: install it, or name a folder with the old specs")
	}
	root, err := r.ask(ctx, "rev-parse", "--show-toplevel")
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case err != nil && strings.Contains(err.Error(), "dubious ownership"):
		return r, fmt.Errorf("git does not trust the repository around %s, as it belongs to somebody else: see safe.directory in git config --help, or name a folder with the old specs", folder)
	case err != nil:
		return r, fmt.Errorf("%s is in no working tree of git (%w): name a folder with the old specs", folder, err)
	}
	r.root = filepath.FromSlash(strings.TrimSuffix(root, "\n"))
	return r, nil
}

// command is git with arguments. Repositories must not choose what else is done: a
// partial clone would ask a server, and a file monitor is any program.
func (r repository) command(ctx context.Context, args ...string) *exec.Cmd {
	safe := []string{
		"-C", r.folder, "--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs",
		"-c", "protocol.allow=never", "-c", "core.fsmonitor=false",
	}
	cmd := exec.CommandContext(ctx, program, append(safe, args...)...) //nolint:gosec // no shell, and revisions do not begin with a dash
	cmd.Env = append(slices.DeleteFunc(cmd.Environ(), isAboutAnother), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

// isAboutAnother reports whether a variable, as NAME=VALUE, says which repository is
// meant, as those of a hook do.
func isAboutAnother(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"}, name)
}

// ask returns what git says.
func (r repository) ask(ctx context.Context, args ...string) (string, error) {
	cmd := r.command(ctx, args...)
	var said, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complaint
	if err := cmd.Run(); err != nil {
		return "", refusal(err, complaint.String())
	}
	return said.String(), nil
}

// refusal is why git did not do it: the first line that it said.
func refusal(err error, complaint string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n")
	if line = strings.TrimPrefix(line, "fatal: "); line != "" {
		return errors.New(line)
	}
	return err
}

// commit returns the commit that a revision names.
func (r repository) commit(ctx context.Context, revision string) (string, error) {
	if revision == "" || strings.HasPrefix(revision, "-") || strings.ContainsFunc(revision, unicode.IsControl) {
		return "", fmt.Errorf("%q cannot be a revision: write a branch, a tag or a commit, such as main or HEAD~1", revision)
	}
	id, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err == nil {
		return strings.TrimSpace(id), nil
	}
	if near, found := r.nearest(ctx, revision); found {
		return "", fmt.Errorf("there is no folder, and git has no commit, that is called %q: did you mean %s?", revision, near)
	}
	remedy := "write a branch, a tag, a commit or a folder"
	if shallow, err := r.ask(ctx, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(shallow) == "true" {
		remedy = "this clone is shallow and has no older commits; run git fetch --unshallow, or have CI fetch all of them (fetch-depth: 0)"
	}
	return "", fmt.Errorf("there is no folder, and git has no commit, that is called %q: %s", revision, remedy)
}

// nearest returns the branch or tag that was probably meant: in CI often the remote's
// one of that name is there alone.
func (r repository) nearest(ctx context.Context, revision string) (string, bool) {
	said, err := r.ask(ctx, "for-each-ref", "--count=1000", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
	if err != nil {
		return "", false
	}
	names := strings.Fields(said)
	for _, name := range names {
		if strings.HasSuffix(name, "/"+revision) {
			return name, true
		}
	}
	return diag.Nearest(revision, names)
}

// contents reads blobs in the given order, each with read, which need not read all of
// one.
func (r repository) contents(ctx context.Context, blobs []string, read func(n int, content io.Reader) error) error {
	if len(blobs) == 0 {
		return nil
	}
	cmd := r.command(ctx, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(strings.Join(blobs, "\n") + "\n")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := readBatch(out, blobs, read); err != nil {
		out.Close()         //nolint:errcheck // git ends with it
		ended := cmd.Wait() // which says more, where git has failed
		if text := strings.TrimSpace(complaint.String()); text != "" && ended != nil {
			return refusal(ended, text)
		}
		return err
	}
	if err := cmd.Wait(); err != nil {
		return refusal(err, complaint.String())
	}
	return nil
}

// readBatch takes apart what git cat-file --batch prints: for each blob a line with its
// length, its content, and the end of a line.
func readBatch(out io.Reader, blobs []string, read func(n int, content io.Reader) error) error {
	buffered := bufio.NewReader(out)
	for n, blob := range blobs {
		line, err := buffered.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git does not go on with the object %s: %w", blob, err)
		}
		var id, kind string
		var length int64
		if _, err := fmt.Sscanf(line, "%s %s %d\n", &id, &kind, &length); err != nil || kind != "blob" {
			return fmt.Errorf("git has no content of the object %s: %q", blob, strings.TrimSpace(line))
		}
		content := io.LimitReader(buffered, length)
		if err := read(n, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return err
		}
		if _, err := buffered.Discard(1); err != nil {
			return err
		}
	}
	return nil
}
