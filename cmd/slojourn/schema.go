package main

import (
	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/slo/spec"
)

func newSchema(env environment) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of specs, for editors",
		Long: `schema prints the JSON Schema (2020-12) of the spec language. Editors use it to
complete keys, to explain them, and to underline what does not fit while one
types. It knows the shape of a document; validate knows what it means as well.`,
		Example: "  slojourn schema > slojourn.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := spec.Schema()
			if err == nil {
				_, err = env.stdout.Write(schema)
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
}
