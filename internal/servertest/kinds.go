//go:build servers

package servertest

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// StartPrometheus starts a Prometheus, with a configuration of Prometheus.
func StartPrometheus(t *testing.T, options Options) *Server {
	t.Helper()
	if options.Config == "" {
		options.Config = "scrape_configs: []\n"
	}
	return run(t, "prometheus", options, "/-/ready", func(address, config, dir string) []string {
		return []string{"--config.file=" + config, "--storage.tsdb.path=" + dir, "--web.listen-address=" + address, "--log.level=warn"}
	})
}

// StartAlertmanager starts an Alertmanager, with a configuration of Alertmanager. It is
// alone, unless the arguments say --cluster.listen-address.
func StartAlertmanager(t *testing.T, options Options) *Server {
	t.Helper()
	if options.Config == "" {
		options.Config = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
	}
	later := options.Later
	options.Later = true
	s := run(t, "prometheus-alertmanager", options, "/-/ready", func(address, config, dir string) []string {
		args := []string{"--config.file=" + config, "--storage.path=" + dir, "--web.listen-address=" + address, "--log.level=warn"}
		if !slices.ContainsFunc(options.Args, func(arg string) bool { return strings.HasPrefix(arg, "--cluster.listen-address=") }) {
			args = append(args, "--cluster.listen-address=")
		}
		return args
	})
	s.dir = filepath.Dir(s.path) // from where .ci/servers lets it find its templates
	if !later {
		s.Start()
	}
	return s
}

// StartVictoriaMetrics starts a VictoriaMetrics on one machine. A configuration is one of
// what it scrapes, as Prometheus spells it. Queries see what was written at once.
func StartVictoriaMetrics(t *testing.T, options Options) *Server {
	t.Helper()
	return run(t, "victoria-metrics", options, "/health", func(address, config, dir string) []string {
		args := []string{"-storageDataPath=" + dir, "-httpListenAddr=" + address, "-search.latencyOffset=0s", "-search.disableCache", "-retentionPeriod=10y", "-loggerLevel=WARN"}
		if config != "" {
			args = append(args, "-promscrape.config="+config)
		}
		return args
	})
}

// StartVMAlert starts the vmalert of VictoriaMetrics, with a file of rules as its
// configuration. The arguments say which data and which Alertmanagers it works with.
func StartVMAlert(t *testing.T, options Options) *Server {
	t.Helper()
	return run(t, "vmalert", options, "/health", func(address, config, _ string) []string {
		args := []string{"-httpListenAddr=" + address, "-loggerLevel=WARN"}
		if config != "" {
			args = append(args, "-rule="+config)
		}
		return args
	})
}

// Promtool runs promtool, and returns what it says, which has to be that all is well.
func Promtool(t *testing.T, args ...string) string {
	t.Helper()
	said, err := exec.Command(Find(t, "promtool"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("promtool %q: %v\n%s", args, err, said)
	}
	return string(said)
}
