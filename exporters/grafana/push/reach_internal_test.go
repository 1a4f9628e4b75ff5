package push

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
)

// TestUnreached is about what no test can bring about by itself.
func TestUnreached(t *testing.T) {
	t.Parallel()
	dialing := &net.OpError{Op: "dial", Net: "tcp", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"a proxy": {
			&net.OpError{Op: "proxyconnect", Net: "tcp", Err: dialing},
			"proxyconnect tcp: dial tcp: connect: connection refused: does HTTPS_PROXY name the right proxy, or is Grafana one to ask without it (NO_PROXY)?",
		},
		"a proxy that wants to know who asks": {
			errors.New("Proxy Authentication Required"),
			"Proxy Authentication Required: is the address that of Grafana, and does a proxy in between let requests through (HTTPS_PROXY)?",
		},
		"no answer to a dial": {
			&net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded},
			"dial tcp: i/o timeout: is the address right, and is there a firewall in between, or a proxy to go through (HTTPS_PROXY)?",
		},
		"a name that is not known": {
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "grafana.test", IsNotFound: true}},
			"dial tcp: lookup grafana.test: no such host: is the name in the address right, and is it one that this machine knows?",
		},
		"no answer of a name server": {
			&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "i/o timeout", Name: "grafana.test", IsTimeout: true}},
			"dial tcp: lookup grafana.test: i/o timeout: does the name server of this machine answer, or is there a proxy to go through (HTTPS_PROXY)?",
		},
		"an old certificate": {
			&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired, Detail: "it ended in May"}},
			"tls: failed to verify certificate: x509: certificate has expired or is not yet valid: it ended in May: is the certificate current, and the clock of this machine right?",
		},
		"a secret": {
			errors.New("malformed HTTP response hunter2"),
			"malformed HTTP response [secret]: is the address that of Grafana, and does a proxy in between let requests through (HTTPS_PROXY)?",
		},
	} {
		if got := unreached(test.err, []secret.Value{secret.Of("hunter2")}); got != test.want {
			t.Errorf("%s: got\n%s, want\n%s", name, got, test.want)
		}
	}
}
