//go:build servers

package rules_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/prometheus/rules"
)

// promtool finds the real one: on PATH, or where `make test` says it is.
func promtool(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("promtool"); err == nil {
		return path
	}
	for _, dir := range filepath.SplitList(os.Getenv("SLOJOURN_SERVERS")) {
		if path, err := exec.LookPath(filepath.Join(dir, "promtool")); err == nil {
			return path
		}
	}
	t.Fatal("there is no promtool on PATH: install it, or let .ci/servers fetch it and say in SLOJOURN_SERVERS where it is, as make test does")
	return ""
}

// TestPromtool has promtool check the rules of all examples, and play the tests that
// are made with them. Those of the retail example by events take as long as all
// others together, and are of the same sorts.
func TestPromtool(t *testing.T) {
	t.Parallel()
	tool := promtool(t)
	for _, folder := range sets(t) {
		for _, evaluate := range ways() {
			t.Run(filepath.Base(folder)+" "+string(evaluate), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				check, play := []string{"check", "rules"}, []string{"test", "rules"}
				for file := range rules.Generate(read(t, folder), rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
					name := rules.RulesFile(file.Name)
					write(t, filepath.Join(dir, name), file.Rules())
					check = append(check, name)
					if tests := file.Tests(); tests != nil {
						write(t, filepath.Join(dir, rules.TestFile(file.Name)), tests)
						play = append(play, rules.TestFile(file.Name))
					}
				}
				command(t, dir, tool, check)
				if filepath.Base(folder) != "retail" || evaluate != rules.Events {
					command(t, dir, tool, play)
				}
			})
		}
	}
}

// TestPromtoolNotices breaks a rule, which the tests made with it have to notice.
func TestPromtoolNotices(t *testing.T) {
	t.Parallel()
	tool := promtool(t)
	for evaluate, change := range map[rules.Evaluate][2]string{
		rules.Metrics: {`== 1`, `>= 0`},
		rules.Events:  {`{id="pay/authorise"} * 6250 >`, `{id="pay/authorise"} * 1 >`},
	} {
		dir := t.TempDir()
		for file := range rules.Generate(read(t, "testdata/small"), rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
			if file.Name != "pay" {
				continue
			}
			broken := strings.ReplaceAll(string(file.Rules()), change[0], change[1])
			write(t, filepath.Join(dir, rules.RulesFile(file.Name)), []byte(broken))
			write(t, filepath.Join(dir, rules.TestFile(file.Name)), file.Tests())
		}
		run := exec.CommandContext(t.Context(), tool, "test", "rules", rules.TestFile("pay"))
		run.Dir = dir
		if output, err := run.CombinedOutput(); err == nil || !strings.Contains(string(output), "FAILED") {
			t.Errorf("%s: promtool is content with a broken rule: %v\n%s", evaluate, err, output)
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func command(t *testing.T, dir, tool string, args []string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), tool, args...)
	run.Dir = dir
	if output, err := run.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%.3000s", strings.Join(args[:2], " "), err, output)
	}
}
