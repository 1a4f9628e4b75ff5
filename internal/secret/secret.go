// Package secret resolves references to secrets under the rules of trust:
// environment variables by their prefix, files only below one folder. A
// resolved secret does not show itself when it is printed.
package secret

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// maxBytes bounds the size of a file that holds a secret.
const maxBytes = 64 << 10

// Value is a secret. It prints, logs and marshals as a placeholder;
// [Value.Reveal] gives the secret itself.
type Value struct {
	// A pointer, since fmt calls no methods on what it reaches through the
	// unexported field of another struct: it prints an address there.
	text *string
}

// Of wraps a secret that came from elsewhere.
func Of(text string) Value { return Value{&text} }

// Reveal returns the secret; that of the zero Value is empty.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// String returns a placeholder.
func (v Value) String() string { return "[secret]" }

// GoString returns a placeholder.
func (v Value) GoString() string { return v.String() }

// Format writes a placeholder for every verb.
func (v Value) Format(f fmt.State, _ rune) { io.WriteString(f, v.String()) } //nolint:errcheck // fmt ignores it

// MarshalText returns a placeholder.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// LogValue returns a placeholder.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Resolver reads secrets.
type Resolver struct {
	Getenv func(string) string
	Dir    string // folder of secret files; "" refuses them
}

// Resolve reads the secret that ref names. The error names the place and the
// remedy, never the content.
func (r Resolver) Resolve(ref slo.SecretRef) (Value, error) {
	if ref.File != "" {
		return r.file(ref)
	}
	if !strings.HasPrefix(ref.Env, "NEW_RELIC_") && !strings.HasPrefix(ref.Env, "SLOJOURN_") {
		return Value{}, diag.Say("%s may not be read: its name must begin with NEW_RELIC_ or SLOJOURN_", ref).Err()
	}
	return value(ref, r.Getenv(ref.Env))
}

func (r Resolver) file(ref slo.SecretRef) (Value, error) {
	if r.Dir == "" {
		return Value{}, diag.Say("%s may not be read: name the folder of secrets with --secrets-dir", ref).Err()
	}
	// os.Root keeps names and links from leading out of the folder.
	root, err := os.OpenRoot(r.Dir)
	if err != nil {
		return Value{}, diag.Say("open the folder that --secrets-dir names (%v)", bare(err)).Err()
	}
	defer root.Close() //nolint:errcheck // only read from
	info, err := root.Stat(ref.File)
	switch {
	case err != nil:
		return Value{}, diag.Say("find %s (%v)", ref, bare(err)).Err()
	case !info.Mode().IsRegular(): // opening a pipe would wait for a writer
		return Value{}, diag.Say("%s is not a regular file", ref).Err()
	}
	f, err := root.Open(ref.File)
	if err != nil {
		return Value{}, diag.Say("open %s (%v)", ref, bare(err)).Err()
	}
	defer f.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return Value{}, diag.Say("read %s (%v)", ref, bare(err)).Err()
	}
	if len(data) > maxBytes {
		return Value{}, diag.Say("%s is larger than %d bytes: it does not look like a secret", ref, maxBytes).Err()
	}
	return value(ref, string(data))
}

// bare is an error without the name of a file in front: where texts are masked, what
// follows "slack-webhook:" would be taken for a secret.
func bare(err error) error {
	if in, ok := errors.AsType[*fs.PathError](err); ok {
		return in.Err
	}
	return err
}

func value(ref slo.SecretRef, text string) (Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Value{}, diag.Say("%s is not set", ref).Err()
	}
	odd := func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }
	if strings.ContainsFunc(text, odd) || !utf8.ValidString(text) {
		return Value{}, diag.Say("%s holds blanks, line breaks or other unprintable characters inside the secret", ref).Err()
	}
	return Of(text), nil
}
