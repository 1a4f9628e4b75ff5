package archtest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// modulePath is what import paths of our own packages begin with.
const modulePath = "github.com/slojourn/slojourn"

// table is the architecture. A row begins with a package; the row also holds for the
// packages below it, unless they have a row of their own. What follows is one of
//
//	anything                 no rule but those for every package (see [check])
//	only A, B                of our packages it reaches none but these
//	nothing of ours          of our packages it reaches none
//	never X, Y but Y/z       it does not reach these, nor anything below them, except …
//
// and the last may follow the second or third after a semicolon. "Reaches" is transitive
// among our packages. For others it means the imports that its own files write down, so a
// rule about os, say, does not look into the packages imported. Two words stand for more
// than one package: yaml is every import path that speaks of YAML, and clock is the use of
// [time.Now] and of what waits for time to pass. Test files are not looked at. Packages
// that a row covers may always import one another.
const table = `
# The domain: no input or output, no YAML, no clock.
slo                            only slo/diag; never yaml, net but net/url, os, clock
slo/diag                       nothing of ours
slo/diag/japanese              only slo/diag
slo/diag/render                only slo/diag
slo/spec                       never sources, burnrate, exporters, internal
slo/spec/diff                  never sources, burnrate, exporters, internal

# Where the numbers come from. The simulator must not share the planner's and the
# client's misreadings of New Relic, hence it shares the language and nothing else.
sources                        never burnrate, exporters, internal/engine
sources/newrelic               never burnrate, exporters
sources/newrelic/nrql          only slo/diag
sources/newrelic/simulator     never sources/newrelic but sources/newrelic/nrql, internal/nerdgraph, internal/engine, exporters
sources/file                   never exporters
sources/sourcetest             never exporters

# What the numbers mean: pure functions of their arguments.
burnrate                       only slo, slo/diag; never os, net, syscall, log, database/sql, clock
burnrate/scenario              only burnrate, slo, slo/diag; never os, net, syscall, log, database/sql, clock
burnrate/ledger                never sources, exporters, internal

# Where the results go: every exporter is a function of a snapshot.
exporters/prometheus           never sources, burnrate/ledger, internal/engine
exporters/grafana              never sources, burnrate/ledger, internal/engine
exporters/notify               never sources, burnrate/ledger, internal/engine
exporters/report               never sources, burnrate/ledger, internal/engine
exporters/page                 never sources, burnrate/ledger, internal/engine
exporters/yaml                 nothing of ours
exporters/codeowners           only slo, slo/diag
exporters/kubernetes           only exporters/yaml
exporters/words                only slo, slo/diag, slo/diag/render

# What holds it together.
internal/load                  never internal/engine, internal/server
internal/nerdgraph             never sources, exporters
internal/engine                never internal/server, cmd, burnrate/ledger, sources/newrelic, sources/file, exporters
internal/server                never cmd
internal/secret                never cmd
internal/httpclient            only internal/secret, slo, slo/diag, slo/diag/render
internal/telemetry             never cmd, internal/server, exporters, sources/newrelic, sources/file
internal/revision              only slo, slo/diag, slo/spec
internal/draft                 only slo, slo/diag, slo/spec, sources/newrelic/nrql, exporters/yaml; never os, net but net/url, log, clock
internal/dialogue              only slo, slo/diag, slo/diag/render, internal/term; never os, net, log, clock
internal/term                  never cmd
internal/servertest            nothing of ours
internal/archtest              anything

# The faces.
docs                           nothing of ours
examples                       anything
cmd/slojourn                   anything
`

// topLevel are the folders at the root. Others that begin with a dot, and what make
// builds, are not part of the tree that is kept.
var (
	topLevel  = []string{"cmd", "slo", "sources", "burnrate", "exporters", "examples", "internal", "docs"}
	generated = []string{"bin", "dist"}
)

const root = "../.."

func TestImports(t *testing.T) {
	t.Parallel()
	rows, err := parseTable(table)
	if err != nil {
		t.Fatal(err)
	}
	g, err := load(os.DirFS(root), modulePath)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := g["internal/archtest"]; !ok {
		t.Errorf("load found %d packages, and this one is not among them", len(g))
	}
	for _, problem := range check(rows, g) {
		t.Error(problem)
	}
}

func TestTopLevelFolders(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); entry.IsDir() && !knownFolder(name) {
			t.Errorf("folder %s at the top level: it has to be inside one of %s", name, strings.Join(topLevel, ", "))
		}
	}
}

func TestKnownFolder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"slo": true, "internal": true, "docs": true, ".ci": true, ".git": true, "dist": true,
		"pkg": false, "utils": false, "vendor": false, "slos": false,
	} {
		if got := knownFolder(name); got != want {
			t.Errorf("knownFolder(%q) = %t, want %t", name, got, want)
		}
	}
}

func knownFolder(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains(topLevel, name) || slices.Contains(generated, name)
}
