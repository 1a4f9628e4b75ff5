package newrelic

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// answering is a NerdGraph that says the same whatever it is asked.
func answering(t *testing.T, body string) *Source {
	t.Helper()
	return openHandler(t, config(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, body) //nolint:errcheck // the client's loss
	}))
}

// bucket is a row of a series of five-minute buckets from start on.
func bucket(i int, rest string) string {
	return fmt.Sprintf(`{"beginTimeSeconds":%d,"endTimeSeconds":%d,%s}`, (int64(start)+5*int64(i))*60, (int64(start)+5*int64(i)+5)*60, rest)
}

// series is the right answer to a series, with the row in the middle replaced.
func series(middle string) string {
	return `{"results":[` + bucket(0, `"c0":4,"c1":1`) + `,` + middle + `,` + bucket(2, `"c0":0,"c1":0`) + `]}`
}

// TestWrongCountsAreNotBelieved gives a wrong answer to the first of two
// queries in one request; the second keeps its own.
func TestWrongCountsAreNotBelieved(t *testing.T) {
	t.Parallel()
	right := bucket(1, `"c0":7,"c1":2`)
	for _, test := range []struct {
		name    string
		answer  string // to the first query; "" for none
		errors  string // the list of errors
		message string // of the error; "" for none
	}{
		{"right", series(right), "", ""},
		{"whole numbers as floats", series(bucket(1, `"c0":7.0,"c1":2e0`)), "", ""},
		{"more than was asked for", series(bucket(1, `"c0":7,"c1":2,"inspectedCount":99,"comparison":"current"`)), "", ""},
		{"a notice about an old field", series(right), `{"message":"This field is deprecated!","path":["actor","account","q0"]}`, ""},
		{"an error elsewhere", series(right), `{"message":"no","path":["actor","user"]}`, ""},

		{"no rows", `{"results":[]}`, "", "0 rows where 3 were asked for"},
		{"null results", `{"results":null}`, "", "0 rows where 3 were asked for"},
		{"no results", `{}`, "", "0 rows where 3 were asked for"},
		{"the head is dropped", `{"results":[` + right + `,` + bucket(2, `"c0":0,"c1":0`) + `]}`, "", "2 rows where 3 were asked for"},
		{"a row too many", `{"results":[` + strings.Repeat(right+",", 3) + right + `]}`, "", "4 rows where 3 were asked for"},
		{"a bucket that stands twice", series(bucket(0, `"c0":7,"c1":2`)), "", "a bucket at 2026-03-04T08:17:00Z where 2026-03-04T08:22:00Z was asked for"},
		{"a bucket that is shifted", series(strings.Replace(right, "20,", "80,", 1)), "", "a bucket at 2026-03-04T08:23:00Z"},
		{"a bucket that begins within a second", series(strings.Replace(right, "20,", "20.5,", 1)), "", "beginTimeSeconds = 1772612520.5, which is not a whole number"},
		{"a bucket without its time", series(`{"c0":7,"c1":2}`), "", "without beginTimeSeconds"},

		{"null total", series(bucket(1, `"c0":null,"c1":2`)), "", "without c0"},
		{"no total", series(bucket(1, `"count":7,"c1":2`)), "", "without c0"},
		{"null bad", series(bucket(1, `"c0":7,"c1":null`)), "", "without c1"},
		{"no bad", series(bucket(1, `"c0":7,"filter":2`)), "", "without c1"},
		{"another name", series(bucket(1, `"c0":7,"c2":5`)), "", "without c1"},
		{"a fraction of events", series(bucket(1, `"c0":7.5,"c1":2`)), "", "c0 = 7.5, which is not a whole number"},
		{"a fraction of bad", series(bucket(1, `"c0":7,"c1":0.2`)), "", "c1 = 0.2, which is not a whole number"},
		{"more events than can be", series(bucket(1, `"c0":1e300,"c1":0`)), "", "c0 = 1e300"},
		{"more events than floats count", series(bucket(1, `"c0":9007199254740994,"c1":0`)), "", "c0 = 9007199254740994"},
		{"more events than there are numbers", series(bucket(1, `"c0":1e999,"c1":0`)), "", "c0 = 1e999"},
		{"one more than floats count", series(bucket(1, `"c0":9007199254740993,"c1":0`)), "", "c0 = 9007199254740993, which is too large to be exact"},
		{"one more, as a float", series(bucket(1, `"c0":9.007199254740993e15,"c1":0`)), "", "too large to be exact"},
		{"a fraction that floats drop", series(bucket(1, `"c0":4503599627370497.3,"c1":0`)), "", "c0 = 4503599627370497.3, which is not a whole number"},
		{"a very small fraction", series(bucket(1, `"c0":1e-999,"c1":0`)), "", "c0 = 1e-999, which is not a whole number"},
		{"an exponent without end", series(bucket(1, `"c0":1e999999999,"c1":0`)), "", "a value of c0 that is not a number"},
		{"a number without end", series(bucket(1, `"c0":`+strings.Repeat("7", 1000)+`,"c1":0`)), "", "a value of c0 that is not a number"},
		{"a word", series(bucket(1, `"c0":"many","c1":2`)), "", "a value of c0 that is not a number"},
		{"a number as a word", series(bucket(1, `"c0":"7","c1":2`)), "", "a value of c0 that is not a number"},
		{"a bad number as a word", series(bucket(1, `"c0":7,"c1":"2"`)), "", "a value of c1 that is not a number"},
		{"a truth", series(bucket(1, `"c0":true,"c1":2`)), "", "a value of c0 that is not a number"},
		{"a list", series(bucket(1, `"c0":[7],"c1":2`)), "", "a value of c0 that is not a number"},
		{"a name in another case", series(bucket(1, `"C0":7,"c1":2`)), "", "without c0"},
		{"another name in another case", series(bucket(1, `"c0":7,"c1":2,"C0":9,"C1":8`)), "", ""},
		{"results in another case", `{"RESULTS":[]}`, "", "0 rows where 3 were asked for"},
		{"a row that is none", series(`[]`), "", "cannot be read"},
		{"a null row", series(`null`), "", "without beginTimeSeconds"},
		{"results by name", `{"results":{"c0":7}}`, "", "cannot be read"},
		{"a number", `7`, "", "cannot be read"},

		{"null", `null`, "", "neither an answer nor an error"},
		{"nothing", "", "", "neither an answer nor an error"},
		{
			"null and an error", `null`, `{"message":"NRQL Syntax Error","path":["actor","account","q0"],"extensions":{"errorClass":"INVALID_INPUT"}}`,
			"New Relic: NRQL Syntax Error",
		},
		{
			"an error beside counts", series(right), `{"message":"slow","path":["actor","account","q0","results"],"extensions":{"errorClass":"TIMEOUT"}}`,
			"New Relic: slow",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			first := ""
			if test.answer != "" {
				first = `"q0":` + test.answer + `,`
			}
			source := answering(t, `{"data":{"actor":{"account":{`+first+`"q1":{"results":[{"c0":3,"c1":1}]}}}},"errors":[`+test.errors+`]}`)
			answers := source.Counts(t.Context(), []sources.Request{
				counting(sli("T", "", "bad: a = 1"), start, start+5, start+10, start+15),
				counting(sli("U", "", "good: a = 1"), start, start+15),
			})
			if test.message == "" {
				want := sources.Answer{Sums: []sources.Sum{sum(4, 1, 5), sum(7, 2, 5), sum(0, 0, 5)}}
				if diff := cmp.Diff(want, answers[0]); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			} else {
				checkRefused(t, answers[0], test.message)
			}
			if diff := cmp.Diff(sources.Answer{Sums: []sources.Sum{sum(3, 2, 15)}}, answers[1]); diff != "" {
				t.Errorf("the other query (-want +got):\n%s", diff)
			}
		})
	}
}

func checkRefused(t *testing.T, answer sources.Answer, message string) {
	t.Helper()
	if answer.Err == nil || answer.Sums != nil || !strings.Contains(answer.Err.Error(), message) {
		t.Errorf("got %v and the error %v, want an error alone with %q", answer.Sums, answer.Err, message)
	}
}

// TestSumsStayExact: buckets between two cuts are summed.
func TestSumsStayExact(t *testing.T) {
	t.Parallel()
	answer := func(second string) sources.Answer {
		source := answering(t, `{"data":{"actor":{"account":{"q0":{"results":[`+
			bucket(0, `"c0":9007199254740991,"c1":0`)+`,`+bucket(1, second)+`,`+bucket(2, `"c0":0,"c1":0`)+`]}}}}}`)
		return source.Counts(t.Context(), []sources.Request{counting(sli("T", "", "bad: a = 1"), start, start+10, start+15)})[0]
	}
	want := sources.Answer{Sums: []sources.Sum{sum(9007199254740992, 1, 10), sum(0, 0, 5)}}
	if diff := cmp.Diff(want, answer(`"c0":1,"c1":1`)); diff != "" {
		t.Errorf("the largest sum (-want +got):\n%s", diff)
	}
	checkRefused(t, answer(`"c0":2,"c1":1`), "more than 9007199254740992 events")
}

// TestErrorsHoldNoKey puts the key wherever an answer has room for it.
func TestErrorsHoldNoKey(t *testing.T) {
	t.Parallel()
	shapes := map[string]string{ // %s is the key
		"c0":            `{"data":{"actor":{"account":{"q0":{"results":[{"c0":"%s","c1":0}]}}}}}`,
		"c1":            `{"data":{"actor":{"account":{"q0":{"results":[{"c0":1,"c1":{"%s":1}}]}}}}}`,
		"name":          `{"data":{"actor":{"account":{"q0":{"results":[{"%s":1}]}}}}}`,
		"row":           `{"data":{"actor":{"account":{"q0":{"results":["%s"]}}}}}`,
		"results":       `{"data":{"actor":{"account":{"q0":{"results":"%s"}}}}}`,
		"query":         `{"data":{"actor":{"account":{"q0":"%s"}}}}`,
		"account":       `{"data":{"actor":{"account":"%s"}}}`,
		"actor":         `{"data":{"actor":"%s"}}`,
		"data":          `{"data":"%s"}`,
		"answer":        `"%s"`,
		"no JSON":       `%s`,
		"message":       `{"errors":[{"message":"I got %s!"}]}`,
		"query's error": `{"data":{"actor":{"account":{"q0":null}}},"errors":[{"message":"not %s","path":["actor","account","q0"]}]}`,
		"path":          `{"errors":[{"message":"no","path":["%s"]}],"data":{"actor":null}}`,
	}
	const other = "NRAK-ANOTHERKEYTHATNOBODYKNOW"
	for name, shape := range shapes {
		for _, sent := range []string{key, strings.ToLower(key), other, strings.ToLower(other)} {
			answer := answering(t, fmt.Sprintf(shape, sent)).Counts(t.Context(), []sources.Request{
				counting(sli("T", "", "bad: a = 1"), start, start+15),
			})[0]
			if answer.Err == nil || strings.Contains(answer.Err.Error(), sent) {
				t.Errorf("%s: %s comes back in the error %v", name, sent, answer.Err)
			}
		}
	}
}

// TestCountsThatCannotBe are handed on as they came: who adds them up leaves
// them out, and says so. Their neighbours stay, but nothing is added to them.
func TestCountsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		condition, row string
		want           sources.Sum
	}{
		{"bad: a = 1", `"c0":7,"c1":8`, sum(7, 8, 5)},
		{"bad: a = 1", `"c0":7,"c1":-1`, sum(7, -1, 5)},
		{"bad: a = 1", `"c0":-7,"c1":-8`, sum(-7, -8, 5)},
		{"good: a = 1", `"c0":3,"c1":4`, sum(3, -1, 5)},
		{"good: a = 1", `"c0":3,"c1":-1`, sum(3, 4, 5)},
	} {
		source := answering(t, `{"data":{"actor":{"account":{"q0":`+series(bucket(1, test.row))+`}}}}`)
		wide, narrow := counting(sli("T", "", test.condition), start, start+15), counting(sli("T", "", test.condition), start, start+5, start+10, start+15)
		got := source.Counts(t.Context(), []sources.Request{wide, narrow})
		whole := test.want
		whole.Minutes = 15
		first := sum(4, 1, 5)
		if strings.HasPrefix(test.condition, "good") {
			first = sum(4, 3, 5)
		}
		if diff := cmp.Diff([]sources.Answer{{Sums: []sources.Sum{whole}}, {Sums: []sources.Sum{first, test.want, sum(0, 0, 5)}}}, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", test.condition, test.row, diff)
		}
	}
}

// TestWrongGoodIsNotBelieved: bad is total - good, of numbers that can be.
func TestWrongGoodIsNotBelieved(t *testing.T) {
	t.Parallel()
	for row, message := range map[string]string{
		`{"c0":3,"bad":1}`:         "without c1",
		`{"c0":3,"c1":null}`:       "without c1",
		`{"c0":3,"c1":1.5}`:        "c1 = 1.5",
		`{"c1":1}`:                 "without c0",
		`{"c0":3,"c1":1},{}`:       "2 rows where 1 were asked for",
		`{"c0":3,"c1":0,"bad":-1}`: "",
	} {
		source := answering(t, `{"data":{"actor":{"account":{"q0":{"results":[`+row+`]}}}}}`)
		answer := source.Counts(t.Context(), []sources.Request{counting(sli("T", "", "good: a = 1"), start, start+15)})[0]
		if message != "" {
			checkRefused(t, answer, message)
		} else if diff := cmp.Diff(sources.Answer{Sums: []sources.Sum{sum(3, 3, 15)}}, answer); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
	}
}

// TestOnePieceOfSeveral: when one of a request's queries fails, nothing of it
// is believed.
func TestOnePieceOfSeveral(t *testing.T) {
	t.Parallel()
	source := answering(t, `{"data":{"actor":{"account":{"q0":{"results":[{"c0":3,"c1":1}]},"q1":null}}},
		"errors":[{"message":"no","path":["actor","account","q1"]}]}`)
	cuts := []slo.Minute{start, start + 1_001, start + 1_002}
	if n := len(plan(cuts)); n != 2 {
		t.Fatalf("the cuts take %d queries, want 2", n)
	}
	answer := source.Counts(t.Context(), []sources.Request{counting(sli("T", "", "bad: a = 1"), cuts...)})[0]
	checkRefused(t, answer, "New Relic: no")
}

// TestWholeAnswers are those that hold nothing for any query.
func TestWholeAnswers(t *testing.T) {
	t.Parallel()
	for body, message := range map[string]string{
		`{"data":{"actor":{"account":null}}}`: "no data of account 1234567: check accountId and what the key may see",
		`{"data":{"actor":null}}`:             "no data of account 1234567",
		`{"data":{}}`:                         "no data of account 1234567",
		`{"data":null,"errors":[{"message":"Cannot query field"}]}`:                                                      "New Relic: Cannot query field",
		`{"data":{"actor":{"account":null}},"errors":[{"message":"You are not authorized","path":["actor","account"]}]}`: "New Relic: You are not authorized",
		`{"data":{"actor":{"account":[]}}}`:                                                                              "another shape than expected",
		`{"data":null}`:                                                                                                  "neither data nor errors",
		`<html>`:                                                                                                         "is not one of NerdGraph",
	} {
		source := answering(t, body)
		measured := sli("T", "", "bad: a = 1")
		request := counting(measured, start, start+15)
		for _, answer := range source.Counts(t.Context(), []sources.Request{request, request}) {
			checkRefused(t, answer, message)
		}
		for _, extent := range source.Extents(t.Context(), now(), measuring(measured, sli("U", "", "bad: a = 1"))) {
			checkRefused(t, sources.Answer{Err: extent.Err}, message)
		}
	}
}

// TestErrorsKeepTheirKind, so that callers can tell them apart.
func TestErrorsKeepTheirKind(t *testing.T) {
	t.Parallel()
	source := answering(t, `{"data":{"actor":{"account":{"q0":null,"q1":null}}},"errors":[
		{"message":"limit of inspected records exceeded","path":["actor","account","q1"]},
		{"message":"later","path":["actor","account","q0"],"extensions":{"errorClass":"TOO_MANY_REQUESTS"}}]}`)
	answers := source.Counts(t.Context(), []sources.Request{
		counting(sli("T", "", "bad: a = 1"), start, start+15), counting(sli("U", "", "bad: a = 1"), start, start+15),
	})
	for i, want := range []nerdgraph.Kind{nerdgraph.RateLimited, nerdgraph.Quota} {
		if failure, ok := errors.AsType[*nerdgraph.Error](answers[i].Err); !ok || failure.Kind != want {
			t.Errorf("answer %d has the error %#v, want kind %s", i, answers[i].Err, want)
		}
	}
}

func TestWrongFirstEventsAreNotBelieved(t *testing.T) {
	t.Parallel()
	at := now()
	begin, end := slo.MinuteAt(at.Add(-slo.DefaultRetention))+1, slo.MinuteAt(at.Add(-slo.DefaultQueryLag))
	for _, test := range []struct {
		name    string
		results string
		message string
		want    slo.Span
	}{
		{"an event", `[{"first":` + fmt.Sprint(start.Millis()+59_999) + `}]`, "", slo.Span{Start: start, End: end}},
		{"the first millisecond", `[{"first":` + fmt.Sprint(begin.Millis()) + `}]`, "", slo.Span{Start: begin, End: end}},
		{"none", `[{"first":null}]`, "", slo.Span{Start: end, End: end}},
		{"none, as zero", `[{"first":0}]`, "", slo.Span{Start: end, End: end}},
		{"no rows", `[]`, "0 rows for the first event", slo.Span{Start: end, End: end}},
		{"two rows", `[{"first":1},{"first":2}]`, "2 rows for the first event", slo.Span{Start: end, End: end}},
		{"before what was asked for", `[{"first":` + fmt.Sprint(begin.Millis()-1) + `}]`, "not within the time asked for", slo.Span{Start: end, End: end}},
		{"after what was asked for", `[{"first":` + fmt.Sprint(end.Millis()) + `}]`, "not within the time asked for", slo.Span{Start: end, End: end}},
		{"seconds", `[{"first":` + fmt.Sprint(start.Millis()/1000) + `}]`, "not within the time asked for", slo.Span{Start: end, End: end}},
		{"a fraction", `[{"first":1.5}]`, "first = 1.5", slo.Span{Start: end, End: end}},
		{"negative", `[{"first":-60000}]`, "not within the time asked for", slo.Span{Start: end, End: end}},
		{"a word", `[{"first":"today"}]`, "a value of first that is not a number", slo.Span{Start: end, End: end}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := answering(t, `{"data":{"actor":{"account":{"q0":{"results":`+test.results+`},"q1":{"results":[{"first":`+fmt.Sprint(start.Millis())+`}]}}}}}`)
			extents := source.Extents(t.Context(), at, measuring(sli("T", "", "bad: a = 1"), sli("U", "", "bad: a = 1")))
			err := extents[0].Err
			if test.message != "" {
				checkRefused(t, sources.Answer{Err: err}, test.message)
			}
			if (err != nil) != (test.message != "") || extents[0].Span != test.want {
				t.Errorf("got %v and the error %v, want %v", extents[0].Span, err, test.want)
			}
			if want := (sources.Extent{Span: slo.Span{Start: start, End: end}}); extents[1] != want {
				t.Errorf("the other extent is %v, want %v", extents[1], want)
			}
		})
	}
}

// TestMinutesOfTwoQueries asks for total and bad in two queries. A minute in
// which they do not fit together is not hidden by others, and one that only one
// of them has is a gap.
func TestMinutesOfTwoQueries(t *testing.T) {
	t.Parallel()
	minute := func(n int, value string) string {
		return fmt.Sprintf(`{"beginTimeSeconds":%d,"c0":%s}`, (int64(start)+int64(n))*60, value)
	}
	answer := func(total, bad string) sources.Answer {
		source := answering(t, `{"data":{"actor":{"account":{"q0":{"results":[`+total+`]},"q1":{"results":[`+bad+`]}}}}}`)
		return source.Counts(t.Context(), []sources.Request{counting(queried("SELECT sum(a) FROM T", "SELECT sum(a) FROM U"), start, start+2)})[0]
	}
	thousand := func(total, bad, minutes int64) sources.Sum {
		return sources.Sum{Counts: slo.Counts{Total: 1000 * total, Bad: 1000 * bad}, Rows: slo.Counts{Total: total, Bad: bad}, Minutes: minutes}
	}
	right := answer(minute(0, "5")+","+minute(1, "100"), minute(0, "5")+","+minute(1, "1"))
	if diff := cmp.Diff(sources.Answer{Sums: []sources.Sum{thousand(105, 6, 2)}}, right); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wrong := answer(minute(0, "0")+","+minute(1, "100"), minute(0, "5")+","+minute(1, "0"))
	if diff := cmp.Diff(sources.Answer{Sums: []sources.Sum{thousand(0, 5, 2)}}, wrong); diff != "" {
		t.Errorf("more bad than valid in one minute (-want +got):\n%s", diff)
	}
}
