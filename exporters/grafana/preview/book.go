package preview

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

//go:embed templates
var templates embed.FS

// Options say how pages are made.
type Options struct {
	Locale slo.Locale
	At     time.Time      // the end of the data, which is now for all dashboards
	Zone   *time.Location // of dashboards that have that of the browser; nil for UTC
	Source string         // what the data are of, such as the name of a folder
}

// Data is what dashboards read, with how far its samples are apart. No graph has a shorter
// step than two of those, so that counters have two samples in each.
type Data struct {
	query.Data
	Every time.Duration
}

// Book is the pages of dashboards, which lead to one another.
type Book struct {
	files   []grafana.File
	options Options
	places  map[string]int // of files, by the uids of their dashboards
	look    *template.Template
}

// Index is the name of the file with the list of all dashboards.
const Index = "index.html"

// FileName is that of the page of a dashboard, by the name of its file.
func FileName(name string) string { return name + ".html" }

// generator is how a page says what made it.
const generator = "slojourn generate grafana --preview"

// Made reports whether a file is a page that this package has made.
func Made(data []byte) bool {
	return bytes.Contains(data[:min(len(data), 1024)], []byte(`<meta name="generator" content="`+generator+`" />`))
}

// New begins the pages of dashboards.
func New(files []grafana.File, options Options) (*Book, error) {
	if options.Zone == nil {
		options.Zone = time.UTC
	}
	look, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("preview of dashboards: %w", err)
	}
	b := &Book{files: files, options: options, places: map[string]int{}, look: look}
	for i := range files {
		b.places[files[i].Dashboard.UID] = i
	}
	return b, nil
}

// Span returns the time that the dashboard of the ith file shows.
func (b *Book) Span(i int) (from, to time.Time, err error) {
	from, to, _, err = b.span(b.files[i].Dashboard)
	if err != nil {
		err = fmt.Errorf("preview of the dashboard %q: %w", b.files[i].Dashboard.Title, err)
	}
	return from, to, err
}

// Expressions are all that the dashboard of the ith file reads.
func (b *Book) Expressions(i int) []query.Expr {
	var list []query.Expr
	b.each(i, func(e query.Expr, _ bool) { list = append(list, e) })
	return list
}

// Newest are those of some metrics of which the dashboards of some files read nothing but the
// newest samples.
func (b *Book) Newest(files []int, metrics []string) ([]string, error) {
	var older []query.Expr
	for _, i := range files {
		_, to, err := b.Span(i)
		if err != nil {
			return nil, err
		}
		b.each(i, func(e query.Expr, overTime bool) {
			if overTime || to.Before(b.options.At) || query.LooksBack(e) {
				older = append(older, e)
			}
		})
	}
	read := query.MetricsOf(older...)
	return slices.DeleteFunc(slices.Clone(metrics), func(name string) bool { return slices.Contains(read, name) }), nil
}

// each visits the expressions of a dashboard, and says which are drawn over time.
func (b *Book) each(i int, visit func(e query.Expr, overTime bool)) {
	add := func(e query.Expr, overTime bool) {
		if e != nil {
			visit(e, overTime)
		}
	}
	d := b.files[i].Dashboard
	for i := range d.Templating.List {
		if q, err := queryOf(&d.Templating.List[i]); err == nil {
			add(q.Of, false)
		}
	}
	for _, a := range d.Annotations.List {
		add(a.Query, true)
	}
	for _, p := range d.Panels {
		for _, t := range p.Targets {
			add(t.Query, t.Range && !t.Instant)
		}
	}
}

// Page draws the dashboard of the ith file. What is wrong with an expression or a panel is
// an error.
func (b *Book) Page(i int, data Data) ([]byte, error) {
	file := &b.files[i]
	board, err := b.board(file.Dashboard, data)
	if err == nil {
		var v *view
		if v, err = board.view(); err == nil {
			v.Folder = plain(file.Folder.Title)
			return b.execute("dashboard.html", v)
		}
	}
	return nil, fmt.Errorf("preview of the dashboard %q: %w", file.Dashboard.Title, err)
}

func (b *Book) execute(name string, data any) ([]byte, error) {
	var text bytes.Buffer
	if err := b.look.ExecuteTemplate(&text, name, data); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// contents is the page with the list.
type contents struct {
	T         *labels
	Generator string
	Note      string
	Folders   []contentsFolder
}

type contentsFolder struct {
	Title      string
	Dashboards []contentsLine
}

type contentsLine struct{ Title, Description, Href string }

// Index lists all dashboards by folder.
func (b *Book) Index() ([]byte, error) {
	t := labelsOf(b.options.Locale)
	c := contents{T: t, Generator: generator, Note: b.note()}
	folders := map[string]int{}
	for i := range b.files {
		f := &b.files[i]
		n, known := folders[f.Folder.UID]
		if !known {
			n = len(c.Folders)
			folders[f.Folder.UID] = n
			c.Folders = append(c.Folders, contentsFolder{Title: plain(f.Folder.Title)})
		}
		c.Folders[n].Dashboards = append(c.Folders[n].Dashboards, contentsLine{plain(f.Dashboard.Title), plain(about(f.Dashboard)), FileName(f.Name)})
	}
	slices.SortStableFunc(c.Folders[min(1, len(c.Folders)):], func(x, y contentsFolder) int { return cmp.Compare(x.Title, y.Title) })
	page, err := b.execute("index.html", c)
	if err != nil {
		return nil, fmt.Errorf("preview of dashboards: %w", err)
	}
	return page, nil
}

// about is what a dashboard says of itself, without the line that it is signed in.
func about(d *grafana.Dashboard) string {
	text := strings.TrimSpace(d.Description)
	if _, signed := grafana.Signed(text, d.UID); signed {
		_, text, _ = strings.Cut(text, "\n")
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// note says what pages are, and of what.
func (b *Book) note() string {
	w := units{b.options.Locale, b.options.At, b.options.Zone}
	return labelsOf(b.options.Locale).Note(plain(b.options.Source), w.date(b.options.At), b.options.Zone.String())
}

// href returns where a link leads from a page: to that of another dashboard, or to an
// address of the web. It is "" when that is nowhere.
func (b *Book) href(url string) string {
	path, _, _ := strings.Cut(url, "?")
	if uid, is := strings.CutPrefix(strings.TrimPrefix(path, "/"), "d/"); is { // texts of Grafana have none before it
		uid, _, _ = strings.Cut(uid, "/")
		if i, known := b.places[uid]; known {
			return FileName(b.files[i].Name)
		}
		return ""
	}
	if strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return url
	}
	return ""
}
