package main

import (
	"crypto/x509"
	"os"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// referenceTo reads where a secret is, and returns false for what is no reference.
func referenceTo(text string) (slo.SecretRef, bool) {
	if name, isFile := strings.CutPrefix(text, "file:"); isFile && name != "" {
		return slo.SecretRef{File: name}, true
	}
	name, isVariable := strings.CutPrefix(text, "env:")
	return slo.SecretRef{Env: name}, isVariable && name != ""
}

// rootsIn reads certificates; nil without a file.
func rootsIn(flag, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("%s %s: %w", flag, path, cause(err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, usage("%s %s holds no certificate (PEM)", flag, path)
	}
	return pool, nil
}
