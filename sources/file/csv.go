package file

import (
	"encoding/csv"
	"slices"
	"strings"
)

// csvFormat reads lines with cells between commas. The first one names the
// columns.
type csvFormat struct {
	*reading
	columns []column // in the order of the cells; nil before the header
	broken  bool     // the header cannot be used
}

func (f *csvFormat) line(number int, text string) {
	if f.broken {
		return
	}
	cells, ok := f.split(number, text)
	if !ok {
		f.broken = f.columns == nil
		return
	}
	if f.columns == nil {
		f.header(number, cells)
		return
	}
	if len(cells) != len(f.columns) {
		f.problem(number, "the row has %d cells and the header %d: write as many, empty ones too", len(cells), len(f.columns))
		return
	}
	var r record
	for i, cell := range cells {
		r[f.columns[i]] = strings.TrimSpace(cell)
	}
	f.record(number, &r)
}

// split cuts a line into cells. None of them needs a line break, so that each
// line is a row of its own.
func (f *csvFormat) split(number int, text string) ([]string, bool) {
	if !strings.Contains(text, `"`) {
		return strings.Split(text, ","), true
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.TrimLeadingSpace = true
	cells, err := reader.Read()
	if err != nil {
		f.problem(number, "a quote is not closed, or stands within a cell: no cell needs quotes")
	}
	return cells, err == nil
}

// header reads the names of the columns.
func (f *csvFormat) header(number int, names []string) {
	before := len(f.problems)
	if len(names) == 1 && strings.ContainsAny(names[0], ";\t") {
		f.problem(number, "the header has no commas: write minute,id,total,bad with commas between cells")
	} else {
		for i, name := range names {
			f.column(number, i, strings.TrimSpace(name))
		}
		f.missing(number)
	}
	f.broken = len(f.problems) > before
}

func (f *csvFormat) column(number, i int, name string) {
	at := slices.Index(columnNames(), name)
	switch {
	case at < 0:
		f.problem(number, "column %d of the header is not known: %s", i+1, columnHint(name))
	case slices.Contains(f.columns, column(at)):
		f.problem(number, "the header has %s twice: keep one of them", name)
	}
	f.columns = append(f.columns, column(at))
}

func (f *csvFormat) missing(number int) {
	has := func(c column) bool { return slices.Contains(f.columns, c) }
	for _, needed := range []column{minuteColumn, idColumn, totalColumn} {
		if !has(needed) {
			f.problem(number, "the header has no %s: the first line names the columns, such as minute,id,total,bad", needed)
		}
	}
	if !has(badColumn) && !has(goodColumn) {
		f.problem(number, "the header has neither bad nor good: the first line names the columns, such as minute,id,total,bad")
	}
	if has(eventsColumn) != has(badEventsColumn) {
		f.problem(number, "the header has one of events and badEvents: write both or none")
	}
}
