package prometheus

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// asideFile is a file that a test writes and reads.
func asideFile(t *testing.T) *os.File {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "aside")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() }) //nolint:errcheck // of no use any more
	return file
}

// pointsOf returns the samples of a text as Prometheus reads them: the values of each
// series by their times in milliseconds.
func pointsOf(t *testing.T, text string) (points map[string]map[int64]float64, order []string) {
	t.Helper()
	p, err := textparse.New([]byte(text), string(expfmt.FmtOpenMetrics_1_0_0), labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	points = map[string]map[int64]float64{}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return points, order
		}
		if err != nil {
			t.Fatal(err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var l labels.Labels
		p.Labels(&l)
		_, at, value := p.Series()
		name := l.String()
		if points[name] == nil {
			points[name] = map[int64]float64{}
		} else if order[len(order)-1] != name {
			t.Fatalf("%s is interrupted", name)
		}
		var when int64 = -1
		if at != nil {
			when = *at
		}
		order = append(order, name)
		points[name][when] = value
	}
}

// story is a shop as time passes: numbers change, and come and go.
func story(t *testing.T, views int) []View {
	t.Helper()
	var all []View
	for i := range views {
		v := shop(t)
		v.Snapshot.At = (end + slo.Minute(5*i)).Time()
		v.Snapshot.Meters[0].Events.Good += int64(1000 * (i / 3))
		o := &v.Snapshot.Statuses[3].Objectives[0]
		o.Window.ErrorRatio = burnrate.RatioOf(float64(i%7) / 10)
		o.BurnRate = burnrate.RatioOf(float64(i%7) * 100)
		if i%5 == 2 {
			o.Window.ErrorRatio, o.BurnRate = burnrate.Ratio{}, burnrate.Ratio{}
		}
		if i > 3 {
			v.Snapshot.Previous[0].Remaining = burnrate.RatioOf(0.25)
		}
		if i >= views/2 {
			v.Snapshot.Statuses[4].Title = "Mail"
			v.Alerts = []alert.Alert{}
		}
		if i == views-1 {
			v.Snapshot.Seams = nil
		}
		all = append(all, v)
	}
	return all
}

// TestHistory writes the samples that the pages have, each with its time.
func TestHistory(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{nil, {"slojourn_events_total", "slojourn_burn_rate"}} {
		views := story(t, 300) // of which many are put aside
		h := NewHistory(asideFile(t), HistoryOptions{Names: names, Labels: map[string]string{"job": "slojourn", "instance": `a "b" \c`}})
		want := map[string]map[int64]float64{}
		for _, v := range views {
			if err := h.Add(v); err != nil {
				t.Fatal(err)
			}
			now, _ := pointsOf(t, withoutCreated(written(t, NewPage(v), Scrape{Format: expfmt.FmtOpenMetrics_1_0_0, Names: names})))
			for name, points := range now {
				if want[name] == nil {
					want[name] = map[int64]float64{}
				}
				for _, value := range points {
					want[name][v.Snapshot.At.UnixMilli()] = value
				}
			}
		}
		var out strings.Builder
		if err := h.Write(&out); err != nil {
			t.Fatal(err)
		}
		got := map[string]map[int64]float64{}
		points, order := pointsOf(t, out.String())
		for name, p := range points {
			own := strings.ReplaceAll(name, `instance="a \"b\" \\c", `, "")
			own = strings.ReplaceAll(strings.ReplaceAll(own, `job="slojourn", `, ""), `, job="slojourn"`, "")
			if own == name {
				t.Errorf("%s has no labels that were added", name)
			}
			got[own] = p
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-pages +history):\n%.2000s", names, diff)
		}
		if h.put == 0 || len(order) < len(views) {
			t.Errorf("%d bytes were put aside of %d samples", h.put, len(order))
		}
		if again := (&strings.Builder{}); h.Write(again) != nil || again.String() != out.String() {
			t.Error("written again it is another text")
		}
	}
}

// TestHistoryText reads the text, as it is.
func TestHistoryText(t *testing.T) {
	t.Parallel()
	h := NewHistory(asideFile(t), HistoryOptions{Names: []string{"slojourn_error_budget_previous_ratio", "slojourn_measured_seconds_total"}, Labels: map[string]string{"instance": "a"}})
	for i, v := range story(t, 6) {
		if i == 2 {
			v.Snapshot.Meters = nil
		}
		if err := h.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := h.Write(&out); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("# HELP slojourn_error_budget_previous_ratio Share of the error budget that was left when the calendar window before the present one ended; not there for rolling windows.\n" +
		"# TYPE slojourn_error_budget_previous_ratio gauge\n")
	for i, value := range []string{"-0.5", "-0.5", "-0.5", "-0.5", "0.25", "0.25"} {
		fmt.Fprintf(&want, "slojourn_error_budget_previous_ratio{id=\"checkout/pay\",journey=\"checkout\",objective=\"contract\",step=\"pay\",instance=\"a\"} %s %d\n", value, end*60+slo.Minute(300*i))
	}
	want.WriteString("# HELP slojourn_measured_seconds Seconds of the minutes whose events are in slojourn_events_total, also when there were none.\n# TYPE slojourn_measured_seconds counter\n")
	for _, s := range [][2]string{{`id="checkout/basket",journey="checkout",step="basket"`, "420"}, {`id="checkout/pay",journey="checkout",step="pay"`, "720"}, {`id="mail"`, "0"}} {
		for _, i := range []slo.Minute{0, 1, 3, 4, 5} {
			fmt.Fprintf(&want, "slojourn_measured_seconds_total{%s,instance=\"a\"} %s %d\n", s[0], s[1], end*60+300*i)
		}
	}
	want.WriteString("# EOF\n")
	if diff := cmp.Diff(want.String(), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusing is a file that takes nothing.
type refusing struct{ io.ReaderAt }

func (refusing) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestHistoryRefuses says what is wrong.
func TestHistoryRefuses(t *testing.T) {
	t.Parallel()
	views := story(t, 400)
	h := NewHistory(asideFile(t), HistoryOptions{})
	if err := h.Write(&strings.Builder{}); err != nil {
		t.Error(err)
	}
	if err := h.Add(views[1]); err != nil {
		t.Fatal(err)
	}
	for _, v := range views[:2] {
		if err := h.Add(v); err == nil || !strings.Contains(err.Error(), "follows") {
			t.Errorf("a view of an earlier time: %v", err)
		}
	}
	if err := NewHistory(asideFile(t), HistoryOptions{Labels: map[string]string{"owner": "me"}}).Add(views[0]); err == nil || err.Error() != "the label owner is one that slojourn_slo_info has itself" {
		t.Errorf("a label that is there: %v", err)
	}
	broken := NewHistory(refusing{}, HistoryOptions{})
	var err error
	for _, v := range views {
		if err = broken.Add(v); err != nil {
			break
		}
	}
	if err == nil || err.Error() != "put samples aside: no space left" {
		t.Errorf("no space: %v", err)
	}
	if err := h.Write(&full{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a reader that is gone: %v", err)
	}
	for _, bad := range [][2]string{{"", "a"}, {"1a", "a"}, {"a-b", "a"}, {"__name__", "a"}, {"a", ""}, {"a", "\xff"}, {"ä", "a"}} {
		if CheckLabel(bad[0], bad[1]) == nil {
			t.Errorf("it takes %q", bad)
		}
	}
	if err := CheckLabel("in_stance2", "host:9090"); err != nil {
		t.Error(err)
	}
	if names := Names(); !slices.Contains(names, "slojourn_events_total") || len(names) != len(families()) {
		t.Errorf("metrics are %v", names)
	}
}
