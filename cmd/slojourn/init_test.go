package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/slo"
)

// TestCreate writes all of a file or nothing, and never over another one.
func TestCreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "taken.yaml", "before")
	put(t, dir, "file", "")
	if err := os.Symlink("nowhere", filepath.Join(dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"taken.yaml", "link.yaml"} {
		if err := create(filepath.Join(dir, name), []byte("after")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := create(filepath.Join(dir, "file", "new.yaml"), nil); err == nil {
		t.Error("a folder was made below a file")
	}
	if err := create(filepath.Join(dir, "a", "b", "new.yaml"), []byte("after")); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"taken.yaml": "before", "a/b/new.yaml": "after"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
		return err
	})
	if got := strings.Join(names, " "); got != "new.yaml file link.yaml taken.yaml" || err != nil {
		t.Errorf("there is %s, error %v", got, err)
	}
}

// TestInitAtOnce writes one file from several processes: one of them does, and the others say
// once that it is there.
func TestInitAtOnce(t *testing.T) {
	t.Parallel()
	for locale, format := range map[string]string{
		"en": "slojourn: %s exists already, and is never overwritten; choose another name\n",
		"ja": "slojourn: %s はすでにあり、上書きはしません。別の名前にしてください\n",
	} {
		name := filepath.Join(t.TempDir(), "order.yaml")
		i := initiation{
			env: environment{stdout: io.Discard, stderr: io.Discard}, trusted: &trust{}, locale: slo.Locale(locale), words: initWordsIn(slo.Locale(locale)),
			place: place{folder: filepath.Dir(name), name: filepath.Base(name)},
		}
		layer, _ := draft.LayerNamed("log")
		journey := draft.Journey{
			Title: "Order", Name: "order", Owner: "orders", Teams: []string{"orders"}, Window: usualWindow, Target: usualTarget,
			Source: &draft.Source{Name: "newrelic", Account: 1, Region: slo.US, Key: slo.SecretRef{Env: "NEW_RELIC_API_KEY"}},
			Steps:  []draft.Step{{Name: "order", Layer: layer, Values: draft.Values{"service": "order"}}},
		}
		said := make(chan string, 8)
		for range cap(said) {
			go func() {
				err := i.finish(journey)
				if err == nil {
					said <- ""
					return
				}
				said <- "slojourn: " + err.Error() + "\n"
			}()
		}
		written := 0
		for range cap(said) {
			switch got := <-said; got {
			case "":
				written++
			case fmt.Sprintf(format, name):
			default:
				t.Errorf("%s: got %q", locale, got)
			}
		}
		if written != 1 {
			t.Errorf("%s: %d were written", locale, written)
		}
	}
}

// TestParseStep takes any value that is quoted as CSV, as it is.
func TestParseStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layer := rapid.SampledFrom(draft.Layers()).Draw(t, "layer")
		want := draft.Values{}
		var fields []string
		for _, field := range layer.Fields {
			value, err := field.Check(rapid.StringMatching(`[a-z]|[ -~]{1,20}|[ぁ-ん]{1,5}`).Draw(t, field.Key))
			if err != nil && field.Kind == draft.Seconds {
				value = "1.5"
			} else if err != nil {
				value = "usual"
			}
			if value != "" {
				want[field.Key] = value
				fields = append(fields, field.Key+"="+value)
			}
		}
		var text strings.Builder
		w := csv.NewWriter(&text)
		if err := w.Write(append(fields, "owner=web")); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		step, err := parseStep(layer.Name+":pay:"+strings.TrimSuffix(text.String(), "\n"), nil)
		if diff := cmp.Diff(want, step.Values); diff != "" || err != nil || step.Name != "pay" || step.Owner != "web" {
			t.Fatalf("got %+v, error %v\n%s", step, err, diff)
		}
	})
}

// TestLocaleOf follows the first variable that is set, as other programs do.
func TestLocaleOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flag, all, messages, lang string
		want                      slo.Locale
	}{
		{"", "", "", "", slo.English},
		{"", "", "", "ja_JP.UTF-8", slo.Japanese},
		{"", "", "", "ja", slo.Japanese},
		{"", "", "ja_JP", "en_US.UTF-8", slo.Japanese},
		{"", "C", "ja_JP", "ja_JP", slo.English},
		{"", "ja_JP", "C", "C", slo.Japanese},
		{"", "", "", "de_DE.UTF-8", slo.English},
		{"en", "ja_JP", "", "", slo.English},
		{"ja", "C", "", "", slo.Japanese},
	} {
		getenv := func(name string) string {
			return map[string]string{"LC_ALL": test.all, "LC_MESSAGES": test.messages, "LANG": test.lang}[name]
		}
		if got, err := localeOf(test.flag, getenv); got != test.want || err != nil {
			t.Errorf("%+v: got %q, error %v", test, got, err)
		}
	}
	if _, err := localeOf("fr", func(string) string { return "" }); err == nil {
		t.Error("an unknown language is taken")
	}
}

// TestInitWords says everything in both languages.
func TestInitWords(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		words := reflect.ValueOf(initWordsIn(locale))
		for i := range words.NumField() {
			if words.Field(i).IsZero() {
				t.Errorf("%s lacks %s", locale, words.Type().Field(i).Name)
			}
		}
	}
}

// TestShellWord quotes what a shell would take apart.
func TestShellWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"specs": "specs", "../a/b-c_d.yaml": "../a/b-c_d.yaml", "my specs": "'my specs'", "it's": `'it'\''s'`, "-x": "'-x'", "$(id)": "'$(id)'", "": "''", "予算": "'予算'",
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}
