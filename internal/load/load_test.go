package load_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// team, source, defaults and measured are documents of a set.
func team(name string) string {
	return "---\napiVersion: slojourn/v1\nkind: Team\nmetadata: {name: " + name + "}\n"
}

func source(name string) string {
	return "---\napiVersion: slojourn/v1\nkind: Source\nmetadata: {name: " + name + "}\n" +
		"spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}\n"
}

func defaults(body string) string {
	return "---\napiVersion: slojourn/v1\nkind: Defaults\nspec: {" + body + "}\n"
}

func measured(name string) string {
	return "---\napiVersion: slojourn/v1\nkind: SLO\nmetadata: {name: " + name + ", owner: shop}\n" +
		"spec: {objective: 99%, sli: {from: Transaction, bad: error IS TRUE}}\n"
}

// fixed is measured, with a window of its own.
func fixed(name string) string {
	return strings.Replace(measured(name), "99%", "{target: 99%, window: 28d}", 1)
}

// foreign is a document of another program.
const foreign = "---\napiVersion: v1\nkind: ConfigMap\n"

// tree writes files, and links where the content begins with "-> ".
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		switch target, isLink := strings.CutPrefix(content, "-> "); {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(path, 0o700)
		case isLink:
			err = os.Symlink(filepath.FromSlash(target), path)
		default:
			err = os.WriteFile(path, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// outcome is what loading led to, with the test's folder left out.
type outcome struct {
	Teams    []string // with the files they are from
	SLOs     []string // with their windows and sources
	Findings []string
	Err      string
}

func loaded(t *testing.T, dir string, stdin io.Reader, paths ...string) outcome {
	t.Helper()
	var full []string
	for _, path := range paths {
		if path != "-" {
			path = strings.TrimSuffix(dir+"/"+path, "/.")
		}
		full = append(full, path)
	}
	result, err := load.Load(full, stdin, newrelic.Key)
	var o outcome
	clean := func(text string) string { return strings.ReplaceAll(strings.ReplaceAll(text, dir+"/", ""), dir, ".") }
	if err != nil {
		if _, ok := errors.AsType[*spec.PathError](err); !ok || result != nil {
			t.Errorf("got %T %v and the result %v, want a *PathError alone", err, err, result)
		}
		o.Err = clean(err.Error())
		return o
	}
	for _, team := range result.Set.Teams {
		o.Teams = append(o.Teams, team.Name+" "+clean(team.Origin.File))
	}
	for _, s := range result.Set.SLOs {
		text := s.ID
		for _, objective := range s.Objectives {
			text += " " + objective.Window.String()
		}
		if s.Source != nil {
			text += " " + s.Source.Name
		}
		o.SLOs = append(o.SLOs, text)
	}
	for _, d := range result.Findings {
		if d.Severity == diag.Error {
			o.Findings = append(o.Findings, clean(d.Span.String())+" "+string(d.Code))
		}
	}
	return o
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		files map[string]string
		stdin string
		paths []string
		want  outcome
	}{
		{
			name: "a folder: only *.yaml and *.yml, nothing hidden, nothing of others",
			files: map[string]string{
				"b.yaml": team("b"), "a.yml": team("a"), "c/d.yaml": team("d"), "folder.yaml/e.yaml": team("e"),
				".hidden.yaml": team("h1"), ".git/x.yaml": team("h2"), "c/.x/y.yaml": team("h3"),
				"a.json": team("j"), "a.yaml.bak": team("j"), "README": "", "YAML": team("j"), "A.YAML": team("j"),
				"others.yaml": foreign + team("f") + "---\nno: version\n", "list.yaml": "- 1\n", "empty.yaml": "", "broken.yaml": "a: [\n",
			},
			paths: []string{"."},
			want:  outcome{Teams: []string{"a a.yml", "b b.yaml", "d c/d.yaml", "e folder.yaml/e.yaml", "f others.yaml"}},
		},
		{
			name:  "hidden names that are named themselves",
			files: map[string]string{".hidden.yaml": team("a"), ".git/x.yaml": team("b")},
			paths: []string{".hidden.yaml", ".git"},
			want:  outcome{Teams: []string{"a .hidden.yaml", "b .git/x.yaml"}},
		},
		{
			name:  "a named file of any name",
			files: map[string]string{"specs.txt": team("a")},
			paths: []string{"specs.txt"},
			want:  outcome{Teams: []string{"a specs.txt"}},
		},
		{
			name:  "a set over several files",
			files: map[string]string{"slos/a.yaml": fixed("a"), "teams.yaml": team("shop"), "sources.yaml": source("nr")},
			paths: []string{"slos", "teams.yaml", "sources.yaml"},
			want:  outcome{Teams: []string{"shop teams.yaml"}, SLOs: []string{"a 28d nr"}},
		},
		{
			name:  "one name in two files",
			files: map[string]string{"1.yaml": team("a"), "2.yaml": team("a")},
			paths: []string{"."},
			want:  outcome{Teams: []string{"a 1.yaml"}, Findings: []string{"2.yaml:4:18 SLO010"}},
		},
		{
			name:  "a broken document of ours hides no other",
			files: map[string]string{"a.yaml": team("a") + "---\napiVersion: slojourn/v1\nkind: [\n" + team("b")},
			paths: []string{"."},
			want:  outcome{Teams: []string{"a a.yaml", "b a.yaml"}, Findings: []string{"a.yaml:7:7 SLO001"}},
		},
		{
			name:  "a foreign document in a named file",
			files: map[string]string{"a.yaml": team("a") + foreign},
			paths: []string{"a.yaml"},
			want:  outcome{Teams: []string{"a a.yaml"}, Findings: []string{"a.yaml:6:13 SLO002"}},
		},
		{
			name:  "a foreign document in a file named after its folder",
			files: map[string]string{"a.yaml": team("a"), "b.yaml": foreign},
			paths: []string{".", "b.yaml"},
			want:  outcome{Teams: []string{"a a.yaml"}, Findings: []string{"b.yaml:2:13 SLO002"}},
		},
		{
			name:  "paths that overlap",
			files: map[string]string{"d/a.yaml": team("a"), "d/e/b.yaml": team("b")},
			paths: []string{"d/a.yaml", "d/e", "d", "d/../d/e/", "d/a.yaml"},
			want:  outcome{Teams: []string{"a d/a.yaml", "b d/e/b.yaml"}},
		},
		{
			name:  "a folder whose only document of ours was read before",
			files: map[string]string{"d/a.yaml": team("a"), "d/values.yaml": foreign},
			paths: []string{"d/a.yaml", "d"},
			want:  outcome{Teams: []string{"a d/a.yaml"}},
		},
		{
			name:  "links to what is read anyway",
			files: map[string]string{"d/a.yaml": team("a"), "d/b.yaml": "-> a.yaml", "l": "-> d", "d/up": "-> ..", "d/self": "-> ."},
			paths: []string{"."},
			want:  outcome{Teams: []string{"a d/a.yaml"}},
		},
		{
			name:  "links out of the folder",
			files: map[string]string{"elsewhere/a.yaml": team("a"), "elsewhere/b/c.yaml": team("c"), "d/a.yaml": "-> ../elsewhere/a.yaml", "d/b": "-> ../elsewhere/b"},
			paths: []string{"d"},
			want:  outcome{Teams: []string{"a d/a.yaml", "c d/b/c.yaml"}},
		},
		{
			name: "a mounted folder of Kubernetes",
			files: map[string]string{
				"m/..2026/a.yaml": team("shop"), "m/..2026/b.yaml": measured("b"), "m/..2026/d.yaml": defaults("window: 7d"),
				"m/..data": "-> ..2026", "m/a.yaml": "-> ..data/a.yaml", "m/b.yaml": "-> ..data/b.yaml", "m/d.yaml": "-> ..data/d.yaml",
			},
			paths: []string{"m"},
			want:  outcome{Teams: []string{"shop m/a.yaml"}, SLOs: []string{"b 7d"}},
		},
		{
			name:  "a broken link that is no spec",
			files: map[string]string{"a.yaml": team("a"), "gone": "-> nowhere", "loop": "-> loop"},
			paths: []string{"."},
			want:  outcome{Teams: []string{"a a.yaml"}},
		},
		{
			name:  "a broken link to a spec",
			files: map[string]string{"a.yaml": team("a"), "b.yaml": "-> nowhere.yaml"},
			paths: []string{"."},
			want:  outcome{Err: "b.yaml: does not exist"},
		},
		{
			name:  "a link to itself",
			files: map[string]string{"a.yaml": team("a"), "b.yml": "-> b.yml"},
			paths: []string{"."},
			want:  outcome{Err: "b.yml: too many levels of symbolic links"},
		},
		{
			name:  "stdin",
			stdin: team("a"),
			paths: []string{"-"},
			want:  outcome{Teams: []string{"a <stdin>"}},
		},
		{
			name:  "stdin beside a file, and twice",
			files: map[string]string{"a.yaml": team("shop")},
			stdin: fixed("b"),
			paths: []string{"-", "a.yaml", "-"},
			want:  outcome{Teams: []string{"shop a.yaml"}, SLOs: []string{"b 28d"}},
		},
		{
			name:  "stdin with a foreign document",
			stdin: foreign,
			paths: []string{"-"},
			want:  outcome{Findings: []string{"<stdin>:2:13 SLO002"}},
		},
		{
			name:  "stdin with nothing",
			paths: []string{"-"},
			want:  outcome{Err: "-: holds no document of slojourn/v1"},
		},
		{
			name: "paths that cannot be used, all at once",
			files: map[string]string{
				"a.yaml": team("a"), "empty/": "", "others.yaml": "---\n",
				"d/a.yaml": "-> gone", "d/b.yaml": team("b"), "d/e/c.yaml": "-> gone",
			},
			paths: []string{"b.yaml", "a.yaml", "empty", "d", "others.yaml", "c.yaml"},
			want: outcome{Err: "b.yaml: does not exist\nempty: holds no *.yaml or *.yml file\nd/a.yaml: does not exist\n" +
				"d/e/c.yaml: does not exist\nothers.yaml: holds no document of slojourn/v1\nc.yaml: does not exist"},
		},
		{
			name:  "a path through a file",
			files: map[string]string{"a.yaml": team("a")},
			paths: []string{"a.yaml/b.yaml"},
			want:  outcome{Err: "a.yaml/b.yaml: not a directory"},
		},
		{
			name:  "an empty folder",
			files: map[string]string{"d/": ""},
			paths: []string{"d"},
			want:  outcome{Err: "d: holds no *.yaml or *.yml file"},
		},
		{
			name:  "a folder that holds only itself",
			files: map[string]string{"d/": "", "d/self": "-> ."},
			paths: []string{"d"},
			want:  outcome{Err: "d: holds no *.yaml or *.yml file"},
		},
		{
			name:  "a folder without documents of ours",
			files: map[string]string{"a.yaml": foreign},
			paths: []string{"."},
			want:  outcome{Err: ".: holds no document of slojourn/v1"},
		},
		{
			name:  "a named file without documents",
			files: map[string]string{"a.yaml": "# nothing yet\n---\n"},
			paths: []string{"a.yaml"},
			want:  outcome{Err: "a.yaml: holds no document of slojourn/v1"},
		},
		{
			name: "defaults of the nearest folder upward",
			files: map[string]string{
				"all.yaml": team("shop") + source("one") + source("two") + defaults("source: one, window: 7d"), "x.yaml": measured("at-top"),
				"d/x.yaml": measured("inherits"), "e/x.yaml": measured("own"), "e/defaults.yaml": defaults("source: two, window: 30d"),
				"e/f/x.yaml": measured("own-below"), "ee/x.yaml": measured("namesake"),
			},
			paths: []string{"."},
			want: outcome{
				Teams: []string{"shop all.yaml"},
				SLOs:  []string{"at-top 7d one", "inherits 7d one", "namesake 7d one", "own 30d two", "own-below 30d two"},
			},
		},
		{
			name: "defaults do not depend on the way a file was reached",
			files: map[string]string{
				"all.yaml": team("shop"), "d/defaults.yaml": defaults("window: 7d"), "d/e/x.yaml": measured("x"), "a": "-> d/e",
			},
			paths: []string{"."},
			want:  outcome{Teams: []string{"shop all.yaml"}, SLOs: []string{"x 7d"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := loaded(t, tree(t, test.files), strings.NewReader(test.stdin), test.paths...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLoadNothing(t *testing.T) {
	t.Parallel()
	if got := loaded(t, t.TempDir(), nil); !cmp.Equal(got, outcome{}) {
		t.Errorf("got %+v", got)
	}
}

func TestLoadStdinThatFails(t *testing.T) {
	t.Parallel()
	got := loaded(t, t.TempDir(), iotest.ErrReader(errors.New("the other end is gone")), "-")
	if diff := cmp.Diff(outcome{Err: "-: the other end is gone"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLoadUnreadable(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.yaml": team("a"), "f/b.yaml": team("b")})
	for _, name := range []string{"a.yaml", "f"} {
		path := filepath.Join(dir, name)
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
	}
	if f, err := os.Open(filepath.Join(dir, "a.yaml")); err == nil {
		_ = f.Close()
		t.Skip("this user may read everything")
	}
	for _, name := range []string{"a.yaml", "f"} {
		want := outcome{Err: name + ": must not be read (permission denied)"}
		if diff := cmp.Diff(want, loaded(t, dir, nil, name)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// TestLoadFolderWithPipe: what is called like a spec is not passed over.
func TestLoadFolderWithPipe(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"f/a.yaml": team("a")})
	if err := syscall.Mkfifo(filepath.Join(dir, "f", "pipe.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := outcome{Err: "f/pipe.yaml: is neither a file nor a folder: name it itself to read it"}
	if diff := cmp.Diff(want, loaded(t, dir, nil, "f")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestLoadPipe reads what shells pass for <(command): a name whose link leads
// to no path.
func TestLoadPipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read from
	name := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skipf("pipes have no names here: %v", err)
	}
	if _, err := io.WriteString(w, team("a")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	result, err := load.Load([]string{name}, nil, newrelic.Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Set.Teams) != 1 || result.Set.Teams[0].Origin.File != name {
		t.Errorf("got the teams %+v", result.Set.Teams)
	}
}

func TestChecksAreRun(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.yaml": team("shop") + fixed("a"), "b.yaml": fixed("b")})
	var names []string
	note := func(d slo.Declarations) diag.List {
		var findings diag.List
		for _, s := range d.SLOs {
			names = append(names, s.Name.Value)
			findings.Errorf(diag.CodeNRQL, s.SLI.Span, diag.Phrase{}, "checked")
		}
		return findings
	}
	result, err := load.Load([]string{dir}, nil, newrelic.Key, note, note)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "a", "b"}, names); diff != "" {
		t.Errorf("checked (-want +got):\n%s", diff)
	}
	var got []string
	for _, d := range result.Findings {
		if d.Severity == diag.Error { // equal findings are reported once
			got = append(got, filepath.Base(d.Span.File)+" "+d.Message.String())
		}
	}
	if diff := cmp.Diff([]string{"a.yaml checked", "b.yaml checked"}, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	checked := 0
	result := load.Files([]spec.File{
		{Name: "z/a.yaml", Folder: "/z", Data: []byte(defaults("window: 7d") + measured("a"))},
		{Name: "y/b.yaml", Folder: "/y", Data: []byte(team("shop") + fixed("b"))},
		{Name: "y/c.yaml", Folder: "/y", Data: []byte(foreign)},
	}, newrelic.Key, func(slo.Declarations) diag.List { checked++; return nil })
	if result.Findings.Failed() || checked != 1 {
		t.Errorf("%d checks, findings %v", checked, result.Findings)
	}
	var windows []string
	for _, s := range result.Set.SLOs {
		windows = append(windows, s.ID+" "+s.Objectives[0].Window.String())
	}
	if diff := cmp.Diff([]string{"a 7d", "b 28d"}, windows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if empty := load.Files(nil, newrelic.Key); len(empty.Findings) > 0 || len(empty.Set.SLOs) > 0 {
		t.Errorf("nothing gives %+v", empty)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"unix.yaml": team("a"),
		"dos.yaml":  "\ufeff" + strings.ReplaceAll(team("b"), "\n", "\r\n"),
		"open.yaml": strings.TrimSuffix(team("c"), "\n"),
		"not.yaml":  foreign,
		"bytes.yml": "a: \xff\n",
	})
	result, err := load.Load([]string{dir}, nil, newrelic.Key)
	if err != nil {
		t.Fatal(err)
	}
	lines := result.Lines()
	for _, test := range []struct {
		file  string
		line  int
		want  string
		known bool
	}{
		{"unix.yaml", 1, "---", true},
		{"unix.yaml", 3, "kind: Team", true},
		{"unix.yaml", 5, "", true}, // where something is missing at the end
		{"unix.yaml", 6, "", false},
		{"unix.yaml", 0, "", false},
		{"unix.yaml", -1, "", false},
		{"dos.yaml", 1, "---", true},
		{"dos.yaml", 2, "apiVersion: slojourn/v1", true},
		{"open.yaml", 4, "metadata: {name: c}", true},
		{"open.yaml", 5, "", false},
		{"bytes.yml", 1, "a: \xff", true},
		{"not.yaml", 1, "", false},
		{"none.yaml", 1, "", false},
	} {
		got, known := lines(dir+"/"+test.file, test.line)
		if got != test.want || known != test.known {
			t.Errorf("%s:%d: got %q, %t, want %q, %t", test.file, test.line, got, known, test.want, test.known)
		}
	}
	for _, d := range result.Findings {
		if line, known := lines(d.Span.File, d.Span.Start.Line); !known {
			t.Errorf("%s: the line %q of a finding is not known", d.Span, line)
		}
	}
}

// TestPathsInAnyOrder loads documents of equal names in files of their own:
// which of them is the first, and what is wrong with each, does not depend on
// the order in which the files are named.
func TestPathsInAnyOrder(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/bad/duplicate-hides-nothing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	var paths []string
	for i, document := range strings.Split(string(data), "---\n") {
		name := fmt.Sprintf("%02d.yaml", i)
		files[name] = document
		paths = append(paths, name)
	}
	dir := tree(t, files)
	forward := loaded(t, dir, nil, paths...)
	slices.Reverse(paths)
	backward := loaded(t, dir, nil, paths...)
	if diff := cmp.Diff(forward, backward); diff != "" {
		t.Errorf("the other way round (-forward +backward):\n%s", diff)
	}
	if len(forward.Findings) < 20 || len(forward.SLOs) != 1 || len(forward.Teams) != 1 {
		t.Errorf("got %+v", forward)
	}
}
