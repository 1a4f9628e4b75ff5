package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const untidy = "kind: Team\napiVersion: slojourn/v1\nmetadata: {name: shop}\n"

// TestFmtWhatCannotBeWritten names the file and the reason, writes the others,
// and leaves nothing behind.
func TestFmtWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(untidy), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, "a.yaml"), 0o400); err != nil {
		t.Fatal(err)
	}
	if f, err := os.OpenFile(filepath.Join(dir, "a.yaml"), os.O_WRONLY, 0); err == nil {
		_ = f.Close()
		t.Skip("this user may write everything")
	}
	code, stdout, stderr := command(t, "fmt", dir)
	want := fmt.Sprintf("slojourn: write %s/a.yaml: permission denied\n", dir)
	if code != exitFailed || stdout != "" || stderr != want {
		t.Errorf("exit code %d, stdout %q, stderr %q, want %d and %q", code, stdout, stderr, exitFailed, want)
	}
	if code, stdout, _ := command(t, "fmt", "--check", dir); code != exitFindings || stdout != dir+"/a.yaml\n" {
		t.Errorf("exit code %d, with another layout are %q, want a.yaml alone", code, stdout)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// TestFmtOfAPipe cannot replace what shells pass for <(command).
func TestFmtOfAPipe(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read from
	name := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skipf("pipes have no names here: %v", err)
	}
	if _, err := w.WriteString(untidy); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := command(t, "fmt", name)
	if code != exitFailed || !strings.Contains(stderr, "write "+name) {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}
