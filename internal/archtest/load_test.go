package archtest

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// clockUses are the names of package time that read the clock or wait for it.
var clockUses = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

func newImports() *imports {
	return &imports{ours: map[string]string{}, others: map[string]string{}}
}

// load reads the imports of a module's packages from its source alone, so that code which
// does not compile yet is judged too. Files for every platform count; test files, programs
// marked "go:build ignore", nested modules and the folders that the go command skips do not.
func load(module fs.FS, modulePath string) (graph, error) {
	g := graph{}
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		if entry.IsDir() {
			if name == "." {
				return nil
			}
			if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
				return fs.SkipDir
			}
			if _, err := fs.Stat(module, path.Join(name, "go.mod")); err == nil {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(base) != ".go" || strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
			return nil
		}
		text, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if file == nil || file.Name == nil {
			return fmt.Errorf("parse: %w", err)
		}
		if ignored(file) {
			return nil
		}
		pkg := path.Dir(name)
		if g[pkg] == nil {
			g[pkg] = newImports()
		}
		g[pkg].add(name, file, modulePath)
		return nil
	})
	return g, err
}

func (im *imports) add(name string, file *ast.File, modulePath string) {
	timeName := ""
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if ours, ok := strings.CutPrefix(imported, modulePath+"/"); ok {
			im.ours[ours] = name
			continue
		}
		if imported == modulePath {
			im.ours["."] = name
			continue
		}
		im.others[imported] = name
		if imported == "time" {
			timeName = "time"
			if spec.Name != nil {
				timeName = spec.Name.Name
			}
		}
	}
	if timeName == "." {
		im.others[clock] = name // which of its names are used cannot be told
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				im.others[initFunc] = name
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && timeName != "" && x.Name == timeName && slices.Contains(clockUses, n.Sel.Name) {
				im.others[clock] = name
			}
		}
		return true
	})
}

// ignored reports whether a file is a program to be run by itself, marked so by the
// build constraint "ignore".
func ignored(file *ast.File) bool {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if comment.Pos() > file.Package || !constraint.IsGoBuild(comment.Text) {
				continue
			}
			expr, err := constraint.Parse(comment.Text)
			if tag, ok := expr.(*constraint.TagExpr); err == nil && ok && tag.Tag == "ignore" {
				return true
			}
		}
	}
	return false
}

func TestLoad(t *testing.T) {
	t.Parallel()
	source := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	g, err := load(fstest.MapFS{
		"go.mod":                 source("module example.com/m"),
		"root.go":                source("package m\nimport _ \"example.com/m/a\"\n"),
		"a/a.go":                 source("package a\nimport (\n\t\"example.com/m\"\n\t\"example.com/m/b/c\"\n\t\"example.com/merry\"\n\tt \"time\"\n)\nvar x = t.Second\n"),
		"a/a_test.go":            source("package a\nimport (\n\t\"os\"\n\t\"testing\"\n)\nfunc init() {}\n"),
		"a/gen.go":               source("//go:build ignore\n\npackage main\nimport \"os\"\n"),
		"a/windows.go":           source("//go:build !linux\n\npackage a\nimport \"syscall\"\n"),
		"a/testdata/x.go":        source("package x\nimport \"os\"\n"),
		"b/c/now.go":             source("package c\nimport t \"time\"\nfunc f() t.Time { return t.Now() }\n"),
		"b/init.go":              source("package b\nfunc init() {}\n"),
		"d/dot.go":               source("package d\nimport . \"time\"\n"),
		"e/quiet.go":             source("package e\ntype T struct{}\nfunc (T) init() {}\nfunc f(time interface{ Now() int }) int { return time.Now() }\n"),
		"f/broken.go":            source("package f\nimport \"os\"\nfunc half( {\n"),
		"nested/go.mod":          source("module example.com/m/nested"),
		"nested/n.go":            source("package n\nimport \"os\"\n"),
		".ci/tools/main.go":      source("package main\nimport \"os\"\n"),
		"_old/old.go":            source("package old\n"),
		"docs/no-go-here/why.md": source("# Why"),
	}, "example.com/m")
	if err != nil {
		t.Fatal(err)
	}
	want := graph{
		".": {ours: map[string]string{"a": "root.go"}},
		"a": {
			ours:   map[string]string{".": "a/a.go", "b/c": "a/a.go"},
			others: map[string]string{"example.com/merry": "a/a.go", "time": "a/a.go", "syscall": "a/windows.go"},
		},
		"b":   {others: map[string]string{initFunc: "b/init.go"}},
		"b/c": {others: map[string]string{"time": "b/c/now.go", clock: "b/c/now.go"}},
		"d":   {others: map[string]string{"time": "d/dot.go", clock: "d/dot.go"}},
		"e":   {},
		"f":   {others: map[string]string{"os": "f/broken.go"}},
	}
	if got, want := show(g), show(want); got != want {
		t.Errorf("load:\ngot:\n%s\nwant:\n%s", got, want)
	}
}

// show prints a graph, one sorted line per import.
func show(g graph) string {
	var lines []string
	for pkg, im := range g {
		lines = append(lines, pkg)
		for name, file := range im.ours {
			lines = append(lines, pkg+" ours "+name+" "+file)
		}
		for name, file := range im.others {
			lines = append(lines, pkg+" other "+name+" "+file)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
