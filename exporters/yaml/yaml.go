// Package yaml writes documents of YAML as they come, line by line. It reads none.
//
//	var d yaml.Document
//	d.Line(0, "groups:")
//	d.Pair(1, "- name", title) // in quotes, if it needs them
package yaml

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Document is written in blocks. A library writes ten thousand SLOs in more time
// than everything else takes; this writes them as they come, and a test reads back
// with the library what is written here.
type Document struct{ bytes.Buffer }

// Line writes a line at an indentation, counted in levels of two blanks.
func (d *Document) Line(level int, format string, args ...any) {
	for range level {
		d.WriteString("  ")
	}
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

// Comment writes lines that nobody reads as YAML.
func (d *Document) Comment(level int, text string) {
	for line := range strings.Lines(text) {
		d.Line(level, "# %s", strings.TrimRight(line, "\n"))
	}
}

// Pair writes a key, which needs no quotes, with a text.
func (d *Document) Pair(level int, key, value string) {
	for range level {
		d.WriteString("  ")
	}
	d.WriteString(key)
	d.WriteString(": ")
	if !isBlock(value) {
		d.WriteString(Scalar(value))
		d.WriteByte('\n')
		return
	}
	d.WriteString("|-\n")
	if strings.HasPrefix(key, "- ") {
		level++ // where the key stands
	}
	for line := range strings.Lines(value) {
		if line != "\n" {
			for range level + 1 {
				d.WriteString("  ")
			}
		}
		d.WriteString(line)
	}
	d.WriteByte('\n')
}

// Pairs writes a mapping of texts, ordered by key, and nothing when it is empty. Its keys
// need no quotes, or have them.
func (d *Document) Pairs(level int, key string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	d.Line(level, "%s:", key)
	d.Entries(level+1, values)
}

// Entries writes what Pairs does without the key above.
func (d *Document) Entries(level int, values map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		d.Pair(level, name, values[name])
	}
}

// Items writes a key with a list, which may be none.
func Items[T any](d *Document, level int, key string, all []T, write func(T)) {
	if len(all) == 0 {
		d.Line(level, "%s: []", key)
		return
	}
	d.Line(level, "%s:", key)
	for _, item := range all {
		write(item)
	}
}

// Scalar writes a text on one line, with as few quotes as there can be.
func Scalar(text string) string {
	switch {
	case isPlain(text):
		return text
	case isShown(text, false):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return quoted(text)
}

// isPlain reports whether YAML takes a text without quotes for nothing but itself. It
// is of ASCII and begins with a letter or a slash, or it is a duration.
func isPlain(text string) bool {
	if text == "" {
		return false
	}
	if first := text[0]; first != '/' && (first < 'A' || first > 'z' || first > 'Z' && first < 'a') {
		return isDuration(text)
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return !strings.Contains(text, ": ") && !strings.Contains(text, " #") && !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, " ")
}

func isDuration(text string) bool {
	digits := strings.TrimRight(text, "mhd")
	return len(digits) == len(text)-1 && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isBlock reports whether a text can be written as lines.
func isBlock(text string) bool {
	return strings.Contains(text, "\n") && isShown(text, true) && !strings.HasSuffix(text, "\n") && !strings.HasPrefix(text, "\n") && !strings.HasPrefix(text, " ")
}

// isShown reports whether every character of a text may stand in YAML as it is.
func isShown(text string, lines bool) bool {
	for _, r := range text {
		if r >= ' ' && r <= '~' {
			continue
		}
		if !unicode.IsPrint(r) && (r != '\n' || !lines) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// quoted writes a text in double quotes, in which every character can be written.
// What is not UTF-8 becomes U+FFFD.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			b.WriteString(`\x` + padded(r, 2))
		case r < 0x10000:
			b.WriteString(`\u` + padded(r, 4))
		default:
			b.WriteString(`\U` + padded(r, 8))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func padded(r rune, digits int) string {
	text := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(text)) + text
}
