package newrelic

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// TestThousandths rounds sums once, halves away from zero.
func TestThousandths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"2.5": 2500, "0": 0, "1e3": 1_000_000, "0.0004999": 0, "0.0005": 1, "-0.0005": -1, "-0.0004": 0, "0.30000000000000004": 300,
		"1234.5674": 1_234_567, "1234.5675": 1_234_568, "-7": -7000, "null": 0, "9007199254740.992": maxInteger,
	} {
		got, err := row{"c": json.RawMessage(text)}.thousandths("c")
		if err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for text, message := range map[string]string{
		"9007199254740.993": "too large to be exact", "1e300": "too large to be exact", `"7"`: "not a number", "1.2.3": "not a number", "{}": "not a number",
	} {
		if got, err := (row{"c": json.RawMessage(text)}).thousandths("c"); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %d, %v, want an error with %q", text, got, err, message)
		}
	}
}

// TestReplies reads what an answer says about itself.
func TestReplies(t *testing.T) {
	t.Parallel()
	var messages []string
	for i := range 9 {
		messages = append(messages, fmt.Sprintf(`"message %d"`, i), `"the same"`)
	}
	r := readReply(json.RawMessage(`{"results":[],"metadata":{"messages":[` + strings.Join(messages, ",") + `]},
		"rawResponse":{"performanceStats":{"inspectedCount":12,"omittedCount":3.0,"exceedsRetentionWindow":true}}}`))
	if len(r.messages) != 5 || r.messages[1] != "the same" || r.inspected != 12 || r.omitted != 3 || !r.exceedsRetention {
		t.Errorf("got %+v", r)
	}
	long := readReply(json.RawMessage(`{"results":[],"metadata":{"messages":["` + strings.Repeat("ü", 5000) + ` ` + key + `"]}}`))
	if len(long.messages) != 1 || len([]rune(long.messages[0])) > 201 {
		t.Errorf("a long message has %d characters", len([]rune(long.messages[0])))
	}
	for _, odd := range []string{
		`{"results":[],"metadata":7,"rawResponse":"x"}`, `{"results":[],"metadata":{"messages":{"a":1}},"rawResponse":{"performanceStats":[1]}}`,
		`{"results":[],"rawResponse":{"performanceStats":{"inspectedCount":"many","omittedCount":null,"exceedsRetentionWindow":"yes"}}}`,
	} {
		if r := readReply(json.RawMessage(odd)); r.err != nil || r.messages != nil || r.inspected != 0 || r.omitted != 0 || r.exceedsRetention {
			t.Errorf("%s: got %+v", odd, r)
		}
	}
}

// TestParsedForgets what nobody holds any more, and nothing else.
func TestParsedForgets(t *testing.T) {
	t.Parallel()
	p := &parsed{}
	kept := measuring(sli("T", "", "bad: a = 1"))[0]
	first, _ := p.of(kept)
	for range 1000 {
		if _, err := p.of(&slo.SLO{SLI: sli("T", "", "bad: a = 1")}); err != nil {
			t.Fatal(err)
		}
	}
	left := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.known)
	}
	for range 100 { // what is collected is cleaned up some time later
		if runtime.GC(); left() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := left(); n != 1 {
		t.Errorf("%d SLOs are kept, want 1", n)
	}
	if again, _ := p.of(kept); again[0] != first[0] {
		t.Error("what is held was forgotten")
	}
}
