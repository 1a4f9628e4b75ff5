package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// diffAbout is a document in which a text stands everywhere where others write.
func diffAbout(text string) report.Diff {
	place := diag.Span{File: text, Start: diag.Position{Line: 3, Column: 5}}
	return report.Diff{Base: text, Paths: []string{text}, BaseErrors: 2, Changes: []diff.Change{
		{
			Kind: diff.TargetLowered, Weight: diff.Loosens, Subject: diff.Subject{What: diff.Step, Name: "pay/show"}, Objective: "28d", Before: diag.Verbatim("99.9%"),
			After: diag.Verbatim("99.5%"), Budgets: []diff.Budget{{Before: 2419 * time.Second, After: 12096 * time.Second}}, Place: place,
		},
		{
			Kind: diff.SLIWhere, Weight: diff.Changes, Subject: diff.Subject{What: diff.Journey, Name: "pay"}, Detail: text, Before: diag.Verbatim(text), After: diag.Verbatim(text),
			Notes: []diag.Phrase{diag.Verbatim(text)}, Reaches: []string{text}, Place: place,
		},
		{Kind: diff.TeamAdded, Weight: diff.Gains, Subject: diff.Subject{What: diff.Team, Name: "payments"}, After: diag.Verbatim(text), Place: place},
		{Kind: diff.TitleChanged, Weight: diff.Neutral, Subject: diff.Subject{What: diff.Several}, Before: diag.Verbatim(text), After: diag.Verbatim(text), Reaches: []string{"a", text}},
	}}
}

func diffOutputs(t *testing.T, doc report.Diff) map[string]string {
	t.Helper()
	var text, markdown, document bytes.Buffer
	for _, err := range []error{report.DiffText(&text, doc, false), report.DiffMarkdown(&markdown, doc), report.DiffJSON(&document, doc)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"text": text.String(), "markdown": markdown.String(), "json": document.String()}
}

// TestDiffHostile shows texts of others without their effects, on the lines and in the
// cells where they belong.
func TestDiffHostile(t *testing.T) {
	t.Parallel()
	for name, language := range map[string]diag.Language{"English": nil, "Japanese": japanese.Language()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkHostileDiffs(t, language)
		})
	}
}

func checkHostileDiffs(t *testing.T, language diag.Language) {
	t.Helper()
	about := func(text string) report.Diff {
		doc := diffAbout(text)
		doc.Language = language
		return doc
	}
	harmless := diffOutputs(t, about("harmless"))
	for _, text := range slices.Concat(hostileTexts(), slices.Sorted(maps.Values(hostile.Texts()))) {
		if text == "" {
			continue // what is not there has no line
		}
		text = text[:min(len(text), 3000)] // longer ones take only longer
		for format, got := range diffOutputs(t, about(text)) {
			if lines, want := strings.Count(got, "\n"), strings.Count(harmless[format], "\n"); lines != want {
				t.Errorf("%s of %q has %d lines, want %d:\n%s", format, text, lines, want, got)
			}
			if strings.ContainsFunc(got, hostileRune) || format != "json" && strings.Contains(got, hostile.Key[:8]) {
				t.Errorf("%s of %q: %q", format, text, got)
			}
			if format != "markdown" {
				continue
			}
			want := strings.Split(harmless[format], "\n")
			for i, line := range strings.Split(got, "\n") {
				if columns := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); i < len(want) && columns != strings.Count(want[i], "|") {
					t.Errorf("%q: the line %q has %d borders of cells, want those of %q", text, line, columns, want[i])
				}
				if found := markup.FindString(strings.NewReplacer("**", "", "<details>", "", "</details>", "", "<summary>", "", "</summary>", "").Replace(line)); found != "" {
					t.Errorf("%q: %q in %q", text, found, line)
				}
			}
		}
	}
}

// TestDiffIsShort keeps a comment within what sites take, and says what it leaves out.
func TestDiffIsShort(t *testing.T) {
	t.Parallel()
	const mostCharacters = 65536
	var doc report.Diff
	for n := range 70 {
		for _, weight := range diff.Weights() {
			doc.Changes = append(doc.Changes, diff.Change{
				Kind: diff.SLIWhere, Weight: weight, Subject: diff.Subject{What: diff.SLO, Name: fmt.Sprintf("slo-%d", n)}, Before: diag.Verbatim(strings.Repeat("<前", 200)), After: diag.Verbatim(strings.Repeat("後", 200)),
			})
		}
	}
	got := diffOutputs(t, doc)
	if length := len([]rune(got["markdown"])); length > mostCharacters {
		t.Errorf("a comment of %d characters", length)
	}
	for _, want := range []string{" more: `slojourn diff` prints all.", "<summary>70 neutral changes</summary>", "前\\<…", "| loosens | slo-0 |", "| tightens | slo-0 |", "| neutral | slo-0 |"} {
		if !strings.Contains(got["markdown"], want) {
			t.Errorf("nothing says %q", want)
		}
	}
	if lines := strings.Count(got["text"], "where changed"); lines != 420 {
		t.Errorf("the text has %d changes", lines)
	}
}

// TestDiffColor paints the weights and nothing else.
func TestDiffColor(t *testing.T) {
	t.Parallel()
	var plain, painted bytes.Buffer
	doc := diffAbout("harmless")
	if err := report.DiffText(&plain, doc, false); err != nil {
		t.Fatal(err)
	}
	if err := report.DiffText(&painted, doc, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[31mloosens  \x1b[0m", "\x1b[33mchanges  \x1b[0m", "\x1b[32mgains    \x1b[0m", "\x1b[2mneutral  \x1b[0m"} {
		if !strings.Contains(painted.String(), want) {
			t.Errorf("no %q in %q", want, painted.String())
		}
	}
	if got := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "").Replace(painted.String()); got != plain.String() {
		t.Errorf("without colours it is\n%s\nwant\n%s", got, plain.String())
	}
}

// TestDiffJSON has every key in every change, and the same count as the text.
func TestDiffJSON(t *testing.T) {
	t.Parallel()
	var document struct {
		Summary map[string]int
		Changes []map[string]any
	}
	if err := json.Unmarshal([]byte(diffOutputs(t, diffAbout("harmless"))["json"]), &document); err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(document.Changes[0]))
	for _, c := range document.Changes {
		if got := slices.Sorted(maps.Keys(c)); !slices.Equal(got, keys) {
			t.Errorf("%v has the keys %v, another one %v", c["kind"], got, keys)
		}
		if c["notes"] == nil || c["reaches"] == nil {
			t.Errorf("%v has a list that is null", c["kind"])
		}
	}
	if got := document.Summary["neutral"]; got != 2 {
		t.Errorf("%d neutral changes, want 2", got)
	}
}
