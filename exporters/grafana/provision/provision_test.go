package provision_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	reader "gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/provision"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

func fleet() grafana.Folder {
	return grafana.Folder{UID: uid.Fleet, Title: "slojourn", Name: "slojourn"}
}

func team(name, title string) grafana.Folder {
	return grafana.Folder{UID: uid.Folder(name), Title: title, Name: name}
}

// file is a dashboard as package grafana makes them.
func file(folder grafana.Folder, name, uid string) grafana.File {
	d := &grafana.Dashboard{UID: uid, Title: "日本 " + name, SchemaVersion: grafana.SchemaVersion}
	grafana.Sign(d, slo.English)
	return grafana.File{Name: name, Folder: folder, Dashboard: d}
}

// files has one of each kind.
func files() []grafana.File {
	return []grafana.File{
		file(fleet(), "overview", uid.Overview), file(fleet(), "review", uid.Review),
		file(team("payments", "Payments"), "journey.pay", uid.Of("pay")),
		file(team("payments", "Payments"), "step.pay.authorise", uid.Of("pay/authorise")),
		file(team("web-1", "Web"), "slo.0", uid.Of("0")),
	}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	providers := provision.Providers{Path: "/srv/dash boards/"}
	providers.Add(team("web", "Costs in $ and ${HOME}: all"))
	providers.Add(fleet())
	providers.Add(team("web", "Costs in $ and ${HOME}: all"))
	providers.Add(grafana.Folder{UID: uid.Folder("slojourn"), Title: "They who run it", Name: "slojourn.team"})
	const want = provision.Header + `apiVersion: 1
providers:
  - name: slojourn
    folder: slojourn
    folderUid: slojourn
    type: file
    disableDeletion: false
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /srv/dash boards/slojourn
  - name: slojourn-slojourn.team
    folder: They who run it
    folderUid: slojourn-f1258bc547a958b022bb3d35
    type: file
    disableDeletion: false
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /srv/dash boards/slojourn.team
  - name: slojourn-web
    folder: 'Costs in $$ and $${HOME}: all'
    folderUid: slojourn-a370117e7fd6c557228cbcb8
    type: file
    disableDeletion: false
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /srv/dash boards/web
`
	document := providers.Document()
	if diff := cmp.Diff(want, string(document)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"slojourn", "slojourn.team", "web"}, provision.Folders(document)); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	if got := string((&provision.Providers{}).Document()); got != provision.Header+"apiVersion: 1\nproviders: []\n" {
		t.Errorf("of no folders: %q", got)
	}
}

// interpolated is what Grafana makes of a value: it splits it at $$, and expands variables
// and the words of its settings in what is between.
func interpolated(value string) string {
	parts := strings.Split(value, "$$")
	for i, part := range parts {
		parts[i] = os.Expand(regexp.MustCompile(`\$__[a-z]+\{[^}]*\}`).ReplaceAllString(part, "LEAK"), func(string) string { return "LEAK" })
	}
	return strings.Join(parts, "$")
}

// texts are titles that could do harm.
func texts() []string {
	all := []string{"$__file{/etc/passwd}", "$__env{SECRET}", "$$HOME", "$$$HOME", "$", "${", "$1$2", "../../etc", "/etc/grafana", "..", ".hidden", "a/../b", " ", "...", "\ufeff", strings.Repeat("日", 189)}
	for _, text := range hostile.Texts() {
		all = append(all, strings.ToValidUTF8(text, "\ufffd"))
	}
	return all
}

// TestHostileTitles are what they are to Grafana, whatever they say.
func TestHostileTitles(t *testing.T) {
	t.Parallel()
	for _, title := range texts() {
		providers := provision.Providers{Path: "/a"}
		providers.Add(team("payments", title))
		providers.Add(team("web", "Web"))
		var read struct {
			Providers []struct {
				Name, Folder, FolderUID string
				Options                 map[string]string
			}
		}
		if err := reader.Unmarshal(providers.Document(), &read); err != nil || len(read.Providers) != 2 {
			t.Errorf("%q: %v\n%s", title, err, providers.Document())
			continue
		}
		if got := interpolated(read.Providers[0].Folder); got != title {
			t.Errorf("the folder %q is named %q", title, got)
		}
		if diff := cmp.Diff([]string{"payments", "web"}, provision.Folders(providers.Document())); diff != "" {
			t.Errorf("%q: folders (-want +got):\n%s", title, diff)
		}
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		"", provision.Header, provision.Header + "providers: 1\n", provision.Header + "\t\n", "providers: [{options: {path: /a/web}}]\n",
		provision.Header + "providers: [{options: {path: /a/..}}, {options: {path: /}}, {options: {path: ''}}, {}, {options: {path: /a/.git}}, {options: {path: 'a\\b'}}]\n",
	} {
		if got := provision.Folders([]byte(document)); got != nil {
			t.Errorf("%q: %q", document, got)
		}
	}
}

func TestWrote(t *testing.T) {
	t.Parallel()
	places, all := map[string]bool{}, map[string][]byte{}
	for _, f := range files() {
		data, err := provision.ConfigMap(&f, kubernetes.Metadata{Namespace: "monitoring"})
		if err != nil {
			t.Fatal(err)
		}
		places[provision.Place(&f)] = true
		all[provision.Place(&f)], all[provision.ConfigMapFile(&f)] = f.Dashboard.JSON(), append([]byte(provision.Header), data...)
	}
	if diff := cmp.Diff(map[string]bool{
		"slojourn/overview.json": true, "slojourn/review.json": true, "payments/journey.pay.json": true, "payments/step.pay.authorise.json": true, "web-1/slo.0.json": true,
	}, places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	for name, data := range all {
		if !provision.Marked(name, data[:min(len(data), 300)]) || !provision.Wrote(name, data) {
			t.Errorf("%s is not known: %s", name, data)
		}
		if provision.IsFile(name) != places[name] {
			t.Errorf("IsFile(%s) = %t", name, !places[name])
		}
		for other := range all {
			if other != name && path.Ext(other) == path.Ext(name) && provision.Wrote(other, data) {
				t.Errorf("%s is known as %s", name, other)
			}
		}
		for _, other := range []string{"payments/my.json", "payments/journey.json", "payments/.json", "my.yaml"} {
			if provision.Wrote(other, data) {
				t.Errorf("%s is known as %s", name, other)
			}
		}
	}
	pay := string(all["payments/journey.pay.json"])
	for what, data := range map[string]string{
		"not signed": strings.Replace(pay, "(slojourn:", "(", 1), "not JSON": pay[:len(pay)-4], "another uid": strings.Replace(pay, `"uid": "slojourn-`, `"uid": "`, 1),
	} {
		if provision.Wrote("payments/journey.pay.json", []byte(data)) {
			t.Errorf("what is %s is known", what)
		}
	}
	for name, data := range map[string]string{
		"payments/a.json": `{"title": "mine"}`, "payments/b.json": "# (slojourn:a)", "payments/a.txt": pay, "pay.json": pay, "payments/a.yaml": provision.Header, "a.yaml": "# mine\n",
	} {
		if provision.Marked(name, []byte(data)) {
			t.Errorf("%s has a mark: %s", name, data)
		}
	}
}
