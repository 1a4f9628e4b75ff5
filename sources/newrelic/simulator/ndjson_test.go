package simulator

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadNDJSON(t *testing.T) {
	t.Parallel()
	const lines = "\ufeff" + `{"eventType":"T","timestamp":1700006400000,"s":"x","n":1.5,"b":true,"z":null}` + "\r\n\n  \n" +
		`{"timestamp":1700006401,"eventType":"T","n":2}` + "\n" +
		`{"timestamp":1700006402.0,"eventType":"shop:T_2"}`
	store := NewStore()
	if err := store.ReadNDJSON(strings.NewReader(lines), "events.ndjson"); err != nil {
		t.Fatal(err)
	}
	const query = "SELECT count(*), count(s), count(b), count(z), sum(n), min(timestamp), max(timestamp) FROM T, `shop:T_2`"
	const want = `[{"count":3,"count.s":1,"count.b":1,"count.z":0,"sum.n":3.5,"min.timestamp":1700006400000,"max.timestamp":1700006402000}]`
	if got := ask(store, query, true); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestReadNDJSONKeepsIntegersExactly: up to 2^53 there is no rounding.
func TestReadNDJSONKeepsIntegersExactly(t *testing.T) {
	t.Parallel()
	for _, n := range []string{"9007199254740991", "9007199254740992", "-9007199254740992", "0"} {
		store := NewStore()
		if err := store.ReadNDJSON(strings.NewReader(`{"eventType":"T","timestamp":1700006400000,"a":`+n+`}`), "events"); err != nil {
			t.Fatal(err)
		}
		if got, want := ask(store, "SELECT max(a) FROM T", true), `[{"max.a":`+n+`}]`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReadNDJSONErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, want string }{
		{`nonsense`, "the line is not JSON: invalid character"},
		{`{"eventType":"T"`, "the line is not JSON: the object is never closed"},
		{`[1]`, `the line is not a JSON object: write {"eventType"`},
		{`{"timestamp":1700000000}`, `the event has no type: add "eventType"`},
		{`{"eventType":5,"timestamp":1700000000}`, `eventType is not a string: write a name such as "Transaction"`},
		{`{"eventType":"a b","timestamp":1700000000}`, `the event type "a b" may hold only letters, digits, : and _`},
		{`{"eventType":"","timestamp":1700000000}`, `the event type "" must have 1 to 254 characters`},
		{`{"eventType":"T"}`, `the event has no time: add "timestamp":1700000000000`},
		{`{"eventType":"T","timestamp":"1700000000"}`, "timestamp is not a number: write milliseconds or seconds since 1970"},
		{`{"eventType":"T","timestamp":1700000000.5}`, "timestamp 1700000000.5 is not whole: write milliseconds or seconds"},
		{`{"eventType":"T","timestamp":-1}`, "timestamp -1 is out of range"},
		{`{"eventType":"T","timestamp":null}`, "timestamp is not a number"},
		{`{"eventType":"T","timestamp":1700000000,"a":{"b":1}}`, `attribute a is an object or a list: write a string, a number or a boolean, such as "a.member":1`},
		{`{"eventType":"T","timestamp":1700000000,"a":[1]}`, "attribute a is an object or a list"},
		{`{"eventType":"T","timestamp":1700000000,"a":1e999}`, "attribute a: the number 1e999 is out of range"},
		{`{"eventType":"T","timestamp":1700000000,"a":9007199254740993}`, "attribute a: the whole number 9007199254740993 is beyond 2^53 and would be rounded: write it as a string"},
		{`{"eventType":"T","timestamp":1700000000,"a":-123456789012345678901}`, "attribute a: the whole number -123456789012345678901 is beyond 2^53"},
		{`{"eventType":"T","timestamp":1700000000,"a":1,"a":2}`, "a stands twice: keep one of them"},
		{`{"eventType":"T","timestamp":1700000000,"":1}`, `the attribute name "" must have 1 to 254 characters`},
		{`{"eventType":"T","timestamp":1700000000} {}`, "something follows the event: write one JSON object a line"},
		{"{\"eventType\":\"T\",\"timestamp\":1700000000,\"a\":\"\xff\"}", "the line is not valid UTF-8"},
		{strings.Repeat(" ", maxLine+1), "the line is longer than 1048576 bytes: write one event a line"},
	} {
		store := NewStore()
		lines := `{"eventType":"T","timestamp":1700000000}` + "\n\n" + test.line
		err := store.ReadNDJSON(strings.NewReader(lines), "events.ndjson")
		if want := "events.ndjson:3: " + test.want; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.80s\n got %v\nwant %s…", test.line, err, want)
		}
		if store.Len() != 1 {
			t.Errorf("%.80s: %d events stored, want the one before the mistake", test.line, store.Len())
		}
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	nan := Number(0)
	nan.number /= nan.number
	for _, a := range []Attribute{{"timestamp", Number(1)}, {"eventType", String("T")}, {"a\nb", Number(1)}, {"n", nan}} {
		store := NewStore()
		if err := store.Add("T", midnight, a); err == nil || store.Len() != 0 {
			t.Errorf("%q: got %v and %d events, want an error and none", a.Name, err, store.Len())
		}
	}
}

func TestReadFiles(t *testing.T) {
	t.Parallel()
	const line = `{"eventType":"T","timestamp":1700006400}` + "\n"
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(line + line)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The names lie on purpose: only the content counts.
	plain, gzipped := write("plain.gz", []byte(line)), write("zipped.ndjson", zipped.Bytes())
	store := NewStore()
	if err := store.ReadFiles(plain, gzipped, write("empty", nil)); err != nil {
		t.Fatal(err)
	}
	if store.Len() != 3 {
		t.Errorf("got %d events, want 3", store.Len())
	}
	cut := write("cut.gz", zipped.Bytes()[:zipped.Len()-4])
	if err := store.ReadFiles(cut); err == nil || !strings.Contains(err.Error(), cut) {
		t.Errorf("got %v, want an error that names %s", err, cut)
	}
	damaged := bytes.Clone(zipped.Bytes())
	damaged[len(damaged)-8] ^= 1 // the checksum
	for name, content := range map[string][]byte{
		"header": zipped.Bytes()[:5], "line": zipped.Bytes()[:zipped.Len()/2], "checksum": damaged,
		"tail": append(bytes.Clone(zipped.Bytes()), "tail"...),
	} {
		path := write(name+".gz", content)
		err := store.ReadFiles(path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged or cut off") || strings.Contains(err.Error(), "JSON") {
			t.Errorf("%s: got %v, want an error that says that the file is damaged", name, err)
		}
	}
	if err := store.ReadFiles(filepath.Join(folder, "missing")); err == nil {
		t.Error("a missing file gives no error")
	}
}

func FuzzNDJSON(f *testing.F) {
	f.Add([]byte(`{"eventType":"T","timestamp":1700000000,"a":1,"b":"x","c":true,"d":null}`))
	f.Add([]byte("{\"eventType\":\"T\",\"timestamp\":1700000000000}\n\n{\"eventType\":\"U\",\"timestamp\":1.7e9,\"a\":[]}"))
	f.Add([]byte(`{"eventType":"T",`))
	f.Fuzz(func(t *testing.T, input []byte) {
		store := NewStore()
		err := store.ReadNDJSON(bytes.NewReader(input), "events.ndjson")
		if err != nil && !strings.Contains(err.Error(), "events.ndjson:") {
			t.Errorf("the error names no line: %v", err)
		}
		n := 0
		store.read(func() {
			for _, table := range store.tables {
				n += len(table.times)
				for i := 1; i < len(table.times); i++ {
					if table.times[i] < table.times[i-1] {
						t.Errorf("%s is out of order", table.name)
					}
				}
				for _, c := range table.columns {
					for row := len(table.times); row < len(c.chunks)*chunkRows; row++ {
						if c.at(row).kind != null {
							t.Errorf("%s.%s has a value in row %d of %d", table.name, c.name, row, len(table.times))
						}
					}
				}
			}
		})
		if n != store.Len() {
			t.Errorf("Len is %d, the tables hold %d", store.Len(), n)
		}
	})
}

// TestManyEventsOutOfOrder reaches over several chunks of a column.
func TestManyEventsOutOfOrder(t *testing.T) {
	t.Parallel()
	store := NewStore()
	const n = 3*chunkRows + 5
	for i := range n {
		attributes := []Attribute{{"i", Number(float64(n - 1 - i))}}
		if i%1000 == 0 {
			attributes = append(attributes, Attribute{"rare", String("x")})
		}
		if err := store.Add("T", midnight+int64(n-1-i), attributes...); err != nil {
			t.Fatal(err)
		}
	}
	query := fmt.Sprintf("SELECT count(*), min(i), max(i), earliest(i), latest(i), count(rare) AS rare FROM T SINCE %d UNTIL %d",
		midnight+100, midnight+3000)
	const want = `[{"count":2900,"min.i":100,"max.i":2999,"earliest.i":100,"latest.i":2999,"rare":2}]`
	if got := ask(store, query, true); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
