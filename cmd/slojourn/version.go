package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(env environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			version, revision := build()
			if _, err := fmt.Fprintf(env.stdout, "slojourn %s, commit %s, %s %s/%s\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}

// build returns the version and the commit this program was built from.
func build() (version, revision string) {
	version, revision = "(devel)", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, revision
	}
	if info.Main.Version != "" {
		version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return version, revision
}
