package preview

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// tableOf reads a table: a line of names, and a line for each row. A cell is a number, or a
// text, or – for none.
func tableOf(t *testing.T, text string) table {
	t.Helper()
	var to table
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var row []cell
		for _, word := range strings.Split(line, "|") {
			word = strings.TrimSpace(word)
			c := cell{text: word, none: word == "–"}
			if _, err := fmt.Sscanf(word, "%g", &c.value); err == nil {
				c = cell{number: true, value: c.value}
			}
			if i == 0 {
				to.columns = append(to.columns, column{name: word})
			}
			row = append(row, c)
		}
		if i > 0 {
			to.rows = append(to.rows, row)
		}
	}
	return to
}

func written(t table) string {
	var lines []string
	var names []string
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	lines = append(lines, strings.Join(names, "|"))
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			switch {
			case c.none:
				cells = append(cells, "–")
			case c.number:
				cells = append(cells, fmt.Sprint(c.value))
			default:
				cells = append(cells, c.text)
			}
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, "\n")
}

func TestTransformations(t *testing.T) {
	t.Parallel()
	merge := grafana.Transformation{ID: "merge", Options: grafana.MergeOptions{}}
	for _, test := range []struct {
		name   string
		tables []string
		by     []grafana.Transformation
		want   string
	}{
		{"merge rows with the same labels", []string{"id|Value #A\na|1\nb|2", "id|Value #B\nb|20\nc|30"}, []grafana.Transformation{merge}, "id|Value #A|Value #B\na|1|–\nb|2|20\nc|–|30"},
		{"merge a label that one has", []string{"id|owner|Value #A\na|web|1\nb|app|1", "id|Value #B\na|10"}, []grafana.Transformation{merge}, "id|owner|Value #A|Value #B\na|web|1|10\nb|app|1|–"},
		{"merge leaves apart what differs", []string{"id|of|Value #A\na|x|1", "id|of2|Value #A\na|y|2"}, []grafana.Transformation{merge}, "id|of|Value #A|of2\na|x|1|–\na|–|2|y"},
		{"merge of one", []string{"id|Value\na|1"}, []grafana.Transformation{merge}, "id|Value\na|1"},
		{"no merge shows the first", []string{"id|Value #A\na|1", "id|Value #B\nb|2"}, nil, "id|Value #A\na|1"},
		{
			"organize",
			[]string{"Time|id|owner|Value\n5|a|web|1"},
			[]grafana.Transformation{{ID: "organize", Options: &grafana.OrganizeOptions{ExcludeByName: map[string]bool{"Time": true, "owner": false}, IndexByName: map[string]int{"Value": 0, "id": 1}, RenameByName: map[string]string{"Value": "Left"}}}},
			"Left|id|owner\n1|a|web",
		},
		{
			"sort by two, none first",
			[]string{"id|left\nb|2\nc|–\na|2\nd|1"},
			[]grafana.Transformation{{ID: "sortBy", Options: grafana.SortOptions{Sort: []grafana.SortRule{{Field: "left"}, {Field: "id"}}}}},
			"id|left\nc|–\nd|1\na|2\nb|2",
		},
		{
			"sort downwards, none last",
			[]string{"id|left\nb|2\nc|–\nd|10"},
			[]grafana.Transformation{{ID: "sortBy", Options: grafana.SortOptions{Sort: []grafana.SortRule{{Field: "left", Desc: true}}}}},
			"id|left\nd|10\nb|2\nc|–",
		},
		{"sort by what is not there", []string{"id\nb\na"}, []grafana.Transformation{{ID: "sortBy", Options: grafana.SortOptions{Sort: []grafana.SortRule{{Field: "x"}}}}}, "id\nb\na"},
		{"no table", nil, []grafana.Transformation{merge}, ""},
	} {
		var list []table
		for _, text := range test.tables {
			list = append(list, tableOf(t, text))
		}
		got, err := transformed(list, test.by)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, written(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if _, err := transformed(nil, []grafana.Transformation{{ID: "groupBy"}}); err == nil {
		t.Error("what is not known is not refused")
	}
}

// TestWidths has all columns seen.
func TestWidths(t *testing.T) {
	t.Parallel()
	wide := func(width int) settings {
		return settings{FieldDefaults: grafana.FieldDefaults{Custom: &grafana.CustomField{Width: width}}}
	}
	atLeast := func(width int) settings {
		return settings{FieldDefaults: grafana.FieldDefaults{Custom: &grafana.CustomField{MinWidth: width}}}
	}
	hidden := settings{FieldDefaults: grafana.FieldDefaults{Custom: &grafana.CustomField{Hidden: true}}}
	for _, test := range []struct {
		fields []settings
		want   []int
	}{
		{[]settings{{}, wide(200), {}}, []int{400, 200, 400}},
		{[]settings{{}, hidden, wide(100)}, []int{900, 0, 100}},
		{[]settings{wide(100), wide(200)}, []int{100, 200}},
		{[]settings{{}, wide(1350)}, []int{100, 900}},
		{[]settings{atLeast(110), wide(900)}, []int{108, 891}},
	} {
		if got := widthsOf(test.fields, 1000); !slices.Equal(got, test.want) {
			t.Errorf("%v, want %v", got, test.want)
		}
	}
}
