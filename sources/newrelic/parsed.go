package newrelic

import (
	"runtime"
	"sync"
	"weak"

	"github.com/slojourn/slojourn/slo"
)

// parsed keeps the parts of SLOs, which are the same in every minute until the
// specs change. Then there are other SLOs; what nobody holds any more is
// forgotten.
type parsed struct {
	mu    sync.Mutex
	known map[weak.Pointer[slo.SLO]]parse
}

type parse struct {
	parts []*part
	err   error
}

func (p *parsed) of(s *slo.SLO) ([]*part, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := weak.Make(s)
	made, known := p.known[key]
	if known {
		return made.parts, made.err
	}
	parts, err := partsOf(s.SLI)
	if made.err = err; err == nil {
		for i := range parts {
			made.parts = append(made.parts, &parts[i])
		}
	}
	if p.known == nil {
		p.known = map[weak.Pointer[slo.SLO]]parse{}
	}
	p.known[key] = made
	runtime.AddCleanup(s, p.forget, key)
	return made.parts, made.err
}

func (p *parsed) forget(key weak.Pointer[slo.SLO]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, key)
}
