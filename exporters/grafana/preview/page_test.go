package preview

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		b := bookOf(t, files(), locale)
		overview := pageOf(t, b, 0)
		index, err := b.Index()
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string][]byte{"overview": overview, "index": index} {
			if !Made(got) {
				t.Errorf("%s is not known as a page", name)
			}
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
