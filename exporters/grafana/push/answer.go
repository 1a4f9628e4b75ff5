package push

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/go-openapi/runtime"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// transport runs the operations of Grafana's client, and reads what is not a success by
// itself: the client knows neither pages of proxies nor the answers of every version.
type transport struct {
	inner  runtime.ClientTransport
	to     string         // how errors call Grafana
	hidden []secret.Value // what they must not repeat
}

func (t *transport) Submit(operation *runtime.ClientOperation) (any, error) {
	reader, changes := operation.Reader, operation.Method != http.MethodGet
	odd := func(err error) error { // a success as Grafana does not write it
		if changes {
			return &unsureError{err}
		}
		return err
	}
	operation.Reader = runtime.ClientResponseReaderFunc(func(response runtime.ClientResponse, consumer runtime.Consumer) (any, error) {
		text, err := io.ReadAll(response.Body())
		if err != nil {
			return nil, err
		}
		var result any
		switch {
		case response.Code()/100 != 2:
			return nil, t.refused(response.Code(), text)
		case !json.Valid(text):
			return nil, odd(&UnreachableError{fmt.Errorf("%s answered with something else than JSON: is the address that of Grafana, and does nothing in between ask for a login?", t.to)})
		case operation.ID == "getDashboardVersionsByUID":
			result, err = versions(text)
		case operation.ID == "getDashboardVersionByUID":
			result, err = version(text)
		default:
			result, err = reader.ReadResponse(readAgain{response, text}, consumer)
		}
		if err != nil { // which would name types of the client
			return nil, odd(&oddError{t.to + " answered with JSON that Grafana does not write: is the address that of Grafana, and its version 9.4 or later?"})
		}
		return result, nil
	})
	result, err := t.inner.Submit(operation)
	if err == nil {
		return result, nil
	}
	return nil, t.failure(operation.Context, err)
}

// failure returns an error of this package.
func (t *transport) failure(ctx context.Context, err error) error {
	err = httpclient.Reason(err)
	if unsure, ok := errors.AsType[*unsureError](err); ok {
		return &unsureError{t.failure(context.Background(), unsure.err)} // the reason, also when the push has ended
	}
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*oddError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*UnansweredError](err); ok {
		return &UnreachableError{fmt.Errorf("%s %w", t.to, err)}
	}
	if ctx != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return &UnreachableError{fmt.Errorf("%s has a certificate that nobody signed whom this machine trusts: name the certificates to trust with --ca-file", t.to)}
	}
	return &UnreachableError{fmt.Errorf("%s cannot be asked: %s", t.to, unreached(err, t.hidden))}
}

// refused reads an answer that is no success: {"status", "message"} of Grafana, or
// anything of a proxy. Answers that would meet every request are about all.
func (t *transport) refused(status int, text []byte) error {
	e := &RefusedError{Status: status}
	var body struct{ Status, Message any }
	shown := string(text)
	if json.Unmarshal(text, &body) == nil {
		e.Kind, _ = body.Status.(string)
		if e.said, _ = body.Message.(string); e.said != "" {
			shown = e.said
		}
	}
	if shown = httpclient.Excerpt(shown, t.hidden); strings.HasPrefix(shown, "<") || status/100 == 3 { // a page for people
		shown = ""
	}
	e.text = httpclient.Answered(t.to, status, shown)
	switch {
	case status/100 == 3:
		e.text += ": is the address complete, and that of Grafana itself?"
		return &UnreachableError{e}
	case status == http.StatusNotFound && e.said == "":
		e.text += ", and not as Grafana does: is the address complete, with the path below which Grafana is served?"
		return &UnreachableError{e}
	case passes(status):
		return &UnreachableError{e}
	}
	return e
}

// readAgain is a response whose body was read.
type readAgain struct {
	runtime.ClientResponse
	text []byte
}

func (r readAgain) Body() io.ReadCloser { return io.NopCloser(bytes.NewReader(r.text)) }
