package main

import (
	"crypto/x509"
	"os"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// referenceTo reads where a secret is, and returns false for what is no reference: also
// for what names no variable or file, as it may be the secret that a shell has put in the
// place of its name. Such a text is not shown to anybody.
func referenceTo(text string) (slo.SecretRef, bool) {
	if name, isFile := strings.CutPrefix(text, "file:"); isFile {
		return slo.SecretRef{File: name}, name != "" && !isSecret(name)
	}
	name, isVariable := strings.CutPrefix(text, "env:")
	return slo.SecretRef{Env: name}, isVariable && isVariableName(name) && !isSecret(name)
}

// isSecret reports whether a text has the form of a secret, such as a token of Grafana's.
func isSecret(text string) bool {
	return len(diag.FindSecrets(text)) > 0 || slices.ContainsFunc([]string{"glsa_", "glc_", "eyJ"}, func(start string) bool { return strings.HasPrefix(text, start) })
}

// isVariableName reports whether a text is written as names of environment variables are.
func isVariableName(text string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return text != "" && strings.ContainsAny(text[:1], letters) && strings.Trim(text, letters+"0123456789") == ""
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
