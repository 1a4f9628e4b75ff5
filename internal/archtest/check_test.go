package archtest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// A graph maps every package of ours, by its path in the module ("." for the root), to
// what its non-test files import.
type graph map[string]*imports

// imports are the imports of one package, each with a file that has it.
type imports struct {
	ours   map[string]string // by path in the module
	others map[string]string // by import path; also clock and initFunc
}

// Words that [load] puts among the imports of a package, for what its code does.
const (
	clock    = "clock"
	initFunc = "func init"
)

// outside lists the words for other packages that a row may use, so that a misspelt one
// cannot be a rule that never matches.
var outside = []string{"clock", "database/sql", "log", "net", "net/url", "os", "syscall", "yaml"}

// A row is one line of the table.
type row struct {
	name  string
	only  []string // of our packages it reaches these at the most, if limit is set
	limit bool
	never []ban
}

// A ban is one thing that is never imported, with exceptions.
type ban struct {
	name string
	but  []string
}

// parseTable reads a table. Every name in it that is ours has to be a row or a folder
// above one.
func parseTable(text string) ([]row, error) {
	var rows []row
	var names []string // all that is mentioned
	for _, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		r := row{name: name}
		for clause := range strings.SplitSeq(rest, ";") {
			clause = strings.TrimSpace(clause)
			verb, list, _ := strings.Cut(clause, " ")
			switch {
			case clause == "anything":
			case clause == "nothing of ours":
				r.limit = true
			case verb == "only" && list != "":
				r.limit = true
				r.only = strings.Split(list, ", ")
				names = append(names, r.only...)
			case verb == "never" && list != "":
				for item := range strings.SplitSeq(list, ", ") {
					words := strings.Split(item, " but ")
					r.never = append(r.never, ban{name: words[0], but: words[1:]})
					names = append(names, words...)
				}
			default:
				return nil, fmt.Errorf("row %s: cannot read %q", name, clause)
			}
		}
		if slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			return nil, fmt.Errorf("row %s: twice", name)
		}
		rows = append(rows, r)
	}
	for _, name := range names {
		known := slices.Contains(outside, name) || slices.ContainsFunc(rows, func(r row) bool { return within(r.name, name) })
		if !known {
			return nil, fmt.Errorf("%q is neither a row, nor above one, nor one of %s", name, strings.Join(outside, ", "))
		}
	}
	return rows, nil
}

// check returns what is wrong with a graph, sorted. Beside the rows it holds two rules for
// every package: none declares func init, and none but those that end in "test" imports
// the testing packages.
func check(rows []row, g graph) []string {
	var problems []string
	for _, pkg := range slices.Sorted(maps.Keys(g)) {
		report := func(format string, args ...any) {
			problems = append(problems, pkg+": "+fmt.Sprintf(format, args...))
		}
		for _, other := range slices.Sorted(maps.Keys(g[pkg].others)) {
			file := g[pkg].others[other]
			if other == initFunc {
				report("func init in %s: construct values where they are used", file)
			}
			if within(other, "testing") && !strings.HasSuffix(path.Base(pkg), "test") {
				report("imports %s (%s): only packages named …test may, outside of test files", other, file)
			}
		}
		r, ok := covering(rows, pkg)
		if !ok {
			report("no row of the table covers it: say there where it belongs")
			continue
		}
		for _, ban := range r.never {
			for _, other := range slices.Sorted(maps.Keys(g[pkg].others)) {
				if matches(other, ban.name) && !slices.ContainsFunc(ban.but, func(but string) bool { return matches(other, but) }) {
					report("%s (%s): the row %s says never %s", describe(other), g[pkg].others[other], r.name, ban)
				}
			}
		}
		paths := reach(g, pkg)
		for _, other := range slices.Sorted(maps.Keys(paths)) {
			there, _ := covering(rows, other)
			if there.name == r.name {
				continue
			}
			if r.limit && !slices.Contains(r.only, there.name) {
				report("imports %s (%s): the row %s says %s", other, paths[other], r.name, r.limits())
			}
			for _, ban := range r.never {
				if within(other, ban.name) && !slices.ContainsFunc(ban.but, func(but string) bool { return within(other, but) }) {
					report("imports %s (%s): the row %s says never %s", other, paths[other], r.name, ban)
				}
			}
		}
	}
	return problems
}

func (b ban) String() string {
	return strings.Join(append([]string{b.name}, b.but...), " but ")
}

func (r row) limits() string {
	if len(r.only) == 0 {
		return "nothing of ours"
	}
	return "only " + strings.Join(r.only, ", ")
}

func describe(other string) string {
	if other == clock {
		return "uses the clock"
	}
	return "imports " + other
}

// covering returns the row with the longest name that pkg is within. The zero row, which
// covers nothing, is returned when there is none.
func covering(rows []row, pkg string) (row, bool) {
	var best row
	for _, r := range rows {
		if within(pkg, r.name) && len(r.name) > len(best.name) {
			best = r
		}
	}
	return best, best.name != ""
}

// within reports whether a path is that folder or below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// matches reports whether the import of a package that is not ours falls under a name of
// the table.
func matches(other, name string) bool {
	if name == "yaml" {
		return strings.Contains(other, "yaml")
	}
	return within(other, name)
}

// reach returns the packages of ours that pkg imports, directly or not, each with the
// shortest way to it: the file that has the first import, then the packages on the way.
func reach(g graph, pkg string) map[string]string {
	found := map[string]string{}
	queue := []string{pkg}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if g[at] == nil {
			continue // imported, but not there: the compiler's business
		}
		for _, next := range slices.Sorted(maps.Keys(g[at].ours)) {
			if _, ok := found[next]; ok || next == pkg {
				continue
			}
			way := g[at].ours[next]
			if at != pkg {
				way = found[at] + " → " + next
			} else {
				way += " → " + next
			}
			found[next] = way
			queue = append(queue, next)
		}
	}
	return found
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const rules = `
# A comment.
slo                     only slo/diag; never yaml, net but net/url, os, clock
slo/diag                nothing of ours
slo/spec                never sources, internal
sources                 never burnrate, exporters
sources/newrelic        never exporters
sources/newrelic/nrql   only slo/diag
sources/newrelic/sim    never sources/newrelic but sources/newrelic/nrql
burnrate                only slo, slo/diag
internal/engine         never sources/newrelic
internal/newtest        anything
exporters/report        anything
`
	tests := []struct {
		name  string
		graph string // lines of a package and its imports; ours begin with /
		want  []string
	}{
		{
			name:  "all is well",
			graph: "slo /slo/diag net/url time\nslo/diag fmt\nburnrate /slo math",
		},
		{
			name:  "a package outside of the module",
			graph: "slo os",
			want:  []string{"slo: imports os (slo/x.go): the row slo says never os"},
		},
		{
			name:  "a name covers what is below it",
			graph: "slo net/http net/url os/exec",
			want: []string{
				"slo: imports net/http (slo/x.go): the row slo says never net but net/url",
				"slo: imports os/exec (slo/x.go): the row slo says never os",
			},
		},
		{
			name:  "a name is not a prefix of letters",
			graph: "slo osiris.example/net network",
		},
		{
			name:  "yaml by any name",
			graph: "slo gopkg.in/yaml.v3 sigs.k8s.io/yaml github.com/goccy/go-yaml/ast\nslo/spec gopkg.in/yaml.v3",
			want: []string{
				"slo: imports github.com/goccy/go-yaml/ast (slo/x.go): the row slo says never yaml",
				"slo: imports gopkg.in/yaml.v3 (slo/x.go): the row slo says never yaml",
				"slo: imports sigs.k8s.io/yaml (slo/x.go): the row slo says never yaml",
			},
		},
		{
			name:  "the clock",
			graph: "slo clock\nsources clock",
			want:  []string{"slo: uses the clock (slo/x.go): the row slo says never clock"},
		},
		{
			name:  "rules about others are not transitive",
			graph: "slo /slo/diag\nslo/diag os",
		},
		{
			name:  "directly forbidden",
			graph: "sources /burnrate\nburnrate",
			want:  []string{"sources: imports burnrate (sources/x.go → burnrate): the row sources says never burnrate"},
		},
		{
			name:  "forbidden by way of others",
			graph: "sources /internal/engine\ninternal/engine /exporters/report\nexporters/report",
			want:  []string{"sources: imports exporters/report (sources/x.go → internal/engine → exporters/report): the row sources says never exporters"},
		},
		{
			name:  "the shortest way is shown, and cycles end",
			graph: "slo/spec /burnrate /exporters/report\nburnrate /slo\nexporters/report /sources\nsources /slo/spec\nslo /slo/diag\nslo/diag",
			want: []string{
				"slo/spec: imports sources (slo/spec/x.go → exporters/report → sources): the row slo/spec says never sources",
				"sources: imports burnrate (sources/x.go → slo/spec → burnrate): the row sources says never burnrate",
				"sources: imports exporters/report (sources/x.go → slo/spec → exporters/report): the row sources says never exporters",
			},
		},
		{
			name:  "only is transitive",
			graph: "burnrate /slo\nslo /slo/diag\nslo/diag /slo/spec\nslo/spec",
			want: []string{
				"burnrate: imports slo/spec (burnrate/x.go → slo → slo/diag → slo/spec): the row burnrate says only slo, slo/diag",
				"slo: imports slo/spec (slo/x.go → slo/diag → slo/spec): the row slo says only slo/diag",
				"slo/diag: imports slo/spec (slo/diag/x.go → slo/spec): the row slo/diag says nothing of ours",
			},
		},
		{
			name:  "a row covers what is below, and such packages import one another",
			graph: "burnrate/alert /burnrate /burnrate/math\nburnrate\nburnrate/math /sources\nsources",
			want: []string{
				"burnrate/alert: imports sources (burnrate/alert/x.go → burnrate/math → sources): the row burnrate says only slo, slo/diag",
				"burnrate/math: imports sources (burnrate/math/x.go → sources): the row burnrate says only slo, slo/diag",
			},
		},
		{
			name:  "a listed package is not covered by the row above it",
			graph: "sources/newrelic /burnrate\nburnrate",
		},
		{
			name:  "an exception, and no further",
			graph: "sources/newrelic/sim /sources/newrelic/nrql /sources/newrelic/plan /sources/newrelic/sim/eval\nsources/newrelic/sim/eval\nsources/newrelic/plan",
			want: []string{
				"sources/newrelic/sim: imports sources/newrelic/plan (sources/newrelic/sim/x.go → sources/newrelic/plan): the row sources/newrelic/sim says never sources/newrelic but sources/newrelic/nrql",
			},
		},
		{
			name:  "no row",
			graph: "internal/utils\n.\nexporters\nslopes",
			want: []string{
				".: no row of the table covers it: say there where it belongs",
				"exporters: no row of the table covers it: say there where it belongs",
				"internal/utils: no row of the table covers it: say there where it belongs",
				"slopes: no row of the table covers it: say there where it belongs",
			},
		},
		{
			name:  "a package that no row covers is not allowed as an import either",
			graph: "slo /internal/utils",
			want:  []string{"slo: imports internal/utils (slo/x.go → internal/utils): the row slo says only slo/diag"},
		},
		{
			name:  "testing, in packages for tests only",
			graph: "sources testing\nsources/newrelic testing/fstest\ninternal/newtest testing testing/fstest",
			want: []string{
				"sources: imports testing (sources/x.go): only packages named …test may, outside of test files",
				"sources/newrelic: imports testing/fstest (sources/newrelic/x.go): only packages named …test may, outside of test files",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rows, err := parseTable(rules)
			if err != nil {
				t.Fatal(err)
			}
			g := graph{}
			for line := range strings.SplitSeq(tt.graph, "\n") {
				words := strings.Fields(line)
				g[words[0]] = newImports()
				for _, word := range words[1:] {
					file := words[0] + "/x.go"
					if ours, ok := strings.CutPrefix(word, "/"); ok {
						g[words[0]].ours[ours] = file
					} else {
						g[words[0]].others[word] = file
					}
				}
			}
			if got := check(rows, g); !slices.Equal(got, tt.want) {
				t.Errorf("check:\ngot:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// Every row that forbids something has to notice it: for each ban and each limit of the
// real table, a graph that breaks it.
func TestEveryRuleOfTheTableBites(t *testing.T) {
	t.Parallel()
	rows, err := parseTable(table)
	if err != nil {
		t.Fatal(err)
	}
	broken := func(r row, edit func(*imports)) {
		t.Helper()
		im := newImports()
		edit(im)
		if len(check(rows, graph{r.name: im})) == 0 {
			t.Errorf("row %s: %v passes", r.name, *im)
		}
	}
	for _, r := range rows {
		if r.limit {
			broken(r, func(im *imports) { im.ours["cmd/slojourn"] = "x.go" })
		}
		for _, ban := range r.never {
			name := ban.name
			if slices.Contains(outside, name) {
				broken(r, func(im *imports) { im.others[name] = "x.go" })
			} else {
				broken(r, func(im *imports) { im.ours[name+"/below"] = "x.go" })
			}
		}
	}
}

func TestParseTableErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"slo everything", "row slo: cannot read \"everything\""},
		{"slo", "row slo: cannot read \"\""},
		{"slo never", "row slo: cannot read \"never\""},
		{"slo anything\nslo anything", "row slo: twice"},
		{"slo only slo/dialog\nslo/diag anything", `"slo/dialog" is neither a row`},
		{"slo never sources but source/newrelic\nsources anything", `"source/newrelic" is neither a row`},
		{"slo never syscal", `"syscal" is neither a row`},
	} {
		if _, err := parseTable(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("parseTable(%q): got error %v, want %q", tt.text, err, tt.want)
		}
	}
}
