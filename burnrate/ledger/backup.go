package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a copy of the ledger in a folder into a file, as of one commit,
// also while another process writes it. The copy is checked before it gets its
// name, so that a file of that name is always whole. A file that exists is not
// overwritten.
func Backup(ctx context.Context, dir, file string) (Report, error) {
	if _, err := os.Lstat(file); err == nil {
		return Report{}, taken(file)
	}
	r, err := OpenReader(ctx, dir)
	if err != nil {
		return Report{}, err
	}
	defer r.Close() //nolint:errcheck // only read from
	// It is made in a folder of its own beside the file, where it is a ledger.
	temporary, err := os.MkdirTemp(filepath.Dir(file), ".slojourn-backup-")
	if err != nil {
		return Report{}, fmt.Errorf("write the backup: %w", OnDisk(file, err))
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // it is gone already, or cannot be removed
	made := filepath.Join(temporary, fileName)
	if err := r.copyInto(ctx, made); err != nil {
		return Report{}, wrap("write the backup", OnDisk(file, err))
	}
	report, err := checkedCopy(ctx, temporary)
	if err != nil {
		return report, err
	}
	if err = nameCopy(made, file); errors.Is(err, fs.ErrExist) {
		err = taken(file) // by another process, meanwhile
	}
	return report, err
}

func taken(file string) error {
	return fmt.Errorf("%s exists: name another file, or remove it first", file)
}

// copyInto lets SQLite write a copy. A connection that may only be asked would
// refuse to; this one may not write to its own file either.
func (r *Reader) copyInto(ctx context.Context, file string) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // only read from
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "VACUUM INTO ?", file)
	_, back := conn.ExecContext(ctx, "PRAGMA query_only = 1")
	return errors.Join(err, back)
}

// Restore makes the ledger of a folder that has none from a backup. The backup
// is checked first; what is none is a [ForeignError]. After an error nothing is
// there that was not before.
func Restore(ctx context.Context, dir, file string) (Report, error) {
	if err := isBackup(file); err != nil {
		return Report{}, err
	}
	made, err := makeFolder(dir)
	if err != nil {
		removeFolders(made)
		return Report{}, err
	}
	if err := inspect(dir); err != nil {
		return Report{}, err
	}
	_, err = os.Lstat(filepath.Join(dir, lockName))
	wasLocked := err == nil
	locked, err := acquire(filepath.Join(dir, lockName))
	if err != nil {
		removeFolders(made)
		return Report{}, err
	}
	defer locked.release()
	report, err := restore(ctx, dir, file)
	if err != nil && !wasLocked {
		_ = os.Remove(filepath.Join(dir, lockName)) // while it is held
		removeFolders(made)
	}
	return report, err
}

func restore(ctx context.Context, dir, file string) (Report, error) {
	for _, name := range []string{fileName, fileName + "-wal"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return Report{}, fmt.Errorf("%s exists: restore into another folder, or move it away first", filepath.Join(dir, name))
		}
	}
	const pattern = ".slojourn-restore-"
	// What a process left that was killed; with the lock no other is at it.
	if left, err := filepath.Glob(filepath.Join(escaped(dir), pattern+"*")); err == nil {
		for _, folder := range left {
			_ = os.RemoveAll(folder) // it is in nobody's way
		}
	}
	temporary, err := os.MkdirTemp(dir, pattern)
	if err != nil {
		return Report{}, fmt.Errorf("restore the backup: %w", OnDisk(dir, err))
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // it is gone already, or cannot be removed
	made := filepath.Join(temporary, fileName)
	if err := copyFile(file, made); err != nil {
		return Report{}, fmt.Errorf("restore the backup: %w", err)
	}
	report, err := checkedCopy(ctx, temporary)
	if err != nil {
		if foreign, ok := errors.AsType[*ForeignError](err); ok {
			err = &ForeignError{file, foreign.Reason}
		}
		return report, err
	}
	// A mark of what was there before would miss commits.
	mark := filepath.Join(dir, markName)
	if err := os.Remove(mark); err != nil && !errors.Is(err, os.ErrNotExist) {
		return report, fmt.Errorf("restore the backup: %w", OnDisk(mark, err))
	}
	return report, nameCopy(made, filepath.Join(dir, fileName))
}

// escaped is a folder in a pattern of package filepath.
func escaped(dir string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(dir)
}

// isBackup looks at the first bytes of a file, and beside it: a ledger that is
// in use, or was when its machine stopped, is in two files.
func isBackup(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("restore the backup: %w", OnDisk(file, err))
	}
	if !info.Mode().IsRegular() {
		return &ForeignError{file, "it is " + nounOf(info.Mode()) + "; name the file that 'slojourn ledger backup' wrote"}
	}
	opened, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("restore the backup: %w", OnDisk(file, err))
	}
	defer opened.Close() //nolint:errcheck // only read from
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	n, err := io.ReadFull(opened, head)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return &ForeignError{file, "it is empty"}
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("restore the backup: %w", OnDisk(file, err))
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return &ForeignError{file, "it is compressed; decompress a backup with gunzip, or take an export in with 'slojourn ledger import'"}
	case head[0] == '{':
		return &ForeignError{file, "it looks like JSON; take an export in with 'slojourn ledger import'"}
	case string(head) != magic:
		return &ForeignError{file, "it does not begin as a SQLite database does; name the file that 'slojourn ledger backup' wrote"}
	}
	if log, err := os.Stat(file + "-wal"); err == nil && log.Size() > 0 {
		return fmt.Errorf("restore the backup: commits of %s are in %s, and would be left out: use its folder as it is, or make a backup of it with 'slojourn ledger backup --data-dir %s FILE'",
			file, file+"-wal", filepath.Dir(file))
	}
	return nil
}

// checkedCopy checks a copy. Findings are an error.
func checkedCopy(ctx context.Context, dir string) (Report, error) {
	report, err := Check(ctx, dir)
	if err == nil && len(report.Findings) > 0 {
		first := report.Findings[0]
		err = damaged(first.Place, "%s", first.Message)
	}
	return report, err
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return OnDisk(from, err)
	}
	defer source.Close() //nolint:errcheck // only read from
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return OnDisk(to, err)
	}
	_, err = io.Copy(target, source)
	if path, ok := errors.AsType[*fs.PathError](err); ok && path.Path == from {
		to = from
	}
	return OnDisk(to, errors.Join(err, target.Close()))
}

// nameCopy gives a copy its name, which is for its owner alone.
func nameCopy(from, to string) error {
	if err := os.Chmod(from, 0o600); err != nil {
		return OnDisk(from, err)
	}
	return NameFile(from, to)
}

// Compact packs what can be packed and gives back the space that is not used.
// It takes the right to write, and about as much room as the ledger has.
func (l *Ledger) Compact(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.db.ExecContext(ctx, "VACUUM"); err != nil {
		return wrap("compact the ledger", OnDisk(l.db.path, err))
	}
	var busy, logged, moved int64
	if err := l.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &moved); err != nil {
		return wrap("compact the ledger", OnDisk(l.db.path, err))
	}
	if busy != 0 {
		return errors.New("compact the ledger: a process that reads it holds on to its log, so that nothing was given back; compact again when that has ended")
	}
	return nil
}
