package server

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// serveIndex is a page of links for people who came with a browser.
func (s *Server) serveIndex(w http.ResponseWriter, _ *http.Request) {
	state := "It is ready."
	if err := s.options.Engine.Ready(); err != nil {
		state = "It is not ready: " + err.Error()
	}
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>slojourn</title></head>
<body>
<h1>slojourn</h1>
`)
	if s.options.Version != "" {
		fmt.Fprintf(&page, "<p>Version %s</p>\n", escaped(s.options.Version))
	}
	fmt.Fprintf(&page, "<p>%s</p>\n<ul>\n", escaped(state))
	links := [][2]string{{"/api/v1/slos", "the state of every journey, step and SLO"}}
	if s.options.Alerts != nil {
		links = append(links, [2]string{"/api/v1/alerts", "what fires, what is held back, and what fired before"})
	}
	for _, link := range append(links, [][2]string{
		{"/metrics", "metrics for Prometheus"},
		{"/-/healthy", "whether the process can answer"},
		{"/-/ready", "whether the numbers are whole"},
	}...) {
		fmt.Fprintf(&page, "<li><a href=\"%s\">%[1]s</a>: %s</li>\n", link[0], link[1])
	}
	page.WriteString("</ul>\n</body>\n</html>\n")
	write(w, http.StatusOK, "text/html; charset=utf-8", []byte(page.String()))
}

// escaped is a text as it may stand in the page, between tags.
func escaped(text string) string { return html.EscapeString(render.Plain(text)) }
