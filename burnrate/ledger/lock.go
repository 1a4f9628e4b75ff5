package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// LockedError says that another process writes the ledger, or reads it where it
// may not write, so that it has to be left as it is.
type LockedError struct {
	Path    string
	Process string // the number of the one that writes, "" when it is not known
	Reading bool
}

func (e *LockedError) Error() string {
	if e.Reading {
		return fmt.Sprintf("another process reads this ledger from a folder that it may not write to (it holds %s); let it end first", e.Path)
	}
	who := "another process"
	if e.Process != "" {
		who = "process " + e.Process
	}
	return fmt.Sprintf("%s writes this ledger (it holds %s); stop it first, or read beside it", who, e.Path)
}

// lock is the right to write. It ends with the process, however that ends.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("lock the ledger: %w", OnDisk(path, err))
		}
		if err := flock(file, syscall.LOCK_EX); err != nil {
			return nil, err
		}
		// Who held the lock may have removed its file: then it is none.
		if isStill(file) {
			// Whose it is serves error messages only.
			_ = file.Truncate(0)
			_, _ = file.WriteAt([]byte(formatInt(int64(os.Getpid()))), 0)
			return &lock{file}, nil
		}
		_ = file.Close()
	}
}

// acquireShared keeps writers away for as long as a ledger is read that nothing
// can be written beside. A folder without a lock has nothing to keep them away
// with.
func acquireShared(path string) (*lock, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := flock(file, syscall.LOCK_SH); err != nil {
		return nil, err
	}
	return &lock{file}, nil
}

// flock locks a file, or closes it.
func flock(file *os.File, how int) error {
	err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // only read from
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("lock the ledger: %s: %w", file.Name(), err)
	}
	if how == syscall.LOCK_EX && syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return &LockedError{Path: file.Name(), Reading: true}
	}
	owner, _ := io.ReadAll(io.LimitReader(file, 20))
	return &LockedError{Path: file.Name(), Process: strings.TrimSpace(string(owner))}
}

// isStill reports whether a file has its name.
func isStill(file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(file.Name())
	return err == nil && os.SameFile(mine, there)
}

// release unlocks before it closes: a process that is just being started from
// this one may still have the file open.
func (l *lock) release() {
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	_ = l.file.Close()
}

// mark is a file with the number of the last write that was acknowledged. It
// is not synced: after a power cut it may be behind, never ahead. A crash of the
// process alone leaves it right, so that a commit that is then missing from the
// write-ahead log is noticed.
type mark struct{ file *os.File }

const markKey = -2

func openMark(path string) (*mark, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", OnDisk(path, err))
	}
	return &mark{file}, nil
}

// read returns 0 when nothing was acknowledged, or the power was cut before it
// was written.
func (m *mark) read() (int64, error) {
	data := make([]byte, 12)
	n, err := m.file.ReadAt(data, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read the ledger: %w", OnDisk(m.file.Name(), err))
	}
	body, err := unsealed(data[:n], markKey)
	if err != nil || len(body) != 8 {
		return 0, nil
	}
	return int64(binary.BigEndian.Uint64(body)), nil
}

func (m *mark) write(writes int64) error {
	data := sealed(binary.BigEndian.AppendUint64(nil, uint64(writes)), markKey)
	if _, err := m.file.WriteAt(data, 0); err != nil {
		return fmt.Errorf("write to the ledger: %w", OnDisk(m.file.Name(), err))
	}
	return nil
}
