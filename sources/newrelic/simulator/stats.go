package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"sync"
)

// Stats counts what a simulator was asked since it began, and what it
// answered.
type Stats struct {
	// Requests is the number of requests to /graphql, refused ones included.
	Requests int64 `json:"requests"`
	// Queries is the number of NRQL queries that were evaluated, and
	// MostQueries the largest number of them that one request held as aliased
	// fields.
	Queries     int64 `json:"queries"`
	MostQueries int   `json:"mostQueries"`
	// QueryBytes is the length of the text of the queries that were
	// evaluated, AnswerBytes that of the bodies of all answers.
	QueryBytes  int64 `json:"queryBytes"`
	AnswerBytes int64 `json:"answerBytes"`
	// Inspected is the number of events that lay in the time ranges of the
	// queries.
	Inspected int64 `json:"inspected"`
	// Kept and Rejected are the numbers of rows that were sent to the
	// simulator, by what became of them.
	Kept     int64 `json:"kept"`
	Rejected int64 `json:"rejected"`
	// MostAtOnce is the largest number of requests that were being answered at
	// one time, and MostAtOncePerKey that of one key.
	MostAtOnce       int `json:"mostAtOnce"`
	MostAtOncePerKey int `json:"mostAtOncePerKey"`
	// Accounts holds the share of each account that was queried.
	Accounts map[int64]AccountStats `json:"accounts"`
}

// AccountStats is the part of [Stats] that concerns one account.
type AccountStats struct {
	Queries    int64 `json:"queries"`
	QueryBytes int64 `json:"queryBytes"`
	Inspected  int64 `json:"inspected"`
}

// Stats returns what was counted so far.
func (s *Simulator) Stats() Stats {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	stats := s.counters.stats
	stats.Accounts = maps.Clone(stats.Accounts)
	return stats
}

func (s *Simulator) serveStats(w http.ResponseWriter, _ *http.Request) {
	body, err := json.MarshalIndent(s.Stats(), "", "  ")
	if err != nil { // numbers always encode
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// An error here is the client's, who is gone.
	_, _ = w.Write(append(body, '\n'))
}

// counters are the requests that are under way, and the stats.
type counters struct {
	mu     sync.Mutex
	active map[string]int // requests being answered, by key
	all    int            // of all keys
	stats  Stats
}

func newCounters() *counters {
	return &counters{active: map[string]int{}, stats: Stats{Accounts: map[int64]AccountStats{}}}
}

// enter counts a request in until leave is called. It returns how many of its
// key are under way, itself included.
func (c *counters) enter(key string) (underWay int, leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active[key]++
	c.all++
	c.stats.Requests++
	c.stats.MostAtOnce = max(c.stats.MostAtOnce, c.all)
	c.stats.MostAtOncePerKey = max(c.stats.MostAtOncePerKey, c.active[key])
	return c.active[key], sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all--
		if c.active[key]--; c.active[key] == 0 {
			delete(c.active, key)
		}
	})
}

// asked counts the queries of one request.
func (c *counters) asked(queries int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.MostQueries = max(c.stats.MostQueries, queries)
}

// queried counts a query that was evaluated.
func (c *counters) queried(q *question, inspected int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	bytes := int64(len(q.text))
	for i, id := range q.accounts {
		account := c.stats.Accounts[id]
		account.Queries++
		account.QueryBytes += bytes
		account.Inspected += part(inspected, i, len(q.accounts))
		c.stats.Accounts[id] = account
	}
	c.stats.Queries++
	c.stats.QueryBytes += bytes
	c.stats.Inspected += inspected
}

func (c *counters) answered(bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.AnswerBytes += int64(bytes)
}

// took counts rows that were sent.
func (c *counters) took(kept, rejected int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Kept += kept
	c.stats.Rejected += rejected
}
