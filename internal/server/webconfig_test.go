package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The password of prom is "correct horse".
const users = "basic_auth_users:\n  prom: $2a$04$cpvo9mWpCe.p906w3a74Re9YxKJmAr9dBZJYQEC5qxYUTDMEs3pgG\n"

// webConfig writes a web configuration and returns its path.
func webConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate writes server.crt and server.key into a folder and returns what
// trusts them.
func certificate(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"server.crt": {Type: "CERTIFICATE", Bytes: raw}, "server.key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// TestTLSAndPasswords serves two addresses by one web configuration.
func TestTLSAndPasswords(t *testing.T) {
	t.Parallel()
	path := webConfig(t, "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"+users)
	trusted := certificate(t, filepath.Dir(path))
	l := listen(t, Options{WebConfig: path}, usual(), "127.0.0.1:0", "127.0.0.1:0")
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport}
	for _, test := range []struct {
		user, password string
		want           int
	}{
		{"prom", "correct horse", 200},
		{"prom", "wrong-battery", 401},
		{"prom", "correct horse", 200},
		{"nobody", "correct horse", 401},
		{"prom", "", 401},
		{"", "", 401},
	} {
		for _, address := range l.addresses {
			for _, path := range []string{"/-/healthy", "/metrics", "/nothing"} {
				got, err := try(t.Context(), client, http.MethodGet, "https://"+address+path, func(r *http.Request) {
					if test.user != "" {
						r.SetBasicAuth(test.user, test.password)
					}
				})
				want := test.want
				if path == "/nothing" && want == 200 {
					want = 404
				}
				if err != nil || got.status != want || (got.header.Get("WWW-Authenticate") == "") != (want != 401) {
					t.Errorf("%q %q %s: got %d, %v; want %d", test.user, test.password, path, got.status, err, want)
				}
			}
		}
	}
	if got := ask(t, http.MethodGet, "http://"+l.addresses[0]+"/metrics", nil); got.status != 400 {
		t.Errorf("without TLS: %d %s", got.status, got.body)
	}
	old := &tls.Config{RootCAs: trusted, MaxVersion: tls.VersionTLS11} //nolint:gosec // it has to be refused
	if connection, err := tls.Dial("tcp", l.addresses[0], old); err == nil {
		connection.Close()
		t.Error("TLS 1.1 was spoken")
	}
	transport.CloseIdleConnections()
	l.ended(t)
	for _, secret := range []string{"correct", "battery", "$2a$", "cHJvbT"} {
		if strings.Contains(l.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, l.log)
		}
	}
}

// TestWebConfigHeaders leaves headers as the operator set them.
func TestWebConfigHeaders(t *testing.T) {
	t.Parallel()
	path := webConfig(t, "http_server_config:\n  headers: {X-Frame-Options: sameorigin, Content-Security-Policy: \"default-src 'self'\"}\n")
	l := listen(t, Options{WebConfig: path}, usual(), "127.0.0.1:0")
	defer l.ended(t)
	got := ask(t, http.MethodGet, "http://"+l.addresses[0]+"/", nil)
	for name, want := range map[string]string{"X-Frame-Options": "sameorigin", "Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "no-referrer"} {
		if values := got.header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: got %q, want %q", name, values, want)
		}
	}
}

// TestWebConfigMistakes are found before anything is served, and name the file.
func TestWebConfigMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"unknown key":       {"tsl_server_config: {}\n", "line 1: field tsl_server_config not found"},
		"not YAML":          {"{", "yaml: "},
		"no such file":      {"tls_server_config: {cert_file: no.crt, key_file: no.key}\n", "no.crt"},
		"half a pair":       {"tls_server_config: {cert_file: no.crt}\n", "missing one of key or key_file"},
		"a plain password":  {"basic_auth_users: {prom: hunter2-and-more}\n", "hashedSecret"},
		"a header of ours?": {"http_server_config: {headers: {Cache-Control: public}}\n", `"Cache-Control" can not be configured`},
	} {
		path := webConfig(t, test.text)
		_, err := New(Options{Engine: starting(), Metrics: prometheus.NewRegistry(), WebConfig: path})
		if err == nil || !strings.HasPrefix(err.Error(), "web configuration "+path+": ") || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: %v", name, err)
		}
	}
	missing := filepath.Join(t.TempDir(), "missing.yml")
	_, err := New(Options{Engine: starting(), Metrics: prometheus.NewRegistry(), WebConfig: missing})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestWebConfigSpoiltLater fails as soon as an address is to be served by it,
// and leaves no listener open.
func TestWebConfigSpoiltLater(t *testing.T) {
	t.Parallel()
	path := webConfig(t, users)
	s := serverOf(t, Options{WebConfig: path}, usual(), io.Discard)
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	listeners, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), listeners...); err == nil || !strings.Contains(err.Error(), "serve "+listeners[0].Addr().String()) {
		t.Errorf("got %v", err)
	}
	if err := listeners[0].Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener was open: %v", err)
	}
}
