package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// journeyFile is a journey of steps that are SLOs of their own.
func journeyFile(id string, slos ...string) string {
	text := "apiVersion: slojourn/v1\nkind: Journey\nmetadata: {name: " + id + ", owner: web}\nspec:\n  objective: {target: 99%, window: 2h}\n  steps:\n"
	for _, name := range slos {
		text += "  - {name: " + name + ", slo: " + name + "}\n"
	}
	return text
}

// shardSpecs are of two shards: find-a-shop and receipt-delivery are of the first,
// barcode-payment of the second, which has the other's receipt-delivery as a step.
func shardSpecs(t *testing.T) string {
	t.Helper()
	specs := fileSpecs(t, "receipt-delivery", "pay", "scan", "coupon", "points", "login", "order", "refund")
	put(t, specs, "journeys.yaml", journeyFile("barcode-payment", "receipt-delivery", "pay")+"---\n"+journeyFile("find-a-shop", "scan"))
	return specs
}

// byID are the records of a document of SLOs.
func byID(t *testing.T, document string) map[string]any {
	t.Helper()
	var d struct{ SLOs []map[string]any }
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	records := map[string]any{}
	for _, record := range d.SLOs {
		records[record["id"].(string)] = record
	}
	return records
}

// TestServeShards serves everything once, with the same numbers as in one process.
func TestServeShards(t *testing.T) {
	t.Parallel()
	specs := shardSpecs(t)
	want := byID(t, evaluated(t, specs))
	for n := 2; n <= 3; n++ {
		got := map[string]any{}
		for k := 1; k <= n; k++ {
			s := serveFiles(t, "--data-dir", t.TempDir(), "--shard", fmt.Sprintf("%d/%d", k, n), specs)
			s.ready()
			s.logs("all history is there")
			s.logs(fmt.Sprintf("msg=\"one shard is served, and others have the rest\" shard=%d/%d", k, n))
			_, document := s.ask("GET", "/api/v1/slos")
			for id, record := range byID(t, document) {
				if got[id] != nil {
					t.Errorf("%s is in two of %d shards", id, n)
				}
				got[id] = record
			}
			if strings.Contains(s.log.String(), "this shard has no Journey and no SLO") != (len(byID(t, document)) == 0) {
				t.Errorf("shard %d/%d:\n%s", k, n, s.log.String())
			}
			if code := s.stop(); code != 0 {
				t.Errorf("exit code %d", code)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d shards differ from one process (-one +shards):\n%s", n, diff)
		}
	}
}

// TestServeShardReloads takes what is new of its own, and leaves the rest to others; a
// ledger of another shard is refused.
func TestServeShardReloads(t *testing.T) {
	t.Parallel()
	specs, data := shardSpecs(t), t.TempDir()
	s := serveFiles(t, "--data-dir", data, "--shard", "2/2", "--enable-lifecycle", specs)
	s.ready()
	put(t, specs, "more.yaml", journeyFile("find-us", "scan")+"---\n"+journeyFile("barcode-refund", "scan"))
	if code, body := s.ask("POST", "/-/reload"); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	s.until("the other journey is shown", func() bool { return s.shows("barcode-refund") })
	_, document := s.ask("GET", "/api/v1/slos")
	var got []string
	for id := range byID(t, document) {
		got = append(got, id)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"barcode-payment", "barcode-refund", "coupon", "points", "refund"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.stop()
	code, _, stderr := command(t, "serve", "--data-dir", data, "--listen", "127.0.0.1:0", "--shard", "1/2", specs)
	if code != exitFailed || !strings.Contains(stderr, "the specs lack") || !strings.Contains(stderr, "Is --shard that of before?") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

// TestServeEmptyShard stays up with nothing to do, and says so.
func TestServeEmptyShard(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "receipt-delivery")
	s := serveFiles(t, "--data-dir", t.TempDir(), "--shard", "2/2", "--enable-lifecycle", specs)
	s.logs(`msg="this shard has no Journey and no SLO" shard=2/2`)
	s.ready()
	if _, document := s.ask("GET", "/api/v1/slos"); len(byID(t, document)) > 0 {
		t.Errorf("%s", document)
	}
	put(t, specs, "barcode-payment.yaml", journeyFile("barcode-payment", "receipt-delivery"))
	if code, body := s.ask("POST", "/-/reload"); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	s.until("the journey is shown", func() bool { return s.shows("barcode-payment") })
	if s.shows("receipt-delivery") {
		t.Error("the step of another shard is shown")
	}
}

func TestParseShard(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want, problem string }{
		{text: "1/1", want: "1/1"},
		{text: "2/3", want: "2/3"},
		{text: "100/100", want: "100/100"},
		{text: "2", problem: `--shard "2" is not k/n, such as 2/3 for the second of three shards`},
		{text: "a/3", problem: `--shard "a/3" is not k/n`},
		{text: "+1/2", problem: `--shard "+1/2" is not k/n`},
		{text: "01/2", problem: `--shard "01/2" is not k/n`},
		{text: "1/02", problem: `--shard "1/02" is not k/n`},
		{text: "1/3/5", problem: `--shard "1/3/5" is not k/n`},
		{text: "0/3", problem: "--shard 0/3: there is no shard 0 of 3, they are numbered from 1 to 3"},
		{text: "4/3", problem: "--shard 4/3: there is no shard 4 of 3, they are numbered from 1 to 3"},
		{text: "1/0", problem: "--shard 1/0: there can be 1 to 100 shards, not 0"},
		{text: "1/101", problem: "--shard 1/101: there can be 1 to 100 shards, not 101"},
	} {
		got, err := parseShard(test.text)
		switch {
		case test.problem == "" && (err != nil || got.String() != test.want):
			t.Errorf("%q: %v, %v, want %s", test.text, got, err, test.want)
		case test.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), test.problem)):
			t.Errorf("%q: %v, want %s", test.text, err, test.problem)
		}
	}
	code, _, stderr := command(t, "serve", "--data-dir", t.TempDir(), "--shard", "3/2")
	if code != exitUsage || !strings.Contains(stderr, "there is no shard 3 of 2") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
