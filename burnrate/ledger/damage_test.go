package ledger

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
)

// image is the files of a ledger, and what it holds.
type image struct {
	files    map[string][]byte
	earlier  map[string][]byte // of the same ledger some commits before
	model    *model
	contents contentsOf
	workload *workload
}

// leave is how a ledger was left.
type leave int

const (
	leftClosed       leave = iota
	leftKilled             // a part is in the write-ahead log alone
	leftCheckpointed       // the log is whole although it was moved into the file
)

func (l leave) String() string { return [...]string{"closed", "killed", "checkpointed"}[l] }

// makeImage makes a ledger that has some of everything.
func makeImage(t testing.TB, seed uint64, left leave) *image {
	t.Helper()
	ctx := t.Context()
	random := rand.New(rand.NewPCG(seed, 10))
	i := &image{model: newModel(), workload: newWorkload(random.IntN, 12)}
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	l, err := Open(ctx, dir, smallOptions)
	must(err)
	for n := range 120 {
		e := i.workload.next()
		must(e.do(ctx, l))
		e.on(i.model)
		if n == 90 {
			must(l.Close())
			i.earlier = readFiles(t, dir)
			l, err = Open(ctx, dir, smallOptions)
			must(err)
		}
	}
	if left == leftCheckpointed {
		_, err := l.db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
		must(err)
	}
	if left != leftClosed {
		i.files = readFiles(t, dir)
	}
	must(l.Close())
	if left == leftClosed {
		i.files = readFiles(t, dir)
		if log := i.files[fileName+"-wal"]; log != nil {
			t.Errorf("a ledger that was closed still has a log of %d bytes", len(log))
		}
	}
	i.contents = i.model.contents()
	return i
}

// TestDamagedNames spells names that are no text, so that what is damaged can be
// told apart.
func TestDamagedNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openIn(t, dir)
	const kind = "al\x1b[2Jert\xff"
	entry := burnrate.Entry{Kind: "alert", Key: `ü \ ` + "\u202e\n", Value: []byte("firing")}
	if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Entries: []burnrate.Entry{entry}}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.ExecContext(t.Context(), "UPDATE entries SET kind = CAST(? AS TEXT), data = CAST('fixing' AS BLOB)", []byte(kind)); err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
	report, err := Check(t.Context(), dir)
	want := []Finding{{`the entry al\x1b[2Jert\xff ü \\ \u202e\n`, "has another checksum than it was written with"}}
	if diff := gocmp.Diff(want, report.Findings); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func readFiles(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{fileName, fileName + "-wal", markName} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	return files
}

const pageSize = 4096

// spoil damages one of the files, and says how.
func (i *image) spoil(random *rand.Rand, files map[string][]byte) string {
	names := slices.Sorted(maps.Keys(files))
	if random.IntN(8) > 0 { // the mark is small
		names = slices.DeleteFunc(names, func(name string) bool { return name == markName })
	}
	name := names[random.IntN(len(names))]
	data := slices.Clone(files[name])
	pages := max(1, len(data)/pageSize)
	page := func() int { return random.IntN(pages) * pageSize }
	offset := random.IntN(len(data))
	switch random.IntN(4) {
	case 0: // where the structure of a page is
		offset = min(len(data)-1, page()+random.IntN(64))
	case 1:
		offset = random.IntN(min(len(data), 200))
	}
	for data[offset] == 0 { // mostly room that is not used
		offset = random.IntN(len(data))
	}
	how := ""
	switch random.IntN(12) {
	default:
		bit := random.IntN(8)
		data[offset] ^= 1 << bit
		how = fmt.Sprintf("bit %d of byte %d is flipped", bit, offset)
	case 0:
		data[offset] = byte(random.IntN(256))
		how = fmt.Sprintf("byte %d is %d", offset, data[offset])
	case 1:
		data = data[:random.IntN(len(data))]
		how = fmt.Sprintf("cut off at %d", len(data))
	case 2:
		data = data[:page()]
		how = fmt.Sprintf("cut off at %d", len(data))
	case 3:
		at := page()
		clear(data[at:min(len(data), at+pageSize)])
		how = fmt.Sprintf("zeroes at %d", at)
	case 4:
		a, b := page(), page()
		if a+pageSize <= len(data) && b+pageSize <= len(data) {
			before := slices.Clone(data[a : a+pageSize])
			copy(data[a:a+pageSize], data[b:b+pageSize])
			copy(data[b:b+pageSize], before)
		}
		how = fmt.Sprintf("pages at %d and %d are swapped", a, b)
	case 5: // a write that never came to the disk
		at := page()
		if old := i.earlier[name]; at < len(old) {
			copy(data[at:min(at+pageSize, len(data))], old[at:])
		}
		how = fmt.Sprintf("page at %d is an earlier one", at)
	case 6:
		a, b := page(), page()
		if a+pageSize <= len(data) && b+pageSize <= len(data) {
			copy(data[a:a+pageSize], data[b:b+pageSize])
		}
		how = fmt.Sprintf("page at %d is written to %d as well", b, a)
	case 7:
		end := min(len(data), offset+1+random.IntN(600))
		for k := offset; k < end; k++ {
			data[k] = byte(random.Uint32())
		}
		how = fmt.Sprintf("noise at %d", offset)
	case 8:
		if name != fileName {
			delete(files, name)
			return name + " is gone"
		}
		data = append(data, data[:random.IntN(min(len(data), 2*pageSize))]...)
		how = fmt.Sprintf("is %d bytes long", len(data))
	}
	files[name] = data
	return name + ": " + how
}

// TestDamage damages the files of a ledger thousands of times. What it then
// tells is either what was written, or that it is damaged: never another
// number, and no check is clean that a reader would contradict.
func TestDamage(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	for _, left := range []leave{leftClosed, leftKilled, leftCheckpointed} {
		t.Run(left.String(), func(t *testing.T) {
			t.Parallel()
			seed := seedOf(t)
			random := rand.New(rand.NewPCG(seed, 11))
			i := makeImage(t, seed, left)
			folder := t.TempDir()
			found := 0
			n := 8 * crashes(t)
			for k := range n {
				files := maps.Clone(i.files)
				how := i.spoil(random, files)
				if i.damaged(t, filepath.Join(folder, fmt.Sprint(k)), files, how) {
					found++
				}
			}
			t.Logf("%d of %d damages were found, the others changed nothing", found, n)
			if found < n/4 {
				t.Errorf("only %d of %d damages were found", found, n)
			}
		})
	}
}

// damaged reads a ledger of the files, and reports whether that found damage.
func (i *image) damaged(t *testing.T, dir string, files map[string][]byte, how string) (found bool) {
	t.Helper()
	ctx := context.Background()
	defer os.RemoveAll(dir) //nolint:errcheck // the folder around it goes later
	i.write(t, dir, files)
	report, err := Check(ctx, dir)
	clean := err == nil && len(report.Findings) == 0
	r, err := OpenReader(ctx, dir)
	if err == nil {
		var got contentsOf
		if got, err = readAll(ctx, r, i.workload.ids); err == nil && !maps.Equal(got, i.contents) {
			t.Fatalf("%s: a reader tells something else (-want +got):\n%s", how, gocmp.Diff(i.contents, got))
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: close: %v", how, err)
		}
	}
	if err != nil && clean {
		t.Errorf("%s: the check is clean, and reading: %v", how, err)
	}
	i.write(t, dir, files)
	l, err := Open(ctx, dir, smallOptions)
	if err != nil {
		if clean {
			t.Errorf("%s: the check is clean, and opening: %v", how, err)
		}
		return true
	}
	got, err := readAll(ctx, l.Reader, i.workload.ids)
	if err == nil && !maps.Equal(got, i.contents) {
		t.Fatalf("%s: the writer tells something else (-want +got):\n%s", how, gocmp.Diff(i.contents, got))
	}
	i.goOn(t, l, how)
	if err := l.Close(); err != nil && clean {
		t.Errorf("%s: close: %v", how, err)
	}
	return !clean
}

// write makes a folder of the files.
func (i *image) write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// goOn writes to a damaged ledger, which must not make other numbers of it.
func (i *image) goOn(t *testing.T, l *Ledger, how string) {
	t.Helper()
	ctx := context.Background()
	random := rand.New(rand.NewPCG(1, 1))
	w := &workload{dice: random.IntN, now: i.workload.now, ids: i.workload.ids}
	after := i.model.clone()
	for range 4 {
		e := w.next()
		if err := e.do(ctx, l); err != nil {
			return // what is there now is partly before and partly after
		}
		e.on(after)
	}
	got, err := readAll(ctx, l.Reader, i.workload.ids)
	if want := after.contents(); err == nil && !maps.Equal(got, want) {
		t.Fatalf("%s: after going on it tells something else (-want +got):\n%s", how, gocmp.Diff(want, got))
	}
}
