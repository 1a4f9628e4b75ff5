package spec

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// metadata reads the metadata of a document. Defaults have no name, and only
// journeys and SLOs must have an owner.
func (d *decoder) metadata(o *object, named, owned bool) slo.Metadata {
	m := slo.Metadata{Folder: d.file.Folder, Origin: o.span}
	node, key, found := o.field("metadata")
	if !found {
		if named {
			o.missing("metadata", "write metadata: {name: …}")
		}
		return m
	}
	meta, ok := d.object(node, "metadata", key)
	if !ok {
		return m
	}
	if named {
		m.Name = d.name(meta)
	}
	m.Title = meta.text("title")
	d.checkTitle(m.Title)
	m.Owner = meta.text("owner")
	if owned && !m.Owner.Written() {
		meta.missing("owner", "write owner: and the name of a Team")
	}
	if labels, key, found := meta.field("labels"); found {
		m.Labels = d.labels(labels, key)
	}
	meta.later("renamedFrom")
	meta.close()
	return m
}

// name reads the name of a document or step.
func (d *decoder) name(o *object) diag.Located[string] {
	name := o.text("name")
	if !name.Written() {
		o.missing("name", "write a name of lower-case letters, digits and hyphens")
		return name
	}
	if err := slo.CheckName(name.Value); err != nil {
		d.problem(diag.CodeName, name.Span, err)
	}
	return name
}

// checkTitle refuses characters that could change how output looks.
func (d *decoder) checkTitle(title diag.Located[string]) {
	for _, r := range title.Value {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			d.list.Errorf(diag.CodeValue, title.Span, "remove it", "the text holds the control character U+%04X", r)
			return
		}
	}
}

func (d *decoder) labels(node *yaml.Node, key diag.Span) map[string]string {
	o, ok := d.object(node, "labels", key)
	if !ok {
		return nil
	}
	labels := map[string]string{}
	for _, k := range o.keys {
		value := o.text(k.Value)
		d.checkTitle(value)
		labels[k.Value] = value.Value
	}
	return labels
}

// descriptive reads what journeys and SLOs share.
func (d *decoder) descriptive(o *object) slo.Descriptive {
	s := slo.Descriptive{
		Description: o.text("description").Value,
		Stage:       wordOf(o, "stage", slo.Active, slo.Observe),
		WhenSpent:   o.text("whenSpent").Value,
		Runbook:     o.text("runbook"),
	}
	if s.Runbook.Written() {
		d.checkLink(s.Runbook)
	}
	items, _, _ := o.list("links")
	for _, item := range items {
		link, ok := d.object(item, "the link", d.nodeSpan(item))
		if !ok {
			continue
		}
		title, address := link.text("title"), link.text("url")
		if !address.Written() {
			link.missing("url", "write url: https://…")
		} else {
			d.checkLink(address)
		}
		d.checkTitle(title)
		s.Links = append(s.Links, slo.Link{Title: title.Value, URL: address.Value})
		link.close()
	}
	return s
}

func (d *decoder) checkLink(address diag.Located[string]) {
	u, err := url.Parse(address.Value)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		d.list.Errorf(diag.CodeValue, address.Span, "write an address that begins with https://", "%q is not a link", address.Value)
	}
}

// problem reports the error of a parser of the domain, with its hint.
func (d *decoder) problem(code diag.Code, span diag.Span, err error) {
	hint := ""
	if p, ok := err.(*slo.Problem); ok { //nolint:errorlint // the parsers return it unwrapped
		hint = p.Hint
	}
	d.list.Errorf(code, span, hint, "%s", strings.TrimSpace(fmt.Sprint(err)))
}

// body opens the spec of a document. A missing one is reported only where it
// is needed.
func (d *decoder) body(o *object, needed bool) (*object, bool) {
	node, key, found := o.field("spec")
	if !found {
		if needed {
			o.missing("spec", "write spec: and its keys below")
		}
		return nil, false
	}
	return d.object(node, "spec", key)
}
