package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Limits of texts in characters, and of lists. Nobody reads more in a message.
const (
	mostText  = 3000
	mostURL   = 2000
	mostLinks = 20
	mostItems = 100 // of other lists
)

// harmless returns a notification whose texts do nothing where they are shown or
// sent on: no control characters, mentions, templates or secrets are in them. Long
// texts are cut, and links left out that cannot be followed. Specs with such texts
// are refused, but what is said of sources comes from others too.
func harmless(n alert.Notification) (alert.Notification, error) {
	n.Subject.Links = harmlessLinks(n.Subject)
	n.Subject.Runbook = httpLink(n.Subject.Runbook)
	text, err := json.Marshal(n)
	if err != nil {
		return alert.Notification{}, fmt.Errorf("write the notification: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // floats have no room for all integers
	var value any
	if err := decoder.Decode(&value); err != nil {
		return alert.Notification{}, fmt.Errorf("read the notification: %w", err)
	}
	if text, err = json.Marshal(harmlessValue("", value)); err != nil {
		return alert.Notification{}, fmt.Errorf("write the notification: %w", err)
	}
	var clean alert.Notification
	if err := json.Unmarshal(text, &clean); err != nil {
		return alert.Notification{}, fmt.Errorf("read the notification: %w", err)
	}
	return clean, nil
}

// harmlessValue cleans the strings in a decoded JSON value. Addresses are good
// already.
func harmlessValue(key string, value any) any {
	switch value := value.(type) {
	case string:
		if key == "url" || key == "runbook" {
			return value
		}
		// What looks like a secret may be cut here, but not within what is kept.
		return cut(harmlessText(cut(strings.ToValidUTF8(value, "\ufffd"), 2*mostText)), mostText)
	case []any:
		if key != "missed" { // which is counted
			value = value[:min(len(value), mostItems)]
		}
		for i := range value {
			value[i] = harmlessValue(key, value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = harmlessValue(key, value[key])
		}
	}
	return value
}

// harmlessLinks returns the links that may be followed.
func harmlessLinks(s alert.Subject) []alert.Link {
	var links []alert.Link
	for _, l := range s.Links {
		if address := httpLink(l.URL); address != "" && len(links) < mostLinks {
			links = append(links, alert.Link{Title: l.Title, URL: address})
		}
	}
	return links
}

// httpLink returns an address of http or https as it may be sent, "" for others. It
// has no characters that end a link somewhere, and is not cut, as half an address
// leads nowhere.
func httpLink(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || holdsSecret(text) {
		return ""
	}
	u.RawPath, u.RawQuery = "", encoded(u.RawQuery)
	address := u.String()
	if len(address) > mostURL || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("<>|\"`\\^{}", r)
	}) {
		return ""
	}
	return address
}

// holdsSecret reports whether an address has a key in it. Long numbers, as addresses
// of dashboards have them, are none.
func holdsSecret(address string) bool {
	return slices.ContainsFunc(diag.HiddenSecrets(address), func(s diag.Secret) bool { return s.Certain || s.Kept > s.Start })
}

// encoded escapes what must not stand in a query as it is.
func encoded(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c > '~' || strings.IndexByte("<>|\"`\\^{}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// harmlessText returns a text without what could do something where it is shown:
// secrets are masked, mentions and templates are written in other characters, and
// control characters replaced. Lines stay lines.
func harmlessText(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(render.Plain(line), "\t", " ")
	}
	return inert(strings.Join(lines, "\n"))
}

// everybody matches the words that wake a whole channel.
var everybody = regexp.MustCompile(`(?i)(^|[^\w.-])@(here|channel|everyone)\b`)

// inert writes mentions of people and channels, and beginnings of templates, in
// characters that look alike and do nothing.
func inert(text string) string {
	text = strings.NewReplacer("<!", "‹!", "<@", "‹@", "<#", "‹#").Replace(text)
	for strings.Contains(text, "{{") {
		text = strings.ReplaceAll(text, "{{", "{ {")
	}
	return everybody.ReplaceAllString(text, "${1}＠${2}")
}

// oneLine puts a text with several lines on one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut returns at most so many characters of a text; of one that is longer, an
// ellipsis is the last. Characters are those of UTF-16, of which a text never has
// fewer than of any other sort, as receivers do not say how they count.
func cut(text string, most int) string {
	if len(text) <= most || units(text) <= most {
		return text
	}
	used := 0
	for i, r := range text {
		if used += utf16.RuneLen(r); used > most-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// units is the length of a valid text in UTF-16.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
