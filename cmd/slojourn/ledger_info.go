package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
)

func newLedgerInfo(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "info --data-dir DIR",
		Short: "Print what the ledger keeps, since when and in how many bytes",
		Long: `info prints the format of the ledger, its last commit, and what it keeps: the
last minutes one by one, older ones packed by the hour, sums of quarter-hours,
and hours of which a backfill knows only the sum. It reads everything, also
while another process writes.`,
		Example: "  slojourn ledger info --data-dir /var/lib/slojourn -o json",
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
		ctx := cmd.Context()
		r, err := openLedger(ctx, *dir)
		if err != nil {
			return err
		}
		defer r.Close() //nolint:errcheck // only read from
		info, err := r.Info(ctx)
		if err != nil {
			return ledgerFailed(ctx, *dir, err)
		}
		kept, err := r.Holdings(ctx)
		if err != nil {
			return ledgerFailed(ctx, *dir, err)
		}
		if *format == "json" {
			return printIndented(env.stdout, infoDocument(info, kept))
		}
		return printLine(env.stdout, "%s", infoTable(info, kept))
	}
	return cmd
}

// nounOf names what the rows of a kind are.
func nounOf(kind string) string {
	switch kind {
	case "minute":
		return "minutes"
	case "hour":
		return "packed minutes"
	case "coarse hour":
		return "coarse hours"
	default:
		return "quarter-hours"
	}
}

func infoTable(info ledger.Info, kept []ledger.Holding) string {
	var text strings.Builder
	fmt.Fprintf(&text, "format       %d\n", info.Format)
	fmt.Fprintf(&text, "commits      %d, the last of %s\n", info.Commits, info.At.Format(time.RFC3339))
	fmt.Fprintf(&text, "indicators   %d\n", info.Indicators)
	fmt.Fprintf(&text, "corrections  %d\n", info.Corrections)
	fmt.Fprintf(&text, "entries      %d\n", info.Entries)
	fmt.Fprintf(&text, "file         %d bytes", info.Bytes)
	if len(kept) > 0 {
		fmt.Fprintf(&text, "\n\n%-16s%-19s%-19s%8s%14s%14s%8s", "KEPT", "FROM", "TO", "CHUNKS", "ROWS", "BYTES", "EACH")
	}
	for _, h := range kept {
		fmt.Fprintf(&text, "\n%-16s%-19s%-19s%8d%14d%14d%8.2f", nounOf(h.Kind), h.Span.Start, h.Span.End,
			h.Chunks, h.Rows, h.Bytes, float64(h.Bytes)/float64(h.Rows))
	}
	return text.String()
}

type infoJSON struct {
	Schema      string    `json:"schema"`
	Format      int64     `json:"format"`
	Commits     int64     `json:"commits"`
	At          time.Time `json:"at"`
	Indicators  int       `json:"indicators"`
	Corrections int64     `json:"corrections"`
	Entries     int64     `json:"entries"`
	Bytes       int64     `json:"bytes"`
	// BytesPerMinute is that of an indicator's minute, packed or not.
	BytesPerMinute *float64   `json:"bytesPerMinute"`
	Kept           []keptJSON `json:"kept"`
}

type keptJSON struct {
	Kind   string    `json:"kind"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Chunks int       `json:"chunks"`
	Rows   int64     `json:"rows"`
	Bytes  int64     `json:"bytes"`
}

func infoDocument(info ledger.Info, kept []ledger.Holding) infoJSON {
	document := infoJSON{
		Schema: "slojourn.ledger-info/v1", Format: info.Format, Commits: info.Commits, At: info.At, Indicators: info.Indicators,
		Corrections: info.Corrections, Entries: info.Entries, Bytes: info.Bytes, Kept: []keptJSON{},
	}
	var rows, bytes int64
	for _, h := range kept {
		noun := nounOf(h.Kind)
		if strings.HasSuffix(noun, "minutes") {
			rows, bytes = rows+h.Rows, bytes+h.Bytes
		}
		document.Kept = append(document.Kept, keptJSON{noun, h.Span.Start.Time(), h.Span.End.Time(), h.Chunks, h.Rows, h.Bytes})
	}
	if rows > 0 {
		each := float64(bytes) / float64(rows)
		document.BytesPerMinute = &each
	}
	return document
}
