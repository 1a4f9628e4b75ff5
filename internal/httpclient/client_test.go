package httpclient_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
)

// TestRoots trusts a server by the certificates that it is given, and by no others.
func TestRoots(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	for name, test := range map[string]struct {
		roots *x509.CertPool
		ok    bool
	}{"its own": {trusted, true}, "the system's": {nil, false}, "none": {x509.NewCertPool(), false}} {
		transport := httpclient.NewTransport(httpclient.Options{Dial: 5 * time.Second, Idle: 1, Roots: test.roots})
		status, err := ask(t, transport, server.URL)
		if ok := err == nil && status == http.StatusNotFound; ok != test.ok {
			t.Errorf("by %s: status %d, %v", name, status, err)
		}
		transport.CloseIdleConnections()
	}
}

// TestRedirects are answers like others.
func TestRedirects(t *testing.T) {
	t.Parallel()
	followed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed = followed || r.URL.Path == "/elsewhere"
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	transport := httpclient.NewTransport(httpclient.Options{Dial: 5 * time.Second, Idle: 1})
	t.Cleanup(transport.CloseIdleConnections)
	if status, err := ask(t, transport, server.URL); err != nil || status != http.StatusTemporaryRedirect || followed {
		t.Errorf("status %d, %v; followed: %t", status, err, followed)
	}
}

func ask(t *testing.T, transport http.RoundTripper, url string) (status int, err error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := httpclient.New(transport).Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
