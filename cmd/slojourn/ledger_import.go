package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
)

func newLedgerImport(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import --data-dir DIR FILE",
		Short: "Take in what export wrote as lines of JSON",
		Long: `import reads lines of JSON as export writes them, plain or compressed with gzip
("-" is stdin), into the ledger of a folder, and makes one where there is none.
It is one commit: when a line has a mistake, the disk is full or the command is
interrupted, the ledger stays as it was. What is there already is left alone, so
that a file can be imported again. Other numbers than those of the ledger are
mistakes, unless --replace takes them; minutes that are replaced stand in the
log of corrections.

It takes the right to write: a process that writes the ledger has to be stopped
first. Exit code 1 means that the file has mistakes.`,
		Example: "  slojourn ledger import --data-dir /var/lib/slojourn slojourn.ndjson.gz",
		Args:    cobra.ArbitraryArgs,
	}
	dir := dataDirFlag(cmd)
	replace := cmd.Flags().Bool("replace", false, "take what the file says where the ledger says something else")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLedgerArgs(cmd, *dir, args, true); err != nil {
			return err
		}
		options := ledger.ImportOptions{Now: env.now(), Replace: *replace}
		return interruptible(cmd.Context(), func() error { return importFile(cmd.Context(), env, *dir, args[0], options) })
	}
	return cmd
}

func importFile(ctx context.Context, env environment, dir, name string, options ledger.ImportOptions) error {
	input, shown := env.stdin, "<stdin>"
	if name != "-" {
		if err := isFile(name); err != nil {
			return err
		}
		file, err := os.Open(name)
		if err != nil {
			return failed(err)
		}
		defer file.Close() //nolint:errcheck // only read from
		input, shown = file, name
	}
	lines := uncompressed(input)
	l, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return failed(err)
	}
	done, err := l.Import(ctx, lines, options)
	if closed := l.Close(); err == nil {
		err = closed
	}
	if mistakes, ok := errors.AsType[*ledger.ImportError](err); ok {
		return &exitError{exitFindings, mistakesIn(shown, mistakes)}
	}
	if err != nil {
		return failed(fmt.Errorf("%s: %w", shown, err))
	}
	return printLine(env.stdout, "%s: %s, %s, %s and %s are new, %d were there already, %d were replaced", dir,
		counted(done.Minutes, "minute"), counted(done.Sums, "sum"), counted(done.Corrections, "correction"), counted(done.Entries, "entry"),
		done.Equal, done.Replaced)
}

// uncompressed reads a file that may be compressed with gzip.
func uncompressed(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return buffered // an error is returned again by the next read
	}
	return &unzipping{file: buffered}
}

// unzipping reads a file that is compressed with gzip. One that was cut off or
// damaged is a mistake in the file.
type unzipping struct {
	file io.Reader
	zip  *gzip.Reader // made by the first read
}

func (u *unzipping) Read(p []byte) (n int, err error) {
	if u.zip == nil {
		u.zip, err = gzip.NewReader(u.file)
	}
	if err == nil {
		n, err = u.zip.Read(p)
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = &ledger.InputError{Message: "the compressed file was cut off within this line; copy or export it again"}
	case corrupt, errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		err = &ledger.InputError{Message: fmt.Sprintf("the compressed file is damaged (%v), here or above; copy or export it again", err), Doubtful: true}
	}
	return n, err
}

// mistakesIn gives every mistake a line of its own.
func mistakesIn(file string, found *ledger.ImportError) error {
	var lines []error
	for _, m := range found.Mistakes {
		lines = append(lines, fmt.Errorf("%s:%d: %s", file, m.Line, m.Message))
	}
	rest := "nothing was imported"
	if found.More {
		rest = "there are more mistakes; nothing was imported"
	}
	return errors.Join(append(lines, errors.New(rest))...)
}
