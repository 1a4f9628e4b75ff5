package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// TestDecodeHostile reads files that are made to hurt. Each ends in a clear
// finding, or is read.
func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: web}\nspec: "
	bomb := "a0: &a0 [x, x]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i)
	}
	tests := []struct {
		name, data string
		code       diag.Code // "" when it is read
	}{
		{"deep flow", head + "{contact: " + strings.Repeat("[", 20_000) + "}", diag.CodeSyntax},
		{"deep flow that closes", head + "{contact: " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "}", diag.CodeType},
		{"deep blocks", head + "\n" + deepBlocks(1_000), diag.CodeUnknownKey},
		{"bomb of aliases", bomb + strings.Replace(head, "spec: ", "spec: {contact: *a30}", 1), diag.CodeUnknownKey},
		{"alias to itself", strings.Replace(head, "spec: ", "spec: &a {contact: *a}", 1), diag.CodeType},
		{"1 MB of text", head + "{contact: " + strings.Repeat("x", 1<<20-100) + "}", ""},
		{"10 MB of text", head + "{contact: " + strings.Repeat("x", 10<<20) + "}", diag.CodeNotSupported},
		{"10 MB of empty lines", head + strings.Repeat("\n", 10<<20), diag.CodeNotSupported},
		{"10 MB of a list", head + "{notify: [" + strings.Repeat("x,", 5<<20) + "]}", diag.CodeNotSupported},
		{"10 MB of documents", strings.Repeat(head+"{contact: x}\n---\n", 10<<20/80), ""},
		{"a file of 33 MB", strings.Repeat(head+"{contact: x}\n---\n", 33<<20/80), diag.CodeNotSupported},
		{"a long file of documents", strings.Repeat(head+"{contact: x}\n---\n", 10_000), ""},
		{"a long file of comments", strings.Repeat("# nothing\n", 100_000) + head + "{contact: x}", ""},
		{"one key many times", head + "{" + strings.Repeat("a: 1, ", 2_000) + "}", diag.CodeDuplicate},
		{"many keys on a line", head + "{" + counted("a%d: 1, ", 20_000) + "}", diag.CodeUnknownKey},
		{"many values on a line", head + "{notify: [" + counted("a%d, ", 20_000) + "]}", ""},
		{"many secrets", head + "{contact: x}\n" + counted("# NRAK-%d\n", 20_000), diag.CodeSecret},
		{"many values that need quotes", head + "{notify: [" + strings.Repeat("@a, ", 200_000) + "]}", diag.CodeSyntax},
		{"Japanese", strings.Replace(head, "name: web", "name: web, title: 決済チーム", 1) + "{contact: '#決済'}", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && len(test.data) > 1<<19 {
				t.Skip("what is large has no other races")
			}
			result, findings := spec.Decode(spec.File{Name: "f", Folder: "/", Data: []byte(test.data), Named: true})
			if test.code == "" {
				if len(findings) > 0 || len(result.Declarations.Teams) == 0 {
					t.Errorf("%d teams, findings %v", len(result.Declarations.Teams), first(findings))
				}
				return
			}
			for _, f := range findings {
				if f.Code == test.code {
					return
				}
			}
			t.Errorf("no %s among %d findings: %v", test.code, len(findings), first(findings))
		})
	}
}

// first leaves out what nobody wants to read.
func first(list diag.List) string {
	if len(list) == 0 {
		return "none"
	}
	text := fmt.Sprintf("%s %s", list[0].Code, list[0].Message)
	return text[:min(len(text), 200)]
}

func counted(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, 10_000+i)
	}
	return b.String()
}

func deepBlocks(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i+1))
	}
	return b.String()
}

// endless never comes to its end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestReadEndless reads no more of a file than it takes to see that it is too
// long.
func TestReadEndless(t *testing.T) {
	t.Parallel()
	file, err := spec.Read(endless{}, "-")
	if err != nil {
		t.Fatal(err)
	}
	if _, findings := spec.Decode(file); len(findings) != 1 || findings[0].Code != diag.CodeNotSupported {
		t.Errorf("got %v", first(findings))
	}
	if formatted, findings := spec.Format(file); len(findings) != 1 || len(formatted.Data) != len(file.Data) {
		t.Errorf("fmt: got %v", first(findings))
	}
}
