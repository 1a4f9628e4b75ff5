package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func locales() []slo.Locale { return []slo.Locale{slo.English, slo.Japanese} }

func pageOf(t *testing.T, doc report.Backtest, locale slo.Locale) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Backtest(&b, doc, locale); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]report.Backtest{"retail": retail(), "compared": compared()} {
		for _, locale := range locales() {
			got := pageOf(t, doc, locale)
			if again := pageOf(t, doc, locale); !bytes.Equal(got, again) {
				t.Errorf("%s in %s is not the same bytes again", name, locale)
			}
			file := "testdata/" + name + "." + string(locale) + ".html"
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil { //nolint:gosec // a page to look at
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
			}
		}
	}
}

// elements are those that pages are made of.
func elements() map[string]bool {
	list := map[string]bool{}
	for name := range strings.FieldsSeq(`html head meta title style body main header section div h1 h2 p span ul li dl dt dd table thead tbody tr th td
		details summary svg g defs pattern path circle rect line text use desc`) {
		list[name] = true
	}
	return list
}

// check reads a page as strictly as XML is read: everything is closed, escaped, known
// and harmless, names of ids are there once, and nothing comes from elsewhere.
func check(t *testing.T, name string, page []byte) {
	t.Helper()
	known, ids := elements(), map[string]bool{}
	var links []string
	decoder := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s is not well-formed: %v", name, err)
			return
		}
		element, is := token.(xml.StartElement)
		if !is {
			continue
		}
		if !known[element.Name.Local] {
			t.Errorf("%s has an element %s", name, element.Name.Local)
		}
		for _, a := range element.Attr {
			value := a.Value
			switch attribute := a.Name.Local; {
			case attribute == "id":
				if ids[value] {
					t.Errorf("%s has the id %s twice", name, value)
				}
				ids[value] = true
			case attribute == "href":
				links = append(links, value)
			case attribute == "src", attribute == "style", strings.HasPrefix(attribute, "on"):
				t.Errorf("%s has %s=%q", name, attribute, value)
			case strings.Contains(value, "url(") || strings.Contains(value, "ZgotmplZ"):
				t.Errorf("%s has %s=%q", name, attribute, value)
			}
		}
	}
	for _, link := range links {
		if id, local := strings.CutPrefix(link, "#"); !local || !ids[id] {
			t.Errorf("%s leads to %q", name, link)
		}
	}
	if !bytes.Contains(page, []byte(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />`)) {
		t.Errorf("%s does not forbid what comes from elsewhere", name)
	}
}

func TestWellFormed(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]report.Backtest{"retail": retail(), "compared": compared(), "large": large(), "largeCompared": largeCompared()} {
		for _, locale := range locales() {
			page := pageOf(t, doc, locale)
			check(t, name, page)
			if rest := bytes.ReplaceAll(page, []byte("http-equiv"), nil); bytes.Contains(rest, []byte("http")) {
				t.Errorf("%s in %s speaks of an address: %.80q", name, locale, rest[bytes.Index(rest, []byte("http")):])
			}
			if !bytes.Contains(page, []byte(`<html lang="`+string(locale)+`">`)) {
				t.Errorf("%s does not say that it is in %s", name, locale)
			}
		}
	}
}

// fill puts a text into everything that is a plain text, at any depth.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, text := range hostile.Texts() {
		for _, make := range []func() report.Backtest{retail, compared} {
			doc := make()
			fill(reflect.ValueOf(&doc).Elem(), text)
			doc.TimeZone = "UTC"
			for _, locale := range locales() {
				page := pageOf(t, doc, locale)
				check(t, name, page)
				if bytes.Contains(page, []byte(hostile.Key)) {
					t.Errorf("%s: a key is shown", name)
				}
				if len(page) > 1<<20 {
					t.Errorf("%s: the page has %d bytes", name, len(page))
				}
				if controls := regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]").FindAll(page, 1); len(controls) > 0 {
					t.Errorf("%s: the page has a control character %q", name, controls[0])
				}
			}
		}
	}
}

// TestCounted has every list say how much of it is left out.
func TestCounted(t *testing.T) {
	t.Parallel()
	page := string(pageOf(t, large(), slo.English))
	for _, want := range []string{
		`<p class="soft paper more">and 40 more objectives; pages: 85, tickets: 94 &#43; 1</p>`, `<p class="soft paper more">and 18 more objectives without alerts</p>`,
		`<p class="soft screen">and 4 more objectives; pages: 0, tickets: 0</p>`, `<p class="soft screen">and 105 more</p>`, `<p class="soft paper">and 198 more</p>`,
		`<p class="soft paper">and 22 more · and 2 more tiers without a column</p>`, `<li class="soft paper">and 8 more</li>`,
		`<p class="soft screen">and 24 more</p>`, `<p class="soft paper">and 52 more</p>`, `<p class="soft paper">and 10 more</p>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q; it says %q", want, regexp.MustCompile(`<(p|li) class="soft (screen|paper)[^>]*>and[^<]*<`).FindAllString(page, -1))
		}
	}
	doc := retail()
	for n := range 400 {
		doc.Runs[0].Episodes = append(doc.Runs[0].Episodes, burned("store-search", "web", slo.Page, at(1, 0, n), 1, 0, 0))
	}
	page = string(pageOf(t, doc, slo.English))
	if marks := strings.Count(page, `<g class="mark `); marks > 320 || !strings.Contains(page, "102 more marks are not drawn") {
		t.Errorf("%d marks are drawn", marks)
	}
}

// TestLabels has all words in both languages, and the same ones for the same marks.
func TestLabels(t *testing.T) {
	t.Parallel()
	for _, locale := range append(locales(), "") {
		v := reflect.ValueOf(labelsOf(locale)).Elem()
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s has no %s", locale, v.Type().Field(i).Name)
			}
		}
	}
	for name, text := range english().MarkNames {
		if other := japanese().MarkNames[name]; other == "" || text == other {
			t.Errorf("the mark %s is %q and %q", name, text, other)
		}
	}
	if en, ja := len(english().MarkNames), len(japanese().MarkNames); en != ja {
		t.Errorf("there are %d and %d marks", en, ja)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	three, unlike, zone := retail(), compared(), retail()
	three.Runs = append(three.Runs, three.Runs[0], three.Runs[0])
	unlike.Comparison = nil
	zone.TimeZone = "Asia/Tokio"
	for want, doc := range map[string]report.Backtest{
		"page of a backtest: the document has 0 runs": {}, "page of a backtest: the document has 3 runs": three,
		"page of a backtest: the document has two runs and does not compare them": unlike, `page of a backtest: the time zone "Asia/Tokio" is not known`: zone,
	} {
		var b bytes.Buffer
		if err := Backtest(&b, doc, slo.English); err == nil || !strings.HasPrefix(err.Error(), want) || b.Len() > 0 {
			t.Errorf("%v with %d bytes, want %s", err, b.Len(), want)
		}
	}
}

// TestIndexes has documents whose indexes lead nowhere: they say less, and nothing
// else happens.
func TestIndexes(t *testing.T) {
	t.Parallel()
	doc := compared()
	doc.Comparison.Gained, doc.Comparison.Lost = []int{-1, 99}, []int{-1, 99}
	nowhere, below := 99, -1
	doc.Comparison.Kept = []backtest.Pair{{Before: 99, After: -1, Later: 1}}
	doc.Comparison.Objectives = []backtest.ObjectiveChange{{ID: "a", Before: &nowhere, After: &below}, {ID: "b", After: &nowhere}}
	for n := range doc.Runs {
		j := *doc.Runs[n].Judgement
		j.Incidents = append(j.Incidents[:0:0], j.Incidents...)
		for i := range j.Incidents {
			j.Incidents[i].Told, j.Incidents[i].Seen = &nowhere, []backtest.Sighting{{Objective: -1}, {Objective: 99}, {Tier: -1}, {Tier: 99}}
		}
		doc.Runs[n].Judgement = &j
	}
	doc.From, doc.To = at(3, 0, 0), at(3, 0, 0)
	check(t, "nowhere", pageOf(t, doc, slo.English))
	empty := report.Backtest{Runs: []report.BacktestRun{{}}, From: at(3, 0, 0), To: at(3, 0, 0).Add(time.Hour)}
	page := pageOf(t, empty, slo.English)
	check(t, "empty", page)
	if !bytes.Contains(page, []byte(english().NoAlerts)) || !bytes.Contains(page, []byte(english().NoPages)) {
		t.Error("an empty page does not say that there is nothing")
	}
}
