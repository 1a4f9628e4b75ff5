package prometheus

import (
	"strings"
	"time"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// label is a name of a label, which is always one of the classic kind, and a value,
// which may be any text. A label without a value is the same as none.
type label struct{ name, value string }

// batchSize is how many samples are encoded at once. The parts of a batch are used
// again and again, so that a page of any size takes the same memory to encode as text;
// messages need that of the encoded form of a family as well.
const batchSize = 512

// batch collects samples of one family and hands them on when it is full.
type batch struct {
	family *dto.MetricFamily
	full   func(*dto.MetricFamily) error
	parts  []part
	began  time.Time // of counters whose samples follow, zero for none
	err    error     // the first one of full
}

// part is what one sample is made of.
type part struct {
	metric  dto.Metric
	gauge   dto.Gauge
	counter dto.Counter
	created timestamppb.Timestamp
	value   float64
	labels  []*pair
}

type pair struct {
	dto.LabelPair
	label
}

func newBatch(full func(*dto.MetricFamily) error) *batch {
	b := &batch{full: full, parts: make([]part, batchSize)}
	for i := range b.parts {
		p := &b.parts[i]
		p.gauge.Value, p.counter.Value = &p.value, &p.value
	}
	return b
}

// begin says which family the samples that follow are of.
func (b *batch) begin(name, help string, kind dto.MetricType) {
	b.family = &dto.MetricFamily{Name: &name, Help: &help, Type: &kind, Metric: make([]*dto.Metric, 0, batchSize)}
}

// add adds a sample. Labels without a value are left out.
func (b *batch) add(value float64, labels ...label) {
	if b.err != nil {
		return
	}
	p := &b.parts[len(b.family.Metric)]
	p.value = value
	p.metric.Label = p.metric.Label[:0]
	for _, l := range labels {
		if l.value != "" {
			p.label(l)
		}
	}
	p.metric.Gauge, p.metric.Counter = &p.gauge, nil
	if b.family.GetType() == dto.MetricType_COUNTER {
		p.metric.Gauge, p.metric.Counter, p.counter.CreatedTimestamp = nil, &p.counter, nil
		if !b.began.IsZero() {
			p.created.Seconds, p.created.Nanos = b.began.Unix(), int32(b.began.Nanosecond())
			p.counter.CreatedTimestamp = &p.created
		}
	}
	b.family.Metric = append(b.family.Metric, &p.metric)
	if len(b.family.Metric) == batchSize {
		b.flush()
	}
}

func (p *part) label(l label) {
	n := len(p.metric.Label)
	if n == len(p.labels) {
		added := &pair{}
		added.Name, added.Value = &added.name, &added.value
		p.labels = append(p.labels, added)
	}
	if !utf8.ValidString(l.value) {
		l.value = strings.ToValidUTF8(l.value, "\uFFFD")
	}
	p.labels[n].label = l
	p.metric.Label = append(p.metric.Label, &p.labels[n].LabelPair)
}

// flush hands on what is left.
func (b *batch) flush() {
	if b.err == nil && len(b.family.Metric) > 0 {
		b.err = b.full(b.family)
	}
	b.family.Metric = b.family.Metric[:0]
}
