package notify

import (
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// fill puts a text into everything in v that is a plain text, and items into lists.
func fill(v reflect.Value, text string, depth int) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(text)
		}
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*time.Time]() && depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), text, depth+1)
		}
	case reflect.Slice:
		if depth < 6 {
			items := max(1, 3-depth/2)
			v.Set(reflect.MakeSlice(v.Type(), items, items))
			for i := range v.Len() {
				fill(v.Index(i), text, depth+1)
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text, depth+1)
			}
		}
	}
}

// filled is a notification of a kind with a text in every field.
func filled(kind alert.Kind, change alert.Change, text string) alert.Notification {
	var n alert.Notification
	fill(reflect.ValueOf(&n).Elem(), text, 0)
	n.Kind, n.Severity, n.Change, n.At, n.Since = kind, slo.Page, change, firedAt.Add(time.Hour), firedAt
	n.Subject.Links = append(n.Subject.Links, alert.Link{Title: text, URL: "https://good.example/a?b=c%20d"})
	if kind != alert.Missed {
		n.Missed = nil
	}
	for i := range n.Missed {
		n.Missed[i].Kind, n.Missed[i].Severity, n.Missed[i].Change = alert.Burn, slo.Page, alert.Firing
	}
	return n
}

// TestFill wants the texts of this test to be everywhere.
func TestFill(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(filled(alert.Burn, alert.Firing, "poison"))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"id", "objective", "owner", "title", "long", "confidence", "step", "level", "after", "description", "journeys", "contact", "whenSpent", "runbook", "url"} {
		if !regexp.MustCompile(`"` + field + `":\[?"poison"`).Match(text) {
			t.Errorf("%s is not filled in %s", field, text)
		}
	}
}

// TestHostileTexts sends notifications with each hostile text in every field.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for _, kind := range sinkKinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, accepting(kind))
			sinks := map[slo.Locale]Sink{slo.English: sinkOf(kind, r.URL, slo.English), slo.Japanese: sinkOf(kind, r.URL, slo.Japanese)}
			for name, text := range hostile.Texts() {
				for _, about := range kinds() {
					if testing.Short() && about != alert.Burn {
						continue // others have no more fields
					}
					for _, change := range []alert.Change{alert.Firing, alert.Resolved} {
						if len(text) > 10_000 && (about != alert.Burn || change == alert.Resolved) {
							continue // masking so much takes a second
						}
						locale := slo.English
						if change == alert.Resolved {
							locale = slo.Japanese
						}
						if err := sinks[locale].Send(t.Context(), deliveryOf(filled(about, change, text))); err != nil {
							t.Fatalf("%s, %s: %v", name, about, err)
						}
						checkBody(t, kind, name+", "+string(about), r.last().body)
					}
				}
			}
		})
	}
}

// TestHostileLinks wants links to be followed that lead where they say, and no
// others.
func TestHostileLinks(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://grafana.example.com/d/a?var-id=pay%2Fauthorise&from=now-1h": "https://grafana.example.com/d/a?var-id=pay%2Fauthorise&from=now-1h",
		"http://wiki.example.com/決済":                                         "http://wiki.example.com/%E6%B1%BA%E6%B8%88",
		"https://wiki.example.com/?q=決済|a>b c":                               "https://wiki.example.com/?q=%E6%B1%BA%E6%B8%88%7Ca%3Eb%20c",
		"https://wiki.example.com/a|b>c":                                     "https://wiki.example.com/a%7Cb%3Ec",
		"https://one.newrelic.com/launcher/0123456789abcdef0123456789abcdef": "https://one.newrelic.com/launcher/0123456789abcdef0123456789abcdef",
		"javascript:alert(1)":                                                "",
		"data:text/html,x":                                                   "",
		"//evil.example":                                                     "",
		"wiki/pay":                                                           "",
		"https:///x":                                                         "",
		"https://user:password@wiki.example":                                 "",
		"https://user@wiki.example":                                          "",
		"https://x.example/\r\nSet-Cookie:":                                  "",
		"https://x.example/" + hostile.Key:                                   "",
		"https://x.example/?api_key=abcdefg":                                 "",
		"https://x.example/" + strings.Repeat("a", 3000):                     "",
		"https://決済.example/":                                                "https://%E6%B1%BA%E6%B8%88.example/",
		"":                                                                   "",
	} {
		if got := httpLink(link); got != want {
			t.Errorf("%q becomes %q, want %q", link, got, want)
		}
	}
}

// checkBody wants a body to be what its receiver takes, and to do nothing there.
func checkBody(t *testing.T, kind, name string, body []byte) {
	t.Helper()
	if !json.Valid(body) || !utf8.Valid(body) {
		t.Fatalf("%s: not JSON: %s", name, body)
	}
	if most := map[string]int{"slack": 200 << 10, "pagerDuty": pagerDutyEvent}[kind]; most > 0 && len(body) > most {
		t.Errorf("%s: %d bytes", name, len(body))
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatal(err)
	}
	checkStrings(t, name, "", value)
	switch kind {
	case "slack":
		checkSlack(t, name, body)
	case "pagerDuty":
		checkPagerDuty(t, name, body)
	case "alertmanager":
		checkAlertmanager(t, name, body)
	}
}

var mention = regexp.MustCompile(`(?i)<[!@#]|\{\{|(^|[^\w.-])@(here|channel|everyone)\b`)

// checkStrings looks at every text in a JSON value.
func checkStrings(t *testing.T, name, key string, value any) {
	t.Helper()
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			checkStrings(t, name, key, item)
		}
	case map[string]any:
		for key, item := range value {
			checkStrings(t, name, "name of "+key, key)
			checkStrings(t, name, key, item)
		}
	case string:
		for _, r := range value {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
				t.Errorf("%s: %s holds U+%04X: %.300q", name, key, r, value)
				break
			}
		}
		if found := mention.FindString(value); found != "" {
			t.Errorf("%s: %s holds %q: %.300q", name, key, found, value)
		}
		if strings.Contains(value, hostile.Key[5:]) {
			t.Errorf("%s: %s holds the key: %.300q", name, key, value)
		}
		if units(value) > 50_000 {
			t.Errorf("%s: %s has %d characters", name, key, units(value))
		}
		if key == "url" || key == "href" || key == "runbook" || key == "runbook_url" {
			if u, err := url.Parse(value); err != nil || u.Host != "good.example" {
				t.Errorf("%s: %s leads to %q", name, key, value)
			}
		}
	}
}

// checkSlack wants what Slack's documentation says of blocks.
func checkSlack(t *testing.T, name string, body []byte) {
	t.Helper()
	type text struct{ Type, Text string }
	var m struct {
		Text   string
		Blocks []struct {
			Type     string
			Text     *text
			Fields   []text
			Elements []json.RawMessage
		}
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	within := func(what string, x text, most int) {
		t.Helper()
		if n := units(x.Text); n == 0 || n > most {
			t.Errorf("%s: %s has %d characters: %.300q", name, what, n, x.Text)
		}
		checkMarks(t, name, what, x.Text)
	}
	within("text", text{"mrkdwn", m.Text}, 3000)
	if len(m.Blocks) == 0 || len(m.Blocks) > 50 || m.Blocks[0].Type != "header" {
		t.Fatalf("%s: %d blocks", name, len(m.Blocks))
	}
	for _, b := range m.Blocks {
		switch b.Type {
		case "header":
			within("the header", *b.Text, 150)
			if b.Text.Type != "plain_text" {
				t.Errorf("%s: the header is %s", name, b.Text.Type)
			}
		case "section":
			if b.Text != nil {
				within("a section", *b.Text, 3000)
			}
			if len(b.Fields) > 10 || b.Text == nil && len(b.Fields) == 0 {
				t.Errorf("%s: a section of %d fields", name, len(b.Fields))
			}
			for _, f := range b.Fields {
				within("a field", f, 2000)
			}
		case "actions":
			if len(b.Elements) == 0 || len(b.Elements) > 5 {
				t.Errorf("%s: %d buttons", name, len(b.Elements))
			}
			for _, element := range b.Elements {
				var button struct {
					Type string
					Text text
					URL  string
				}
				if err := json.Unmarshal(element, &button); err != nil || button.Type != "button" || len(button.URL) > 3000 {
					t.Errorf("%s: a button: %v, %s", name, err, element)
				}
				within("a button", button.Text, 75)
			}
		case "context":
			if len(b.Elements) == 0 || len(b.Elements) > 10 {
				t.Errorf("%s: a context of %d elements", name, len(b.Elements))
			}
		default:
			t.Errorf("%s: a block of type %q", name, b.Type)
		}
	}
}

// checkMarks wants nothing in a text of Slack to be more than a text, but the name
// of a field.
func checkMarks(t *testing.T, name, what, text string) {
	t.Helper()
	if bold, value, found := strings.Cut(text, "*\n"); found && strings.HasPrefix(bold, "*") {
		checkMarks(t, name, what, bold[1:])
		text = value
	}
	for _, mark := range []string{`[<>*~` + "`" + `\n]`, `&([^agl]|a[^m]|$)`, `:[A-Za-z][\w+'-]*:`, `(^|\W)_\w`, `^&gt;`} {
		if found := regexp.MustCompile(mark).FindString(text); found != "" {
			t.Errorf("%s: %s holds %q: %.300q", name, what, found, text)
		}
	}
	for part := range strings.SplitSeq(strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(text), "&") {
		if part != strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(text) {
			t.Errorf("%s: %s holds half an entity: %.300q", name, what, text)
			break
		}
	}
}

func checkPagerDuty(t *testing.T, name string, body []byte) {
	t.Helper()
	var e pagerDutyEvents
	if err := json.Unmarshal(body, &e); err != nil || e.Payload == nil {
		t.Fatalf("%s: %v in %s", name, err, body)
	}
	if n := units(e.Payload.Summary); n == 0 || n > 1024 {
		t.Errorf("%s: the summary has %d characters", name, n)
	}
	if len(e.DedupKey) != 32 || e.Payload.Source == "" || e.Payload.Severity == "" || e.Action != "trigger" && e.Action != "resolve" {
		t.Errorf("%s: %+v, %+v", name, e, e.Payload)
	}
	if details, ok := e.Payload.Details.(map[string]any); !ok || len(details) < 2 {
		t.Errorf("%s: no details in %s", name, body)
	}
}

func checkAlertmanager(t *testing.T, name string, body []byte) {
	t.Helper()
	var posted []postable
	if err := json.Unmarshal(body, &posted); err != nil || len(posted) != 1 {
		t.Fatalf("%s: %v in %s", name, err, body)
	}
	for label, value := range posted[0].Labels {
		if !regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`).MatchString(label) || value == "" || strings.Contains(value, "\n") {
			t.Errorf("%s: the label %q is %q", name, label, value)
		}
	}
	if posted[0].Labels["alertname"] == "" || posted[0].Annotations["summary"] == "" {
		t.Errorf("%s: %s", name, body)
	}
}
