package newrelic

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// census is what there is of one event type.
type census struct {
	name       string
	kept       time.Duration // as declared
	span       slo.Span      // since then
	recent     slo.Span      // the last day of it
	slos       []*slo.SLO    // that count it
	counted    bool          // whether the figures are known
	events     int64         // in the span
	day        int64         // in the last day
	hour       int64         // in the last hour
	first      time.Time     // of the oldest event; zero without events
	newest     time.Time
	exceeds    bool   // New Relic keeps it shorter than was asked for
	scaled     int64  // the last day, scaled back to what was not kept; 0 if not known
	fresh, old keyset // the attributes of the last day, and of the time before
}

const (
	minutesOfDay  = 24 * 60
	minutesOfHour = 60
)

// takeCensus asks what there is of every event type. It is false when the account
// cannot be asked.
func (e *examiner) takeCensus(ctx context.Context) bool {
	longest := time.Duration(0)
	for _, measured := range e.slos {
		for _, name := range eventTypes(measured.SLI) {
			c := e.types[name]
			if c == nil {
				c = e.newCensus(name)
				e.types[name] = c
			}
			c.slos = append(c.slos, measured)
			longest = max(longest, c.kept)
		}
	}
	inquiries := []inquiry{e.askNames(longest)}
	for _, c := range e.inOrder() {
		if c.name == "Metric" { // whose points say nothing of a single metric
			continue
		}
		inquiries = append(inquiries, c.askFigures(), c.askKeys(c.recent, &c.fresh))
		if older := (slo.Span{Start: c.span.Start, End: c.recent.Start}); older.Len() > 0 {
			inquiries = append(inquiries, c.askKeys(older, &c.old))
		}
		if isScaled(c.name) {
			inquiries = append(inquiries, c.askScaled())
		}
	}
	if !e.put(ctx, inquiries) {
		return false
	}
	lost := failures{}
	for _, c := range e.inOrder() {
		if c.fresh.lacksNames(c.day) || c.old.lacksNames(c.events-c.day) {
			c.fresh.known = false
			lost.add(diag.Say("New Relic answered that events have no attributes").Err(), diag.Say("the attributes of %s", c.name), c.ids())
		}
	}
	e.unanswered(lost)
	return true
}

func (e *examiner) newCensus(name string) *census {
	kept := e.config.Retention.Of([]string{name})
	end := slo.MinuteAt(e.at)
	c := &census{name: name, kept: kept, span: slo.Span{Start: max(0, slo.MinuteAt(e.at.Add(-kept))+1), End: end}}
	c.span.Start = min(c.span.Start, end)
	c.recent = slo.Span{Start: max(c.span.Start, end-minutesOfDay), End: end}
	return c
}

// inOrder returns the event types by name.
func (e *examiner) inOrder() []*census {
	var all []*census
	for _, c := range e.types {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *census) int { return strings.Compare(a.name, b.name) })
	return all
}

// over gives a query the range of a span.
func over(q *nrql.Query, span slo.Span) string {
	q.Since, q.Until = &nrql.Epoch{Millis: span.Start.Millis()}, &nrql.Epoch{Millis: span.End.Millis()}
	return q.String()
}

func from(types ...string) []nrql.Expr {
	var list []nrql.Expr
	for _, name := range types {
		list = append(list, &nrql.Name{Value: name})
	}
	return list
}

// askNames asks for the names of all event types, of which some may be meant by
// those that do not exist.
func (e *examiner) askNames(kept time.Duration) inquiry {
	end := slo.MinuteAt(e.at)
	span := slo.Span{Start: min(max(0, slo.MinuteAt(e.at.Add(-kept))+1), end), End: end}
	return inquiry{
		about: diag.Say("the names of the event types"), slos: e.ids,
		text: over(&nrql.Query{Show: true}, span),
		read: func(r reply) (err error) {
			e.names, err = readNames(r.rows)
			return err
		},
	}
}

// readNames reads the answer to SHOW EVENT TYPES: names, rows with one each, or a
// row with a list of them, whatever they are called.
func readNames(rows []json.RawMessage) ([]string, error) {
	var names []string
	for _, data := range rows {
		if name, is := plainText(data); is {
			names = append(names, name)
			continue
		}
		r, err := readRow(data)
		if err != nil {
			return nil, err
		}
		for _, value := range r {
			if name, is := plainText(value); is {
				names = append(names, name)
			} else if list, is := textList(value); is {
				names = append(names, list...)
			}
		}
		if len(names) > maxKeys {
			return nil, diag.Say("New Relic answered with more event types than can be looked through").Err()
		}
	}
	if len(names) == 0 && len(rows) > 0 {
		return nil, diag.Say("New Relic answered with rows that name no event type").Err()
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// The names of figures.
const (
	aliasEvents = "events"
	aliasDay    = "day"
	aliasHour   = "hour"
	aliasNewest = "newest"
	aliasLast   = "last"
)

// askFigures asks how many events there are, and when.
func (c *census) askFigures() inquiry {
	timestamp := &nrql.Name{Value: "timestamp"}
	since := func(m slo.Minute) nrql.Expr {
		from := &nrql.Number{Raw: strconv.FormatInt(m.Millis(), 10), Value: float64(m.Millis())}
		return &nrql.Call{Name: "filter", Args: []nrql.Expr{
			count(&nrql.Star{}), &nrql.Where{Condition: &nrql.Binary{Op: nrql.Ge, X: timestamp, Y: from}},
		}}
	}
	return inquiry{
		about: diag.Say("the events of %s", c.name), slos: c.ids(),
		text: over(&nrql.Query{From: from(c.name), Select: []nrql.Column{
			{Expr: count(&nrql.Star{}), Alias: aliasEvents},
			{Expr: since(c.recent.Start), Alias: aliasDay},
			{Expr: since(c.recent.End - minutesOfHour), Alias: aliasHour},
			{Expr: &nrql.Call{Name: "min", Args: []nrql.Expr{timestamp}}, Alias: aliasFirst},
			{Expr: &nrql.Call{Name: "max", Args: []nrql.Expr{timestamp}}, Alias: aliasNewest},
		}}, c.span),
		read: c.readFigures,
	}
}

func (c *census) readFigures(r reply) error {
	row, err := oneRow(r)
	if err != nil {
		return err
	}
	for alias, figure := range map[string]*int64{aliasEvents: &c.events, aliasDay: &c.day, aliasHour: &c.hour} {
		n, err := row.integer(alias)
		if err != nil || n < 0 {
			return diag.Say("New Relic answered without a count of the events").Err()
		}
		*figure = n
	}
	for alias, instant := range map[string]*time.Time{aliasFirst: &c.first, aliasNewest: &c.newest} {
		if c.events == 0 {
			break
		}
		if *instant, err = row.instant(alias); err != nil {
			return err
		}
	}
	c.counted, c.exceeds = true, r.exceedsRetention
	return nil
}

// isScaled reports whether EXTRAPOLATE has an effect on an event type, as far as
// that is documented.
func isScaled(name string) bool { return name == "Transaction" || name == "TransactionError" }

// askScaled counts the last day as New Relic scales it back.
func (c *census) askScaled() inquiry {
	return inquiry{
		about: diag.Say("the sampling of %s", c.name), slos: c.ids(),
		text: over(&nrql.Query{
			From: from(c.name), Select: []nrql.Column{{Expr: count(&nrql.Star{}), Alias: aliasDay}}, Extrapolate: true,
		}, c.recent),
		read: func(r reply) error {
			row, err := oneRow(r)
			if err != nil {
				return err
			}
			scaled, err := row.thousandths(aliasDay) // estimates may have decimals
			c.scaled = scaled / slo.Thousandths
			return err
		},
	}
}

func (c *census) askKeys(span slo.Span, into *keyset) inquiry {
	return inquiry{
		about: diag.Say("the attributes of %s", c.name), slos: c.ids(),
		text: over(&nrql.Query{
			From: from(c.name), Select: []nrql.Column{{Expr: &nrql.Call{Name: "keyset"}}},
		}, span),
		read: func(r reply) (err error) {
			*into, err = readKeyset(r.rows)
			return err
		},
	}
}

func oneRow(r reply) (row, error) {
	if len(r.rows) != 1 {
		return nil, diag.Say("New Relic answered with %d rows, not 1", len(r.rows)).Err()
	}
	return readRow(r.rows[0])
}

// latestInstant is the end of the year 9999 in milliseconds since 1970.
const latestInstant = 253_402_300_799_999

// instant reads milliseconds since 1970.
func (r row) instant(name string) (time.Time, error) {
	millis, err := r.integer(name)
	if err == nil && (millis < 0 || millis > latestInstant) {
		err = diag.Say("New Relic answered with %s = %d, which is no time", name, millis).Err()
	}
	return time.UnixMilli(millis).UTC(), err
}
