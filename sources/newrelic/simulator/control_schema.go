package simulator

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// controlFiles describe New Relic's control plane in GraphQL's own language,
// one file for each kind of object.
//
//go:embed control/*.graphql
var controlFiles embed.FS

// schema is everything that can be asked and changed.
type schema struct {
	query    *objectType
	mutation *objectType
	inputs   map[string]*ast.Definition // enums, scalars and input objects
}

// resolve computes a field.
type resolve func(r *resolver, parent any, args map[string]any) (any, *queryError)

// is reports whether objects of the type match a type condition: the type
// itself, or an interface or union that it belongs to.
func (t *objectType) is(name string) bool { return t.name == name || slices.Contains(t.memberOf, name) }

// concrete returns the types that objects of t can have.
func (t *objectType) concrete() []*objectType {
	if len(t.possible) > 0 {
		return t.possible
	}
	return []*objectType{t}
}

// of returns the type of one object: an interface or union leaves it to the
// object to say.
func (t *objectType) of(value any) *objectType {
	name := textOf(value, "__typename")
	for _, possible := range t.possible {
		if possible.name == name {
			return possible
		}
	}
	return t
}

// newControlSchema adds the control plane to what can be queried. Fields that
// have no resolver of their own, by "Type.field", are read from their parent.
func newControlSchema(query *objectType, resolvers map[string]resolve) schema {
	b := builder{
		objects:   map[string]*objectType{},
		inputs:    map[string]*ast.Definition{},
		resolvers: resolvers,
		used:      map[string]bool{},
	}
	b.collect(query)
	definitions, extensions := b.parse()
	for _, d := range definitions {
		if d.IsInputType() {
			b.inputs[d.Name] = d
		} else {
			b.objects[d.Name] = &objectType{name: d.Name, fields: map[string]*field{}, open: d.Directives.ForName("unchecked") != nil}
		}
	}
	for _, d := range slices.Concat(definitions, extensions) {
		if !d.IsInputType() {
			b.fill(d)
		}
	}
	for _, d := range definitions {
		b.inherit(d)
	}
	for name := range resolvers {
		if !b.used[name] {
			panic("simulator: there is no field " + name + " to resolve")
		}
	}
	return schema{query, b.objects["RootMutationType"], b.inputs}
}

// controlResolvers returns what computes the fields of the control plane that
// are not just read from their parents.
func controlResolvers() map[string]resolve {
	all := map[string]resolve{"Account.alerts": anything}
	for _, some := range []map[string]resolve{
		policyResolvers(), conditionResolvers(), mutingRuleResolvers(), serviceLevelResolvers(), tagResolvers(),
		metricRuleResolvers(), changeResolvers(), notificationResolvers(), workflowResolvers(), dashboardResolvers(), compoundResolvers(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// builder turns GraphQL's language into types. What is wrong with the files is
// a mistake in this package, and every test that makes a simulator finds it.
type builder struct {
	objects   map[string]*objectType
	inputs    map[string]*ast.Definition
	resolvers map[string]resolve
	used      map[string]bool
}

func (b *builder) collect(t *objectType) {
	if b.objects[t.name] != nil {
		return
	}
	b.objects[t.name] = t
	for _, f := range t.fields {
		if f.object != nil {
			b.collect(f.object)
		}
	}
}

func (b *builder) parse() (definitions, extensions ast.DefinitionList) {
	names, err := fs.Glob(controlFiles, "control/*.graphql")
	if err != nil {
		panic("simulator: " + err.Error())
	}
	for _, name := range names {
		text, err := controlFiles.ReadFile(name)
		if err != nil {
			panic("simulator: " + err.Error())
		}
		parsed, err := parser.ParseSchema(&ast.Source{Name: name, Input: string(text)})
		if err != nil {
			panic("simulator: " + err.Error())
		}
		definitions = append(definitions, parsed.Definitions...)
		extensions = append(extensions, parsed.Extensions...)
	}
	return definitions, extensions
}

// fill adds the fields of a definition to its type.
func (b *builder) fill(d *ast.Definition) {
	t := b.objects[d.Name]
	if t == nil {
		panic("simulator: there is no type " + d.Name + " to extend")
	}
	for _, name := range d.Types {
		b.join(t, name, b.objects[name])
	}
	for _, name := range d.Interfaces {
		b.join(b.objects[name], d.Name, t)
	}
	if real := d.Directives.ForName("real"); real != nil {
		t.real = append(t.real, strings.Fields(real.Arguments.ForName("fields").Value.Raw)...)
	}
	for _, f := range d.Fields {
		t.real = slices.DeleteFunc(t.real, func(name string) bool { return name == f.Name })
		t.fields[f.Name] = b.field(d.Name, f)
	}
}

// inherit gives a type the fields of its interfaces. The files do not write
// them down again, as GraphQL would have it.
func (b *builder) inherit(d *ast.Definition) {
	t := b.objects[d.Name]
	for _, name := range d.Interfaces {
		for member, f := range b.objects[name].fields {
			if t.fields[member] == nil {
				t.fields[member] = f
			}
		}
		t.real = append(t.real, b.objects[name].real...)
	}
}

// join makes a type one of those of an interface or union.
func (b *builder) join(abstract *objectType, name string, member *objectType) {
	if abstract == nil || member == nil {
		panic("simulator: " + name + " is or belongs to a type that does not exist")
	}
	abstract.possible = append(abstract.possible, member)
	member.memberOf = append(member.memberOf, abstract.name)
}

func (b *builder) field(parent string, d *ast.FieldDefinition) *field {
	f := &field{list: d.Type.Elem != nil, object: b.objects[d.Type.Name()]}
	if f.object == nil && b.inputs[d.Type.Name()] == nil && !isScalar(d.Type.Name()) {
		panic(fmt.Sprintf("simulator: the field %s.%s has the type %s, which does not exist", parent, d.Name, d.Type))
	}
	for _, a := range d.Arguments {
		required := a.Type.NonNull
		f.arguments = append(f.arguments, argument{a.Name, strings.TrimSuffix(a.Type.String(), "!"), required})
	}
	name := parent + "." + d.Name
	own := b.resolvers[name]
	b.used[name] = own != nil
	f.resolve = func(r *resolver, parent any, args map[string]any) (any, *queryError) {
		switch {
		case r.survey:
			// Nothing of the control plane is read or changed before it is
			// certain that the request is answered at all.
			return nothingThere{}, nil
		case own != nil:
			return own(r, parent, args)
		}
		members, _ := parent.(map[string]any)
		if value := members[d.Name]; value != nil {
			return value, nil
		}
		return nothingThere{}, nil
	}
	return f
}

// textOf returns a member of an object that is a string, else "".
func textOf(value any, name string) string {
	members, _ := value.(map[string]any)
	s, _ := members[name].(string)
	return s
}

// objectOf returns a member that is an object, else nil.
func objectOf(value any, name string) map[string]any {
	members, _ := value.(map[string]any)
	o, _ := members[name].(map[string]any)
	return o
}

// listOf returns a member that is a list, else nil.
func listOf(value any, name string) []any {
	members, _ := value.(map[string]any)
	l, _ := members[name].([]any)
	return l
}
