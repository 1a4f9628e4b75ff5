package notify

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// japaneseStep is a page about a step whose specs are Japanese.
func japaneseStep() alert.Notification {
	n := aboutStep()
	n.Labels.Title = "決済を承認する"
	n.Subject.JourneyTitle, n.Subject.OwnerTitle = "レジでバーコード決済をする", "決済チーム"
	n.Subject.Description, n.Subject.Contact = "決済できないお客様は、商品をレジに置いて帰ってしまう。", "#決済"
	n.Subject.WhenSpent = "残量が半分に戻るまで、決済サービスのリリースを止める。"
	n.Subject.Links[0].Title = "ダッシュボード"
	return n
}

// TestDocs keeps the examples on the page equal to what is written and sent. With
// -update it writes them.
func TestDocs(t *testing.T) {
	t.Parallel()
	const path = "../../docs/notifiers.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t, nil)
	sink := sinkOf("webhook", r.URL, slo.English).(*webhook)
	if err := sink.Beat(t.Context(), firedAt, time.Minute); err != nil {
		t.Fatal(err)
	}
	beat := r.last()
	notifications := map[string]alert.Notification{"japanese": japaneseStep(), "japanese-resolved": resolved(japaneseStep(), alert.Recovered)}
	for _, s := range samples() {
		notifications[s.name] = s.n
	}
	shown := 0
	example := func(words []string) string {
		shown++
		switch {
		case words[0] == "message":
			return message(messageOf(t, newWriter(slo.Locale(words[1])), notifications[words[2]]))
		case words[0] == "body":
			return sent(t, newReceiver(t, accepting(words[1])), words[1], notifications[words[3]], slo.Locale(words[2]))
		case words[0] == "heartbeat":
			return string(beat.body) + "\n"
		case words[0] == "signature":
			return "$ printf '%s.%s' \"" + beat.header.Get("Slojourn-Timestamp") + "\" \"$body\" | openssl dgst -sha256 -hmac '" + hmacKey + "'\n" +
				"SHA2-256(stdin)= " + strings.TrimPrefix(beat.header.Get("Slojourn-Signature"), "v1=") + "\n"
		}
		t.Fatalf("%s has an example %q", path, words)
		return ""
	}
	var page strings.Builder
	for i, part := range strings.SplitAfter(string(data), "<!-- ") {
		name, rest, marked := strings.Cut(part, " -->\n```")
		if i == 0 || !marked {
			page.WriteString(part)
			continue
		}
		language, rest, _ := strings.Cut(rest, "\n")
		_, rest, _ = strings.Cut("\n"+rest, "\n```\n")
		page.WriteString(name + " -->\n```" + language + "\n" + example(strings.Fields(name)) + "```\n" + rest)
	}
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(data), page.String()); diff != "" {
		t.Errorf("%s is not what happens (-page +real):\n%s", path, diff)
	}
	if shown != 8 {
		t.Errorf("%s has %d examples, want 8", path, shown)
	}
}

// message lays a message out for people.
func message(m Message) string {
	lines := []string{m.Title, "", m.Summary, ""}
	for _, f := range m.Facts {
		lines = append(lines, f.Name+": "+f.Value)
	}
	lines = append(lines, "")
	lines = append(lines, m.Actions...)
	for _, l := range m.Links {
		lines = append(lines, l.Title+": "+l.URL)
	}
	return strings.Join(lines, "\n") + "\n"
}
