package spec

import (
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/diag"
)

// TestLocate finds a marked word inside scalars of every style: the place of
// the word in the value must be the place of the word in the file.
func TestLocate(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"plain":               "key: a MARK b",
		"plain two lines":     "key: first line\n  then MARK here",
		"plain with gap":      "key: first\n\n\n  then MARK",
		"plain in flow":       "{key: 'x', other: [a, MARK b]}",
		"single":              "key: 'a MARK'",
		"single escaped":      "key: 'it''s ''quoted'' MARK'",
		"single folded":       "key: 'first\n  second ''x''\n\n  MARK'",
		"double":              `key: "a MARK"`,
		"double escaped":      `key: "tab\tquote\"u\u00e9x\x41U\U0001F600 MARK"`,
		"double folded":       "key: \"first\n  MARK\"",
		"double joined":       "key: \"first \\\n  MARK\"",
		"literal":             "key: |\n  first\n  second MARK\n",
		"literal indented":    "key: |\n  first\n    more MARK\n",
		"literal blank lines": "key: |\n\n  first\n\n\n  second MARK\n",
		"literal strip":       "key: |-\n  MARK",
		"literal keep":        "key: |+\n  MARK\n\n\nother: 1",
		"literal comment":     "key: | # why\n  MARK\n",
		"folded":              "key: >\n  first\n  second MARK\n",
		"folded blank":        "key: >-\n  first\n\n\n  second MARK\n  third\n",
		"folded indented":     "key: >\n  first\n    kept MARK\n  third\n",
		"anchor":              "key: &a 'x MARK'",
		"tag":                 "key: !!str MARK",
		"anchor below":        "key: &a\n  x MARK",
		"japanese":            "会員: 'カード MARK'",
		"japanese literal":    "key: |\n  カード = '会員' MARK\n",
		"in a list":           "- - a\n  - b MARK",
		"on a long line":      "[" + strings.Repeat("カード, ", 500) + "'x MARK', " + strings.Repeat("é, ", 500) + "]",
		"windows lines":       "key: |\r\n  first\r\n  second MARK\r\n",
	}
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := locateMarked(t, "# comment\n"+source)
			at := strings.Index(text.String(), "MARK")
			want := placeOf("# comment\n"+source, "MARK")
			if got := text.Span(at, at+4); got != want {
				t.Errorf("got %+v, want %+v; value %q", got, want, text)
			}
		})
	}
}

// TestOffset compares the short way to a character of a line with the long one.
func TestOffset(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, markWidth - 1, markWidth, markWidth + 1, 3*markWidth + 5} {
		for _, letters := range []string{"a", "é", "日a", "a日👩"} {
			text := []rune(strings.Repeat(letters, length))[:length]
			chunk := split("first\n" + string(text) + "  \t \r\nlast")[0]
			for character := range text {
				if got, want := chunk.offset(1, character), len(string(text[:character])); got != want {
					t.Fatalf("character %d of %d × %q: got offset %d, want %d", character, length, letters, got, want)
				}
			}
			if got, want := chunk.offset(1, length+100), len(string(text))+4; got != want {
				t.Errorf("behind the line: got offset %d, want %d", got, want)
			}
			if got, want := chunk.blankFrom(1), len(string(text)); got != want {
				t.Errorf("%d × %q: blank from %d, want %d", length, letters, got, want)
			}
		}
	}
}

// locateMarked decodes YAML and locates the scalar that holds MARK.
func locateMarked(t interface{ Fatalf(string, ...any) }, source string) diag.Text {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(source), &root); err != nil {
		t.Fatalf("%v in %q", err, source)
	}
	var found *yaml.Node
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "MARK") {
			found = n
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(&root)
	if found == nil {
		t.Fatalf("no MARK in %q", source)
	}
	return split(source)[0].locate(found, "f")
}

func placeOf(source, word string) diag.Span {
	before, _, _ := strings.Cut(source, word)
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1
	return diag.Span{
		File: "f", Start: diag.Position{Line: line, Column: column},
		End: diag.Position{Line: line, Column: column + len([]rune(word))},
	}
}

// TestLocateAnyText writes random texts in every style that can hold them and
// looks the mark up again.
func TestLocateAnyText(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{"a", "'", `"`, "é", "会", "x y", "=", "  ", "\n", "\n\n", "\t", "b:c", "#", `\`})
	styles := rapid.SampledFrom([]yaml.Style{yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle})
	rapid.Check(t, func(t *rapid.T) {
		before := strings.Join(rapid.SliceOf(words).Draw(t, "before"), "")
		after := strings.Join(rapid.SliceOf(words).Draw(t, "after"), "")
		node := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "key"},
			{Kind: yaml.ScalarNode, Style: styles.Draw(t, "style"), Value: before + "MARK" + after},
		}}
		encoded, err := yaml.Marshal(&node)
		if err != nil {
			t.Skip(fmt.Sprint(err))
		}
		source := string(encoded)
		var again yaml.Node
		if yaml.Unmarshal(encoded, &again) != nil || strings.Count(source, "MARK") != 1 {
			t.Skip("the encoder wrote what the decoder refuses, or split the mark")
		}
		text := locateMarked(t, source)
		at := strings.Index(text.String(), "MARK")
		if got, want := text.Span(at, at+4), placeOf(source, "MARK"); got != want {
			t.Fatalf("got %+v, want %+v in\n%s", got, want, source)
		}
	})
}
