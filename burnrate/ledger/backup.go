package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a copy of the ledger in a folder into a file, as of one commit,
// also while another process writes it. The copy is checked before it gets its
// name, so that a file of that name is always whole. A file that exists is not
// overwritten.
func Backup(ctx context.Context, dir, file string) (Report, error) {
	if _, err := os.Lstat(file); err == nil {
		return Report{}, fmt.Errorf("%s exists: name another file, or remove it first", file)
	}
	r, err := OpenReader(ctx, dir)
	if err != nil {
		return Report{}, err
	}
	defer r.Close() //nolint:errcheck // only read from
	// It is made in a folder of its own beside the file, where it is a ledger.
	temporary, err := os.MkdirTemp(filepath.Dir(file), ".slojourn-backup-")
	if err != nil {
		return Report{}, fmt.Errorf("write the backup: %w", err)
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // it is gone already, or cannot be removed
	made := filepath.Join(temporary, fileName)
	if err := r.copyInto(ctx, made); err != nil {
		return Report{}, fmt.Errorf("write the backup: %w", err)
	}
	report, err := checkedCopy(ctx, temporary)
	if err != nil {
		return report, err
	}
	return report, moveInto(made, file)
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
// is checked first.
func Restore(ctx context.Context, dir, file string) (Report, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Report{}, fmt.Errorf("make the ledger's folder: %w", err)
	}
	locked, err := acquire(filepath.Join(dir, lockName))
	if err != nil {
		return Report{}, err
	}
	defer locked.release()
	for _, name := range []string{fileName, fileName + "-wal"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return Report{}, fmt.Errorf("%s exists: restore into another folder, or move it away first", filepath.Join(dir, name))
		}
	}
	temporary, err := os.MkdirTemp(dir, ".slojourn-restore-")
	if err != nil {
		return Report{}, fmt.Errorf("read the backup: %w", err)
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // it is gone already, or cannot be removed
	made := filepath.Join(temporary, fileName)
	if err := copyFile(file, made); err != nil {
		return Report{}, fmt.Errorf("read the backup: %w", err)
	}
	report, err := checkedCopy(ctx, temporary)
	if err != nil {
		return report, err
	}
	// A mark of what was there before would miss commits.
	if err := os.Remove(filepath.Join(dir, markName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return report, fmt.Errorf("restore the backup: %w", err)
	}
	return report, moveInto(made, filepath.Join(dir, fileName))
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
		return err
	}
	defer source.Close() //nolint:errcheck // only read from
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

// moveInto gives a file its name once it is durable.
func moveInto(from, to string) error {
	if err := os.Chmod(from, 0o600); err != nil {
		return err
	}
	if err := syncFile(from); err != nil {
		return err
	}
	// A link is refused where the name was taken meanwhile.
	if err := os.Link(from, to); err != nil {
		return err
	}
	return syncFile(filepath.Dir(to))
}

func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Compact packs what can be packed and gives back the space that is not used.
// It takes the right to write, and about as much room as the ledger has.
func (l *Ledger) Compact(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.db.ExecContext(ctx, "VACUUM"); err != nil {
		return wrap("compact the ledger", err)
	}
	if _, err := l.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return wrap("compact the ledger", err)
	}
	return nil
}
