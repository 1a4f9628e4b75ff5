package diff_test

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// meaningless matches the places in a resolved set that say nothing about what it means,
// by the fields that lead there. Everything else has to show when it changes: a field that
// is added to the set is added here with a reason, or diff knows it.
var meaningless = regexp.MustCompile(strings.Join([]string{
	`\.(Origin|Span)(\.|$)`,                      // where it is written
	`\.Default(Source|Window|TimeZone|Alerts)\b`, // likewise
	`\.File\.Folder$`,                            // where the spec lies: both sides lie in folders of their own
	`\.BuiltIn$`,                                 // follows from the name
	`^(Journeys\.Steps\.SLO|SLOs)\.Kind$`,        // follows from the id
	`\.(Elsewhere|AlsoIn)$`,                      // what a shard knows of others
	`\.Undecided$`,                               // whether no alerts is what somebody wrote
	`^Documents\b`,                               // what files hold, of which the rest says what it means
}, "|"))

// unused reports whether a field has no meaning beside others that are set.
func unused(owner reflect.Value, field string) bool {
	switch o := owner.Interface().(type) {
	case slo.Source:
		return field == "NewRelic" && o.File != nil
	case slo.Exclusion:
		return field == "To" && o.Repeat != nil
	case slo.Journey:
		return o.SLI == nil && (field == "Indicator" || field == "History")
	case slo.Step: // which comes and goes with its SLO, unless that is shared
		return field == "Name" && o.SLO.Kind == slo.KindStep
	default:
		return false
	}
}

// everything is the set of testdata/everything.yaml.
func everything(t *testing.T) *slo.Set {
	t.Helper()
	data, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return read(t, "everything.yaml", data)
}

// opaque reports whether a type is one value, though it is a struct.
func opaque(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return t == reflect.TypeFor[*time.Location]()
	}
	for field := range t.Fields() {
		if !field.IsExported() {
			return true
		}
	}
	return false
}

// copied returns a deep copy, in which what was shared is shared.
func copied(v reflect.Value, seen map[any]reflect.Value) reflect.Value {
	if opaque(v.Type()) {
		return v
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		if known, is := seen[v.Interface()]; is {
			return known
		}
		made := reflect.New(v.Type().Elem())
		seen[v.Interface()] = made
		made.Elem().Set(copied(v.Elem(), seen))
		return made
	case reflect.Struct:
		made := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			made.Field(i).Set(copied(v.Field(i), seen))
		}
		return made
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		made := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			made.Index(i).Set(copied(v.Index(i), seen))
		}
		return made
	case reflect.Map:
		made := reflect.MakeMap(v.Type())
		for _, key := range v.MapKeys() {
			made.SetMapIndex(key, copied(v.MapIndex(key), seen))
		}
		return made
	default:
		return v
	}
}

func copyOf(set *slo.Set) *slo.Set {
	made, _ := reflect.TypeAssert[*slo.Set](copied(reflect.ValueOf(set), map[any]reflect.Value{}))
	return made
}

// mutation changes one place of a set.
type mutation struct {
	path string // of the fields that lead there, without the indexes of lists
	find func(set reflect.Value) reflect.Value
	do   func(place reflect.Value)
}

func (m mutation) apply(set *slo.Set) { m.do(m.find(reflect.ValueOf(set))) }

// mutations returns a change of each place in a set, and several of some.
func mutations(set *slo.Set) *walk {
	w := &walk{seen: map[any]bool{}, fields: map[string]bool{}}
	w.walk("", reflect.ValueOf(set), func(v reflect.Value) reflect.Value { return v })
	return w
}

type walk struct {
	seen   map[any]bool // pointers
	fields map[string]bool
	found  []mutation
}

func (w *walk) add(path string, find func(reflect.Value) reflect.Value, do func(reflect.Value)) {
	w.found = append(w.found, mutation{path, find, do})
}

func (w *walk) walk(path string, v reflect.Value, find func(reflect.Value) reflect.Value) {
	if other, is := another(v); is {
		w.add(path, find, func(place reflect.Value) { place.Set(other) })
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if path != "" && v.Type() != reflect.TypeFor[*slo.SLO]() { // every step has one
			w.add(path+" set to nil", find, func(place reflect.Value) { place.SetZero() })
		}
		w.pointer(path, v, find)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if unused(v, field.Name) {
				continue
			}
			if !v.Field(i).IsZero() || field.Type.Kind() == reflect.Bool {
				w.fields[v.Type().Name()+"."+field.Name] = true
			}
			w.walk(inside(path, field.Name), v.Field(i), func(set reflect.Value) reflect.Value { return find(set).Field(i) })
		}
	case reflect.Slice:
		if v.Len() > 0 && !unused(v.Index(v.Len()-1), "Name") {
			w.add(path+" less one", find, func(place reflect.Value) {
				if place.Len() > 0 {
					place.Set(place.Slice(0, place.Len()-1))
				}
			})
		}
		for i := range v.Len() {
			element := func(set reflect.Value) reflect.Value { return find(set).Index(i) }
			if v.Index(i).Kind() == reflect.Pointer { // no list holds nil
				w.pointer(path, v.Index(i), element)
				continue
			}
			w.walk(path, v.Index(i), element)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			w.add(path+" without "+key.String(), find, func(place reflect.Value) { place.SetMapIndex(key, reflect.Value{}) })
			if other, is := another(v.MapIndex(key)); is {
				w.add(path+" "+key.String(), find, func(place reflect.Value) { place.SetMapIndex(key, other) })
			}
		}
		if v.Type().Key().Kind() == reflect.String && v.Len() > 0 {
			value, _ := another(v.MapIndex(v.MapKeys()[0]))
			w.add(path+" with another", find, func(place reflect.Value) { place.SetMapIndex(reflect.ValueOf("another"), value) })
		}
	default:
		panic(fmt.Sprintf("nobody knows how to change %s, a %s", path, v.Type()))
	}
}

// pointer walks what is shared once.
func (w *walk) pointer(path string, v reflect.Value, find func(reflect.Value) reflect.Value) {
	if !w.seen[v.Interface()] {
		w.seen[v.Interface()] = true
		w.walk(path, v.Elem(), func(set reflect.Value) reflect.Value { return find(set).Elem() })
	}
}

func inside(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// another returns another value of a type that is one value.
func another(v reflect.Value) (reflect.Value, bool) {
	is := func(value any) (reflect.Value, bool) { return reflect.ValueOf(value).Convert(v.Type()), true }
	switch value := v.Interface().(type) {
	case slo.Target:
		other, _ := slo.ParseTarget("97.531%")
		return is(other)
	case slo.Window:
		return is(slo.Rolling(12345))
	case slo.Decimal:
		other, _ := slo.ParseDecimal("7.531")
		return is(other)
	case slo.Percentage:
		other, _ := slo.ParsePercentage("7.531%")
		return is(other)
	case slo.SecretRef:
		return is(slo.SecretRef{File: "elsewhere"})
	case slo.Rule:
		other, _ := slo.ParseRule("FREQ=MONTHLY;BYMONTHDAY=3")
		return is(other)
	case diag.Text:
		return is(diag.PlainText(value.String()+" x", "", diag.Position{}))
	case time.Time:
		return is(value.Add(time.Hour))
	case time.Duration:
		return is(value + time.Minute)
	case *time.Location:
		return is(time.FixedZone("Elsewhere", 3600))
	}
	switch v.Kind() {
	case reflect.String:
		return is(v.String() + "x")
	case reflect.Int64, reflect.Int:
		return is(v.Int() + 1)
	case reflect.Bool:
		return is(!v.Bool())
	default:
		return v, false
	}
}

// TestEveryFieldShows changes every place of a set, one after the other. A field that is
// new in the set is among them.
func TestEveryFieldShows(t *testing.T) {
	t.Parallel()
	set := everything(t)
	w := mutations(set)
	for _, m := range w.found {
		changed := copyOf(set)
		m.apply(changed)
		changes := diff.Of(set, changed, nil)
		if shows := len(changes) > 0; shows == meaningless.MatchString(m.path) {
			t.Errorf("%s: a change of it shows: %t", m.path, shows)
		}
	}
	for name := range allFields(reflect.TypeFor[slo.Set](), map[reflect.Type]bool{}) {
		if !w.fields[name] && !meaningless.MatchString("."+name) {
			t.Errorf("%s: nothing in testdata/everything.yaml sets it", name)
		}
	}
}

// allFields returns the fields of a type and of all that is in it, as Type.Field.
func allFields(typ reflect.Type, seen map[reflect.Type]bool) map[string]bool {
	fields := map[string]bool{}
	for !opaque(typ) && (typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map) {
		typ = typ.Elem()
	}
	if _, single := another(reflect.New(typ).Elem()); typ.Kind() != reflect.Struct || single || seen[typ] {
		return fields
	}
	seen[typ] = true
	for field := range typ.Fields() {
		fields[typ.Name()+"."+field.Name] = true
		maps.Copy(fields, allFields(field.Type, seen))
	}
	return fields
}

// meaning writes down all that a set says, without diff: two sets mean the same when it is
// the same. What has no order is sorted.
func meaning(set *slo.Set) string {
	var b strings.Builder
	write(&b, "", reflect.ValueOf(set))
	return b.String()
}

func write(b *strings.Builder, path string, v reflect.Value) {
	if meaningless.MatchString(path) {
		return
	}
	switch value := v.Interface().(type) {
	case slo.Target:
		fmt.Fprintf(b, "%s: %s\n", path, value.AllowedRat())
		return
	case slo.Window:
		fmt.Fprintf(b, "%s: %s %d %s\n", path, value, value.Minutes(), value.TimeZone())
		return
	case slo.Decimal:
		fmt.Fprintf(b, "%s: %s\n", path, value.Rat())
		return
	case slo.Percentage:
		fmt.Fprintf(b, "%s: %s\n", path, value.Rat())
		return
	case time.Time:
		fmt.Fprintf(b, "%s: %d\n", path, value.UnixNano())
		return
	case fmt.Stringer:
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			fmt.Fprintf(b, "%s: %s\n", path, value)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			write(b, path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			write(b, inside(path, v.Type().Field(i).Name), v.Field(i))
		}
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			var part strings.Builder
			write(&part, path, v.Index(i))
			parts = append(parts, part.String())
		}
		if name := path[strings.LastIndex(path, ".")+1:]; name != "Steps" && name != "Objectives" && name != "URLs" {
			slices.Sort(parts)
		}
		fmt.Fprintf(b, "%s: %q\n", path, parts)
	case reflect.Map:
		fmt.Fprintf(b, "%s: %v\n", path, v.Interface())
	default:
		fmt.Fprintf(b, "%s: %v\n", path, v.Interface())
	}
}

// TestSameMeaning changes some places of a set, back and forth, and compares it with
// itself and with what it was: there are changes when it does not mean the same any more,
// and then only.
func TestSameMeaning(t *testing.T) {
	t.Parallel()
	set := everything(t)
	all := mutations(set).found
	rapid.Check(t, func(t *rapid.T) {
		changed := copyOf(set)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			m := rapid.SampledFrom(all).Draw(t, "change")
			apply(m, changed)
		}
		if again := diff.Of(changed, copyOf(changed), nil); len(again) > 0 {
			t.Fatalf("it differs from itself: %+v", again)
		}
		same := meaning(set) == meaning(changed)
		for _, changes := range [][]diff.Change{diff.Of(set, changed, nil), diff.Of(changed, set, nil)} {
			if same != (len(changes) == 0) {
				t.Fatalf("means the same: %t, but the changes are %+v", same, changes)
			}
		}
	})
}

// apply leaves out what an earlier change has taken away.
func apply(m mutation, set *slo.Set) {
	defer func() { _ = recover() }()
	m.apply(set)
}
