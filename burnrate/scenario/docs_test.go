package scenario_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/burnrate/scenario"
	"github.com/slojourn/slojourn/slo"
)

// TestDocs looks up each word of the language in docs/test.md. The words are those
// that are proposed where another one stands.
func TestDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/test.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin = "slo checkout target=99% window=28d source=newrelic\nslo slo source=newrelic\n"
	const loaded = begin + "load 1m good=1 for 1h\n"
	for _, text := range []string{
		"zz", "slo zz=1", begin + "journey j zz=1", begin + "journey j steps=checkout,slo compose=zz", begin + "objective checkout zz=1", "slo stage=zz",
		begin + "load 1m zz=1 for 1h", begin + "load 1m zz for 1h", loaded + "exclude 0m..1m checkout zz=1", loaded + "exclude 0m..1m effect=zz",
		loaded + "expect zz within 1m", loaded + "expect page zz=1 within 1m", loaded + "expect resolved page zz=1 within 1m",
		loaded + "expect page kind=zz within 1m", loaded + "expect resolved page reason=zz within 1m", loaded + "expect page zz within 1m",
	} {
		_, list := scenario.Parse("docs.burn", text, slo.BuiltInPolicies())
		words := 0
		for _, d := range list {
			proposed, is := strings.CutPrefix(d.Hint.String(), "use ")
			if !is || !strings.Contains(d.Message.String(), `"zz"`) {
				continue
			}
			for word := range strings.SplitSeq(proposed, ", ") {
				words++
				if !regexp.MustCompile(`(?m)(^|[^a-z])` + regexp.QuoteMeta(word) + `([^a-z]|$)`).Match(page) {
					t.Errorf("docs/test.md has no %s", word)
				}
			}
		}
		if words == 0 {
			t.Errorf("nothing is proposed in %q: %v", text, list)
		}
	}
}
