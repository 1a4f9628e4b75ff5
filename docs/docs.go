// Package docs holds the documentation. The pages that explain the codes of
// findings are embedded, so that `slojourn explain` prints them anywhere.
package docs

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// Project is the address of slojourn.
const Project = "https://github.com/slojourn/slojourn"

//go:embed diagnostics/*.md diagnostics/ja/*.md
var files embed.FS

// Page explains one code.
type Page struct {
	Code  string // SLO007
	Title string // what findings of this code are about, in a few words
	Text  string // Markdown; its first line holds code and title
	file  string // below docs
}

// URI is the address at which the page can be read.
func (p Page) URI() string { return Project + "/blob/main/docs/" + p.file }

// Diagnostics returns the pages of all codes, in order.
func Diagnostics() []Page {
	names, err := fs.Glob(files, "diagnostics/*.md")
	if err != nil {
		panic(err) // the pattern is valid
	}
	var pages []Page
	for _, name := range names {
		page, _ := Diagnostic(strings.TrimSuffix(path.Base(name), ".md"), "en")
		pages = append(pages, page)
	}
	return pages
}

// Diagnostic returns the page of a code in a language, which is ja or else English, and
// whether there is one.
func Diagnostic(code, locale string) (Page, bool) {
	file := "diagnostics/" + code + ".md"
	if locale == "ja" {
		file = "diagnostics/ja/" + code + ".md"
	}
	text, err := files.ReadFile(file)
	if err != nil {
		return Page{Code: code}, false
	}
	heading, _, _ := strings.Cut(string(text), "\n")
	_, title, _ := strings.Cut(heading, ": ")
	return Page{Code: code, Title: title, Text: string(text), file: file}, true
}
