package main

import "github.com/spf13/cobra"

func newGenerate(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write rules for Prometheus",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("generate has no command %q; use prometheus-rules", args[0])
			}
			return usage("generate needs to know what to do: prometheus-rules")
		},
	}
	cmd.AddCommand(newGenerateRules(env))
	return cmd
}
