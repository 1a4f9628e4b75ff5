package nerdgraph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func TestKeyDoesNotShowItself(t *testing.T) {
	t.Parallel()
	limits := NewLimits(LimitOptions{})
	options := Options{Region: slo.EU, Key: secret.Of(key), Limits: limits}
	c := New(options)
	release, failure := limits.acquire(t.Context(), c.key, Call{Account: 7, Queries: 1})
	if failure != nil {
		t.Fatal(failure)
	}
	defer release()
	used := &Error{Kind: Rejected, Message: diag.Say("no %s", key).Edited(c.masked)}
	holder := struct{ client Client }{*c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{options, &options, c, *c, holder, []Options{options}, limits, LimitOptions{}, limits.underWay, used} {
			got := fmt.Sprintf(verb, v)
			if strings.Contains(got, key) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", key)) {
				t.Errorf("%s of %T shows the key: %s", verb, v, got)
			}
		}
	}
	for _, v := range []any{c, limits, used, struct{ Key secret.Value }{options.Key}} {
		got, err := json.Marshal(v)
		if err != nil || strings.Contains(string(got), key) {
			t.Errorf("%T as JSON is %s, with the error %v", v, got, err)
		}
	}
}

// TestNothingIsLogged runs queries in a process of their own, as what the
// client's logger writes to stderr cannot be caught otherwise.
func TestNothingIsLogged(t *testing.T) {
	const inside = "SLOJOURN_TEST_LOGS"
	if os.Getenv(inside) != "" {
		for _, status := range []int{200, 401, 500} {
			s := serve(t, answered(status, `{"data":{"actor":null}}`))
			_, _, err := ask(t.Context(), s.client())
			if (err == nil) != (status == 200) {
				t.Errorf("status %d: got the error %v", status, err)
			}
			s.Close()
			_, _, err = ask(t.Context(), s.client())
			checkFailure(t, err, Unreachable, 0, "")
		}
		return
	}
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestNothingIsLogged$")
	cmd.Env = append(slices.Clone(os.Environ()), inside+"=1", "NEW_RELIC_LOG_LEVEL=TRACE", "LOG_LEVEL=trace")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("%v\n%s", err, stdout.String())
	}
	if stderr.Len() > 0 {
		t.Errorf("stderr holds: %s", stderr.String())
	}
	if strings.Contains(stdout.String()+stderr.String(), key) {
		t.Error("the key was printed")
	}
}

// oddKey has characters that are written differently in JSON, Go, URLs and
// HTML.
const oddKey = `NR<K>-"0123&456'789\é%+`

// spelled are ways in which a server may repeat a key.
func spelled(key string) map[string]string {
	inJSON, err := json.Marshal(key)
	if err != nil {
		panic(err)
	}
	var escaped, entities, mixed strings.Builder
	for i, c := range key {
		fmt.Fprintf(&escaped, `\u%04X`, c)
		fmt.Fprintf(&entities, "&#%d;", c)
		if i%2 == 0 {
			mixed.WriteString(strings.ToLower(string(c)))
		} else {
			mixed.WriteString(strings.ToUpper(string(c)))
		}
	}
	return map[string]string{
		"as it is": key, "in small letters": strings.ToLower(key), "in both cases": mixed.String(),
		"in a URL": "https://x/?key=" + url.QueryEscape(key) + "&a=b", "in a path": url.PathEscape(key),
		"in JSON": string(inJSON), "in JSON in JSON": strings.ReplaceAll(string(inJSON), `\`, `\\`), "escaped": escaped.String(),
		"in Go": strconv.QuoteToASCII(key), "in HTML": "<b>" + html.EscapeString(key) + "</b>", "as entities": entities.String(),
		"after itself": key + key,
	}
}

// shows reports whether a text holds the key in a way that a reader could undo.
// Backslashes are left out of both.
func shows(text, key string) bool {
	plain := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, `\`, "")) }
	if strings.Contains(plain(text), plain(key)) {
		return true
	}
	number := func(code string) string {
		n, _ := strconv.ParseInt(strings.TrimLeft(code, `\ux`), 16, 32)
		return string(rune(n))
	}
	text = regexp.MustCompile(`\\+(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})`).ReplaceAllStringFunc(text, number)
	text = regexp.MustCompile(`(%[0-9a-fA-F]{2})+`).ReplaceAllStringFunc(text, func(escaped string) string {
		bytes, _ := url.PathUnescape(escaped)
		return bytes
	})
	return strings.Contains(plain(html.UnescapeString(text)), plain(key))
}

// TestTheKeyComesBackNowhere lets a server repeat the key in every place that
// it can write to, and searches all that the client returns.
func TestTheKeyComesBackNowhere(t *testing.T) {
	t.Parallel()
	inJSON := func(text string) string {
		b, err := json.Marshal(text)
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	for _, secretKey := range []string{key, oddKey} {
		for how, text := range spelled(secretKey) {
			quoted := inJSON("it was " + text + " that came")
			field := fmt.Sprintf(`{"errors":[{"message":%[1]s,"path":["actor",%[1]s],"extensions":{"errorClass":%[1]s,"errorCode":%[1]s,"nrqlErrorCode":%[1]s,"error_code":%[1]s}}]`, quoted)
			header := http.Header{"Retry-After": {text}, "Date": {text}, "Location": {text}, "Content-Type": {text}, "X-Echo": {text}}
			for where, answer := range map[string]step{
				"errors":               {status: 200, body: field + `,"data":{"actor":{}}}`, header: header},
				"errors without data":  {status: 200, body: field + `}`, header: header},
				"errors of a refusal":  {status: 400, body: field + `}`, header: header},
				"forbidden":            {status: 403, body: field + `}`, header: header},
				"wrong key":            {status: 401, body: field + `}`, header: header},
				"too many":             {status: 429, body: field + `}`, header: header},
				"fault":                {status: 503, body: field + `}`, header: header},
				"redirect":             {status: 302, body: text, header: header},
				"HTML":                 {status: 200, body: "<html>" + text, header: header},
				"HTML of a fault":      {status: 502, body: "<html>" + text, header: header},
				"data of another type": {status: 200, body: `{"data":{"actor":` + quoted + `}}`, header: header},
				"a name in the data":   {status: 200, body: `{"data":{"actor":{"account":{"a":` + quoted[:len(quoted)-2], header: header},
				"no answer":            {err: errors.New("odd answer: " + text)},
				"no answer, quoted":    {err: fmt.Errorf("odd answer: %q", text)},
			} {
				c := unhurried(Options{Key: secret.Of(secretKey), Transport: play(answer)})
				var data accounts
				got, err := c.Query(t.Context(), Call{Document: document}, &data)
				if err == nil && len(got.Errors) == 0 {
					t.Errorf("%s, %s: no error", how, where)
				}
				outputs := []string{fmt.Sprintf("%v", got), fmt.Sprintf("%+v", got), fmt.Sprintf("%#v", got), inJSON(fmt.Sprint(got))}
				for _, e := range got.Errors {
					outputs = append(outputs, e.Err().Error(), fmt.Sprintf("%#v", e.Err()))
				}
				if err != nil {
					outputs = append(outputs, err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err))
				}
				for _, v := range []any{got, err} {
					b, err := json.Marshal(v)
					if err != nil {
						t.Error(err)
					}
					outputs = append(outputs, string(b))
				}
				for _, output := range outputs {
					if shows(output, secretKey) {
						t.Errorf("%s, %s: the key shows itself: %s", how, where, output)
					}
				}
			}
		}
	}
}

// TestNoKeyAtAll: without a key nothing is masked but what looks like one.
func TestNoKeyAtAll(t *testing.T) {
	t.Parallel()
	if got := masker(secret.Value{})("said NRAK-9876543210"); got != "said NRAK-…" {
		t.Errorf("got %q", got)
	}
	if got := masker(secret.Of("a\xffb"))("said a\xffb"); got != "said [secret]" {
		t.Errorf("got %q", got)
	}
}
