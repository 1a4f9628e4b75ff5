package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/provision"
	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/slo"
)

func newGenerateGrafana(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grafana [paths…]",
		Short: "Write dashboards for Grafana",
		Long: `grafana reads the given files and folders (default: the current folder; "-" is
stdin) as one set and writes dashboards for Grafana 9.4 and later: an overview of
everything, a review, and one for each journey, step and SLO, in the folder of
the team that owns it. They read the metrics of serve from Prometheus.

With -d it writes a folder for each team with a file for each dashboard, and
slojourn.provider.yaml, which belongs into the folder provisioning/dashboards of
Grafana; --path says where Grafana finds the others. It leaves files alone that are
as they should be, and removes those it wrote before and does not write any more,
which it says on stderr. Files of others are never touched.

With --format configmap it writes ConfigMaps of Kubernetes for the sidecar of
Grafana instead: one document, or with -d a file for each into a folder of their own.

With --preview it writes a page of HTML for each dashboard, and index.html, which
show the dashboards with the data of the ledger in --data-dir, for whoever reviews
them without a Grafana, in the time zone of --time-zone. The ledger may be written by
another process meanwhile.

It opens no connection and reads no secret.`,
		Example: "  slojourn generate grafana -d dashboards specs\n" +
			"  slojourn generate grafana --format configmap --namespace monitoring specs | kubectl apply --server-side -f -\n" +
			"  slojourn generate grafana --preview pages --data-dir /var/lib/slojourn specs",
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	g := grafanaGeneration{env: env, trusted: trusted}
	flags := cmd.Flags()
	flags.StringVar(&g.format, "format", "files", "format of what is written: files or configmap")
	flags.StringVarP(&g.dir, "directory", "d", "", "folder that files are written into")
	flags.StringVar(&g.path, "path", "/var/lib/grafana/dashboards/slojourn", "folder of the files as Grafana sees it")
	locale := flags.String("locale", string(slo.English), "language of the dashboards: en or ja")
	flags.StringVar(&g.options.Datasource, "datasource", "", "uid of the data source that is chosen at first (default that of Grafana)")
	g.manifests.add(cmd, "a sidecar")
	g.pages.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		g.options.Locale = slo.Locale(*locale)
		manifest, err := g.check(cmd)
		if err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return g.run(cmd.Context(), args, manifest) })
	}
	return cmd
}

// grafanaGeneration is one run of generate grafana.
type grafanaGeneration struct {
	env     environment
	trusted *trust

	format, dir, path string
	options           grafana.Options
	manifests         manifestFlags
	pages             previewFlags
}

var (
	datasourceUID = regexp.MustCompile(`^[-_A-Za-z0-9]{1,40}$`)
	fromTheRoot   = regexp.MustCompile(`^(/|[A-Za-z]:[/\\])[^\pC]*$`)
)

// check looks at what the flags say. There is metadata when ConfigMaps are written.
func (g *grafanaGeneration) check(cmd *cobra.Command) (*kubernetes.Metadata, error) {
	given := cmd.Flags().Changed
	if _, _, err := g.pages.check(); err != nil {
		return nil, err
	}
	if err := checkWord("--format", g.format, "files", "configmap"); err != nil {
		return nil, err
	}
	if err := checkWord("--locale", string(g.options.Locale), string(slo.English), string(slo.Japanese)); err != nil {
		return nil, err
	}
	if given("datasource") && !datasourceUID.MatchString(g.options.Datasource) {
		return nil, usage("--datasource %q: give the uid of a data source as its address in Grafana has it: at most 40 letters, digits, hyphens and underscores", g.options.Datasource)
	}
	if g.format == "configmap" {
		if given("path") {
			return nil, usage("--path is for files: with --format configmap the sidecar knows where they are")
		}
		metadata, err := g.manifests.metadata()
		return &metadata, err
	}
	if !fromTheRoot.MatchString(g.path) {
		return nil, usage("--path %q: give the whole path of the folder, as Grafana sees it", g.path)
	}
	if g.dir == "" && g.pages.dir == "" {
		return nil, usage("dashboards are a file each: name the folder for them with -d, or write one document with --format configmap")
	}
	return nil, g.manifests.none("configmap")
}

func (g *grafanaGeneration) run(ctx context.Context, paths []string, manifest *kubernetes.Metadata) error {
	result, err := measurable(g.env, g.trusted, paths)
	if err != nil {
		return err
	}
	if g.pages.dir != "" {
		if err := g.preview(ctx, result.Set); err != nil {
			return err
		}
	}
	switch {
	case g.dir != "":
		return g.writeFolder(result.Set, manifest)
	case manifest == nil:
		return nil // pages alone
	}
	out := bufio.NewWriter(g.env.stdout)
	if err := g.print(out, result.Set, *manifest); err != nil {
		return failed(err)
	}
	if err := out.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

// print writes a stream of ConfigMaps. What is too large for one is left out, and a failure.
func (g *grafanaGeneration) print(w io.Writer, set *slo.Set, manifest kubernetes.Metadata) error {
	if _, err := io.WriteString(w, provision.Header); err != nil {
		return err
	}
	var failures []error
	for file := range grafana.Generate(set, g.options) {
		text, err := provision.ConfigMap(&file, manifest)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if _, err := w.Write(append([]byte("---\n"), text...)); err != nil {
			return err
		}
	}
	return errors.Join(failures...)
}

// writeFolder writes each dashboard into the folder.
func (g *grafanaGeneration) writeFolder(set *slo.Set, manifest *kubernetes.Metadata) error {
	outputs, err := openOutputs(g.dir, ownership{
		endings: []string{".json", ".yaml"},
		marked:  provision.Marked,
		belongs: func(name string) bool { return provision.IsFile(name) == (manifest == nil) },
		wrote:   provision.Wrote,

		unfinished: ".slojourn-unfinished",
	})
	if err != nil {
		return failed(err)
	}
	if manifest == nil {
		g.putFiles(outputs, set)
	} else {
		g.putManifests(outputs, set, *manifest)
	}
	err = outputs.close()
	outputs.tell(func(line string) { complain(g.env.stderr, line) })
	if err != nil {
		return failed(err)
	}
	return nil
}

// putFiles writes files, and the providers when those are there. Which folders were
// written into before, the providers of then say.
func (g *grafanaGeneration) putFiles(outputs *outputs, set *slo.Set) {
	before, _ := os.ReadFile(filepath.Join(g.dir, provision.ProviderFile)) // what is no such file is somebody else's
	outputs.knew(provision.Folders(before)...)
	providers := provision.Providers{Path: g.path}
	for file := range grafana.Generate(set, g.options) {
		outputs.put(provision.Place(&file), file.Dashboard.JSON())
		providers.Add(file.Folder)
	}
	outputs.putLast(provision.ProviderFile, providers.Document())
}

func (g *grafanaGeneration) putManifests(outputs *outputs, set *slo.Set, manifest kubernetes.Metadata) {
	for file := range grafana.Generate(set, g.options) {
		text, err := provision.ConfigMap(&file, manifest)
		if err != nil {
			outputs.fail(err)
			continue
		}
		outputs.put(provision.ConfigMapFile(&file), append([]byte(provision.Header), text...))
	}
}
