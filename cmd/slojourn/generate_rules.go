package main

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/prometheus/rules"
	"github.com/slojourn/slojourn/slo"
)

func newGenerateRules(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prometheus-rules [paths…]",
		Short: "Write alerting and recording rules for Prometheus",
		Long: `prometheus-rules reads the given files and folders (default: the current folder;
"-" is stdin) as one set and writes rules for Prometheus, Mimir, Thanos or
VictoriaMetrics: one alert for each that the alert policies can raise, with the
labels that notifications have, so that Alertmanager takes both for one, and
alerts about slojourn itself.

With --evaluate metrics (the default) a rule passes on what the engine has
judged. With --evaluate events Prometheus judges by the counters of events.

It prints one document. With -d it writes NAME.rules.yaml and NAME.test.yaml, for
promtool test rules, for each journey and SLO and for the fleet, leaves files
alone that are as they should be, and removes those it wrote before and does not
write any more, which it says on stderr. Files of others are never touched. With --format operator it
writes PrometheusRule manifests of Kubernetes instead, into a folder of their own.

It opens no connection and reads no secret.`,
		Example: "  slojourn generate prometheus-rules specs > slojourn.rules.yaml\n" +
			"  slojourn generate prometheus-rules -d rules specs && promtool test rules rules/*.test.yaml",
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	g := rulesGeneration{env: env, trusted: trusted}
	flags := cmd.Flags()
	flags.StringVar(&g.evaluate, "evaluate", string(rules.Metrics), "who judges: metrics (the engine) or events (Prometheus)")
	flags.StringVar(&g.format, "format", "plain", "format of what is written: plain or operator")
	flags.StringVarP(&g.dir, "directory", "d", "", "folder that files are written into, in place of stdout")
	flags.StringVar(&g.job, "job", "slojourn", "name of the job that Prometheus scrapes slojourn under")
	flags.BoolVar(&g.noHold, "no-hold", false, "leave out keep_firing_for, for Prometheus before 2.42 and vmalert before 1.87")
	g.manifests.add(cmd, "an operator")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return interruptible(cmd.Context(), func() error { return g.run(args) })
	}
	return cmd
}

// rulesGeneration is one run of generate prometheus-rules.
type rulesGeneration struct {
	env     environment
	trusted *trust

	evaluate, format, dir, job string
	noHold                     bool
	manifests                  manifestFlags
}

func (g *rulesGeneration) run(paths []string) error {
	manifest, err := g.check()
	if err != nil {
		return err
	}
	result, err := measurable(g.env, g.trusted, paths)
	if err != nil {
		return err
	}
	options := rules.Options{Evaluate: rules.Evaluate(g.evaluate), Job: g.job, NoHold: g.noHold}
	if g.dir != "" {
		return g.writeFolder(result.Set, options, manifest)
	}
	out := bufio.NewWriter(g.env.stdout)
	if err := g.print(out, result.Set, options, manifest); err != nil {
		return failed(err)
	}
	if err := out.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

// check looks at what the flags say. There is metadata when manifests are written.
func (g *rulesGeneration) check() (*kubernetes.Metadata, error) {
	if err := checkWord("--evaluate", g.evaluate, string(rules.Metrics), string(rules.Events)); err != nil {
		return nil, err
	}
	if err := checkWord("--format", g.format, "plain", "operator"); err != nil {
		return nil, err
	}
	if g.job == "" || !utf8.ValidString(g.job) {
		return nil, usage("--job %q: give the name of the job, as Prometheus has it in its label job", g.job)
	}
	if g.format != "operator" {
		return nil, g.manifests.none("operator")
	}
	metadata, err := g.manifests.metadata()
	return &metadata, err
}

func checkWord(flag, word string, allowed ...string) error {
	for _, a := range allowed {
		if a == word {
			return nil
		}
	}
	return usage("%s %q is not known; use %s", flag, word, join(allowed))
}

// print writes all files as one: a file of rules, or a stream of manifests.
func (g *rulesGeneration) print(w io.Writer, set *slo.Set, options rules.Options, manifest *kubernetes.Metadata) error {
	begin := rules.Header + "groups:\n"
	if manifest != nil {
		begin = rules.Header
	}
	if _, err := io.WriteString(w, begin); err != nil {
		return err
	}
	for file := range rules.Generate(set, options) {
		text := file.Groups()
		if manifest != nil {
			text = append([]byte("---\n"), file.Manifest(*manifest)...)
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder writes each file into the folder.
func (g *rulesGeneration) writeFolder(set *slo.Set, options rules.Options, manifest *kubernetes.Metadata) error {
	outputs, err := openOutputs(g.dir, ownership{
		endings: []string{".yaml"},
		marked:  func(_ string, begin []byte) bool { return bytes.HasPrefix(begin, []byte(rules.Header)) },
		belongs: func(name string) bool { return rules.IsManifest(name) == (manifest != nil) },
		wrote:   rules.Wrote,
	})
	if err != nil {
		return failed(err)
	}
	for file := range rules.Generate(set, options) {
		if manifest != nil {
			outputs.put(rules.ManifestFile(file.Name), append([]byte(rules.Header), file.Manifest(*manifest)...))
			continue
		}
		outputs.put(rules.RulesFile(file.Name), file.Rules())
		if tests := file.Tests(); tests != nil {
			outputs.put(rules.TestFile(file.Name), tests)
		}
	}
	err = outputs.close()
	outputs.tell(func(line string) { complain(g.env.stderr, line) })
	if err != nil {
		return failed(err)
	}
	return nil
}
