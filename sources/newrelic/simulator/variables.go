package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// scalars returns the scalar types that need no definition.
func scalars() []string {
	return []string{"Boolean", "Float", "ID", "Int", "Nrql", "Seconds", "String"}
}

func isScalar(name string) bool { return slices.Contains(scalars(), name) }

// typeOf reads the type of an argument.
func typeOf(want argument) *ast.Type {
	t := readType(want.kind)
	t.NonNull = t.NonNull || want.required
	return t
}

func readType(text string) *ast.Type {
	inner, nonNull := strings.CutSuffix(text, "!")
	if element, isList := strings.CutPrefix(inner, "["); isList {
		return &ast.Type{Elem: readType(strings.TrimSuffix(element, "]")), NonNull: nonNull}
	}
	return &ast.Type{NamedType: inner, NonNull: nonNull}
}

// coerceVariables checks the variables of a request against their
// declarations. Variables that were not declared are ignored.
func coerceVariables(d *document, given map[string]any) (map[string]any, []graphqlError) {
	variables := map[string]any{}
	var problems []graphqlError
	for _, declared := range d.operation.VariableDefinitions {
		fail := func(format string, args ...any) {
			problems = append(problems, graphqlError{message: fmt.Sprintf(format, args...), positions: []*ast.Position{declared.Position}})
		}
		value, isGiven := given[declared.Variable]
		switch {
		case !isGiven && declared.DefaultValue != nil:
			coerced, found := d.coerceLiteral(declared.DefaultValue, declared.Type, nil)
			for _, p := range found {
				fail(`Variable "$%s" has an invalid default: %s.`, declared.Variable, p)
			}
			variables[declared.Variable] = coerced
		case !isGiven && declared.Type.NonNull:
			fail(`Variable "$%s" of required type %q was not provided.`, declared.Variable, declared.Type.String())
		case isGiven:
			c := coercer{inputs: d.inputs}
			coerced := c.value(value, declared.Type, "")
			for _, p := range c.problems {
				fail(`Variable "$%s" got an invalid value: %s.`, declared.Variable, p)
			}
			variables[declared.Variable] = coerced
		}
	}
	return variables, problems
}

// coerceLiteral turns a literal of the document into the type wanted, or says
// what is wrong with it. Variables inside of it have the values given; with
// none they are taken for right.
func (d *document) coerceLiteral(v *ast.Value, want *ast.Type, variables map[string]any) (any, []string) {
	c := coercer{inputs: d.inputs, literal: true}
	return c.value(plain(v, variables), want, ""), c.problems
}

// done is a variable inside of a literal: a value that was coerced before.
type done struct{ value any }

// pending is a variable inside of a literal whose value is not known yet.
type pending struct{}

// enumName is a literal without quotes.
type enumName string

// plain turns a literal into what JSON would be read as.
func plain(v *ast.Value, variables map[string]any) any {
	switch v.Kind {
	case ast.Variable:
		if variables == nil {
			return pending{}
		}
		return done{variables[v.Raw]}
	case ast.IntValue, ast.FloatValue:
		return json.Number(v.Raw)
	case ast.StringValue, ast.BlockValue:
		return v.Raw
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.EnumValue:
		return enumName(v.Raw)
	case ast.ListValue:
		list := make([]any, len(v.Children))
		for i, child := range v.Children {
			list[i] = plain(child.Value, variables)
		}
		return list
	case ast.ObjectValue:
		members := map[string]any{}
		for _, child := range v.Children {
			if child.Value.Kind == ast.Variable && variables != nil {
				if _, isGiven := variables[child.Value.Raw]; !isGiven {
					continue
				}
			}
			members[child.Name] = plain(child.Value, variables)
		}
		return members
	default:
		return nil
	}
}

// coercer turns JSON values and literals into the types wanted: int64,
// float64, string, bool, []any and map[string]any.
type coercer struct {
	inputs   map[string]*ast.Definition
	literal  bool
	problems []string
}

// fail notes a problem at a place inside of a value, such as "terms[0].priority".
func (c *coercer) fail(at, format string, args ...any) {
	if at != "" {
		at = fmt.Sprintf("in field %q: ", at)
	}
	c.problems = append(c.problems, at+fmt.Sprintf(format, args...))
}

func (c *coercer) value(v any, want *ast.Type, at string) any {
	switch known := v.(type) {
	case pending:
		return nil
	case done:
		// A variable may be null although it has a default.
		if known.value == nil && want.NonNull {
			c.fail(at, "expected type %s, found null", want)
		}
		return known.value
	}
	switch {
	case v == nil && want.NonNull:
		c.fail(at, "expected type %s, found null", want)
		return nil
	case v == nil:
		return nil
	case want.Elem != nil:
		list, isList := v.([]any)
		if !isList {
			list = []any{v} // one value stands for a list of it
		}
		result := make([]any, len(list))
		for i, element := range list {
			result[i] = c.value(element, want.Elem, fmt.Sprintf("%s[%d]", at, i))
		}
		return result
	}
	d := c.inputs[want.NamedType]
	switch {
	case d != nil && d.Kind == ast.InputObject:
		return c.object(v, d, at)
	case d != nil && d.Kind == ast.Enum:
		return c.enum(v, d, at)
	}
	result, isOne := scalar(v, want.NamedType)
	if !isOne {
		c.fail(at, "expected type %s", want.NamedType)
	}
	return result
}

func (c *coercer) object(v any, d *ast.Definition, at string) any {
	given, isObject := v.(map[string]any)
	if !isObject {
		c.fail(at, "expected type %s, an object", d.Name)
		return nil
	}
	if at != "" {
		at += "."
	}
	result := map[string]any{}
	for _, f := range d.Fields {
		value, isGiven := given[f.Name]
		switch {
		case isGiven:
			result[f.Name] = c.value(value, f.Type, at+f.Name)
		case f.Type.NonNull && f.DefaultValue == nil:
			c.fail(at+f.Name, "expected type %s, found nothing", f.Type)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if d.Fields.ForName(name) == nil {
			c.fail(at+name, "unknown field of %s", d.Name)
		}
	}
	return result
}

func (c *coercer) enum(v any, d *ast.Definition, at string) any {
	var name string
	switch v := v.(type) {
	case enumName:
		name = string(v)
	case string:
		if !c.literal {
			name = v
		}
	}
	if d.EnumValues.ForName(name) == nil {
		c.fail(at, "expected type %s, one of %s", d.Name, strings.Join(enumValues(d), ", "))
		return nil
	}
	return name
}

func enumValues(d *ast.Definition) []string {
	var names []string
	for _, v := range d.EnumValues {
		names = append(names, v.Name)
	}
	return names
}

// scalar turns a JSON value into a scalar type, or reports that it is none.
func scalar(value any, name string) (any, bool) {
	number, isNumber := value.(json.Number)
	text, isText := value.(string)
	switch name {
	case "Int", "Seconds":
		i, err := strconv.ParseInt(number.String(), 10, 64)
		return i, isNumber && err == nil && i >= math.MinInt32 && i <= math.MaxInt32
	case "EpochMilliseconds":
		i, err := strconv.ParseInt(number.String(), 10, 64)
		return i, isNumber && err == nil && i >= 0
	case "Float":
		f, err := number.Float64()
		return f, isNumber && err == nil
	case "Boolean":
		b, isBool := value.(bool)
		return b, isBool
	case "ID":
		if isNumber {
			return number.String(), true
		}
		return text, isText
	case "DateTime":
		_, err := time.Parse(time.RFC3339, text)
		return text, isText && err == nil
	case "NaiveDateTime":
		_, err := time.Parse(naiveTime, text)
		return text, isText && err == nil
	case "DashboardWidgetRawConfiguration", "ChangeTrackingRawCustomAttributesMap":
		_, isObject := value.(map[string]any)
		return ordered(value), isObject
	default: // String, Nrql and other texts
		return text, isText
	}
}

// naiveTime is the layout of times without a zone.
const naiveTime = "2006-01-02T15:04:05"

// ordered makes JSON of any shape fit for answers, members sorted by name.
func ordered(value any) any {
	switch value := value.(type) {
	case map[string]any:
		var o object
		for _, name := range slices.Sorted(maps.Keys(value)) {
			o.set(name, ordered(value[name]))
		}
		return o
	case []any:
		list := make([]any, len(value))
		for i, v := range value {
			list[i] = ordered(v)
		}
		return list
	case json.Number:
		f, err := value.Float64()
		if err != nil {
			return value.String()
		}
		return f
	case enumName:
		return string(value)
	case done:
		return value.value
	default:
		return value
	}
}
