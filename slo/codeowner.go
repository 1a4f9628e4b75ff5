package slo

import (
	"regexp"

	"github.com/slojourn/slojourn/slo/diag"
)

// CodeOwnerPattern matches what a team is called where GitHub asks for reviews: a user, a
// team of an organization, or the e-mail address of a user.
const CodeOwnerPattern = `^(@` + codeHost + `(/[A-Za-z0-9_][-._A-Za-z0-9]{0,99})?|[-.+%_A-Za-z0-9]{1,64}@[-A-Za-z0-9]{1,63}(\.[-A-Za-z0-9]{1,63})+)$`

// codeHost matches the name of a user or an organization.
const codeHost = `[A-Za-z0-9][-_A-Za-z0-9]{0,62}`

var (
	codeOwner   = regexp.MustCompile(CodeOwnerPattern)
	withoutSign = regexp.MustCompile(`^` + codeHost + `/[-._A-Za-z0-9]+$`)
)

// CheckCodeOwner returns a [*Problem] unless text is a user (@user), a team (@org/team) or
// an e-mail address, as files of code owners have them.
func CheckCodeOwner(text string) error {
	if codeOwner.MatchString(text) {
		return nil
	}
	hint := diag.Say(`write "@user", "@org/team" or an e-mail address, one to an entry`)
	if withoutSign.MatchString(text) {
		hint = diag.Say(`write "@%s"`, text)
	}
	return &Problem{Message: diag.Say("%q is no user, team or e-mail address of a code owner", text), Hint: hint}
}
