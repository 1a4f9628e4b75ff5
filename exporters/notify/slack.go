package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

// slack posts to an incoming webhook of Slack, the address of which is a secret.
type slack struct {
	base
	webhook slo.SecretRef
}

// What Slack takes, in characters and items.
const (
	slackHeader   = 150
	slackSection  = 3000
	slackField    = 2000
	slackFields   = 10 // of one section
	slackSections = 5  // with fields
	slackButton   = 75
	slackButtons  = 5 // of one block; what is beyond is not shown
	slackURL      = 3000
)

// The parts of a message of Slack.
type (
	slackMessage struct {
		Text        string       `json:"text"` // for notifications of phones
		Blocks      []slackBlock `json:"blocks"`
		UnfurlLinks bool         `json:"unfurl_links"`
		UnfurlMedia bool         `json:"unfurl_media"`
	}

	slackBlock struct {
		Type     string      `json:"type"`
		Text     *slackText  `json:"text,omitempty"`
		Fields   []slackText `json:"fields,omitempty"`
		Elements []any       `json:"elements,omitempty"`
	}

	slackText struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Emoji    *bool  `json:"emoji,omitempty"`    // of plain text
		Verbatim *bool  `json:"verbatim,omitempty"` // of marked up text: nothing in it becomes a link or a mention by itself
	}

	slackLink struct {
		Type string    `json:"type"`
		Text slackText `json:"text"`
		URL  string    `json:"url"`
	}
)

// Send posts a notification.
func (s *slack) Send(ctx context.Context, d Delivery) error {
	n, message, err := s.written(d.Notification)
	if err != nil {
		return err
	}
	address, err := s.secret(s.webhook)
	if err != nil {
		return err
	}
	body, err := json.Marshal(slackMessageOf(message, fmt.Sprintf("slojourn · %s · %s", n.ID, s.writer.words.time(n.At))))
	if err != nil {
		return &PermanentError{fmt.Errorf("write the message: %w", err)}
	}
	received, err := s.client.post(ctx, request{to: "Slack", url: address.Reveal(), body: body, hidden: hiddenOf(address)})
	switch {
	case err != nil:
		return err
	case received.status < 300 && received.page():
		return received.error() // Slack says ok
	}
	return received.failure(d.At)
}

// Resends is false: a channel is told once.
func (s *slack) Resends() bool { return false }

// hiddenOf returns the parts of a secret address that an answer may repeat.
func hiddenOf(address secret.Value) []secret.Value {
	hidden := []secret.Value{address}
	u, err := url.Parse(address.Reveal())
	if err != nil {
		return hidden
	}
	hidden = append(hidden, secret.Of(u.RequestURI()))
	for part := range strings.SplitSeq(u.Path+"/"+u.RawQuery, "/") {
		if len(part) >= 8 {
			hidden = append(hidden, secret.Of(part))
		}
	}
	return hidden
}

// slackMessageOf lays out a message with a line in small letters below it.
func slackMessageOf(m Message, context string) slackMessage {
	laid := slackMessage{Text: slackEscape(m.Title, slackSection), Blocks: []slackBlock{
		{Type: "header", Text: slackPlain(m.Title, slackHeader)},
		{Type: "section", Text: slackMarked("", m.Summary, slackSection)},
	}}
	facts := m.Facts[:min(len(m.Facts), slackFields*slackSections)]
	for len(facts) > 0 {
		block := slackBlock{Type: "section"}
		for _, f := range facts[:min(len(facts), slackFields)] {
			block.Fields = append(block.Fields, *slackMarked(f.Name, f.Value, slackField))
		}
		facts = facts[len(block.Fields):]
		laid.Blocks = append(laid.Blocks, block)
	}
	for _, action := range m.Actions {
		laid.Blocks = append(laid.Blocks, slackBlock{Type: "section", Text: slackMarked("", action, slackSection)})
	}
	var buttons []any
	for _, l := range m.Links {
		if len(buttons) < slackButtons && len(l.URL) <= slackURL {
			buttons = append(buttons, slackLink{"button", *slackPlain(cmp.Or(l.Title, hostOf(l.URL)), slackButton), l.URL})
		}
	}
	if len(buttons) > 0 {
		laid.Blocks = append(laid.Blocks, slackBlock{Type: "actions", Elements: buttons})
	}
	laid.Blocks = append(laid.Blocks, slackBlock{Type: "context", Elements: []any{slackPlain(context, slackField)}})
	return laid
}

func slackPlain(text string, most int) *slackText {
	return &slackText{Type: "plain_text", Text: slackEscape(text, most), Emoji: new(bool)}
}

// slackMarked writes a text with a name in bold letters above it, if it has one.
func slackMarked(name, text string, most int) *slackText {
	marked := slackText{Type: "mrkdwn", Text: slackEscape(text, most), Verbatim: new(bool)}
	*marked.Verbatim = true
	if name != "" {
		name = "*" + slackEscape(name, most/4) + "*\n"
		marked.Text = name + slackEscape(text, most-units(name))
	}
	return &marked
}

var (
	// slackEmoji matches names of pictures.
	slackEmoji = regexp.MustCompile(`:([A-Za-z][\w+'-]*):`)
	// slackMarks matches what begins or ends bold and other letters. Between letters
	// or digits, as in pay_now, it does not.
	slackMarks = regexp.MustCompile("[*~`]|(?:^|[^\\p{L}\\p{N}_])_+|_+(?:$|[^\\p{L}\\p{N}_])")
)

// slackEscape is how every text gets into a message of Slack: it means nothing there,
// and is at most so many characters long. Slack shows &amp;, &lt; and &gt; as the
// characters that they stand for; for what makes letters bold or draws pictures it
// knows no such spelling, so that others are written that look alike.
func slackEscape(text string, most int) string {
	text = inert(oneLine(text))
	text = slackEmoji.ReplaceAllString(text, "∶$1∶")
	text = slackMarks.ReplaceAllStringFunc(text, strings.NewReplacer("*", "∗", "~", "∼", "`", "ˋ", "_", "＿").Replace)
	if rest, quoted := strings.CutPrefix(text, ">"); quoted {
		text = "›" + rest
	}
	if text == "" {
		text = "–" // Slack refuses empty texts
	}
	escaped := cut(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text), most)
	if at := strings.LastIndexByte(escaped, '&'); at >= 0 && !strings.Contains(escaped[at:], ";") {
		escaped = escaped[:at] + "…" // an entity that was cut
	}
	return escaped
}
