//go:build servers

package servertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Browse opens a page in Chromium without a window, as arguments say, and returns what it
// writes and what it complains about. It has no sandbox, as tests may run where there can
// be none; it opens pages of ours alone.
func Browse(t *testing.T, address string, args ...string) (output, complaints string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), chromium(t), append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--enable-logging=stderr",
		"--window-size=1280,1000",
	}, append(args, address)...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	return stdout.String(), stderr.String()
}

// chromium finds it under one of its names, on PATH or where `make test` says it is.
func chromium(t *testing.T) string {
	t.Helper()
	const headless = "chromium-headless-shell"
	for _, name := range []string{headless, "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
		for _, dir := range filepath.SplitList(os.Getenv("SLOJOURN_SERVERS")) {
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return path
			}
		}
	}
	return Find(t, headless) // which says what to do
}
