package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/spec"
)

// messy writes specs that say something sensible in a layout that does not:
// keys in any order, any indentation, comments and empty lines anywhere.
type messy struct {
	t     *rapid.T
	lines []string
	marks int
}

func (m *messy) chance(of int) bool { return rapid.IntRange(1, of).Draw(m.t, "chance") == 1 }

func (m *messy) blanks(least, most int) string {
	return strings.Repeat(" ", rapid.IntRange(least, most).Draw(m.t, "blanks"))
}

func (m *messy) add(column int, text string) {
	m.lines = append(m.lines, strings.Repeat(" ", column)+text)
}

// before writes what may stand above an entry: a comment that names it.
func (m *messy) before(column int, name string) {
	for m.chance(4) {
		m.lines = append(m.lines, m.blanks(0, 3))
	}
	if m.chance(3) {
		m.marks++
		m.add(column, fmt.Sprintf("# %d about %s", m.marks, name))
	}
}

func (m *messy) trailing() string {
	if m.chance(5) {
		return m.blanks(1, 4) + "# behind"
	}
	return m.blanks(0, 2)
}

// pair is a key and how its value is written: from a place in the line on.
type pair struct {
	name  string
	value func(column int, head string)
}

// mapping writes keys with lines of their own. The head stands before the
// first of them, such as "- ".
func (m *messy) mapping(column int, head string, pairs []pair) {
	for i, p := range rapid.Permutation(pairs).Draw(m.t, "order") {
		if i > 0 || head == "" {
			m.before(column, p.name)
			p.value(column, strings.Repeat(" ", column)+p.name+":")
		} else {
			p.value(column, head+p.name+":")
		}
	}
}

func (m *messy) scalar(texts ...string) func(int, string) {
	return func(column int, head string) {
		text := rapid.SampledFrom(texts).Draw(m.t, "text")
		under := column + rapid.IntRange(1, 6).Draw(m.t, "under")
		switch rapid.IntRange(0, 6).Draw(m.t, "style") {
		case 0:
			m.lines = append(m.lines, head+m.blanks(1, 3)+"'"+strings.ReplaceAll(text, "'", "''")+"'"+m.trailing())
		case 1:
			m.lines = append(m.lines, head+m.blanks(1, 3)+fmt.Sprintf("%q", text)+m.trailing())
		case 2:
			m.lines = append(m.lines, head+m.blanks(1, 3)+rapid.SampledFrom([]string{"|", "|-", ">", ">-"}).Draw(m.t, "block")+m.trailing())
			for range rapid.IntRange(1, 3).Draw(m.t, "lines") {
				m.add(under, text+m.blanks(0, 2))
				if m.chance(4) {
					m.lines = append(m.lines, "")
				}
			}
			m.add(under, "the end")
		case 3:
			m.lines = append(m.lines, head+m.blanks(1, 3)+text)
			m.add(under, "over lines"+m.trailing())
		case 4:
			m.lines = append(m.lines, head+m.trailing())
			m.add(under, text+m.trailing())
		default:
			m.lines = append(m.lines, head+m.blanks(1, 3)+text+m.trailing())
		}
	}
}

func (m *messy) flow(texts ...string) func(int, string) {
	return func(_ int, head string) {
		m.lines = append(m.lines, head+m.blanks(1, 3)+rapid.SampledFrom(texts).Draw(m.t, "flow")+m.trailing())
	}
}

func (m *messy) object(pairs ...pair) func(int, string) {
	return func(column int, head string) {
		m.lines = append(m.lines, head+m.trailing())
		m.mapping(column+rapid.IntRange(1, 5).Draw(m.t, "indent"), "", pairs)
	}
}

func (m *messy) list(pairs func() []pair) func(int, string) {
	return func(column int, head string) {
		m.lines = append(m.lines, head+m.trailing())
		column += rapid.IntRange(0, 4).Draw(m.t, "indent")
		for range rapid.IntRange(1, 3).Draw(m.t, "items") {
			gap := m.blanks(1, 4)
			m.before(column, "-")
			m.mapping(column+1+len(gap), strings.Repeat(" ", column)+"-"+gap, pairs())
		}
	}
}

func (m *messy) some(pairs ...pair) []pair {
	kept := pairs[:1]
	for _, p := range pairs[1:] {
		if !m.chance(3) {
			kept = append(kept, p)
		}
	}
	return kept
}

func (m *messy) document() string {
	sli := func() pair {
		conditions := []string{"name = 'a' AND b > 1", "error IS TRUE", "名 = '日本'"}
		return pair{"sli", m.object(m.some(
			pair{"from", m.flow("Transaction", "[A,B]", "[ A , B ]")}, pair{"where", m.scalar(conditions...)}, pair{"bad", m.scalar(conditions...)},
		)...)}
	}
	objective := pair{"objective", m.flow("99%", "{target: 99%,window: 28d}", "{ window: 28d, target: 99% }")}
	words := []string{"plain", "some words", "an apostrophe's"}
	m.mapping(0, "", []pair{
		{"kind", m.flow("Journey")},
		{"apiVersion", m.flow("slojourn/v1")},
		{"metadata", m.object(m.some(
			pair{"name", m.flow("pay")}, pair{"owner", m.flow("web")}, pair{"labels", m.object(pair{"z", m.flow("1")}, pair{"a", m.flow("2")})},
		)...)},
		{"spec", m.object(m.some(
			pair{"steps", m.list(func() []pair {
				return m.some(pair{"name", m.flow("a")}, pair{"title", m.scalar(words...)}, objective, sli())
			})},
			pair{"description", m.scalar(words...)}, pair{"whenSpent", m.scalar(words...)}, objective,
			pair{"links", m.list(func() []pair { return []pair{{"url", m.flow("https://x")}, {"title", m.scalar(words...)}} })},
		)...)},
	})
	return strings.Join(m.lines, "\n") + "\n"
}

func TestFormatTidiesUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		before := (&messy{t: rt}).document()
		out, findings := spec.Format(spec.File{Name: "f.yaml", Data: []byte(before), Named: true})
		if len(findings) > 0 {
			rt.Fatalf("%v\n%s", findings, before)
		}
		after := string(out.Data)
		if again, _ := spec.Format(spec.File{Name: "f.yaml", Data: out.Data, Named: true}); string(again.Data) != after {
			rt.Fatalf("formatting again changes it:\n%s\nto\n%s", after, again.Data)
		}
		if !strings.Contains(after, "apiVersion: slojourn/v1") || strings.Index(after, "\nmetadata:") > strings.Index(after, "\nspec:") {
			rt.Fatalf("the keys are in the wrong order:\n%s", after)
		}
		checkComments(rt, after)
		checkMeaning(t, "f.yaml", []byte(before), out.Data)
	})
}

// checkComments looks for what each comment is about right below it. Those
// about the first key of the document are about all of it; those about the
// first key of an item may have moved above its hyphen.
func checkComments(t *rapid.T, text string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		_, name, found := strings.Cut(strings.TrimLeft(line, " "), " about ")
		if !found || !strings.HasPrefix(strings.TrimLeft(line, " "), "# ") || strings.HasPrefix(line, "#") {
			continue
		}
		next := ""
		for _, below := range lines[i+1:] {
			if next = strings.TrimLeft(below, " "); next != "" && next[0] != '#' {
				break
			}
		}
		if !strings.HasPrefix(strings.TrimPrefix(next, "- "), name) && !strings.HasPrefix(next, name) {
			t.Fatalf("%q stands above %q:\n%s", line, next, text)
		}
	}
}
