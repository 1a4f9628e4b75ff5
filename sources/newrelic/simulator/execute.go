package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// execution computes the fields that a document asks for.
type execution struct {
	resolver  *resolver
	document  *document
	variables map[string]any
	errors    []graphqlError
	conflicts []graphqlError // fields of one key that ask for different things
}

// selected is a member of an answer: the fields of one key, whose selections
// are merged.
type selected struct {
	key    string
	fields []*ast.Field
}

// object returns the requested fields of a parent in the order of the
// document.
func (e *execution) object(t *objectType, parent any, sets []ast.SelectionSet, path []string) object {
	var fields []*selected
	seen := map[string]bool{}
	for _, set := range sets {
		fields = e.collect(fields, t, set, seen)
	}
	var result object
	for _, s := range fields {
		result.members = append(result.members, member{s.key, e.field(t, parent, s, append(path[:len(path):len(path)], s.key))})
	}
	return result
}

func (e *execution) field(t *objectType, parent any, s *selected, path []string) any {
	first := s.fields[0]
	if first.Name == "__typename" {
		return t.name
	}
	f := t.fields[first.Name]
	args, err := e.arguments(first, f)
	var value any
	if err == nil {
		e.resolver.path = path
		value, err = f.resolve(e.resolver, parent, args)
	}
	if err != nil {
		e.errors = append(e.errors, graphqlError{err.message, path, []*ast.Position{first.Position}, err})
		return nil
	}
	if _, isNothing := value.(nothingThere); isNothing {
		if e.resolver.survey && f.object != nil {
			e.survey(f.object, s.sets())
		}
		return nil
	}
	list, isList := value.([]any)
	switch {
	case f.object == nil:
		return value
	case !f.list:
		return e.object(f.object.of(value), value, s.sets(), path)
	case !isList:
		return nil
	}
	objects := make([]any, len(list))
	for i, element := range list {
		if element != nil {
			objects[i] = e.object(f.object.of(element), element, s.sets(), path)
		}
	}
	return objects
}

// sets returns the selections that are merged.
func (s *selected) sets() []ast.SelectionSet {
	var sets []ast.SelectionSet
	for _, field := range s.fields {
		sets = append(sets, field.SelectionSet)
	}
	return sets
}

// survey looks for conflicts in what is asked for below a field that is not
// computed yet.
func (e *execution) survey(t *objectType, sets []ast.SelectionSet) {
	for _, concrete := range t.concrete() {
		var fields []*selected
		seen := map[string]bool{}
		for _, set := range sets {
			fields = e.collect(fields, concrete, set, seen)
		}
		for _, s := range fields {
			if f := concrete.fields[s.fields[0].Name]; f != nil && f.object != nil {
				e.survey(f.object, s.sets())
			}
		}
	}
}

// collect adds the fields of a selection set, with those of its fragments.
func (e *execution) collect(fields []*selected, t *objectType, set ast.SelectionSet, seen map[string]bool) []*selected {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !e.included(s.Directives) {
				continue
			}
			i := slices.IndexFunc(fields, func(other *selected) bool { return other.key == s.Alias })
			if i < 0 {
				fields = append(fields, &selected{key: s.Alias})
				i = len(fields) - 1
			}
			fields[i].fields = append(fields[i].fields, s)
			if first := fields[i].fields[0]; !sameField(first, s) {
				e.conflict(s.Alias, first.Position, s.Position)
			}
		case *ast.InlineFragment:
			if e.included(s.Directives) && (s.TypeCondition == "" || t.is(s.TypeCondition)) {
				fields = e.collect(fields, t, s.SelectionSet, seen)
			}
		case *ast.FragmentSpread:
			f := e.document.fragments.ForName(s.Name)
			if e.included(s.Directives) && !seen[s.Name] && t.is(f.TypeCondition) {
				seen[s.Name] = true
				fields = e.collect(fields, t, f.SelectionSet, seen)
			}
		}
	}
	return fields
}

// conflict notes that fields of one key ask for different things. The same
// fields may meet in several types.
func (e *execution) conflict(key string, positions ...*ast.Position) {
	if slices.ContainsFunc(e.conflicts, func(c graphqlError) bool { return slices.Equal(c.positions, positions) }) {
		return
	}
	e.conflicts = append(e.conflicts, graphqlError{
		message:   fmt.Sprintf("Fields %q conflict: use different aliases.", key),
		positions: positions,
	})
}

// sameField reports whether two fields of one key ask for the same.
func sameField(a, b *ast.Field) bool {
	if a.Name != b.Name || len(a.Arguments) != len(b.Arguments) {
		return false
	}
	for _, arg := range a.Arguments {
		other := b.Arguments.ForName(arg.Name)
		if other == nil || other.Value.String() != arg.Value.String() {
			return false
		}
	}
	return true
}

func (e *execution) included(list ast.DirectiveList) bool {
	for _, d := range list {
		value, _, _ := e.argument(d.Arguments.ForName("if").Value, argument{"if", "Boolean", true})
		if condition, _ := value.(bool); condition != (d.Name == "include") {
			return false
		}
	}
	return true
}

// arguments returns the arguments of a field. A variable may be null although
// it has a default, so required ones are checked again.
func (e *execution) arguments(s *ast.Field, f *field) (map[string]any, *queryError) {
	args := map[string]any{}
	for _, arg := range s.Arguments {
		want, _ := f.argument(arg.Name)
		value, isGiven, problems := e.argument(arg.Value, want)
		if len(problems) > 0 {
			return nil, &queryError{message: fmt.Sprintf("Argument %q has invalid value: %s.", arg.Name, strings.Join(problems, "; ")), code: "INVALID_INPUT"}
		}
		if isGiven {
			args[arg.Name] = value
		}
	}
	for _, want := range f.arguments {
		if want.required && args[want.name] == nil {
			return nil, &queryError{message: fmt.Sprintf("Argument %q must not be null.", want.name), code: "INVALID_INPUT"}
		}
	}
	return args, nil
}

// argument returns the value of an argument, and whether it is given. Literals
// were checked, but not the variables inside of them.
func (e *execution) argument(value *ast.Value, want argument) (any, bool, []string) {
	if value.Kind == ast.Variable {
		v, isGiven := e.variables[value.Raw]
		return v, isGiven, nil
	}
	v, problems := e.document.coerceLiteral(value, typeOf(want), e.variables)
	return v, true, problems
}
