package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadme keeps what the README in both languages and the demo's page show equal to what
// there is: the demo prints what is on the page of the retail example, which TestPages sees to.
func TestReadme(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../../examples/retail/order-online.yaml")
	if err != nil {
		t.Fatal(err)
	}
	retail, err := os.ReadFile("../../examples/retail/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, demo, found := strings.Cut(string(retail), "$ slojourn demo --once --at 2026-11-22T09:00:00Z\n")
	demo, _, ended := strings.Cut(demo, "```")
	if !found || !ended {
		t.Fatal("the page of the retail example does not show the demo")
	}
	for marker, want := range map[string]string{
		"<!-- demo -->\n```\n": demo, "<!-- examples/retail/order-online.yaml -->\n```yaml\n": string(spec),
	} {
		for _, name := range []string{"README.md", "README.ja.md"} {
			_, after, found := strings.Cut(readFile(t, "../../"+name), marker)
			block, _, _ := strings.Cut(after, "```")
			if !found || block != want {
				t.Errorf("behind %q %s shows\n%s\nwant\n%s", marker, name, block, want)
			}
		}
	}
	page, err := os.ReadFile("../../docs/demo.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "--at 2026-11-22T09:00:00Z\n"+demo+"```") {
		t.Error("docs/demo.md shows another output than the demo prints")
	}
}

// TestReadmeShowsMistakes compares what the README in both languages says that validate prints.
func TestReadmeShowsMistakes(t *testing.T) {
	t.Parallel()
	folder := t.TempDir() + "/"
	writeFile(t, folder+"specs/shop.yaml", `apiVersion: slojourn/v1
kind: Team
metadata: {name: shop}
---
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}
`)
	writeFile(t, folder+"specs/checkout.yaml", `apiVersion: slojourn/v1
kind: SLO
metadata: {name: checkout, owner: shop}
spec:
  objective: {target: 0.999, window: 28d}
  sli:
    from: AccessLog
    where: >-
      appName = 'shop'
      AND name = 'checkout
    bad: error IS TRUE
`)
	for _, name := range []string{"README.md", "README.ja.md"} {
		_, block, found := strings.Cut(readFile(t, "../../"+name), "```\n$ slojourn validate ")
		line, block, _ := strings.Cut(block, "\n")
		shown, _, ended := strings.Cut(block, "```")
		if !found || !ended {
			t.Fatalf("%s does not show validate", name)
		}
		arguments := append([]string{"validate"}, strings.Fields(strings.Replace(line, "specs", folder+"specs", 1))...)
		_, printed, _ := command(t, arguments...)
		checkShown(t, name+": validate "+line, shown, strings.ReplaceAll(printed, folder, ""))
	}
}
