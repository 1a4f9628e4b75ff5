package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// commitMuch makes a ledger with every kind of chunk, of indicators in two
// groups: v1:000 to v1:299.
func commitMuch(t *testing.T, l *Ledger) {
	t.Helper()
	old := noon().Add(-102 * 24 * time.Hour)
	for _, at := range []time.Time{old, noon().Add(-24 * time.Hour), noon()} {
		m := slo.MinuteAt(at)
		batch := burnrate.Batch{Records: []burnrate.Record{{Minute: m - 2}, {Minute: m - 1}}}
		tick := burnrate.Tick{At: at, Coarse: []burnrate.Coarse{{
			Indicator: "v1:007", Hour: m.Floor(60) - 600, Sum: burnrate.Sum{Counts: slo.Counts{Total: 5}, Rows: slo.Counts{Total: 5}, Minutes: 60},
		}}}
		for i := range 300 {
			batch.Indicators = append(batch.Indicators, slo.IndicatorID(fmt.Sprintf("v1:%03d", i)))
			for k := range batch.Records {
				batch.Records[k].Rows = append(batch.Records[k].Rows, burnrate.Counted(slo.Counts{Total: int64(i)}))
			}
		}
		tick.Measured = []burnrate.Batch{batch}
		if err := l.Commit(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Maintain(t.Context(), noon()); err != nil {
			t.Fatal(err)
		}
	}
	// What was measured first is corrected.
	m := slo.MinuteAt(noon())
	for total := range int64(3) {
		if err := l.Commit(t.Context(), burnrate.Tick{
			At: noon(),
			Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"v1:005"}, Records: []burnrate.Record{
				{Minute: m - 1, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 100 + total})}},
			}}},
			Entries: []burnrate.Entry{{Kind: "alert", Key: fmt.Sprint(total), Value: []byte("firing")}},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestExportOfEverything exports a ledger with every kind of chunk, corrections,
// lineages and entries: it has a line of every type, and an equal ledger, with
// the same lineages, is made of it.
func TestExportOfEverything(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	l := openLedger(t)
	commitMuch(t, l)
	m := slo.MinuteAt(noon())
	lineages := map[string]lineage.Lineage{
		"checkout/pay": {
			ID: "checkout/pay", Present: lineage.Definition{Indicator: "v1:001", Unit: 1}, Past: []lineage.Segment{{Definition: lineage.Definition{Indicator: "v1:002", Unit: slo.Thousandths}, Until: m - 5000}},
			Restarts: []lineage.Restart{{At: m - 5000, Reason: "the payment provider \"changed\""}},
		},
		"gone": {ID: "gone", Present: lineage.Definition{Indicator: "v1:003", Unit: 1}, Removed: m - 60},
	}
	tick := burnrate.Tick{At: noon()}
	for _, one := range lineages {
		entry, err := one.Entry()
		if err != nil {
			t.Fatal(err)
		}
		tick.Entries = append(tick.Entries, entry)
	}
	if err := l.Commit(t.Context(), tick); err != nil {
		t.Fatal(err)
	}
	text := exported(t, l.Reader, ExportOptions{})
	for _, lineType := range lineTypes() {
		if !strings.Contains(text, fmt.Sprintf(`{"type":%q,`, lineType)) {
			t.Errorf("no line is of type %s", lineType)
		}
	}
	if held, err := l.Holdings(t.Context()); err != nil || len(held) != 4 {
		t.Errorf("chunks of %d kinds, %v", len(held), err)
	}
	other := openLedger(t)
	if _, err := other.Import(t.Context(), strings.NewReader(text), ImportOptions{Now: noon()}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asOneCommit(text), exported(t, other.Reader, ExportOptions{})); diff != "" {
		t.Errorf("exported again (-first +second):\n%s", diff)
	}
	kept, err := other.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := lineage.All(kept)
	if diff := cmp.Diff(lineages, got); err != nil || diff != "" {
		t.Errorf("lineages (-want +got):\n%s\n%v", diff, err)
	}
}
