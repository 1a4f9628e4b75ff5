package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
)

// localeFlag gives a command the language of what it prints for people, and env that language once
// the command runs. Without the flag, text is in the language of the environment, and
// what programs read is in English.
func localeFlag(cmd *cobra.Command, env *environment) {
	locale := cmd.Flags().String("locale", "", "language: en or ja (default: that of LC_ALL, LC_MESSAGES or LANG, en for programs)")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("locale") {
			env.locale = slo.Locale(*locale)
			return checkWord("--locale", *locale, string(slo.English), string(slo.Japanese))
		}
		if format := cmd.Flags().Lookup("output"); format != nil && slices.Contains([]string{"json", "sarif", "github", "azure"}, format.Value.String()) {
			env.locale = slo.English
		}
		return nil
	}
}

// language says what the environment's locale says.
func (env environment) language() diag.Language {
	if env.locale == slo.Japanese {
		return japanese.Language()
	}
	return nil
}
