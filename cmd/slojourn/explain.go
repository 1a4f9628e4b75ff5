package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/docs"
	"github.com/slojourn/slojourn/slo/diag"
)

func newExplain(env environment) *cobra.Command {
	codes := diagnosticCodes()
	return &cobra.Command{
		Use:   "explain CODE…",
		Short: "Explain the codes of findings",
		Long: `explain prints what the code of a finding means, why it matters, a wrong and a
right example, and how to choose. The text is Markdown.`,
		Example:   "  slojourn explain SLO007",
		ValidArgs: codes,
		RunE: func(_ *cobra.Command, args []string) error {
			pages, err := explained(args, codes)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprint(env.stdout, strings.Join(pages, "\n")); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}

func diagnosticCodes() []string {
	var codes []string
	for _, page := range docs.Diagnostics() {
		codes = append(codes, page.Code)
	}
	return codes
}

// explained returns the pages of all words, or what is wrong with every word
// that is no code.
func explained(words, codes []string) ([]string, error) {
	if len(words) == 0 {
		return nil, usage("a code is missing: write one such as %s", codes[0])
	}
	var pages []string
	var unknown []error
	for _, word := range words {
		page, known := docs.Diagnostic(strings.ToUpper(word))
		if known {
			pages = append(pages, page.Text)
			continue
		}
		hint := fmt.Sprintf("the codes are %s to %s", codes[0], codes[len(codes)-1])
		if near, ok := diag.Nearest(word, codes); ok {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		unknown = append(unknown, fmt.Errorf("%q is no code of a finding: %s", word, hint))
	}
	if len(unknown) > 0 {
		return nil, &exitError{exitUsage, errors.Join(unknown...)}
	}
	return pages, nil
}
