package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestDemoAtAnyTime evaluates the demo at instants spread over the hours of
// the day and the days of a week. Its incidents have to show in every table as
// the README tells, and the numbers must not depend on when somebody looks.
func TestDemoAtAnyTime(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the demo is run three times")
	}
	first := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	want := demoNumbers(t, first)
	checkDemoStory(t, want)
	// Another time of another day, and a day to come.
	for _, at := range []time.Time{first.Add(35*time.Hour + 7*time.Minute + 13*time.Second), time.Now().Add(1000 * time.Hour)} {
		if diff := cmp.Diff(want, demoNumbers(t, at)); diff != "" {
			t.Errorf("at %s the demo shows other numbers (-want +got):\n%s", at, diff)
		}
	}
}

// numbers are what the demo's story is about, by id and window.
type numbers map[string]map[string]number

type number struct {
	Total, Bad           int64
	BurnRate, Coverage   float64
	BudgetRemainingRatio float64
	Budget               string
}

func demoNumbers(t *testing.T, at time.Time) numbers {
	t.Helper()
	var out, stderr bytes.Buffer
	env := environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &stderr, getenv: func(string) string { return "" }, now: time.Now,
	}
	if code := run(t.Context(), env, []string{"demo", "--once", "-o", "json", "--at", at.Format(time.RFC3339)}); code != 0 {
		t.Fatalf("at %s: exit code %d: %s", at, code, &stderr)
	}
	var document struct {
		SLOs []struct {
			ID         string
			Objectives []struct {
				number
				Window string
				Burn   []struct {
					number
					Window string
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	found := numbers{}
	for _, s := range document.SLOs {
		found[s.ID] = map[string]number{}
		for _, o := range s.Objectives {
			found[s.ID][o.Window] = o.number
			for _, b := range o.Burn {
				found[s.ID][b.Window] = b.number
			}
		}
	}
	return found
}

// checkDemoStory checks what the README and docs/demo.md say in words.
func checkDemoStory(t *testing.T, n numbers) {
	t.Helper()
	worst, slow := n["order-online/place-order"], n["barcode-payment/authorise"]
	if worst["28d"].Budget != "spent" || worst["1h"].BurnRate > 1 || worst["6h"].BurnRate > 1 || worst["3d"].BurnRate <= 1 {
		t.Errorf("place-order does not show the outage of two days ago: %+v", worst)
	}
	if slow["1h"].BurnRate <= slow["6h"].BurnRate || slow["6h"].BurnRate <= 1 {
		t.Errorf("authorise burns at %v over 1h and %v over 6h", slow["1h"].BurnRate, slow["6h"].BurnRate)
	}
	for id, windows := range n {
		left, long := windows["28d"]
		if !long {
			left = windows["7d"]
		}
		if id != "order-online/place-order" && left.Budget != "healthy" {
			t.Errorf("%s: its budget is %s", id, left.Budget)
		}
		for window, w := range windows {
			if w.Coverage != 1 {
				t.Errorf("%s over %s is covered to %v", id, window, w.Coverage)
			}
			// A single failure in six hours of little traffic burns at 2.
			if burning := id == "barcode-payment" || id == "barcode-payment/authorise"; !burning && window == "6h" && w.BurnRate > 2 {
				t.Errorf("%s burns at %v over %s too", id, w.BurnRate, window)
			}
		}
	}
}
