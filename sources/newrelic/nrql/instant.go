package nrql

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// instant parses a time in SINCE or UNTIL.
func (p *parser) instant() Time {
	t := p.at()
	switch {
	case t.kind == tokenNumber && isUnit(p.peek()):
		d := p.ago()
		if d == nil {
			return nil
		}
		return &Ago{Range{t.Start, p.tokens[p.offset-1].End}, *d}
	case t.kind == tokenNumber:
		return p.epoch(t)
	case t.kind == tokenString:
		p.take()
		if problem := dateTimeProblem(unquote(t.text)); !problem.Empty() {
			p.fail(t.Range, diag.Say("write a date such as '2026-11-22', or '2026-11-22 09:00:00 +0900'"), problem)
		}
		return &DateTime{t.Range, newString(t)}
	case t.kind == tokenWord:
		if m := p.moment(); m != nil {
			return m
		}
	}
	p.unexpected(diag.Say("a time: 1 day ago, today, '2026-11-22 09:00', or milliseconds since 1970"), momentWords...)
	return nil
}

func (p *parser) epoch(t token) Time {
	millis, err := strconv.ParseInt(t.text, 10, 64)
	switch next := p.peek(); {
	case err != nil:
	case next.kind == tokenWord && !isClause(next.text):
		p.take()
		p.unexpected(diag.Say("a unit such as minutes"), unitWords...)
		return nil
	case next.is("-"), next.is(":"):
		p.fail(t.Range, diag.Say("put a date or time in quotes: '2026-11-22 09:00'"), diag.Say("the number %s is no date", short(t.text)))
		return nil
	}
	if err != nil {
		p.fail(t.Range, diag.Say("write milliseconds since 1970, such as 1700000000000, or a unit: 5 minutes ago"), diag.Say("%s is no time", short(t.text)))
		return nil
	}
	p.take()
	return &Epoch{t.Range, millis}
}

// ago parses n unit AGO.
func (p *parser) ago() *Duration {
	if p.at().kind != tokenNumber {
		p.unexpected(diag.Say("a length of time such as 1 week ago"))
		return nil
	}
	d := p.duration()
	if !p.failed {
		p.demand("AGO")
	}
	return d
}

// duration parses a whole number and a unit.
func (p *parser) duration() *Duration {
	t := p.take()
	count, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil || count < 1 {
		p.offset--
		p.fail(t.Range, diag.Say("write a whole number of units, such as 5 minutes"), diag.Say("%s is no number of units", short(t.text)))
		return &Duration{Range: t.Range, Count: 1, Unit: Millisecond}
	}
	unit, known := parseUnit(p.at().text)
	if p.at().kind != tokenWord || !known {
		p.unexpected(diag.Say("a unit: seconds, minutes, hours, days, weeks or months"), unitWords...)
		return &Duration{Range: t.Range, Count: 1, Unit: Millisecond}
	}
	if count > int64(1<<52)/unit.Millis() {
		p.offset--
		p.fail(t.Range, diag.Phrase{}, diag.Say("%s are too long", Duration{Count: count, Unit: unit}))
	}
	return &Duration{Range{t.Start, p.take().End}, count, unit}
}

// moment parses a named instant; nil when there is none.
func (p *parser) moment() *Moment {
	first := p.at()
	m := &Moment{Range: first.Range, Name: strings.ToLower(first.text)}
	switch {
	case m.Name == "now", m.Name == "today", m.Name == "yesterday", isWeekday(m.Name):
		p.take()
	case m.Name == "this" || m.Name == "last":
		p.take()
		if n, unit := p.at(), p.peek(); n.kind == tokenNumber && isUnit(unit) {
			p.fail(Range{first.Start, unit.End}, diag.Say("write %s %s ago", n.text, unit.text), first.unexpected())
			return m
		}
		unit, known := parseUnit(p.at().text)
		if !known || unit < Hour || strings.HasSuffix(p.at().text, "s") {
			p.unexpected(diag.Say("hour, day, week, month, quarter or year"), "hour", "day", "week", "month", "quarter", "year")
			return m
		}
		m.Name += " " + unit.String()
		m.End = p.take().End
	default:
		return nil
	}
	if m.Name != "now" && p.accept("AT") {
		t := p.at()
		if t.kind != tokenString || !timeOfDay.MatchString(unquote(t.text)) {
			p.unexpected(diag.Say("a time of the day such as '09:30'"))
			return m
		}
		p.take()
		m.At, m.End = newString(t), t.End
	}
	return m
}

var timeOfDay = regexp.MustCompile(`^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$`)

func isWeekday(name string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name == strings.ToLower(day.String()) {
			return true
		}
	}
	return false
}

func (p *parser) timeSeries(first token) *TimeSeries {
	width := p.width(first)
	return &TimeSeries{Range: Range{first.Start, width.End}, Width: width}
}

// width parses what stands behind TIMESERIES or SLIDE BY.
func (p *parser) width(first token) Width {
	t := p.at()
	switch {
	case t.is("AUTO"):
		p.take()
		return Width{Range: t.Range, Kind: WidthAuto}
	case t.is("MAX"):
		p.take()
		return Width{Range: t.Range, Kind: WidthMax}
	case t.kind == tokenNumber && (p.peek().kind != tokenWord || isClause(p.peek().text)):
		return p.millis()
	case t.kind == tokenNumber:
		d := p.duration()
		return Width{Range: d.Range, Kind: WidthFixed, Duration: *d}
	case t.kind == tokenEOF, t.is(")"), t.kind == tokenWord && isClause(t.text):
		return Width{Range: Range{first.End, first.End}, Kind: WidthDefault}
	}
	p.unexpected(diag.Say("a width such as 5 minutes, AUTO or MAX"))
	return Width{Range: first.Range, Kind: WidthDefault}
}

// millis parses a width without a unit.
func (p *parser) millis() Width {
	t := p.at()
	count, err := strconv.ParseInt(t.text, 10, 53)
	if err != nil || count < 1 {
		p.fail(t.Range, diag.Say("write a whole number of units, such as 5 minutes"), diag.Say("%s is no number of units", short(t.text)))
		count = 1
	} else {
		p.take()
	}
	return Width{Range: t.Range, Kind: WidthFixed, Duration: Duration{t.Range, count, Millisecond}}
}

// slide parses SLIDE BY, which belongs to TIMESERIES.
func (c *clauses) slide(first token) {
	width := c.width(first)
	switch series := c.query.TimeSeries; {
	case c.failed:
	case width.Kind == WidthDefault:
		c.unexpected(diag.Say("a width such as 1 minute, AUTO or MAX"))
	case series == nil && !c.broken:
		c.fail(first.Range, diag.Say("write TIMESERIES 5 minutes in front of it"), diag.Say("SLIDE BY has no TIMESERIES in front of it"))
	case series != nil:
		series.Slide, series.End = &width, width.End
	}
}

// predict parses PREDICT [holtwinters(…)] [BY 1 hour] [USING 1 day].
func (p *parser) predict(first token) *Predict {
	predict := &Predict{Range: first.Range}
	if t := p.at(); t.kind == tokenWord && p.peek().is("(") {
		p.take()
		predict.Model = p.call(t)
	} else if f, known := LookupFunction(t.text); known && f.Kind == Model {
		p.fail(t.Range, diag.Say("write %s()", f.Name), diag.Say("the model %s has no brackets", f.Name))
	}
	span := func(word string) *Duration {
		if !p.accept(word) {
			return nil
		}
		if p.at().kind != tokenNumber {
			p.unexpected(diag.Say("a length of time such as 1 hour"))
			return nil
		}
		return p.duration()
	}
	predict.By = span("BY")
	predict.Using = span("USING")
	if predict.By == nil && predict.Using != nil {
		predict.By = span("BY")
	}
	predict.End = p.tokens[p.offset-1].End
	return predict
}

func isUnit(t token) bool {
	_, known := parseUnit(t.text)
	return t.kind == tokenWord && known
}

func parseUnit(word string) (Unit, bool) {
	name := strings.TrimSuffix(strings.ToLower(word), "s")
	if strings.EqualFold(word, "ms") {
		return Millisecond, true
	}
	for u := Millisecond; u <= Year; u++ {
		if name == u.String() {
			return u, true
		}
	}
	return 0, false
}
