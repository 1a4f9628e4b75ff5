package httpclient_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	hidden := []secret.Value{secret.Of("hunter2/+"), secret.Of("pa ss")}
	for _, test := range []struct{ name, text, want string }{
		{"nothing", " \n", ""},
		{"lines", "out of\r\n\tbounds ", "out of bounds"},
		{"secrets", "with hunter2/+, pa ss and hunter2%2F%2B", "with [secret], [secret] and [secret]"},
		{"what moves a cursor", "\x1b[2Jgone\u202e", "�[2Jgone�"},
		{"what a pipeline obeys", "##vso[task.complete]", "##vso(task.complete]"},
		{"what is no text", "a\xffb", "a�b"},
		{"as much as is quoted", strings.Repeat("決", 200), strings.Repeat("決", 200)},
		{"more", strings.Repeat("決", 201), strings.Repeat("決", 199) + "…"},
		{"a secret at the end of it", strings.Repeat("x", 195) + " hunter2/+", strings.Repeat("x", 195) + " [se…"},
	} {
		if got := httpclient.Excerpt(test.text, hidden); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestHidden wants what a request says of who asks not to be repeated.
func TestHidden(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"", "ops"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := "[secret]"
		if user != "" {
			request.SetBasicAuth(user, "hunter2")
			want = "Basic [secret]"
		} else {
			request.Header.Set("Authorization", "hunter2")
		}
		hidden := httpclient.Hidden(user, secret.Of("hunter2"))
		if got := httpclient.Excerpt(request.Header.Get("Authorization"), hidden); got != want {
			t.Errorf("user %q: got %q, want %q", user, got, want)
		}
		if got := httpclient.Excerpt("hunter2", hidden); got != "[secret]" {
			t.Errorf("user %q: got %q", user, got)
		}
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status        int
		excerpt, want string
	}{
		{404, "no such page", "Slack answered 404 Not Found: no such page"},
		{404, "", "Slack answered 404 Not Found"},
		{302, "Found", "Slack answered 302 Found, which is not followed: Found"},
		{799, "", "Slack answered 799"},
	} {
		if got := httpclient.Answered("Slack", test.status, test.excerpt); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	reason := errors.New("connection refused")
	wrapped := fmt.Errorf("ask: %w", &url.Error{Op: "Get", URL: "https://example.com/?key=hunter2", Err: reason})
	for _, err := range []error{reason, wrapped} {
		if got := httpclient.Reason(err); !errors.Is(got, reason) || got.Error() != reason.Error() {
			t.Errorf("got %v", got)
		}
	}
	if got := httpclient.Reason(nil); got != nil {
		t.Errorf("got %v", got)
	}
}
