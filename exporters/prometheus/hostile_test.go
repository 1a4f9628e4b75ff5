package prometheus

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// TestHostile reads hostile texts in every format as Prometheus does: they are values of
// labels, as they are or shortened, and nothing else.
func TestHostile(t *testing.T) {
	t.Parallel()
	texts := hostile.Texts()
	for _, what := range slices.Sorted(maps.Keys(texts)) {
		text := texts[what]
		v := shop(t)
		s := &v.Snapshot.Statuses[4]
		s.Title, s.Owner = text, text
		mail := v.Set.SLOs[3]
		mail.About.Labels = map[string]string{"note": text, text: "named", strings.ToUpper(text): "named"}
		s.Objectives[0].Name = text
		for _, format := range Formats() {
			page := written(t, NewPage(v), Scrape{Format: format})
			if !utf8.ValidString(page) && format != expfmt.FmtProtoDelim {
				t.Errorf("%s: the page is no UTF-8", what)
			}
			series := parsed(t, page, format)
			plain := parsed(t, written(t, NewPage(shop(t)), Scrape{Format: format}), format)
			if len(series) != len(plain) {
				t.Errorf("%s as %s: %d series, else %d", what, format, len(series), len(plain))
			}
			want := strings.ToValidUTF8(text, "\uFFFD")
			if runes := []rune(text); len(runes) > longest {
				want = string(runes[:longest]) + "…"
			}
			i := slices.IndexFunc(series, func(l labels.Labels) bool { return l.Get("__name__") == "slojourn_slo_info" && l.Get("id") == "mail" })
			if i < 0 {
				t.Errorf("%s as %s: no information", what, format)
				continue
			}
			for _, name := range []string{"title", "label_note"} {
				if diff := cmp.Diff(want, series[i].Get(name)); diff != "" {
					t.Errorf("%s as %s: %s is %.200s", what, format, name, diff)
				}
			}
		}
	}
}

// parsed returns the series of a page as Prometheus reads them.
func parsed(t *testing.T, page string, format expfmt.Format) []labels.Labels {
	t.Helper()
	p, err := textparse.New([]byte(page), string(format), labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var all []labels.Labels
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if entry == textparse.EntrySeries {
			var one labels.Labels
			p.Labels(&one)
			all = append(all, one)
		}
	}
}

// TestTooManyLabels exports no more of them than any store takes.
func TestTooManyLabels(t *testing.T) {
	t.Parallel()
	v := shop(t)
	many := map[string]string{}
	for i := range 1000 {
		many["l"+strings.Repeat("x", i)] = "v"
	}
	v.Set.SLOs[3].About.Labels = many
	text := written(t, NewPage(v), Scrape{Format: expfmt.FmtText, Names: []string{"slojourn_slo_info"}})
	if got := strings.Count(text, "label_l"); got != 2*slo.MaxLabels {
		t.Errorf("%d labels", got)
	}
}
