package file

import (
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// FuzzLines reads anything, in both formats. Either the mistakes are named, and
// no more than are to be, or the rows add up: those of two halves of a span are
// those of the whole.
func FuzzLines(f *testing.F) {
	f.Add("minute,id,total,bad\n" + stamp(0) + ",pay,7,1\n" + stamp(2) + ",pay,8,2\n")
	f.Add(`{"minute":60,"id":"pay","total":2.5,"good":1,"events":3,"badEvents":1}`)
	f.Add("minute,id,good,total,events,badEvents\n0,pay,9,7.25,\"1\",2\n\n120,pya,1,1,,\n")
	f.Fuzz(func(t *testing.T, content string) {
		for _, format := range []string{"csv", "ndjson"} {
			rows := newTable(weighted("pay").SLI)
			r := &reading{name: "c", ids: map[string]bool{"pay": true}, tables: map[string]*table{"pay": rows}, limits: limits{maxFile, maxLine}}
			var take func(int, string) = ndjsonFormat{r}.line
			if format == "csv" {
				take = (&csvFormat{reading: r}).line
			}
			err := r.lines(t.Context(), strings.NewReader(content), false, take)
			if err == nil {
				r.finish()
				err = r.err()
			}
			if err != nil {
				if named := strings.Count("; "+err.Error(), "; c:"); named < 1 || named > mostProblems {
					t.Errorf("%d mistakes are named: %v", named, err)
				}
				continue
			}
			if span, found := rows.span(); found {
				checkHalves(t, rows, span)
			}
		}
	})
}

func checkHalves(t *testing.T, rows *table, span slo.Span) {
	t.Helper()
	// Far around the rows, so that no half is a minute alone.
	cuts := []slo.Minute{span.Start - 2, span.Start + 2 + slo.Minute(span.Len()/2), span.End + 4}
	halves, left := rows.sums(cuts)
	whole, leftOfWhole := rows.sums([]slo.Minute{cuts[0], cuts[2]})
	if got := halves[0].Add(halves[1]); got != whole[0] || len(left) != len(leftOfWhole) {
		t.Errorf("halves add up to %+v without %d rows, the whole is %+v without %d", got, len(left), whole[0], len(leftOfWhole))
	}
	if got := whole[0].Minutes + int64(len(left)); got != int64(len(rows.rows)) || !whole[0].Counts.Consistent() {
		t.Errorf("%d rows make %+v", len(rows.rows), whole[0])
	}
}
