package spec

import (
	"regexp"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// metadata reads the metadata of a document.
func (o *object) metadata() slo.Metadata {
	m := slo.Metadata{Folder: o.d.file.Folder, Origin: o.span}
	meta, ok := o.object("metadata")
	if !ok {
		if o.has("metadata") {
			o.d.unread()
		}
		return m
	}
	m.Name, m.Title, m.Owner = meta.text("name"), meta.text("title"), meta.text("owner")
	if m.Name.Written() && m.Name.Value == "" {
		o.d.unread()
	}
	m.Labels = meta.labels()
	m.RenamedFrom = meta.texts("renamedFrom")
	for i, old := range m.RenamedFrom {
		if old.Value == m.Name.Value {
			o.d.list.Errorf(diag.CodeRename, old.Span, diag.Say("remove it"), "%q is its name now", old.Value)
			m.RenamedFrom = append(m.RenamedFrom[:i:i], m.RenamedFrom[i+1:]...)
			break
		}
	}
	return m
}

// entries reads a mapping with keys of the user's.
func (o *object) entries(name string, read func(key, node *yaml.Node, v value)) {
	node, v, found := o.field(name)
	if !found {
		return
	}
	anyKey := &definition{what: diag.Verbatim(name)}
	pairs, _ := o.d.pairs(node, anyKey)
	for _, p := range pairs {
		switch {
		case p.value == nil: // reported
		case isNull(p.value):
			o.d.noValue(p, diag.Say("write a value, or remove the key"))
		default:
			read(p.key, p.value, *v.item)
		}
	}
}

var labelKey = regexp.MustCompile(`^[A-Za-z]([-A-Za-z0-9_./]{0,61}[A-Za-z0-9])?$`)

// labels reads the labels of a document, which are labels of metrics too.
func (o *object) labels() map[string]string {
	labels := map[string]string{}
	places := map[string]diag.Span{} // of keys, by what they are on metrics
	o.entries("labels", func(key, node *yaml.Node, v value) {
		span := o.d.nodeSpan(key)
		if !labelKey.MatchString(key.Value) {
			o.d.list.Errorf(diag.CodeName, span, diag.Say("use at most 63 letters, digits and -_./, with a letter in front and a letter or digit at the end"),
				"the label %q is not valid", key.Value)
		}
		text := o.d.checked(node, v, diag.Say("the label %s", key.Value))
		if !text.Written() {
			return
		}
		labels[key.Value] = text.Value
		name := slo.LabelName(key.Value)
		first, taken := places[name]
		switch length := utf8.RuneCountInString(text.Value); {
		case taken:
			o.d.list.Add(diag.Diagnostic{
				Code: diag.CodeLabels, Severity: diag.Error, Span: span,
				Message: diag.Say("two labels are %s on metrics", name),
				Related: []diag.Related{{Span: first, Message: diag.Say("the first one is at %s", first)}},
				Hint:    diag.Say("rename one of them: what is no letter, digit or _ becomes _"),
			})
		case len(labels) == slo.MaxLabels+1:
			o.d.list.Errorf(diag.CodeLabels, span, diag.Say("remove those that nobody selects by"), "there are more than %d labels", slo.MaxLabels)
		case length > slo.MaxLabelLength:
			o.d.list.Errorf(diag.CodeLabels, text.Span, diag.Say("use at most %d; a description may be longer", slo.MaxLabelLength),
				"the label %s has %d characters", key.Value, length)
		}
		if !taken {
			places[name] = span
		}
	})
	if len(labels) == 0 {
		return nil
	}
	return labels
}

// descriptive reads what journeys and SLOs share.
func (o *object) descriptive() slo.Descriptive {
	s := slo.Descriptive{
		Description: o.text("description").Value,
		Stage:       wordOf[slo.Stage](o, "stage"),
		WhenSpent:   o.text("whenSpent").Value,
		Runbook:     o.text("runbook"),
		Alerts:      o.text("alerts"),
	}
	for _, link := range o.objects("links") {
		s.Links = append(s.Links, slo.Link{Title: link.text("title").Value, URL: link.text("url").Value})
	}
	return s
}

// objects opens the mappings of a list.
func (o *object) objects(name string) []*object {
	items, v := o.list(name)
	var objects []*object
	for _, item := range items {
		span := o.d.nodeSpan(item)
		if _, node := peek(follow(item), "name"); node != nil {
			span = o.d.nodeSpan(node) // says more than the place where the entry begins
		}
		if inner, ok := o.inner(name, item, v.object, span); ok {
			objects = append(objects, inner)
		}
	}
	return objects
}
