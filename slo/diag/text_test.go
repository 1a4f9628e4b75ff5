package diag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/diag"
)

func at(line, column int) diag.Position { return diag.Position{Line: line, Column: column} }

func span(startLine, startColumn, endLine, endColumn int) diag.Span {
	return diag.Span{File: "f.yaml", Start: at(startLine, startColumn), End: at(endLine, endColumn)}
}

func TestTextSpan(t *testing.T) {
	t.Parallel()
	plain := diag.PlainText("ab\ncd\r\n\nef", "f.yaml", at(3, 5))
	wide := diag.PlainText("日本 = 'é'", "f.yaml", at(1, 1))
	// "a\tb\u00e9c" between quotes at 7:10: the value is a, tab, b, é, c.
	escaped := diag.NewText("a\tbéc", "f.yaml", at(7, 22),
		diag.Segment{Offset: 0, At: at(7, 11), Width: 1},
		diag.Segment{Offset: 1, At: at(7, 12), Width: 2},
		diag.Segment{Offset: 2, At: at(7, 14), Width: 1},
		diag.Segment{Offset: 3, At: at(7, 15), Width: 6},
		diag.Segment{Offset: 5, At: at(7, 21), Width: 1})
	// Two quotes written as four: 'it''''s'.
	doubled := diag.NewText("it''s", "f.yaml", at(2, 9),
		diag.Segment{Offset: 0, At: at(2, 2), Width: 1},
		diag.Segment{Offset: 2, At: at(2, 4), Width: 2},
		diag.Segment{Offset: 4, At: at(2, 8), Width: 1})
	// A folded block: the line break at the end of line 4 became the blank.
	folded := diag.NewText("a = 1 AND b", "f.yaml", at(5, 12),
		diag.Segment{Offset: 0, At: at(4, 7), Width: 1},
		diag.Segment{Offset: 6, At: at(5, 7), Width: 1})
	unknown := diag.NewText("abc", "f.yaml", at(9, 4), diag.Segment{At: at(9, 4)})
	broken := diag.PlainText("a\x80\x80b", "f.yaml", at(1, 1))

	tests := []struct {
		name       string
		text       diag.Text
		start, end int
		want       diag.Span
	}{
		{"first character", plain, 0, 1, span(3, 5, 3, 6)},
		{"line", plain, 0, 2, span(3, 5, 3, 7)},
		{"line break belongs to its line", plain, 2, 3, span(3, 7, 3, 8)},
		{"next line starts at column 1", plain, 3, 5, span(4, 1, 4, 3)},
		{"carriage return is a character", plain, 5, 7, span(4, 3, 4, 5)},
		{"empty line", plain, 7, 8, span(5, 1, 5, 2)},
		{"over lines", plain, 1, 9, span(3, 6, 6, 2)},
		{"between characters", plain, 4, 4, span(4, 2, 4, 2)},
		{"behind the end", plain, 10, 10, span(6, 3, 6, 3)},
		{"start before the text", plain, -5, 1, span(3, 5, 3, 6)},
		{"end behind the text", plain, 8, 99, span(6, 1, 6, 3)},
		{"all outside", plain, 50, 99, span(6, 3, 6, 3)},
		{"end before start", plain, 3, 1, span(4, 1, 4, 1)},

		{"columns count characters", wide, 9, 13, span(1, 6, 1, 9)},
		{"wide character", wide, 3, 6, span(1, 2, 1, 3)},
		{"end within a character", wide, 0, 4, span(1, 1, 1, 3)},
		{"start within a character", wide, 1, 3, span(1, 1, 1, 2)},
		{"between bytes of a character", wide, 4, 4, span(1, 2, 1, 2)},
		{"bytes that are no characters", broken, 2, 3, span(1, 3, 1, 4)},
		{"behind them", broken, 3, 4, span(1, 4, 1, 5)},

		{"escape", escaped, 1, 2, span(7, 12, 7, 14)},
		{"long escape", escaped, 3, 5, span(7, 15, 7, 21)},
		{"within a long escape", escaped, 4, 5, span(7, 15, 7, 21)},
		{"up to an escape", escaped, 0, 1, span(7, 11, 7, 12)},
		{"over escapes", escaped, 0, 6, span(7, 11, 7, 22)},
		{"escapes in one segment", doubled, 3, 4, span(2, 6, 2, 8)},
		{"behind escapes", doubled, 4, 5, span(2, 8, 2, 9)},

		{"before a fold", folded, 0, 5, span(4, 7, 4, 12)},
		{"fold", folded, 5, 6, span(4, 12, 4, 13)},
		{"behind a fold", folded, 6, 9, span(5, 7, 5, 10)},
		{"over a fold", folded, 4, 7, span(4, 11, 5, 8)},

		{"without width everything is at the start", unknown, 1, 3, span(9, 4, 9, 4)},
		{"empty plain text", diag.PlainText("", "f.yaml", at(1, 1)), 0, 0, span(1, 1, 1, 1)},
		{"empty text, offset outside", diag.NewText("", "f.yaml", at(8, 3)), 0, 4, span(8, 3, 8, 3)},
		{"zero text", diag.Text{}, 0, 1, diag.Span{}},
		{"text without segments", diag.NewText("ab", "f.yaml", diag.Position{}), 0, 0, span(0, 0, 0, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.text.Span(tt.start, tt.end)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Span(%d, %d) of %q (-want +got):\n%s", tt.start, tt.end, tt.text.String(), diff)
			}
		})
	}
}

func TestTextWhole(t *testing.T) {
	t.Parallel()
	text := diag.PlainText("ab\nc", "f.yaml", at(1, 1))
	if got, want := text.Whole(), span(1, 1, 2, 2); got != want {
		t.Errorf("Whole() = %v, want %v", got, want)
	}
	if text.Len() != 4 || text.String() != "ab\nc" {
		t.Errorf("Len() = %d, String() = %q", text.Len(), text.String())
	}
}

// pointedAt cuts a span out of a file, as an editor would that selects it.
func pointedAt(file string, s diag.Span) string {
	lines := strings.SplitAfter(file, "\n")
	var b strings.Builder
	for line := s.Start.Line; line <= s.End.Line; line++ {
		runes := []rune(lines[line-1])
		from, to := 0, len(runes)
		if line == s.Start.Line {
			from = s.Start.Column - 1
		}
		if line == s.End.Line {
			to = s.End.Column - 1
		}
		b.WriteString(string(runes[from:to]))
	}
	return b.String()
}

func TestPlainTextSpansPointAtTheirCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("ab'\" \t\n\n\r日é\u0301👩🏽"))
		before := string(rapid.SliceOf(letters).Draw(t, "before"))
		runes := rapid.SliceOf(letters).Draw(t, "text")
		i := rapid.IntRange(0, len(runes)).Draw(t, "i")
		j := rapid.IntRange(i, len(runes)).Draw(t, "j")

		// The text stands behind others in the file.
		lines := strings.Split(before, "\n")
		start := at(len(lines), 1+len([]rune(lines[len(lines)-1])))
		text := diag.PlainText(string(runes), "f.yaml", start)
		got := pointedAt(before+string(runes), text.Span(len(string(runes[:i])), len(string(runes[:j]))))
		if want := string(runes[i:j]); got != want {
			t.Fatalf("span [%d, %d) of %q points at %q, want %q", i, j, string(runes), got, want)
		}
	})
}

func TestSpansOfAnyOffsetsCoverThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := string(rapid.SliceOf(rapid.SampledFrom([]rune("a\né日👩"))).Draw(t, "text"))
		i := rapid.IntRange(0, len(value)).Draw(t, "i")
		j := rapid.IntRange(i, len(value)).Draw(t, "j")
		got := pointedAt(value, diag.PlainText(value, "", at(1, 1)).Span(i, j))
		if !strings.Contains(got, strings.ToValidUTF8(value[i:j], "")) || len(got) > j-i+6 {
			t.Fatalf("Span(%d, %d) of %q points at %q", i, j, value, got)
		}
	})
}
