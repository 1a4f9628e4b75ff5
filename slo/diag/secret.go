package diag

import (
	"regexp"
	"strings"
)

// Secret is where a secret stands in a text: the bytes [Start, End). Those
// before Kept say what kind it is and may be shown.
type Secret struct {
	Start, Kept, End int
	Certain          bool // it has the form of a secret, and not only its length
}

// secrets matches keys of New Relic that name their kind, NRAK-… and the like,
// also behind other letters ("NRQL-" begins no key), in another case only at
// their full length, since "enrol-now" is a name; their licence keys;
// webhooks and tokens of Slack; passwords in addresses. The last group, of
// which nothing may be shown, is what looks like a key by its length.
var secrets = regexp.MustCompile(`(NR(?:[A-PR-Z][A-Z]|Q[A-KM-Z])-)[A-Za-z0-9_-]+` +
	`|((?i:nr(?:[a-pr-z][a-z]|q[a-km-z])-))(?i:[a-z0-9]{24,})` +
	`|()(?i:[a-z0-9]{36}nral)` +
	`|(https://hooks\.slack\.com/)[A-Za-z0-9/_-]+` +
	`|(xox[abeoprs]-)[A-Za-z0-9-]{8,}` +
	`|(://)[^\s/:@'"]+:[^\s/@'"]+@` +
	`|\b()(?:[0-9a-fA-F]{32,}|R[0-9A-Z]{31})\b`)

// FindSecrets returns what looks like a secret in a text, in its order.
func FindSecrets(text string) []Secret {
	var found []Secret
	for _, m := range secrets.FindAllStringSubmatchIndex(text, -1) {
		s := Secret{Start: m[0], End: m[1], Certain: m[len(m)-1] < 0}
		if !s.Certain && !strings.ContainsAny(text[s.Start:s.End], "0123456789") {
			continue // a word: of 32 digits of a key, hardly ever all are letters
		}
		for group := 3; group < len(m); group += 2 {
			s.Kept = max(s.Kept, m[group])
		}
		found = append(found, s)
	}
	return found
}
