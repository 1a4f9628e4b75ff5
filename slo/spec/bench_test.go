package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/spec"
)

// BenchmarkDecodeOneLine decodes a spec as programs write it: JSON on one
// line. The time per step must not grow with the number of steps.
func BenchmarkDecodeOneLine(b *testing.B) {
	for _, steps := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("steps=%d", steps), func(b *testing.B) {
			var list []string
			for i := range steps {
				list = append(list, fmt.Sprintf(`{"name":"s%d","sli":{"from":"Transaction","where":"name = 'ü%d'","bad":"error IS TRUE","odd":1}}`, i, i))
			}
			data := []byte(`{"apiVersion":"slojourn/v1","kind":"Journey","metadata":{"name":"j","owner":"o"},"spec":{"objective":"99%","steps":[` +
				strings.Join(list, ",") + `]}}`)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, findings := spec.Decode(spec.File{Name: "f", Data: data}); len(findings) != steps {
					b.Fatalf("%d findings", len(findings))
				}
			}
		})
	}
}
