package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newLedgerCheck(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "check --data-dir DIR",
		Short: "Read the whole ledger and hold it against its checksums",
		Long: `check reads everything that the ledger keeps, and says what is not as it was
written, where. Nothing is changed, and another process may write meanwhile.

Exit code 1 means that something is damaged, 3 that the ledger cannot be read.`,
		Example: "  slojourn ledger check --data-dir /var/lib/slojourn",
	}
	format := formatFlag(cmd, formats...)
	dir := dataDirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if err := checkLedgerArgs(cmd, *dir, args, false); err != nil {
			return err
		}
		report, err := ledger.Check(cmd.Context(), *dir)
		if err != nil {
			return ledgerFailed(cmd.Context(), *dir, err)
		}
		if *format == "json" {
			err = printIndented(env.stdout, checkDocument(report))
		} else {
			err = printCheck(env, report)
		}
		if err == nil && len(report.Findings) > 0 {
			err = &exitError{code: exitFindings}
		}
		return err
	}
	return cmd
}

func printCheck(env environment, report ledger.Report) error {
	var text strings.Builder
	for _, f := range report.Findings {
		fmt.Fprintf(&text, "%s: %s\n", render.Plain(f.Place), render.Plain(f.Message))
	}
	fmt.Fprintf(&text, "%s: %s", counted(int64(len(report.Findings)), "finding"), checked(report))
	return printLine(env.stdout, "%s", text.String())
}

// checked says what was read.
func checked(report ledger.Report) string {
	if report.Format == 0 {
		return "nothing else could be read"
	}
	return fmt.Sprintf("%s of %s in %s, %s, %s; commit %d, of %s",
		counted(report.Minutes, "minute"), counted(int64(report.Indicators), "indicator"), counted(int64(report.Chunks), "chunk"),
		counted(report.Corrections, "correction"), counted(report.Entries, "entry"), report.Commits, report.At.Format(time.RFC3339))
}

type checkJSON struct {
	Schema      string        `json:"schema"`
	Format      int64         `json:"format"`
	Commits     int64         `json:"commits"`
	At          time.Time     `json:"at"`
	Indicators  int           `json:"indicators"`
	Chunks      int           `json:"chunks"`
	Minutes     int64         `json:"minutes"`
	Corrections int64         `json:"corrections"`
	Entries     int64         `json:"entries"`
	Findings    []findingJSON `json:"findings"`
}

type findingJSON struct {
	Place   string `json:"place"`
	Message string `json:"message"`
}

func checkDocument(r ledger.Report) checkJSON {
	document := checkJSON{
		Schema: "slojourn.ledger-check/v1", Format: r.Format, Commits: r.Commits, At: r.At, Indicators: r.Indicators,
		Chunks: r.Chunks, Minutes: r.Minutes, Corrections: r.Corrections, Entries: r.Entries, Findings: []findingJSON{},
	}
	for _, f := range r.Findings {
		document.Findings = append(document.Findings, findingJSON{render.Plain(f.Place), render.Plain(f.Message)})
	}
	return document
}
