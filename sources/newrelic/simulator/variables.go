package simulator

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// inputTypes returns the types that variables can have.
func inputTypes() []string {
	return []string{"Boolean", "Float", "ID", "Int", "Nrql", "Seconds", "String", "[Int!]"}
}

// coerceVariables checks the variables of a request against their
// declarations. Variables that were not declared are ignored.
func coerceVariables(definitions ast.VariableDefinitionList, given map[string]any) (map[string]any, []graphqlError) {
	variables := map[string]any{}
	var problems []graphqlError
	for _, d := range definitions {
		fail := func(format string, args ...any) {
			problems = append(problems, graphqlError{message: fmt.Sprintf(format, args...), positions: []*ast.Position{d.Position}})
		}
		want := argument{d.Variable, kindOf(d.Type), d.Type.NonNull}
		value, isGiven := given[d.Variable]
		switch {
		case !isGiven && d.DefaultValue != nil:
			coerced, problem := coerceLiteral(d.DefaultValue, want)
			if problem != "" {
				fail(`Variable "$%s" has an invalid default: %s.`, d.Variable, problem)
			}
			variables[d.Variable] = coerced
		case !isGiven && d.Type.NonNull:
			fail(`Variable "$%s" of required type %q was not provided.`, d.Variable, d.Type.String())
		case isGiven:
			coerced, problem := coerce(value, want)
			if problem != "" {
				fail(`Variable "$%s" got an invalid value: %s.`, d.Variable, problem)
			}
			variables[d.Variable] = coerced
		}
	}
	return variables, problems
}

// kindOf returns the name of a type without the mark that it cannot be null.
func kindOf(t *ast.Type) string { return strings.TrimSuffix(t.String(), "!") }

// coerceLiteral turns a literal of the document into the type wanted, or says
// what is wrong with it.
func coerceLiteral(v *ast.Value, want argument) (any, string) {
	switch v.Kind {
	case ast.IntValue, ast.FloatValue:
		return coerce(json.Number(v.Raw), want)
	case ast.StringValue, ast.BlockValue:
		return coerce(v.Raw, want)
	case ast.BooleanValue:
		return coerce(v.Raw == "true", want)
	case ast.NullValue:
		return coerce(nil, want)
	case ast.ListValue:
		var list []any
		for _, child := range v.Children {
			var element any = json.Number(child.Value.Raw)
			if child.Value.Kind != ast.IntValue {
				element = child.Value.Raw // which no list takes
			}
			list = append(list, element)
		}
		return coerce(list, want)
	default:
		return nil, "expected type " + want.kind
	}
}

// coerce turns a JSON value into the type wanted: int64, float64, string or
// bool.
func coerce(value any, want argument) (any, string) {
	if value == nil {
		if want.required {
			return nil, "expected type " + want.kind + "!, found null"
		}
		return nil, ""
	}
	switch want.kind {
	case "[Int!]":
		list, isList := value.([]any)
		if !isList {
			list = []any{value} // one stands for a list of it
		}
		result := make([]any, len(list))
		for i, element := range list {
			var problem string
			if result[i], problem = coerce(element, argument{want.name, "Int", true}); problem != "" {
				return nil, problem
			}
		}
		return result, ""
	case "Int", "Seconds":
		if n, isNumber := value.(json.Number); isNumber {
			if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil && i >= math.MinInt32 && i <= math.MaxInt32 {
				return i, ""
			}
		}
	case "Float":
		if n, isNumber := value.(json.Number); isNumber {
			if f, err := n.Float64(); err == nil {
				return f, ""
			}
		}
	case "Boolean":
		if b, isBool := value.(bool); isBool {
			return b, ""
		}
	case "ID":
		switch value := value.(type) {
		case string:
			return value, ""
		case json.Number:
			return value.String(), ""
		}
	default: // String, Nrql
		if s, isString := value.(string); isString {
			return s, ""
		}
	}
	return nil, "expected type " + want.kind
}
