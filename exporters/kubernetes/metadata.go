// Package kubernetes writes what objects of Kubernetes begin with.
package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/slojourn/slojourn/exporters/yaml"
)

// Metadata is what objects are selected by.
type Metadata struct {
	Namespace string // "" for that of whoever applies them
	Labels    map[string]string
}

var (
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
	labelName  = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	namespace  = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$`)
)

// Check reports what Kubernetes would refuse.
func (m Metadata) Check() error {
	if !namespace.MatchString(m.Namespace) {
		return fmt.Errorf("the namespace %q is not valid: use lower-case letters, digits and hyphens", m.Namespace)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Labels)) {
		if !labelName.MatchString(name) || !labelValue.MatchString(m.Labels[name]) {
			return fmt.Errorf("the label %s=%s is not valid: use letters, digits, hyphens, dots and underscores, 63 at the most, with a letter or digit at both ends",
				name, m.Labels[name])
		}
	}
	return nil
}

// Write writes what an object begins with. Annotations may have any text.
func (m Metadata) Write(d *yaml.Document, apiVersion, kind, name string, annotations map[string]string) {
	d.Pair(0, "apiVersion", apiVersion)
	d.Pair(0, "kind", kind)
	d.Line(0, "metadata:")
	d.Pair(1, "name", name)
	if m.Namespace != "" {
		d.Pair(1, "namespace", m.Namespace)
	}
	d.Pairs(1, "labels", quoted(m.Labels))
	d.Pairs(1, "annotations", quoted(annotations))
}

// quoted has the keys in quotes that YAML takes for something else, such as 1 or null.
func quoted(values map[string]string) map[string]string {
	all := map[string]string{}
	for key, value := range values {
		all[yaml.Scalar(key)] = value
	}
	return all
}
