//go:build servers

package servertest

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"
)

// Alert is an alert as Alertmanager shows it.
type Alert struct {
	Annotations  map[string]string `json:"annotations"`
	EndsAt       time.Time         `json:"endsAt"`
	Fingerprint  string            `json:"fingerprint"`
	GeneratorURL string            `json:"generatorURL"`
	Labels       map[string]string `json:"labels"`
	StartsAt     time.Time         `json:"startsAt"`
	Status       struct {
		State string `json:"state"` // active, suppressed or unprocessed
	} `json:"status"`
}

// Alerts are those that an Alertmanager has, and the document they stand in.
func (s *Server) Alerts(t *testing.T) ([]Alert, []byte) {
	t.Helper()
	response, err := http.Get(s.URL() + "/api/v2/alerts") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var alerts []Alert
	if err := json.Unmarshal(body, &alerts); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return alerts, body
}
