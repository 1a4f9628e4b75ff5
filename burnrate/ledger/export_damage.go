package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// LeftOutError says what an export has left out because it is damaged. All
// else was written.
type LeftOutError struct {
	Findings []Finding // by place; 100 at most
	More     int       // how many there are beyond
}

func (e *LeftOutError) Error() string {
	var text []string
	for _, f := range e.Findings {
		text = append(text, fmt.Sprintf("left out: %s: %s", f.Place, f.Message))
	}
	if e.More > 0 {
		text = append(text, fmt.Sprintf("left out: %d more", e.More))
	}
	return strings.Join(text, "; ")
}

// salvage reads what an export needs, around what is damaged.
type salvage struct {
	*snapshot
	skip bool // damage is left out, and does not end the export
	own  bool // the index is this export's to change
	left LeftOutError
}

// leave notes that something is left out. It returns errors that say something
// else than that it is damaged.
func (s *salvage) leave(place string, err error) error {
	finding := Finding{place, err.Error()}
	if damage, ok := errors.AsType[*DamageError](err); ok {
		finding = Finding{damage.What, damage.Err.Error()}
	} else if !isCorrupt(err) {
		return err
	}
	if len(s.left.Findings) == mostFindings {
		s.left.More++
		return nil
	}
	s.left.Findings = append(s.left.Findings, finding)
	return nil
}

// err returns what was left out, nil when nothing was.
func (s *salvage) err() error {
	if len(s.left.Findings) == 0 {
		return nil
	}
	return &s.left
}

// read calls do, which reads the chunks of some kinds of an hour. When one is
// damaged and may be left out, it is taken out of the contents, and do is
// called again.
func (s *salvage) read(ctx context.Context, r *reading, h hour, do func() (bool, error), kinds ...kind) (bool, error) {
	found, err := do()
	if err == nil || !s.skip {
		return found, err
	}
	var whole []content
	for _, c := range s.index.contents[h].entries {
		broken := error(nil)
		if slices.Contains(kinds, c.key.kind()) && r.wants(c.key) {
			broken = s.probe(ctx, c)
		}
		if broken == nil {
			whole = append(whole, c)
		} else if other := s.leave(c.key.String(), broken); other != nil {
			return false, other
		}
	}
	if len(whole) == len(s.index.contents[h].entries) {
		return false, err // it is something else
	}
	if !s.own {
		mine := *s.index
		mine.contents = maps.Clone(mine.contents)
		s.index, s.own = &mine, true
	}
	s.index.contents[h] = &contents{hour: h, entries: whole}
	return do()
}

// wants reports whether something of a chunk is read.
func (r *reading) wants(key chunkKey) bool {
	return key.kind() == minuteChunk || slices.ContainsFunc(r.columns, func(w wanted) bool { return w.number.group() == key.part() })
}

// probe reads a chunk to its end.
func (s *salvage) probe(ctx context.Context, c content) error {
	body, err := s.chunk(ctx, c)
	if err != nil {
		return err
	}
	if c.key.kind() != minuteChunk {
		_, err = readColumns(c.key, body)
		return err
	}
	if _, err = decodeMinute(nil, body); err != nil {
		return c.key.damaged(err)
	}
	return nil
}
