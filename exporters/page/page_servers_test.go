//go:build servers

package page

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// These tests open pages in Chromium, without a window.

// documents are those that are opened: small ones, and ones that are more than a page
// has room for.
func documents() map[string]report.Backtest {
	bare := retail()
	bare.Runs[0].Judgement = nil
	unjudged := largeCompared()
	unjudged.Runs[0].Judgement, unjudged.Runs[1].Judgement = nil, nil
	return map[string]report.Backtest{
		"retail": retail(), "compared": compared(), "large": large(), "largeCompared": largeCompared(), "bare": bare, "unjudged": unjudged,
		"few": few(1, 12), "fewer": few(3, 30), "more": few(8, 2), "already": already(), "changed": changedAmongOthers(), "same": unchanged(),
	}
}

// window is how many pixels a window is wide.
const window = 1280

// narrow is how wide those of a phone and of a tablet are: tables scroll in boxes of
// their own there.
func narrow() []int { return []int{390, 768} }

// serve shows every document in both languages, at /NAME.LANGUAGE.html, and with ?paper
// as it is printed. At /measure it shows all of them, and measures them.
func serve(t *testing.T) (address string, names []string) {
	t.Helper()
	mux := http.NewServeMux()
	for name, doc := range documents() {
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			page := string(pageOf(t, doc, locale))
			name := name + "." + string(locale) + ".html"
			names = append(names, name)
			mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) {
				page := page
				if r.URL.RawQuery == "paper" {
					page = strings.Replace(page, "@media print", "@media all", 1)
				}
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte(page)) // the browser says what it lacks
			})
		}
	}
	mux.HandleFunc("/measure", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for _, name := range names {
			fmt.Fprintf(w, "<iframe src='/%s' width=%d height=400 style='border:0'></iframe>\n", name, window)
			fmt.Fprintf(w, "<iframe src='/%s?paper' width=%d height=400 style='border:0'></iframe>\n", name, sheetWidth)
			for _, width := range narrow() {
				fmt.Fprintf(w, "<iframe src='/%s?%d' width=%d height=400 style='border:0'></iframe>\n", name, width, width)
			}
		}
		fmt.Fprintf(w, "<pre id=result></pre><script>%s</script>", measure)
	})
	mux.HandleFunc("/two", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<p>one<p style='break-before: page'>two")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, names
}

// measure looks at every page in its frame.
const measure = `
const luminance = color => {
  const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = element => {
  for (; element; element = element.parentElement) {
    const color = getComputedStyle(element).backgroundColor;
    if (!/, 0\)$/.test(color)) return color;
  }
  return 'rgb(255, 255, 255)';
};
onload = () => {
  const pages = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, found = {Width: page.documentElement.scrollWidth, Height: page.documentElement.scrollHeight, Texts: 0, Overlaps: [], Outside: [], Pale: [], Tables: []};
    for (const svg of page.querySelectorAll('main svg[role=img]')) {
      const boxes = [...svg.querySelectorAll('text:not(.sign)')].map(e => [e.textContent, e.getBoundingClientRect()]);
      found.Texts += boxes.length;
      boxes.forEach(([text, a], i) => {
        if (a.right > frame.width || a.left < 0) found.Outside.push(text);
        for (const [other, b] of boxes.slice(i + 1))
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) found.Overlaps.push(text + ' / ' + other);
      });
    }
    for (const element of page.querySelectorAll('main *')) {
      if (![...element.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()) || element.closest('title, desc')) continue;
      const style = frame.contentWindow.getComputedStyle(element);
      if (style.display == 'none') continue;
      const [x, y] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(behind(element))].sort((a, b) => b - a);
      if ((x + 0.05) / (y + 0.05) < 4.5) found.Pale.push(element.textContent.trim().slice(0, 40) + ' ' + style.color + ' on ' + behind(element));
    }
    for (const wide of page.querySelectorAll('.wide')) if (wide.scrollWidth > wide.clientWidth) found.Tables.push(wide.closest('section').querySelector('h2').textContent);
    pages[frame.src.split('/').pop()] = found;
  }
  document.getElementById('result').textContent = JSON.stringify(pages);
};`

// TestChromiumShows opens all pages, in light and in dark, and as they are printed: they
// are not wider than the window or the sheet, nor higher than that, no text lies on
// another one, and all of it can be read.
func TestChromiumShows(t *testing.T) {
	t.Parallel()
	address, names := serve(t)
	for name, arg := range map[string]string{"light": "--blink-settings=preferredColorScheme=1", "dark": "--blink-settings=preferredColorScheme=0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dom, complaints := servertest.Browse(t, address+"/measure", arg, "--dump-dom")
			_, text, _ := strings.Cut(dom, `<pre id="result">`)
			text, _, _ = strings.Cut(text, "</pre>")
			var pages map[string]struct {
				Width, Height, Texts            int
				Overlaps, Outside, Pale, Tables []string
			}
			if err := json.Unmarshal([]byte(html.UnescapeString(text)), &pages); err != nil {
				t.Fatalf("%v in %q: %s", err, text, complaints)
			}
			if len(pages) != 4*len(names) {
				t.Errorf("%d pages were measured, and there are %d in four sizes", len(pages), len(names))
			}
			for name, p := range pages {
				width, height := window, 1_000_000
				if _, size, _ := strings.Cut(name, "?"); size == "paper" {
					width, height = sheetWidth, sheetHeight
				} else if size != "" {
					width, _ = strconv.Atoi(size)
					p.Tables, p.Outside = nil, nil // they scroll
				}
				switch {
				case p.Texts < 4:
					t.Errorf("%s: only %d texts in pictures were measured", name, p.Texts)
				case p.Width > width || p.Height > height || len(p.Tables) > 0:
					t.Errorf("%s: %d × %d pixels, and these tables are wider: %q", name, p.Width, p.Height, p.Tables)
				case len(p.Overlaps) > 0 || len(p.Outside) > 0:
					t.Errorf("%s: these lie on one another: %q, and these outside: %q", name, p.Overlaps, p.Outside)
				case len(p.Pale) > 0:
					t.Errorf("%s: a contrast below 4.5: %q", name, p.Pale)
				}
			}
			if strings.Contains(complaints, "Content Security Policy") || strings.Contains(complaints, "CONSOLE") {
				t.Errorf("Chromium complains: %s", complaints)
			}
		})
	}
}

// pages matches the beginning of a page in a PDF of Chromium.
var pages = regexp.MustCompile(`/Type\s*/Page\b`)

// sheets prints a page and counts the sheets of paper.
func sheets(t *testing.T, address string) int {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.pdf")
	servertest.Browse(t, address, "--no-pdf-header-footer", "--print-to-pdf="+file)
	pdf, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return len(pages.FindAll(pdf, -1))
}

// TestChromiumPrints prints all pages: each has one sheet of paper.
func TestChromiumPrints(t *testing.T) {
	t.Parallel()
	address, names := serve(t)
	if n := sheets(t, address+"/two"); n != 2 {
		t.Fatalf("a page of two sheets is counted as %d", n)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if n := sheets(t, address+"/"+name); n != 1 {
				t.Errorf("it is printed on %d sheets", n)
			}
		})
	}
}
