package notify

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// BenchmarkSend sends a page, as an Alertmanager gets it again every minute. Nothing
// goes over a network.
func BenchmarkSend(b *testing.B) {
	for _, kind := range sinkKinds {
		b.Run(kind, func(b *testing.B) {
			transport := roundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
			})
			const address = "http://receiver.test"
			sink := Open(notifierOf(kind, address, slo.English), secretsOf(address), Options{Transport: transport})
			d := deliveryOf(aboutStep())
			for b.Loop() {
				if err := sink.Send(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
