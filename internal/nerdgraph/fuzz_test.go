package nerdgraph

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
)

// FuzzAnswer reads whatever a server may send.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "", `{"data":{"actor":{"account":{"q0":{"results":[{"count":1}]}}}}}`)
	f.Add(200, "5", `{"data":{"actor":{"account":{"q0":null}}},"errors":[{"message":"m","path":["actor",1],"extensions":{"errorClass":"TIMEOUT"}}]}`)
	f.Add(200, "", `{"data":null,"errors":[{"message":"This field is deprecated!"}]}`)
	f.Add(200, "7", `{"data":null,"errors":[{"message":"m","path":{},"extensions":{"errorClass":"SERVER_ERROR"}}]}`)
	f.Add(401, "", `{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"`+key+`"}]}`)
	f.Add(400, "", `{"errors":[{"extensions":{"errorCode":"nrak-0123456789"},"path":["NRAK-0123456789"],"message":"\u004eRAK-0123456789"}]}`)
	f.Add(429, key, `{"errors":[null]}`)
	f.Add(503, "Sat, 01 Jan 2000 00:00:00 GMT", `<html>`)
	f.Fuzz(func(t *testing.T, status int, header, body string) {
		sent := 0
		c := unhurried(Options{Key: secret.Of(key), Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			sent++
			headers := http.Header{"Retry-After": {header}, "Date": {header}}
			return &http.Response{StatusCode: status, Header: headers, Body: io.NopCloser(strings.NewReader(body))}, nil
		})})
		var data json.RawMessage
		answer, err := c.Query(t.Context(), Call{Document: document}, &data)
		failure, ok := err.(*Error) //nolint:errorlint // as promised
		if err != nil && (!ok || data != nil || answer.Errors != nil) {
			t.Errorf("got %T %v with the data %s and the errors %v", err, err, data, answer.Errors)
		}
		if err == nil && (status != http.StatusOK || data == nil && len(answer.Errors) == 0) {
			t.Errorf("status %d, body %q: got neither data nor errors", status, body)
		}
		for _, e := range answer.Errors {
			if e.Err().Kind == 0 || strings.HasPrefix(e.Err().Kind.String(), "kind ") {
				t.Errorf("the error %+v has no kind", e)
			}
			e.Under("actor", "account", "q0")
		}
		again := ok && slices.Contains([]Kind{RateLimited, ServerFault, Malformed}, failure.Kind) || err == nil && data == nil
		if sent < 1 || sent > patient || sent > 1 && !again {
			t.Errorf("%d requests for an answer with %v", sent, err)
		}
		if got := fmt.Sprintf("%+v %+v %#v", err, answer, err); strings.Contains(strings.ToUpper(got), key) {
			t.Errorf("the key shows itself: %s", got)
		}
	})
}
