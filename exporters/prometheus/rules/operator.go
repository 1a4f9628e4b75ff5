package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Manifest is how rules are written for the Prometheus operator of Kubernetes, which
// selects them by namespace and labels.
type Manifest struct {
	Namespace string // "" for that of whoever applies it
	Labels    map[string]string
}

var (
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
	labelName  = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	namespace  = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$`)
)

// Check reports what Kubernetes would refuse.
func (m *Manifest) Check() error {
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

// Document writes the manifest of a file.
func (m *Manifest) Document(f *File) []byte {
	var d document
	d.line(0, "apiVersion: monitoring.coreos.com/v1")
	d.line(0, "kind: PrometheusRule")
	d.line(0, "metadata:")
	d.pair(1, "name", objectName(f.Name))
	if m.Namespace != "" {
		d.pair(1, "namespace", m.Namespace)
	}
	labels := map[string]string{}
	for key, value := range m.Labels {
		labels[scalar(key)] = value // such as 1 or null
	}
	d.pairs(1, "labels", labels)
	d.line(0, "spec:")
	d.line(1, "groups:")
	f.write(&d, 2)
	return d.Bytes()
}

// objectName is a name in Kubernetes, which holds no underscore. No journey or SLO
// has that of the fleet, as theirs have a hyphen behind the first word.
func objectName(file string) string {
	if file == Fleet {
		return "slojourn.fleet"
	}
	return "slojourn-" + file
}

// ManifestFile is the name of the file of a manifest.
func ManifestFile(name string) string { return name + ".yaml" }

// IsManifest reports whether a file that is named so is a manifest, and not rules or
// their tests.
func IsManifest(name string) bool {
	return strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".rules.yaml") && !strings.HasSuffix(name, ".test.yaml")
}
