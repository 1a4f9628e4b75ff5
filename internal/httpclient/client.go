package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// Options say how a server is reached.
type Options struct {
	Dial  time.Duration  // for a connection, and as long again for its TLS handshake
	Idle  int            // connections to one server that are kept for the next requests
	Roots *x509.CertPool // that servers are trusted by; nil for the system's
}

// NewTransport returns a transport of its own. It takes proxies from the environment, as
// the standard library's does, and TLS from 1.2 on.
func NewTransport(o Options) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: o.Dial, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: o.Idle,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: o.Dial,
		TLSClientConfig:     &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
	}
}

// New returns a client that follows no redirects: they would take keys and texts to a
// place that nobody has named.
func New(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
