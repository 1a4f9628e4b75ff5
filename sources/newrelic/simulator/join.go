package simulator

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// mostJoined is how many rows of the joined query one key may have.
const mostJoined = 100

// join puts the rows of the joined queries beside the events, one query after
// the other: an event is there once for each row of its key. Without one it is
// left out, or kept by LEFT JOIN.
func (s *scope) join() *queryError {
	for _, j := range s.query.Joins {
		rows, err := s.joined(j)
		if err != nil {
			return err
		}
		into := newTable(innerType, newPool())
		for _, name := range s.types {
			if err := s.joinEvents(name, j, rows, into); err != nil {
				return err
			}
		}
		into.sort()
		timed, dated := s.inner == nil || s.inner.timed, s.inner == nil || s.inner.dated
		s.inner = &inner{table: into, timed: timed, dated: dated, joined: true}
		s.types = []string{innerType}
	}
	return nil
}

// joined answers a joined query, and returns its rows by their key.
func (s *scope) joined(j nrql.Join) (map[Value][][]Attribute, *queryError) {
	covered, err := s.rangeOf(j.Rows.Query)
	if err != nil {
		return nil, err
	}
	below, err := s.open(j.Rows.Query, covered, asJoined)
	if err != nil {
		return nil, err
	}
	found, err := below.find(nil)
	if err != nil {
		return nil, err
	}
	key := joinKey(j)
	if len(found.rows) == 0 {
		return nil, nil
	}
	rows := map[Value][][]Attribute{}
	known := false
	for _, row := range found.rows {
		_, attributes, err := (&inner{}).attributes(row.(object), 0)
		if err != nil {
			return nil, err
		}
		// The time of an event has the name of the other event's.
		attributes = slices.DeleteFunc(attributes, func(a Attribute) bool { return a.Name == "timestamp" })
		i := slices.IndexFunc(attributes, func(a Attribute) bool { return a.Name == key })
		if i < 0 {
			continue
		}
		known = true
		if of := attributes[i].Value; of.kind != null {
			if rows[of] = append(rows[of], attributes); len(rows[of]) > mostJoined {
				return nil, refusal("JOIN with more than 100 rows of one key")
			}
		}
	}
	if !known {
		return nil, refusal("JOIN ON " + key + ", which the joined query does not select")
	}
	return rows, nil
}

// joinKey is the name of the key in the joined query.
func joinKey(j nrql.Join) string {
	on := j.On
	if both, isBinary := on.(*nrql.Binary); isBinary {
		on = both.Y
	}
	name, _ := on.(*nrql.Name) // the parser let names through only
	return name.Value
}

// joinEvents adds the events of one type with the rows of their keys.
func (s *scope) joinEvents(name string, j nrql.Join, rows map[Value][][]Attribute, into *table) *queryError {
	leaves, cursor := s.leaves(name)
	c := s.compiler(leaves)
	on := j.On
	if both, isBinary := on.(*nrql.Binary); isBinary {
		on = both.X
	}
	key := c.value(on)
	if c.err != nil {
		return c.err
	}
	keyName := joinKey(j)
	s.visit(cursor, func(int) truth { return yes }, func(row row) {
		var event []Attribute
		for name, column := range cursor.table.byName {
			if v := cursor.table.pool.value(column.at(row.number)); v.kind != null {
				event = append(event, Attribute{name, v})
			}
		}
		slices.SortFunc(event, func(a, b Attribute) int { return cmp.Compare(a.Name, b.Name) })
		matches := rows[key(row.number)]
		if len(matches) == 0 && j.Left {
			matches = [][]Attribute{nil}
		}
		for range row.copies {
			for _, match := range matches {
				for _, a := range match {
					if a.Name != keyName && slices.ContainsFunc(event, func(b Attribute) bool { return b.Name == a.Name }) {
						c.refuse("JOIN with the column %s, which events have as well", a.Name)
					}
				}
				c.hold(1)
				into.add(row.millis, always, append(slices.Clip(event), match...))
			}
		}
	})
	return c.err
}
