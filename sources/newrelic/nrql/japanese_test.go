package nrql_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// TestFindingsInJapanese keeps what is said in Japanese about the malformed conditions and
// queries of testdata, and the advice on those that New Relic takes.
func TestFindingsInJapanese(t *testing.T) {
	t.Parallel()
	language := japanese.Language()
	var said strings.Builder
	say := func(source string, findings diag.List) {
		fmt.Fprintln(&said, source)
		for _, f := range findings {
			fmt.Fprintf(&said, "  ! %s %s; %s\n", f.Code, f.Message.In(language), f.Hint.In(language))
			for _, r := range f.Related {
				fmt.Fprintf(&said, "    %s\n", r.Message.In(language))
			}
		}
		fmt.Fprintln(&said)
	}
	for _, c := range readCorpus(t, "conditions_bad.txt") {
		_, findings := nrql.ParseCondition(text(c.source))
		say(c.source, findings)
	}
	for _, c := range readCorpus(t, "queries_bad.txt") {
		_, findings := nrql.ParseQuery(text(c.source))
		say(c.source, findings)
	}
	for _, c := range readCorpus(t, "advice.txt") {
		q, _ := nrql.ParseQuery(text(c.source))
		say(c.source, nrql.AdviseQuery(text(c.source), q))
	}
	const golden = "testdata/japanese.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(said.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), said.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
