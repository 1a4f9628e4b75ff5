package page

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func pageOf(t *testing.T, doc report.Backtest, locale slo.Locale) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Backtest(&b, doc, locale); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]report.Backtest{"retail": retail(), "compared": compared()} {
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			got := pageOf(t, doc, locale)
			file := "testdata/" + name + "." + string(locale) + ".html"
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil { //nolint:gosec // a page to look at
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
			}
		}
	}
}
