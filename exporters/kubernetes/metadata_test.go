package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	reader "gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/yaml"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// TestLabels are texts to whoever reads the YAML, whatever they look like.
func TestLabels(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"1": "2", "null": "true", "y": "0x1f", "1e3": "1e3", "app.kubernetes.io/part-of": "slojourn", "1.example.com/a": "", "0": "2026-01-01", "1_0": "1_0"}
	annotations := map[string]string{"null": "true"}
	for name, text := range hostile.Texts() {
		annotations[strings.ReplaceAll(name, " ", "-")] = strings.ToValidUTF8(text, "\ufffd")
	}
	metadata := kubernetes.Metadata{Labels: labels}
	if err := metadata.Check(); err != nil {
		t.Fatal(err)
	}
	var d yaml.Document
	metadata.Write(&d, "v1", "ConfigMap", "pay", annotations)
	var object struct {
		Metadata struct{ Labels, Annotations map[any]any }
	}
	if err := reader.Unmarshal(d.Bytes(), &object); err != nil {
		t.Fatal(err)
	}
	for _, pair := range []struct {
		want map[string]string
		read map[any]any
	}{{labels, object.Metadata.Labels}, {annotations, object.Metadata.Annotations}} {
		got := map[string]string{}
		for key, value := range pair.read {
			text, isText := key.(string)
			if got[text], _ = value.(string); !isText {
				t.Errorf("the key %v is a %T", key, key)
			}
		}
		if diff := cmp.Diff(pair.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		metadata kubernetes.Metadata
		wrong    string
	}{
		{kubernetes.Metadata{}, ""},
		{kubernetes.Metadata{Namespace: "monitoring", Labels: map[string]string{"release": "main", "example.com/team": ""}}, ""},
		{kubernetes.Metadata{Namespace: "Monitoring"}, `the namespace "Monitoring"`},
		{kubernetes.Metadata{Labels: map[string]string{"release": "a b"}}, "the label release=a b"},
		{kubernetes.Metadata{Labels: map[string]string{"": "a"}}, "the label =a"},
	} {
		err := test.metadata.Check()
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%+v: %v, want %q", test.metadata, err, test.wrong)
		}
	}
}
