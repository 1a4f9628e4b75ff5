package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxTokens bounds GraphQL documents; a hundred aliased queries have some
// 2,000.
const maxTokens = 20_000

// document is a GraphQL document that was checked against the schema.
type document struct {
	operation *ast.OperationDefinition
	fragments ast.FragmentDefinitionList
	root      *objectType // of the operation
	inputs    map[string]*ast.Definition
}

// graphqlError is an entry of errors.
type graphqlError struct {
	message   string
	path      []string
	positions []*ast.Position
	query     *queryError // nil for errors of the document
}

func (e graphqlError) json() object {
	var o object
	o.set("message", e.message)
	if len(e.path) > 0 {
		o.set("path", texts(e.path))
	}
	var locations []any
	for _, p := range e.positions {
		if p != nil {
			var at object
			at.set("line", int64(p.Line))
			at.set("column", int64(p.Column))
			locations = append(locations, at)
		}
	}
	if locations != nil {
		o.set("locations", locations)
	}
	if e.query != nil {
		var extensions object
		extensions.set("errorClass", e.query.class())
		extensions.set("errorCode", e.query.code)
		if strings.HasPrefix(e.query.code, "NRDB:") {
			extensions.set("nrqlErrorCode", e.query.code)
		}
		e.query.describe(&extensions)
		o.set("extensions", extensions)
	}
	return o
}

// readDocument parses and checks a document. With errors the document is nil.
func readDocument(source, operationName string, s schema) (*document, []graphqlError) {
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: source}, maxTokens)
	if err != nil {
		return nil, []graphqlError{syntaxError(err)}
	}
	operation, problem := choose(parsed.Operations, operationName)
	if problem != "" {
		return nil, []graphqlError{{message: problem}}
	}
	d := &document{operation, parsed.Fragments, s.query, s.inputs}
	if operation.Operation == ast.Mutation {
		d.root = s.mutation
	}
	check := checker{document: d, types: map[string]*objectType{}}
	check.register(d.root)
	check.run(d.root)
	if len(check.errors) > 0 {
		return nil, check.errors
	}
	return d, nil
}

func syntaxError(err error) graphqlError {
	result := graphqlError{message: "GraphQL syntax error: " + err.Error()}
	var located *gqlerror.Error
	if errors.As(err, &located) {
		result.message = "GraphQL syntax error: " + located.Message
		for _, l := range located.Locations {
			result.positions = append(result.positions, &ast.Position{Line: l.Line, Column: l.Column})
		}
	}
	return result
}

func choose(operations ast.OperationList, name string) (*ast.OperationDefinition, string) {
	var chosen *ast.OperationDefinition
	switch {
	case len(operations) == 0:
		return nil, "The document holds no operation."
	case name == "" && len(operations) > 1:
		return nil, "Must provide operation name if query contains multiple operations."
	case name == "":
		chosen = operations[0]
	default:
		if chosen = operations.ForName(name); chosen == nil {
			return nil, fmt.Sprintf("Unknown operation named %q.", name)
		}
	}
	if chosen.Operation != ast.Query && chosen.Operation != ast.Mutation {
		return nil, refusal("a " + string(chosen.Operation)).message
	}
	return chosen, ""
}

// checker checks the chosen operation and every fragment against the schema.
type checker struct {
	document *document
	types    map[string]*objectType
	errors   []graphqlError
}

// register collects the types of the schema by name.
func (c *checker) register(t *objectType) {
	if c.types[t.name] != nil {
		return
	}
	c.types[t.name] = t
	for _, possible := range t.possible {
		c.register(possible)
	}
	for _, f := range t.fields {
		if f.object != nil {
			c.register(f.object)
		}
	}
}

func (c *checker) fail(p *ast.Position, format string, args ...any) {
	c.errors = append(c.errors, graphqlError{message: fmt.Sprintf(format, args...), positions: []*ast.Position{p}})
}

func (c *checker) refuse(p *ast.Position, what string) { c.fail(p, "%s", refusal(what).message) }

func (c *checker) run(root *objectType) {
	for _, v := range c.document.operation.VariableDefinitions {
		if name := v.Type.Name(); !isScalar(name) && c.document.inputs[name] == nil {
			c.fail(v.Position, "Unknown type %q.", v.Type.String())
		}
		if c.document.operation.VariableDefinitions.ForName(v.Variable) != v {
			c.fail(v.Position, `There can be only one variable named "$%s".`, v.Variable)
		}
	}
	c.directives(c.document.operation.Directives, false)
	c.selection(c.document.operation.SelectionSet, root)
	used := c.spread()
	for _, f := range c.document.fragments {
		switch {
		case !used[f.Name]:
			continue
		case c.document.fragments.ForName(f.Name) != f:
			c.fail(f.Position, "There can be only one fragment named %q.", f.Name)
			continue
		}
		if t := c.types[f.TypeCondition]; t != nil {
			c.selection(f.SelectionSet, t)
		} else {
			c.fail(f.Position, "Unknown type %q.", f.TypeCondition)
		}
		c.directives(f.Directives, false)
	}
}

// spread returns the fragments that the operation uses, and refuses those
// that hold themselves.
func (c *checker) spread() map[string]bool {
	used, visiting := map[string]bool{}, map[string]bool{}
	var visit func(set ast.SelectionSet)
	visit = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				visit(s.SelectionSet)
			case *ast.InlineFragment:
				visit(s.SelectionSet)
			case *ast.FragmentSpread:
				f := c.document.fragments.ForName(s.Name)
				switch {
				case f != nil && visiting[s.Name]:
					c.fail(s.Position, "Cannot spread fragment %q within itself.", s.Name)
				case f != nil && !used[s.Name]:
					used[s.Name], visiting[s.Name] = true, true
					visit(f.SelectionSet)
					visiting[s.Name] = false
				}
			}
		}
	}
	visit(c.document.operation.SelectionSet)
	return used
}

func (c *checker) selection(set ast.SelectionSet, t *objectType) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.field(s, t)
		case *ast.InlineFragment:
			c.directives(s.Directives, true)
			condition := t
			if s.TypeCondition != "" {
				condition = c.types[s.TypeCondition]
			}
			if !overlap(t, condition) {
				c.fail(s.Position, "Fragment cannot be spread here as objects of type %q can never be of type %q.", t.name, s.TypeCondition)
				continue
			}
			c.selection(s.SelectionSet, condition)
		case *ast.FragmentSpread:
			c.directives(s.Directives, true)
			switch f := c.document.fragments.ForName(s.Name); {
			case f == nil:
				c.fail(s.Position, "Unknown fragment %q.", s.Name)
			case !overlap(t, c.types[f.TypeCondition]):
				c.fail(s.Position, "Fragment %q cannot be spread here as objects of type %q can never be of type %q.",
					s.Name, t.name, f.TypeCondition)
			}
		}
	}
}

// overlap reports whether an object can be of both types.
func overlap(a, b *objectType) bool {
	return b != nil && slices.ContainsFunc(a.concrete(), func(t *objectType) bool { return slices.Contains(b.concrete(), t) })
}

func (c *checker) field(s *ast.Field, t *objectType) {
	c.directives(s.Directives, true)
	if s.Name == "__typename" {
		if len(s.SelectionSet) > 0 {
			c.fail(s.Position, `Field "__typename" must not have a selection since type "String!" has no subfields.`)
		}
		return
	}
	f := t.fields[s.Name]
	switch {
	case f == nil && slices.Contains(t.real, s.Name):
		c.refuse(s.Position, "the field "+t.name+"."+s.Name)
		return
	case f == nil:
		c.fail(s.Position, "Cannot query field %q on type %q.", s.Name, t.name)
		return
	}
	c.arguments(s, f)
	switch {
	case f.object == nil && len(s.SelectionSet) > 0:
		c.fail(s.Position, "Field %q must not have a selection since it has no subfields.", s.Name)
	case f.object != nil && len(s.SelectionSet) == 0:
		c.fail(s.Position, "Field %q of type %q must have a selection of subfields.", s.Name, f.object.name)
	case f.object != nil && !f.object.open:
		c.selection(s.SelectionSet, f.object)
	}
}

func (c *checker) arguments(s *ast.Field, f *field) {
	seen := map[string]bool{}
	for _, arg := range s.Arguments {
		if seen[arg.Name] {
			c.fail(arg.Position, "There can be only one argument named %q.", arg.Name)
		}
		seen[arg.Name] = true
		want, known := f.argument(arg.Name)
		if !known {
			c.fail(arg.Position, "Unknown argument %q on field %q.", arg.Name, s.Name)
			continue
		}
		c.argument(arg.Value, want)
	}
	for _, want := range f.arguments {
		if want.required && !seen[want.name] {
			c.fail(s.Position, "Field %q argument %q of type %q is required, but it was not provided.", s.Name, want.name, want.kind+"!")
		}
	}
}

// argument checks a literal, or that a variable is of the type wanted.
func (c *checker) argument(value *ast.Value, want argument) {
	if value.Kind != ast.Variable {
		if _, problems := c.document.coerceLiteral(value, typeOf(want), nil); len(problems) > 0 {
			message := fmt.Sprintf("Argument %q has invalid value %s", want.name, value.String())
			if len(value.Children) > 0 {
				message += ": " + strings.Join(problems, "; ")
			}
			c.fail(value.Position, "%s.", message)
		}
		c.inside(value, typeOf(want))
		return
	}
	c.variable(value, typeOf(want))
}

// variable checks that a variable is of the type wanted where it stands.
func (c *checker) variable(value *ast.Value, want *ast.Type) {
	v := c.document.operation.VariableDefinitions.ForName(value.Raw)
	if v == nil {
		c.fail(value.Position, `Variable "$%s" is not defined.`, value.Raw)
		return
	}
	have := *v.Type
	have.NonNull = have.NonNull || v.DefaultValue != nil && v.DefaultValue.Kind != ast.NullValue
	if !fits(&have, want) {
		c.fail(value.Position, `Variable "$%s" of type %q used in position expecting type %q.`, value.Raw, v.Type.String(), want.String())
	}
}

// fits reports whether every value of a type is one of the type wanted.
func fits(have, want *ast.Type) bool {
	switch {
	case want.NonNull && !have.NonNull:
		return false
	case want.Elem != nil && have.Elem != nil:
		return fits(have.Elem, want.Elem)
	}
	return want.NamedType == have.NamedType && want.Elem == nil && have.Elem == nil
}

// inside checks the variables inside of a literal.
func (c *checker) inside(value *ast.Value, want *ast.Type) {
	for _, child := range value.Children {
		element := want
		switch d := c.document.inputs[want.NamedType]; {
		case value.Kind == ast.ListValue && want.Elem != nil:
			element = want.Elem
		case value.Kind == ast.ObjectValue && d != nil && d.Fields.ForName(child.Name) != nil:
			element = d.Fields.ForName(child.Name).Type
		default:
			continue // wrong, and reported already
		}
		if child.Value.Kind == ast.Variable {
			c.variable(child.Value, element)
		} else {
			c.inside(child.Value, element)
		}
	}
}

// directives allows @include and @skip where they can stand.
func (c *checker) directives(list ast.DirectiveList, allowed bool) {
	for _, d := range list {
		if !allowed || d.Name != "include" && d.Name != "skip" {
			c.refuse(d.Position, "the directive @"+d.Name)
			continue
		}
		condition := d.Arguments.ForName("if")
		if condition == nil || len(d.Arguments) != 1 {
			c.fail(d.Position, `Directive "@%s" takes the argument "if" of type "Boolean!".`, d.Name)
			continue
		}
		c.argument(condition.Value, argument{"if", "Boolean", true})
	}
}
