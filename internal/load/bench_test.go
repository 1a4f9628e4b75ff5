package load_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// BenchmarkLoad reads and checks folder trees of 100, 1,000 and 10,000 SLOs:
// journeys of four steps and one SLO that they share, ten of them in each
// team's folder. The time should grow with their number and no faster.
func BenchmarkLoad(b *testing.B) {
	for _, slos := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			dir := b.TempDir()
			writeTree(b, dir, slos)
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				result, err := load.Load([]string{dir}, nil, newrelic.Key, newrelic.Check)
				if err != nil {
					b.Fatal(err)
				}
				if result.Findings.Failed() || len(result.Set.SLOs) != slos {
					b.Fatalf("%d SLOs, findings %v", len(result.Set.SLOs), result.Findings)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(slos), "µs/slo")
		})
	}
}

// writeTree writes a set of SLOs: five of them a journey and its shared SLO,
// in a folder for every ten journeys.
func writeTree(b *testing.B, dir string, slos int) {
	b.Helper()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write(filepath.Join(dir, "sre.yaml"), `apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}
---
apiVersion: slojourn/v1
kind: Defaults
spec: {source: newrelic, window: 28d, timeZone: Asia/Tokyo, alerts: paging}
`)
	for i := range slos / 5 {
		folder := filepath.Join(dir, fmt.Sprintf("team-%d", i/10))
		if i%10 == 0 {
			write(filepath.Join(folder, "team.yaml"), fmt.Sprintf("apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: team-%d}\nspec: {contact: \"#team-%d\"}\n", i/10, i/10))
		}
		write(filepath.Join(folder, fmt.Sprintf("journey-%d.yaml", i)), fmt.Sprintf(journeyOfFive, i, i/10))
	}
}

const journeyOfFive = `apiVersion: slojourn/v1
kind: Journey
metadata:
  name: journey-%[1]d
  title: Pay with the app's barcode at the till
  owner: team-%[2]d
  labels: {product: shop-app}
spec:
  description: A shopper who cannot pay leaves the basket at the till.
  objective: 99.5%%
  whenSpent: No releases of the payment services until half the budget is back.
  steps:
    - name: show-barcode
      objective: 99.9%%
      sli:
        from: MobileRequest, MobileRequestError
        where: appName = 'shop-app-%[1]d' AND requestPath LIKE '/v2/barcode%%'
        bad: errorType = 'NetworkFailure' OR statusCode >= 500
    - name: authorise
      objectives:
        - {target: 99.95%%, window: 28d}
        - {name: contract, target: 99.9%%, window: month, alerts: none}
      sli:
        from: Transaction
        where: appName = 'payment-api-%[1]d' AND name = 'WebTransaction/Action/authorise'
        good: (error IS FALSE OR error IS NULL) AND duration < 0.8
    - name: confirm
      objective: 99.9%%
      sli:
        from: Transaction
        where: appName = 'payment-api-%[1]d' AND name = 'WebTransaction/Action/confirm'
        bad: error IS TRUE
    - name: print
      objective: 99.9%%
      sli:
        from: Printed
        where: till LIKE 'till-%[1]d-%%'
        slice: {every: 1m, value: "percentile(duration, 95)", good: value <= 0.8}
    - name: receipt
      slo: receipt-%[1]d
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: receipt-%[1]d, owner: team-%[2]d}
spec:
  objective: {target: 99.9%%, window: 28d}
  sli: {from: Log, where: "service.name = 'receipt-%[1]d'", bad: "level = 'ERROR'"}
`
