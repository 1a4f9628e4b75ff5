package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestOutputsStay writes a file twice: it stays the same file unless its content
// changes, so that whoever watches the folder has nothing to do.
func TestOutputsStay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(data string) os.FileInfo {
		t.Helper()
		o, err := openOutputs(dir, "# ours\n", func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		o.put("a.yaml", []byte(data))
		if err := o.close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "a.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first, again, other := put("# ours\na: 1\n"), put("# ours\na: 1\n"), put("# ours\na: 2\n")
	if !os.SameFile(first, again) {
		t.Error("a file was replaced by the same content")
	}
	if os.SameFile(again, other) {
		t.Error("a file was changed in place, where others may be reading it")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

// TestOutputsOfOthers leaves alone what only looks like a file of ours.
func TestOutputsOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"short.yaml": "# o", "empty.yaml": "", "other.yaml": "a: 1\n# ours\n", "ours.txt": "# ours\n", "old.yaml": "# ours\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o, err := openOutputs(dir, "# ours\n", func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"short.yaml": true, "empty.yaml": true, "other.yaml": true, "ours.txt": true, "old.yaml": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", name, err == nil, want)
		}
	}
}
