package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// key stands in for a secret that must not show itself.
const key = "NRAK-0123456789"

func TestResolveEnv(t *testing.T) {
	t.Parallel()
	variables := map[string]string{
		"NEW_RELIC_API_KEY": key,
		"SLOJOURN_HOOK":     "https://hooks.example/T0/B0",
		"NEW_RELIC_LINE":    " \t" + key + "\r\n",
		"NEW_RELIC_BLANK":   " \n",
		"NEW_RELIC_TWO":     key + " " + key,
		"NEW_RELIC_LINES":   key + "\n" + key,
		"NEW_RELIC_BOM":     "\ufeff" + key,
		"NEW_RELIC_NUL":     key + "\x00",
		"NEW_RELIC_BYTES":   key + "\xff",
		"AWS_SECRET":        key,
		"new_relic_key":     key,
		"MY_NEW_RELIC_KEY":  key,
		"":                  key,
	}
	for _, test := range []struct {
		env     string
		want    string
		wantErr string
	}{
		{env: "NEW_RELIC_API_KEY", want: key},
		{env: "SLOJOURN_HOOK", want: "https://hooks.example/T0/B0"},
		{env: "NEW_RELIC_LINE", want: key},
		{env: "NEW_RELIC_BLANK", wantErr: "environment variable NEW_RELIC_BLANK is not set"},
		{env: "NEW_RELIC_ABSENT", wantErr: "environment variable NEW_RELIC_ABSENT is not set"},
		{env: "NEW_RELIC_TWO", wantErr: "inside the secret"},
		{env: "NEW_RELIC_LINES", wantErr: "inside the secret"},
		{env: "NEW_RELIC_BOM", wantErr: "inside the secret"},
		{env: "NEW_RELIC_NUL", wantErr: "inside the secret"},
		{env: "NEW_RELIC_BYTES", wantErr: "inside the secret"},
		{env: "AWS_SECRET", wantErr: "environment variable AWS_SECRET may not be read: its name must begin with NEW_RELIC_ or SLOJOURN_"},
		{env: "new_relic_key", wantErr: "may not be read"},
		{env: "MY_NEW_RELIC_KEY", wantErr: "may not be read"},
		{env: "", wantErr: "may not be read"},
	} {
		t.Run(test.env, func(t *testing.T) {
			t.Parallel()
			r := secret.Resolver{Getenv: func(name string) string { return variables[name] }}
			got, err := r.Resolve(slo.SecretRef{Env: test.env})
			checkResolved(t, got, err, test.want, test.wantErr)
		})
	}
}

func TestResolveAsksOnlyForAllowedVariables(t *testing.T) {
	t.Parallel()
	r := secret.Resolver{Getenv: func(name string) string {
		t.Errorf("the variable %s was read", name)
		return key
	}}
	for _, ref := range []slo.SecretRef{{Env: "HOME"}, {Env: "XNEW_RELIC_KEY"}, {File: "NEW_RELIC_KEY"}} {
		if _, err := r.Resolve(ref); err == nil {
			t.Errorf("%s was resolved", ref)
		}
	}
}

func TestResolveFile(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "secrets")
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(parent, "outside")
	write("newrelic-key", key+"\n")
	write("below/key", key)
	write("empty", "\n\n")
	write("lines", key+"\n"+key+"\n")
	write("full", strings.Repeat("k", 64<<10))
	write("large", strings.Repeat("k", 64<<10+1))
	write("large-blank", key+strings.Repeat("\n", 64<<10))
	write("../outside", key)
	link("../outside", "link-out")
	link(outside, "link-absolute")
	link("..", "link-parent")
	// Kubernetes mounts secrets in this way.
	write("..2026/mounted", key)
	link("..2026", "..data")
	link("..data/mounted", "mounted")

	for _, test := range []struct {
		file    string
		want    string
		wantErr string
	}{
		{file: "newrelic-key", want: key},
		{file: "below/key", want: key},
		{file: "below/../newrelic-key", want: key},
		{file: "mounted", want: key},
		{file: "full", want: strings.Repeat("k", 64<<10)},
		{file: "large", wantErr: "file large is larger than 65536 bytes"},
		{file: "large-blank", wantErr: "file large-blank is larger than 65536 bytes"},
		{file: "empty", wantErr: "file empty is not set"},
		{file: "lines", wantErr: "inside the secret"},
		{file: "below", wantErr: "file below is not a regular file"},
		{file: "missing", wantErr: "find file missing (no such file"},
		{file: "slack-webhook", wantErr: "find file slack-webhook (no such file"},
		{file: "../outside", wantErr: "path escapes"},
		{file: "below/../../outside", wantErr: "path escapes"},
		{file: "link-out", wantErr: "path escapes"},
		{file: "link-absolute", wantErr: "path escapes"},
		{file: "link-parent/outside", wantErr: "path escapes"},
		{file: outside, wantErr: "path escapes"},
		{file: filepath.Join(dir, "newrelic-key"), wantErr: "path escapes"},
	} {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			got, err := secret.Resolver{Dir: dir}.Resolve(slo.SecretRef{File: test.file})
			checkResolved(t, got, err, test.want, test.wantErr)
		})
	}

	_, err := secret.Resolver{}.Resolve(slo.SecretRef{File: "newrelic-key"})
	checkResolved(t, secret.Value{}, err, "", "name the folder of secrets with --secrets-dir")
	_, err = secret.Resolver{Dir: filepath.Join(parent, "missing")}.Resolve(slo.SecretRef{File: "newrelic-key"})
	checkResolved(t, secret.Value{}, err, "", "open the folder that --secrets-dir names")
}

// checkResolved wants either a secret or an error that says why there is
// none, and in no case an error with the secret in it.
func checkResolved(t *testing.T, got secret.Value, err error, want, wantErr string) {
	t.Helper()
	switch {
	case wantErr == "" && err != nil:
		t.Errorf("got the error %v", err)
	case wantErr != "" && (err == nil || !strings.Contains(err.Error(), wantErr)):
		t.Errorf("got the error %v, want one with %q", err, wantErr)
	case err != nil && strings.Contains(err.Error(), key):
		t.Errorf("the error %v holds the secret", err)
	}
	if err != nil && render.Plain(err.Error()) != err.Error() {
		t.Errorf("of the error %v only %s is printed", err, render.Plain(err.Error()))
	}
	if got.Reveal() != want {
		t.Errorf("got a secret of %d bytes, want one of %d", len(got.Reveal()), len(want))
	}
}

func TestValueDoesNotShowItself(t *testing.T) {
	t.Parallel()
	value := secret.Of(key)
	type exported struct{ Key secret.Value }
	type hidden struct{ key secret.Value }
	logged := func(handler func(*bytes.Buffer) slog.Handler, v any) string {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("m", "v", v)
		return b.String()
	}
	text := func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }
	asJSON := func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }
	shown := map[string]string{
		"String":     value.String(),
		"Sprint":     fmt.Sprint(value),
		"error":      fmt.Errorf("wrapped: %v", value).Error(),
		"slog text":  logged(text, value),
		"slog JSON":  logged(asJSON, value),
		"JSON":       marshal(t, value),
		"JSON field": marshal(t, exported{value}),
		"JSON key":   marshal(t, map[secret.Value]int{value: 1}),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%10s"} {
		shown[verb] = fmt.Sprintf(verb, value)
		shown[verb+" of a pointer"] = fmt.Sprintf(verb, &value)
		shown[verb+" of a list"] = fmt.Sprintf(verb, []secret.Value{value})
		shown[verb+" of a field"] = fmt.Sprintf(verb, exported{value})
		shown[verb+" of an unexported field"] = fmt.Sprintf(verb, hidden{value})
		shown[verb+" of a pointer to an unexported field"] = fmt.Sprintf(verb, &hidden{value})
	}
	shown["slog text of a field"] = logged(text, exported{value})
	shown["slog text of an unexported field"] = logged(text, hidden{value})
	shown["slog JSON of a field"] = logged(asJSON, exported{value})
	for how, got := range shown {
		for _, form := range []string{key, fmt.Sprintf("%x", key), fmt.Sprintf("%X", key), fmt.Sprint([]byte(key))} {
			if strings.Contains(got, form) {
				t.Errorf("%s shows the secret: %s", how, got)
			}
		}
	}
	for _, how := range []string{"String", "Sprint", "%v", "%+v", "%#v", "%s", "%q"} {
		if shown[how] != "[secret]" {
			t.Errorf("%s gives %q, want [secret]", how, shown[how])
		}
	}
	for _, how := range []string{"slog text", "slog JSON", "JSON", "JSON field"} {
		if !strings.Contains(shown[how], "[secret]") {
			t.Errorf("%s gives %q, want a placeholder", how, shown[how])
		}
	}
	if value.Reveal() != key || (secret.Value{}).Reveal() != "" {
		t.Error("Reveal does not give the secret back")
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
