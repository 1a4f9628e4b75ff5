//go:build servers

package preview

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// measure looks at every page in its frame: what is wider or higher than where it is, and
// which texts of pictures lie on one another or outside.
const measure = `
onload = () => {
  const pages = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, found = {Texts: 0, Panels: 0, Wrong: []};
    const wrong = (what, element) => found.Wrong.push(what + ': ' + element.textContent.trim().slice(0, 60));
    if (page.documentElement.scrollWidth > frame.clientWidth) found.Wrong.push('the page is ' + page.documentElement.scrollWidth + ' wide');
    for (const box of page.querySelectorAll('.panel, .text, .message, .scroll')) {
      found.Panels += box.matches('.panel');
      if (box.scrollWidth > box.clientWidth || !box.matches('.scroll') && box.scrollHeight > box.clientHeight + 1) wrong(box.scrollWidth + ' by ' + box.scrollHeight + ' pixels in ' + box.clientWidth + ' by ' + box.clientHeight, box);
    }
    for (const svg of page.querySelectorAll('.panel svg')) {
      const frame = svg.getBoundingClientRect(), boxes = [...svg.querySelectorAll('text')].map(e => [e, e.getBoundingClientRect()]);
      found.Texts += boxes.length;
      boxes.forEach(([text, a], i) => {
        if (a.right > frame.right + 1 || a.left < frame.left - 1 || a.bottom > frame.bottom + 3 || a.top < frame.top - 3) wrong('outside', text);
        for (const [other, b] of boxes.slice(i + 1))
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4) wrong('on ' + other.textContent, text);
      });
    }
    pages[frame.src.split('/').pop()] = found;
  }
  document.getElementById('result').textContent = JSON.stringify(pages);
};`

// crowded has the same panels in little room, with long names, and much of everything.
func crowded() []grafana.File {
	list := files()
	for _, p := range list[0].Dashboard.Panels {
		if p.Type == grafana.TypeText {
			continue
		}
		p.Title += " of everything that there is in the whole wide world"
		for i := range p.Targets {
			if p.Targets[i].LegendFormat != "" {
				p.Targets[i].LegendFormat += " とても長い名前 of something else"
			}
		}
	}
	return list
}

// TestChromiumShows opens pages in both languages: no text is cut off or lies on another
// one, and Chromium complains about nothing.
func TestChromiumShows(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	var frames strings.Builder
	pages := 0
	show := func(name string, page []byte) {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(page) // the browser says what it lacks
		})
		fmt.Fprintf(&frames, "<iframe src='/%s' width=1320 height=400 style='border:0'></iframe>\n", name)
		pages++
	}
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		for kind, list := range map[string][]grafana.File{"": files(), "crowded.": crowded()} {
			b := bookOf(t, list, locale)
			for i := range list {
				show(fmt.Sprintf("%s%s.%s.html", kind, list[i].Name, locale), pageOf(t, b, i))
			}
		}
	}
	mux.HandleFunc("/measure", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%s<pre id=result></pre><script>%s</script>", &frames, measure)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	dom, complaints := servertest.Browse(t, server.URL+"/measure", "--dump-dom")
	_, text, _ := strings.Cut(dom, `<pre id="result">`)
	text, _, _ = strings.Cut(text, "</pre>")
	var found map[string]struct {
		Texts, Panels int
		Wrong         []string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(text)), &found); err != nil {
		t.Fatalf("%v in %q: %s", err, text, complaints)
	}
	if len(found) != pages {
		t.Errorf("%d pages were measured, and there are %d", len(found), pages)
	}
	for name, p := range found {
		if p.Panels == 0 || strings.Contains(name, "overview") && p.Texts < 40 {
			t.Errorf("%s: only %d panels with %d texts were measured", name, p.Panels, p.Texts)
		}
		for _, wrong := range p.Wrong {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	if strings.Contains(complaints, "Content Security Policy") || strings.Contains(complaints, "CONSOLE") {
		t.Errorf("Chromium complains: %s", complaints)
	}
}
