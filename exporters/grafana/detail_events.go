package grafana

import (
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// The least times between two points of panels: of counts long enough to have several
// samples also of a history that has one every five minutes, and of states so long that
// none is missed.
const (
	countStep = "15m"
	stateStep = "5m"
)

// written writes an SLI as the spec does.
func written(sli slo.SLI) string {
	var lines []string
	add := func(key, text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, key+": "+strings.Join(strings.Fields(text), " "))
		}
	}
	add("from", strings.Join(sli.EventTypes(), ", "))
	add("where", sli.Where.String())
	add("good", sli.Good.String())
	add("bad", sli.Bad.String())
	add("count", sli.Count.String())
	if q := sli.Queries; q != nil {
		add("total", q.Total.String())
		add("good", q.Good.String())
		add("bad", q.Bad.String())
	}
	if s := sli.Slice; s != nil {
		add("every", slo.FormatDuration(s.Every.Value))
		add("value", s.Value.String())
		add("good", s.Good.String())
		add("empty", string(s.Empty))
	}
	return strings.Join(lines, "\n")
}

// counts has the good and bad events of an SLI.
func (m *maker) counts(id string, sli slo.SLI) *Panel {
	w := m.detailWords()
	return m.bars(metricEvents, id, w.GoodAndBad(sli.Form(), sli.Weighted()), w.EventsNote)
}

// bars has a counter of good and bad events as bars on each other.
func (m *maker) bars(metric, id, title, description string) *Panel {
	w := m.detailWords()
	increase := func(outcome string) query.Expr {
		return increased(query.Metric(metric, query.Is("id", id), query.Is("outcome", outcome)), query.Length{Built: query.Step})
	}
	p := graph(title, description, FieldDefaults{
		Unit: unitCount, NoValue: m.words().NotKnown, Min: ref(0.0),
		Custom: &CustomField{DrawStyle: "bars", LineWidth: 0, FillOpacity: 90, ShowPoints: "never", Stacking: &Stacking{Group: "A", Mode: "normal"}},
	}, target(0, increase("bad"), w.Bad), target(1, increase("good"), w.Good))
	p.Interval = countStep
	return p.coloured("A", vermilion, false).coloured("B", blue, false)
}

// lately is the largest value since the point before, so that nothing is missed in between.
func lately(of query.Select, labels ...string) query.Expr {
	return query.By(query.Max, query.Over{Function: query.Maximum, Of: of, Length: query.Length{Built: query.Step}}, labels...)
}

// counted is the share of events of ids that were bad of late, by their counters, and
// countedCoverage how much of the time was measured. They have the label id.
func counted(ids []string, length time.Duration) query.Expr {
	events := func(matchers ...query.Matcher) query.Expr {
		return increased(query.Metric(metricEvents, append([]query.Matcher{oneOf(ids)}, matchers...)...), query.Length{Fixed: length}, "id", "outcome")
	}
	bad := query.By(query.Sum, events(query.Is("outcome", "bad")), "id")
	all := query.By(query.Sum, events(), "id")
	return query.With(bad, query.Divided, query.With(all, query.Above, query.Number(0)), "id")
}

func countedCoverage(ids []string, length time.Duration) query.Expr {
	seconds := increased(query.Metric(metricMeasured, oneOf(ids)), query.Length{Fixed: length}, "id")
	return query.With(seconds, query.Divided, query.Number(length.Seconds()))
}
