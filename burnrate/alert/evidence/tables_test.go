package evidence_test

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/alerting.md")

// page is where the tables are, each between two comments:
//
//	<!-- table NAME -->
//	<!-- end of table -->
const page = "../../../docs/alerting.md"

// pageLock keeps tests from writing into each other's tables.
var pageLock sync.Mutex

// checkTable compares a table of the page with what it has to be.
func checkTable(t *testing.T, name, want string) {
	t.Helper()
	pageLock.Lock()
	defer pageLock.Unlock()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- table "+name+" -->\n\n", "\n<!-- end of table -->\n"
	before, rest, found := strings.Cut(string(data), begin)
	got, after, ended := strings.Cut(rest, end)
	switch {
	case !found || !ended:
		t.Errorf("%s has no table %s", page, name)
	case got == want:
	case *update:
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table %s of %s is not what happens. It says\n%s\nand has to say\n%s", name, page, got, want)
	}
}

// lasting writes minutes as days, hours and minutes: 2h 57m.
func lasting(minutes int64) string {
	var parts []string
	for _, unit := range []struct {
		name    string
		minutes int64
	}{{"d", 1440}, {"h", 60}, {"m", 1}} {
		if n := minutes / unit.minutes; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+unit.name)
			minutes -= n * unit.minutes
		}
	}
	return strings.Join(parts, " ")
}

// commas writes thousands apart: 10,000.
func commas(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
