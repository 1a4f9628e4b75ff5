package newrelic

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// busiestDays is how far back it is looked for what somebody may mean: a day has
// no weekend, and a month takes long. Of metrics, it is an hour.
const busiestDays = 7

// Value is a value of an attribute.
type Value struct {
	Text   string
	Events int64 // that have it; of metrics, the values behind the points
}

// Busiest returns the texts that an attribute holds in the events of the last seven days,
// or of the last hour of metrics, that meet a condition: those of most events first, 1,000
// at most. where may be nil. It sends one query.
func (s *Source) Busiest(ctx context.Context, types []string, attribute string, where nrql.Expr) ([]Value, error) {
	of := &nrql.Name{Value: attribute}
	q := &nrql.Query{
		From: from(types...), Where: where, Limit: &nrql.Limit{Count: mostValues},
		Select: []nrql.Column{{Expr: count(&nrql.Star{}), Alias: aliasEvents}}, Facet: &nrql.Facet{By: []nrql.Column{{Expr: of}}},
	}
	r := s.ask(ctx, []call{{text: over(q, s.lately(types))}})[0]
	if r.err != nil {
		return nil, r.err
	}
	var values []Value
	for _, data := range r.rows {
		row, err := readRow(data)
		if err != nil {
			return nil, err
		}
		text, is := plainText(row["facet"])
		if !is {
			continue // numbers, and where there is none
		}
		events, err := row.integer(aliasEvents)
		if err != nil || events < 0 {
			return nil, diag.Say("New Relic answered without a count of the events").Err()
		}
		if s.client.Masked(text) == text { // what holds a key is nothing to choose
			values = append(values, Value{text, events})
		}
	}
	slices.SortStableFunc(values, func(a, b Value) int { return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(a.Text, b.Text)) })
	return values, nil
}

// Events returns how many events of each list of types there were in the last seven days,
// or in the last hour of metrics. It sends one query for each.
func (s *Source) Events(ctx context.Context, lists [][]string) ([]int64, error) {
	calls := make([]call, len(lists))
	for i, types := range lists {
		q := &nrql.Query{From: from(types...), Select: []nrql.Column{{Expr: count(&nrql.Star{}), Alias: aliasEvents}}}
		calls[i] = call{text: over(q, s.lately(types))}
	}
	events := make([]int64, len(lists))
	for i, r := range s.ask(ctx, calls) {
		if r.err != nil {
			return nil, r.err
		}
		row, err := oneRow(r)
		if err != nil {
			return nil, err
		}
		if events[i], err = row.integer(aliasEvents); err != nil || events[i] < 0 {
			return nil, diag.Say("New Relic answered without a count of the events").Err()
		}
	}
	return events, nil
}

// lately are the minutes that are looked at for what there is of some types.
func (s *Source) lately(types []string) slo.Span {
	end := slo.MinuteAt(s.now())
	length := min(s.config.Retention.Of(types), busiestDays*24*time.Hour)
	if isMetric(types) {
		length = metricMinutes * time.Minute
	}
	return slo.Span{Start: max(0, end-slo.Minute(length/time.Minute)), End: end}
}
