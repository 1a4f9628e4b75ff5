package rules

import (
	"strings"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/yaml"
)

// Manifest writes a file of rules for the Prometheus operator of Kubernetes, which selects
// them by namespace and labels.
func (f *File) Manifest(about kubernetes.Metadata) []byte {
	var d yaml.Document
	d.Grow(mostFiles)
	about.Write(&d, "monitoring.coreos.com/v1", "PrometheusRule", objectName(f.Name), nil)
	d.Line(0, "spec:")
	d.Line(1, "groups:")
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
