package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func newLedgerExport(env environment) *cobra.Command {
	formats := []string{"ndjson", "openmetrics"}
	cmd := &cobra.Command{
		Use:   "export --data-dir DIR FILE",
		Short: "Write the ledger as lines of JSON, or as metrics for Prometheus",
		Long: `export writes what the ledger keeps, as of one commit, into a file that does not
exist yet ("-" is stdout): as lines of JSON when its name ends in .ndjson, which
import makes an equal ledger of, or as metrics of each SLO in the text format of
OpenMetrics when it ends in .om, which 'promtool tsdb create-blocks-from
openmetrics' reads. With .gz behind that it is compressed. Another process may
write the ledger meanwhile.

--indicator, --from and --to export a part, without the state of alerts and the
like. --id does so of metrics.

A ledger that is damaged is not exported (exit code 3), unless --skip-damaged
leaves out what is, says it, and ends with exit code 1. When only the log of
corrections is damaged, on which no number depends, that is always left out.`,
		Example: "  slojourn ledger export --data-dir /var/lib/slojourn slojourn.ndjson.gz\n" +
			"  slojourn ledger export --data-dir /var/lib/slojourn --from 2026-11-01T00:00:00Z november.om",
		Args: cobra.ArbitraryArgs,
	}
	dir := dataDirFlag(cmd)
	format := cmd.Flags().String("format", "", "format of the file: "+join(formats)+" (default: by its name; ndjson on stdout)")
	from := cmd.Flags().String("from", "", "first instant to export, in RFC 3339 (default: the first that is kept)")
	to := cmd.Flags().String("to", "", "end of what is exported, in RFC 3339 (default: the end of what is kept)")
	indicators := cmd.Flags().StringArray("indicator", nil, "export this indicator only (may be repeated)")
	ids := cmd.Flags().StringArray("id", nil, "export the metrics of this SLO only, with * for any characters (may be repeated)")
	skip := cmd.Flags().Bool("skip-damaged", false, "leave out what is damaged, and say it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLedgerArgs(cmd, *dir, args, true); err != nil {
			return err
		}
		openMetrics, err := isOpenMetrics(*format, args[0], formats)
		if err != nil {
			return err
		}
		options, err := exportOptions(*from, *to, *indicators)
		if err != nil {
			return err
		}
		options.SkipDamaged = *skip
		switch {
		case *ids != nil && !openMetrics:
			return usage("--id is for metrics: what lines of JSON are about is chosen with --indicator")
		case *ids != nil && *indicators != nil:
			return usage("--id and --indicator choose in two ways: leave one of them out")
		}
		ctx := cmd.Context()
		r, err := openLedger(ctx, *dir)
		if err != nil {
			return err
		}
		defer r.Close() //nolint:errcheck // only read from
		if err := known(ctx, r, *dir, options.Indicators); err != nil {
			return err
		}
		if err := knownSLOs(ctx, r, *dir, *ids); err != nil {
			return err
		}
		out, err := openNew(env, args[0])
		if err != nil {
			return copyFailed(cmd, err)
		}
		defer out.close()
		err = out.write(ctx, func(w io.Writer) error {
			if openMetrics {
				return r.ExportOpenMetrics(ctx, w, *ids, options)
			}
			return r.Export(ctx, w, options)
		})
		return exportFailed(cmd, err, *skip)
	}
	return cmd
}

// exportFailed is the end of an export. One that left something out says what.
func exportFailed(cmd *cobra.Command, err error, skipped bool) error {
	if left, ok := errors.AsType[*ledger.LeftOutError](err); ok {
		var lines []error
		for _, f := range left.Findings {
			lines = append(lines, fmt.Errorf("left out: %s: %s", f.Place, f.Message))
		}
		if left.More > 0 {
			lines = append(lines, fmt.Errorf("left out: %d more", left.More))
		}
		return &exitError{exitFindings, errors.Join(append(lines, errors.New("the ledger is damaged; everything else was exported"))...)}
	}
	if _, ok := errors.AsType[*ledger.DamageError](err); ok && !skipped {
		err = errors.Join(err, errors.New("nothing was exported; --skip-damaged leaves out what is damaged"))
	}
	if err != nil {
		return copyFailed(cmd, err)
	}
	return nil
}

// isOpenMetrics tells the two formats apart.
func isOpenMetrics(format, file string, formats []string) (bool, error) {
	name := strings.TrimSuffix(file, ".gz")
	switch {
	case format == formats[0], format == formats[1]:
		return format == formats[1], nil
	case format != "":
		return false, usage("the format %q is not known; use %s", format, join(formats))
	case file == "-", strings.HasSuffix(name, ".ndjson"):
		return false, nil
	case strings.HasSuffix(name, ".om"):
		return true, nil
	}
	return false, usage("%s does not end in .ndjson or .om: tell its format with --format %s", file, join(formats))
}

func exportOptions(from, to string, indicators []string) (ledger.ExportOptions, error) {
	var options ledger.ExportOptions
	for _, id := range indicators {
		options.Indicators = append(options.Indicators, slo.IndicatorID(id))
	}
	if from == "" && to == "" {
		return options, nil
	}
	span := slo.Span{End: 1 << 62}
	for _, limit := range []struct {
		flag, text string
		minute     *slo.Minute
	}{{"--from", from, &span.Start}, {"--to", to, &span.End}} {
		if limit.text == "" {
			continue
		}
		at, err := instantOf(limit.flag, limit.text, time.Time{})
		if err != nil {
			return options, err
		}
		if *limit.minute = slo.MinuteAt(at); !limit.minute.Time().Equal(at) {
			return options, usage("%s %s is no whole minute, and minutes are what the ledger keeps", limit.flag, limit.text)
		}
	}
	if span.Len() == 0 {
		return options, usage("--from %s is not before --to %s", from, to)
	}
	options.Span = &span
	return options, nil
}

// known wants indicators that the ledger has.
func known(ctx context.Context, r *ledger.Reader, dir string, indicators []slo.IndicatorID) error {
	if indicators == nil {
		return nil
	}
	ids, err := r.Indicators(ctx)
	if err != nil {
		return ledgerFailed(ctx, dir, err)
	}
	var names []string
	has := map[slo.IndicatorID]bool{}
	for _, id := range ids {
		names, has[id] = append(names, string(id)), true
	}
	for _, id := range indicators {
		if has[id] {
			continue
		}
		if near, found := diag.Nearest(string(id), names); found {
			return usage("--indicator: the ledger has no indicator %q; did you mean %s?", id, near)
		}
		return usage("--indicator: the ledger has no indicator %q; an export without it lists them at its top", id)
	}
	return nil
}

// knownSLOs wants patterns of SLOs that the ledger has.
func knownSLOs(ctx context.Context, r *ledger.Reader, dir string, patterns []string) error {
	if patterns == nil {
		return nil
	}
	kept, err := r.State(ctx)
	if err != nil {
		return ledgerFailed(ctx, dir, err)
	}
	lineages, err := lineage.All(kept)
	if err != nil {
		return failed(err)
	}
	names := slices.Sorted(maps.Keys(lineages))
	for _, pattern := range patterns {
		if slices.ContainsFunc(names, func(id string) bool { return slo.MatchID(pattern, id) }) {
			continue
		}
		if near, found := diag.Nearest(pattern, names); found {
			return usage("--id: the ledger has no SLO %q; did you mean %s?", pattern, near)
		}
		return usage("--id: the ledger has no SLO %q", pattern)
	}
	return nil
}

// newFile is a file that gets its name when it is whole, or stdout.
type newFile struct {
	env  environment
	name string
	file *os.File // under another name; nil for stdout
}

// openNew makes a file that does not exist yet, so that it is known that it can be written
// before what is in it is worked out.
func openNew(env environment, name string) (*newFile, error) {
	if name == "-" {
		return &newFile{env: env, name: name}, nil
	}
	if err := isNew(name); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".slojourn-export-*")
	if err != nil {
		if refused, ok := errors.AsType[*ledger.DiskError](ledger.OnDisk(name, err)); ok {
			return nil, refused
		}
		return nil, fmt.Errorf("%s: %w", name, cause(err))
	}
	return &newFile{env, name, file}, nil
}

// write writes the file, once. What an export left out is returned when the rest is written.
func (f *newFile) write(ctx context.Context, export func(io.Writer) error) error {
	if f.file == nil { // whoever reads it may have stopped to do so
		return interruptible(ctx, func() error { return export(f.env.stdout) })
	}
	var left error
	err := compressed(f.name, f.file, func(w io.Writer) error {
		err := export(w)
		if _, ok := errors.AsType[*ledger.LeftOutError](err); ok {
			left, err = err, nil
		}
		return err
	})
	if err := errors.Join(err, f.file.Close()); err != nil {
		return ledger.OnDisk(f.name, err)
	}
	err = ledger.NameFile(f.file.Name(), f.name)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return fmt.Errorf("%s exists: name another file, or remove it first", f.name)
	}
	if err != nil {
		return err
	}
	return left
}

// close removes the file, unless it was written.
func (f *newFile) close() {
	if f.file != nil {
		_ = f.file.Close()           // it was written, or is of no use
		_ = os.Remove(f.file.Name()) // it has its name already, or cannot be removed
	}
}

// isNew wants a file that does not exist yet.
func isNew(name string) error {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s exists: name another file, or remove it first", name)
	}
	return nil
}

func compressed(name string, w io.Writer, write func(io.Writer) error) error {
	if !strings.HasSuffix(name, ".gz") {
		return write(w)
	}
	zip := gzip.NewWriter(w)
	return errors.Join(write(zip), zip.Close())
}
