package simulator

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Key is an API key that a simulator accepts. What it is for follows from its
// shape, as New Relic's keys have: one that begins with NRAK- is a user's and
// may query; one of 40 characters that ends with NRAL (a licence key), and one
// that begins with NRII- (an insert key) may send events. A key of another
// shape, which New Relic has not, may do both.
type Key struct {
	Text     string
	Accounts []int64 // that it may use; none is all
}

// String returns the key without what is secret about it.
func (k Key) String() string { return mask(k.Text) }

// GoString implements [fmt.GoStringer], to the same end.
func (k Key) GoString() string { return mask(k.Text) }

// ParseKey reads a key as it is written on a command line: alone, or followed
// by the accounts that it may use, NRAK-EXAMPLE=1234567+7654321. Errors do not
// show the key.
func ParseKey(text string) (Key, error) {
	key, accounts, limited := strings.Cut(text, "=")
	k := Key{Text: key}
	switch {
	case key == "":
		return Key{}, errors.New("the key is empty: write KEY or KEY=ACCOUNT")
	case strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }):
		return Key{}, fmt.Errorf("the key %s holds white space or other characters that a header cannot: write KEY or KEY=ACCOUNT", k)
	case !limited:
		return k, nil
	}
	for number := range strings.SplitSeq(accounts, "+") {
		account, err := ParseAccount(number)
		if err != nil {
			return Key{}, fmt.Errorf("the key %s: %w; write KEY=ACCOUNT or KEY=ACCOUNT+ACCOUNT", k, err)
		}
		k.Accounts = append(k.Accounts, account)
	}
	return k, nil
}

// ParseAccount reads the number of an account.
func ParseAccount(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt32 {
		return 0, fmt.Errorf("%q is not the number of an account, which is 1 to %d", shorten(text), math.MaxInt32)
	}
	return n, nil
}

func (k Key) isUserKey() bool { return strings.HasPrefix(k.Text, "NRAK-") }

func (k Key) isIngestKey() bool {
	return strings.HasPrefix(k.Text, "NRII-") || len(k.Text) == 40 && strings.HasSuffix(k.Text, "NRAL")
}

func (k Key) mayQuery() bool  { return !k.isIngestKey() }
func (k Key) mayIngest() bool { return !k.isUserKey() }

// key returns the key of a text, when it is one that is accepted.
func (s *Simulator) key(text string) (Key, bool) {
	if text == "" {
		return Key{}, false
	}
	if len(s.options.Keys) == 0 {
		return Key{Text: text}, true
	}
	found := -1
	for i, k := range s.options.Keys { // all of them, so that the time taken tells nothing
		if subtle.ConstantTimeCompare([]byte(text), []byte(k.Text)) == 1 {
			found = i
		}
	}
	if found < 0 {
		return Key{}, false
	}
	return s.options.Keys[found], true
}

// may reports whether a key may use an account that the simulator serves.
func (s *Simulator) may(k Key, account int64) bool {
	serves := len(s.options.Accounts) == 0 || slices.Contains(s.options.Accounts, account)
	return serves && account > 0 && (len(k.Accounts) == 0 || slices.Contains(k.Accounts, account))
}

// keyIn returns the key that a request carries in one of several headers.
func keyIn(header http.Header, names ...string) string {
	for _, name := range names {
		if value := header.Get(name); value != "" {
			return value
		}
	}
	return ""
}

// mask hides a key but for the word that says what kind of key it is.
func mask(key string) string {
	for i, c := range key {
		if c == '-' && i <= 5 {
			return key[:i+1] + "****"
		}
	}
	return "****"
}
