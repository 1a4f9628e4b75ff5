package draft_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/slo"
)

// TestChecks takes answers, and says why it does not take others.
func TestChecks(t *testing.T) {
	t.Parallel()
	field := func(layer, key string) func(string) (string, error) {
		l, _ := draft.LayerNamed(layer)
		for _, f := range l.Fields {
			if f.Key == key {
				return f.Check
			}
		}
		t.Fatalf("%s has no %s", layer, key)
		return nil
	}
	slow, path, optional, counter := field("backend", "slow"), field("mobile", "path"), field("page", "url"), field("metric", "total")
	tests := []struct {
		check    func(string) (string, error)
		in, want string
		refusal  error
	}{
		{draft.CheckText, "  Pay at the till ", "Pay at the till", nil},
		{draft.CheckText, "支払う", "支払う", nil},
		{draft.CheckText, " ", "", draft.Empty},
		{draft.CheckText, strings.Repeat("払", 300), strings.Repeat("払", 300), nil},
		{draft.CheckText, strings.Repeat("払", 301), "", draft.TooLong},
		{draft.CheckText, "\x1b[A", "", draft.NotText},
		{draft.CheckText, "a\nb", "", draft.NotText},
		{draft.CheckText, "a\u202eb", "", draft.NotText},
		{draft.CheckText, "a\xffb", "", draft.NotText},
		{draft.CheckText, "tell @here", "", draft.Active},
		{draft.CheckText, "{{ .Secret }}", "", draft.Active},
		{draft.CheckText, "NRAK-0123456789ABCDEFGHIJKLMNOPQ", "", draft.Secret},
		{draft.CheckName, " order-online ", "order-online", nil},
		{draft.CheckName, "", "", draft.Empty},
		{draft.CheckName, "Order online", "", draft.NotName},
		{draft.CheckTarget, "99.5", "99.5%", nil},
		{draft.CheckTarget, "", "", draft.Empty},
		{draft.CheckTarget, "100%", "", draft.NotTarget},
		{draft.CheckTarget, "0.999", "", draft.NotTarget},
		{draft.CheckAccount, "1234567", "1234567", nil},
		{draft.CheckAccount, "007", "7", nil},
		{draft.CheckAccount, "", "", draft.Empty},
		{draft.CheckAccount, "0", "", draft.NotAccount},
		{draft.CheckAccount, "-5", "", draft.NotAccount},
		{draft.CheckAccount, "1,234", "", draft.NotAccount},
		{draft.CheckAccount, "2147483648", "", draft.NotAccount},
		{slow, "", "", nil},
		{slow, "0.8", "0.8", nil},
		{slow, "2 s", "2", nil},
		{slow, "800ms", "0.8", nil},
		{slow, "01.50", "1.5", nil},
		{slow, "0", "", draft.NotSeconds},
		{slow, "0,8", "", draft.NotSeconds},
		{slow, "3601", "", draft.NotSeconds},
		{slow, "1e3", "", draft.NotSeconds},
		{field("page", "slow"), "", "3", nil},
		{path, "/v2/search", "/v2/search", nil},
		{path, "https://shop.example/v2/search?q=a#b", "/v2/search", nil},
		{path, "https://shop.example", "https://shop.example", nil},
		{path, "", "", draft.Empty},
		{optional, "", "", nil},
		{counter, "points.requests", "points.requests", nil},
		{counter, "a`b", "", draft.NoBackticks},
	}
	for _, test := range tests {
		got, err := test.check(test.in)
		if got != test.want || !errors.Is(err, test.refusal) || (err == nil) != (test.refusal == nil) {
			t.Errorf("%q: got %q and %v, want %q and %v", test.in, got, err, test.want, test.refusal)
		}
	}
}

// TestSlugs are valid names, made of what there is.
func TestSlugs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Order in the app!":                 "order-in-the-app",
		"Pay with the app's barcode":        "pay-with-the-apps-barcode",
		"placeOrder":                        "place-order",
		"支払う":                               "",
		"支払う (pay)":                         "pay",
		"--":                                "",
		strings.Repeat("word ", 20):         "word-word-word-word-word-word-word-word",
		strings.Repeat("a", 80):             strings.Repeat("a", 40),
		"Something that users do, and more": "something-that-users-do-and-more",
	} {
		got := draft.Slug(text)
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if got != "" && slo.CheckName(got) != nil {
			t.Errorf("%q is no name", got)
		}
	}
	for want, values := range map[string]struct {
		layer  string
		values draft.Values
	}{
		"place-order":     {"backend", draft.Values{"app": "order-api", "transaction": "WebTransaction/Action/placeOrder", "slow": "1"}},
		"search":          {"mobile", draft.Values{"app": "shop-app", "path": "/v2/search%"}},
		"v2":              {"mobile", draft.Values{"app": "shop-app", "path": "/v2/検索"}},
		"shop-web":        {"page", draft.Values{"app": "shop-web", "slow": "3"}},
		"receipt":         {"log", draft.Values{"service": "receipt", "message": "not sent"}},
		"points-requests": {"metric", draft.Values{"total": "points.requests", "bad": "points.failures"}},
		"points-api":      {"metric", draft.Values{"total": "points.requests", "bad": "points.failures", "service": "points-api"}},
		"":                {"synthetic", draft.Values{"monitor": "ログイン"}},
	} {
		layer, _ := draft.LayerNamed(values.layer)
		if got := layer.Slug(values.values); got != want {
			t.Errorf("%s: got %q, want %q", values.layer, got, want)
		}
	}
}
