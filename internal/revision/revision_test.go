package revision_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/revision"
	"github.com/slojourn/slojourn/slo/spec"
)

// repository is one of a test.
type repository struct {
	t    *testing.T
	root string
}

// newRepository makes one without commits. Links of the temporary folder are followed,
// as git does.
func newRepository(t *testing.T) repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not on PATH")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := repository{t, root}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r repository) git(args ...string) {
	r.t.Helper()
	who := []string{"-C", r.root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}
	cmd := exec.CommandContext(r.t.Context(), "git", append(who, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %q: %v: %s", args, err, out)
	}
}

func (r repository) write(name, text string) {
	r.t.Helper()
	path := r.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) link(target, name string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Symlink(target, r.path(name)); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) path(name string) string { return filepath.Join(r.root, name) }

func (r repository) paths(names ...string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, r.path(name))
	}
	return paths
}

func (r repository) commit() {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "as it is")
}

// lay writes a folder of specs with everything that is chosen or left out.
func (r repository) lay() {
	r.t.Helper()
	for _, name := range []string{
		"specs/b.yaml", "specs/a.yml", "specs/.hidden.yaml", "specs/.git-not/c.yaml", "specs/notes.txt", "specs/team/d.yaml", "other/e.yaml",
		"specs/a space ∑.yaml",
	} {
		r.write(name, name)
	}
}

// shown lists what was found: name, folder without the root, content, and * for what
// was named itself.
func shown(r repository, found []spec.Found) []string {
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s (%d before)", f.Path, f.Before))
		for _, file := range f.Files {
			star := ""
			if file.Named {
				star = "*"
			}
			lines = append(lines, fmt.Sprintf("  %s%s in %s: %s", file.Name, star, strings.TrimPrefix(file.Folder, filepath.ToSlash(r.root)), file.Data))
		}
		for _, problem := range f.Problems {
			lines = append(lines, "  "+problem.Error())
		}
	}
	return lines
}

func check(t *testing.T, r repository, rev string, paths, want []string) {
	t.Helper()
	found, err := revision.Read(t.Context(), rev, paths)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, shown(r, found)); diff != "" {
		t.Errorf("%s of %q (-want +got):\n%s", rev, paths, diff)
	}
}

// TestRead has the files as they were, whatever became of them.
func TestRead(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.lay()
	r.commit()
	r.git("tag", "v1")
	r.git("rm", "-r", "-q", "specs")
	r.write("specs/b.yaml", "another")
	r.commit()
	r.write("specs/b.yaml", "not committed")
	all := []string{
		"v1:specs (0 before)",
		"  v1:specs/a space ∑.yaml in /specs: specs/a space ∑.yaml",
		"  v1:specs/a.yml in /specs: specs/a.yml",
		"  v1:specs/b.yaml in /specs: specs/b.yaml",
		"  v1:specs/team/d.yaml in /specs/team: specs/team/d.yaml",
	}
	check(t, r, "v1", r.paths("specs"), all)
	check(t, r, "HEAD~1", r.paths("specs/team"), []string{"HEAD~1:specs/team (0 before)", "  HEAD~1:specs/team/d.yaml in /specs/team: specs/team/d.yaml"})
	check(t, r, "main", r.paths("specs"), []string{"main:specs (0 before)", "  main:specs/b.yaml in /specs: another"})
	check(t, r, "main", r.paths("."), []string{
		"main:. (0 before)", "  main:other/e.yaml in /other: other/e.yaml", "  main:specs/b.yaml in /specs: another",
	})
}

// TestReadLikeADisk finds in a revision what [spec.ReadPaths] finds on the disk.
func TestReadLikeADisk(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.lay()
	r.link("../other", "specs/linked")
	r.link("team/d.yaml", "specs/again.yaml")
	r.link("../specs", "specs/round")
	r.link("../other/e.yaml", "specs/e.txt")
	r.link("nowhere.yaml", "specs/broken.yaml")
	r.link("nowhere", "specs/broken")
	r.write("empty/notes.txt", "")
	r.commit()
	for _, names := range [][]string{
		{"specs"},
		{"."},
		{"specs/b.yaml", "specs"},
		{"specs", "specs/b.yaml"},
		{"specs/notes.txt", "specs/.hidden.yaml"},
		{"other", "specs/linked"},
		{"specs/team/d.yaml", "specs/team"},
		{"specs/again.yaml"},
		{"empty"},
		{"missing", "other"},
	} {
		paths := r.paths(names...)
		want, _ := spec.ReadPaths(paths, nil) // the problems are in what was found
		got, err := revision.Read(t.Context(), "main", paths)
		if err != nil {
			t.Fatalf("%q: %v", names, err)
		}
		for n := range want {
			if files(want[n].Files) != files(got[n].Files) || want[n].Before != got[n].Before || len(want[n].Problems) != len(got[n].Problems) {
				t.Errorf("%q: on the disk\n%s\nin the revision\n%s", names, strings.Join(shown(r, want), "\n"), strings.Join(shown(r, got), "\n"))
				break
			}
		}
	}
}

func files(list []spec.File) string {
	var text strings.Builder
	for _, f := range list {
		fmt.Fprintf(&text, "%s %s %t\n", f.Folder, f.Data, f.Named)
	}
	return text.String()
}

// TestReadProblems says of each path why it cannot be read.
func TestReadProblems(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("specs/a.yaml", "")
	r.link("/etc/passwd", "specs/absolute.yaml")
	r.link("../../outside.yaml", "specs/outside.yaml")
	r.link("y.yaml", "specs/x.yaml")
	r.link("x.yaml", "specs/y.yaml")
	r.write("notes/readme.md", "")
	r.commit()
	const link = ": is a link out of the repository, or to nothing"
	check(t, r, "main", r.paths("specs", "notes", "gone"), []string{
		"main:specs (0 before)",
		"  main:specs/a.yaml in /specs: ",
		"  main:specs/absolute.yaml" + link, "  main:specs/outside.yaml" + link, "  main:specs/x.yaml" + link, "  main:specs/y.yaml" + link,
		"main:notes (0 before)", "  main:notes: holds no *.yaml or *.yml file",
		"main:gone (0 before)", "  main:gone: does not exist in that revision",
	})
}

// TestReadLongFiles keeps no more of a file than shows that it is too long, and goes on
// with the next one.
func TestReadLongFiles(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	const most = 32 << 20
	r.write("specs/a.yaml", strings.Repeat("#", most+4096))
	r.write("specs/b.yaml", "b")
	r.commit()
	found, err := revision.Read(t.Context(), "main", r.paths("specs"))
	if err != nil {
		t.Fatal(err)
	}
	if got := found[0].Files; len(got) != 2 || len(got[0].Data) != most+1 || string(got[1].Data) != "b" {
		t.Errorf("got %d files, the first has %d bytes", len(got), len(got[0].Data))
	}
}

// TestReadRefuses says what is wrong with a revision, and what to do.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("specs/a.yaml", "")
	r.commit()
	r.git("tag", "release-2")
	r.git("update-ref", "refs/remotes/origin/develop", "HEAD")
	other := newRepository(t)
	other.write("a.yaml", "")
	other.commit()
	for _, test := range []struct {
		name, revision string
		paths          []string
		want           string
	}{
		{"unknown", "nonsense", r.paths("specs"), `no commit, that is called "nonsense": write a branch, a tag, a commit or a folder`},
		{"typing", "relaese-2", r.paths("specs"), "did you mean release-2?"},
		{"only the remote's", "develop", r.paths("specs"), "did you mean origin/develop?"},
		{"an option", "--output=stolen", r.paths("specs"), `"--output=stolen" cannot be a revision`},
		{"nothing", "", r.paths("specs"), `"" cannot be a revision`},
		{"control characters", "main\x1b[2J\n", r.paths("specs"), "cannot be a revision"},
		{"a file", "main:specs/a.yaml", r.paths("specs"), "no commit"},
		{"a range", "main..release-2", r.paths("specs"), "no commit"},
		{"stdin", "main", []string{"-"}, "stdin has no revisions: name files or folders"},
		{"no repository", "main", []string{t.TempDir()}, "is in no working tree of git"},
		{"two repositories", "main", []string{r.path("specs"), other.path("a.yaml")}, "name paths of one repository"},
	} {
		_, err := revision.Read(t.Context(), test.revision, test.paths)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.name, err, test.want)
		}
	}
	if _, err := os.Stat("stolen"); err == nil {
		t.Error("git took a revision for an option")
	}
}

// TestReadShallow knows why a clone has no older commits.
func TestReadShallow(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("specs/a.yaml", "old")
	r.commit()
	r.write("specs/a.yaml", "new")
	r.commit()
	clone := repository{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth=1", "file://"+r.root, clone.root)
	_, err := revision.Read(t.Context(), "HEAD~1", clone.paths("specs"))
	if err == nil || !strings.Contains(err.Error(), "git fetch --unshallow") {
		t.Errorf("got %v", err)
	}
	found, err := revision.Read(t.Context(), "HEAD", clone.paths("specs"))
	if err != nil || string(found[0].Files[0].Data) != "new" {
		t.Errorf("got %v, %v", found, err)
	}
}

// TestReadRunsNothing reads a repository that wants programs to be run.
func TestReadRunsNothing(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	mark := filepath.Join(t.TempDir(), "ran")
	r.write("specs/a.yaml", "a")
	r.write(".gitattributes", "*.yaml filter=evil diff=evil export-ignore\n")
	r.commit()
	for _, name := range []string{"core.fsmonitor", "core.pager", "core.sshCommand", "diff.evil.textconv", "filter.evil.smudge", "diff.external"} {
		r.git("config", name, "touch "+mark)
	}
	check(t, r, "main", r.paths("specs"), []string{"main:specs (0 before)", "  main:specs/a.yaml in /specs: a"})
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of the repository was run")
	}
}

// TestReadInAHook is about the paths, whatever variables say. It is not parallel, as it
// sets some.
func TestReadInAHook(t *testing.T) {
	r := newRepository(t)
	r.write("specs/a.yaml", "a")
	r.commit()
	t.Setenv("GIT_DIR", filepath.Join(t.TempDir(), "none"))
	t.Setenv("GIT_INDEX_FILE", "none")
	check(t, r, "main", r.paths("specs"), []string{"main:specs (0 before)", "  main:specs/a.yaml in /specs: a"})
}

// TestReadWithoutGit says what is missing. It is not parallel, as it sets PATH.
func TestReadWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := revision.Read(t.Context(), "main", []string{"."})
	if err == nil || !strings.Contains(err.Error(), "git, which reads old revisions, is not on PATH: install it") {
		t.Errorf("got %v", err)
	}
}

// TestReadInterrupted ends with the context.
func TestReadInterrupted(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("specs/a.yaml", "a")
	r.commit()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := revision.Read(ctx, "main", r.paths("specs")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
