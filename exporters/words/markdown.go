package words

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// mentions are what sites that show Markdown make links to people of.
var mentions = regexp.MustCompile(`@(\w)`)

// numbered is what begins a list with numbers.
var numbered = regexp.MustCompile(`^(\d+)([.)])( |$)`)

// Markdown returns a text that others wrote as it may stand within a line of
// Markdown, also in a table: it is one line, looks as it was written, and is
// neither markup, nor a link, nor a mention.
func Markdown(text string) string {
	text = OneLine(text)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "�")
	}
	text = mentions.ReplaceAllString(text, "@\u2060$1") // which has no width, and no mention goes over
	var b strings.Builder
	for i, r := range text {
		if special(text, i, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return numbered.ReplaceAllString(b.String(), `$1\$2$3`)
}

// OneLine returns a text that others wrote as one line. It may have had several.
func OneLine(text string) string { return render.Plain(strings.Join(strings.Fields(text), " ")) }

// special reports whether a character of a text means something in Markdown.
func special(text string, at int, r rune) bool {
	switch r {
	case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '|', '~', '$', '#', '!', '^', '{', '}':
		return true
	case '-', '+', '=', ':':
		// A list, a line below a title, or below a head of a table; and an address.
		return at == 0 || r == ':' && strings.HasPrefix(text[at:], "://")
	case '.':
		return at >= 3 && strings.EqualFold(text[at-3:at], "www")
	}
	return false
}

// MarkdownLink returns a link of Markdown, or only its title where the address is none of
// the web.
func MarkdownLink(title, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Markdown(title) + ": " + Markdown(address)
	}
	if title == "" {
		title = u.Host
	}
	// What would end the address or begin markup in it is encoded.
	escaped := strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "*", "%2A", "_", "%5F", "`", "%60", "[", "%5B", "]", "%5D").
		Replace(u.String())
	return "[" + Markdown(title) + "](" + render.Plain(escaped) + ")"
}
