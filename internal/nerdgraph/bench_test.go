package nerdgraph

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
)

// BenchmarkQuery is what a call costs beside the network: ten queries of 366
// minutes each, about 350 kB.
func BenchmarkQuery(b *testing.B) {
	row := `{"beginTimeSeconds":1700000000,"endTimeSeconds":1700000060,"total":1234567,"bad":1234}`
	results := `{"results":[` + strings.Repeat(row+",", 365) + row + `]}`
	var aliases []string
	for i := range 10 {
		aliases = append(aliases, fmt.Sprintf(`"q%d":%s`, i, results))
	}
	body := `{"data":{"actor":{"account":{` + strings.Join(aliases, ",") + `}}}}`
	c := New(Options{Key: secret.Of(key), Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
	})})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var data struct {
			Actor struct {
				Account map[string]json.RawMessage `json:"account"`
			} `json:"actor"`
		}
		if _, err := c.Query(b.Context(), Call{Document: document}, &data); err != nil || len(data.Actor.Account) != 10 {
			b.Fatal(len(data.Actor.Account), err)
		}
	}
}

// BenchmarkQueue lets calls through that all come at once.
func BenchmarkQueue(b *testing.B) {
	for _, calls := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(calls), func(b *testing.B) {
			for b.Loop() {
				limits := NewLimits(LimitOptions{Queries: 1 << 20})
				var group sync.WaitGroup
				for i := range calls {
					group.Go(func() {
						release, failure := limits.acquire(b.Context(), keyHash{}, Call{Account: 7, Queries: 10, Leave: float64(i%2) / 2})
						if failure != nil {
							b.Error(failure)
							return
						}
						release()
					})
				}
				group.Wait()
			}
		})
	}
}
