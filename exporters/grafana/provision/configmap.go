package provision

import (
	"bytes"
	"fmt"
	"maps"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/yaml"
)

// mostData is how many bytes Kubernetes takes in a ConfigMap.
const mostData = 1 << 20

// ConfigMap writes a dashboard for the sidecar of Grafana, which finds it by the label
// grafana_dashboard, and its folder by the annotation grafana_folder, of which it makes a
// folder of files. A label of about stands in the place of one of the same name.
func ConfigMap(f *grafana.File, about kubernetes.Metadata) ([]byte, error) {
	text := bytes.TrimRight(f.Dashboard.JSON(), "\n")
	key := f.Name + ".json"
	if size := len(key) + len(text); size > mostData {
		return nil, fmt.Errorf("the dashboard %s of %s takes %d KiB, and a ConfigMap holds %d: give its journey fewer steps, or write files (--format files)",
			f.Name, f.Folder.Name, (size+1023)>>10, mostData>>10)
	}
	labels := map[string]string{"grafana_dashboard": "1"}
	maps.Copy(labels, about.Labels)
	about.Labels = labels
	var d yaml.Document
	d.Grow(len(text) + len(text)/2)
	about.Write(&d, "v1", "ConfigMap", objectName(f.Name), map[string]string{"grafana_folder": f.Folder.Element()})
	d.Line(0, "data:")
	d.Pair(1, key, string(text))
	return d.Bytes(), nil
}

// ConfigMapFile is the name of the file of a ConfigMap.
func ConfigMapFile(f *grafana.File) string { return f.Name + ".yaml" }

// objectName is the name of the ConfigMap in a file of a name.
func objectName(file string) string { return "slojourn-dashboard-" + file }
