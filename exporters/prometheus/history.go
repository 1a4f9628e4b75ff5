package prometheus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// History collects the samples of views as time passes, and writes them as OpenMetrics
// with their times, such as promtool makes blocks of for a Prometheus that was not there:
//
//	h := prometheus.NewHistory(file, prometheus.HistoryOptions{})
//	err := h.Add(view) // for each instant
//	err = h.Write(out)
//
// The format has all samples of a series together, and views have those of an instant. So
// they are put aside in between, which takes 13 bytes for each value that is not the one
// before it. Memory grows with the number of series, by some 500 bytes, and not with time.
type History struct {
	aside    Aside
	put      int64 // bytes that are aside
	names    []string
	labels   string // as each series has them, behind its own
	added    map[string]string
	times    []int64 // of views, in seconds since 1970
	families []*seriesFamily
}

// HistoryOptions says what a history has.
type HistoryOptions struct {
	Names  []string          // of the metrics, see [Names]; nil for all
	Labels map[string]string // that each series has besides its own, as a scrape adds job and instance
}

// Aside is an empty file, or what is like one.
type Aside interface {
	io.Writer
	io.ReaderAt
}

// seriesFamily is what is known of a metric.
type seriesFamily struct {
	name, help string
	kind       dto.MetricType
	places     map[string]int // in list, by labels
	list       []series
	shelves    []shelf // of shelfSize series each
	line       []byte  // the labels of a sample
}

// series is where one has arrived.
type series struct {
	value float64
	seen  int // index of the last view that has it
}

// shelf is the changes of some series, in the order of time: those that are aside, and
// the last ones.
type shelf struct {
	parts []span
	last  []byte
}

type span struct {
	offset int64
	length int
}

// Changes of 64 series are kept together, and put aside in parts of some 4 kB: to write
// them, 16 bytes for each of their changes are in memory.
const (
	shelfSize  = 64
	partSize   = changeSize * 315
	changeSize = 1 + 4 + 8 // the series, the view, the value
)

// NewHistory makes a history without samples.
func NewHistory(aside Aside, o HistoryOptions) *History {
	h := &History{aside: aside, names: o.Names, added: o.Labels}
	var labels []byte
	for _, name := range slices.Sorted(maps.Keys(o.Labels)) {
		labels = appendLabel(labels, name, o.Labels[name])
	}
	h.labels = string(labels)
	for _, f := range families() {
		if wanted(o.Names, f.name) {
			h.families = append(h.families, &seriesFamily{name: f.name, help: f.help, kind: f.kind, places: map[string]int{}})
		}
	}
	return h
}

// CheckLabel says why series cannot have a label besides their own, whatever they are.
func CheckLabel(name, value string) error {
	isFirst := func(r rune) bool { return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
	for i, r := range name {
		if !isFirst(r) && (i == 0 || r < '0' || r > '9') {
			return fmt.Errorf("the name %q may have letters, digits and _ and begins with no digit", name)
		}
	}
	switch {
	case name == "":
		return errors.New("the name is empty")
	case strings.HasPrefix(name, "__"):
		return fmt.Errorf("names that begin with __, as %s does, are Prometheus' own", name)
	case value == "":
		return fmt.Errorf("%s has no value, which is the same as no label", name)
	case strings.ToValidUTF8(value, "") != value:
		return fmt.Errorf("the value of %s is no UTF-8", name)
	}
	return nil
}

// LabelError is about a label that all series should have, and that a metric has itself.
type LabelError struct{ Label, Metric string }

// Error implements error.
func (e *LabelError) Error() string {
	return fmt.Sprintf("the label %s is one that %s has itself", e.Label, e.Metric)
}

// Add adds the samples of a view, which has to be of a later second than the one before. A
// label that cannot be added is a [LabelError].
func (h *History) Add(v View) error {
	at := v.Snapshot.At.Unix()
	if n := len(h.times); n > 0 && at <= h.times[n-1] {
		return fmt.Errorf("a view of %s follows one of %s", v.Snapshot.At.UTC().Format(time.RFC3339), time.Unix(h.times[n-1], 0).UTC().Format(time.RFC3339))
	}
	h.times = append(h.times, at)
	of := 0
	for part := range v.Families(h.names...) {
		for h.families[of].name != part.GetName() {
			of++
		}
		for _, m := range part.Metric {
			if err := h.add(h.families[of], m); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a sample of the last view.
func (h *History) add(f *seriesFamily, m *dto.Metric) error {
	value := m.GetGauge().GetValue()
	if m.Counter != nil {
		value = m.Counter.GetValue()
	}
	f.line = f.line[:0]
	for _, l := range m.Label {
		f.line = appendLabel(f.line, l.GetName(), l.GetValue())
	}
	now := len(h.times) - 1
	place, known := f.places[string(f.line)]
	if !known {
		for _, l := range m.Label {
			if _, twice := h.added[l.GetName()]; twice {
				return &LabelError{l.GetName(), f.name}
			}
		}
		place = len(f.list)
		f.places[string(f.line)] = place
		f.list = append(f.list, series{seen: -1})
		if place%shelfSize == 0 {
			f.shelves = append(f.shelves, shelf{})
		}
	}
	s := &f.list[place]
	if s.seen >= 0 && s.seen < now-1 {
		if err := h.note(f, place, s.seen+1, math.NaN()); err != nil {
			return err
		}
	}
	if s.seen < now-1 || s.seen < 0 || s.value != value {
		if err := h.note(f, place, now, value); err != nil {
			return err
		}
	}
	s.value, s.seen = value, now
	return nil
}

// note keeps a value that a series has from a view on; NaN says that it is absent.
func (h *History) note(f *seriesFamily, place, view int, value float64) error {
	shelf := &f.shelves[place/shelfSize]
	if len(shelf.last) == partSize {
		n, err := h.aside.Write(shelf.last)
		if err != nil {
			return fmt.Errorf("put samples aside: %w", err)
		}
		shelf.parts = append(shelf.parts, span{h.put, n})
		h.put += int64(n)
		shelf.last = shelf.last[:0]
	}
	shelf.last = append(shelf.last, byte(place%shelfSize))
	shelf.last = binary.LittleEndian.AppendUint32(shelf.last, uint32(view))
	shelf.last = binary.LittleEndian.AppendUint64(shelf.last, math.Float64bits(value))
	return nil
}

// Write writes all that was added: families in the order of a page, and of each series
// its samples in the order of time.
func (h *History) Write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	for _, f := range h.families {
		if err := h.writeFamily(out, f); err != nil {
			return err
		}
	}
	// What went wrong when writing is returned by Flush.
	_, _ = out.WriteString("# EOF\n")
	return out.Flush()
}

func (h *History) writeFamily(out *bufio.Writer, f *seriesFamily) error {
	if len(f.list) == 0 {
		return nil
	}
	name, kind := f.name, strings.ToLower(f.kind.String())
	if f.kind == dto.MetricType_COUNTER {
		name = strings.TrimSuffix(name, "_total")
	}
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, f.help, name, kind)
	labels := make([]string, len(f.list))
	for text, place := range f.places {
		labels[place] = text
	}
	for i := range f.shelves {
		changes, err := h.changes(&f.shelves[i])
		if err != nil {
			return err
		}
		for k, list := range changes {
			if len(list) > 0 {
				place := i*shelfSize + k
				if err := h.writeSeries(out, f.name, labels[place], list, f.list[place].seen+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// change is a value from a view on.
type change struct {
	view  int
	value float64
}

// changes reads those of the series of a shelf.
func (h *History) changes(s *shelf) (changes [shelfSize][]change, err error) {
	read := func(data []byte) {
		for ; len(data) >= changeSize; data = data[changeSize:] {
			c := change{int(binary.LittleEndian.Uint32(data[1:])), math.Float64frombits(binary.LittleEndian.Uint64(data[5:]))}
			changes[data[0]] = append(changes[data[0]], c)
		}
	}
	part := make([]byte, partSize)
	for _, p := range s.parts {
		if _, err := h.aside.ReadAt(part[:p.length], p.offset); err != nil {
			return changes, fmt.Errorf("read samples that were put aside: %w", err)
		}
		read(part[:p.length])
	}
	read(s.last)
	return changes, nil
}

// writeSeries writes a series, which no view has from one on.
func (h *History) writeSeries(out *bufio.Writer, name, labels string, changes []change, end int) error {
	labels = strings.TrimSuffix(labels+h.labels, ",")
	line := append([]byte(name), '{')
	line = append(append(line, labels...), "} "...)
	before := len(line)
	for i, c := range changes {
		if math.IsNaN(c.value) {
			continue
		}
		until := end
		if i+1 < len(changes) {
			until = changes[i+1].view
		}
		line = append(strconv.AppendFloat(line[:before], c.value, 'g', -1, 64), ' ')
		value := len(line)
		for _, at := range h.times[c.view:until] {
			line = append(strconv.AppendInt(line[:value], at, 10), '\n')
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// appendLabel appends a label, and a comma.
func appendLabel(line []byte, name, value string) []byte {
	line = append(append(line, name...), `="`...)
	for i := range len(value) {
		switch b := value[i]; b {
		case '\\', '"':
			line = append(line, '\\', b)
		case '\n':
			line = append(line, `\n`...)
		default:
			line = append(line, b)
		}
	}
	return append(line, `",`...)
}
