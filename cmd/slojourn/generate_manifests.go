package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/kubernetes"
)

// manifestFlags are the flags about objects of Kubernetes.
type manifestFlags struct {
	namespace string
	labels    []string
}

// add adds the flags. by is who selects objects by labels.
func (m *manifestFlags) add(cmd *cobra.Command, by string) {
	flags := cmd.Flags()
	flags.StringVar(&m.namespace, "namespace", "", "namespace of manifests")
	flags.StringArrayVar(&m.labels, "label", nil, "label KEY=VALUE of manifests, by which "+by+" selects them")
}

// none refuses the flags where files of another format are written.
func (m *manifestFlags) none(format string) error {
	if m.namespace != "" || len(m.labels) > 0 {
		return usage("--namespace and --label are for manifests: add --format %s", format)
	}
	return nil
}

func (m *manifestFlags) metadata() (kubernetes.Metadata, error) {
	labels, err := labelsOf(m.labels, nil)
	about := kubernetes.Metadata{Namespace: m.namespace, Labels: labels}
	if err != nil {
		return about, err
	}
	if err := about.Check(); err != nil {
		return about, usage("%v", err)
	}
	return about, nil
}

// labelsOf reads values of --label, each KEY=VALUE and each key once. check, unless it is nil, says
// what is wrong with one of them.
func labelsOf(list []string, check func(key, value string) error) (map[string]string, error) {
	labels := map[string]string{}
	for _, label := range list {
		key, value, found := strings.Cut(label, "=")
		if !found {
			return nil, usage("--label %s: write KEY=VALUE", label)
		}
		if before, twice := labels[key]; twice {
			return nil, usage("--label %s=%s: %s has the value %q already; give each label once", key, value, key, before)
		}
		if check != nil {
			if err := check(key, value); err != nil {
				return nil, usage("--label %s: %w", label, err)
			}
		}
		labels[key] = value
	}
	return labels, nil
}
