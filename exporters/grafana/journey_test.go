package grafana

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// outline writes what people see of a dashboard, line by line: where its panels are, their
// titles, words and queries.
func outline(d *Dashboard) string {
	var b strings.Builder
	fmt.Fprintf(&b, "==== %s (%s to %s, %s)\n%s\n", d.Title, d.Time.From, d.Time.To, strings.Join(d.Tags, " "), d.Description)
	for _, l := range d.Links {
		fmt.Fprintf(&b, "link %s: %s\n", l.Title, l.URL)
	}
	for _, a := range d.Annotations.List {
		fmt.Fprintf(&b, "marks %s: %s\n", a.Name, a.Expr)
	}
	for _, p := range d.Panels {
		g := p.GridPos
		fmt.Fprintf(&b, "-- %d,%d %d×%d %s: %s\n", g.X, g.Y, g.W, g.H, p.Type, p.Title)
		if text, is := p.Options.(TextOptions); is {
			b.WriteString(text.Content + "\n")
		}
		if p.Description != "" {
			b.WriteString("   (" + p.Description + ")\n")
		}
		for _, t := range p.Targets {
			fmt.Fprintf(&b, "   %s %q %s\n", t.RefID, t.LegendFormat, t.Expr)
		}
	}
	return b.String()
}

// TestOutlines has what people see of journeys and SLOs of every sort, and two of them
// whole.
func TestOutlines(t *testing.T) {
	t.Parallel()
	set := shops(t)
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		var all strings.Builder
		for _, s := range newMaker(set, Options{Locale: locale}).subjects {
			d := s.make()
			all.WriteString(outline(d))
			if s.id == "deliver" && locale == slo.English || s.id == "pay/print" && locale == slo.Japanese {
				golden(t, fmt.Sprintf("journeys/%s.%s.json", s.file, locale), d.JSON())
			}
		}
		golden(t, fmt.Sprintf("journeys/outline.%s.txt", locale), []byte(all.String()))
	}
}

// TestInAWorld looks at the dashboards of journeys and SLOs of every sort where everything
// is measured, and one page fires.
func TestInAWorld(t *testing.T) {
	t.Parallel()
	set := shops(t)
	w := newWorld(t, set, alert.Key{ID: "pay/authorise", Objective: "28d", Kind: alert.Burn, Severity: slo.Page})
	m := newMaker(set, Options{Locale: slo.English})
	t.Run("every query has an answer", func(t *testing.T) { w.hasAnswers(t, m) })
	t.Run("numbers are those of the evaluation", func(t *testing.T) { w.hasNumbers(t, m) })
	t.Run("every step has a row", func(t *testing.T) { w.hasRows(t, m) })
}

// hasAnswers asks for every panel of every journey and SLO what it shows.
func (w *world) hasAnswers(t *testing.T, m *maker) {
	for _, s := range m.subjects {
		for _, p := range s.make().Panels {
			for _, target := range p.Targets {
				if len(w.asks(t, p, target.RefID)) == 0 {
					t.Errorf("%s: %q has no answer: %s", s.id, p.Title, target.Expr)
				}
			}
		}
	}
}

// hasNumbers compares what panels show with what was evaluated.
func (w *world) hasNumbers(t *testing.T, m *maker) {
	boards := map[string]*Dashboard{}
	for _, s := range m.subjects {
		boards[s.id] = s.make()
	}
	value := func(r burnrate.Ratio) float64 {
		v, known := r.Value()
		if !known {
			return math.NaN()
		}
		return v
	}
	burn := func(o burnrate.Objective, window string) float64 {
		for _, b := range o.Burn {
			if b.Window.Window.String() == window {
				return value(b.Rate)
			}
		}
		return math.NaN()
	}
	pay, authorise, receipt := w.objective(t, "pay", "28d"), w.objective(t, "pay/authorise", "28d"), w.objective(t, "receipt", "contract")
	for _, test := range []struct {
		id, title string
		want      float64
	}{
		{"pay", "Budget left: 98.5% in 28 d", value(pay.Budget.Remaining)},
		{"pay", "Budget left: contract (99%)", value(w.objective(t, "pay", "contract").Budget.Remaining)},
		{"pay", "Burn rate, 1 h", burn(pay, "1h")},
		{"pay", "Errors, 28 d", value(pay.Window.ErrorRatio)},
		{"pay", "Data", stateMeasured},
		{"pay", "Pages firing", 1},
		{"pay", "Tickets open", 0},
		{"pay", "page: 1 h and 5 min above 13.44×", burn(pay, "1h")},
		{"browse", "Pages firing", 0},
		{"pay/authorise", "Budget left: 99.8% in 28 d", value(authorise.Budget.Remaining)},
		{"pay/authorise", "Errors, 28 d", value(authorise.Window.ErrorRatio)},
		{"pay/authorise", "Measured, 28 d", 1},
		{"pay/authorise", "Newest measurement", 0},
		{"pay/print", "Errors, 1 h", 0.005},
		{"receipt", "Budget left: contract (99%)", value(receipt.Budget.Remaining)},
		{"receipt", "Errors, calendar month", value(receipt.Window.ErrorRatio)},
		{"receipt", "Good and bad events", 15}, // bad ones, in a quarter of an hour
	} {
		p := boards[test.id].titled(t, test.title)
		if got := w.one(t, p); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %q is %v, want %v", test.id, test.title, got, test.want)
		}
	}
}

// hasRows has a row for every step, in their order, whether or not it has an objective and
// whose it is.
func (w *world) hasRows(t *testing.T, m *maker) {
	p := m.subject("pay").make().titled(t, m.journeyWords().StepsTitle)
	rows := map[string][]string{}
	for _, target := range p.Targets {
		for _, s := range w.asks(t, p, target.RefID) {
			step := s.Labels["step"]
			if target.RefID == "A" {
				rows[step] = []string{fmt.Sprint(s.Value), s.Labels["owner"], s.Labels["id"], s.Labels["dashboard"]}
			}
			rows[step] = append(rows[step], target.RefID)
			if target.RefID == "B" {
				left, _ := w.objective(t, s.Labels["id"], map[string]string{"authorise": "28d", "receipt": "7d"}[step]).Budget.Remaining.Value()
				if s.Value != left {
					t.Errorf("%s has %v left, want %v", step, s.Value, left)
				}
			}
		}
	}
	dashboard := func(id string) string { return m.subject(id).make().UID }
	want := map[string][]string{
		"authorise": {"1", "payments", "pay/authorise", dashboard("pay/authorise"), "A", "B", "C", "D", "E", "F"},
		"print":     {"2", "sre", "pay/print", dashboard("pay/print"), "A", "D", "E", "F"},
		"receipt":   {"3", "sre", "receipt", dashboard("receipt"), "A", "B", "C", "D", "E", "F"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestManySteps keeps graphs readable.
func TestManySteps(t *testing.T) {
	t.Parallel()
	set, j := manySteps(t, 2*mostLines)
	d := newMaker(set, Options{Locale: slo.English}).journey(j)
	for _, p := range d.Panels {
		if p.Type == TypeGraph && len(p.Targets) > mostLines+len(j.Objectives) {
			t.Errorf("%q has %d queries", p.Title, len(p.Targets))
		}
	}
	for _, title := range []string{"Share of errors over time", "Budget left"} {
		p := d.titled(t, title)
		if last := p.Targets[len(p.Targets)-1]; !strings.HasPrefix(last.Expr, "topk(8, ") && !strings.HasPrefix(last.Expr, "bottomk(8, ") {
			t.Errorf("%q asks for %s", title, last.Expr)
		}
	}
}

// TestWithoutObjective says in words what is not shown.
func TestWithoutObjective(t *testing.T) {
	t.Parallel()
	set := shops(t)
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		m := newMaker(set, Options{Locale: locale})
		j := *set.Journeys[0]
		j.Objectives = nil
		w := m.journeyWords()
		for _, test := range []struct {
			name string
			d    *Dashboard
			says string
		}{
			{"journey without objective", m.journey(&j), w.NoObjective},
			{"journey without policy", m.subject("deliver").make(), w.NoPolicy},
			{"step without objective", m.subject("pay/print").make(), m.detailWords().NoObjective},
		} {
			if text := test.d.Panels[0].Options.(TextOptions).Content; !strings.Contains(text, test.says) {
				t.Errorf("%s: %q is not in\n%s", test.name, test.says, text)
			}
			for _, p := range test.d.Panels {
				if p.FieldConfig != nil && p.Type == TypeGraph && p.FieldConfig.Defaults.Unit == unitBurn {
					t.Errorf("%s: there is %q", test.name, p.Title)
				}
			}
		}
	}
}
