package ledger

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// drawCount draws a number that is small, or one at the edge of what there is.
func drawCount(t *rapid.T) int64 {
	return rapid.OneOf(
		rapid.Int64Range(0, 200), rapid.Just(int64(0)), rapid.Int64(),
		rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, -1, 63, 64, -64, -65}),
	).Draw(t, "count")
}

func drawCounts(t *rapid.T) slo.Counts { return slo.Counts{Total: drawCount(t), Bad: drawCount(t)} }

func drawRow(t *rapid.T) burnrate.Row {
	row := burnrate.Counted(drawCounts(t))
	if rapid.Bool().Draw(t, "weighted") {
		row.Rows = drawCounts(t)
	}
	return row
}

func TestMinuteRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows []numbered
		n := number(-1)
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			n += number(rapid.OneOf(rapid.Int64Range(1, 3), rapid.Int64Range(1, 1<<50)).Draw(t, "distance"))
			rows = append(rows, numbered{n, drawRow(t)})
		}
		got, err := decodeMinute(nil, encodeMinute(nil, rows))
		if diff := gocmp.Diff(rows, got, gocmp.AllowUnexported(numbered{})); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestGroupRoundTrip(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	rapid.Check(t, func(t *rapid.T) {
		key := keyOf(rapid.SampledFrom([]kind{hourChunk, coarseChunk, quarterChunk}).Draw(t, "kind"), 498_000, rapid.IntRange(0, 3).Draw(t, "group"))
		columns := drawColumns(t, key)
		data := encodeGroup(nil, columns, key.kind().shape())
		got, err := readColumns(key, data)
		if diff := gocmp.Diff(columns, got, gocmp.AllowUnexported(column{})); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		if key.kind() == hourChunk {
			compareShortWays(t, key, data, columns)
		}
	})
}

// compareShortWays holds the ways to read a part of an hour's columns against
// the columns.
func compareShortWays(t interface{ Fatalf(string, ...any) }, key chunkKey, data []byte, columns []column) {
	var g group
	if err := g.open(key, data); err != nil {
		t.Fatalf("%v", err)
	}
	rows, room := make([]burnrate.Row, minutesOfHour), make([]burnrate.Sum, minutesOfHour)
	for i, c := range columns {
		want := make([]burnrate.Row, minutesOfHour)
		var sum burnrate.Sum
		sound := true
		for k := range c.cells {
			want[k] = rowOf(&c.cells[k])
			sound = sound && want[k].Measured && want[k].Counts == want[k].Rows && want[k].Counts.Consistent()
			sum = burnrate.Sum{Counts: sum.Counts.Add(want[k].Counts), Rows: sum.Rows.Add(want[k].Rows), Minutes: sum.Minutes + 1}
		}
		if err := g.rows(i, rows, room); err != nil || !slices.Equal(rows, want) {
			t.Fatalf("rows of column %d: %v, %v; want %v", i, rows, err, want)
		}
		for k := range want {
			if row, err := g.row(i, k, room); err != nil || row != want[k] {
				t.Fatalf("minute %d of column %d: %v, %v; want %v", k, i, row, err, want[k])
			}
		}
		got, known, err := g.total(i)
		if err != nil || known != sound || known && got != sum {
			t.Fatalf("total of column %d: %v, %v, %v; want %v, %v", i, got, known, err, sum, sound)
		}
	}
}

// TestTotalOfWhatCannotBe leaves it to who reads row by row.
func TestTotalOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, counts := range []slo.Counts{{Total: 5, Bad: 6}, {Total: 5, Bad: -1}, {Total: -1}} {
		cells := make([]burnrate.Sum, minutesOfHour)
		for k := range cells {
			cells[k] = sumOf(burnrate.Counted(slo.Counts{Total: 9, Bad: 1}), 1)
		}
		cells[31] = sumOf(burnrate.Counted(counts), 1)
		key := keyOf(hourChunk, 1, 0)
		columns := []column{{0, cells}}
		compareShortWays(t, key, encodeGroup(nil, columns, key.kind().shape()), columns)
	}
}

func drawColumns(t *rapid.T, key chunkKey) []column {
	columns := []column{}
	shape := key.kind().shape()
	for n := range number(groupSize) {
		if rapid.IntRange(0, 60).Draw(t, "there") != 0 && n != groupSize-1 {
			continue
		}
		c := column{number(key.part())*groupSize + n, make([]burnrate.Sum, shape.cells)}
		gaps, parts := rapid.Bool().Draw(t, "gaps"), rapid.Bool().Draw(t, "parts")
		var row burnrate.Row
		for i := range c.cells {
			if gaps && rapid.Bool().Draw(t, "gap") {
				continue
			}
			if i%8 == 0 {
				row = drawRow(t)
			}
			minutes := shape.minutes
			if parts {
				minutes = rapid.Int64Range(1, shape.minutes).Draw(t, "minutes")
			}
			c.cells[i] = sumOf(row, minutes)
		}
		columns = append(columns, c)
	}
	return columns
}

func TestContentsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &contents{hour: hour(rapid.Int64Range(0, 1<<hourBits-1).Draw(t, "hour"))}
		want := map[chunkKey]uint32{}
		for range rapid.IntRange(0, 70).Draw(t, "changes") {
			key := keyOf(kind(rapid.IntRange(1, 4).Draw(t, "kind")), c.hour, rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 1<<partBits-1)).Draw(t, "part"))
			if rapid.IntRange(0, 4).Draw(t, "drop") == 0 {
				c.drop(key)
				delete(want, key)
				continue
			}
			sum := rapid.Uint32().Draw(t, "sum")
			c.set(key, sum)
			want[key] = sum
		}
		data := c.encode()
		got, sum, err := decodeContents(c.hour, data)
		if err != nil || sum != binary.BigEndian.Uint32(data[len(data)-4:]) {
			t.Fatalf("sum %d, %v", sum, err)
		}
		found := map[chunkKey]uint32{}
		for k := minuteChunk; k <= quarterChunk; k++ {
			for _, e := range got.of(k) {
				if e.key.kind() != k || e.key.hour() != c.hour {
					t.Fatalf("%v is among those of kind %v in hour %d", e.key, k, c.hour)
				}
				found[e.key] = e.sum
			}
		}
		if diff := gocmp.Diff(want, found); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzMinute decodes anything. What is accepted has one meaning: encoded again
// it is the same.
func FuzzMinute(f *testing.F) {
	f.Add(encodeMinute(nil, []numbered{{0, burnrate.Counted(slo.Counts{Total: 5, Bad: 2})}, {7, burnrate.Row{Counts: slo.Counts{Total: 5000}, Rows: slo.Counts{Total: 5}, Measured: true}}}))
	f.Add([]byte{1, 1, 0x02, 0x80, 0x00, 0x00})
	f.Add([]byte{1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := decodeMinute(nil, data)
		if err != nil {
			return
		}
		again, err := decodeMinute(nil, encodeMinute(nil, rows))
		if diff := gocmp.Diff(rows, again, gocmp.AllowUnexported(numbered{})); err != nil || diff != "" {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
		if !slices.IsSortedFunc(rows, func(a, b numbered) int { return int(min(1, max(-1, a.number-b.number))) }) || len(rows) > 0 && rows[0].number < 0 {
			t.Fatalf("not in order: %v", rows)
		}
	})
}

func FuzzGroup(f *testing.F) {
	cells := make([]burnrate.Sum, 60)
	cells[3] = sumOf(burnrate.Counted(slo.Counts{Total: 9, Bad: 1}), 1)
	for _, c := range cells[10:40] {
		c.Minutes = 1
	}
	f.Add(byte(hourChunk), byte(0), encodeGroup(nil, []column{{4, cells}, {9, cells}}, hourChunk.shape()))
	f.Add(byte(coarseChunk), byte(1), encodeGroup(nil, []column{{256, []burnrate.Sum{{Minutes: 17}}}}, coarseChunk.shape()))
	f.Add(byte(quarterChunk), byte(0), encodeGroup(nil, []column{{255, make([]burnrate.Sum, 96)}}, quarterChunk.shape()))
	f.Fuzz(func(t *testing.T, k, part byte, data []byte) {
		key := keyOf(hourChunk+kind(k)%3, 1, int(part))
		columns, err := readColumns(key, data)
		if err != nil {
			return
		}
		for i, c := range columns {
			if c.number.group() != int(part) || i > 0 && c.number <= columns[i-1].number {
				t.Fatalf("number %d behind %v in group %d", c.number, columns[:i], part)
			}
		}
		if key.kind() == hourChunk {
			compareShortWays(t, key, data, columns)
		}
		again, err := readColumns(key, encodeGroup(nil, columns, key.kind().shape()))
		if diff := gocmp.Diff(columns, again, gocmp.AllowUnexported(column{})); err != nil || diff != "" {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
	})
}

// FuzzContents seals what it decodes, so that the checksum is no wall.
func FuzzContents(f *testing.F) {
	c := &contents{hour: 5, entries: []content{{keyOf(minuteChunk, 5, 3), 7}, {keyOf(hourChunk, 5, 0), 8}}}
	data := c.encode()
	f.Add(data[:len(data)-4])
	f.Add([]byte{1, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, _, err := decodeContents(5, body); err == nil && len(body) > 8 && !bytes.Equal(sealed(slices.Clone(body[:len(body)-4]), 5), body) {
			t.Fatal("accepted with another checksum")
		}
		c, _, err := decodeContents(5, sealed(slices.Clone(body), 5))
		if err != nil {
			return
		}
		again, _, err := decodeContents(5, c.encode())
		if diff := gocmp.Diff(c, again, gocmp.AllowUnexported(contents{}, content{})); err != nil || diff != "" {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
		for _, e := range c.entries {
			if i, found := c.find(e.key); !found || c.entries[i] != e || e.key.hour() != 5 {
				t.Fatalf("%v is not found", e.key)
			}
		}
	})
}

func FuzzCorrection(f *testing.F) {
	f.Add([]byte{1, 2, 0, 6, 1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, body []byte) {
		ids := []slo.IndicatorID{"a", "b"}
		c, _, err := decodeCorrection(3, sealed(slices.Clone(body), 3), ids)
		if err != nil {
			return
		}
		again, _, err := decodeCorrection(3, sealed(encodeCorrection(c, number(slices.Index(ids, c.Indicator))), 3), ids)
		if diff := gocmp.Diff(c, again); err != nil || diff != "" {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
	})
}

func TestCorrectionRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := []slo.IndicatorID{"a", "b", "c"}
		n := rapid.IntRange(0, 2).Draw(t, "number")
		want := Correction{
			At: time.UnixMilli(rapid.Int64Range(-1<<40, 1<<50).Draw(t, "at")).UTC(), Indicator: ids[n], Minute: slo.Minute(rapid.Int64().Draw(t, "minute")),
			Before: drawRow(t), After: drawRow(t),
		}
		key := rapid.Int64Range(0, 1<<50).Draw(t, "key")
		got, _, err := decodeCorrection(key, sealed(encodeCorrection(want, number(n)), key), ids)
		if diff := gocmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}
