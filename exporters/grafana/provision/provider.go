package provision

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	reader "gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/yaml"
)

// ProviderFile is the name of the file that tells Grafana of the others.
const ProviderFile = "slojourn.provider.yaml"

// lookEvery is how often Grafana looks for changes, in seconds. For 10 or less it would
// rely on the file system to tell it, which volumes do not do everywhere.
const lookEvery = 30

// Providers is what Grafana has to know to read files: a provider for each folder. The
// zero Providers but for Path has none.
type Providers struct {
	Path    string // of the folder of all files, as Grafana sees it
	folders map[string]grafana.Folder
}

// Add adds a folder, unless it is there.
func (p *Providers) Add(f grafana.Folder) {
	if p.folders == nil {
		p.folders = map[string]grafana.Folder{}
	}
	p.folders[f.Name] = f
}

// Document writes what belongs into provisioning/dashboards of Grafana.
func (p *Providers) Document() []byte {
	var d yaml.Document
	d.WriteString(Header)
	d.Line(0, "apiVersion: 1")
	yaml.Items(&d, 0, "providers", slices.Sorted(maps.Keys(p.folders)), func(name string) {
		provider := uid.Fleet
		if name != uid.Fleet {
			provider += "-" + name
		}
		d.Pair(1, "- name", provider)
		d.Pair(2, "folder", literal(p.folders[name].Title))
		d.Pair(2, "folderUid", p.folders[name].UID)
		d.Pair(2, "type", "file")
		d.Line(2, "disableDeletion: false")
		d.Line(2, "allowUiUpdates: false")
		d.Line(2, "updateIntervalSeconds: %d", lookEvery)
		d.Line(2, "options:")
		d.Pair(3, "path", literal(strings.TrimRight(p.Path, "/")+"/"+name))
	})
	return d.Bytes()
}

// literal makes a text one that Grafana takes as it is. Else it would put variables of its
// environment, and what files say, in the place of $NAME, ${NAME} and $__file{PATH}.
func literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

var directoryName = regexp.MustCompile(`^[a-z0-9][-.a-z0-9]*$`)

// Folders returns the names of the folders of files that an earlier document names.
func Folders(document []byte) []string {
	var before struct {
		Providers []struct{ Options struct{ Path string } }
	}
	if !strings.HasPrefix(string(document), Header) || reader.Unmarshal(document, &before) != nil {
		return nil
	}
	var names []string
	for _, provider := range before.Providers {
		if name := path.Base(provider.Options.Path); directoryName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names
}
