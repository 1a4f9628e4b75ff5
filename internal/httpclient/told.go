package httpclient

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// maxExcerpt is how many characters of a text of others are quoted.
const maxExcerpt = 200

// Excerpt returns the beginning of a text that others wrote, on one line, without secrets
// and without characters that do something.
func Excerpt(text string, hidden []secret.Value) string {
	for _, value := range hidden {
		text = value.Masker()(text)
	}
	return Shorten(render.Plain(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")), maxExcerpt)
}

// Shorten returns the beginning of a text, of so many characters at most, which is at least
// one. Where something is left out it ends with "…".
func Shorten(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// Hidden returns what a server that was told a secret may repeat: the secret, and where it
// is the password of a user, the two of them as they travel.
func Hidden(user string, value secret.Value) []secret.Value {
	if user == "" {
		return []secret.Value{value}
	}
	return []secret.Value{value, secret.Of(base64.StdEncoding.EncodeToString([]byte(user + ":" + value.Reveal())))}
}

// Answered says what a server answered that is no success. to is what it is called; excerpt
// is of the body, "" where there is nothing to quote.
func Answered(to string, status int, excerpt string) string {
	text := fmt.Sprintf("%s answered %d", to, status)
	if name := http.StatusText(status); name != "" {
		text += " " + name
	}
	if status/100 == 3 {
		text += ", which is not followed"
	}
	if excerpt != "" {
		text += ": " + excerpt
	}
	return text
}

// Reason returns why a client got no answer, without the address that the error of a
// client begins with: it may hold a secret.
func Reason(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
