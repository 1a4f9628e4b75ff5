package preview

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/slo"
)

// TestBlocksOfCode are shown as they were written, and nothing else is that is HTML.
func TestBlocksOfCode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ content, want string }{
		{"a\n\n<pre><code>x &lt; 1\n\ny ``` &amp;lt; &#36;journey **z**</code></pre>\n\nb", "<p>a</p>\n<pre><code>x &lt; 1\n\ny ``` &amp;lt; $journey **z**\n</code></pre>\n<p>b</p>\n"},
		{"<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n</code></pre>", "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n\n</code></pre>\n"},
		{"<pre><code>a</code></pre>\n<pre><code>b</code></pre>", "<pre><code>a\n</code></pre>\n<pre><code>b\n</code></pre>\n"},
		{"<pre><code>a", ""},
		{"<pre onclick=alert(1)><code>a</code></pre>", ""},
	} {
		all := files()
		all[1].Dashboard.Panels[0].Options = grafana.TextOptions{Mode: "markdown", Content: test.content}
		page := string(pageOf(t, bookOf(t, all, slo.English), 1))
		if test.want == "" {
			if strings.Contains(page, "<pre") {
				t.Errorf("%q is a block of code", test.content)
			}
			continue
		}
		_, got, _ := strings.Cut(page, test.want[:strings.Index(test.want, ">")+1])
		got = test.want[:strings.Index(test.want, ">")+1] + got
		if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.content, diff)
		}
	}
}
