package rules

import "testing"

func TestEscape(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"100 %":         "100 %",
		"{{ $value }}":  `{{"{"}}{{"{"}} $value }}`,
		"%{PATH} and }": `{{"%"}}{{"{"}}PATH} and }`,
		"{%{{ x }}":     `{{"{"}}{{"%"}}{{"{"}}{{"{"}} x }}`,
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
}
