package term_test

import (
	"bytes"
	"testing"

	"github.com/slojourn/slojourn/internal/term"
)

// TestStatus stays below what is written, and leaves nothing behind.
func TestStatus(t *testing.T) {
	t.Parallel()
	var screen bytes.Buffer
	s := term.NewStatus(&screen)
	write := func(text string) {
		t.Helper()
		if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("%d bytes, %v", n, err)
		}
	}
	write("a\n")
	s.Show("1 %")
	s.Show("1 %")
	write("b\n")
	s.Show("2 %")
	s.Show("")
	write("c\n")
	const erase = "\r\x1b[K"
	if got, want := screen.String(), "a\n"+erase+"1 %"+erase+"b\n1 %"+erase+"2 %"+erase+"c\n"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestColumns has a width also where there is no terminal.
func TestColumns(t *testing.T) {
	t.Parallel()
	if got := term.Columns(&bytes.Buffer{}); got != 80 {
		t.Errorf("got %d", got)
	}
}
