package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

var (
	numbered   = regexp.MustCompile(`^line (\d+): (.*)$`)
	anchorName = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
)

// syntaxError reports what the YAML parser said, at the best place it knows.
func (d *decoder) syntaxError(err error) {
	message, line := syntaxPlace(err)
	line = max(1, min(line, len(d.chunk.lines)))
	content := d.chunk.lines[line-1]
	indent := len(content) - len(strings.TrimLeft(content, " \t"))
	hint := diag.Phrase{}
	switch {
	case strings.Contains(message, "expected <document start>"):
		message = "something follows the document"
		hint = diag.Say("check the indentation and the brackets; a further document begins behind a line of ---")
	case strings.Contains(message, "unknown anchor"):
		if parts := anchorName.FindStringSubmatch(message); parts != nil && d.unknownAnchor(parts[1]) {
			return
		}
	case strings.Contains(message, "incompatible YAML document"):
		hint = diag.Say("write %%YAML 1.2, or remove the line")
	case strings.Contains(message, "expected ',' or") && d.endedValue(line), d.reportFaults(message, line):
		return
	case strings.Contains(message, "could not find expected ':'"), strings.Contains(message, "mapping values are not allowed"):
		hint = diag.Say(`write a key as name: value, and put a value that holds ": " in quotes; otherwise check the indentation`)
	case strings.Contains(message, "cannot start any token"):
		hint = diag.Say("put the value that begins with this character in quotes")
	case strings.Contains(message, "did not find expected"):
		hint = diag.Say("check the indentation of this line and of those around it")
	}
	d.list.Errorf(diag.CodeSyntax, d.line(line).Span(indent, len(content)), hint, "YAML: %s", message)
}

// reportFaults reports the faults of the document, unless the parser stumbled
// over something before the first of them. It names the line where that begins
// of which something is missing, or the line before a tab, and else the line
// where it stumbled.
func (d *decoder) reportFaults(message string, line int) bool {
	faults := d.chunk.faults()
	before := !strings.Contains(message, "did not find expected") && !strings.Contains(message, "unexpected") && !strings.Contains(message, "tab character")
	if len(faults) == 0 || before && faults[0].line > line {
		return false
	}
	for _, f := range faults {
		d.list.Errorf(f.code, d.line(f.line).Span(f.begin, f.end), f.hint, "%s", f.message)
	}
	return true
}

// syntaxPlace takes an error of the YAML parser apart. Its scanner counts
// lines from 1, its parser from 0.
func syntaxPlace(err error) (message string, line int) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	parts := numbered.FindStringSubmatch(message)
	if parts == nil {
		return message, 1
	}
	line, _ = strconv.Atoi(parts[1]) // digits
	if strings.HasPrefix(parts[2], "did not find expected") && !strings.Contains(parts[2], "alphabetic") {
		line++
	}
	return parts[2], line
}

// masked returns a line with blanks in the place of quoted strings, and without
// its comment.
func masked(line string) string {
	b := []byte(line)
	before, quote := byte(' '), byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			b[i] = ' '
		case (c == '\'' || c == '"') && strings.IndexByte(" \t,[{(", before) >= 0:
			quote, b[i] = c, ' '
		case c == '#' && (before == ' ' || before == '\t'):
			return string(b[:i])
		}
		before = c
	}
	return string(b)
}

// aliasOrAnchor matches the beginning of an alias or an anchor and its name, where a
// value can stand.
var aliasOrAnchor = regexp.MustCompile(`(?:^|[-:?]\s|[,\[{])\s*([*&])([\w-]*)`)

// unknownAnchor reports the first alias of this name that has no anchor before
// it, which is what the parser stopped at, and whether it found one.
func (d *decoder) unknownAnchor(name string) bool {
	var anchors []string
	for i, line := range d.chunk.lines {
		for _, at := range aliasOrAnchor.FindAllStringSubmatchIndex(masked(line), -1) {
			found := line[at[4]:at[5]]
			switch {
			case line[at[2]] == '&' && len(anchors) < mostAnchors && len(found) <= 64:
				anchors = append(anchors, found)
			case found == name && !slices.Contains(anchors, name):
				d.list.Errorf(diag.CodeSyntax, d.line(i+1).Span(at[2], at[5]), anchorHint(name, anchors), "YAML: no anchor &%s stands before this alias", name)
				return true
			}
		}
	}
	return false
}

// mostAnchors is how many anchors of a document are known by name.
const mostAnchors = 20

func anchorHint(name string, anchors []string) diag.Phrase {
	if near, ok := diag.Nearest(name, anchors); ok {
		return diag.Say("did you mean *%s?", near)
	}
	if len(anchors) == 0 {
		return diag.Say("put it in quotes: \"*%s\"; or, to repeat a value, write &%[1]s in front of it where it first stands", name)
	}
	return diag.Say("known anchors: %s; a value that begins with * needs quotes: \"*%s\"", strings.Join(anchors, ", "), name)
}

// untilBreak returns what stands before a comma or a bracket that closes.
func untilBreak(text string) string {
	if end := strings.IndexAny(text, ",]}"); end >= 0 {
		return text[:end]
	}
	return text
}

var plainValue = regexp.MustCompile(`(?:^|[{,])\s*([\w-]+)\s*:\s+([^\s'"\[\]{},&*!|>#])`)

// Bounds of what is looked for on one line: programs write long ones.
const (
	mostValues   = 100
	longestValue = 4096 // NRQL is shorter
)

// endedValue reports plain values within { } that a comma or a bracket ends
// although a bracket or a quote of NRQL is open. It looks for them from the
// given line on, up to the first line that has some.
func (d *decoder) endedValue(from int) bool {
	for number := from; number <= len(d.chunk.lines); number++ {
		line, reported, behind := d.chunk.lines[number-1], false, 0
		for _, at := range plainValue.FindAllStringSubmatchIndex(line, mostValues) {
			begin := at[4]
			end := begin + meantValue(line[begin:min(len(line), begin+longestValue)])
			value := strings.TrimRight(line[begin:end], " \t")
			stop := strings.IndexAny(value, ",[]{}")
			if begin < behind || stop < 0 {
				continue
			}
			what := diag.Say("a comma")
			if value[stop] != ',' {
				what = diag.Say("a bracket")
			}
			d.list.Errorf(diag.CodeComment, d.line(number).Span(begin, begin+len(value)),
				quotesHint(line[at[2]:at[3]], value), "%s ends a value inside { }", what)
			reported, behind = true, end
		}
		if reported {
			return true
		}
	}
	return false
}

// meantValue returns the length of a plain value as it is meant: up to a comma
// or a closing bracket outside the brackets and quotes of NRQL. It is 0 when
// one of these stays open.
func meantValue(text string) int {
	depth, before, quote := 0, byte(' '), byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.IndexByte("'\"`", c) >= 0 && strings.IndexByte(" \t(,=", before) >= 0:
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth <= 0 && strings.IndexByte(",]}", c) >= 0:
			return i
		}
		before = text[i]
	}
	return 0
}
