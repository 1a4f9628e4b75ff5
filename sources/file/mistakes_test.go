package file

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

const columnsOfCSV = "minute,id,total,bad,good,events,badEvents\n"

// failure is the error of an answer.
func failure(t *testing.T, source *Source, asked *slo.SLO) string {
	t.Helper()
	answer := source.Counts(t.Context(), []sources.Request{{SLO: asked, Cuts: []slo.Minute{at, at + 1}}})[0]
	extent := source.Extents(t.Context(), at.Time(), []*slo.SLO{asked})[0]
	if answer.Err == nil || extent.Err == nil || answer.Err.Error() != extent.Err.Error() {
		t.Fatalf("counts fail with %v, extents with %v", answer.Err, extent.Err)
	}
	return answer.Err.Error()
}

// TestMistakes says where each mistake is, what it is and what to do.
func TestMistakes(t *testing.T) {
	t.Parallel()
	const header = "the first line names the columns, such as minute,id,total,bad"
	for _, test := range []struct{ name, file, content, want string }{
		{"nothing", "c.csv", "\n", "1: the file is empty: " + header},
		{"no header", "c.csv", "2025-11-24T16:00:00Z,pay,1,0\n", "1: column 1 of the header is not known: the columns are minute, id, total, bad, good, events, badEvents; " +
			"1: column 2 of the header is not known: the columns are minute, id, total, bad, good, events, badEvents; " +
			"1: column 3 of the header is not known: the columns are minute, id, total, bad, good, events, badEvents; " +
			"1: column 4 of the header is not known: the columns are minute, id, total, bad, good, events, badEvents; " +
			"1: the header has no minute: " + header + "; 1: the header has no id: " + header + "; 1: the header has no total: " + header + "; " +
			"1: the header has neither bad nor good: " + header},
		{"columns", "c.csv", "minutes,id,id,total,bad,events\n1,2,3\n", "1: column 1 of the header is not known: did you mean minute?; " +
			"1: the header has id twice: keep one of them; 1: the header has no minute: " + header + "; 1: the header has one of events and badEvents: write both or none"},
		{"semicolons", "c.csv", "minute;id;total;bad\n", "1: the header has no commas: write minute,id,total,bad with commas between cells"},
		{"cells", "c.csv", "minute,id,total,bad\n1,pay\n", "2: the row has 2 cells and the header 4: write as many, empty ones too"},
		{"a quote in the header", "c.csv", "\"minute,id\n1,2\n", "1: a quote is not closed, or stands within a cell: no cell needs quotes"},
		{"a quote", "c.csv", "minute,id,total,bad\n" + stamp(0) + ",\"pay,1,0\n", "2: a quote is not closed, or stands within a cell: no cell needs quotes"},
		{"everything in a row", "c.csv", columnsOfCSV + "yesterday,PAY!,many,1,1,,\n", "2: the id is missing or cannot be one: write the name of an SLO, or journey/step; " +
			"2: minute is no instant: write RFC 3339 such as 2026-11-22T09:00:00Z, or seconds since 1970; " +
			"2: total is no number: write digits, such as 1200, with a point before decimals; 2: the row has both bad and good: keep one of them"},
		{
			"minutes", "c.csv", columnsOfCSV + ",pay,1,0,,,\n2025-11-24T16:00:01Z,pay,1,0,,,\n1764000000000,pay,1,0,,,\n-60,pay,1,0,,,\n2025-11-24T16:00:00.5Z,pay,1,0,,,\n",
			"2: the row has no minute; 3: minute is not the beginning of one: cut it to the minute, and add up what falls into the same; " +
				"4: minute is not within the years 1970 to 9999: write seconds since 1970, not milliseconds; 5: minute is not within the years 1970 to 9999: write seconds since 1970, not milliseconds; " +
				"6: minute is not the beginning of one: cut it to the minute, and add up what falls into the same",
		},
		{
			"numbers", "c.csv", columnsOfCSV + rowOf("1.5,0,,,") + rowOf("-1,0,,,") + rowOf("1e3,0,,,") + rowOf(",0,,,") + rowOf("1,,,,") + rowOf("1234567890123,0,,,") + rowOf("1,,x,,"),
			"2: total 1.5 is not whole, and every event counts as one; 3: total -1 is below 0: counts are 0 or more; " +
				"4: total is no number: write digits, such as 1200, with a point before decimals; 5: the row has no total; " +
				"6: the row has neither bad nor good: write bad, 0 when nothing was; 7: total 1234567890123 is more than can be counted: a minute has less than 10^12; " +
				"8: good is no number: write digits, such as 1200, with a point before decimals",
		},
		{"events", "c.csv", columnsOfCSV + rowOf("2,1,,3,1") + rowOf("2,1,,2,"), "2: events and badEvents differ from total and bad, and every event counts as one: leave them empty; 3: the row has no badEvents"},
		{
			"twice", "c.csv", "minute,id,total,bad\n" + stamp(1) + ",pay,1,0\n" + stamp(0) + ",pay,1,0\n" + stamp(1) + ",pay,2,0\n" + stamp(1) + ",pay,1,0\n",
			"4: pay has a second row for 2025-11-24T16:01Z; the first one is in line 2: keep one of them; 5: pay has a second row for 2025-11-24T16:01Z; the first one is in line 2: keep one of them",
		},
		{"no objects", "c.ndjson", "minute,id,total,bad\n[1]\n{\"id\":\n{} {}\n{\"id\" \"a\"}\n{", strings.Repeat("%: the line is no JSON object: write one row a line, such as {\"minute\":\"2026-11-22T09:00:00Z\",\"id\":\"pay\",\"total\":120,\"bad\":1}; ", 6)},
		{
			"keys", "c.ndjson", `{"minuet":1}` + "\n" + `{"secret":1}` + "\n" + `{"id":"a","id":"b"}` + "\n" + `{"id":{"a":1}}` + "\n" + `{"bad":true}`,
			"1: the row has a key that is not known: did you mean minute?; 2: the row has a key that is not known: the columns are minute, id, total, bad, good, events, badEvents; " +
				"3: the row has id twice: keep one of them; 4: id must be a number or a string; 5: bad must be a number or a string",
		},
		{"compressed", "c.csv", "\x1f\x8b\x08\x00", "1: the file is compressed: add .gz to its name"},
		{"a line without end", "c.csv", "minute,id,total,bad\n" + strings.Repeat("x", maxLine+1), "2: the line is longer than 65536 bytes: write one row a line"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want, line := "", 0
			for part := range strings.SplitSeq(strings.TrimSuffix(test.want, "; "), "; ") {
				if strings.HasPrefix(part, "%") {
					line++
					part = fmt.Sprint(line) + part[1:]
				}
				if regexp.MustCompile(`^\d+: `).MatchString(part) {
					part = "specs/" + test.file + ":" + part
				}
				want += "; " + part
			}
			if diff := cmp.Diff(want[2:], failure(t, write(t, test.file, test.content, "pay"), byBad("pay"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func rowOf(cells string) string { return stamp(0) + ",pay," + cells + "\n" }

// TestManyMistakes names some, and says that there are more.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"rows":  "minute,id,total,bad\n" + strings.Repeat("1,a,b,c\n", 1000),
		"twice": "minute,id,total,bad\n" + strings.Repeat("60,pay,1,0\n", 1000),
	} {
		got := failure(t, write(t, "c.csv", content, "pay"), byBad("pay"))
		if n := strings.Count(got, "specs/c.csv:"); n != mostProblems || !strings.HasSuffix(got, "; there are more mistakes in it") {
			t.Errorf("%s: %d mistakes are named in %s", name, n, got)
		}
	}
}

// TestBounds gives up on what is too large, also when it is small as it lies
// there.
func TestBounds(t *testing.T) {
	t.Parallel()
	content := "minute,id,total,bad\n" + strings.Repeat("\n", 5000)
	for _, name := range []string{"c.csv", "c.csv.gz"} {
		source := write(t, name, content)
		source.limits.fileBytes = 5000
		if got := failure(t, source, byBad("pay")); !strings.Contains(got, ": the file has more than 5000 bytes up to here: leave out older minutes, or write a Source for a part of the SLOs") {
			t.Errorf("%s: %s", name, got)
		}
		source.limits.fileBytes = int64(len(content))
		if answer := source.Counts(t.Context(), []sources.Request{{SLO: byBad("pay")}})[0]; answer.Err != nil {
			t.Errorf("%s: %v", name, answer.Err)
		}
	}
	sums := "minute,id,total,bad\n"
	for i := range 1200 { // of 10^15 thousandths
		sums += stamp(i) + ",pay,999999999999,0\n"
	}
	if got := failure(t, write(t, "c.csv", sums), weighted("pay")); !strings.Contains(got, "add up to more than can be counted") {
		t.Error(got)
	}
}

// TestFilesThatCannotBeRead says why, for every reason.
func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "c.csv")
	if err := os.WriteFile(outside, []byte(columnsOfCSV), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, want string
		make       func(folder string) (string, error)
	}{
		{"missing", "specs/c.csv: does not exist: put it there, or correct path in the Source", func(string) (string, error) { return "c.csv", nil }},
		{"upward", "put the file itself there, and no link that leads out of it", func(string) (string, error) { return "../c.csv", nil }},
		{"a link that leaves", "specs/c.csv: cannot be opened below the folder of the spec", func(folder string) (string, error) {
			return "c.csv", os.Symlink(outside, filepath.Join(folder, "c.csv"))
		}},
		{"a folder that leaves", "specs/data/c.csv: cannot be opened below the folder of the spec", func(folder string) (string, error) {
			return "data/c.csv", os.Symlink(filepath.Dir(outside), filepath.Join(folder, "data"))
		}},
		{"a folder", "specs/c.csv: this is no file", func(folder string) (string, error) { return "c.csv", os.Mkdir(filepath.Join(folder, "c.csv"), 0o700) }},
		{"no gzip", "specs/c.csv.gz: this is no gzip file: compress it, or take .gz off its name", func(folder string) (string, error) {
			return "c.csv.gz", os.WriteFile(filepath.Join(folder, "c.csv.gz"), []byte(columnsOfCSV), 0o600)
		}},
		{"cut off", "specs/c.csv.gz:1: the gzip file is damaged or cut off here: compress it again", func(folder string) (string, error) {
			whole := write(t, "c.csv.gz", columnsOfCSV+strings.Repeat(rowOf("1,0,,,"), 3))
			data, err := os.ReadFile(filepath.Join(whole.file.Folder, "c.csv.gz"))
			if err != nil {
				return "", err
			}
			return "c.csv.gz", os.WriteFile(filepath.Join(folder, "c.csv.gz"), data[:len(data)/3], 0o600)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			name, err := test.make(folder)
			if err != nil {
				t.Fatal(err)
			}
			if got := failure(t, over(folder, name), byBad("pay")); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want it to hold %q", got, test.want)
			}
		})
	}
}

// TestLinksBelow follows a link that stays below the folder.
func TestLinksBelow(t *testing.T) {
	t.Parallel()
	source := write(t, "real.csv", columnsOfCSV+rowOf("1,0,,,"))
	if err := os.Symlink("real.csv", filepath.Join(source.file.Folder, "c.csv")); err != nil {
		t.Fatal(err)
	}
	answer := over(source.file.Folder, "c.csv").Counts(t.Context(), []sources.Request{{SLO: byBad("pay"), Cuts: []slo.Minute{at, at + 1}}})[0]
	if answer.Err != nil || answer.Sums[0].Counts.Total != 1 {
		t.Errorf("got %+v", answer)
	}
}

// TestNothingIsRepeated points a source at files that hold secrets, in every
// place of a line: no message holds any of it.
func TestNothingIsRepeated(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-Zebra"
	for _, content := range []string{
		secret + "\n",
		"root:" + secret + ":0:0::/root:/bin/sh\n",
		"API_KEY=" + secret + "\nOTHER=" + secret + "\n",
		"minute,id,total," + secret + "\n",
		"minute,id,total,bad\n" + secret + "," + secret + "," + secret + "," + secret + "\n",
		"minute,id,total,bad\n" + stamp(0) + ",pay,1,\"" + secret + "\n",
		"minute,id,total,bad," + secret + "\n" + stamp(0) + ",pay,1,0," + secret + "\n",
		`{"password":"` + secret + `","` + secret + `":1}` + "\n",
		`{"id":"` + secret + `","minute":"` + secret + `","total":"` + secret + `","bad":"` + secret + `"}` + "\n",
		`{"id":{"` + secret + `":"` + secret + `"}}`,
		`{"id":` + secret + `}`,
		"-----BEGIN " + secret + "-----\n" + secret + "\n",
	} {
		for _, name := range []string{"c.csv", "c.ndjson"} {
			got := failure(t, write(t, name, content, "pay"), byBad("pay"))
			for _, part := range []string{"hunter", "Zebra", "password", "root", "API_KEY", "BEGIN"} {
				if strings.Contains(got, part) {
					t.Errorf("%s with %q repeats %q: %s", name, content, part, got)
				}
			}
		}
	}
}
