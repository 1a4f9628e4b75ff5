package spec

import "testing"

// TestSameDocument is about what stands between a mistake of the layout and
// somebody's file.
func TestSameDocument(t *testing.T) {
	t.Parallel()
	const before = "a: 1 # one\nb: [x, 'y']\nc: &c {d: *c}\ne: |\n  f\n"
	for _, test := range []struct {
		name, after string
		want        bool
	}{
		{"itself", before, true},
		{"moved and indented", "c: &c {d: *c}\n\ne: |\n     f\nb:   [x,'y']\na: 1   # one\n", true},
		{"another value", "a: 1 # one\nb: [x, 'y']\nc: &c {d: *c}\ne: |\n  g\n", false},
		{"another order of a list", "a: 1 # one\nb: ['y', x]\nc: &c {d: *c}\ne: |\n  f\n", false},
		{"another kind of quotes", "a: 1 # one\nb: [x, \"y\"]\nc: &c {d: *c}\ne: |\n  f\n", false},
		{"a block became plain", "a: 1 # one\nb: [x, 'y']\nc: &c {d: *c}\ne: f | \n", false},
		{"a key is another's", "a: 1 # one\nb: [x, 'y']\nc: &c {d: *c, e: |\n  f\n}\n", false},
		{"another anchor", "a: 1 # one\nb: [x, 'y']\nc: &d {c: *d}\ne: |\n  f\n", false},
		{"a comment is lost", "a: 1\nb: [x, 'y']\nc: &c {d: *c}\ne: |\n  f\n", false},
		{"a comment became a value", "a: 1 one#\nb: [x, 'y']\nc: &c {d: *c}\ne: |\n  f\n", false},
		{"a line more", "a: 1 # one\nb: [x, 'y']\nc: &c {d: *c}\ne: |\n  f\n\n  f\n", false},
		{"a blank more in a value", "a: 1 # one\nb: [x, 'y ']\nc: &c {d: *c}\ne: |\n  f\n", false},
		{"no YAML", "a: [\n", false},
	} {
		if got := sameDocument(before, test.after); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
	twice := "a: 1\na: 2\n"
	if !sameDocument(twice, twice) || sameDocument(twice, "a: 2\na: 1\n") {
		t.Error("keys that stand twice keep their order")
	}
}
