package nrql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// comparison advises on x = y and its kin.
func (a *adviser) comparison(x *Binary) {
	if x.Op < Eq || x.Op > Ge {
		return
	}
	if x.Op == Ne {
		a.absent(x, x.X, "!=")
	}
	for _, side := range [][2]Expr{{x.X, x.Y}, {x.Y, x.X}} {
		if isLiteral(side[0]) {
			continue // a literal is what others are compared with
		}
		if a.null(x, side[0], side[1]) || a.boolean(x, side[0], side[1]) || a.coercion(x.Op, side[0], side[1]) {
			return
		}
	}
}

// null warns of = NULL, which in SQL no value ever meets.
func (a *adviser) null(x *Binary, tested, value Expr) bool {
	if _, ok := value.(*Null); !ok {
		return false
	}
	test := " IS NULL"
	if x.Op == Ne {
		test = " IS NOT NULL"
	}
	a.warn(diag.CodeNRQLNull, x.Range, diag.Say("write %s%s", Print(tested), test), "NULL is tested with IS; what %s NULL means is not documented", x.Op)
	return true
}

func isLiteral(x Expr) bool {
	switch x.(type) {
	case *String, *Number, *Bool, *Null:
		return true
	}
	return false
}

// boolean advises to test booleans with IS.
func (a *adviser) boolean(x *Binary, tested, value Expr) bool {
	word := ""
	switch value := value.(type) {
	case *Bool:
		word = strings.ToUpper(strconv.FormatBool(value.Value))
	case *String:
		if lower := strings.ToLower(value.Value); a.typeOf(tested) == BooleanValue && (lower == "true" || lower == "false") {
			word = strings.ToUpper(lower)
		}
	}
	if word == "" || x.Op != Eq && x.Op != Ne {
		return false
	}
	if x.Op == Ne {
		word = "NOT " + word
	}
	a.warn(diag.CodeNRQLBoolean, x.Range, diag.Say("write %s IS %s", Print(tested), word), "booleans are tested with IS, not with %s", x.Op)
	return true
}

// coercion warns of values that can never be equal, since nothing is
// converted.
func (a *adviser) coercion(op Op, tested, value Expr) bool {
	switch value := value.(type) {
	case *String:
		_, isNumber := value.Number()
		ordered := op != Eq && op != Ne
		switch {
		case isNumber && a.typeOf(tested) == NumberValue, isNumber && ordered && a.typeOf(tested) == 0 && isPlainName(tested):
			a.warn(diag.CodeNRQLCoercion, value.Range, diag.Say("write %s; text that holds a number is converted by numeric(…)", value.Value),
				"%s is text, and text never equals a number", value.Raw)
			return true
		case !isNumber && a.typeOf(tested) == NumberValue:
			a.warn(diag.CodeNRQLCoercion, value.Range, diag.Say("compare it with a number"), "%s is text, and %s holds numbers", value.Raw, Print(tested))
			return true
		}
	case *Number:
		switch a.typeOf(tested) {
		case BooleanValue:
			a.warn(diag.CodeNRQLCoercion, value.Range, diag.Say("write %s IS TRUE or IS FALSE", Print(tested)), "%s is true or false, and never equals a number", Print(tested))
			return true
		case TextValue:
			a.warn(diag.CodeNRQLCoercion, value.Range, diag.Say("write numeric(%s), or put the number in quotes", Print(tested)),
				"%s holds text, and text never equals a number", Print(tested))
			return true
		}
	}
	return false
}

func isPlainName(x Expr) bool {
	_, ok := x.(*Name)
	return ok
}

// typeOf returns the documented type of an attribute or of what a function
// makes, 0 for everything else.
func (a *adviser) typeOf(x Expr) AttributeType {
	switch x := x.(type) {
	case *Name:
		attribute, _ := a.attribute(x.Value)
		return attribute.Type
	case *Call:
		switch x.Name {
		case "lower", "upper", "substring", "concat", "capture", "string":
			return TextValue
		case "numeric", "length", "abs", "ceil", "floor", "round", "position":
			return NumberValue
		}
	}
	return 0
}

func (a *adviser) membership(x *In) {
	if x.Not {
		a.absent(x, x.X, "NOT IN")
	}
	for _, value := range x.List {
		if a.coercion(Eq, x.X, value) {
			return // one of a list says it for all
		}
	}
}

// pattern advises on LIKE and RLIKE.
func (a *adviser) pattern(x *Like) {
	if x.Not {
		word := "NOT LIKE"
		if x.Regexp {
			word = "NOT RLIKE"
		}
		a.absent(x, x.X, word)
	}
	pattern, ok := x.Pattern.(*String)
	if !ok {
		return
	}
	if kind := a.typeOf(x.X); kind == NumberValue || kind == BooleanValue {
		a.warn(diag.CodeNRQLCoercion, x.Range, diag.Say("compare it with = or <, or write string(%s)", Print(x.X)), "%s holds no text, and patterns match text only", Print(x.X))
		return
	}
	if x.Regexp {
		a.regexp(pattern)
		return
	}
	switch {
	case !strings.Contains(pattern.Value, "%"):
		a.warn(diag.CodeNRQLPattern, pattern.Range, diag.Say("write '%%%s%%' to find it anywhere, or = to compare", short(pattern.Value)),
			"a pattern without %% matches the whole value only, blind to case")
	case strings.Contains(pattern.Value, "_"):
		a.inform(diag.CodeNRQLPattern, pattern.Range, diag.Phrase{}, "_ is an ordinary character in a pattern; only %% is a wildcard")
	}
}

// backslash says that only \' is documented in a string without r.
func (a *adviser) backslash(x *String) {
	if !x.isExact() && strings.Contains(strings.ReplaceAll(x.Raw, `\'`, ""), `\`) {
		a.inform(diag.CodeNRQLUndocumented, x.Range, diag.Say("write r%s, in which a backslash is only a backslash", x.Raw), `what a backslash means in a string without r is not documented, but for \'`)
	}
}

// regexp advises on an expression of RLIKE.
func (a *adviser) regexp(pattern *String) {
	if strings.HasPrefix(pattern.Value, "^") || strings.HasSuffix(pattern.Value, "$") && !strings.HasSuffix(pattern.Value, `\$`) {
		a.inform(diag.CodeNRQLPattern, pattern.Range, diag.Say("leave out ^ and $"), "RLIKE matches the whole value anyway")
	}
}

// checkCase warns of names that differ from a documented one in case only.
func (a *adviser) checkCase(name *Name) {
	if name.Wildcard {
		return
	}
	var near string
	for _, t := range a.types {
		if _, exact := t.Attribute(name.Value); exact {
			return
		}
		for _, known := range t.Attributes {
			if strings.EqualFold(known.Name, name.Value) {
				near = known.Name
			}
		}
	}
	if near != "" {
		a.inform(diag.CodeNRQLCase, name.Range, diag.Say("did you mean %s?", near), "attributes are case-sensitive, and %s is not the documented spelling", quoteName(name.Value))
	}
}

// eventType advises on a name in FROM.
func (a *adviser) eventType(name *Name) {
	t, known := LookupEventType(name.Value)
	if !known {
		for _, other := range eventTypes {
			if strings.EqualFold(other.Name, name.Value) {
				a.warn(diag.CodeNRQLCase, name.Range, diag.Say("did you mean %s?", other.Name),
					"event types are case-sensitive, and an unknown one has no events and gives no error")
			}
		}
		return
	}
	switch t.Sampling {
	case Sampled:
		a.inform(diag.CodeNRQLSampled, name.Range, diag.Say("on busy services measure a metric instead"), "agents may sample %s, so that counts are too low", t.Name)
	case Capped:
		a.inform(diag.CodeNRQLSampled, name.Range, diag.Say("count on another event type, or a metric"), "agents keep few %s a minute, so that counts stop rising in an incident", t.Name)
	}
}

// call advises on functions.
func (a *adviser) call(call *Call) {
	source := a.text.String()
	if call.Start < len(source) && source[call.Start] == '`' {
		a.inform(diag.CodeNRQLUndocumented, call.Range, diag.Say("leave out the backticks around the name of the function"), "a function in backticks was seen to work but is not documented")
	}
	if f, _ := LookupFunction(call.Name); f.Kind == Aggregate && !f.Additive {
		a.inform(diag.CodeNRQLAdditive, call.Range, additiveHint(f.Name), "results of %s() cannot be added up over time", f.Name)
	}
}

// additiveHint says what to count in the place of a function.
func additiveHint(function string) diag.Phrase {
	switch function {
	case "percentage", "cdfPercentage", "apdex":
		return diag.Say("count the part and the whole: filter(count(*), WHERE …) and count(*)")
	case "average", "percentile", "median", "bucketPercentile", "min", "max", "histogram", "stddev", "stdvar":
		return diag.Say("count the events on one side of a threshold: filter(count(*), WHERE duration < 0.8)")
	case "uniqueCount", "uniques", "funnel":
		return diag.Say("count events: one user in two minutes would be two")
	case "rate":
		return diag.Say("count without rate()")
	}
	return diag.Say("count events, or add up an attribute: count(*), sum(items)")
}

// query advises on what stands outside of WHERE.
func (a *adviser) query(q *Query) {
	for _, x := range q.From {
		if name, ok := x.(*Name); ok {
			a.eventType(name)
		}
	}
	if q.Where != nil {
		a.condition(q.Where)
	}
	for _, x := range q.expressions() {
		_, inner := x.(*Subquery)
		if x != q.Where && !inner && !slices.Contains(q.From, x) {
			a.visit(x)
		}
	}
	a.clauses(q)
}

// clauses advises on clauses that work but are not documented to, and on those
// that only a dashboard's time picker makes work.
func (a *adviser) clauses(q *Query) {
	if q.Where != nil && len(q.From) > 0 && q.Where.Pos().Start < q.From[0].Pos().Start && q.From[0].Pos().End > 0 {
		a.inform(diag.CodeNRQLUndocumented, q.Where.Pos(), diag.Say("write FROM first"), "WHERE in front of FROM was seen to work but is not documented")
	}
	if q.Compare != nil && q.Since == nil && q.Until == nil {
		a.inform(diag.CodeNRQLUndocumented, q.Compare.Range, diag.Say("add SINCE"), "COMPARE WITH without SINCE or UNTIL was seen to work but is not documented")
	}
	t := q.TimeSeries
	if t == nil || t.Width.Kind != WidthFixed {
		return
	}
	if t.Width.Duration.Unit == Millisecond {
		a.inform(diag.CodeNRQLUndocumented, t.Width.Range, diag.Say("write a unit, such as 5 minutes"), "a width without a unit was seen to work but is not documented")
	}
	const hour = 3_600_000
	if width := t.Width.Millis(); q.Since == nil && q.Until == nil && (width > hour || hour/width > MaxBuckets) {
		a.warn(diag.CodeNRQLRange, t.Range, diag.Say("add SINCE"), "without SINCE the time range is one hour, which these buckets do not fit")
	}
}
