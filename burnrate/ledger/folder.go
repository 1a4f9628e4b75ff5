package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// inspect wants the files in the folder of a ledger, as far as they are there,
// to be files. A link would let two processes write one ledger, each with a lock
// of its own; of a pipe nothing may ever come.
func inspect(dir string) error {
	for _, name := range []string{fileName, fileName + "-wal", fileName + "-shm", markName, lockName} {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return fmt.Errorf("open the ledger: %w", OnDisk(path, err))
		case !info.Mode().IsRegular():
			return fmt.Errorf("open the ledger: %s is %s, and has to be a file: %s", path, nounOf(info.Mode()), remedyOf(info.Mode()))
		}
	}
	return nil
}

// nounOf says what is not a file.
func nounOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

func remedyOf(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "name the folder that it leads to"
	}
	return "move it away"
}

// makeFolder makes a folder with those around it, durably. It returns those that
// were not there, the outermost first.
func makeFolder(dir string) (made []string, err error) {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		switch {
		case err == nil && !info.IsDir():
			return nil, fmt.Errorf("make the ledger's folder: %w", &fs.PathError{Op: "make", Path: at, Err: syscall.ENOTDIR})
		case err != nil && (!errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at)):
			return nil, fmt.Errorf("make the ledger's folder: %w", OnDisk(at, err))
		case err != nil:
			if _, err := os.Lstat(at); err == nil {
				return nil, fmt.Errorf("make the ledger's folder: %s is a symbolic link that leads nowhere: make what it leads to, or remove it", at)
			}
		}
		if err == nil {
			break
		}
		made = append([]string{at}, made...)
	}
	if len(made) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the ledger's folder: %w", OnDisk(dir, err))
	}
	for _, folder := range made {
		if err := syncFile(filepath.Dir(folder)); err != nil {
			return made, fmt.Errorf("make the ledger's folder: %w", err)
		}
	}
	return made, nil
}

// removeFolders removes folders that were made, unless something is in them.
func removeFolders(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		if os.Remove(made[i]) != nil {
			return
		}
	}
}

// NameFile gives a file another name in its folder or in one of the same file
// system, once it is durable. A file that has the name already is an error that
// is [fs.ErrExist], and stays.
func NameFile(from, to string) error {
	if err := syncFile(from); err != nil {
		return err
	}
	// A link is refused where the name was taken meanwhile.
	err := os.Link(from, to)
	switch {
	case err == nil:
		// The old name is another one of the same file.
		if err := os.Remove(from); err != nil {
			return OnDisk(from, err)
		}
	case lacksLinks(err):
		if err := renameNew(from, to); err != nil {
			return err
		}
	default:
		return OnDisk(to, err)
	}
	return syncFile(filepath.Dir(to))
}

// lacksLinks reports whether a file system has no hard links, as those of USB
// sticks and some of networks, or does not let this file have one.
func lacksLinks(err error) bool {
	for _, cause := range []error{syscall.EPERM, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EMLINK, syscall.EACCES} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// renameNew takes the name with an empty file first, which no other process can
// then take. A crash in between leaves the empty file.
func renameNew(from, to string) error {
	taken, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return OnDisk(to, err)
	}
	if err = errors.Join(taken.Close(), os.Rename(from, to)); err != nil {
		_ = os.Remove(to) // it is empty, and ours
		return OnDisk(to, err)
	}
	return nil
}

func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return OnDisk(path, err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return OnDisk(path, err)
	}
	return nil
}
