package render_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// TestColumns makes lines of what takes one or two columns, however many characters that is, and
// points at some of it.
func TestColumns(t *testing.T) {
	t.Parallel()
	columns := map[string]int{
		"a": 1, "é": 1, "e\u0301": 1, "…": 1, "ｶ": 1, "注": 2, "か\u3099": 2, "👍": 2, "👍🏽": 2, "👨‍👩‍👧": 2, "🏳️‍🌈": 2, "🇯🇵": 2, "🇩🇪": 2,
		"❤️": 2, "1️⃣": 2, "™️": 2, "‼️": 2, "❤️‍🔥": 2, "❤": 1, "™": 1, "注️": 2, "a️": 1,
	}
	units := slices.Sorted(maps.Keys(columns))
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(units), 0, 10)
		before, marked, behind := some.Draw(t, "before"), rapid.SliceOfN(rapid.SampledFrom(units), 1, 5).Draw(t, "marked"), some.Draw(t, "behind")
		wide := func(units []string) (n int) {
			for _, unit := range units {
				n += columns[unit]
			}
			return n
		}
		source := strings.Join(before, "") + strings.Join(marked, "") + strings.Join(behind, "")
		start := len(strings.Join(before, ""))
		d := diag.Diagnostic{
			Code: diag.CodeValue, Severity: diag.Error, Message: diag.Verbatim("m"),
			Span: diag.PlainText(source, "f.yaml", diag.Position{Line: 1, Column: 1}).Span(start, start+len(strings.Join(marked, ""))),
		}
		var out bytes.Buffer
		if err := render.Text(&out, diag.List{d}, render.Options{Lines: func(string, int) (string, bool) { return source, true }}); err != nil {
			t.Fatal(err)
		}
		if want := "\n      | " + strings.Repeat(" ", wide(before)) + strings.Repeat("^", wide(marked)) + "\n"; !strings.HasSuffix(out.String(), want) {
			t.Errorf("%s\nwant below it%s", &out, want)
		}
	})
}
