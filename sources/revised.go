package sources

// Revised is a [Source] whose minutes may be others once it was changed, whatever
// their age. It looks for changes when it is asked for extents.
type Revised interface {
	// Revision returns a number that is another one when what was read last has
	// other content than before, and 0 before anything was read.
	Revision() uint64
}
