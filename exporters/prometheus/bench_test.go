package prometheus

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"syscall"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// BenchmarkScrape scrapes a fleet, as text that is gzipped: for the first time in a
// minute, and again.
func BenchmarkScrape(b *testing.B) {
	for _, slos := range []int{1_000, 10_000} {
		v := fleet(b, slos)
		b.Run(fmt.Sprintf("%d-SLOs/first", slos), func(b *testing.B) { scrapeFirst(b, v, expfmt.FmtText) })
		for name, zipped := range map[string]bool{"further": true, "further-identity": false} {
			b.Run(fmt.Sprintf("%d-SLOs/%s", slos, name), func(b *testing.B) {
				p := NewPage(v)
				scrape(b, io.Discard, p, expfmt.FmtText, true)
				measure(b, func() { scrape(b, io.Discard, p, expfmt.FmtText, zipped) })
			})
		}
	}
}

// measure reports what one call takes: processor time, as others are at work too, and
// memory.
func measure(b *testing.B, f func()) {
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func scrapeFirst(b *testing.B, v View, format expfmt.Format) {
	var page *Page
	measure(b, func() {
		page = NewPage(v)
		scrape(b, io.Discard, page, format, true)
	})
	var size counter
	scrape(b, &size, page, format, true)
	b.ReportMetric(float64(size), "gzip-bytes")
	b.ReportMetric(float64(len(linesOf(b, written(b, page, Scrape{Format: expfmt.FmtText})))), "series")
}

// counter counts bytes.
type counter int64

func (c *counter) Write(data []byte) (int, error) {
	*c += counter(len(data))
	return len(data), nil
}

func scrape(b *testing.B, to io.Writer, p *Page, format expfmt.Format, zipped bool) {
	if err := p.Write(to, Scrape{Format: format, Gzip: zipped}); err != nil {
		b.Fatal(err)
	}
}

// Benchmark200000 compares a page of some 200,000 series with as many in a registry,
// that promhttp serves, and with the least that can be done: lines that are put
// together from labels that were written before.
func Benchmark200000(b *testing.B) {
	v := fleet(b, 3_800)
	b.Run("page", func(b *testing.B) { scrapeFirst(b, v, expfmt.FmtText) })
	b.Run("page-openmetrics", func(b *testing.B) { scrapeFirst(b, v, expfmt.FmtOpenMetrics_1_0_0) })
	text := written(b, NewPage(v), Scrape{Format: expfmt.FmtText})
	b.Run("promhttp", func(b *testing.B) {
		handler := promhttp.HandlerFor(registryOf(b, text), promhttp.HandlerOpts{OfferedCompressions: []promhttp.Compression{promhttp.Gzip}})
		request := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
		request.Header.Set("Accept-Encoding", "gzip")
		measure(b, func() { handler.ServeHTTP(nowhere{http.Header{}}, request) })
	})
	b.Run("floor", func(b *testing.B) {
		names, values := []string{}, []float64{}
		for _, sample := range linesOf(b, text) {
			names, values = append(names, sample.labels), append(values, sample.value)
		}
		measure(b, func() {
			z, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
			if err != nil {
				b.Fatal(err)
			}
			line := make([]byte, 0, 64<<10)
			for i, name := range names {
				line = append(append(line, name...), ' ')
				line = append(strconv.AppendFloat(line, values[i], 'g', -1, 64), '\n')
				if len(line) > 60<<10 {
					z.Write(line) //nolint:errcheck // it is discarded
					line = line[:0]
				}
			}
			z.Write(line) //nolint:errcheck // as above
			z.Close()     //nolint:errcheck // as above
		})
	})
}

// nowhere is a response that nobody reads.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header            { return n.header }
func (n nowhere) WriteHeader(int)                {}
func (n nowhere) Write(data []byte) (int, error) { return len(data), nil }

type line struct {
	labels string // with the name in front
	value  float64
}

func linesOf(b *testing.B, text string) []line {
	var lines []line
	for l := range bytes.Lines([]byte(text)) {
		if l[0] == '#' {
			continue
		}
		at := bytes.LastIndexByte(l, ' ')
		value, err := strconv.ParseFloat(string(bytes.TrimSpace(l[at:])), 64)
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, line{string(l[:at]), value})
	}
	return lines
}

// registryOf returns a registry with a gauge for every series of a text.
func registryOf(b *testing.B, text string) *client.Registry {
	b.Helper()
	registry := client.NewRegistry()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader([]byte(text)))
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range families {
		names := map[string]bool{}
		for _, m := range f.Metric {
			for _, l := range m.Label {
				names[l.GetName()] = true
			}
		}
		var labels []string
		for l := range names {
			labels = append(labels, l)
		}
		vec := client.NewGaugeVec(client.GaugeOpts{Name: name, Help: f.GetHelp()}, labels)
		for _, m := range f.Metric {
			values := client.Labels{}
			for l := range names {
				values[l] = ""
			}
			for _, l := range m.Label {
				values[l.GetName()] = l.GetValue()
			}
			vec.With(values).Set(m.GetGauge().GetValue() + m.GetCounter().GetValue())
		}
		registry.MustRegister(vec)
	}
	return registry
}
