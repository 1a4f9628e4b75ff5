package preview

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// board is one dashboard that is drawn.
type board struct {
	*Book
	units
	d        *grafana.Dashboard
	data     Data
	t        *labels
	from, to time.Time
	chosen   map[string]string // patterns of variables
	names    map[string]string // what is chosen of them, as texts
	marks    []mark            // annotations
}

// span returns what a dashboard shows, and in which time zone.
func (b *Book) span(d *grafana.Dashboard) (from, to time.Time, zone *time.Location, err error) {
	zone = b.options.Zone
	if d.Timezone == "utc" {
		zone = time.UTC
	} else if d.Timezone != "" && d.Timezone != "browser" {
		if zone, err = slo.LoadTimeZone(d.Timezone); err != nil {
			return from, to, zone, err
		}
	}
	if from, err = instant(d.Time.From, b.options.At.In(zone), false); err != nil {
		return from, to, zone, err
	}
	if to, err = instant(d.Time.To, b.options.At.In(zone), true); err != nil {
		return from, to, zone, err
	}
	if to.After(b.options.At) {
		to = b.options.At // there is nothing after that
	}
	if !to.After(from) {
		err = fmt.Errorf("its time from %q to %q is none", d.Time.From, d.Time.To)
	}
	return from, to, zone, err
}

// board finds out what a dashboard shows: of which time, and with which variables.
func (b *Book) board(d *grafana.Dashboard, data Data) (*board, error) {
	from, to, zone, err := b.span(d)
	if err != nil {
		return nil, err
	}
	n := &board{
		Book: b, d: d, data: data, t: labelsOf(b.options.Locale), units: units{b.options.Locale, b.options.At, zone}, from: from, to: to,
		chosen: map[string]string{}, names: map[string]string{},
	}
	for i := range d.Templating.List {
		if err := n.choose(&d.Templating.List[i]); err != nil {
			return nil, err
		}
	}
	return n, n.annotate()
}

// relative matches a time such as now-28d or now-1M/M.
var relative = regexp.MustCompile(`^now(?:-([0-9]{1,6})([smhdwMy]))?(?:/([dwMy]))?$`)

// instant reads a time of a dashboard. One that is rounded is the beginning of a day, week,
// month or year, or its end.
func instant(text string, now time.Time, end bool) (time.Time, error) {
	parts := relative.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, fmt.Errorf("its time %q is not known", text)
	}
	at := now
	if parts[1] != "" {
		n, err := strconv.Atoi(parts[1])
		if err != nil {
			return at, err
		}
		at = move(at, parts[2], -n)
	}
	if parts[3] == "" {
		return at, nil
	}
	year, month, day := at.Date()
	switch parts[3] {
	case "w":
		day -= (int(at.Weekday()) + 6) % 7
	case "M":
		day = 1
	case "y":
		month, day = 1, 1
	}
	at = time.Date(year, month, day, 0, 0, 0, 0, at.Location())
	if end {
		at = move(at, parts[3], 1)
	}
	return at, nil
}

// move adds n units to an instant.
func move(at time.Time, unit string, n int) time.Time {
	switch unit {
	case "d":
		return at.AddDate(0, 0, n)
	case "w":
		return at.AddDate(0, 0, 7*n)
	case "M":
		return at.AddDate(0, n, 0)
	case "y":
		return at.AddDate(n, 0, 0)
	}
	return at.Add(time.Duration(n) * map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit])
}

// choose finds what is chosen of a variable at first: all, what it says, or the first
// value that there is.
func (b *board) choose(v *grafana.Variable) error {
	if v.Type == "datasource" {
		return nil
	}
	value := fmt.Sprint(v.Current.Value)
	switch {
	case value == "$__all", v.Current.Value == nil && v.IncludeAll, value == "[$__all]":
		b.names[v.Name] = b.t.All
		if v.AllValue != "" {
			b.chosen[v.Name] = v.AllValue
		}
		return nil
	case v.Current.Value != nil && value != "":
		b.names[v.Name], b.chosen[v.Name] = value, regexp.QuoteMeta(value)
		return nil
	}
	q, err := queryOf(v)
	if err != nil || q.Of == nil {
		return err
	}
	samples, err := b.data.At(q.Of, b.to, b.binding(b.step(0)))
	if err != nil {
		return fmt.Errorf("the variable %s: %w", v.Name, err)
	}
	values := map[string]bool{}
	for _, s := range samples {
		if text := s.Labels[q.Label]; text != "" {
			values[text] = true
		}
	}
	if len(values) > 0 {
		value = slices.Min(slices.Collect(maps.Keys(values)))
		b.names[v.Name], b.chosen[v.Name] = value, regexp.QuoteMeta(value)
	}
	return nil
}

// queryOf returns the query of a variable, which may be a pointer.
func queryOf(v *grafana.Variable) (grafana.VariableQuery, error) {
	switch q := v.Query.(type) {
	case grafana.VariableQuery:
		return q, nil
	case *grafana.VariableQuery:
		return *q, nil
	}
	return grafana.VariableQuery{}, fmt.Errorf("the variable %s has a query that is not known", v.Name)
}

// binding has what expressions ask for, in steps.
func (b *board) binding(step time.Duration) query.Binding {
	return query.Binding{Variables: b.chosen, Range: b.to.Sub(b.from), Step: step, RateStep: max(step+b.data.Every, 4*b.data.Every)}
}

// niceSteps are those between two points of a graph.
func niceSteps() []time.Duration {
	const m, h = time.Minute, time.Hour
	return []time.Duration{m, 2 * m, 5 * m, 10 * m, 15 * m, 20 * m, 30 * m, h, 2 * h, 3 * h, 4 * h, 6 * h, 8 * h, 12 * h, 24 * h, 48 * h, 7 * 24 * h, 28 * 24 * h}
}

// step is how far points are apart in a graph of so many pixels: two at least.
func (b *board) step(pixels int) time.Duration {
	points := max(pixels/2, 100)
	least := max(b.to.Sub(b.from)/time.Duration(points), 2*b.data.Every)
	for _, s := range niceSteps() {
		if s >= least {
			return s
		}
	}
	return least
}

// variables matches what stands for a variable in a text: $name, ${name} or ${name:format}.
var variables = regexp.MustCompile(`\$(?:(\w+)|\{([^}]+)\})`)

// filled replaces variables in a text by what is chosen, and others by what known says.
func (b *board) filled(text string, known func(name string) (string, bool)) string {
	return variables.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(found, "${}")
		if known != nil {
			if value, is := known(name); is {
				return value
			}
		}
		bare, _, _ := strings.Cut(name, ":")
		if value, is := b.names[bare]; is {
			return value
		}
		return found
	})
}

// legendPart matches a label in the format of a legend.
var legendPart = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// legend names a series: by a format, or by its labels.
func (b *board) legend(format string, labels query.Labels) string {
	if format != "" && format != "__auto" {
		return b.filled(legendPart.ReplaceAllStringFunc(format, func(found string) string {
			return labels[legendPart.FindStringSubmatch(found)[1]]
		}), nil)
	}
	if len(labels) == 0 {
		return "Value"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, name+"="+strconv.Quote(labels[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// series is values of a query over time, or one at its end.
type series struct {
	settings
	name   string
	labels query.Labels
	points []query.Point
	step   time.Duration
	color  string // it is drawn in
}

// series evaluates the queries of a panel of so many pixels.
func (b *board) series(p *grafana.Panel, pixels int) ([]series, error) {
	var list []series
	for i := range p.Targets {
		t := &p.Targets[i]
		if t.Query == nil {
			return nil, fmt.Errorf("the query %s has no expression", t.RefID)
		}
		step := b.panelStep(p, pixels)
		var found []query.Series
		var err error
		if t.Range && !t.Instant {
			// Points lie on multiples of the step, and the last one is the newest there is.
			found, err = b.data.Between(t.Query, b.to.Add(-b.to.Sub(b.from).Truncate(step)), b.to, step, b.binding(step))
		} else {
			var samples []query.Sample
			samples, err = b.data.At(t.Query, b.to, b.binding(step))
			for _, s := range samples {
				found = append(found, query.Series{Labels: s.Labels, Points: []query.Point{{At: b.to, Value: s.Value}}})
			}
		}
		if err != nil {
			return nil, fmt.Errorf("the query %s: %w", t.RefID, err)
		}
		for _, f := range found {
			points := slices.DeleteFunc(f.Points, func(p query.Point) bool { return math.IsNaN(p.Value) || math.IsInf(p.Value, 0) })
			s := series{name: b.legend(t.LegendFormat, f.Labels), labels: f.Labels, points: points, step: step}
			if s.settings, err = settingsOf(p, field{s.name, t.RefID}); err != nil {
				return nil, err
			}
			if s.DisplayName != "" {
				s.name = b.filled(s.DisplayName, s.known)
			}
			s.name = plain(s.name)
			s.color = s.seriesColor(len(list))
			list = append(list, s)
		}
	}
	return list, nil
}

// panelStep is how far the points of a panel are apart.
func (b *board) panelStep(p *grafana.Panel, pixels int) time.Duration {
	step := b.step(pixels)
	if least, err := slo.ParseDuration(p.Interval); err == nil && least > step {
		return least
	}
	return step
}

// known is what a name in a text of a field stands for.
func (s *series) known(name string) (string, bool) {
	if label, is := strings.CutPrefix(name, "__field.labels."); is {
		return s.labels[label], true
	}
	return s.name, name == "__series.name" || name == "__field.name"
}

// ofText is the colour of text, for lines that have that.
const ofText = "#24292e"

// seriesColor is what the nth series is drawn in.
func (s *series) seriesColor(n int) string {
	if s.Color != nil && s.Color.Mode == "fixed" {
		return cmp.Or(color(s.Color.FixedColor), ofText)
	}
	if s.Color != nil && s.Color.Mode == "thresholds" && len(s.points) > 0 {
		return s.threshold(s.points[len(s.points)-1].Value)
	}
	return palette(n)
}

// reduced makes one value of a series, NaN when there is none.
func reduced(calc string, points []query.Point) (float64, error) {
	if len(points) == 0 {
		return math.NaN(), nil
	}
	first, last := points[0].Value, points[len(points)-1].Value
	low, high, sum := first, first, 0.0
	for _, p := range points {
		low, high, sum = min(low, p.Value), max(high, p.Value), sum+p.Value
	}
	switch calc {
	case "", "lastNotNull", "last":
		return last, nil
	case "firstNotNull", "first":
		return first, nil
	case "min":
		return low, nil
	case "max":
		return high, nil
	case "sum":
		return sum, nil
	case "mean":
		return sum / float64(len(points)), nil
	case "count":
		return float64(len(points)), nil
	}
	return 0, fmt.Errorf("the calculation %q is not known", calc)
}

// calcOf is the one that a panel shows.
func calcOf(r grafana.Reduce) string {
	if len(r.Calcs) == 0 {
		return ""
	}
	return r.Calcs[0]
}
