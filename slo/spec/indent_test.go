package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/spec"
)

// TestNoFaultWhereNoneIs breaks documents that are fine at their last line: the
// mistake is found there, and none before it.
func TestNoFaultWhereNoneIs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	texts := map[string]string{"whole": whole, "odd": odd}
	for _, name := range files {
		if filepath.Base(name) == "incidents.yaml" { // a list, and no spec
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	for name, text := range texts {
		for number, document := range strings.Split(text, "\n---\n") {
			broken := strings.TrimRight(document, "\n") + "\nbroken: [\n"
			_, findings := spec.Decode(spec.File{Name: "f", Data: []byte(broken), Named: true})
			if last := strings.Count(broken, "\n"); len(findings) != 1 || findings[0].Span.Start.Line != last {
				t.Errorf("%s, document %d: got %v, want one finding on line %d", name, number+1, findings, last)
			}
		}
	}
}

// odd is right, although it does not look so.
const odd = `# A comment.
apiVersion: slojourn/v1
kind: Journey
metadata:
      name: shop
      title: A title of
        three lines -

        the last one
      owner:
        web
spec:
  steps:
  - name: a
    sli:
          from: [A,
    B]
          bad: |

            a = 1
              OR b = 2

          where: >-2
              c: 3
             d
        # Not a part of it.
  -   name: b
      description: "two
 lines"
      sli:
         from: B
         bad: &bad
          x = 'a: b'
  -
    name: c
    sli: {from: C,
  bad: *bad}
  objective:
  - - {target: 99.9%}
    - [a]
  - b
  "quoted": 'x'
`
