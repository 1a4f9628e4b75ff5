package nrql

import (
	"strconv"
	"strings"
	"unicode"
)

// Print returns canonical text of an expression: keywords in upper case,
// single blanks, brackets only where the tree needs them. Parsing the result
// gives the same tree.
func Print(x Expr) string {
	var b strings.Builder
	printExpr(&b, x, 0)
	return b.String()
}

// How tightly expressions bind; an operand that binds less tightly than its
// place demands gets brackets.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindTest
	bindSum
	bindProduct
	bindNeg
	bindValue
)

func binding(x Expr) int {
	switch x := x.(type) {
	case *Binary:
		switch {
		case x.Op == Or:
			return bindOr
		case x.Op == And:
			return bindAnd
		case x.Op <= Ge:
			return bindTest
		case x.Op <= Sub:
			return bindSum
		default:
			return bindProduct
		}
	case *Unary:
		if x.Op == Not {
			return bindNot
		}
		return bindNeg
	case *Is, *In, *Like:
		return bindTest
	default:
		return bindValue
	}
}

func printExpr(b *strings.Builder, x Expr, least int) {
	own := binding(x)
	if own < least {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch x := x.(type) {
	case *Name:
		b.WriteString(x.text())
	case *String:
		b.WriteString(x.text())
	case *Number:
		b.WriteString(x.text())
	case *Bool:
		b.WriteString(strconv.FormatBool(x.Value))
	case *Null:
		b.WriteString("NULL")
	case *Star:
		b.WriteByte('*')
	case *Duration:
		b.WriteString(x.String())
	case *Unary:
		printUnary(b, x)
	case *Binary:
		// Operators of one level associate to the left; comparisons do not
		// associate at all.
		left := own
		if own == bindTest {
			left = own + 1
		}
		printExpr(b, x.X, left)
		b.WriteString(" " + x.Op.String() + " ")
		printExpr(b, x.Y, own+1)
	case *Is:
		printExpr(b, x.X, bindSum)
		b.WriteString(" IS " + printNot(x.Not) + x.What.String())
	case *In:
		printExpr(b, x.X, bindSum)
		b.WriteString(" " + printNot(x.Not) + "IN ")
		if rows, ok := x.members(); ok {
			printExpr(b, rows, 0)
			break
		}
		b.WriteByte('(')
		printList(b, x.List, bindSum)
		b.WriteByte(')')
	case *Like:
		printExpr(b, x.X, bindSum)
		operator := "LIKE "
		if x.Regexp {
			operator = "RLIKE "
		}
		b.WriteString(" " + printNot(x.Not) + operator)
		printExpr(b, x.Pattern, bindSum)
	default:
		printCompound(b, x)
	}
}

// printCompound prints what brings its own brackets or ends where its place
// does.
func printCompound(b *strings.Builder, x Expr) {
	switch x := x.(type) {
	case *Call:
		if _, known := LookupFunction(x.Name); known {
			b.WriteString(x.Name)
		} else {
			b.WriteString(quoteName(x.Name))
		}
		b.WriteByte('(')
		printList(b, x.Args, 0)
		b.WriteByte(')')
	case *Where:
		b.WriteString("WHERE ")
		printExpr(b, x.Condition, 0)
		printAlias(b, x.Label)
	case *Labelled:
		printExpr(b, x.X, 0)
		printAlias(b, x.Label)
	case *Named:
		b.WriteString(x.Name + ": ")
		printNamed(b, x.Value)
	case *List:
		b.WriteByte('{')
		printList(b, x.Items, bindSum)
		b.WriteByte('}')
	case *Index:
		printExpr(b, x.X, bindValue)
		b.WriteByte('[')
		printExpr(b, x.Key, bindSum)
		b.WriteByte(']')
	case *Cases:
		b.WriteString("CASES (")
		for i, c := range x.Cases {
			if i > 0 {
				b.WriteString(", ")
			}
			printExpr(b, c, 0)
		}
		b.WriteByte(')')
		if x.Rest != nil {
			b.WriteString(" OR ")
			printExpr(b, x.Rest, bindSum)
		}
	case *Subquery:
		b.WriteByte('(')
		printQuery(b, x.Query)
		b.WriteByte(')')
	}
}

// printNamed prints the value of a named argument, in which AUTO is a word of
// its own.
func printNamed(b *strings.Builder, value Expr) {
	if name, ok := value.(*Name); ok && name.Value == "AUTO" {
		b.WriteString("AUTO")
		return
	}
	printExpr(b, value, 0)
}

func printUnary(b *strings.Builder, x *Unary) {
	if x.Op == Not {
		b.WriteString("NOT ")
		printExpr(b, x.X, bindNot)
		return
	}
	b.WriteByte('-')
	if inner, ok := x.X.(*Unary); ok && inner.Op == Neg {
		b.WriteByte(' ') // two signs in a row would begin a comment
	}
	printExpr(b, x.X, bindNeg)
}

func printNot(not bool) string {
	if not {
		return "NOT "
	}
	return ""
}

func printList(b *strings.Builder, list []Expr, least int) {
	for i, x := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		printExpr(b, x, least)
	}
}

// members returns the subquery whose rows are the list of IN.
func (x *In) members() (*Subquery, bool) {
	if len(x.List) != 1 {
		return nil, false
	}
	rows, ok := x.List[0].(*Subquery)
	return rows, ok
}

func printAlias(b *strings.Builder, alias string) {
	if alias != "" {
		b.WriteString(" AS " + quoteAlias(alias))
	}
}

// text returns the literal as it was written, or, when a program made it, as
// its value is written.
func (x *String) text() string {
	if x.Raw == "" {
		return Quote(x.Value)
	}
	return x.Raw
}

// text returns the number as it was typed, or, when a program made it, in as
// many digits as it needs.
func (x *Number) text() string {
	if x.Raw == "" {
		return strconv.FormatFloat(x.Value, 'g', -1, 64)
	}
	return x.Raw
}

// text returns a name as it is written. Only what can be read back as a
// wildcard is printed as one.
func (x *Name) text() string {
	if x.Wildcard && isWildcard(x.Value) {
		return x.Value
	}
	return quoteName(x.Value)
}

// isWildcard reports whether a name that holds % can stand without backticks.
func isWildcard(name string) bool {
	if !hasWildcard(name) {
		return false
	}
	if rest, found := strings.CutPrefix(name, "%"); found && rest != "" && isDigit(rest[0]) {
		return false
	}
	if name[0] == '_' {
		name = "a" + name // in backticks it would be no wildcard, so that it must stand as it was written
	}
	return isPlain(strings.ReplaceAll(name, "%", "x_")) // which is in no reserved word
}

// quoteName puts a name in backticks where the language needs them. A name
// cannot hold a backtick; one that was made with it by a program loses it, so
// that what follows cannot be read as anything else.
func quoteName(name string) string {
	if isPlain(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "") + "`"
}

// isPlain reports whether a name can be written without backticks. The parser
// is kinder than that to a leading underscore, which the documentation does
// not allow.
func isPlain(name string) bool {
	if name == "" || !isNameStart(name[0]) || name[0] == '_' || isReserved(name) {
		return false
	}
	for i := range len(name) {
		c, next := name[i], byte(0)
		if i+1 < len(name) {
			next = name[i+1]
		}
		switch {
		case isNameStart(c), isDigit(c):
		case c == '.' && (isNameStart(next) || isDigit(next)):
		case c == ':' && isNameStart(next):
		default:
			return false
		}
	}
	return true
}

// quoteAlias does the same for an alias, which as a string may hold any
// character.
func quoteAlias(alias string) string {
	if strings.ContainsFunc(alias, func(r rune) bool { return r == '`' || unicode.IsControl(r) }) {
		return Quote(alias)
	}
	return quoteName(alias)
}

// Quote returns a string literal for value. Backslashes are doubled and
// quotes escaped.
func Quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// unquote returns what a string literal stands for. Only \' and \\ are
// escapes; other backslashes stay, so that patterns keep theirs. In r'…' only
// \' is one.
func unquote(raw string) string {
	body, regexp := raw[1:len(raw)-1], false
	if raw[0] != '\'' {
		body, regexp = body[1:], true
	}
	switch {
	case strings.IndexByte(body, '\\') < 0:
		return body
	case regexp:
		return strings.ReplaceAll(body, `\'`, `'`)
	default:
		return strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(body)
	}
}
