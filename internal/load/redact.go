package load

import (
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// The lengths from which a secret, and a word of one, are looked for in
// messages: what is shorter is none, and would take other words apart.
const (
	shortestSecret = 4
	shortestPart   = 8
)

// Redact hides in messages, hints and notes what stands in the place of a
// secret in the files, since a finding may repeat it without the key that
// tells what it is.
func Redact(findings diag.List, files []spec.File) {
	found := map[string]bool{}
	for _, f := range findings {
		found[f.Span.File] = true
	}
	secrets := map[string]*strings.Replacer{}
	for _, file := range files {
		if !found[file.Name] {
			continue
		}
		text := string(file.Data)
		var pairs []string
		for _, s := range diag.HiddenSecrets(text) {
			hidden := text[s.Kept:s.End]
			if len(hidden) >= shortestSecret {
				pairs = append(pairs, hidden, "…")
			}
			for _, part := range strings.FieldsFunc(hidden, between) {
				if len(part) >= shortestPart {
					pairs = append(pairs, part, "…")
				}
			}
		}
		if len(pairs) > 0 {
			secrets[file.Name] = strings.NewReplacer(pairs...)
		}
	}
	for i := range findings {
		f := &findings[i]
		hide, found := secrets[f.Span.File]
		if !found {
			continue
		}
		f.Message, f.Label, f.Hint = f.Message.Edited(hide.Replace), f.Label.Edited(hide.Replace), f.Hint.Edited(hide.Replace)
		f.Acceptance = hide.Replace(f.Acceptance)
		for j := range f.Related {
			f.Related[j].Message = f.Related[j].Message.Edited(hide.Replace)
		}
	}
}

// between reports whether a character separates the words of a value that a
// message may repeat one by one.
func between(r rune) bool { return strings.ContainsRune(" \t\r\n\"'`,:=*&!{}[]", r) }
