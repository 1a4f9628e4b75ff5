package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSecretsAreNeverShown puts a secret wherever people put one by mistake,
// alone and beside errors, and looks for it in everything that is printed.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	const source = "apiVersion: slojourn/v1\nkind: Source\nmetadata: {name: newrelic}\nspec:\n  newRelic:\n    accountId: 1\n    region: Moon\n"
	const notifier = "apiVersion: slojourn/v1\nkind: Notifier\nmetadata: {name: chat}\nspec:\n  locale: xx\n"
	places := []string{
		source + "    apiKey: SECRET\n", source + "    \"apiKey\": 'SECRET'\n", source + "    apiKey: !!str SECRET\n",
		source + "    apiKey: &k SECRET\n", source + "    apikey: SECRET\n", source + "    api_key: SECRET\n", source + "    apiKye: SECRET\n",
		source + "    apiKey: # the key\n      SECRET\n", source + "    apiKey: >-\n      SECRET\n", source + "    apiKey:\n    SECRET\n",
		source + "    apiKey:\n      env: SECRET\n", source + "    apiKey:\n      - SECRET\n", source + "    apiKey: {env: SECRET}\n",
		source + "    apiKey: {env: NEW_RELIC_API_KEY=SECRET}\n", source + "    apiKey: {value: SECRET}\n", source + "    apiKey: {SECRET}\n",
		source + "    apiKey: {env: NEW_RELIC_API_KEY, SECRET: x, file: [SECRET]}\n", source + "    apiKey: {\n      env: SECRET\n    }\n",
		source + "    apiKey: [SECRET]\n", source + "    apiKey: {env: NEW_RELIC_API_KEY}\n    apiKey: SECRET\n",
		source + "    apiKey: \"SECRET\n", source + "    apiKey: 'SECRET\n", source + "    apiKey: SECRET: x\n", source + "    apiKey: {env: SECRET\n",
		source + "    apiKey:SECRET\n", source + "    apiKey=SECRET\n", source + "    apiKey: @SECRET\n", source + "    apiKey: \"SECRET\" x\n",
		source + "\tapiKey: SECRET\n", source + "    # apiKey: SECRET\n    nonsense: 1\n", source + "    apiKey: *SECRET x\n",
		source + "    endpoint: https://x.example.com/a?api_key=SECRET\n",
		notifier + "  webhook: {url: \"https://x.example.com/a\", hmacKey: SECRET}\n", notifier + "  webhook: {url: \"https://x/a?token=SECRET\"}\n",
		notifier + "  webhook: {url: x, hmac_key: SECRET}\n", notifier + "  webhook:\n    url: https://x/?password=SECRET&a=b\n    hmacKey: SECRET\n",
		notifier + "  pagerDuty: {routingkey: SECRET}\n", notifier + "  pagerDuty: {routingKey: \"SECRET}\n",
		notifier + "  slack: {webhook: hooks.slack.com/services/T/B/SECRET}\n", notifier + "  slack:\n    webhook: hooks.slack.com/services/T/B/SECRET\n",
		notifier + "  slack: {webhook: \"https://hooks.slack.com/services/T/B/SECRET\n",
	}
	commands := [][]string{
		{"validate"},
		{"validate", "--locale", "ja"},
		{"validate", "-o", "json"},
		{"validate", "-o", "json", "--locale", "ja"},
		{"validate", "-o", "sarif"},
		{"validate", "-o", "github"},
		{"fmt", "--check"},
		{"fmt", "--diff"},
		{"explain", "chat"},
	}
	for _, place := range places {
		file := filepath.Join(t.TempDir(), "spec.yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(place, "SECRET", "hunter2-S3cr3tV4lue")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range commands {
			var out bytes.Buffer
			run(t.Context(), environment{
				stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }, now: time.Now,
			}, append(args, file))
			if strings.Contains(out.String(), "S3cr3t") || strings.Contains(out.String(), "hunter2") {
				t.Errorf("slojourn %s of\n%s\nshows the secret:\n%s", strings.Join(args, " "), place, out.String())
			}
		}
	}
}
