package japanese_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

const (
	root   = "../../.."
	module = "github.com/slojourn/slojourn/"
)

// said returns the formats of all phrases in the source of the module, to the first
// place of each. What makes a phrase has to name its format by a literal.
func said(t *testing.T) map[string]string {
	t.Helper()
	s := &speech{t: t, files: token.NewFileSet(), found: map[string]string{}}
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(s.files, path, nil, parser.SkipObjectResolution)
		if err == nil && (file.Name.Name == "diag" || imports(file, module+"slo/diag")) {
			packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range packages {
		s.read(files)
	}
	return s.found
}

func imports(file *ast.File, path string) bool {
	for _, spec := range file.Imports {
		if spec.Path.Value == strconv.Quote(path) {
			return true
		}
	}
	return false
}

// speech collects formats.
type speech struct {
	t     *testing.T
	files *token.FileSet
	found map[string]string
}

// read collects the formats of a package. Beside Say and Errorf of package diag, its own
// functions with a parameter of the name format make phrases, if they hand it on.
func (s *speech) read(files []*ast.File) {
	makers := map[string]int{"Say": 0, "Errorf": 3}
	for changed := true; changed; {
		changed = false
		for _, file := range files {
			for _, d := range file.Decls {
				f, is := d.(*ast.FuncDecl)
				if !is || f.Body == nil {
					continue
				}
				at := formatOf(f)
				if _, known := makers[f.Name.Name]; at < 0 || known {
					continue
				}
				ast.Inspect(f.Body, func(n ast.Node) bool {
					if call, is := n.(*ast.CallExpr); is && isHandedOn(call, makers) {
						makers[f.Name.Name], changed = at, true
					}
					return true
				})
			}
		}
	}
	for _, file := range files {
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			hands := is && formatOf(f) >= 0
			ast.Inspect(d, func(n ast.Node) bool {
				if call, is := n.(*ast.CallExpr); is {
					s.call(call, makers, hands)
				}
				return true
			})
		}
	}
}

// formatOf returns the number of a function's parameter of the name format, -1 for none.
func formatOf(f *ast.FuncDecl) int {
	number := 0
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == "format" {
				return number
			}
			number++
		}
	}
	return -1
}

// nameOf returns the name of the function of a call, "" of those of package fmt.
func nameOf(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, is := f.X.(*ast.Ident); !is || x.Name != "fmt" {
			return f.Sel.Name
		}
	}
	return ""
}

// argument returns the format of a call that makes a phrase, nil of others.
func argument(call *ast.CallExpr, makers map[string]int) ast.Expr {
	at, known := makers[nameOf(call)]
	if !known || at >= len(call.Args) {
		return nil
	}
	return call.Args[at]
}

// noWords demands that literals are no words of English, which would stay untranslated:
// each is one word, keywords, or code in backticks.
func (s *speech) noWords(args []ast.Expr) {
	for _, arg := range args {
		if text, literal := literalOf(arg); literal && strings.Contains(text, " ") && strings.ContainsFunc(text, unicode.IsLower) && !strings.HasPrefix(text, "`") {
			s.t.Errorf("%s: %q is said in no other language", s.files.Position(arg.Pos()), text)
		}
	}
}

func isHandedOn(call *ast.CallExpr, makers map[string]int) bool {
	name, is := argument(call, makers).(*ast.Ident)
	return is && name.Name == "format"
}

func (s *speech) call(call *ast.CallExpr, makers map[string]int, hands bool) {
	format := argument(call, makers)
	if format == nil {
		if nameOf(call) == "Verbatim" {
			s.noWords(call.Args)
		}
		return
	}
	s.noWords(call.Args[makers[nameOf(call)]+1:])
	if hands && isHandedOn(call, makers) {
		return
	}
	place := s.files.Position(format.Pos()).String()
	text, literal := literalOf(format)
	if !literal {
		if !strings.Contains(place, "slo/diag/phrase.go") { // Joined, which only repeats verbs
			s.t.Errorf("%s: the format of a phrase is no literal", place)
		}
		return
	}
	if before, known := s.found[text]; !known || place < before {
		s.found[text] = place
	}
}

// literalOf returns the text of a literal, or of several with + between them.
func literalOf(x ast.Expr) (string, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		left, is := literalOf(x.X)
		right, also := literalOf(x.Y)
		return left + right, is && also && x.Op == token.ADD
	}
	return "", false
}
