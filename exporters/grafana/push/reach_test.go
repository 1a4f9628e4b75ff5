package push_test

import (
	"bufio"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
)

// TestUnreachable says what to do about a Grafana that cannot be asked, whatever the
// reason.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	others := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(others.Close)
	roots := x509.NewCertPool()
	roots.AddCert(others.Certificate())
	_, port, err := net.SplitHostPort(others.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answers := func(text string, end func(*net.TCPConn)) string {
		return serving(t, func(c *net.TCPConn) {
			if request, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				io.Copy(io.Discard, request.Body) //nolint:errcheck // a test sees it
			}
			io.WriteString(c, text) //nolint:errcheck // a test sees it
			end(c)
		})
	}
	leave := func(*net.TCPConn) {}
	for name, test := range map[string]struct{ url, says, asks string }{
		"nobody there": {"http://127.0.0.1:1", "connection refused", "does Grafana run there, and is the port its own?"},
		"no such host": {"https://grafana..invalid", "no such host", "is the name in the address right"},
		"hangs up":     {"http://" + answers("", leave), "the connection was cut (EOF)", "does a proxy in between let requests through"},
		"breaks off": {
			"http://" + answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", leave),
			"the connection was cut (unexpected EOF)", "does a proxy in between let requests through",
		},
		"resets":            {"http://" + answers("", func(c *net.TCPConn) { c.SetLinger(0) }), "the connection was cut (", "is the address that of Grafana"}, //nolint:errcheck // a test sees it
		"no HTTP":           {"http://" + answers("SSH-2.0-OpenSSH_9.2\r\n", leave), "malformed HTTP", "is the address that of Grafana"},
		"too much":          {"http://" + answers("HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 33<<20), leave), "answered with more than 32 MiB", "is the address that of Grafana"},
		"HTTP for HTTPS":    {"https://" + answers("HTTP/1.1 400 Bad Request\r\n\r\n", leave), "server gave HTTP response", "is the port the one for https://?"},
		"no TLS":            {"https://" + answers("SSH-2.0-OpenSSH_9.2\r\n", leave), "does not look like a TLS handshake", "is the port the one for https://?"},
		"another's name":    {"https://localhost:" + port, "not localhost", "is the address the one that the certificate is for?"},
		"cut while greeted": {"https://" + serving(t, leave), "the connection was cut (", "is the address that of Grafana"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := (&world{}).newClient(t, push.ClientOptions{URL: test.url, Roots: roots})
			_, err := client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
			_, host, _ := strings.Cut(test.url, "://")
			if _, ok := errors.AsType[*push.UnreachableError](err); !ok || !strings.HasPrefix(err.Error(), "Grafana at "+host+" cannot be asked: ") ||
				!strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), test.asks) || !strings.HasSuffix(err.Error(), "?") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// serving handles connections, one after another, and closes them. It returns its address.
func serving(t *testing.T, handle func(*net.TCPConn)) string {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() }) //nolint:errcheck // a test
	go func() {
		for {
			c, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			handle(c)
			c.Close() //nolint:errcheck // a test
		}
	}()
	return listener.Addr().String()
}
