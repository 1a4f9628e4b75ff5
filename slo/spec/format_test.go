package spec_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// updating reports whether golden files are to be rewritten; the flag is that
// of reference_test.go.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// formatted lays a file out, and again.
func formatted(t *testing.T, name string, data []byte) (string, diag.List) {
	t.Helper()
	out, findings := spec.Format(spec.File{Name: name, Data: data, Named: true})
	again, _ := spec.Format(spec.File{Name: name, Data: out.Data, Named: true})
	if diff := cmp.Diff(string(out.Data), string(again.Data)); diff != "" {
		t.Errorf("%s: formatting again changes it (-once +twice):\n%s", name, diff)
	}
	return string(out.Data), findings
}

// TestFormatGolden lays out testdata/format/*.yaml. What findings say stands
// in comments at the end of the .golden files.
func TestFormatGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/format/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, findings := formatted(t, filepath.Base(file), data)
			for _, d := range findings {
				got += "# " + d.Span.String() + ": " + d.Severity.String() + ": " + d.Message.String() + "\n"
			}
			path := strings.TrimSuffix(file, ".yaml") + ".golden"
			if updating() {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestFormatErrors leaves a file with errors as it is.
func TestFormatErrors(t *testing.T) {
	t.Parallel()
	const fine = "kind:   Team\napiVersion: slojourn/v1\nmetadata: {name: a}\n"
	for _, test := range []struct{ name, data, place string }{
		{"syntax", fine + "---\napiVersion: slojourn/v1\nkind: [\n" + "---\n" + fine, "f.yaml:6:7"},
		{"encoding", fine + "# \xff\n", "f.yaml:4:3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, findings := formatted(t, "f.yaml", []byte(test.data))
			if len(findings) != 1 || !findings.Failed() || findings[0].Span.String() != test.place {
				t.Errorf("got %v, want an error at %s", findings, test.place)
			}
			if got != test.data {
				t.Errorf("the file was changed:\n%s", got)
			}
		})
	}
}

// corpus returns every spec of the repository: examples, the pages' blocks of
// YAML, and test data.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, root := range []string{"../../examples", "../../docs", "../../README.md", "../../internal/load/testdata", "testdata"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			switch filepath.Ext(path) {
			case ".yaml":
				files[path] = data
			case ".md":
				for i, block := range blocks.FindAllSubmatch(data, -1) {
					files[path+"#"+string(rune('a'+i))] = block[1]
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 90 {
		t.Fatalf("found %d specs", len(files))
	}
	files["whole"] = []byte(whole)
	return files
}

// TestFormatKeepsMeaning decodes every spec of the repository before and after.
func TestFormatKeepsMeaning(t *testing.T) {
	t.Parallel()
	for name, data := range corpus(t) {
		got, findings := formatted(t, name, data)
		checkMeaning(t, name, data, []byte(got))
		if len(findings) > 0 && !findings.Failed() && !strings.HasPrefix(name, "testdata/format") {
			t.Errorf("%s is not laid out: %s", name, findings[0].Message)
		}
		if strings.HasPrefix(name, "../../examples") && got != string(data) {
			t.Errorf("%s is not in the canonical layout (-is +should):\n%s", name, cmp.Diff(string(data), got))
		}
	}
}

func checkMeaning(t *testing.T, name string, before, after []byte) {
	t.Helper()
	decode := func(data []byte) (slo.Declarations, []string) {
		result, findings := spec.Decode(spec.File{Name: "f.yaml", Folder: "/", Data: data, Named: true})
		var codes []string
		for _, d := range findings {
			codes = append(codes, string(d.Code))
		}
		return result.Declarations, codes
	}
	want, wantFindings := decode(before)
	got, gotFindings := decode(after)
	options := []cmp.Option{
		cmpopts.IgnoreTypes(diag.Span{}),
		cmp.Comparer(func(a, b diag.Text) bool { return a.String() == b.String() }),
		cmp.Exporter(func(t reflect.Type) bool { return strings.HasSuffix(t.PkgPath(), "/slo") }),
	}
	if diff := cmp.Diff(want, got, options...); diff != "" {
		t.Errorf("%s declares something else (-before +after):\n%s", name, diff)
	}
	sorted := cmpopts.SortSlices(strings.Compare)
	if diff := cmp.Diff(wantFindings, gotFindings, sorted); diff != "" {
		t.Errorf("%s has other findings (-before +after):\n%s", name, diff)
	}
}

// FuzzFormat lays out anything: it must not panic, must not change what is
// declared, and must have nothing left to do the second time.
func FuzzFormat(f *testing.F) {
	for _, data := range corpus(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _ := formatted(t, "f.yaml", data)
		checkMeaning(t, "f.yaml", data, []byte(got))
	})
}
