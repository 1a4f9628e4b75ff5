package main

import "github.com/spf13/cobra"

func newGenerate(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write rules and history for Prometheus, dashboards for Grafana, and code owners for GitHub",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var names []string
			for _, one := range cmd.Commands() {
				names = append(names, one.Name())
			}
			if len(args) > 0 {
				return usage("generate has no command %q; use %s", args[0], join(names))
			}
			return usage("generate needs to know what to do: %s", join(names))
		},
	}
	cmd.AddCommand(newGenerateCodeowners(env), newGenerateRules(env), newGenerateGrafana(env), newGenerateHistory(env))
	return cmd
}
