package provision_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	reader "gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/provision"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/kubernetes"
)

// configMap is one as others read it.
type configMap struct {
	APIVersion, Kind string
	Metadata         struct {
		Name, Namespace     string
		Labels, Annotations map[string]string
	}
	Data map[string]string
}

func read(t *testing.T, data []byte) (object configMap) {
	t.Helper()
	var fields struct {
		APIVersion string `yaml:"apiVersion"`
	}
	for _, into := range []any{&object, &fields} {
		if err := reader.Unmarshal(data, into); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	}
	object.APIVersion = fields.APIVersion
	return object
}

func TestConfigMap(t *testing.T) {
	t.Parallel()
	f := file(team("payments", "Payments"), "journey.pay", uid.Of("pay"))
	f.Dashboard.Description = "Pay."
	f.Dashboard.Panels = []*grafana.Panel{{ID: 1, Type: grafana.TypeText, Title: "a: 'b' \"c\" # d"}}
	data, err := provision.ConfigMap(&f, kubernetes.Metadata{Namespace: "monitoring", Labels: map[string]string{"app": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	const begin = `apiVersion: v1
kind: ConfigMap
metadata:
  name: slojourn-dashboard-journey.pay
  namespace: monitoring
  labels:
    app: '1'
    grafana_dashboard: '1'
  annotations:
    grafana_folder: Payments
data:
  journey.pay.json: |-
    {
      "uid": "slojourn-`
	if !strings.HasPrefix(string(data), begin) {
		t.Errorf("it begins otherwise: %s", data)
	}
	var want configMap
	want.APIVersion, want.Kind, want.Metadata.Name, want.Metadata.Namespace = "v1", "ConfigMap", "slojourn-dashboard-journey.pay", "monitoring"
	want.Metadata.Labels = map[string]string{"grafana_dashboard": "1", "app": "1"}
	want.Metadata.Annotations = map[string]string{"grafana_folder": "Payments"}
	want.Data = map[string]string{"journey.pay.json": strings.TrimSpace(string(f.Dashboard.JSON()))}
	if diff := cmp.Diff(want, read(t, data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestConfigMapLabel looks for dashboards by another value, as a sidecar may.
func TestConfigMapLabel(t *testing.T) {
	t.Parallel()
	f := files()[0]
	given := map[string]string{"grafana_dashboard": "slo"}
	data, err := provision.ConfigMap(&f, kubernetes.Metadata{Labels: given})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given, read(t, data).Metadata.Labels); diff != "" || len(given) != 1 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConfigMapNames(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	longest := strings.Repeat("a", 63)
	for _, f := range append(files(), file(fleet(), "step."+longest+"."+longest, "a")) {
		data, err := provision.ConfigMap(&f, kubernetes.Metadata{})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, data).Metadata.Name; len(got) > 253 || !name.MatchString(got) {
			t.Errorf("%s is no name of Kubernetes", got)
		}
	}
}

// TestConfigMapFolder is one folder below that of the sidecar, whatever a title says, and
// one that Grafana looks into.
func TestConfigMapFolder(t *testing.T) {
	t.Parallel()
	for _, title := range texts() {
		f := file(team("payments", title), "journey.pay", uid.Of("pay"))
		f.Dashboard.Title = title
		data, err := provision.ConfigMap(&f, kubernetes.Metadata{})
		if err != nil {
			if len(title) < 1000 {
				t.Error(err)
			}
			continue
		}
		object := read(t, data)
		folder := object.Metadata.Annotations["grafana_folder"]
		if folder == "" || len(folder) > 255 || strings.HasPrefix(folder, ".") || strings.Contains(folder, "/") || strings.ContainsFunc(folder, unicode.IsControl) || !utf8.ValidString(folder) {
			t.Errorf("%q is put into the folder %q", title, folder)
		}
		if want := strings.TrimSpace(string(f.Dashboard.JSON())); object.Data["journey.pay.json"] != want {
			t.Errorf("%q: the dashboard is not what it was", title)
		}
	}
	for title, want := range map[string]string{"Payments & Co. (東京)": "Payments & Co. (東京)", "A/B": "A-B", "/etc": "-etc", "..": "payments", "": "payments"} {
		f := file(team("payments", title), "journey.pay", uid.Of("pay"))
		data, err := provision.ConfigMap(&f, kubernetes.Metadata{})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, data).Metadata.Annotations["grafana_folder"]; got != want {
			t.Errorf("%q is put into the folder %q, want %q", title, got, want)
		}
	}
}

func TestConfigMapTooLarge(t *testing.T) {
	t.Parallel()
	f := files()[2]
	f.Dashboard.Title = strings.Repeat("x", 1<<20)
	const want = "the dashboard journey.pay of payments takes 1025 KiB, and a ConfigMap holds 1024: give its journey fewer steps, or write files (--format files)"
	if data, err := provision.ConfigMap(&f, kubernetes.Metadata{}); data != nil || err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
