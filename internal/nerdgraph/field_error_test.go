package nerdgraph

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
)

func TestUnder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path []any
		want bool
	}{
		{nil, true},
		{[]any{"actor"}, true},
		{[]any{"actor", "account"}, true},
		{[]any{"actor", "account", "q1"}, true},
		{[]any{"actor", "account", "q1", "results", 0.0}, true},
		{[]any{"actor", "account", "q10"}, false},
		{[]any{"actor", "account", "q"}, false},
		{[]any{"actor", "user"}, false},
		{[]any{"q1"}, false},
		{[]any{1.0, nil}, false},
	} {
		if got := (FieldError{Path: test.path}).Under("actor", "account", "q1"); got != test.want {
			t.Errorf("an error at %v is under actor, account, q1: got %t, want %t", test.path, got, test.want)
		}
	}
}

// TestFieldErrorKinds goes through the errors that are known to come with the
// status 200, row by row, each with what is missing in some answers left out.
func TestFieldErrorKinds(t *testing.T) {
	t.Parallel()
	const path = `"path":["actor","account","nrql"]`
	for _, test := range []struct {
		name string
		body string
		want Kind
	}{
		{"syntax", `"message":"NRQL Syntax Error: Error at line 1 position 8, unexpected 'FORM'",` + path + `,"extensions":{"errorClass":"INVALID_INPUT","errorCode":"NRDB:1102004","nrqlErrorCode":"NRDB:1102004"}`, InvalidQuery},
		{"syntax, class alone", `"message":"m",` + path + `,"extensions":{"errorClass":"INVALID_INPUT"}`, InvalidQuery},
		{"syntax, code alone", `"message":"m",` + path + `,"extensions":{"errorCode":"NRDB:1102004"}`, InvalidQuery},
		{"syntax, query's code alone", `"message":"m",` + path + `,"extensions":{"nrqlErrorCode":"NRDB:1102017"}`, InvalidQuery},
		{"syntax, text alone", `"message":"NRQL Syntax Error: Error at line 1 position 315, perhaps unbalanced (",` + path, InvalidQuery},
		{"unknown function", `"message":"Unknown function baseline()",` + path, InvalidQuery},
		{"timeout", `"message":"NRDB query duration exceeded the set timeout",` + path + `,"extensions":{"errorClass":"TIMEOUT"}`, Timeout},
		{"timeout, text alone", `"message":"NRDB query duration exceeded the set timeout",` + path, Timeout},
		{"timeout, short code", `"message":"m",` + path + `,"extensions":{"errorCode":"NRDB:1109"}`, Timeout},
		{"timeout, long code", `"message":"m",` + path + `,"extensions":{"nrqlErrorCode":"NRDB:1101002"}`, Timeout},
		{"too many", `"message":"m",` + path + `,"extensions":{"errorClass":"TOO_MANY_REQUESTS","errorCode":"NRDB:1106924"}`, RateLimited},
		{"too many, code alone", `"message":"m",` + path + `,"extensions":{"errorCode":"NRDB:1106924"}`, RateLimited},
		{"inspected data", `"message":"Your account has exceeded its limit of inspected records",` + path + `,"extensions":{"errorClass":"TOO_MANY_REQUESTS"}`, Quota},
		{"inspected data, text alone", `"message":"Inspected count limit reached",` + path, Quota},
		{"a column of that name", `"message":"Unknown function inspected()",` + path, InvalidQuery},
		{"a refused query that speaks of it", `"message":"NRQL Syntax Error: unexpected 'inspectedLimit'",` + path + `,"extensions":{"errorClass":"INVALID_INPUT"}`, InvalidQuery},
		{"a slow query that speaks of it", `"message":"query duration exceeded: SELECT inspected",` + path, Timeout},
		{"wrong key, new style", `"message":"no","extensions":{"errorCode":"BAD_API_KEY"}`, Unauthorized},
		{"wrong key", `"message":"Bad API Key or no API Key provided","extensions":{"error_code":"BAD_API_KEY"}`, Unauthorized},
		{"unknown account", `"message":"You are not authorized to query account 7","path":["actor","account"]`, NoAccount},
		{"unknown account of a query", `"message":"You are not authorized to query account 7",` + path, NoAccount},
		{"account, class forbidden", `"message":"no","path":["actor","account"],"extensions":{"errorClass":"FORBIDDEN","errorCode":"FORBIDDEN"}`, NoAccount},
		{"account without a class", `"message":"no","path":["actor","account"]`, NoAccount},
		{"account, fault", `"message":"no","path":["actor","account"],"extensions":{"errorClass":"SERVER_ERROR"}`, ServerFault},
		{"field forbidden", `"message":"no",` + path + `,"extensions":{"errorClass":"FORBIDDEN"}`, Forbidden},
		{"missing capability", `"message":"Cannot query field \"eventExportRegisterRule\" on type \"RootMutationType\"."`, Rejected},
		{"fault", `"message":"An error occurred resolving this field",` + path + `,"extensions":{"errorClass":"SERVER_ERROR"}`, ServerFault},
		{"fault inside", `"message":"m",` + path + `,"extensions":{"errorClass":"INTERNAL_SERVER_ERROR"}`, ServerFault},
		{"fault, text alone", `"message":"An error occurred resolving this field",` + path, ServerFault},
		{"fault downstream", `"message":"A downstream error occurred.",` + path, ServerFault},
		{"validation", `"message":"Validation Error","path":["alertsPolicyCreate"],"extensions":{"code":"BAD_USER_INPUT","validationErrors":[{"name":"n","reason":"r"}]}`, Rejected},
		{"nothing known", `"message":"m",` + path, Rejected},
		{"a class and a code of other types", `"message":"m",` + path + `,"extensions":{"errorClass":7,"errorCode":{},"nrqlErrorCode":["NRDB:1109"]}`, Rejected},
		{"extensions of another type", `"message":"m",` + path + `,"extensions":["TIMEOUT"]`, Rejected},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var e FieldError
			if err := json.Unmarshal([]byte("{"+test.body+"}"), &e); err != nil {
				t.Fatal(err)
			}
			want := &Error{Kind: test.want, Status: http.StatusOK, Message: diag.Say("New Relic: %s", e.Message)}
			if diff := cmp.Diff(want, e.Err()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOddFieldErrors: no form of an error hides the others, or the data.
func TestOddFieldErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		errors  string
		want    FieldError
		message string
	}{
		{`null`, FieldError{}, "New Relic gives an error without a message"},
		{`{}`, FieldError{}, "New Relic gives an error without a message"},
		{`{"message":7,"path":"actor"}`, FieldError{}, "New Relic gives an error without a message"},
		{`{"message":"m","path":null}`, FieldError{Message: "m"}, "New Relic: m"},
		{`{"message":"m","path":{"actor":1}}`, FieldError{Message: "m"}, "New Relic: m"},
		{`{"message":"m","path":["actor",{}]}`, FieldError{Message: "m"}, "New Relic: m"},
		{`{"message":"m","path":["actor",null]}`, FieldError{Message: "m"}, "New Relic: m"},
		{`{"message":"m","path":[]}`, FieldError{Message: "m", Path: []any{}}, "New Relic: m"},
		{`{"message":"m","path":["actor",3,"x",1e300]}`, FieldError{Message: "m", Path: []any{"actor", 3.0, "x", 1e300}}, "New Relic: m"},
		{`{"message":"` + strings.Repeat("é", 5000) + `"}`, FieldError{Message: strings.Repeat("é", 1000) + "…"}, "New Relic: " + strings.Repeat("é", 1000) + "…"},
		{`{"message":"x` + strings.Repeat("é", 5000) + `"}`, FieldError{Message: "x" + strings.Repeat("é", 999) + "…"}, "New Relic: x" + strings.Repeat("é", 999) + "…"},
	} {
		s := serve(t, answered(http.StatusOK, `{"data":{"actor":{"account":{"a":1}}},"errors":[`+test.errors+`,{"message":"another"}]}`))
		data, fieldErrors, err := ask(t.Context(), s.client())
		if diff := cmp.Diff([]FieldError{test.want, {Message: "another"}}, fieldErrors); diff != "" || err != nil {
			t.Errorf("%.50s: error %v, errors (-want +got):\n%s", test.errors, err, diff)
			continue
		}
		if data.Actor.Account["a"] != 1.0 {
			t.Errorf("%.50s: the data is %v", test.errors, data)
		}
		if got := fieldErrors[0].Err(); got.Error() != test.message || got.Kind != Rejected {
			t.Errorf("%.50s: got %v %q, want %q", test.errors, got.Kind, got, test.message)
		}
	}
}
