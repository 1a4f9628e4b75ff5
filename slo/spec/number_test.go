package spec

import (
	"testing"

	"gopkg.in/yaml.v3"
)

func TestDecimalOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"99.90": "99.90", "007": "007", "1e3": "1000", "1E+1": "10", ".5": "0.5", "5.": "5", "+5": "5", "9.99e1": "99.9",
		"125e-2": "1.25", "5e-4": "0.0005", "0e0": "0", "'1e3'": "1e3", "1e100": "1e100", "-1": "-1", "99.9%": "99.9%",
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(text), &node); err != nil {
			t.Fatal(err)
		}
		if got := decimalOf(node.Content[0]); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}
