package ledger

import "context"

// Pinned returns a reader that sees the ledger as of one commit, the newest one,
// whatever is committed meanwhile: what needs several methods fits together. It is
// to be closed before r, soon, as the log beside the file cannot shrink as long,
// and it ends with ctx. Its methods may not be called at once.
func (r *Reader) Pinned(ctx context.Context) (*Reader, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s.held = true
	return &Reader{dir: r.dir, pinned: s}, nil
}
