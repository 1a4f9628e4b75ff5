package yaml_test

import (
	"strings"
	"testing"

	reader "gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/exporters/yaml"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// TestYAML reads back what is written, whatever it is.
func TestYAML(t *testing.T) {
	t.Parallel()
	check := func(fail func(format string, args ...any), text string) {
		var d yaml.Document
		d.Pairs(1, "labels", map[string]string{"a": text, "b": "28d"})
		d.Line(1, "list:")
		d.Pair(2, "- name", text)
		var got struct {
			Labels map[string]string
			List   []map[string]string
		}
		if err := reader.Unmarshal(d.Bytes(), &got); err != nil {
			fail("%q: %v\n%s", text, err, d.Bytes())
			return
		}
		want := strings.ToValidUTF8(text, "\ufffd")
		if got.Labels["a"] != want || got.Labels["b"] != "28d" || got.List[0]["name"] != want {
			fail("%q: %q\n%s", text, got, d.Bytes())
		}
	}
	for _, text := range hostile.Texts() {
		check(t.Errorf, strings.ToValidUTF8(text, "\ufffd"))
	}
	for _, text := range []string{"true", "No", "~", "1e3", "0x10", "28d", "5m", "a: b", "a #b", "a:", "'", "- a", " a", "a ", "a\n b\n", "\na", "a\n\nb", "a\n\tb", "a\r\nb", "\ufeffa", "a\ufeff\nb", "=", "<<", "/", "/a", "/ #", "/a: b", "/:", "/ ", "é: x"} {
		check(t.Errorf, text)
	}
	if t.Failed() {
		return
	}
	rapid.Check(t, func(r *rapid.T) {
		check(r.Fatalf, rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("ab/:# -'\"\n\t{}[]\\|>&*!%@`,?~\u0085\u2028\U0001F9E8")))).Draw(r, "text"))
	})
}
