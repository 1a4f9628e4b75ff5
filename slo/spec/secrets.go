package spec

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// mostSecrets is how many secrets of a line are reported one by one.
const mostSecrets = 20

// checkSecrets looks for secrets anywhere in a document, also in its comments:
// whoever can read the repository can read them. reported is what was found in
// the document before.
func (d *decoder) checkSecrets(root *yaml.Node, reported diag.List) {
	d.secrets = map[int][]diag.Span{}
	for _, f := range reported {
		if f.Code == diag.CodeSecret {
			d.secrets[f.Span.Start.Line] = append(d.secrets[f.Span.Start.Line], f.Span)
		}
	}
	// Looking for these letters first is cheap, and few documents have them.
	if slices.ContainsFunc([]string{"NR", "xox", "hooks.slack.com", "@"}, func(s string) bool { return strings.Contains(d.chunk.text, s) }) {
		for i, line := range d.chunk.lines {
			for _, s := range diag.FindSecrets(line) {
				if s.Certain && len(d.secrets[d.chunk.line+i+1]) < mostSecrets {
					d.secretAt(d.line(i+1).Span(s.Start, s.End), diag.Error, diag.Say("a secret must not stand in the file"),
						diag.Say("remove it and revoke it, as it may have been seen; refer to it by {env: NAME} or {file: NAME} where the language has a secret"))
				}
			}
		}
	}
	d.checkLikely(root)
}

// checkLikely looks for values that look like a key as a whole.
func (d *decoder) checkLikely(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && len(node.Value) >= shortestKey && isLikely(node.Value) {
		d.secretAt(d.nodeSpan(node), diag.Warning, diag.Say("this looks like a secret"),
			diag.Say("remove it and revoke it if it is one, as it may have been seen; if not, write a word before it"))
	}
	for _, child := range node.Content {
		d.checkLikely(child)
	}
}

// shortestKey is the length of the shortest secret that is known by it.
const shortestKey = 32

// isLikely reports whether a value as a whole looks like a key by its length.
func isLikely(value string) bool {
	// Such a key is one word, as few long values are; the search is slow.
	if strings.ContainsFunc(value, func(r rune) bool { return r >= utf8.RuneSelf || !isWord(byte(r)) }) {
		return false
	}
	found := diag.FindSecrets(value)
	return len(found) == 1 && !found[0].Certain && found[0].Start == 0 && found[0].End == len(value)
}

// secretAt reports a secret, unless one was reported there.
func (d *decoder) secretAt(span diag.Span, severity diag.Severity, message, hint diag.Phrase) {
	for _, known := range d.secrets[span.Start.Line] {
		if known.Start.Column <= span.Start.Column && known.End.Column >= span.End.Column {
			return
		}
	}
	d.secrets[span.Start.Line] = append(d.secrets[span.Start.Line], span)
	d.list.Add(diag.Diagnostic{Code: diag.CodeSecret, Severity: severity, Span: span, Message: message, Hint: hint})
}
