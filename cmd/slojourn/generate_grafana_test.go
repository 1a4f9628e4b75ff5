package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/grafana/provision"
)

// TestDocsOfGrafana keeps what the page says is written equal to what is. All of it is
// known as written here, so that another run may replace and remove it.
func TestDocsOfGrafana(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "dashboards")
	if code, stdout, stderr := command(t, "generate", "grafana", "-d", dir, "../../examples/retail"); code != 0 || stdout+stderr != "" {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	var listing []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		listing = append(listing, "dashboards/"+name+"\n")
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && (!provision.IsFile(name) || !provision.Marked(name, data[:min(len(data), 4<<10)]) || !provision.Wrote(name, data)) {
			t.Errorf("%s is not known as slojourn's", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/generate.md"
	page := readFile(t, path)
	checkShown(t, path, fenced(t, path, page, "$ find dashboards -type f | LC_ALL=C sort\n"), strings.Join(slices.Sorted(slices.Values(listing)), ""))
	checkShown(t, path, fenced(t, path, page, "```yaml\napiVersion: 1\nproviders:\n")+"…\n", readFile(t, filepath.Join(dir, provision.ProviderFile)))
}

// TestConfigMapsOfRetail have names of their own, and a dashboard each.
func TestConfigMapsOfRetail(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := command(t, "generate", "grafana", "--format", "configmap", "--locale", "ja", "../../examples/retail")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	names := map[string]bool{}
	documents := strings.Split(stdout, "\n---\n")
	for _, document := range documents[1:] {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
			Data     map[string]string
		}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil || object.Kind != "ConfigMap" || len(object.Data) != 1 {
			t.Fatalf("%v: %.300s", err, document)
		}
		for name, text := range object.Data {
			if !provision.Wrote("folder/"+name, []byte(text)) || !strings.Contains(document, name+": |-\n") {
				t.Errorf("%s is not a dashboard in lines", name)
			}
		}
		names[object.Metadata.Name] = true
	}
	if len(names) != 25 || len(documents) != 26 {
		t.Errorf("%d names, %d documents", len(names), len(documents)-1)
	}
}
