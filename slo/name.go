package slo

import (
	"regexp"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

var (
	validName  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
)

// CheckName returns a [*Problem] unless name is a valid name: at most 63
// lower-case letters, digits and hyphens that begin and end with a letter or
// digit.
func CheckName(name string) error {
	if validName.MatchString(name) {
		return nil
	}
	problem := &Problem{
		Message: diag.Say("the name %q is not valid", name),
		Hint:    diag.Say("use at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"),
	}
	if proposal := properName(name); proposal != "" {
		problem.Hint = diag.Say("%s; for example %s", problem.Hint, proposal)
	}
	return problem
}

// properName makes a valid name of a word, or "" when nothing is left of it.
func properName(word string) string {
	word = notInNames.ReplaceAllString(strings.ToLower(word), "-")
	word = strings.Trim(word, "-")
	if len(word) > 63 {
		word = strings.TrimRight(word[:63], "-")
	}
	return word
}
