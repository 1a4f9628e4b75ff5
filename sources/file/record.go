package file

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// column is one of those that a file may have.
type column int

const (
	minuteColumn column = iota
	idColumn
	totalColumn
	badColumn
	goodColumn
	eventsColumn
	badEventsColumn
	columnCount
)

// String returns the name of the column.
func (c column) String() string { return columnNames()[c] }

func columnNames() []string {
	return []string{"minute", "id", "total", "bad", "good", "events", "badEvents"}
}

// columnHint says what to write for a name that no column has, without
// repeating it.
func columnHint(name string) string {
	if near, found := diag.Nearest(name, columnNames()); found {
		return "did you mean " + near + "?"
	}
	return "the columns are " + strings.Join(columnNames(), ", ")
}

// record is a line of a file: what stands in each column, "" for nothing.
type record [columnCount]string

// record takes a line into the table of its id.
func (r *reading) record(line int, cells *record) {
	id := cells[idColumn]
	t, wanted := r.tables[id]
	if !wanted {
		t = &table{unit: slo.Thousandths}
		if !idPattern.MatchString(id) {
			r.problem(line, "the id is missing or cannot be one: write the name of an SLO, or journey/step")
		} else if !r.ids[id] {
			r.stranger(id, line)
		}
	}
	counted, problems := t.read(line, cells)
	for _, err := range problems {
		r.problem(line, "%s", err)
	}
	if !wanted || len(problems) > 0 {
		return
	}
	t.rows = append(t.rows, counted)
	t.total += counted.counts.Total
	if t.events += counted.rows.Total; max(t.total, t.events) > maxSum {
		r.problem(line, "the rows of %s add up to more than can be counted: leave out older minutes", id)
	}
}

// read reads a row in the unit of the table, and reports everything that is
// wrong with it.
func (t *table) read(line int, cells *record) (row, []error) {
	counted := row{line: line}
	var problems []error
	check := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	var err error
	counted.minute, err = minuteOf(cells[minuteColumn])
	check(err)
	counted.counts.Total, err = t.count(cells, totalColumn)
	check(err)
	isBad, isGood := cells[badColumn] != "", cells[goodColumn] != ""
	switch {
	case isBad && isGood:
		check(errors.New("the row has both bad and good: keep one of them"))
	case isBad:
		counted.counts.Bad, err = t.count(cells, badColumn)
		check(err)
	case isGood:
		counted.counts.Bad, err = t.count(cells, goodColumn)
		check(err)
		counted.counts.Bad = counted.counts.Total - counted.counts.Bad
	default:
		check(errors.New("the row has neither bad nor good: write bad, 0 when nothing was"))
	}
	if t.raw {
		counted.counts.Bad = 0
	}
	if len(problems) == 0 {
		counted.rows, err = t.behind(cells, counted.counts)
		check(err)
	}
	return counted, problems
}

func (r *reading) stranger(id string, line int) {
	switch {
	case slices.ContainsFunc(r.strangers, func(s stranger) bool { return s.id == id }):
	case len(r.strangers) < mostStrangers:
		r.strangers = append(r.strangers, stranger{id, line})
	default:
		r.others = true
	}
}

// idPattern matches the name of an SLO or journey, and journey/step.
var idPattern = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$`)

// lastSecond is the end of the year 9999, in seconds since 1970.
const lastSecond = 253_402_300_800

// minuteOf reads an instant that begins a minute: in RFC 3339, or in seconds
// since 1970.
func minuteOf(text string) (slo.Minute, error) {
	if text == "" {
		return 0, errors.New("the row has no minute")
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return 0, errors.New("minute is no instant: write RFC 3339 such as 2026-11-22T09:00:00Z, or seconds since 1970")
		}
		if at.Nanosecond() != 0 {
			return 0, errors.New("minute is not the beginning of one: cut it to the minute, and add up what falls into the same")
		}
		seconds = at.Unix()
	}
	switch {
	case seconds < 0 || seconds >= lastSecond:
		return 0, errors.New("minute is not within the years 1970 to 9999: write seconds since 1970, not milliseconds")
	case seconds%60 != 0:
		return 0, errors.New("minute is not the beginning of one: cut it to the minute, and add up what falls into the same")
	}
	return slo.Minute(seconds / 60), nil
}

// Bounds of numbers. A million million events a minute, in thousandths, and
// their sums stay far below what an int64 holds.
const (
	maxDigits = 12
	maxSum    = 1 << 60
)

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// count reads a number of events in the unit of the table.
func (t *table) count(cells *record, c column) (int64, error) {
	text := cells[c]
	switch {
	case text == "":
		return 0, fmt.Errorf("the row has no %s", c)
	case !number.MatchString(text):
		return 0, fmt.Errorf("%s is no number: write digits, such as 1200, with a point before decimals", c)
	case text[0] == '-':
		return 0, fmt.Errorf("%s %s is below 0: counts are 0 or more", c, shortened(text))
	}
	whole, decimals, _ := strings.Cut(text, ".")
	whole, decimals = strings.TrimLeft(whole, "0"), strings.TrimRight(decimals, "0")
	switch {
	case len(whole) > maxDigits:
		return 0, fmt.Errorf("%s %s is more than can be counted: a minute has less than 10^%d", c, shortened(text), maxDigits)
	case decimals != "" && t.unit == 1:
		return 0, fmt.Errorf("%s %s is not whole, and every event counts as one", c, shortened(text))
	case len(decimals) > 3:
		return 0, fmt.Errorf("%s %s has more than three decimals: round it", c, shortened(text))
	}
	digits := whole
	if t.unit != 1 {
		digits += (decimals + "000")[:3]
	}
	n, err := strconv.ParseInt("0"+digits, 10, 64)
	return n, err
}

// shortened keeps a number that is not one at a length that can be read.
func shortened(number string) string {
	const most = 20
	if len(number) > most {
		return number[:most] + "…"
	}
	return number
}

// behind returns the events behind counts: as many as they are, or as the
// columns of them say where events weigh. Without these each event is taken to
// weigh 1, a part of one as a whole: behind 2.5 items there are 3 events.
func (t *table) behind(cells *record, c slo.Counts) (slo.Counts, error) {
	if cells[eventsColumn] == "" && cells[badEventsColumn] == "" {
		return slo.Counts{Total: ceil(c.Total, t.unit), Bad: ceil(c.Bad, t.unit)}, nil
	}
	var rows slo.Counts
	var err error
	whole := &table{unit: 1}
	if rows.Total, err = whole.count(cells, eventsColumn); err != nil {
		return rows, err
	}
	if rows.Bad, err = whole.count(cells, badEventsColumn); err != nil {
		return rows, err
	}
	if t.raw {
		rows.Bad = 0
	}
	if t.unit == 1 && rows != c {
		return rows, errors.New("events and badEvents differ from total and bad, and every event counts as one: leave them empty")
	}
	return rows, nil
}

// ceil divides and rounds up.
func ceil(n, unit int64) int64 {
	if n > 0 {
		return (n + unit - 1) / unit
	}
	return n / unit
}
