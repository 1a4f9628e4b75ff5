package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// request is the body of a GraphQL request.
type request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
}

// graphql answers a request whose key is accepted.
func (s *Simulator) graphql(w http.ResponseWriter, r *http.Request, key Key) reply {
	asked, refused := readRequest(w, r)
	if refused != nil {
		return *refused
	}
	x := &exchange{simulator: s, ctx: r.Context(), key: key, now: s.clock.Now()}
	problems := x.prepare(asked)
	s.counters.asked(len(x.questions))
	s.injector.inject(x)
	var answer reply
	switch {
	case x.instead != nil:
		answer = *x.instead
	case len(problems) > 0:
		answer = problemReply(http.StatusOK, problems)
	case s.limiter.repeats(x) && !s.options.NoLimits:
		answer = errorReply(http.StatusTooManyRequests, fmt.Sprintf("Too many requests: at most %d of one query a minute", maxSameMinute))
	default:
		answer = x.answer()
	}
	answer.later += x.later
	answer.header.Set("Date", x.now.UTC().Format(http.TimeFormat))
	return answer
}

// readRequest reads the body of a request, or says how it is refused.
func readRequest(w http.ResponseWriter, r *http.Request) (request, *reply) {
	refuse := func(status int, message string) (request, *reply) {
		answer := errorReply(status, message)
		return request{}, &answer
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("The request is larger than %d bytes", maxBody))
	case err != nil:
		return refuse(http.StatusBadRequest, "The request could not be read")
	}
	var asked request
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err = d.Decode(&asked)
	if _, end := d.Token(); err == nil && !errors.Is(end, io.EOF) {
		err = errors.New("something follows the request")
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "The request is not JSON with a query: "+err.Error())
	}
	return asked, nil
}

// reply is an answer to a request.
type reply struct {
	status int
	header http.Header
	body   []byte
	later  time.Duration // than the latency; negative when it comes sooner
	reset  bool          // whether the connection is closed in the middle
}

func jsonReply(status int, body []byte) reply {
	return reply{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: body}
}

// problemReply is an answer without data.
func problemReply(status int, problems []graphqlError) reply {
	var response object
	response.set("data", nil)
	response.set("errors", errorList(problems))
	return jsonReply(status, encode(response))
}

func errorReply(status int, message string) reply {
	return problemReply(status, []graphqlError{{message: message}})
}

func badKeyReply() reply {
	return jsonReply(http.StatusUnauthorized,
		[]byte(`{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"Bad API Key or no API Key provided"}]}`))
}

func errorList(problems []graphqlError) []any {
	var list []any
	for _, p := range problems {
		list = append(list, p.json())
	}
	return list
}
