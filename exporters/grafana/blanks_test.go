package grafana

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestJapaneseIsSpelledOneWay reads all texts in the source of the dashboards and of what shows
// them: no blank stands between Japanese and a number, a name or what is put in, as in 7日間.
func TestJapaneseIsSpelledOneWay(t *testing.T) {
	t.Parallel()
	const japanese = `[\p{Han}\p{Hiragana}\p{Katakana}]`
	blank := regexp.MustCompile(`[0-9A-Za-z%)] ` + japanese + `|` + japanese + ` [A-Za-z%]|` + japanese + ` [0-9]+` + japanese)
	letter := regexp.MustCompile(japanese)
	texts := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, is := n.(*ast.BasicLit)
			if !is || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Error(err)
			}
			if letter.MatchString(text) {
				texts++
			}
			for _, found := range blank.FindAllString(text, -1) {
				t.Errorf("%s: there is a blank in %q of %q", files.Position(literal.Pos()), found, text)
			}
			return true
		})
		return nil
	})
	if err != nil || texts < 100 {
		t.Errorf("%d texts, %v", texts, err)
	}
}
