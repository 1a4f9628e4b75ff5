package draft

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Refusal is why an answer cannot be taken. The zero Refusal is invalid.
type Refusal int

// The reasons. Words for people has [Refusal.Text].
const (
	Empty       Refusal = iota + 1
	TooLong             // more than [MaxText] characters
	NotText             // not UTF-8, or with characters that cannot be seen
	Active              // mentions somebody, or begins a template
	NotName             // not as slo.CheckName wants it
	NotSeconds          // no number of seconds above 0 and up to an hour
	NotTarget           // not as slo.ParseTarget wants it
	NotAccount          // no number of an account
	NoBackticks         // NRQL cannot write it
	Secret              // looks like one
	NotKey              // names no place that a key may be read from
)

// Error says it in English.
func (r Refusal) Error() string { return r.Text(slo.English) }

// MaxText is how many characters an answer may have.
const MaxText = 300

// CheckText wants a text on one line that can be shown anywhere.
func CheckText(text string) (string, error) {
	text, err := visible(text)
	if err != nil {
		return "", err
	}
	if len(slo.FindHostile(text, true)) > 0 {
		return "", Active
	}
	return text, nil
}

// visible wants a text on one line of which every character can be seen.
func visible(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", NotText
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", Empty
	case utf8.RuneCountInString(text) > MaxText:
		return "", TooLong
	case strings.ContainsFunc(text, unseen):
		return "", NotText
	case len(diag.FindSecrets(text)) > 0:
		return "", Secret
	}
	return text, nil
}

func unseen(r rune) bool { return r != ' ' && !unicode.IsPrint(r) || r == utf8.RuneError }

// CheckName wants a name of the language.
func CheckName(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", Empty
	case slo.CheckName(text) != nil:
		return "", NotName
	}
	return text, nil
}

// CheckTarget wants a target, and returns it with its percent sign.
func CheckTarget(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", Empty
	}
	target, err := slo.ParseTarget(text)
	if err != nil {
		return "", NotTarget
	}
	return target.String(), nil
}

// CheckAccount wants the number of an account, in digits.
func CheckAccount(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", Empty
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 1 || number > maxAccount {
		return "", NotAccount
	}
	return strconv.FormatInt(number, 10), nil
}

// maxAccount is the largest number of an account: an Int of GraphQL.
const maxAccount = 1<<31 - 1

// Check wants a value of the field, and returns it as it is written. An empty text is the
// default.
func (f Field) Check(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		text = f.Default
		if f.Optional {
			return "", nil
		}
	}
	text, err := visible(text)
	if err != nil {
		return "", err
	}
	switch f.Kind {
	case Seconds:
		return seconds(text)
	case Path:
		return PathOf(text), nil
	case Counter:
		if strings.Contains(text, "`") {
			return "", NoBackticks
		}
	}
	return text, nil
}

var secondsPattern = regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]{1,3})?) ?(s|ms|)$`)

// seconds reads 0.8, 0.8s or 800ms as 0.8.
func seconds(text string) (string, error) {
	found := secondsPattern.FindStringSubmatch(text)
	if found == nil {
		return "", NotSeconds
	}
	n, err := strconv.ParseFloat(found[1], 64)
	if found[2] == "ms" {
		n /= 1000
	}
	if err != nil || n <= 0 || n > 3600 {
		return "", NotSeconds
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

// PathOf returns the path of an address: what differs between hosts, visits and languages
// of a page is left out. Another text stays as it is.
func PathOf(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil || u.Path == "" {
		return text
	}
	return u.Path
}

var (
	humps    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	notNames = regexp.MustCompile(`[^a-z0-9]+`)
)

// Slug makes a valid name of words, such as order-online of "Order online!" and place-order of placeOrder;
// "" when nothing is left of them.
func Slug(words string) string {
	words = strings.ToLower(humps.ReplaceAllString(words, "$1-$2"))
	words = strings.Trim(notNames.ReplaceAllString(strings.ReplaceAll(words, "'", ""), "-"), "-")
	if len(words) > maxSlug {
		words = words[:maxSlug]
		if cut := strings.LastIndexByte(words, '-'); cut > 0 {
			words = words[:cut]
		}
	}
	return strings.TrimRight(words, "-")
}

// maxSlug keeps proposals short enough to be read in tables.
const maxSlug = 40

// Slug proposes a name for a step that is measured by some values; "" when they have no
// letters.
func (l Layer) Slug(values Values) string {
	text := ""
	for _, f := range l.Fields {
		switch {
		case values[f.Key] == "", f.Kind == Seconds, f.Kind == Part:
		case f.Kind == Counter && text != "": // that of the failures
		default:
			text = values[f.Key]
		}
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '%' })
	for len(parts) > 0 {
		if slug := Slug(parts[len(parts)-1]); len(slug) > 1 { // one letter says nothing
			return slug
		}
		parts = parts[:len(parts)-1]
	}
	return ""
}
