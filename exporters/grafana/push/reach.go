package push

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// unreached says why Grafana could not be asked, and what to do about that. Nothing that is
// hidden is repeated.
func unreached(err error, hidden []secret.Value) string {
	dial, isNet := errors.AsType[*net.OpError](err)
	timed, isTimed := errors.AsType[net.Error](err)
	naming, isDNS := errors.AsType[*net.DNSError](err)
	_, otherName := errors.AsType[x509.HostnameError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, odd := errors.AsType[tls.RecordHeaderError](err)
	switch why := httpclient.Excerpt(err.Error(), hidden); {
	case isNet && dial.Op == "proxyconnect":
		return why + ": does HTTPS_PROXY name the right proxy, or is Grafana one to ask without it (NO_PROXY)?"
	case isDNS && naming.Timeout():
		return why + ": does the name server of this machine answer, or is there a proxy to go through (HTTPS_PROXY)?"
	case isDNS:
		return why + ": is the name in the address right, and is it one that this machine knows?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return why + ": does Grafana run there, and is the port its own?"
	case otherName:
		return why + ": is the address the one that the certificate is for?"
	case untrusted:
		return why + ": is the certificate current, and the clock of this machine right?"
	case odd, errors.Is(err, http.ErrSchemeMismatch):
		return why + ": is the port the one for https://?"
	case isTimed && timed.Timeout():
		return why + ": is the address right, and is there a firewall in between, or a proxy to go through (HTTPS_PROXY)?"
	case cut(err):
		return "the connection was cut (" + why + "): is the address that of Grafana, and does a proxy in between let requests through (HTTPS_PROXY)?"
	default:
		return why + ": is the address that of Grafana, and does a proxy in between let requests through (HTTPS_PROXY)?"
	}
}

// cut reports whether a connection ended early.
func cut(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
