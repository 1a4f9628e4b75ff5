package httpclient_test

import (
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/httpclient"
)

// TestParseURL refuses addresses without repeating them.
func TestParseURL(t *testing.T) {
	t.Parallel()
	const none = "is no address of a server: write it as in https://example.com"
	for address, want := range map[string]string{
		"https://example.com":                "",
		"http://127.0.0.1:9090/api/":         "",
		"https://[::1]:1/":                   "",
		"https://example.com:65535/?a=b#c":   "",
		"example.com":                        none,
		"example.com:443":                    none,
		"ftp://hunter2.example.com":          none,
		"https://":                           none,
		"https://:3000":                      none,
		"https://hunter2\x7f/":               none,
		"https://example.com/\x7fhunter2%zz": none,
		"https://example.com:0/hunter2":      "has a port that is none",
		"https://example.com:99999/hunter2":  "has a port that is none",
		"https://ops:hunter2@example.com/":   "must not hold a user or password",
		"https://hunter2@example.com/":       "must not hold a user or password",
	} {
		u, err := httpclient.ParseURL(address, "a server", "https://example.com")
		switch {
		case want == "" && err == nil && u.String() == address:
		case want == "" || err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%q: got %v and %v, want %q", address, u, err, want)
		}
	}
}
