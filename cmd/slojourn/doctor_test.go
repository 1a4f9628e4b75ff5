package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"
)

// TestDoctorShowsNothingHostile gives answers whose names would change how a
// terminal looks, and that hold the key.
func TestDoctorShowsNothingHostile(t *testing.T) {
	t.Parallel()
	const hostile, key = `\u001b[2J\u202ePageActio`, "NRAK-SECRETKEYSECRETKEYSECRET"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) //nolint:errcheck // nothing is asked then
		if strings.Contains(string(body), "email") {
			fmt.Fprintf(w, `{"data":{"actor":{"user":{"name":"%s","email":"%s"},"account":{"name":"%[1]s%[2]s"}}}}`, hostile, key) //nolint:errcheck // the client's loss
			return
		}
		fmt.Fprintf(w, `{"data":{"actor":{"account":{"q0":{"results":[{"eventType":"%s"}]}}}},"errors":[{"message":"%[1]s%s"}]}`, hostile, key) //nolint:errcheck // as above
	}))
	t.Cleanup(server.Close)
	specs := t.TempDir()
	for name, content := range trustSpecs("{env: NEW_RELIC_API_KEY}", server.URL+"/graphql") {
		writeFile(t, specs+"/"+name, content)
	}
	for _, format := range []string{"table", "json"} {
		var out bytes.Buffer
		code := run(t.Context(), environment{
			stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return key }, now: time.Now,
		}, []string{"doctor", "-o", format, specs})
		if code != exitFindings || !strings.Contains(out.String(), "PageActio") {
			t.Errorf("%s: exit code %d, or what the answer says is not shown:\n%s", format, code, out.String())
		}
		for _, r := range out.String() {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Bidi_Control) {
				t.Errorf("%s: %q is shown in\n%s", format, r, out.String())
			}
		}
		if strings.Contains(out.String(), "SECRETKEY") {
			t.Errorf("%s: the key is shown in\n%s", format, out.String())
		}
	}
}
