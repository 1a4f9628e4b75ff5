package grafana

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// Sign begins the description of a dashboard with a line that tells people who made it,
// and programs of what:
//
//	Made by slojourn: change the specs, not this dashboard. (slojourn:UID:DIGEST)
//
// The digest is of everything in the dashboard but that line, its uid included, and so is
// the same as long as the dashboard is. To sign again replaces the line.
func Sign(d *Dashboard, locale slo.Locale) {
	if _, rest, signed := cutMark(d.Description, d.UID); signed {
		d.Description = rest
	}
	mark := fmt.Sprintf("%s (slojourn:%s:%s)", madeBy(locale), d.UID, digestOf(d))
	if d.Description != "" {
		mark += "\n\n" + d.Description
	}
	d.Description = mark
}

func madeBy(locale slo.Locale) string {
	if locale == slo.Japanese {
		return "slojournが作成しました。このダッシュボードではなく、仕様ファイルを変更してください。"
	}
	return "Made by slojourn: change the specs, not this dashboard."
}

// Retitled returns a dashboard that is signed with another title, signed in the same words.
func Retitled(d *Dashboard, title string) *Dashboard {
	digest, rest, _ := cutMark(d.Description, d.UID)
	retitled := *d
	retitled.Title, retitled.Description = title, rest
	retitled.Description = strings.Replace(d.Description, digest, digestOf(&retitled), 1)
	return &retitled
}

// Signed reads the digest of a dashboard that [Sign] was used on, by its description. It
// is not ok for what others made, nor for a copy of one of ours, which has another uid and
// is its owner's. It does not say whether the dashboard is still as it was signed.
func Signed(description, uid string) (digest string, ok bool) {
	digest, _, ok = cutMark(description, uid)
	return digest, ok
}

// digestLength is 64 bits in hexadecimal digits.
const digestLength = 16

// cutMark takes a description apart: the digest in its first line, and what follows it.
func cutMark(description, uid string) (digest, rest string, ok bool) {
	line, rest, _ := strings.Cut(description, "\n")
	line, ends := strings.CutSuffix(strings.TrimRight(line, " \r"), ")")
	_, digest, begins := strings.Cut(line, " (slojourn:"+uid+":")
	if !begins || !ends || len(digest) != digestLength || strings.Trim(digest, "0123456789abcdef") != "" {
		return "", "", false
	}
	return digest, strings.TrimLeft(rest, "\r\n"), true
}

// Intact reports whether a dashboard is still as [Sign] left it: content is its JSON, read
// into maps. What Grafana sets by itself, id and version, does not count. It is false for
// one that Grafana has brought up to a later schema.
func Intact(content map[string]any) bool {
	description, _ := content["description"].(string)
	uid, _ := content["uid"].(string)
	digest, rest, ok := cutMark(description, uid)
	if !ok {
		return false
	}
	bare := maps.Clone(content)
	delete(bare, "id")
	delete(bare, "version")
	bare["description"] = rest
	text, err := json.Marshal(bare)
	return err == nil && digestOfContent(text) == digest
}

// digestOf is of what a dashboard holds, and not of how that is written.
func digestOf(d *Dashboard) string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // no value of a Dashboard cannot be written
	}
	return digestOfContent(text)
}

// digestOfContent is the same for all JSON that differs in the order of names, and in how
// numbers are written.
func digestOfContent(text []byte) string {
	var content any
	if err := json.Unmarshal(text, &content); err != nil {
		panic(err) // it was written by the same package
	}
	hash := sha256.New()
	if err := json.NewEncoder(hash).Encode(content); err != nil {
		panic(err) // it was just read
	}
	return hex.EncodeToString(hash.Sum(nil))[:digestLength]
}
