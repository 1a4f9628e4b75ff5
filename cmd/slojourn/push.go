package main

import "github.com/spf13/cobra"

func newPush(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "push",
		Short: "Bring dashboards into a Grafana that runs",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("push has no command %q; use grafana", args[0])
			}
			return usage("push needs to know where to: grafana")
		},
	}
	cmd.AddCommand(newPushGrafana(env))
	return cmd
}
