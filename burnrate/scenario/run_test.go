package scenario_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/scenario"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
)

func parsed(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	s, list := scenario.Parse("test.burn", text, slo.BuiltInPolicies())
	for _, d := range list {
		t.Fatalf("%s: %s", d.Span, d.Message)
	}
	return s
}

// TestUnmet keeps what is said of expectations that are not met.
func TestUnmet(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"unmet", "unmet-sources"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unmet(t, "testdata/"+name)
		})
	}
}

func unmet(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path + ".burn")
	if err != nil {
		t.Fatal(err)
	}
	result, err := parsed(t, string(data)).Run()
	if err != nil {
		t.Fatal(err)
	}
	for extension, language := range map[string]diag.Language{".golden": nil, ".ja.golden": japanese.Language()} {
		var text strings.Builder
		for _, f := range result.Failures {
			text.WriteString(f.Span.String() + ": " + f.Expected + "\n" + f.Happened.In(language) + "\n")
		}
		isGolden(t, path+extension, text.String())
	}
}

// TestMet has what the shipped scenarios do not: each file is met.
func TestMet(t *testing.T) {
	t.Parallel()
	const pay = "slo pay target=99.9% window=30d policy=paging\nload 1m good=1000 for 1d\n"
	for name, text := range map[string]string{
		"a correction takes a page back": pay + "load 1m bad=1000 for 10m\nexpect page within 1m\nload 1m good=1000 for 1h\n" +
			"correct 0m..5m at 10m good=1000\nexpect no resolved page for 44m\nexpect resolved page within 45m..45m",
		"a correction of all that failed": pay + "load 1m good=1000 for 5m\nload 1m bad=1000 for 10m\ncorrect 0m..9m at 9m good=1000\nexpect page within 1m\n" +
			"load 1m good=1000 for 1h\nexpect resolved page within 45m",
		"a gap is filled in":      pay + "load 1m gap for 1h\ncorrect 25m..59m at 59m bad=1000\nexpect page long=1h within 59m..59m",
		"a gap that was measured": pay + "load 1m good=1000 for 2h\ncorrect 0m..1h at 1h gap\nexpect no page for 2h",
		"slots of ten minutes":    pay + "load 10m bad=1000 for 1h\nexpect page within 11m",
		"counted as good":         pay + "load 1m bad=1000 for 1h\nexclude 0m..1h pay effect=good\nexpect no page for 1h\nexpect no ticket for 1h",
		"a calendar month": "slo target=99% window=month timeZone=Asia/Tokyo policy=paging\nload 1m good=1000 for 27d\nload 1m bad=1000 for 6h\n" +
			"expect ticket kind=budget level=80% within 6h\n",
		"never measured": "slo a target=99% window=28d\nslo b target=99% window=28d\njourney j steps=a,b target=98% window=28d\n" +
			"load 1m good=10 b gap for 2h\nexpect no ticket kind=noData for 2h\nload 1m good=10 for 2h\nexpect no ticket for 2h\n" +
			"load 1m good=10 a gap for 1h\nexpect ticket a kind=noData within 30m..30m\nexpect ticket j kind=noData within 30m..30m\nexpect no ticket b for 1h",
		"over before": pay + "load 1m bad=1000 for 5m\nload 1m good=1000 for 12h\nload 1m good=1000 for 1h\nexpect no page for 1h\nexpect no ticket for 1h",
		"few events":  "slo pay target=99% window=28d\nload 10m bad=1 for 2h\nexpect no page for 2h",
		"the cause is that of the short window": "slo find\nslo pay\njourney j steps=find,pay target=99% window=28d\nload 1m good=1000 for 1d\n" +
			"load 1m good=1000 find good=870 bad=130 for 55m\nexpect no page for 55m\nload 1m good=1000 pay good=500 bad=500 for 5m\nexpect page j step=pay within 5m",
		"a journey that is measured itself": "slo a target=99% window=28d\njourney j steps=a compose=measured target=99% window=28d\n" +
			"load 1m good=10 for 1d\nload 1m good=10 j bad=10 for 1h\nexpect page j within 15m\nexpect no page a for 1h",
		"weights": "slo a\nslo b\njourney j steps=a,b compose=weighted weights=9,1 target=99% window=28d\njourney k steps=a,b compose=weighted target=99% window=28d\n" +
			"load 1m good=1000 for 1d\nload 1m good=1000 b good=760 bad=240 for 6h\nexpect no page j for 6h\nexpect page k step=b within 6h",
		"a step without alerts of its own": "slo a\nslo b target=99% window=28d\njourney j steps=a,b target=98% window=28d\nload 1m good=10 for 4d\n" +
			"load 1m good=10 a no-traffic for 1h\nexpect page j kind=noTraffic within 12m\nexpect no page b for 1h\nload 1m good=10 b no-traffic for 30m\n" +
			"expect page b kind=noTraffic within 12m\nexpect resolved page j kind=noTraffic within 16m",
		"half an hour of hidden failures": "slo a target=99% window=28d source=logs\nload 1m good=10 for 1d\nload 1m bad=10 for 20m\nfail 0m..20m\nexpect page kind=burn within 20m..20m\n" +
			"load 1m good=10 for 1h",
		"a correction of what is hidden": "slo a target=99% window=28d source=logs\nload 1m good=10 for 1d\nload 1m bad=10 for 20m\nfail 0m..20m\ncorrect 0m..20m at 20m good=10\n" +
			"expect no page for 80m\nload 1m good=10 for 1h",
		"late, and never without": "slo a target=99% window=28d\nload 1m good=10 for 4d\nload 1m good=10 for 3h\ndelay 0m..25m a\nexpect no page for 3h\nexpect no ticket for 3h\n" +
			"load 1m good=10 for 3h\ndelay 0m..1h a\nexpect ticket a kind=noData within 40m..40m\nexpect no page for 3h",
		"only the second of two": "slo a target=99% window=28d\nslo b target=99% window=28d\nload 1m good=10 for 1d\nload 1m good=10 b bad=10 for 1h\n" +
			"expect page b within 15m\nexpect no page a for 1h",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := parsed(t, text).Run()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range result.Failures {
				t.Errorf("%s: %s: %s", f.Span, f.Expected, f.Happened)
			}
		})
	}
}

// TestAgain runs a scenario twice, and another time with an SLO more, which
// changes nothing for the one that was there.
func TestAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		loads := ""
		for range rapid.IntRange(1, 6).Draw(r, "loads") {
			loads += "load 1m " + rapid.SampledFrom([]string{"good=100", "good=50 bad=50", "bad=100", "gap", "no-traffic", "good=98 bad=2"}).Draw(r, "traffic") +
				" for " + rapid.SampledFrom([]string{"1m", "10m", "1h"}).Draw(r, "length") + "\n"
			if rapid.Bool().Draw(r, "corrected") {
				loads += "correct 0m..1m at 1m good=9 bad=1\n"
			}
		}
		run := func(text string) scenario.Result {
			result, err := parsed(t, text+loads+"expect no page for 0m\n").Run()
			if err != nil {
				r.Fatal(err)
			}
			return result
		}
		one := "slo pay target=99.9% window=1d policy=paging-1d\n"
		first, again, more := run(one), run(one), run("slo find\n"+one)
		if diff := cmp.Diff(first.Events, again.Events, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
			r.Fatalf("a second run (-first +second):\n%s", diff)
		}
		if diff := cmp.Diff(first.Events, more.Events, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
			r.Fatalf("with another SLO (-without +with):\n%s", diff)
		}
	})
}
