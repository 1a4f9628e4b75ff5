package nerdgraph

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

func TestKeyDoesNotShowItself(t *testing.T) {
	t.Parallel()
	options := Options{Region: slo.EU, Key: secret.Of(key)}
	c := New(options)
	holder := struct{ client Client }{*c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{options, &options, c, *c, holder, []Options{options}} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, key) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", key)) {
				t.Errorf("%s of %T shows the key: %s", verb, v, got)
			}
		}
	}
}

// TestNothingIsLogged runs queries in a process of their own, as what the
// client's logger writes to stderr cannot be caught otherwise.
func TestNothingIsLogged(t *testing.T) {
	const inside = "SLOJOURN_TEST_LOGS"
	if os.Getenv(inside) != "" {
		for _, status := range []int{200, 401, 500} {
			s := serve(t, answered(status, `{"data":{"actor":null}}`))
			_, _, err := ask(t.Context(), s.client())
			if (err == nil) != (status == 200) {
				t.Errorf("status %d: got the error %v", status, err)
			}
			s.Close()
			_, _, err = ask(t.Context(), s.client())
			checkFailure(t, err, Unreachable, 0, "")
		}
		return
	}
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestNothingIsLogged$")
	cmd.Env = append(slices.Clone(os.Environ()), inside+"=1", "NEW_RELIC_LOG_LEVEL=TRACE", "LOG_LEVEL=trace")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, stdout.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr holds: %s", stderr.String())
	}
	if strings.Contains(stdout.String()+stderr.String(), key) {
		t.Error("the key was printed")
	}
}
