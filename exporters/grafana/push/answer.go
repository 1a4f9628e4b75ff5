package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-openapi/runtime"
	"github.com/grafana/grafana-openapi-client-go/client/dashboards"
	"github.com/grafana/grafana-openapi-client-go/models"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// maxExcerpt is how many characters of an answer an error quotes.
const maxExcerpt = 200

// RefusedError is an answer that is not one of 2xx.
type RefusedError struct {
	Status int
	Kind   string // version-mismatch, name-exists and so on, "" where Grafana does not say
	text   string
}

func (e *RefusedError) Error() string { return e.text }

// UnreachableError says that nobody answered who could be Grafana. The next request would
// have no other fate.
type UnreachableError struct{ Err error }

func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *UnreachableError) Unwrap() error { return e.Err }

// transport runs the operations of Grafana's client, and reads what is not a success by
// itself: the client knows neither pages of proxies nor the answers of every version.
type transport struct {
	inner  runtime.ClientTransport
	to     string         // how errors call Grafana
	hidden []secret.Value // what they must not repeat
}

func (t *transport) Submit(operation *runtime.ClientOperation) (any, error) {
	reader := operation.Reader
	operation.Reader = runtime.ClientResponseReaderFunc(func(response runtime.ClientResponse, consumer runtime.Consumer) (any, error) {
		text, err := io.ReadAll(response.Body())
		if err != nil {
			return nil, err
		}
		switch {
		case response.Code()/100 != 2:
			return nil, t.refused(response.Code(), text)
		case !json.Valid(text):
			return nil, &UnreachableError{fmt.Errorf("%s answered with something else than JSON: is the address that of Grafana, and does nothing in between ask for a login?", t.to)}
		case operation.ID == "getDashboardVersionsByUID":
			return versions(text)
		}
		return reader.ReadResponse(readAgain{response, text}, consumer)
	})
	result, err := t.inner.Submit(operation)
	if err == nil {
		return result, nil
	}
	return nil, t.failure(operation.Context, err)
}

// failure returns an error of this package.
func (t *transport) failure(ctx context.Context, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // its text begins with the address
	}
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return err
	}
	if ctx != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := errors.AsType[*UnansweredError](err); ok {
		return &UnreachableError{fmt.Errorf("%s %w", t.to, err)}
	}
	return &UnreachableError{fmt.Errorf("%s cannot be asked: %s", t.to, t.excerpt(err.Error()))}
}

// refused reads an answer that is no success: {"status", "message"} of Grafana, or
// anything of a proxy.
func (t *transport) refused(status int, text []byte) error {
	said := fmt.Sprintf("%s answered %d", t.to, status)
	if name := http.StatusText(status); name != "" {
		said += " " + name
	}
	var body struct{ Status, Message string }
	shown := string(text)
	if json.Unmarshal(text, &body) == nil && body.Message != "" {
		shown = body.Message
	}
	if status/100 == 3 {
		said, shown = said+", which is not followed: is the address complete, and that of Grafana itself?", ""
	}
	if shown = t.excerpt(shown); shown != "" && !strings.HasPrefix(shown, "<") { // a page for people
		said += ": " + shown
	}
	return &RefusedError{Status: status, Kind: body.Status, text: said}
}

// excerpt returns the beginning of a text that others wrote, on one line, without secrets
// and without characters that do something.
func (t *transport) excerpt(text string) string {
	for _, value := range t.hidden {
		text = value.Masker()(text)
	}
	return shorten(render.Plain(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")), maxExcerpt)
}

func shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// versions reads what Grafana from 11.3 on answers, an object with a list, and what it
// answered before, the list alone.
func versions(text []byte) (any, error) {
	answer := &models.DashboardVersionResponseMeta{}
	into := any(answer)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		into = &answer.Versions
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, fmt.Errorf("read the versions of a dashboard: %w", err)
	}
	return &dashboards.GetDashboardVersionsByUIDOK{Payload: answer}, nil
}

// readAgain is a response whose body was read.
type readAgain struct {
	runtime.ClientResponse
	text []byte
}

func (r readAgain) Body() io.ReadCloser { return io.NopCloser(bytes.NewReader(r.text)) }
