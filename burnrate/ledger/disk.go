package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DiskError says that the operating system refused what the ledger needs of a
// file, and what to do.
type DiskError struct {
	File   string
	Err    error
	Remedy string
}

func (e *DiskError) Error() string {
	text := e.Err.Error()
	// One of package os names a file of its own: the same, or a temporary one.
	if path, ok := errors.AsType[*fs.PathError](e.Err); ok {
		text = path.Err.Error()
	}
	if link, ok := errors.AsType[*os.LinkError](e.Err); ok {
		text = link.Err.Error()
	}
	return fmt.Sprintf("%s: %s; %s", e.File, text, e.Remedy)
}

func (e *DiskError) Unwrap() error { return e.Err }

// What to do when the disk does not what it should.
const (
	remedyFull = "make room on its disk and try again; nothing that was committed is lost"
	remedyBad  = "is its disk full or failing? See 'df' and the log of the kernel before anything else"
	remedyMay  = "let this user read and write there, or name a folder where it may"
	remedyBusy = "another program than slojourn has it open: end that first"
)

// OnDisk makes an error about a file of one that the operating system or SQLite
// gave. Others stay as they are.
func OnDisk(file string, err error) error {
	if err == nil {
		return nil
	}
	if _, done := errors.AsType[*DiskError](err); done {
		return err
	}
	if remedy := remedyFor(err); remedy != "" {
		return &DiskError{file, err, remedy}
	}
	return err
}

func remedyFor(err error) string {
	if found, ok := errors.AsType[*sqlite.Error](err); ok {
		switch found.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return remedyFull
		case sqlite3.SQLITE_IOERR:
			return remedyBad
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return remedyMay
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return remedyBusy
		}
		return ""
	}
	number, ok := errors.AsType[syscall.Errno](err)
	if !ok {
		return ""
	}
	switch number {
	case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
		return remedyFull
	case syscall.EIO:
		return remedyBad
	case syscall.EROFS, syscall.EACCES, syscall.EPERM:
		return remedyMay
	}
	return ""
}

// isUnwritable reports whether SQLite could not make the files that it needs
// beside the ledger, even to read it.
func isUnwritable(err error) bool {
	found, ok := errors.AsType[*sqlite.Error](err)
	return ok && remedyFor(found) == remedyMay
}

// isCorrupt reports whether SQLite found its own structure damaged.
func isCorrupt(err error) bool {
	found, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch found.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return true
	}
	return false
}
