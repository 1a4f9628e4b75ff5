package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// freeze makes sure that a ledger beside which nothing can be written can be
// read as it is: that no log belongs to it, and that no process writes it or
// begins to, through another mount or as another user. The cause is why it could
// not be read otherwise.
func (r *Reader) freeze(path string) error {
	if err := r.db.Close(); err != nil {
		return err
	}
	r.db = nil
	const remedy = "read it as a user who may write there, or copy the whole folder to where you may"
	var err error
	r.lock, err = acquireShared(filepath.Join(r.dir, lockName))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read the ledger: this user may not write in %s, and without %s nothing keeps others from it; %s", r.dir, lockName, remedy)
	case err != nil:
		if locked, ok := errors.AsType[*LockedError](err); ok {
			return fmt.Errorf("read the ledger: process %s writes it, and this user may not write in %s; %s", locked.Process, r.dir, remedy)
		}
		return fmt.Errorf("read the ledger: %w", OnDisk(filepath.Join(r.dir, lockName), err))
	}
	info, err := os.Stat(path + "-wal")
	if err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the ledger: commits are in %s, and this user may not write in %s; %s", path+"-wal", r.dir, remedy)
	}
	return nil
}
