package server

import (
	"net/http"
	"testing"

	"github.com/prometheus/common/expfmt"
)

func TestMetricsFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		accept []string
		want   expfmt.FormatType
	}{
		{nil, expfmt.TypeTextPlain},
		{[]string{"application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}, expfmt.TypeOpenMetrics},
		{[]string{"text/plain;q=0.5", "application/openmetrics-text;version=1.0.0"}, expfmt.TypeOpenMetrics},
		{[]string{"application/openmetrics-text;version=1.0.0;q=0"}, expfmt.TypeTextPlain},
		{[]string{"application/openmetrics-text; version=1.0.0; Q=0.000, text/plain; q=0.1"}, expfmt.TypeTextPlain},
		{[]string{"application/openmetrics-text;version=1.0.0;q=0.001"}, expfmt.TypeOpenMetrics},
		{[]string{"application/openmetrics-text;version=0.0.1;q=0,application/openmetrics-text;version=1.0.0"}, expfmt.TypeOpenMetrics},
		{[]string{"application/openmetrics-text;q=0,*/*"}, expfmt.TypeTextPlain},
		{[]string{"text/plain;q=0,application/openmetrics-text"}, expfmt.TypeOpenMetrics},
		{[]string{"text/plain;q=0,*/*"}, expfmt.TypeOpenMetrics},
		{[]string{"application/openmetrics-text;version=1.0.0;q=0,application/openmetrics-text;version=0.0.1;q=0,text/*"}, expfmt.TypeTextPlain},
		{[]string{"*/*;q=0"}, expfmt.TypeTextPlain},
		{[]string{"text/plain;q=0,application/openmetrics-text;q=0,application/vnd.google.protobuf;q=0"}, expfmt.TypeTextPlain},
		{[]string{`;q=0,"`, "q=0"}, expfmt.TypeTextPlain},
	} {
		if got := metricsFormat(http.Header{"Accept": test.accept}); got.FormatType() != test.want {
			t.Errorf("%q: got %s", test.accept, got)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		encodings []string
		want      bool
	}{
		{nil, false},
		{[]string{"gzip"}, true},
		{[]string{"GZIP"}, true},
		{[]string{"br", "\tGzip ; q=0.5"}, true},
		{[]string{"gzip;q=0.001"}, true},
		{[]string{"gzip;q=0"}, false},
		{[]string{"gzip ; Q = 0.000"}, false},
		{[]string{"identity, deflate"}, false},
		{[]string{"gzipped"}, false},
	} {
		if got := acceptsGzip(http.Header{"Accept-Encoding": test.encodings}); got != test.want {
			t.Errorf("%q: got %t", test.encodings, got)
		}
	}
}
