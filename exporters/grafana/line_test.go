package grafana

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

// seen are the colours of a display as eyes of a kind see them, in linear light: all
// colours, and without red, green or blue (Machado, Oliveira and Fernandes 2009).
func seen() map[string][3][3]float64 {
	return map[string][3][3]float64{
		"all":      {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		"no red":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		"no green": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
		"no blue":  {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
	}
}

// linear is a colour #rrggbb in linear light, from 0 to 1.
func linear(t *testing.T, hex string) (rgb [3]float64) {
	t.Helper()
	for i := range rgb {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if v := float64(n) / 255; v <= 0.04045 {
			rgb[i] = v / 12.92
		} else {
			rgb[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return rgb
}

// lab is where eyes place a colour: 1 is about the least difference that they see.
func lab(rgb [3]float64, eyes [3][3]float64) [3]float64 {
	at := func(of [3]float64, by [3]float64) float64 { return of[0]*by[0] + of[1]*by[1] + of[2]*by[2] }
	s := [3]float64{at(rgb, eyes[0]), at(rgb, eyes[1]), at(rgb, eyes[2])}
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x, y, z := f(at(s, [3]float64{0.4124, 0.3576, 0.1805})/0.95047), f(at(s, [3]float64{0.2126, 0.7152, 0.0722})), f(at(s, [3]float64{0.0193, 0.1192, 0.9505})/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// TestLinesAreToldApart compares the colours of lines with each other, with those that mean
// something, and with what is behind them.
func TestLinesAreToldApart(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range mostLines {
		colour, dashed := lineColour(i)
		again, other := lineColour(i + mostLines)
		if dashed || again != colour || !other {
			t.Errorf("line %d is %s, dashed %t, and line %d is %s, dashed %t", i, colour, dashed, i+mostLines, again, other)
		}
		lines = append(lines, colour)
	}
	for name, eyes := range seen() {
		for i, a := range lines {
			for _, b := range append(slices.Clone(lines[i+1:]), orange, vermilion) {
				x, y := lab(linear(t, a), eyes), lab(linear(t, b), eyes)
				if apart := math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2]); apart < 14 {
					t.Errorf("eyes that see %s find %s and %s %.1f apart", name, a, b, apart)
				}
			}
		}
	}
	for _, behind := range []string{"#ffffff", "#181b1f"} { // of Grafana, light and dark
		for _, a := range lines {
			x, y := linear(t, a), linear(t, behind)
			lightness := func(v [3]float64) float64 { return 0.2126*v[0] + 0.7152*v[1] + 0.0722*v[2] + 0.05 }
			if contrast := lightness(x) / lightness(y); max(contrast, 1/contrast) < 1.6 {
				t.Errorf("%s on %s has a contrast of %.2f", a, behind, max(contrast, 1/contrast))
			}
		}
	}
}

// manySteps is a journey with so many steps, of which each has a title and an objective.
func manySteps(t *testing.T, n int) (*slo.Set, *slo.Journey) {
	t.Helper()
	set := shops(t)
	j := *set.Journeys[slices.IndexFunc(set.Journeys, func(j *slo.Journey) bool { return j.ID == "pay" })]
	step := j.Steps[0]
	j.Steps = nil
	for i := range n {
		one, name := *step.SLO, fmt.Sprintf("step-%d", i)
		one.ID = j.ID + "/" + name
		j.Steps = append(j.Steps, slo.Step{Name: name, Title: fmt.Sprintf("Step number %d", i), SLO: &one})
	}
	return set, &j
}

// TestAStepHasOneLine finds each step under its title in every graph of its journey, drawn
// as the line of its place, whether its query is bound to it or its name is.
func TestAStepHasOneLine(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, mostLines, mostLines + 3} {
		set, j := manySteps(t, n)
		m := newMaker(set, Options{Locale: slo.English})
		d, w := m.journey(j), m.journeyWords()
		for _, title := range []string{w.Cause(m.shortTarget(j.Objectives[0])), w.CauseOver, w.Budgets} {
			p := d.titled(t, title)
			drawnAs := map[string]any{}
			for _, o := range p.FieldConfig.Overrides {
				name, dashed, colour := o.Matcher.Options, false, Color{}
				for _, target := range p.Targets {
					if o.Matcher.ID == "byFrameRefID" && target.RefID == o.Matcher.Options {
						name = target.LegendFormat
					}
				}
				for _, property := range o.Properties {
					switch value := property.Value.(type) {
					case Color:
						colour = value
					case LineStyle:
						dashed = true
					case string:
						if suffix := strings.TrimPrefix(o.Matcher.Options, j.ID+"/"); "Step number "+strings.TrimPrefix(suffix, "step-") == value {
							name = value
						}
					}
				}
				if strings.HasPrefix(name, "Step number ") {
					drawnAs[name] = fmt.Sprint(colour.FixedColor, " ", dashed)
				}
			}
			want := map[string]any{}
			for i, step := range j.Steps {
				colour, dashed := lineColour(i)
				want[step.Title] = fmt.Sprint(colour, " ", dashed)
			}
			if diff := cmp.Diff(want, drawnAs); diff != "" {
				t.Errorf("%d steps: %q (-want +got):\n%s", n, title, diff)
			}
		}
		for _, p := range d.Panels {
			if p.Type == TypeGraph && strings.Contains(fmt.Sprint(p.FieldConfig), "palette") {
				t.Errorf("%q takes colours of Grafana's", p.Title)
			}
		}
	}
}
