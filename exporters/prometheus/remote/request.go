package remote

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Numbers of fields in prometheus.WriteRequest and what it is made of.
const (
	requestSeries = 1
	seriesLabels  = 1
	seriesSamples = 2
	labelName     = 1
	labelValue    = 2
	sampleValue   = 1
	sampleTime    = 2
)

// Bounds of a request.
const (
	mostSamples = 9_999   // a minute of an SLO has three
	mostBytes   = 1 << 20 // before it is compressed
)

// The series of an SLO, by their places.
const (
	good = iota
	bad
	minutes
	seriesOfSLO
)

// encoded are the labels of each series of an SLO, as they stand in a request.
type encoded [seriesOfSLO][]byte

// encodedLabels returns the labels of an SLO, with others beside them.
func encodedLabels(id string, others map[string]string) encoded {
	base := maps.Clone(others)
	if base == nil {
		base = map[string]string{}
	}
	base["id"] = id
	if journey, step, isStep := slo.CutID(id); isStep {
		base["journey"], base["step"] = journey, step
	}
	events := func(outcome string) []byte {
		labels := maps.Clone(base)
		labels["__name__"], labels["outcome"] = burnrate.SeriesOfEvents, outcome
		return encodeLabels(labels)
	}
	base["__name__"] = burnrate.SeriesOfMinutes
	return encoded{good: events("good"), bad: events("bad"), minutes: encodeLabels(base)}
}

// encodeLabels writes labels, ordered by name as receivers want them.
func encodeLabels(labels map[string]string) []byte {
	var all, one []byte
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		one = protowire.AppendString(protowire.AppendTag(one[:0], labelName, protowire.BytesType), name)
		one = protowire.AppendString(protowire.AppendTag(one, labelValue, protowire.BytesType), labels[name])
		all = protowire.AppendBytes(protowire.AppendTag(all, seriesLabels, protowire.BytesType), one)
	}
	return all
}

// item is a measured minute of an SLO.
type item struct {
	minute slo.Minute
	slo    int // its place in a feed
	counts slo.Counts
}

// itemOf returns the item of a row, and false for what was not measured or cannot be.
func itemOf(m slo.Minute, place int, row *burnrate.Row) (item, bool) {
	if !row.Countable() {
		return item{}, false
	}
	return item{m, place, row.Counts}, true
}

// values are those of its samples. Counts are divided by their unit, which gives the
// same number as its decimals are read as.
func (i item) values(unit int64) [seriesOfSLO]float64 {
	return [seriesOfSLO]float64{
		good: float64(i.counts.Total-i.counts.Bad) / float64(unit), bad: float64(i.counts.Bad) / float64(unit), minutes: 1,
	}
}

// target is an SLO as it is sent.
type target struct {
	id     string
	unit   int64
	labels encoded
}

// sampleBytes is how many bytes a sample takes: two tags, two lengths, a value, and a
// time of six bytes until 2109.
const sampleBytes = 2 + 1 + 8 + 1 + 6

// cut returns how many of the items go into one request.
func cut(items []item, targets []target) int {
	bytes, seen := 0, map[int]bool{}
	for n, i := range items {
		bytes += seriesOfSLO * sampleBytes
		if !seen[i.slo] {
			seen[i.slo] = true
			for _, labels := range targets[i.slo].labels {
				bytes += len(labels) + 8
			}
		}
		if n > 0 && (bytes > mostBytes || seriesOfSLO*(n+1) > mostSamples) {
			return n
		}
	}
	return len(items)
}

// encode writes the body of a request: the samples of each series in order.
func encode(items []item, targets []target) []byte {
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(a.slo, b.slo) })
	var request, one, sample []byte
	for len(items) > 0 {
		t, n := &targets[items[0].slo], 1
		for n < len(items) && items[n].slo == items[0].slo {
			n++
		}
		for s := range seriesOfSLO {
			one = append(one[:0], t.labels[s]...)
			for _, i := range items[:n] {
				sample = protowire.AppendFixed64(protowire.AppendTag(sample[:0], sampleValue, protowire.Fixed64Type), math.Float64bits(i.values(t.unit)[s]))
				sample = protowire.AppendVarint(protowire.AppendTag(sample, sampleTime, protowire.VarintType), uint64((i.minute + 1).Millis()))
				one = protowire.AppendBytes(protowire.AppendTag(one, seriesSamples, protowire.BytesType), sample)
			}
			request = protowire.AppendBytes(protowire.AppendTag(request, requestSeries, protowire.BytesType), one)
		}
		items = items[n:]
	}
	return snappy.Encode(nil, request)
}
