package nrql

import (
	"slices"
	"strings"
	"testing"
)

// The table is searched by halving it, so its order matters.
func TestFunctionsAreSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSortedFunc(functions[:], func(a, b Function) int { return compareFold(a.Name, b.Name) }) {
		t.Error("functions are not in the order of their names in lower case")
	}
	for i, f := range functions[1:] {
		if compareFold(f.Name, functions[i].Name) == 0 {
			t.Errorf("%s stands twice", f.Name)
		}
	}
}

func TestLookupFunction(t *testing.T) {
	t.Parallel()
	for _, want := range functions {
		for _, name := range []string{want.Name, strings.ToUpper(want.Name), strings.ToLower(want.Name)} {
			if got, ok := LookupFunction(name); !ok || got != want {
				t.Errorf("LookupFunction(%q) = %+v, %t, want %+v", name, got, ok, want)
			}
		}
		if want.MinArgs < 0 || want.MaxArgs >= 0 && want.MaxArgs < want.MinArgs || want.Kind.String() == "?" {
			t.Errorf("%+v cannot be", want)
		}
	}
	for _, name := range []string{"", "a", "counts", "coun", "zzz", "ſum", "count\x00"} {
		if got, ok := LookupFunction(name); ok {
			t.Errorf("LookupFunction(%q) = %+v", name, got)
		}
	}
}

func TestNearestFunction(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"uniqcount": "uniqueCount", "averag": "average", "PERCENTLE": "percentile", "coalesce": ""} {
		if got, _ := nearestFunction(word); got != want {
			t.Errorf("nearest of %s is %q, want %q", word, got, want)
		}
	}
}

// What a caller does to the list it was given does not reach the package.
func TestFunctionsAreACopy(t *testing.T) {
	t.Parallel()
	list := Functions()
	if !slices.Equal(list, functions[:]) {
		t.Error("Functions leaves some out")
	}
	list[0] = Function{}
	if functions[0].Name == "" || Functions()[0].Name == "" {
		t.Error("Functions gives its own list away")
	}
}

func TestAdditiveFunctions(t *testing.T) {
	t.Parallel()
	var additive []string
	for _, f := range functions {
		if f.Additive {
			additive = append(additive, f.Name)
		}
	}
	if want := []string{"count", "filter", "sum"}; !slices.Equal(additive, want) {
		t.Errorf("additive are %q, want %q", additive, want)
	}
}
