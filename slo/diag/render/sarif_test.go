package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func tool() render.Tool {
	return render.Tool{Version: "v1.2.3", URI: "https://example.com/slojourn", Rule: func(code diag.Code) render.Rule {
		return render.Rule{Title: "what " + string(code) + " is about", URI: "https://example.com/slojourn/" + string(code)}
	}}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	absolute, odd := lineSpan(2, 3, 4, 1), lineSpan(1, 1, 1, 1)
	absolute.File, odd.File = "/specs/日 本.yaml", "./a:b%20?.yaml"
	list := diag.List{
		{Code: diag.CodeTarget, Severity: diag.Error, Span: lineSpan(14, 13, 14, 16), Message: diag.Verbatim("target 100 leaves no error budget"), Hint: diag.Verbatim("write {target: 99.99%}")},
		{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: absolute, Message: diag.Verbatim(`the name "pay" stands twice`),
			Related: []diag.Related{{Span: odd, Message: diag.Verbatim("the first one")}, {Message: diag.Verbatim("about nothing that is written")}},
		},
		{Code: diag.CodeCeiling, Severity: diag.Warning, Span: diag.Span{File: "<stdin>"}, Message: diag.Verbatim("about the whole input")},
		{Code: diag.CodeTarget, Severity: diag.Info, Message: diag.Verbatim("about nothing [that](is) written: " + key)},
		{Code: diag.CodeNRQLSampled, Severity: diag.Info, Span: lineSpan(20, 1, 20, 5), Message: diag.Verbatim("a trait"), Acceptance: "Known [since](2025): {it} is " + key},
	}
	var out bytes.Buffer
	if err := render.SARIF(&out, list, tool()); err != nil {
		t.Fatal(err)
	}
	compare(t, "sarif.json", out.Bytes())

	out.Reset()
	if err := render.SARIF(&out, nil, tool()); err != nil {
		t.Fatal(err)
	}
	compare(t, "sarif-empty.json", out.Bytes())
}

// TestSARIFStructure checks what the schema of SARIF 2.1.0 demands of the
// objects that are written: required properties, their types and ranges, and
// that nothing else is there.
func TestSARIFStructure(t *testing.T) {
	t.Parallel()
	for _, g := range goldens() {
		checkSARIF(t, g.name, g.findings(t))
	}
	for name, text := range hostile.Texts() {
		checkSARIF(t, name, everywhere(text))
	}
}

func checkSARIF(t *testing.T, name string, list diag.List) {
	t.Helper()
	var out bytes.Buffer
	if err := render.SARIF(&out, list, tool()); err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	c := sarifChecker{t: t, name: name}
	c.object("log", log, []string{"version", "runs"}, "$schema")
	if log["version"] != "2.1.0" {
		t.Errorf("%s: version %v", name, log["version"])
	}
	for _, r := range c.array("runs", log["runs"]) {
		run := c.object("run", r, []string{"tool"}, "columnKind", "results")
		if run["columnKind"] != "unicodeCodePoints" {
			t.Errorf("%s: columns count %v", name, run["columnKind"])
		}
		driver := c.object("driver", c.object("tool", run["tool"], []string{"driver"})["driver"],
			[]string{"name"}, "version", "informationUri", "rules")
		rules := c.array("rules", driver["rules"])
		for _, r := range rules {
			rule := c.object("rule", r, []string{"id"}, "shortDescription", "fullDescription", "helpUri", "help")
			c.uri(rule["helpUri"])
			c.message(rule["shortDescription"])
			c.message(rule["fullDescription"])
			c.message(rule["help"])
		}
		results := c.array("results", run["results"])
		if len(results) != len(list) {
			t.Errorf("%s: %d results for %d findings", name, len(results), len(list))
		}
		for i, r := range results {
			result := c.object("result", r, []string{"message"}, "ruleId", "ruleIndex", "level", "locations", "relatedLocations", "suppressions")
			c.message(result["message"])
			if !slices.Contains([]any{"none", "note", "warning", "error"}, result["level"]) {
				t.Errorf("%s: level %v", name, result["level"])
			}
			index := int(result["ruleIndex"].(float64))
			if id := rules[index].(map[string]any)["id"]; id != result["ruleId"] {
				t.Errorf("%s: ruleIndex %d is %v, want %v", name, index, id, result["ruleId"])
			}
			c.locations(result["locations"])
			if related, found := result["relatedLocations"]; found {
				c.locations(related)
			}
			suppressions := c.array("suppressions", result["suppressions"])
			if (len(suppressions) == 1) != list[i].Accepted() {
				t.Errorf("%s: accepted: %t, suppressions %v", name, list[i].Accepted(), suppressions)
			}
			for _, s := range suppressions {
				if kind := c.object("suppression", s, []string{"kind"}, "justification")["kind"]; kind != "inSource" {
					t.Errorf("%s: a suppression of the kind %v", name, kind)
				}
			}
		}
	}
}

type sarifChecker struct {
	t    *testing.T
	name string
}

func (c sarifChecker) object(what string, value any, required []string, optional ...string) map[string]any {
	c.t.Helper()
	object, ok := value.(map[string]any)
	if !ok {
		c.t.Fatalf("%s: %s is %v", c.name, what, value)
	}
	for _, key := range required {
		if _, found := object[key]; !found {
			c.t.Errorf("%s: %s has no %s", c.name, what, key)
		}
	}
	for key := range object {
		if !slices.Contains(required, key) && !slices.Contains(optional, key) {
			c.t.Errorf("%s: %s has %s", c.name, what, key)
		}
	}
	return object
}

func (c sarifChecker) array(what string, value any) []any {
	c.t.Helper()
	array, ok := value.([]any)
	if !ok {
		c.t.Fatalf("%s: %s is %v, not an array", c.name, what, value)
	}
	return array
}

func (c sarifChecker) message(value any) {
	c.t.Helper()
	if text := c.object("message", value, []string{"text"})["text"]; fmt.Sprintf("%T", text) != "string" {
		c.t.Errorf("%s: text %v", c.name, text)
	}
}

func (c sarifChecker) uri(value any) {
	c.t.Helper()
	if _, err := url.Parse(fmt.Sprint(value)); err != nil || value == "" {
		c.t.Errorf("%s: %v is no address: %v", c.name, value, err)
	}
}

func (c sarifChecker) locations(value any) {
	c.t.Helper()
	ids := map[any]bool{}
	for _, l := range c.array("locations", value) {
		location := c.object("location", l, nil, "id", "physicalLocation", "message")
		if id, found := location["id"]; found {
			if n, ok := id.(float64); !ok || n < 0 || ids[id] {
				c.t.Errorf("%s: id %v", c.name, id)
			}
			ids[id] = true
		}
		if message, found := location["message"]; found {
			c.message(message)
		}
		place := c.object("physicalLocation", location["physicalLocation"], []string{"artifactLocation"}, "region")
		c.uri(c.object("artifactLocation", place["artifactLocation"], []string{"uri"})["uri"])
		if r, found := place["region"]; found {
			region := c.object("region", r, []string{"startLine"}, "startColumn", "endLine", "endColumn")
			for key, value := range region {
				if n, ok := value.(float64); !ok || n < 1 {
					c.t.Errorf("%s: %s is %v", c.name, key, value)
				}
			}
		}
	}
}
