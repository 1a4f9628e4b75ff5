package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fieldsOf are the fields of every type of line, each with a value that is
// right.
func fieldsOf() map[string][][2]string {
	counts := [][2]string{{"total", "9"}, {"bad", "1"}, {"rows", "2"}, {"badRows", "1"}}
	before := [][2]string{{"totalBefore", "8"}, {"badBefore", "0"}, {"rowsBefore", "2"}, {"badRowsBefore", "0"}}
	id := [2]string{"indicator", `"v1:a"`}
	return map[string][][2]string{
		"header":     {{"schema", `"slojourn.ledger/v1"`}, {"commits", "3"}, {"at", `"2026-11-22T12:00:00Z"`}},
		"indicator":  {id, {"since", `"2026-11-22T11:58:00Z"`}},
		"minute":     append([][2]string{{"minute", `"2026-11-22T11:58:00Z"`}, id}, counts...),
		"quarter":    append([][2]string{{"quarter", `"2026-11-21T11:45:00Z"`}, id, {"minutes", "12"}}, counts...),
		"hour":       append([][2]string{{"hour", `"2026-11-22T08:00:00Z"`}, id, {"minutes", "45"}}, counts...),
		"correction": slices.Concat([][2]string{{"at", `"2026-11-22T12:00:00Z"`}, {"minute", `"2026-11-22T11:58:00Z"`}, id}, counts, before),
		"entry":      {{"kind", `"alert"`}, {"key", `"checkout"`}, {"value", `"ZmlyaW5n"`}},
		"end":        {{"lines", "1"}},
	}
}

// optional reports whether a field may be missing.
func optional(lineType, key string) bool {
	switch key {
	case "commits", "since", "minutes", "lines":
		return true
	}
	return false
}

// fileWith is a file whose line of a type has these fields.
func fileWith(lineType string, fields [][2]string) (text string, line int) {
	var list []string
	if lineType != "header" {
		list = append(list, fmt.Sprintf(`"type":%q`, lineType))
	}
	for _, f := range fields {
		list = append(list, fmt.Sprintf("%q:%s", f[0], f[1]))
	}
	const header, end = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}`, `{"type":"end"}`
	body := "{" + strings.Join(list, ",") + "}"
	switch lineType {
	case "header":
		return body + "\n" + end, 1
	case "end":
		return header + "\n" + body, 2
	default:
		return header + "\n" + body + "\n" + end, 2
	}
}

// TestImportOfEveryField takes each field of each type of line away, and puts
// what is wrong in its place: one mistake is found, in its line, and no other.
func TestImportOfEveryField(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	l := openLedger(t)
	for lineType, fields := range fieldsOf() {
		file, line := fileWith(lineType, fields)
		if mistakes := mistakesOf(t, l, file); len(mistakes) > 0 {
			t.Errorf("%s is right, and refused: %v", file, mistakes)
		}
		wants := func(what string, fields [][2]string, want bool) {
			t.Helper()
			file, _ := fileWith(lineType, fields)
			mistakes := mistakesOf(t, l, file)
			if n := len(mistakes); lineType == "end" && n == 2 && mistakes[1].Line == 3 {
				mistakes = mistakes[:1] // an end that cannot be read is missing as well
			}
			if want && (len(mistakes) != 1 || mistakes[0].Line != int64(line)) || !want && len(mistakes) > 0 {
				t.Errorf("%s %s: %v in\n%s", lineType, what, mistakes, file)
			}
		}
		wants("with a key that is not known", append(slices.Clone(fields), [2]string{"good", "8"}), true)
		for i, f := range fields {
			wants("without "+f[0], slices.Delete(slices.Clone(fields), i, i+1), !optional(lineType, f[0]))
			wants("with two of "+f[0], slices.Insert(slices.Clone(fields), i, f), true)
			for _, value := range wrongValues(f) {
				wrong := slices.Clone(fields)
				wrong[i][1] = value
				wants(f[0]+" "+value, wrong, true)
			}
		}
	}
}

// wrongValues are those that a field cannot have.
func wrongValues(f [2]string) []string {
	wrong := []string{"null", "true", "{}", "[]", "1.5", "1e3", "-0", "01", "9223372036854775808", "-9223372036854775809", "\"\xff\"", `"\ud800"`, ""}
	switch {
	case f[1][0] != '"':
		wrong = append(wrong, `"1"`, `""`)
		if f[0] == "minutes" {
			wrong = append(wrong, "0", "-1", "61", "9223372036854775807")
		}
		if f[0] == "commits" || f[0] == "lines" {
			wrong = append(wrong, "-1")
		}
	case f[0] == "key", f[0] == "kind":
		wrong = append(wrong, "1")
	case f[0] == "value":
		wrong = append(wrong, "1", `"Z"`, `"Zg"`, `"Zh=="`, `"Z-=="`, `"Zg==\n"`)
	case f[0] == "indicator", f[0] == "schema":
		wrong = append(wrong, "1", `""`)
	default: // instants
		wrong = append(wrong, "1", `""`, `"now"`, `"2026-11-22"`, `"2026-11-22T08:00:00"`, `"1969-12-31T23:00:00Z"`, `"10000-01-01T00:00:00Z"`, `"2026-02-30T08:00:00Z"`, `"9999-12-31T23:00:00-01:00"`)
		if f[0] != "at" {
			wrong = append(wrong, `"2026-11-22T08:00:30Z"`, `"2026-11-22T08:00:00.5Z"`)
		}
	}
	return wrong
}

// mistakesOf imports a file, and returns what is wrong with it.
func mistakesOf(t *testing.T, l *Ledger, file string) []Mistake {
	t.Helper()
	_, err := l.Import(t.Context(), strings.NewReader(file), ImportOptions{Now: noon(), Replace: true})
	found, ok := errors.AsType[*ImportError](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		t.Fatalf("%v in\n%s", err, file)
	}
	return found.Mistakes
}

// TestImportOfOtherText takes what editors make of a file, where it means the
// same, and says what else is wrong.
func TestImportOfOtherText(t *testing.T) {
	t.Parallel()
	const file = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}
{"type":"minute","minute":"2026-11-22T11:58:00Z","indicator":"v1:a","total":9,"bad":1}
{"type":"end"}
`
	crlf := strings.ReplaceAll(file, "\n", "\r\n")
	tests := []struct {
		name, file string
		want       []Mistake
	}{
		{"lines that end with CR and LF", crlf, nil},
		{"no line feed at the end", strings.TrimSuffix(file, "\n"), nil},
		{"a byte order mark", "\xef\xbb\xbf" + file, []Mistake{{1, "the file begins with a byte order mark; save it as UTF-8 without one"}}},
		{"UTF-16", "\xff\xfe{\x00", []Mistake{{1, "the line is not a JSON object"}}},
		{"a bare CR between lines", strings.ReplaceAll(file, "\n", "\r"), []Mistake{{1, "column 61: '{' is there where the end of the line should be"}}},
		{"a long line", strings.Replace(file, `"v1:a"`, `"`+strings.Repeat("a", longestLine)+`"`, 1), []Mistake{{2, "the line is longer than 64 MiB; is this an export?"}}},
		{"a line feed within a text", strings.Replace(file, "v1:a", "v1:\na", 1), []Mistake{
			{2, "a text has no closing quote"}, {3, "the line is not a JSON object"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t)
			if diff := cmp.Diff(test.want, mistakesOf(t, l, test.file)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got, want := len(read(t, l.Reader).Minutes), 1; test.want == nil && got != want || test.want != nil && got != 0 {
				t.Errorf("%d minutes were imported", got)
			}
		})
	}
}

// TestImportFindsAllMistakes finds what is wrong with the rows of a file also
// behind the first mistake.
func TestImportFindsAllMistakes(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	const file = `{"schema":"slojourn.ledger/v1","at":"yesterday"}
{"type":"indicator","indicator":""}
{"type":"minute","minute":"2026-11-21T11:46:00Z","indicator":"v1:a","total":9,"bad":1}
{"type":"quarter","quarter":"2026-11-21T11:45:00Z","indicator":"v1:a","total":9,"bad":1}
{"type":"quarter","quarter":"2026-11-21T12:00:00Z","indicator":"v1:a","total":9,"bad":1}
{"type":"quarter","quarter":"2026-11-21T12:00:00Z","indicator":"v1:a","total":9,"bad":1}
{"type":"end","lines":7}
`
	var got []string
	for _, m := range mistakesOf(t, l, file) {
		got = append(got, fmt.Sprintf("%d: %s", m.Line, m.Message))
	}
	want := []string{
		`1: at is "yesterday": write an instant in RFC 3339 of the years 1970 to 9999, such as 2026-11-22T09:00:00Z`,
		"2: indicator is empty: write the key of an indicator",
		`4: the quarter-hour 2026-11-21T11:45Z of the indicator "v1:a" has minutes already, in the ledger or in the lines above, and would count twice; leave its sum out`,
		`6: the quarter-hour 2026-11-21T12:00Z of the indicator "v1:a" is there already, in line 5; leave one of them out`,
		"7: lines is 7, and the number of lines above is 6: some are missing, or were added",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
