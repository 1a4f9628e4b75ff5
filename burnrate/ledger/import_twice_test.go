package ledger

import (
	"errors"
	"strings"
	"testing"
)

// TestImportCountsNoTimeTwice brings minutes and the sum of their quarter-hour,
// in one file and in two, in every order.
func TestImportCountsNoTimeTwice(t *testing.T) {
	t.Parallel()
	const (
		minute  = `{"type":"minute","minute":"2026-11-21T11:46:00Z","indicator":"v1:a","total":9,"bad":1}`
		quarter = `{"type":"quarter","quarter":"2026-11-21T11:45:00Z","indicator":"v1:a","total":20,"bad":2}`
		hour    = `{"type":"hour","hour":"2026-11-21T11:00:00Z","indicator":"v1:a","total":30,"bad":3}`
	)
	file := func(lines ...string) string {
		return `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}` + "\n" + strings.Join(lines, "\n") + "\n" + `{"type":"end"}` + "\n"
	}
	other := func(line, before, after string) string { return strings.ReplaceAll(line, before, after) }
	const (
		hasMinutes = `the quarter-hour 2026-11-21T11:45Z of the indicator "v1:a" has minutes already, in the ledger or in the lines above, and would count twice; leave its sum out`
		hasSum     = `the minute 2026-11-21T11:46Z of the indicator "v1:a" lies in a quarter-hour of which only the sum is kept; leave it out`
	)
	tests := []struct {
		name  string
		files []string
		want  string // what is wrong with the last file, "" when it is taken
	}{
		{"in one file", []string{file(minute, quarter)}, "line 3: " + hasMinutes},
		{"the last minute", []string{file(other(minute, "11:46", "11:59"), quarter)}, "line 3: " + hasMinutes},
		{"two indicators", []string{file(minute, other(minute, "v1:a", "v1:b"), other(quarter, "v1:a", "v1:b"), quarter)}, `line 4: ` + other(hasMinutes, "v1:a", "v1:b") + "; line 5: " + hasMinutes},
		{"a quarter-hour over minutes", []string{file(minute), file(quarter)}, "line 2: " + hasMinutes},
		{"minutes over a quarter-hour", []string{file(quarter), file(minute)}, "line 2: " + hasSum},
		{"minutes and the same quarter-hour again", []string{file(quarter), file(minute, quarter)}, "line 2: " + hasSum},
		{"the next quarter-hour", []string{file(other(minute, "11:46", "12:00"), quarter)}, ""},
		{"the quarter-hour before", []string{file(other(minute, "11:46", "11:44"), quarter)}, ""},
		{"another indicator", []string{file(minute, other(quarter, "v1:a", "v1:b"))}, ""},
		{"a coarse hour beside minutes", []string{file(minute, hour), file(hour), file(minute)}, ""},
		{"a coarse hour beside a quarter-hour", []string{file(quarter), file(hour)}, ""},
		{"all three of different hours", []string{file(minute, other(quarter, "T11", "T10"), other(hour, "T11", "T09"))}, ""},
	}
	for _, replace := range []bool{false, true} {
		for _, test := range tests {
			l := openLedger(t)
			var err error
			for n, text := range test.files {
				if err != nil {
					t.Fatalf("%s: file %d: %v", test.name, n, err)
				}
				_, err = l.Import(t.Context(), strings.NewReader(text), ImportOptions{Now: noon(), Replace: replace})
			}
			got := ""
			if found, ok := errors.AsType[*ImportError](err); ok {
				got = found.Error()
			} else if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if got != test.want {
				t.Errorf("%s, replace %v:\ngot  %s\nwant %s", test.name, replace, got, test.want)
			}
			checkClean(t, l)
		}
	}
}
