package spec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"

	"gopkg.in/yaml.v3"
)

// layout lays one document out anew. It works on the lines of the document:
// the nodes say where each key and value begins, the text between is moved as
// it is.
type layout struct {
	chunk   chunk
	reorder bool // keys may change places
	starts  map[*yaml.Node]mark
	ends    map[*yaml.Node]mark

	problem     diag.Phrase // why the document stays as it is
	remedy      diag.Phrase
	problemLine int // from 0, in the document
}

func newLayout(c chunk, root *yaml.Node) *layout {
	l := &layout{chunk: c, starts: map[*yaml.Node]mark{}, ends: map[*yaml.Node]mark{}}
	l.reorder = !l.keepsOrder(root)
	return l
}

// keepsOrder reports whether keys must not change places: an alias has to
// stay behind its anchor, and a block that keeps the empty lines at its end
// would keep those before the next key as well.
func (l *layout) keepsOrder(node *yaml.Node) bool {
	return node.Kind == yaml.AliasNode || isBlockScalar(node) && strings.Contains(blockIndicator(l.from(l.start(node))), "+") ||
		slices.ContainsFunc(node.Content, l.keepsOrder)
}

// simpler is the remedy where there is none that fits better.
var simpler = diag.Say("write it in a simpler way")

// fail remembers the first reason why the document stays as it is. Whoever
// meets one goes on with whatever is at hand: the result is thrown away.
func (l *layout) fail(line int, reason, remedy diag.Phrase) {
	if l.problem.Empty() {
		l.problem, l.remedy, l.problemLine = reason, remedy, min(max(line, 0), len(l.chunk.lines)-1)
	}
}

// entry is a key with its value, or an item of a list.
type entry struct {
	rank  int      // where it belongs among the others
	lead  []string // the comments and empty lines before it
	lines []string // itself, indented from the column of its collection on
}

// document returns the text of the whole document.
func (l *layout) document(root *yaml.Node) string {
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 || len(root.Content) == 0 {
		l.fail(root.Line-1, diag.Say("it is not a mapping with a key on each line"), diag.Say("write apiVersion, kind, metadata and spec on lines of their own, without braces around them"))
		return ""
	}
	first := l.start(root.Content[0])
	var lines []string
	next := 0
	for number, line := range l.chunk.lines[:first.line] {
		if !isMarker(line, "---") {
			continue
		}
		separator := strings.TrimRight(line, " \t")
		if !isComment(strings.TrimPrefix(separator, "---")) {
			l.fail(number, diag.Say("it begins on the line of its ---"), diag.Say("write nothing behind --- but a comment"))
		}
		// Comments and directives in front of it stay there.
		lines = append(l.prologue(number), separator)
		next = number + 1
		break
	}
	// What stands above the first key is about the whole document and stays there.
	header := trimStart(l.between(next, first.line))
	lead, body, next := l.collection(root, documentOf(root), first.line, -1)
	end := len(l.chunk.lines)
	var marker []string
	if last := l.line(end - 1); isMarker(last, "...") {
		marker = []string{strings.TrimRight(last, " \t")}
		end--
	}
	rest := trimEnd(l.between(next, end))
	lines = slices.Concat(lines, header, lead, body, rest, marker)
	return strings.Join(lines, "\n") + "\n"
}

// documentOf returns what the language says of a document.
func documentOf(root *yaml.Node) value {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "kind" {
			if k, known := kindNamed(root.Content[i+1].Value); known {
				return objectOf(k.document)
			}
		}
	}
	return value{}
}

// collection lays out a mapping or a list whose entries have lines of their
// own. The lead is what stands before its first entry. next is the line that
// follows what was read so far; parent is the column of the key or hyphen that
// holds the collection.
func (l *layout) collection(node *yaml.Node, described value, next, parent int) (lead, lines []string, after int) {
	entries, next := l.entries(node, described, next)
	foot, next := l.foot(next, parent+1)
	if l.reorder {
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.rank, b.rank) })
	}
	for i, e := range entries {
		if i == 0 {
			lead = trimStart(e.lead)
		} else {
			lines = append(lines, e.lead...)
		}
		lines = append(lines, e.lines...)
	}
	return lead, append(lines, foot...), next
}

func (l *layout) entries(node *yaml.Node, described value, next int) (entries []entry, after int) {
	if node.Kind == yaml.MappingNode {
		return l.mapping(node, described, next)
	}
	return l.list(node, described, next)
}

func (l *layout) mapping(node *yaml.Node, described value, next int) (entries []entry, after int) {
	known := described.keysFor(yaml.MappingNode)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, inner := node.Content[i], node.Content[i+1]
		at, behind := l.start(name), l.end(name)
		rest, found := strings.CutPrefix(strings.TrimLeft(l.from(behind), " \t"), ":")
		if !found || behind.line != at.line || strings.Trim(l.line(at.line)[:at.column], "- ") != "" {
			l.fail(at.line, diag.Say("this key does not stand with its colon at the beginning of a line"),
				diag.Say("write it as key: value, without ? and on a line of its own"))
			return entries, at.line + 1
		}
		e := entry{rank: known.rank(name.Value), lead: l.between(next, at.line)}
		head, below, after := l.value(inner, known.of(name.Value), mark{at.line, len(l.line(at.line)) - len(rest)}, at.column)
		e.lines = append([]string{l.line(at.line)[at.column:behind.column] + ":" + head}, below...)
		entries, next = append(entries, e), after
	}
	return entries, next
}

func (l *layout) list(node *yaml.Node, described value, next int) (entries []entry, after int) {
	item := described.itemFor()
	for i, inner := range node.Content {
		dash, found := l.hyphen(next)
		if i == 0 && l.isAt(l.start(node), "-") {
			dash, found = l.start(node), true
		}
		if !found {
			l.fail(next, diag.Say("this item of a list does not stand behind its hyphen"), simpler)
			return entries, next
		}
		e := entry{lead: l.between(next, dash.line)}
		behind := mark{dash.line, dash.column + 1}
		if rest := strings.TrimSpace(l.from(behind)); isCollection(inner) && (rest == "" || l.start(inner).line == dash.line && !hasProperties(inner)) {
			// What stood before the first key cannot stay between it and the hyphen.
			lead, lines, after := l.collection(inner, item, dash.line+1, dash.column)
			e.lead = append(e.lead, lead...)
			if len(lines) > 0 { // or something failed
				e.lines = append([]string{"- " + lines[0]}, indent(lines[1:])...)
			}
			next = after
		} else {
			head, below, after := l.value(inner, item, behind, dash.column)
			e.lines = append([]string{"-" + head}, below...)
			next = after
		}
		entries = append(entries, e)
	}
	return entries, next
}

// value lays out what stands behind a colon or a hyphen, which is at the given
// place and belongs to an entry at the given column: the rest of its line, and
// the lines below it.
func (l *layout) value(node *yaml.Node, described value, from mark, column int) (head string, below []string, after int) {
	start := l.start(node)
	rest := strings.TrimRight(l.from(from), " \t")
	if isCollection(node) {
		lead, lines, after := l.collection(node, described, from.line+1, column)
		return spaced(rest), indent(append(lead, lines...)), after
	}
	if isNothing(node) {
		return spaced(rest), nil, from.line + 1
	}
	hanging := start.line > from.line
	base := column
	if hanging {
		base = start.column - 2
	}
	lines, end := l.inline(node, described, base)
	last := len(lines) - 1
	lines[last] = strings.TrimRight(lines[last]+l.comment(end), " \t")
	if isBlockScalar(node) {
		lines, end = l.block(node, column)
	}
	if !hanging {
		return " " + lines[0], lines[1:], end.line + 1
	}
	if !isComment(rest) {
		l.fail(from.line, diag.Say("the value does not follow its key"), simpler)
	}
	below = append(indent(append(l.between(from.line+1, start.line), lines[0])), lines[1:]...)
	return rest, below, end.line + 1
}

// spaced puts one blank before properties, and leaves those before comments.
func spaced(rest string) string {
	if trimmed := strings.TrimLeft(rest, " \t"); trimmed != "" && trimmed[0] != '#' {
		return " " + trimmed
	}
	return rest
}
