package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArguments refuses arguments. Cobra's own check would call them unknown
// commands.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	quoted := strings.Trim(fmt.Sprintf("%q", args), "[]")
	return usage("%s takes no arguments: remove %s, or see '%s --help' for its flags", cmd.Name(), quoted, cmd.CommandPath())
}
