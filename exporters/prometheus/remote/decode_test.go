package remote

import (
	"fmt"
	"math"
	"strings"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"
)

// decode reads a body as Prometheus does, without it: samples by their labels.
func decode(t rapid.TB, body []byte) map[string][]string {
	t.Helper()
	data, err := snappy.Decode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	series := map[string][]string{}
	fields(t, data, func(_ protowire.Number, one []byte, _ uint64) {
		var labels, samples []string
		fields(t, one, func(number protowire.Number, part []byte, _ uint64) {
			var texts []string
			var value float64
			var stamp uint64
			fields(t, part, func(n protowire.Number, text []byte, bits uint64) {
				switch {
				case number == seriesLabels:
					texts = append(texts, string(text))
				case n == sampleValue:
					value = math.Float64frombits(bits)
				default:
					stamp = bits
				}
			})
			if number == seriesLabels {
				labels = append(labels, strings.Join(texts, "="))
			} else {
				samples = append(samples, fmt.Sprintf("%v@%d", value, stamp))
			}
		})
		key := strings.Join(labels, " ")
		if len(series[key]) > 0 {
			t.Fatalf("%s is there twice", key)
		}
		series[key] = samples
	})
	return series
}

// fields calls do for each field of a message, with its bytes or its bits.
func fields(t rapid.TB, message []byte, do func(protowire.Number, []byte, uint64)) {
	t.Helper()
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		var data []byte
		var bits uint64
		size := -1
		if n > 0 {
			switch message = message[n:]; kind {
			case protowire.BytesType:
				data, size = protowire.ConsumeBytes(message)
			case protowire.Fixed64Type:
				bits, size = protowire.ConsumeFixed64(message)
			case protowire.VarintType:
				bits, size = protowire.ConsumeVarint(message)
			}
		}
		if size < 0 {
			t.Fatal("the request is no message of protobuf")
		}
		do(number, data, bits)
		message = message[size:]
	}
}
