package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Keys of every shape. None of them is one of a real account.
var (
	userKey    = "NRAK-" + strings.Repeat("A", 27)
	licenceKey = strings.Repeat("b", 36) + "NRAL"
	insertKey  = "NRII-" + strings.Repeat("c", 32)
)

func TestParseKey(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want Key
		err  string
	}{
		{"k", Key{Text: "k"}, ""},
		{userKey + "=7", Key{userKey, []int64{7}}, ""},
		{userKey + "=7+8+2147483647", Key{userKey, []int64{7, 8, 2147483647}}, ""},
		{"", Key{}, "the key is empty: write KEY or KEY=ACCOUNT"},
		{"=7", Key{}, "the key is empty"},
		{"NRAK-A B", Key{}, "the key NRAK-**** holds white space or other characters that a header cannot"},
		{"kö", Key{}, "the key **** holds white space or other characters"},
		{"NRAK-A=", Key{}, `the key NRAK-****: "" is not the number of an account, which is 1 to 2147483647; write KEY=ACCOUNT or KEY=ACCOUNT+ACCOUNT`},
		{"NRAK-A=7+x", Key{}, `"x" is not the number of an account`},
		{"NRAK-A=0", Key{}, `"0" is not`},
		{"NRAK-A=7=8", Key{}, `"7=8" is not`},
		{"NRAK-A=2147483648", Key{}, `"2147483648" is not`},
	} {
		got, err := ParseKey(test.text)
		if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("ParseKey(%q): error %v, want %q\n(-want +got)\n%s", test.text, err, test.err, diff)
		}
	}
}

// A key that is printed in passing shows nothing that is worth stealing.
func TestKeysAreMasked(t *testing.T) {
	t.Parallel()
	for _, key := range []string{userKey, licenceKey, insertKey, "k"} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
			printed := fmt.Sprintf(format, Key{Text: key})
			if !strings.HasSuffix(printed, "****") || strings.Contains(printed, key) {
				t.Errorf("%s prints %s", format, printed)
			}
		}
	}
}

func TestKeysAndAccounts(t *testing.T) {
	t.Parallel()
	keys := []Key{{Text: userKey}, {userKey + "2", []int64{7, 9}}, {Text: licenceKey}, {Text: insertKey}, {Text: "any shape"}}
	const (
		answered  = `{"data":{"actor":{"account":{"id":%d}}}}`
		forbidden = `{"data":{"actor":{"account":null}},"errors":[{"message":"You are not authorized to query account %d",`
	)
	for _, test := range []struct {
		name    string
		keys    []Key
		key     string
		account int
		status  int
		want    string // the beginning, when the status is 200
	}{
		{"the user's key", keys, userKey, 7, 200, answered},
		{"an account that is not there", keys, userKey, 9, 200, forbidden},
		{"a key of some accounts", keys, userKey + "2", 7, 200, answered},
		{"a key of other accounts", keys, userKey + "2", 8, 200, forbidden},
		{"an account that the key may use but is not there", keys, userKey + "2", 9, 200, forbidden},
		{"a licence key", keys, licenceKey, 7, 401, ""},
		{"an insert key", keys, insertKey, 7, 401, ""},
		{"a key of no known shape", keys, "any shape", 8, 200, answered},
		{"an unknown key", keys, userKey + "3", 7, 401, ""},
		{"a part of a key", keys, userKey[:len(userKey)-1], 7, 401, ""},
		{"no key", keys, "", 7, 401, ""},
		{"any user's key", nil, userKey, 7, 200, answered},
		{"any key, of which a licence key cannot query", nil, licenceKey, 7, 401, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Keys: test.keys, Accounts: []int64{7, 8}, Now: clock})
			status, got := post(t, s, test.key, fmt.Sprintf(`{"query":"{ actor { account(id: %d) { id } } }"}`, test.account))
			want := `{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},`
			if test.status == http.StatusOK {
				want = fmt.Sprintf(test.want, test.account)
			}
			if status != test.status || !strings.HasPrefix(got, want) || !json.Valid([]byte(got)) {
				t.Errorf("got %d %s\nwant %d %s", status, got, test.status, want)
			}
		})
	}
}
