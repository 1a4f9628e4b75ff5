package simulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

func Example() {
	store := simulator.NewStore()
	events := `{"eventType":"Transaction","timestamp":1700000000,"appName":"basket-api","duration":0.12}
{"eventType":"Transaction","timestamp":1700000030,"appName":"basket-api","duration":1.4}`
	if err := store.ReadNDJSON(strings.NewReader(events), "events.ndjson"); err != nil {
		fmt.Println(err)
		return
	}
	server := simulator.New(store, simulator.Options{Keys: []simulator.Key{{Text: "NRAK-EXAMPLE"}}})

	request := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":
		"{ actor { account(id: 1) { nrql(query: \"SELECT count(*) AS valid, filter(count(*), WHERE duration < 0.8) AS good FROM Transaction SINCE 1700000000000 UNTIL 1700000060000\") { results } } } }"}`))
	request.Header.Set("Api-Key", "NRAK-EXAMPLE")
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	fmt.Println(answer.Body)
	// Output: {"data":{"actor":{"account":{"nrql":{"results":[{"valid":2,"good":1}]}}}}}
}
