package grafana

import (
	"strings"

	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// How many characters of texts of specs are shown. Grafana keeps 189 of a title.
const (
	longestTitle = 120
	longestText  = 2000
	longestCode  = 4000
)

// escaped returns a text of a spec as it may stand within a line of Markdown in a panel of
// text: it looks as it was written, and nothing in it is markup, a link or a variable.
func escaped(text string) string { return words.Markdown(inert(cut(text, longestText))) }

// link returns a link of Markdown to an address of a spec, or only the title where the
// address is none of the web.
func link(title, address string) string {
	encoded := strings.NewReplacer("$", "%24", "{", "%7B", "}", "%7D").Replace(cut(address, longestText))
	return words.MarkdownLink(inert(cut(title, longestTitle)), encoded)
}

// linkWithin returns a link of Markdown to a dashboard. Its address begins without a slash:
// a browser adds that to where Grafana is, which may be a folder of a site, while links
// outside of texts begin with one, to which Grafana adds that itself.
func linkWithin(title, uid string) string {
	return "[" + escaped(title) + "](d/" + uid + "?" + kept(nil) + ")"
}

// codeBlock returns lines of a spec as a block of code, in HTML as Markdown may have it.
// Nothing in it is a variable, and what is copied from it is what was written: letters are
// written by their numbers, where Markdown has code as it is.
func codeBlock(text string) string {
	var lines []string
	for line := range strings.Lines(cut(text, longestCode)) {
		lines = append(lines, render.Plain(strings.TrimRight(strings.ToValidUTF8(line, "�"), "\r\n")))
	}
	code := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "$", "&#36;", "{", "&#123;", "[", "&#91;").Replace(strings.Join(lines, "\n"))
	return "<pre><code>" + code + "</code></pre>"
}

// plain returns a text of a spec as a title: one line without control characters, and
// nothing in it is a variable.
func plain(text string) string {
	return inert(strings.ToValidUTF8(words.OneLine(cut(text, longestTitle)), "�"))
}

// inert puts a character without width into what Grafana would replace in any text: $name,
// ${name}, [[name]] and {{name}}.
func inert(text string) string {
	const joiner = "\u2060"
	var b strings.Builder
	before := rune(0)
	for _, r := range text {
		if before == '$' && (r == '{' || r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') || before == r && (r == '[' || r == '{') {
			b.WriteString(joiner)
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}
