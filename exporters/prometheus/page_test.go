package prometheus

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protodelim"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

// written is a page as it is sent.
func written(t rapid.TB, p *Page, s Scrape) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.Write(&out, s); err != nil {
		t.Fatal(err)
	}
	if !s.Gzip {
		return out.String()
	}
	member, err := gzip.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	member.Multistream(false)
	text, err := io.ReadAll(member)
	if err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 {
		t.Errorf("%d bytes follow the member", out.Len())
	}
	return string(text)
}

// beside is a metric of a program.
func beside() []*dto.MetricFamily {
	return []*dto.MetricFamily{{
		Name: new("lights_total"), Help: new("Lights."), Type: dto.MetricType_COUNTER.Enum(),
		Metric: []*dto.Metric{{Label: []*dto.LabelPair{{Name: new("color"), Value: new("red")}}, Counter: &dto.Counter{Value: new(4.0)}}},
	}}
}

// TestPage compares all that is exported of a view with what was read once.
func TestPage(t *testing.T) {
	t.Parallel()
	for file, format := range map[string]expfmt.Format{"shop.txt": expfmt.FmtText, "shop.openmetrics": expfmt.FmtOpenMetrics_1_0_0} {
		got := written(t, NewPage(shop(t)), Scrape{Format: format})
		path := filepath.Join("testdata", file)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	problems, err := promlint.New(strings.NewReader(written(t, NewPage(shop(t)), Scrape{Format: expfmt.FmtText}))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would say: %v, %v", problems, err)
	}
}

// TestFormats writes the same whatever the encoding, whoever asks first, however large
// the families are, and with others behind it.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, view := range []View{shop(t), fleet(t, 3*batchSize/5)} {
		texts := map[expfmt.FormatType]string{}
		for _, format := range Formats() {
			first := written(t, NewPage(view), Scrape{Format: format, Gzip: true, Beside: beside()})
			p := NewPage(view)
			for _, escaping := range []expfmt.Format{"", "; escaping=underscores", "; escaping=allow-utf-8"} {
				for _, zipped := range []bool{false, true} {
					if got := written(t, p, Scrape{Format: format + escaping, Gzip: zipped, Beside: beside()}); got != first {
						t.Errorf("%s, gzip %t: %s", format+escaping, zipped, cmp.Diff(first, got))
					}
				}
			}
			if len(p.made) != 1 {
				t.Errorf("%d pages are kept for one format", len(p.made))
			}
			texts[format.FormatType()] = first
		}
		text := samples(t, texts[expfmt.TypeTextPlain])
		if open := samples(t, withoutCreated(texts[expfmt.TypeOpenMetrics])); len(open) != len(text) || !strings.HasSuffix(texts[expfmt.TypeOpenMetrics], "\n# EOF\n") {
			t.Errorf("%d samples as OpenMetrics, %d as text", len(open), len(text))
		}
		if diff := cmp.Diff(texts[expfmt.TypeTextPlain], decode(t, texts[expfmt.TypeProtoDelim])); diff != "" {
			t.Errorf("messages say something else (-text +messages):\n%s", diff)
		}
		for name, n := range map[string]int{"# TYPE slojourn_error_ratio gauge\n": 1, "# HELP slojourn_error_ratio ": 1, "# TYPE lights_total counter\n": 1} {
			if got := strings.Count(texts[expfmt.TypeTextPlain], name); got != n {
				t.Errorf("%q is there %d times", name, got)
			}
		}
	}
}

// samples returns the samples of a text without their values. None is there twice.
func samples(t rapid.TB, text string) []string {
	t.Helper()
	var all []string
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		sample := line[:strings.LastIndexByte(line, ' ')]
		if seen[sample] {
			t.Errorf("%s is there twice", sample)
		}
		seen[sample] = true
		all = append(all, sample)
	}
	return all
}

func withoutCreated(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if name, _, _ := strings.Cut(line, "{"); !strings.HasSuffix(name, "_created") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// decode writes messages as text.
func decode(t rapid.TB, messages string) string {
	t.Helper()
	in, out := strings.NewReader(messages), bytes.Buffer{}
	for in.Len() > 0 {
		family := &dto.MetricFamily{}
		if err := (protodelim.UnmarshalOptions{MaxSize: -1}).UnmarshalFrom(in, family); err != nil {
			t.Fatal(err)
		}
		if _, err := expfmt.MetricFamilyToText(&out, family); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// TestNames writes the metrics that somebody asks for, and no others.
func TestNames(t *testing.T) {
	t.Parallel()
	p := NewPage(shop(t))
	got := written(t, p, Scrape{Format: expfmt.FmtOpenMetrics_1_0_0, Names: []string{"slojourn_journey_step_info", "lights_total"}, Beside: beside(), Gzip: true})
	want := `# HELP slojourn_journey_step_info 1, with the id that measures a step of a journey; several steps may share one.
# TYPE slojourn_journey_step_info gauge
slojourn_journey_step_info{id="checkout/basket",journey="checkout",step="basket"} 1.0
slojourn_journey_step_info{id="checkout/far",journey="checkout",step="far"} 1.0
slojourn_journey_step_info{id="checkout/pay",journey="checkout",step="pay"} 1.0
slojourn_journey_step_info{id="mail",journey="checkout",step="mail"} 1.0
# HELP lights Lights.
# TYPE lights counter
lights_total{color="red"} 4.0
# EOF
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(p.made) > 0 {
		t.Error("a part of a page is kept")
	}
	if got := written(t, nil, Scrape{Format: expfmt.FmtText, Beside: beside(), Gzip: true}); got != "# HELP lights_total Lights.\n# TYPE lights_total counter\nlights_total{color=\"red\"} 4\n" {
		t.Errorf("no page is %q", got)
	}
}

// TestAtOnce encodes once for all who ask for a new page.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	p := NewPage(fleet(t, 40))
	var group sync.WaitGroup
	bodies := make([]*body, 8)
	for i := range bodies {
		group.Go(func() {
			var err error
			if bodies[i], err = p.body(Scrape{Format: expfmt.FmtText}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, b := range bodies {
		if b != bodies[0] {
			t.Error("it was encoded more than once")
		}
	}
}

// TestBroken never passes half an answer off as a whole one.
func TestBroken(t *testing.T) {
	t.Parallel()
	noType := &dto.MetricFamily{Name: new("broken"), Metric: []*dto.Metric{{}}, Type: new(dto.MetricType(99))}
	p := NewPage(shop(t))
	for _, zipped := range []bool{false, true} {
		var out bytes.Buffer
		if err := p.Write(&out, Scrape{Format: expfmt.FmtOpenMetrics_1_0_0, Gzip: zipped, Beside: []*dto.MetricFamily{noType}}); err == nil || !strings.Contains(err.Error(), "broken") || out.Len() > 0 {
			t.Errorf("it says %v after %q", err, &out)
		}
		if err := p.Write(&out, Scrape{Format: expfmt.FmtText, Gzip: zipped}); err != nil {
			t.Fatal(err)
		}
		for room := range out.Len() {
			if err := p.Write(&full{room}, Scrape{Format: expfmt.FmtText, Gzip: zipped}); !errors.Is(err, io.ErrShortWrite) {
				t.Fatalf("with room for %d of %d bytes it says %v", room, out.Len(), err)
			}
		}
	}
	if err := p.Write(io.Discard, Scrape{Format: "application/json"}); err == nil {
		t.Error("it writes JSON")
	}
}

// full takes some bytes and no more.
type full struct{ room int }

func (f *full) Write(data []byte) (int, error) {
	if f.room -= len(data); f.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(data), nil
}

// TestAlertsNobodyJudged are not said to be quiet.
func TestAlertsNobodyJudged(t *testing.T) {
	t.Parallel()
	v := shop(t)
	ids := func() map[string]bool {
		found := map[string]bool{}
		for f := range v.Families("slojourn_alert_firing") {
			for _, m := range f.Metric {
				for _, l := range m.Label {
					if l.GetName() == "id" {
						found[l.GetValue()] = true
					}
				}
			}
		}
		return found
	}
	all := ids()
	gone, source := "", ""
	for id := range all {
		if strings.HasPrefix(id, "source:") {
			source = id
		} else {
			gone = id
		}
	}
	if gone == "" || source == "" {
		t.Fatalf("there are alerts about %v only", all)
	}
	v.Judged = func(id string) bool { return id != gone && id != source }
	delete(all, gone)
	delete(all, source)
	if diff := cmp.Diff(all, ids()); diff != "" {
		t.Errorf("without %s and %s (-want +got):\n%s", gone, source, diff)
	}
}
