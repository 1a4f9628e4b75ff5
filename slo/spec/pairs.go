package spec

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// pair is a key of a mapping and its value.
type pair struct {
	name  string     // the key as it is meant, which may be misspelt
	key   *yaml.Node // as it is written
	value *yaml.Node // nil when there is none that can be used
	moved bool       // it stands in another mapping
}

// pairs returns the keys of a mapping and their values; it reports anything
// else. Of a mapping with keys of the user's the definition has none.
func (d *decoder) pairs(node *yaml.Node, definition *definition) ([]pair, bool) {
	node = follow(node)
	if node.Kind != yaml.MappingNode {
		if short := definition.spelling(node.Value); node.Kind == yaml.ScalarNode && short != "" {
			d.list.Errorf(diag.CodeType, d.wholeSpan(node), diag.Say("write %s", short), "%s must be a mapping, not a string", definition.what)
		} else {
			d.wrongType(node, definition.what, yaml.MappingNode)
		}
		return nil, false
	}
	pairs := make([]pair, 0, len(node.Content)/2)
	firsts := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		p := pair{name: node.Content[i].Value, key: node.Content[i], value: follow(node.Content[i+1])}
		if p.key.Kind != yaml.ScalarNode {
			d.list.Errorf(diag.CodeType, d.nodeSpan(p.key), diag.Say("write a plain word"), "a key of %s is not a word", definition.what)
			continue
		}
		if tails := d.tails(node, i+2, definition); tails > 0 {
			p.value = d.joined(p, node.Content[i+2*tails])
			i += 2 * tails
		}
		if first, twice := firsts[p.name]; twice {
			place := d.nodeSpan(pairs[first].key)
			d.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.nodeSpan(p.key),
				Message: diag.Say("the key %q stands twice in %s", p.name, definition.what), Hint: diag.Say("remove one of them"),
				Related: []diag.Related{{Span: place, Message: diag.Say("the first one is at %s", place)}},
			})
			continue
		}
		firsts[p.name] = len(pairs)
		pairs = append(pairs, p)
	}
	return pairs, true
}

// noValue reports a key without a value. One that begins with # needs quotes,
// or YAML takes it for a comment.
func (d *decoder) noValue(p pair, hint diag.Phrase) {
	span := d.nodeSpan(p.key)
	if comment, at, found := d.commentBehind(span.End, ":"); found && !strings.HasPrefix(comment, "# ") {
		word, _, _ := strings.Cut(comment, " ")
		d.list.Errorf(diag.CodeComment, at, diag.Say("put it in quotes: %s: %q", p.key.Value, word),
			"YAML takes this for a comment, so that %s has no value", p.key.Value)
		return
	}
	d.list.Errorf(diag.CodeMissing, span, hint, "%s has no value", p.key.Value)
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// tails counts the keys from the i-th node of a mapping on that are not meant
// as keys: within { }, a comma ends a plain value, and what stands behind it
// becomes a key without a colon.
func (d *decoder) tails(node *yaml.Node, i int, definition *definition) int {
	before := node.Content[i-1]
	if node.Style&yaml.FlowStyle == 0 || before.Kind != yaml.ScalarNode || before.Style != 0 || isNull(before) {
		return 0
	}
	tails := 0
	for ; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if _, known := definition.key(key.Value); known || key.Kind != yaml.ScalarNode || !isNull(value) || value.Value != "" {
			break
		}
		if before, glued := keyBeforeColon(key.Value); glued {
			if _, known := definition.key(before); known {
				break
			}
		}
		if behind := d.behind(d.nodeSpan(key).End); strings.HasPrefix(strings.TrimLeft(behind, " \t"), ":") {
			break
		}
		tails++
	}
	return tails
}

var decimalComma = regexp.MustCompile(`^([0-9]+), ?([0-9]+ *%?)$`)

// joined reports a value that a comma ended, and puts it together again. It
// returns nil when that cannot be done.
func (d *decoder) joined(p pair, last *yaml.Node) *yaml.Node {
	span := d.nodeSpan(p.value)
	if end := d.nodeSpan(last).End; end.Line == span.Start.Line {
		span.End = end
	}
	text := d.between(span)
	hint := quotesHint(p.key.Value, text)
	whole := *p.value
	whole.Tag, whole.Value = "!!str", text
	meant := &whole
	switch {
	case d.nodeSpan(last).Start.Line != span.Start.Line:
		hint, meant = quotesHint(p.key.Value, ""), nil
	case decimalComma.MatchString(text):
		hint, meant = diag.Say("write %s: %s, with a point", p.key.Value, decimalComma.ReplaceAllString(text, "$1.$2")), nil
	}
	d.list.Errorf(diag.CodeComment, span, hint, "a comma ends a value inside { }")
	return meant
}

// longestQuoted is the length of the longest value that a hint repeats, in bytes.
const longestQuoted = 200

// quotesHint says how to write a value that needs quotes, unless it is long or
// not known.
func quotesHint(key, value string) diag.Phrase {
	if value == "" || len(value) > longestQuoted {
		return diag.Say("put the whole of %s in quotes", key)
	}
	return diag.Say("put it in quotes: %s: %s", key, inQuotes(value))
}

// behind returns what stands behind a place on its line.
func (d *decoder) behind(at diag.Position) string {
	number := at.Line - d.chunk.line
	if number < 1 || number > len(d.chunk.lines) {
		return ""
	}
	return d.chunk.lines[number-1][d.chunk.offset(number-1, at.Column-1):]
}

// between returns the text of a span on one line.
func (d *decoder) between(span diag.Span) string {
	return strings.TrimSuffix(d.behind(span.Start), d.behind(span.End))
}
