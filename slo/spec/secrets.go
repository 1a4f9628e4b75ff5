package spec

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

var likelySecret = regexp.MustCompile(`^([0-9a-fA-F]{32,}|R[0-9A-Z]{31})$`)

// checkSecrets looks for secrets anywhere in a document, also in its comments:
// whoever can read the repository can read them.
func (d *decoder) checkSecrets(root *yaml.Node) {
	// Looking for these letters first is cheap, and few documents have them.
	if slices.ContainsFunc([]string{"NR", "xox", "hooks.slack.com", "@"}, func(s string) bool { return strings.Contains(d.chunk.text, s) }) {
		for i, line := range d.chunk.lines {
			for _, s := range diag.FindSecrets(line) {
				if s.Certain {
					d.secretAt(d.line(i+1).Span(s.Start, s.End), diag.Error, "a secret must not stand in the file",
						"remove it and revoke it, as it may have been seen; refer to it by {env: NAME} or {file: NAME} where the language has a secret")
				}
			}
		}
	}
	d.checkLikely(root)
}

// checkLikely looks for values that look like a key as a whole.
func (d *decoder) checkLikely(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && len(node.Value) >= 32 && likelySecret.MatchString(node.Value) {
		d.secretAt(d.nodeSpan(node), diag.Warning, "this looks like a secret",
			"remove it and revoke it if it is one, as it may have been seen; if not, write a word before it")
	}
	for _, child := range node.Content {
		d.checkLikely(child)
	}
}

// secretAt reports a secret, unless one was reported there.
func (d *decoder) secretAt(span diag.Span, severity diag.Severity, message, hint string) {
	known := slices.ContainsFunc(d.list, func(f diag.Diagnostic) bool {
		return f.Code == diag.CodeSecret && f.Span.Start.Line == span.Start.Line &&
			f.Span.Start.Column <= span.Start.Column && f.Span.End.Column >= span.End.Column
	})
	if !known {
		d.list.Add(diag.Diagnostic{Code: diag.CodeSecret, Severity: severity, Span: span, Message: message, Hint: hint})
	}
}
