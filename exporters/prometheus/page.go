package prometheus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// Page is the metrics of a view. It may be written by many at once.
type Page struct {
	view View

	mutex sync.Mutex // while one of them is made
	made  map[expfmt.FormatType]*body
}

// NewPage makes the page of a view, which must not change any more. Nothing is
// encoded before somebody asks.
func NewPage(v View) *Page { return &Page{view: v, made: map[expfmt.FormatType]*body{}} }

// Scrape says how a page is written.
type Scrape struct {
	Format expfmt.Format       // one of [Formats], with any escaping: no name needs any
	Gzip   bool                // as one gzip member
	Names  []string            // of the metrics to write; nil for all
	Beside []*dto.MetricFamily // of others, that are written behind those of the page
}

// Write makes the page and writes it.
func (p *Page) Write(to io.Writer, s Scrape) error {
	made, err := p.Make(s)
	if err != nil {
		return err
	}
	return made.Write(to)
}

// Made is a page that is encoded. It is written as often as need be, at once too.
type Made struct {
	own  *body
	rest []byte
	gzip bool
}

// Make encodes a page, or takes what is kept of it; to write that is little work. A
// page that is nil has no metrics of its own.
func (p *Page) Make(s Scrape) (*Made, error) {
	own, err := p.body(s)
	if err != nil {
		return nil, err
	}
	rest, err := s.rest()
	if err != nil {
		return nil, err
	}
	return &Made{own: own, rest: rest, gzip: s.Gzip}, nil
}

// Write writes the page. After an error what was written is not a whole answer, and
// does not look like one.
func (m *Made) Write(to io.Writer) error {
	if m.gzip {
		return m.own.zipped(to, m.rest)
	}
	if err := m.own.plain(to); err != nil {
		return err
	}
	_, err := to.Write(m.rest)
	return err
}

// rest encodes what is not of the page, and the end.
func (s Scrape) rest() ([]byte, error) {
	var rest bytes.Buffer
	e := expfmt.NewEncoder(&rest, s.Format)
	for _, f := range s.Beside {
		if !wanted(s.Names, f.GetName()) {
			continue
		}
		if err := e.Encode(f); err != nil {
			return nil, fmt.Errorf("write metric %s: %w", f.GetName(), err)
		}
	}
	if c, ok := e.(expfmt.Closer); ok {
		if err := c.Close(); err != nil {
			return nil, err
		}
	}
	return rest.Bytes(), nil
}

func wanted(names []string, name string) bool { return names == nil || slices.Contains(names, name) }

// body returns the page in a format. That of all metrics is made once and kept.
func (p *Page) body(s Scrape) (*body, error) {
	if p == nil {
		return &body{}, nil
	}
	format := s.Format.FormatType()
	if s.Names != nil {
		return newBody(p.view, format, s.Names)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.made[format] == nil {
		made, err := newBody(p.view, format, nil)
		if err != nil {
			return nil, err
		}
		p.made[format] = made
	}
	return p.made[format], nil
}

// body is encoded metrics, deflated. Its last block is not the last one of the stream,
// and ends with a byte: more blocks can follow.
type body struct {
	deflated segments
	sum      uint32 // CRC-32 of what was deflated
	size     uint32 // of that, as gzip has it
}

func newBody(v View, format expfmt.FormatType, names []string) (*body, error) {
	b := &body{}
	z, err := flate.NewWriter(&b.deflated, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := encode(io.MultiWriter(z, b), v, format, names); err != nil {
		return nil, err
	}
	return b, z.Flush()
}

// segments is bytes that are kept as they come, and never copied to make room.
type segments [][]byte

const segmentSize = 64 << 10

// Write implements [io.Writer].
func (s *segments) Write(data []byte) (int, error) {
	n := len(data)
	for len(data) > 0 {
		last := len(*s) - 1
		if last < 0 || len((*s)[last]) == segmentSize {
			*s = append(*s, make([]byte, 0, segmentSize))
			continue
		}
		fits := min(len(data), segmentSize-len((*s)[last]))
		(*s)[last] = append((*s)[last], data[:fits]...)
		data = data[fits:]
	}
	return n, nil
}

// reader reads the segments, and then the last bytes.
func (s segments) reader(last ...byte) io.Reader {
	readers := make([]io.Reader, 0, len(s)+1)
	for _, segment := range append(s[:len(s):len(s)], last) {
		readers = append(readers, bytes.NewReader(segment))
	}
	return io.MultiReader(readers...)
}

// Write takes note of bytes that are deflated.
func (b *body) Write(data []byte) (int, error) {
	b.sum = crc32.Update(b.sum, crc32.IEEETable, data)
	b.size += uint32(len(data))
	return len(data), nil
}

// zipped writes a gzip member of the body and the rest.
func (b *body) zipped(to io.Writer, rest []byte) error {
	// The magic number, deflate, no flags, no time, the fastest compression, an unknown
	// system.
	if _, err := to.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255}); err != nil {
		return err
	}
	if _, err := io.Copy(to, b.deflated.reader()); err != nil {
		return err
	}
	if err := flate.StatelessDeflate(to, rest, true, nil); err != nil {
		return err
	}
	all := body{sum: b.sum, size: b.size}
	all.Write(rest) //nolint:errcheck // it takes everything
	_, err := to.Write(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, all.sum), all.size))
	return err
}

// plain writes the body as it was before it was deflated.
func (b *body) plain(to io.Writer) error {
	_, err := io.Copy(to, flate.NewReader(b.deflated.reader(0x03, 0x00))) // a block that is the last one, and empty
	return err
}
