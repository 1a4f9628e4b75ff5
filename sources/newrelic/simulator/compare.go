package simulator

// compare answers a query with COMPARE WITH: once for its range, and once for
// the same length of time before it. The groups of both are those of the first,
// as New Relic says. Rows of the range before keep their own times.
func (s *scope) compare(a *answer) *queryError {
	if !selectsAggregates(s.query) {
		return refusal("COMPARE WITH of events")
	}
	if s.hasSubquery() {
		return refusal("COMPARE WITH and a subquery")
	}
	a.compareWith = ago(s.query.Compare)
	current, err := s.find(nil)
	if err != nil {
		return err
	}
	// The range is that of the query and not the one that metrics moved it to.
	before, err := s.open(s.query, s.covered.earlier(s.query.Compare.Millis()), asAnswer)
	if err != nil {
		return err
	}
	previous, err := before.find(current.chosen)
	if err != nil {
		return err
	}
	a.current, a.previous = compared(current.rows, "current"), compared(previous.rows, "previous")
	a.rows = append(append([]any{}, a.current...), a.previous...)
	if s.query.Facet != nil {
		a.total = both(current.total, previous.total)
		a.other = both(current.other, previous.other)
	}
	return nil
}

// both lists the totals of two ranges.
func both(current, previous any) []any {
	return append(compared(listed(current), "current"), compared(listed(previous), "previous")...)
}

func listed(total any) []any {
	if list, isList := total.([]any); isList {
		return list
	}
	return []any{total}
}

// compared says of rows which range they are of.
func compared(rows []any, which string) []any {
	marked := make([]any, len(rows))
	for i, row := range rows {
		var o object
		o.set("comparison", which)
		o.members = append(o.members, row.(object).members...)
		marked[i] = o
	}
	return marked
}
