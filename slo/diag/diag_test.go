package diag_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	keys := []string{"objective", "objectives", "owner", "target", "window", "at"}
	tests := []struct{ word, want string }{
		{"objektive", "objective"},    // substituted
		{"objetive", "objective"},     // left out
		{"objectivess", "objectives"}, // added
		{"onwer", "owner"},            // swapped
		{"taregt", "target"},
		{"TARGET", "target"},       // case does not count
		{"WINDOWS", "window"},      // also together with an edit
		{"trgate", ""},             // three edits in six characters
		{"obejctvie", "objective"}, // two swaps in nine characters
		{"att", "at"},
		{"ta", "at"},
		{"to", ""},
		{"x", ""}, // all of one character may not change
		{"", ""},
		{"nothing", ""},
	}
	for _, tt := range tests {
		got, ok := diag.Nearest(tt.word, keys)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q) = %q, %t, want %q", tt.word, got, ok, tt.want)
		}
	}
	if got, _ := diag.Nearest("bat", []string{"cat", "hat"}); got != "cat" {
		t.Errorf("of equally near candidates Nearest chose %q, want the first", got)
	}
	if got, _ := diag.Nearest("東京駅", []string{"東亰駅"}); got != "東亰駅" {
		t.Errorf("Nearest counts bytes and not characters: %q", got)
	}
	if got, ok := diag.Nearest("word", nil); ok {
		t.Errorf("Nearest without candidates = %q", got)
	}
}

func TestListSort(t *testing.T) {
	t.Parallel()
	finding := func(code diag.Code, s diag.Span, message diag.Phrase) diag.Diagnostic {
		return diag.Diagnostic{Code: code, Severity: diag.Error, Span: s, Message: message}
	}
	other := span(1, 1, 1, 2)
	other.File = "e.yaml"
	want := diag.List{
		finding("SLO009", other, diag.Verbatim("another file")),
		finding("SLO009", span(2, 3, 2, 4), diag.Verbatim("z")),
		finding("SLO001", span(2, 3, 2, 9), diag.Verbatim("a longer span")),
		finding("SLO001", span(2, 10, 2, 11), diag.Verbatim("10 is behind 3")),
		finding("SLO001", span(10, 1, 10, 2), diag.Verbatim("a")),
		finding("SLO001", span(10, 1, 10, 2), diag.Verbatim("b")),
		finding("SLO002", span(10, 1, 10, 2), diag.Verbatim("a")),
	}
	got := diag.List{want[6], want[3], want[5], want[0], want[4], want[2], want[5], want[1], want[6]}
	got.Sort()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sort (-want +got):\n%s", diff)
	}

	var empty diag.List
	empty.Sort()
	if len(empty) != 0 {
		t.Errorf("sorting nothing gave %v", empty)
	}
}

// TestListSortOnce keeps one place of what is said once, and all that are accepted.
func TestListSortOnce(t *testing.T) {
	t.Parallel()
	sampled := func(line int, message, reason string) diag.Diagnostic {
		return diag.Diagnostic{
			Code: diag.CodeNRQLSampled, Severity: diag.Info, Span: span(line, 1, line, 2), Message: diag.Verbatim(message), Once: true, Acceptance: reason,
		}
	}
	warning := diag.Diagnostic{Code: diag.CodeNRQLSampled, Severity: diag.Warning, Span: span(6, 1, 6, 2), Message: diag.Verbatim("a")}
	got := diag.List{
		sampled(5, "a", ""), sampled(4, "a", ""), sampled(3, "b", ""), sampled(2, "a", "known"), sampled(1, "a", "known"), warning, sampled(7, "b", ""),
	}
	got.Sort()
	want := diag.List{sampled(1, "a", "known"), sampled(2, "a", "known"), sampled(3, "b", ""), sampled(4, "a", ""), warning}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sort (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:], got.Counting()); diff != "" {
		t.Errorf("Counting (-want +got):\n%s", diff)
	}
}

// TestAccepted does not count what is accepted.
func TestAccepted(t *testing.T) {
	t.Parallel()
	list := diag.List{{Severity: diag.Warning, Acceptance: "known"}, {Severity: diag.Info}}
	if worst := list.Worst(); worst != diag.Info {
		t.Errorf("the worst is %s", worst)
	}
	if worst := list[:1].Worst(); worst != 0 {
		t.Errorf("the worst of what is accepted is %s", worst)
	}
}

// TestCodes lists the codes that are declared, and accepts only such codes.
func TestCodes(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("code.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared []diag.Code
	for _, m := range regexp.MustCompile(`"(SLO\d{3})"`).FindAllStringSubmatch(string(source), -1) {
		declared = append(declared, diag.Code(m[1]))
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, diag.Codes()); diff != "" {
		t.Errorf("codes (-declared +listed):\n%s", diff)
	}
	acceptable := diag.Acceptable()
	if !slices.IsSorted(acceptable) {
		t.Errorf("%v are not in order", acceptable)
	}
	for _, code := range acceptable {
		if !slices.Contains(declared, code) {
			t.Errorf("%s can be accepted, and is not declared", code)
		}
	}
}

func TestSpanHolds(t *testing.T) {
	t.Parallel()
	other := span(3, 1, 3, 2)
	other.File = "e.yaml"
	within := span(2, 5, 4, 3)
	for _, tt := range []struct {
		span diag.Span
		want bool
	}{
		{span(2, 4, 2, 9), false},
		{span(2, 5, 9, 1), true},
		{span(3, 1, 3, 1), true},
		{span(4, 2, 4, 3), true},
		{span(4, 3, 4, 3), false},
		{diag.Span{File: "f.yaml"}, false},
		{other, false},
	} {
		if got := within.Holds(tt.span); got != tt.want {
			t.Errorf("%v: got %t, want %t", tt.span, got, tt.want)
		}
	}
}

func TestListWorst(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		severities []diag.Severity
		want       diag.Severity
		failed     bool
	}{
		{"empty", nil, 0, false},
		{"info", []diag.Severity{diag.Info}, diag.Info, false},
		{"warning", []diag.Severity{diag.Info, diag.Warning, diag.Info}, diag.Warning, false},
		{"error last", []diag.Severity{diag.Warning, diag.Error}, diag.Error, true},
		{"error first", []diag.Severity{diag.Error, diag.Info}, diag.Error, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var list diag.List
			for _, s := range tt.severities {
				list.Add(diag.Diagnostic{Severity: s})
			}
			if got := list.Worst(); got != tt.want {
				t.Errorf("Worst() = %v, want %v", got, tt.want)
			}
			if got := list.Failed(); got != tt.failed {
				t.Errorf("Failed() = %t, want %t", got, tt.failed)
			}
		})
	}
}

func TestListErrorf(t *testing.T) {
	t.Parallel()
	var list diag.List
	list.Errorf(diag.CodeTarget, span(1, 2, 1, 5), diag.Verbatim("use less"), "target %d%% leaves no budget", 100)
	want := diag.List{{
		Code: diag.CodeTarget, Severity: diag.Error, Span: span(1, 2, 1, 5),
		Message: diag.Verbatim("target 100% leaves no budget"), Hint: diag.Verbatim("use less"),
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("Errorf (-want +got):\n%s", diff)
	}
}

func TestSpanString(t *testing.T) {
	t.Parallel()
	tests := []struct {
		span diag.Span
		want string
	}{
		{span(3, 14, 3, 20), "f.yaml:3:14"},
		{diag.Span{Start: at(3, 14)}, "3:14"},
		{diag.Span{File: "f.yaml"}, "f.yaml"},
		{diag.Span{}, ""},
	}
	for _, tt := range tests {
		if got := tt.span.String(); got != tt.want {
			t.Errorf("%#v prints %q, want %q", tt.span, got, tt.want)
		}
	}
}

func TestSeverityText(t *testing.T) {
	t.Parallel()
	for severity, want := range map[diag.Severity]string{
		diag.Error: "error", diag.Warning: "warning", diag.Info: "info", 0: "Severity(0)",
	} {
		text, err := severity.MarshalText()
		if err != nil || string(text) != want || severity.String() != want {
			t.Errorf("Severity %d prints %q and marshals to %q, %v, want %q", int(severity), severity.String(), text, err, want)
		}
	}
}

func TestLocated(t *testing.T) {
	t.Parallel()
	written := diag.At(99, span(1, 2, 1, 4))
	if written.Value != 99 || written.Span != span(1, 2, 1, 4) || !written.Written() {
		t.Errorf("At gave %+v, written %t", written, written.Written())
	}
	if assumed := (diag.Located[int]{Value: 1}); assumed.Written() {
		t.Error("a value without a place counts as written")
	}
}
