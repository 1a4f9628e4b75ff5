package nrql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// The normal forms of v1 are keys of what was measured: a change here is a new
// version, and these cases stay.
func TestNormalFormIsFrozen(t *testing.T) {
	t.Parallel()
	if nrql.NormalVersion != "v1" {
		t.Fatalf("the version is %s: give it cases of its own", nrql.NormalVersion)
	}
	data, err := os.ReadFile(filepath.Join("testdata", "normal_v1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(data), "\n\n") {
		var spellings, want []string
		for row := range strings.Lines(block) {
			row = strings.TrimSuffix(row, "\n")
			switch {
			case strings.HasPrefix(row, "# "), row == "":
			case strings.HasPrefix(row, "=> "):
				want = append(want, row[3:])
			default:
				spellings = append(spellings, row)
			}
		}
		for _, source := range spellings {
			got := normalOf(t, source)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("normal form of %s (-want +got):\n%s", source, diff)
			}
		}
	}
}

// normalOf gives the normal form of a condition, or of a query.
func normalOf(t *testing.T, source string) []string {
	t.Helper()
	if !strings.Contains(source, "SELECT") && !strings.Contains(source, "select") && !strings.HasPrefix(source, "SHOW") {
		return nrql.NormalCondition(condition(t, source))
	}
	q, findings := nrql.ParseQuery(text(source))
	if findings.Failed() {
		t.Fatalf("%s does not parse: %v", source, findings)
	}
	return []string{nrql.NormalQuery(q)}
}

func TestNormalConditionOfNothing(t *testing.T) {
	t.Parallel()
	if got := nrql.NormalCondition(nil); got != nil {
		t.Errorf("normal form of nothing: %q", got)
	}
}

// What a condition is printed as, and the order of its conjuncts, make no
// difference.
func TestNormalFormIsOfTheMeaning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := tree{t}.test(rapid.IntRange(1, 4).Draw(t, "depth"))
		want := nrql.NormalCondition(x)
		parts := nrql.Conjuncts(x)
		slices.Reverse(parts)
		if got := nrql.NormalCondition(nrql.All(append(parts, parts[0])...)); !slices.Equal(got, want) {
			t.Fatalf("%s\n is %q\nand %q in another order", nrql.Print(x), want, got)
		}
		printed := nrql.Print(x)
		if len(printed) >= nrql.MaxQueryBytes {
			t.Skip("too long")
		}
		again, findings := nrql.ParseCondition(text(strings.ReplaceAll(printed, " AND ", "\n\tand ")))
		if len(findings) > 0 {
			t.Skip("a string held AND")
		}
		if got := nrql.NormalCondition(again); !slices.Equal(got, want) && !strings.Contains(printed, "' AND") {
			t.Fatalf("%s\n is %q\nand %q in another layout", printed, want, got)
		}
	})
}

// Different meanings have different forms.
func TestNormalFormsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, source := range []string{
		"a", "`a b`", "'a' = b", "a = 'b'", "a = b", "a != b", "a = 1", "a = 1.0", "a = '1'", "a = true", "a IS TRUE", "a IS NOT TRUE", "a IS NULL",
		"a = null", "a IN (1, 2)", "a IN (2, 1)", "a NOT IN (1, 2)", "a LIKE 'x'", "a RLIKE 'x'", "a RLIKE r'x'", "a NOT LIKE 'x'", "NOT a", "-a = 1",
		"a OR b", "b OR a", "a AND b", "NOT (a AND b)", "NOT a AND b", "a OR b AND c", "(a OR b) AND c", "a + b = 1", "b + a = 1", "a - b = 1",
		"a.% = 1", "`a.%` = 1", "f[x] = 1", "f['x'] = 1", "lower(a) = 1", "upper(a) = 1", "mod(a, 2) = 1", "concat(a, precision: 2) = 'x'",
		"contains(a, 'x')", "a = 'it\\'s'", `a = 'it"s'`, "A = 1",
	} {
		x, findings := nrql.ParseCondition(text(source))
		if findings.Failed() {
			t.Fatalf("%s does not parse: %v", source, findings)
		}
		key := fmt.Sprintf("%q", nrql.NormalCondition(x))
		if other, twice := seen[key]; twice {
			t.Errorf("%s and %s are both %s", source, other, key)
		}
		seen[key] = source
	}
}
