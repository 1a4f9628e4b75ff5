package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// TestLinks follows every link of every page in the repository that leads to another file
// or to a heading.
func TestLinks(t *testing.T) {
	t.Parallel()
	const root = ".."
	headings := map[string]map[string]bool{} // by file
	var pages []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist"):
			return fs.SkipDir
		case !entry.IsDir() && filepath.Ext(name) == ".md":
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			pages = append(pages, path)
			headings[path] = headingsOf(string(text))
		}
		return nil
	})
	if err != nil || len(pages) < 50 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	link := regexp.MustCompile(`\]\(([^()\s]+)\)`)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(unfenced(string(text)), -1) {
			to, heading, named := strings.Cut(match[1], "#")
			if strings.Contains(to, ":") {
				continue // of another site
			}
			file := page
			if to != "" {
				file = filepath.Join(filepath.Dir(page), to)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, match[1])
			} else if known, isPage := headings[file]; named && (!isPage || !known[heading]) {
				t.Errorf("%s leads to %s, where no heading is called that", page, match[1])
			}
		}
	}
}

// unfenced leaves out blocks of code, and code in lines.
func unfenced(text string) string {
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(regexp.MustCompile("(?ms)^ *```.*?^ *```").ReplaceAllString(text, ""), "")
}

// headingsOf returns the anchors of the headings of a page, as GitHub makes them.
func headingsOf(text string) map[string]bool {
	anchors := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^#{1,6} (.*)$`).FindAllStringSubmatch(regexp.MustCompile("(?ms)^ *```.*?^ *```").ReplaceAllString(text, ""), -1) {
		title := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(match[1], "$1")
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, title)
		anchors[anchor] = true
	}
	return anchors
}
