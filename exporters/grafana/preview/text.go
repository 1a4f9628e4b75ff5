package preview

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// plain is a text of others on one line, without what could do something where it is
// shown: secrets are masked, and control characters replaced.
func plain(text string) string { return clean(text, mostText) }

func clean(text string, most int) string {
	if len(text) > 16*most { // what is masked is seldom shorter
		text = text[:16*most]
	}
	text = render.Plain(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " "))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// Of texts of others so many characters are shown, and so many bytes of a text in Markdown.
const (
	mostText     = 400
	mostMarkdown = 64 << 10
)

// markdown writes a text as HTML. HTML within it is left out, but for blocks of code, and so
// are pictures, which would come from elsewhere, but for their words; links lead to pages of
// the book, or to addresses of the web.
func (b *board) markdown(source string) (template.HTML, error) {
	source = fenced(b.filled(source, nil))
	if len(source) > mostMarkdown {
		source = source[:mostMarkdown]
	}
	lines := strings.Split(strings.ToValidUTF8(source, "\ufffd"), "\n")
	for i, line := range lines {
		lines[i] = render.Plain(strings.TrimSuffix(line, "\r"))
	}
	bytesOf := []byte(strings.Join(lines, "\n"))
	md := goldmark.New(goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough), goldmark.WithRendererOptions(renderer.WithXHTML()))
	doc := md.Parser().Parse(text.NewReader(bytesOf))
	b.tame(doc, bytesOf)
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, bytesOf, doc); err != nil {
		return "", fmt.Errorf("its text: %w", err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // goldmark escapes all, and leaves HTML out
}

// codeBlocks are blocks of code as dashboards have them, see package grafana.
var codeBlocks = regexp.MustCompile(`(?sm)^<pre><code>(.*?)</code></pre>$`)

// fenced writes blocks of code as Markdown has them.
func fenced(source string) string {
	return codeBlocks.ReplaceAllStringFunc(source, func(block string) string {
		text, fence := html.UnescapeString(codeBlocks.FindStringSubmatch(block)[1]), "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		return fence + "\n" + text + "\n" + fence
	})
}

// tame sees to it that nothing in a document leads astray.
func (b *board) tame(doc ast.Node, source []byte) {
	var replaced []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			href := b.href(string(n.Destination))
			n.Destination, n.Title = []byte(href), nil
			if href == "" {
				replaced = append(replaced, n)
			}
		case *ast.Image, *ast.AutoLink, *ast.RawHTML, *ast.HTMLBlock:
			replaced = append(replaced, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range replaced {
		parent := n.Parent()
		if auto, is := n.(*ast.AutoLink); is {
			parent.ReplaceChild(parent, n, ast.NewString(auto.Label(source)))
			continue
		}
		for child := n.FirstChild(); child != nil; child = n.FirstChild() {
			n.RemoveChild(n, child)
			parent.InsertBefore(parent, n, child)
		}
		parent.RemoveChild(parent, n)
	}
}
