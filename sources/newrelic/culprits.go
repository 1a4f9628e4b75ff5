package newrelic

import (
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// culprits are what New Relic refused. One bad condition makes a whole query
// fail, so that it must not be packed with others again; and it is asked only
// now and then, since mostly nothing but a change of its spec helps, which makes
// it another one.
type culprits struct {
	mu   sync.Mutex
	list map[string]refusal // by the key of the part
}

type refusal struct {
	at  time.Time
	err error
}

const (
	// askAgain is how long what was refused is left alone.
	askAgain = 15 * time.Minute
	// forgotten is after how long a refusal of something that nobody asks for
	// any more is forgotten.
	forgotten = 24 * time.Hour
)

func (c *culprits) add(key string, at time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list == nil {
		c.list = map[string]refusal{}
	}
	for key, old := range c.list {
		if at.Sub(old.at) > forgotten {
			delete(c.list, key)
		}
	}
	c.list[key] = refusal{at, err}
}

func (c *culprits) known(key string) *refusal {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, known := c.list[key]; known {
		return &r
	}
	return nil
}

func (c *culprits) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.list, key)
}

// wait returns the error that stands until it is time to ask again. A refusal that
// was noted later than now is one of a clock that was ahead.
func (r *refusal) wait(now time.Time) error {
	again := r.at.Add(askAgain)
	if now.Before(r.at) || !now.Before(again) {
		return nil
	}
	return diag.Say("%v (refused at %s, asked again from %s on)", r.err, r.at.UTC().Format("15:04:05Z"), again.UTC().Format("15:04:05Z")).Err()
}
