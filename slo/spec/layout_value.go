package spec

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"

	"gopkg.in/yaml.v3"
)

var commentStart = regexp.MustCompile(`(^|[ \t])#`)

// end returns the place behind a node. That of a block scalar is the end of
// its first line; [layout.block] knows its last.
func (l *layout) end(node *yaml.Node) mark {
	if end, known := l.ends[node]; known {
		return end
	}
	end := l.start(node)
	switch {
	case node.Kind == yaml.AliasNode:
		end.column += len("*" + node.Value)
	case isBlockScalar(node):
		end.column = len(l.line(end.line))
	case node.Kind == yaml.ScalarNode:
		end = l.scalarEnd(node)
	case l.isPair(node):
		end = l.end(node.Content[1])
	case len(node.Content) > 0:
		end = l.closing(l.end(node.Content[len(node.Content)-1]), "]}")
	default:
		end = l.closing(l.opening(node), "]}")
	}
	l.ends[node] = end
	return end
}

// isPair reports whether a mapping is a pair without braces: [key: value].
func (l *layout) isPair(node *yaml.Node) bool {
	return node.Kind == yaml.MappingNode && !hasProperties(node) && !l.isAt(l.start(node), "{")
}

func (l *layout) scalarEnd(node *yaml.Node) mark {
	if isNothing(node) && !hasProperties(node) {
		return l.start(node)
	}
	s := l.chunk.scan(node)
	if string(s.value) != node.Value {
		l.fail(node.Line-1, diag.Say("the end of this value is not found"), simpler)
		return l.start(node)
	}
	at := s.end()
	return l.mark(at.Line-l.chunk.line-1, at.Column-1)
}

// opening returns the place behind the bracket that opens a collection.
func (l *layout) opening(node *yaml.Node) mark { return l.closing(l.start(node), "[{") }

// closing returns the place behind the next of some brackets. Between a value
// and its closing bracket there are blanks, commas, colons and comments.
func (l *layout) closing(from mark, brackets string) mark {
	for p := from; p.line < len(l.chunk.lines); p = (mark{p.line + 1, 0}) {
		text := l.from(p)
		if at := commentStart.FindStringIndex(text); at != nil {
			text = text[:at[0]]
		}
		if at := strings.IndexAny(text, brackets); at >= 0 {
			return mark{p.line, p.column + at + 1}
		}
	}
	l.fail(from.line, diag.Say("the end of this value is not found"), simpler)
	return from
}

// inline lays out a value that is no block and no collection with lines of its
// own. Further lines are moved with the entry, which stands at the given column.
func (l *layout) inline(node *yaml.Node, described value, column int) (lines []string, end mark) {
	start, end := l.start(node), l.end(node)
	if start.line == end.line {
		if text, simple := l.flow(node, described); simple {
			return []string{text}, end
		}
		return []string{l.cut(start, end)}, end
	}
	least := 2
	if node.Kind != yaml.ScalarNode {
		least = 0 // of brackets; they hold together what is between them
	}
	lines = []string{l.from(start)}
	for i := start.line + 1; i <= end.line; i++ {
		line := l.line(i)
		if i == end.line {
			line = line[:min(end.column, len(line))]
		}
		text := strings.TrimLeft(line, " \t")
		if text != "" {
			text = strings.Repeat(" ", max(least, len(line)-len(text)-column)) + text
		}
		lines = append(lines, text)
	}
	return lines, end
}

// cut returns the text between two places of one line.
func (l *layout) cut(start, end mark) string {
	text := l.from(start)
	return text[:min(max(end.column-start.column, 0), len(text))]
}

// flow lays out what stands between brackets on one line, and whether that is
// simple enough.
func (l *layout) flow(node *yaml.Node, described value) (text string, simple bool) {
	start, end := l.start(node), l.end(node)
	if node.Kind == yaml.ScalarNode || node.Kind == yaml.AliasNode {
		return l.cut(start, end), !isNothing(node)
	}
	if hasProperties(node) || l.isPair(node) {
		return "", false
	}
	brackets, step := "[]", 1
	if node.Kind == yaml.MappingNode {
		brackets, step = "{}", 2
	}
	known := described.keysFor(node.Kind)
	var entries []entry
	from := mark{start.line, start.column + 1}
	for i := 0; i < len(node.Content); i += step {
		e := entry{}
		inner := described.itemFor()
		if step == 2 {
			name := node.Content[i]
			e.rank, inner = known.rank(name.Value), known.of(name.Value)
			colon := l.cut(l.end(name), l.start(node.Content[i+1]))
			if name.Kind != yaml.ScalarNode || isNothing(name) || strings.TrimSpace(colon) != ":" {
				return "", false
			}
			e.lines = []string{l.cut(l.start(name), l.end(name)) + ": "}
		}
		gap := strings.TrimSpace(l.cut(from, l.start(node.Content[i])))
		if i == 0 && gap != "" || i > 0 && gap != "," {
			return "", false
		}
		item := node.Content[i+step-1]
		text, simple := l.flow(item, inner)
		if !simple {
			return "", false
		}
		e.lines = append(e.lines, text)
		entries = append(entries, e)
		from = l.end(item)
	}
	if strings.TrimSpace(l.cut(from, end)) != brackets[1:] {
		return "", false
	}
	if l.reorder && step == 2 {
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.rank, b.rank) })
	}
	var parts []string
	for _, e := range entries {
		parts = append(parts, strings.Join(e.lines, ""))
	}
	return brackets[:1] + strings.Join(parts, ", ") + brackets[1:], true
}

// block lays out a literal or folded block: its lines keep what is behind
// their indentation. end is the end of its last line.
func (l *layout) block(node *yaml.Node, column int) (lines []string, end mark) {
	start := l.start(node)
	header := strings.TrimRight(l.from(start), " \t")
	indicator := blockIndicator(header)
	deep, width := 0, 2
	if at := strings.IndexAny(indicator, "123456789"); at >= 0 {
		width = int(indicator[at] - '0')
		deep = column + width
	} else {
		s := scalarScanner{chunk: l.chunk, line: start.line + 1}
		deep = s.blockIndent()
	}
	lines = []string{header}
	end = mark{line: start.line}
	pending := 0
	for i := start.line + 1; i < len(l.chunk.lines); i++ {
		text := l.line(i)
		blank := strings.Trim(text, " ") == ""
		if blank && len(text) <= deep {
			pending++
			continue
		}
		if len(text)-len(strings.TrimLeft(text, " ")) < deep {
			break
		}
		for range pending {
			lines = append(lines, "")
		}
		lines = append(lines, strings.Repeat(" ", width)+text[deep:])
		end, pending = mark{line: i}, 0
	}
	if strings.Contains(indicator, "+") { // the empty lines behind it belong to it
		for range pending {
			lines = append(lines, "")
		}
		end.line += pending
	}
	return lines, end
}

// blockIndicator returns the first line of a block without its comment.
func blockIndicator(header string) string {
	indicator, _, _ := strings.Cut(header, "#")
	return indicator
}

// keysFor returns what the language says of the keys of a mapping, of all ways
// to write the value.
func (v value) keysFor(kind yaml.Kind) *definition {
	for w := &v; w != nil && kind == yaml.MappingNode; w = w.or {
		if w.shape == shapeObject {
			return w.object
		}
		if w.shape == shapeMap {
			return &definition{what: diag.Verbatim(w.entry)} // keys of the user's, in any order
		}
	}
	return &definition{}
}

// itemFor returns what the language says of the items of a list.
func (v value) itemFor() value {
	for w := &v; w != nil; w = w.or {
		if w.shape == shapeList {
			return *w.item
		}
	}
	return value{}
}

// rank is the place of a key among the others; unknown ones come last.
func (d *definition) rank(name string) int {
	if i := slices.Index(d.names(), name); i >= 0 {
		return i
	}
	return len(d.keys)
}

// of returns what the language says of the value of a key.
func (d *definition) of(name string) value {
	k, _ := d.key(name)
	return k.value
}
