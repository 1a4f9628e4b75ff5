package newrelic

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// pack is what one query asks: the columns of some parts of one table, equal
// ones once.
type pack struct {
	table table
	parts []*part
}

// statement is a pack as NRQL, without times.
type statement struct {
	query nrql.Query
	names [][]string // of each part's columns
}

// statement writes the pack. Conditions that all columns have are in WHERE, the
// others stay with their columns in filter().
func (p pack) statement() statement {
	var columns []column
	at := map[string]int{}
	names := make([][]string, len(p.parts))
	for i, part := range p.parts {
		for _, c := range part.columns {
			n, known := at[c.key]
			if !known {
				n = len(columns)
				at[c.key] = n
				columns = append(columns, c)
			}
			names[i] = append(names[i], "c"+strconv.Itoa(n))
		}
	}
	lifted := columns[0].where
	for _, c := range columns[1:] {
		lifted = common(lifted, c.where)
	}
	s := statement{*p.table.query, names}
	inWhere := map[string]bool{}
	var where []nrql.Expr
	for _, c := range lifted {
		inWhere[c.normal] = true
		where = append(where, c.x)
	}
	s.query.Where = nrql.All(where...)
	for i, c := range columns {
		s.query.Select = append(s.query.Select, nrql.Column{Expr: c.under(inWhere), Alias: "c" + strconv.Itoa(i)})
	}
	return s
}

// text is the query for a range of time.
func (s statement) text(p piece) string {
	q := s.query
	q.Since, q.Until = &nrql.Epoch{Millis: p.span.Start.Millis()}, &nrql.Epoch{Millis: p.span.End.Millis()}
	if p.buckets() > 1 {
		q.TimeSeries = timeSeries(p.bucket)
	}
	return q.String()
}

func timeSeries(minutes int64) *nrql.TimeSeries {
	if minutes%60 == 0 {
		return nrql.Every(minutes/60, nrql.Hour)
	}
	return nrql.Every(minutes, nrql.Minute)
}

// longestPiece is a piece whose times take as much text as any.
func longestPiece() piece {
	return piece{slo.Span{Start: 100_000_000, End: 199_999_998}, 9_999_999}
}

// halves cuts a pack of several parts in two.
func (p pack) halves() (pack, pack) {
	middle := len(p.parts) / 2
	return pack{p.table, p.parts[:middle:middle]}, pack{p.table, p.parts[middle:]}
}

// packed puts parts of one table into as few packs as the length of a query
// allows. Parts with the same conditions come to stand together, so that the
// conditions can be written once.
func packed(parts []*part) []pack {
	frequency := map[string]int{}
	for _, p := range parts {
		for _, c := range p.columns[0].where {
			frequency[c.normal]++
		}
	}
	order := make(map[*part][]string, len(parts))
	for _, p := range parts {
		var names []string
		for _, c := range p.columns[0].where {
			names = append(names, c.normal)
		}
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(frequency[b], frequency[a]) })
		order[p] = append(names, p.key())
	}
	sorted := slices.Clone(parts)
	slices.SortStableFunc(sorted, func(a, b *part) int { return slices.Compare(order[a], order[b]) })
	var packs []pack
	var filling *filling
	for _, p := range sorted {
		if filling == nil || !filling.add(p) {
			filling = newFilling(p)
			packs = append(packs, pack{table: p.table})
		}
		last := &packs[len(packs)-1]
		last.parts = append(last.parts, p)
	}
	return packs
}

// filling reckons how long the query of a growing pack is, at most.
type filling struct {
	fixed   int // bytes of the table and of times
	columns map[string]bool
	values  int // bytes of all columns without their conditions
	wheres  int // and of all their conditions
	lifted  []conjunct
}

func newFilling(first *part) *filling {
	q := *first.table.query
	q.Select = []nrql.Column{{Expr: &nrql.Number{Raw: "1"}}}
	fixed := len(statement{query: q}.text(longestPiece())) + len(" WHERE ")
	f := &filling{fixed: fixed, columns: map[string]bool{}, lifted: first.columns[0].where}
	f.put(first)
	return f
}

// put adds a part however long it is.
func (f *filling) put(p *part) {
	for _, c := range p.columns {
		f.lifted = common(f.lifted, c.where)
		if f.columns[c.key] {
			continue
		}
		f.columns[c.key] = true
		f.values += c.bytes
		f.wheres += size(c.where)
	}
}

// add adds a part if there is room for it.
func (f *filling) add(p *part) bool {
	grown := *f
	grown.columns = make(map[string]bool, len(f.columns)+len(p.columns))
	for key := range f.columns {
		grown.columns[key] = true
	}
	grown.put(p)
	if grown.bytes() >= nrql.MaxQueryBytes {
		return false
	}
	*f = grown
	return true
}

// bytes is the length of the query, at most: every column has its conditions
// without those that are lifted.
func (f *filling) bytes() int {
	lifted := size(f.lifted)
	return f.fixed + f.values + f.wheres - len(f.columns)*lifted + lifted
}

func size(conditions []conjunct) int {
	n := 0
	for _, c := range conditions {
		n += c.bytes
	}
	return n
}
