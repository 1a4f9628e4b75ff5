package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oursIn is what a command writes that names each file in it.
func oursIn() ownership {
	return ownership{
		endings: []string{".yaml"},
		marked:  func(_ string, begin []byte) bool { return strings.HasPrefix(string(begin), "# ours\n") },
		belongs: func(string) bool { return true },
		wrote:   func(name string, data []byte) bool { return strings.Contains(string(data), "name: "+name) },

		unfinished: ".begun",
	}
}

// TestOutputsStay writes a file twice: it stays the same file unless its content
// changes, so that whoever watches the folder has nothing to do.
func TestOutputsStay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(data string) os.FileInfo {
		t.Helper()
		o, err := openOutputs(dir, oursIn())
		if err != nil {
			t.Fatal(err)
		}
		o.put("a.yaml", []byte(data))
		if err := o.close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "a.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first, again, other := put("# ours\nname: a.yaml\n"), put("# ours\nname: a.yaml\n"), put("# ours\nname: a.yaml\na: 2\n")
	if !os.SameFile(first, again) {
		t.Error("a file was replaced by the same content")
	}
	if os.SameFile(again, other) {
		t.Error("a file was changed in place, where others may be reading it")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

// TestOutputsOfOthers leaves alone what only looks like a file of ours, says what it
// removes, and tidies up after a run that was killed.
func TestOutputsOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"short.yaml": "# o", "empty.yaml": "", "other.yaml": "a: 1\n# ours\n", "ours.txt": "# ours\n", "old.yaml": "# ours\nname: old.yaml\n", "older.yaml": "# ours\nname: older.yaml\n",
		"copy.yaml": "# ours\nname: old.yaml\n", "mine.yaml": "# ours\nname: old.yaml\n",
		".slojourn-2548020131.tmp": "# ou", ".slojourn-.tmp": "", ".slojourn-notes.tmp": "", "slojourn-1.tmp": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(written ...string) (string, error) {
		o, err := openOutputs(dir, oursIn())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range written {
			o.put(name, []byte("# ours\nname: "+name+"\n"))
		}
		var said strings.Builder
		err = o.close()
		o.tell(func(line string) { said.WriteString(strings.ReplaceAll(line, dir, "DIR") + "\n") })
		return said.String(), err
	}
	if said, err := run("mine.yaml"); said != "" || err == nil || !strings.Contains(err.Error(), "mine.yaml is not a file of slojourn and was left alone") {
		t.Errorf("over a copy it says %q, %v", said, err)
	}
	const want = "2 files are not written any more and removed from DIR: old.yaml, older.yaml\n" +
		"2 files are copies under a name that slojourn does not give, left alone in DIR: copy.yaml, mine.yaml\n"
	if said, err := run(); said != want || err != nil {
		t.Errorf("it says %q, %v", said, err)
	}
	if diff := cmp.Diff([]string{".slojourn-.tmp", ".slojourn-notes.tmp", "copy.yaml", "empty.yaml", "mine.yaml", "other.yaml", "ours.txt", "short.yaml", "slojourn-1.tmp"}, namesIn(t, dir)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

// TestOutputsBelow keeps files in folders below: those that it writes into, and those that
// it is told it wrote into before.
func TestOutputsBelow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ours := func(name string) string { return "# ours\nname: " + name + "\n" }
	for name, content := range map[string]string{
		"a/old.yaml": ours("a/old.yaml"), "a/stays.yaml": ours("a/stays.yaml"), "a/mine.yaml": "mine", "a/.slojourn-1.tmp": "#",
		"b/old.yaml": ours("b/old.yaml"), "c/old.yaml": ours("c/old.yaml"), "c/copy.yaml": ours("b/old.yaml"), "d/old.yaml": ours("d/old.yaml"),
	} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	run := func(before []string, written ...string) (string, error) {
		o, err := openOutputs(dir, oursIn())
		if err != nil {
			t.Fatal(err)
		}
		o.knew(before...)
		for _, name := range written {
			o.put(name, []byte(ours(name)))
		}
		o.putLast("index.yaml", []byte(ours("index.yaml")))
		var said strings.Builder
		err = o.close()
		o.tell(func(line string) { said.WriteString(strings.ReplaceAll(line, dir, "DIR") + "\n") })
		return said.String(), err
	}
	there := func() (names []string) {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
			if name != "." && (entry == nil || !entry.IsDir() || strings.Count(name, "/") == 0) {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	// Where something is in the way nothing is removed, and what says what there is stays.
	if said, err := run([]string{"b", "c"}, "a/new.yaml", "a/mine.yaml"); said != "" || err == nil || !strings.Contains(err.Error(), "a/mine.yaml is not a file of slojourn and was left alone") {
		t.Errorf("over a file of others it says %q, %v", said, err)
	}
	if diff := cmp.Diff([]string{".begun", "a", "a/mine.yaml", "a/new.yaml", "a/old.yaml", "a/stays.yaml", "b", "b/old.yaml", "c", "c/copy.yaml", "c/old.yaml", "d", "d/old.yaml"}, there()); diff != "" {
		t.Errorf("after a failure (-want +got):\n%s", diff)
	}
	const want = "4 files are not written any more and removed from DIR: a/new.yaml, a/old.yaml, b/old.yaml, c/old.yaml\n" +
		"1 file is a copy under a name that slojourn does not give, left alone in DIR: c/copy.yaml\n"
	if said, err := run([]string{"b", "c", "missing"}, "a/stays.yaml", "e/new.yaml"); said != want || err != nil {
		t.Errorf("it says %q, %v", said, err)
	}
	if diff := cmp.Diff([]string{"a", "a/mine.yaml", "a/stays.yaml", "c", "c/copy.yaml", "d", "d/old.yaml", "e", "e/new.yaml", "index.yaml"}, there()); diff != "" {
		t.Errorf("in the end (-want +got):\n%s", diff)
	}
	writeFile(t, filepath.Join(dir, "f"), "")
	if _, err := run(nil, "f/new.yaml"); err == nil || !strings.Contains(err.Error(), "f: not a directory") {
		t.Errorf("below a file it says %v", err)
	}
}

// TestOutputsThroughLinks follows no link to a folder, and leaves it and what it leads to
// alone.
func TestOutputsThroughLinks(t *testing.T) {
	t.Parallel()
	dir, elsewhere := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(elsewhere, "old.yaml"), "# ours\nname: a/old.yaml\n")
	if err := os.Symlink(elsewhere, filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	run := func(written ...string) error {
		o, err := openOutputs(dir, oursIn())
		if err != nil {
			t.Fatal(err)
		}
		o.knew("a")
		for _, name := range written {
			o.put(name, []byte("# ours\nname: "+name+"\n"))
		}
		return o.close()
	}
	const want = "/a is a link, and nothing is written through it: put a folder in its place, or name another folder with -d"
	if err := run("a/new.yaml", "a/other.yaml", "b/new.yaml"); err == nil || strings.ReplaceAll(err.Error(), dir, "") != want {
		t.Errorf("it says %v", err)
	}
	if err := run("b/new.yaml"); err != nil {
		t.Error(err)
	}
	if to, err := os.Readlink(filepath.Join(dir, "a")); err != nil || to != elsewhere {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	if diff := cmp.Diff([]string{"old.yaml"}, namesIn(t, elsewhere)); diff != "" {
		t.Errorf("where it leads (-want +got):\n%s", diff)
	}
}

// TestOutputsOfRunsThatDidNotEndWell are removed by the next one that does, also in folders
// that it would not look into.
func TestOutputsOfRunsThatDidNotEndWell(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(o *outputs){
		"killed": func(*outputs) {},
		"failed": func(o *outputs) {
			o.put("mine.yaml", nil)
			if err := o.close(); err == nil {
				t.Error("it went well")
			}
		},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "mine.yaml"), "mine")
		begin := func(written ...string) *outputs {
			o, err := openOutputs(dir, oursIn())
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range written {
				o.put(name, []byte("# ours\nname: "+name+"\n"))
			}
			return o
		}
		end(begin("a/x.yaml", "b/x.yaml", "b/y.yaml"))
		end(begin("b/x.yaml", "c/x.yaml"))
		o := begin("d/x.yaml")
		if err := o.close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var said string
		o.tell(func(line string) { said = strings.ReplaceAll(line, dir, "DIR") })
		if want := "4 files are not written any more and removed from DIR: a/x.yaml, b/x.yaml, b/y.yaml, c/x.yaml"; said != want {
			t.Errorf("%s: it says %q, want %q", name, said, want)
		}
		if diff := cmp.Diff([]string{"d", "mine.yaml"}, namesIn(t, dir)); diff != "" {
			t.Errorf("%s: in the end (-want +got):\n%s", name, diff)
		}
	}
	for _, text := range []string{"../a", "/etc", "..", ".", "", "a/b", "a"} {
		dir := t.TempDir()
		kept := filepath.Join(dir, "out", "a", "b", "x.yaml")
		writeFile(t, kept, "# ours\nname: a/b/x.yaml\n")
		writeFile(t, filepath.Join(dir, "out", oursIn().unfinished), text+"\n")
		writeFile(t, filepath.Join(dir, "a", "x.yaml"), "# ours\nname: ../a/x.yaml\n")
		o, err := openOutputs(filepath.Join(dir, "out"), oursIn())
		if err == nil {
			err = o.close()
		}
		if err != nil || len(namesIn(t, filepath.Dir(kept))) != 1 || len(namesIn(t, filepath.Join(dir, "a"))) != 1 {
			t.Errorf("%q leads elsewhere, or %v", text, err)
		}
	}
}

// namesIn lists a folder.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestGenerateJobs refuses names that no job of Prometheus has.
func TestGenerateJobs(t *testing.T) {
	t.Parallel()
	for _, job := range []string{"", "\xff"} {
		code, _, stderr := command(t, "generate", "prometheus-rules", "--job", job, t.TempDir())
		if code != exitUsage || !strings.Contains(stderr, "give the name of the job") {
			t.Errorf("%q: exit code %d\n%s", job, code, stderr)
		}
	}
}
