package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// What the manifests of examples/deploy may hold: a key that is not here is one that
// nobody has looked at.
type (
	manifest struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct {
			Name   string
			Labels map[string]string
		}
		Data map[string]string
		Spec manifestSpec
	}
	manifestSpec struct {
		Replicas    int
		ServiceName string `yaml:"serviceName"`
		Selector    yaml.Node
		Ports       []struct {
			Name       string
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
		Template struct {
			Metadata struct{ Labels, Annotations map[string]string }
			Spec     podSpec
		}
		VolumeClaimTemplates []struct {
			Metadata struct{ Name string }
			Spec     struct {
				AccessModes []string `yaml:"accessModes"`
				Resources   struct{ Requests map[string]string }
			}
		} `yaml:"volumeClaimTemplates"`
	}
	podSpec struct {
		AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
		TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
		SecurityContext               struct {
			RunAsNonRoot        bool              `yaml:"runAsNonRoot"`
			RunAsUser           int               `yaml:"runAsUser"`
			RunAsGroup          int               `yaml:"runAsGroup"`
			FSGroup             int               `yaml:"fsGroup"`
			FSGroupChangePolicy string            `yaml:"fsGroupChangePolicy"`
			SeccompProfile      map[string]string `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		Containers []container
		Volumes    []struct {
			Name      string
			ConfigMap struct{ Name string } `yaml:"configMap"`
			Secret    struct {
				SecretName  string `yaml:"secretName"`
				DefaultMode int    `yaml:"defaultMode"`
			}
			EmptyDir *struct {
				SizeLimit string `yaml:"sizeLimit"`
			} `yaml:"emptyDir"`
		}
	}
	container struct {
		Name, Image string
		Args        []string
		Ports       []struct {
			Name          string
			ContainerPort int `yaml:"containerPort"`
		}
		LivenessProbe   probe `yaml:"livenessProbe"`
		ReadinessProbe  probe `yaml:"readinessProbe"`
		Resources       struct{ Requests, Limits map[string]string }
		SecurityContext struct {
			AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities             struct{ Drop []string }
		} `yaml:"securityContext"`
		VolumeMounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}
	probe struct {
		HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
		Initial int                         `yaml:"initialDelaySeconds"`
		Period  int                         `yaml:"periodSeconds"`
		Timeout int                         `yaml:"timeoutSeconds"`
	}
)

const deploy = "../../examples/deploy"

func manifests(t *testing.T) map[string]manifest {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(readFile(t, filepath.Join(deploy, "kubernetes", "slojourn.yaml"))))
	decoder.KnownFields(true)
	all := map[string]manifest{}
	for {
		var m manifest
		if err := decoder.Decode(&m); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if all[m.Kind+" "+m.Metadata.Name].Kind != "" {
			t.Fatalf("%s %s is there twice", m.Kind, m.Metadata.Name)
		}
		all[m.Kind+" "+m.Metadata.Name] = m
	}
}

// served parses the arguments of a command line, which have to be those of serve.
func served(t *testing.T, args []string) (o serveOptions, paths []string) {
	t.Helper()
	if len(args) == 0 || args[0] != "serve" {
		t.Fatalf("%q does not serve", args)
	}
	cmd := newServe(environment{})
	if err := cmd.ParseFlags(args[1:]); err != nil {
		t.Fatal(err)
	}
	o.dir, _ = cmd.Flags().GetString("data-dir")
	o.listen, _ = cmd.Flags().GetStringArray("listen")
	o.trust.config, _ = cmd.Flags().GetString("config")
	o.trust.secretsDir, _ = cmd.Flags().GetString("secrets-dir")
	return o, cmd.Flags().Args()
}

// TestDeployOnKubernetes follows the manifests from end to end.
func TestDeployOnKubernetes(t *testing.T) {
	t.Parallel()
	all := manifests(t)
	set := all["StatefulSet slojourn"]
	pod := set.Spec.Template.Spec
	if len(all) != 4 || set.APIVersion != "apps/v1" || set.Spec.Replicas != 1 || len(pod.Containers) != 1 || len(set.Spec.VolumeClaimTemplates) != 1 {
		t.Fatalf("%+v", all)
	}
	c := pod.Containers[0]
	o, paths := served(t, c.Args)
	security, own := pod.SecurityContext, c.SecurityContext
	if !security.RunAsNonRoot || security.RunAsUser == 0 || security.FSGroup == 0 || security.SeccompProfile["type"] != "RuntimeDefault" ||
		pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || own.AllowPrivilegeEscalation == nil || *own.AllowPrivilegeEscalation ||
		!own.ReadOnlyRootFilesystem || !slices.Equal(own.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("it may do more than it needs: %+v, %+v", security, own)
	}
	port := all["Service slojourn"].Spec.Ports[0]
	if len(o.listen) != 1 || !strings.HasSuffix(o.listen[0], ":8080") || c.Ports[0].ContainerPort != 8080 || port.Port != 8080 ||
		port.TargetPort != c.Ports[0].Name || c.LivenessProbe.HTTPGet.Port != c.Ports[0].Name || c.ReadinessProbe.HTTPGet.Port != c.Ports[0].Name ||
		set.Spec.Template.Metadata.Annotations["prometheus.io/port"] != "8080" {
		t.Errorf("ports differ: %q, %+v, %+v", o.listen, c.Ports, port)
	}
	volumes := map[string]string{set.Spec.VolumeClaimTemplates[0].Metadata.Name: "claim"}
	for _, v := range pod.Volumes {
		switch {
		case v.ConfigMap.Name != "":
			volumes[v.Name] = "ConfigMap " + v.ConfigMap.Name
		case v.Secret.SecretName != "":
			volumes[v.Name] = "Secret " + v.Secret.SecretName
		case v.EmptyDir != nil:
			volumes[v.Name] = "empty"
		}
	}
	mounted := map[string]string{}
	for _, m := range c.VolumeMounts {
		if mounted[m.MountPath] = volumes[m.Name]; m.ReadOnly == (volumes[m.Name] == "claim" || volumes[m.Name] == "empty") {
			t.Errorf("%s may be written, or may not: %+v", m.MountPath, m)
		}
	}
	if mounted[o.dir] != "claim" || mounted[o.trust.secretsDir] != "Secret slojourn" || len(paths) != 1 || len(mounted) != 5 {
		t.Errorf("%+v serves %q, and mounted is %v", o, paths, mounted)
	}

	// The folders as they are mounted.
	root := t.TempDir()
	files := newSpecFiles(environment{getenv: func(string) string { return "" }, now: time.Now},
		&trust{config: filepath.Join(root, "operator"), secretsDir: root}, []string{filepath.Join(root, "specs")}, shard{})
	for folder, from := range map[string]string{files.trust.config: mounted[o.trust.config], files.paths[0]: mounted[paths[0]]} {
		for name, text := range all[from].Data {
			put(t, folder, name, text)
		}
	}
	put(t, root, "newrelic-key", "NRAK-K")
	found, err := files.load()
	if err != nil || len(visible(found.result.Findings)) > 0 {
		t.Fatalf("%v: %+v", err, found.result)
	}
	readme := readFile(t, filepath.Join(deploy, "README.md"))
	if key := found.result.Set.Sources[0].NewRelic.APIKey.File; !strings.Contains(readme, "kubectl create secret generic slojourn --from-file="+key+"\n") {
		t.Errorf("the page does not make the Secret with %s", key)
	}

	s := serveFiles(t, "--data-dir", t.TempDir(), fileSpecs(t, "pay"))
	s.ready()
	for _, path := range []string{c.LivenessProbe.HTTPGet.Path, c.ReadinessProbe.HTTPGet.Path, set.Spec.Template.Metadata.Annotations["prometheus.io/path"]} {
		if code, _ := s.ask("GET", path); code != 200 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// TestDeployOnSystemd reads the unit: its lines, its command, and what it forbids.
func TestDeployOnSystemd(t *testing.T) {
	t.Parallel()
	unit := readFile(t, filepath.Join(deploy, "systemd", "slojourn.service"))
	line := regexp.MustCompile(`^(\[(Unit|Service|Install)\]|#.*|[A-Z][A-Za-z]+=.*|)$`)
	values := map[string]string{}
	for text := range strings.Lines(unit) {
		text = strings.TrimSuffix(text, "\n")
		if !line.MatchString(text) {
			t.Errorf("no line of a unit: %q", text)
		}
		name, value, _ := strings.Cut(text, "=")
		values[name] += value
	}
	words := strings.Fields(values["ExecStart"])
	o, paths := served(t, words[1:])
	if o.dir != "/var/lib/"+values["StateDirectory"] || o.trust.secretsDir != "${CREDENTIALS_DIRECTORY}" || len(paths) != 1 ||
		!strings.HasPrefix(values["LoadCredential"], "newrelic-key:") {
		t.Errorf("%+v, %q", o, paths)
	}
	for name, want := range map[string]string{
		"Type": "exec", "DynamicUser": "yes", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "CapabilityBoundingSet": "",
		"Restart": "on-failure", "ExecReload": "/bin/kill -HUP $MAINPID",
	} {
		if got, there := values[name]; !there || got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestDeployPage names every file, and the image is the one that is built.
func TestDeployPage(t *testing.T) {
	t.Parallel()
	readme := readFile(t, filepath.Join(deploy, "README.md"))
	err := filepath.WalkDir(deploy, func(path string, entry os.DirEntry, err error) error {
		name, _ := filepath.Rel(deploy, path)
		if err == nil && !entry.IsDir() && name != "README.md" && !strings.Contains(readme, "("+name+")") {
			t.Errorf("the page does not name %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	image := manifests(t)["StatefulSet slojourn"].Spec.Template.Spec.Containers[0].Image
	file := readFile(t, filepath.Join(deploy, "Containerfile"))
	for _, part := range []string{"podman build -t " + image + " -f examples/deploy/Containerfile .", "CGO_ENABLED=0 go build"} {
		if !strings.Contains(file, part) || strings.HasPrefix(part, "podman") && !strings.Contains(readme, part) {
			t.Errorf("no %q", part)
		}
	}
	if !strings.Contains(file, "\nFROM scratch\n") || !strings.Contains(file, "\nUSER 65532:65532\n") {
		t.Error("it is built on more than nothing, or runs as root")
	}
}
