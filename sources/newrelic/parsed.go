package newrelic

import (
	"sync"

	"github.com/slojourn/slojourn/slo"
)

// parsed keeps the parts of SLOs, which are the same in every minute until the
// specs change; then there are other SLOs, and what is not asked for any more is
// forgotten.
type parsed struct {
	mu    sync.Mutex
	known map[*slo.SLO]*parse
	used  int // calls since the last one that forgot
}

type parse struct {
	parts []*part
	err   error
	used  bool
}

// forgetAfter is how many calls an SLO may miss before it is forgotten, as a
// multiple of those that are known.
const forgetAfter = 4

func (p *parsed) of(s *slo.SLO) ([]*part, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	made := p.known[s]
	if made == nil {
		made = &parse{}
		var parts []part
		if parts, made.err = partsOf(s.SLI); made.err == nil {
			for i := range parts {
				made.parts = append(made.parts, &parts[i])
			}
		}
		if p.known == nil {
			p.known = map[*slo.SLO]*parse{}
		}
		p.known[s] = made
	}
	made.used = true
	if p.used++; p.used > forgetAfter*max(len(p.known), 1000) {
		p.forget()
	}
	return made.parts, made.err
}

// forget drops what was not used since it was last called.
func (p *parsed) forget() {
	p.used = 0
	for s, made := range p.known {
		if !made.used {
			delete(p.known, s)
		}
		made.used = false
	}
}
