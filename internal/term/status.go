package term

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Status is a line at the bottom of a terminal, below everything else that is
// written through it. It may be used from several goroutines.
type Status struct {
	mu   sync.Mutex
	w    io.Writer
	line string
}

// NewStatus returns a status on a terminal, which shows nothing yet.
func NewStatus(w io.Writer) *Status { return &Status{w: w} }

// erase goes to the beginning of a line and takes away what is on it.
const erase = "\r\x1b[K"

// Write writes whole lines above the status.
func (s *Status) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == "" {
		return s.w.Write(lines)
	}
	text := append([]byte(erase), lines...)
	if _, err := s.w.Write(append(text, s.line...)); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// Show puts a line in the place of the one that is shown; "" takes it away. It
// has to be shorter than the terminal is wide.
func (s *Status) Show(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line == s.line {
		return
	}
	s.line = line
	io.WriteString(s.w, erase+line) //nolint:errcheck // nobody misses it
}

// Columns returns how wide a terminal is, 80 when that is not known.
func Columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}
