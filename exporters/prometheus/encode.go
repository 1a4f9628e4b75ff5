package prometheus

import (
	"bytes"
	"fmt"
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Formats returns the formats that a page can be written in, the preferred ones
// first.
func Formats() []expfmt.Format {
	return []expfmt.Format{expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtOpenMetrics_0_0_1, expfmt.FmtProtoDelim, expfmt.FmtText}
}

// encode writes the families of a view, only some when names are given. Nothing is
// written behind them: a page of OpenMetrics has no end yet.
func encode(out io.Writer, v View, format expfmt.FormatType, names []string) error {
	e, err := newEncoder(out, format)
	if err != nil {
		return err
	}
	return collect(newContent(v), names, e.part, e.end)
}

// collect hands on the families of a view part by part, and says where each ends.
func collect(c *content, names []string, part func(*dto.MetricFamily) error, end func() error) error {
	b := newBatch(part)
	for _, f := range families() {
		if !wanted(names, f.name) {
			continue
		}
		b.begin(f.name, f.help, f.kind)
		f.collect(c, b)
		b.flush()
		if b.err != nil {
			return fmt.Errorf("write metric %s: %w", f.name, b.err)
		}
		if err := end(); err != nil {
			return err
		}
	}
	return nil
}

// encoder writes families that come in parts, as one each.
type encoder struct {
	out    io.Writer
	write  func(*bytes.Buffer, *dto.MetricFamily) error
	whole  bool // a family is written as a whole, behind its size
	buffer bytes.Buffer
	parts  int // of the family, so far
}

func newEncoder(out io.Writer, format expfmt.FormatType) (*encoder, error) {
	e := &encoder{out: out}
	switch format {
	case expfmt.TypeTextPlain:
		e.write = func(to *bytes.Buffer, f *dto.MetricFamily) error {
			_, err := expfmt.MetricFamilyToText(to, f)
			return err
		}
	case expfmt.TypeOpenMetrics:
		e.write = func(to *bytes.Buffer, f *dto.MetricFamily) error {
			_, err := expfmt.MetricFamilyToOpenMetrics(to, f, expfmt.WithCreatedLines())
			return err
		}
	case expfmt.TypeProtoDelim:
		e.whole = true
		e.write = func(to *bytes.Buffer, f *dto.MetricFamily) error {
			encoded, err := proto.MarshalOptions{}.MarshalAppend(to.AvailableBuffer(), f)
			to.Write(encoded) //nolint:errcheck // buffers take everything
			return err
		}
	case expfmt.TypeUnknown, expfmt.TypeProtoCompact, expfmt.TypeProtoText:
		return nil, fmt.Errorf("metrics cannot be written in format %d", format)
	default:
		return nil, fmt.Errorf("metrics cannot be written in format %d", format)
	}
	return e, nil
}

// part writes a part of a family. The texts name the family's type in front of every
// part, and may do so once; messages that follow one another are one message.
func (e *encoder) part(f *dto.MetricFamily) error {
	first := e.parts == 0
	e.parts++
	if !first {
		f = &dto.MetricFamily{Name: f.Name, Type: f.Type, Metric: f.Metric}
	}
	if e.whole {
		return e.write(&e.buffer, f)
	}
	e.buffer.Reset()
	if err := e.write(&e.buffer, f); err != nil {
		return err
	}
	text := e.buffer.Bytes()
	if !first {
		text = text[bytes.IndexByte(text, '\n')+1:]
	}
	_, err := e.out.Write(text)
	return err
}

// end ends a family.
func (e *encoder) end() error {
	if e.whole && e.parts > 0 {
		if _, err := e.out.Write(protowire.AppendVarint(nil, uint64(e.buffer.Len()))); err != nil {
			return err
		}
		if _, err := e.out.Write(e.buffer.Bytes()); err != nil {
			return err
		}
		e.buffer.Reset()
	}
	e.parts = 0
	return nil
}
