package server

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/slojourn/slojourn/slo"
)

// book is a ledger that a test writes.
type book func(ctx context.Context, w io.Writer, asked History) error

func (b book) Export(ctx context.Context, w io.Writer, asked History) error { return b(ctx, w, asked) }

// pages is a ledger with some lines.
func pages(lines string) book {
	return func(_ context.Context, w io.Writer, _ History) error {
		_, err := io.WriteString(w, lines)
		return err
	}
}

// form sends a query in the body.
func form(query string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(query)), int64(len(query))
	}
}

func TestParseHistory(t *testing.T) {
	t.Parallel()
	from := slo.MinuteAt(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	const instant = "an instant such as 2026-11-22T09:00:00Z"
	for _, test := range []struct {
		query    string
		want     History
		problems []string
	}{
		{"id=mail&id=checkout/*", History{IDs: []string{"mail", "checkout/*"}}, nil},
		{"indicator=f0&indicator=" + strings.Repeat("x", 8<<10), History{Indicators: []slo.IndicatorID{"f0", slo.IndicatorID(strings.Repeat("x", 8<<10))}}, nil},
		{"indicator=file:a%20b%0A.csv:mail&id=mail", History{IDs: []string{"mail"}, Indicators: []slo.IndicatorID{"file:a b\n.csv:mail"}}, nil},
		{"id=a&from=2026-11-22T18:00:00%2B09:00", History{IDs: []string{"a"}, Span: &slo.Span{Start: from, End: 1 << 62}}, nil},
		{"id=a&to=2026-11-22T09:01:00Z", History{IDs: []string{"a"}, Span: &slo.Span{End: from + 1}}, nil},
		{"id=a&to=2026-11-22T09:01:00Z&from=2026-11-22T09:00:00Z", History{IDs: []string{"a"}, Span: &slo.Span{Start: from, End: from + 1}}, nil},
		{"", History{}, []string{"name whose history: id=ID, with * for any characters, or indicator=KEY"}},
		{"from=2026-11-22T09:00:00Z", History{}, []string{"name whose history: id=ID, with * for any characters, or indicator=KEY"}},
		{"id=A&owner=shop&indicator=", History{}, []string{
			`id cannot be "A"; write an id such as barcode-payment/authorise, with * for any characters`,
			`indicator cannot be ""; write the key of an indicator, as slojourn ledger export has it at its top`,
			`the parameter "owner" is unknown; use from, id, indicator or to`,
		}},
		{"indicator=" + strings.Repeat("x", 8<<10+1), History{}, []string{
			`indicator cannot be "` + strings.Repeat("x", 80) + `…"; write the key of an indicator, as slojourn ledger export has it at its top`,
		}},
		{"id=a&from=yesterday", History{}, []string{`from cannot be "yesterday"; write ` + instant + ", and + as %2B"}},
		{"id=a&from=2026-11-22T18:00:00+09:00", History{}, []string{`from cannot be "2026-11-22T18:00:00 09:00"; write ` + instant + ", and + as %2B"}},
		{"id=a&to=2026-13-22T18:00:00Z&from=2026-11-22T18:00:30Z", History{}, []string{
			"from is no whole minute, and minutes are what the ledger keeps", `to cannot be "2026-13-22T18:00:00Z"; write ` + instant,
		}},
		{"id=a&to=2026-11-22T09:01:00Z&to=2026-11-22T09:02:00Z", History{}, []string{"to is there twice"}},
		{"id=a&to=2026-11-22T09:00:00Z&from=2026-11-22T09:00:00Z", History{}, []string{"from is not before to"}},
		{strings.Repeat("id=a&", mostNamed) + "id=b", History{}, []string{"the query has more than 200000 values; name more at once with *"}},
	} {
		got, problems := parseHistory(test.query)
		var messages []string
		for _, p := range problems {
			messages = append(messages, p.Message)
		}
		name := test.query[:min(len(test.query), 80)]
		if diff := cmp.Diff(test.problems, messages); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.want, got); test.problems == nil && diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}

// TestLedger sends what is kept, gzipped to those who can read that, and asks for what
// stands in the path and in the body.
func TestLedger(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat(`{"type":"minute"}`+"\n", 10_000) // more than is sent at once
	var asked History
	own := prometheus.NewRegistry()
	url, log := served(t, Options{Registerer: own, Ledger: book(func(ctx context.Context, w io.Writer, h History) error {
		asked = h
		return pages(lines)(ctx, w, h)
	})})
	for accepted, zipped := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false, "identity": false, "xgzip": false, "br;q=0, gzip": true,
	} {
		got := ask(t, http.MethodPost, url+"/api/v1/ledger?id=mail", func(r *http.Request) {
			form("indicator=f0&indicator=f1")(r)
			r.Header.Set("Accept-Encoding", accepted)
		})
		body := got.body
		if zipped {
			unzipped, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatalf("%q: %v", accepted, err)
			}
			all, err := io.ReadAll(unzipped)
			if err != nil {
				t.Fatal(err)
			}
			body = string(all)
		}
		if got.status != 200 || body != lines || got.header.Get("Content-Type") != "application/x-ndjson" || got.header.Get("Vary") != "Accept-Encoding" ||
			(got.header.Get("Content-Encoding") == "gzip") != zipped {
			t.Errorf("%q: %d, %d bytes, %v", accepted, got.status, len(got.body), got.header)
		}
		protected(t, got)
		if diff := cmp.Diff(History{IDs: []string{"mail"}, Indicators: []slo.IndicatorID{"f0", "f1"}}, asked); diff != "" {
			t.Errorf("it asks the ledger for (-want +got):\n%s", diff)
		}
	}
	if ask(t, http.MethodPost, url+"/api/v1/ledger?id=other", nil); len(asked.IDs) != 1 || asked.IDs[0] != "other" {
		t.Errorf("without a body it asks for %v", asked)
	}
	if ask(t, http.MethodPost, url+"/api/v1/ledger", form("id=third")); len(asked.IDs) != 1 || asked.IDs[0] != "third" {
		t.Errorf("without a query it asks for %v", asked)
	}
	if log.String() != "" {
		t.Errorf("it logs %s", log)
	}
	if count, err := testutil.GatherAndCount(own, "slojourn_http_request_duration_seconds"); err != nil || count != 1 {
		t.Errorf("%d kinds of answers, %v", count, err)
	}
}

func TestLedgerRefuses(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.formBytes = 100
	url, _ := servedWithin(t, Options{Ledger: pages("never\n")}, limits)
	for name, test := range map[string]struct {
		method string
		change func(*http.Request)
		status int
		want   string
	}{
		"GET":        {http.MethodGet, nil, 405, "this path knows only POST"},
		"nothing":    {http.MethodPost, nil, 400, "name whose history"},
		"JSON":       {http.MethodPost, func(r *http.Request) { form(`{"id":"a"}`)(r); r.Header.Set("Content-Type", "application/json") }, 415, "as application/x-www-form-urlencoded, as curl -d does"},
		"no type":    {http.MethodPost, func(r *http.Request) { form("id=a")(r); r.Header.Del("Content-Type") }, 415, "as curl -d does"},
		"large":      {http.MethodPost, form("id=" + strings.Repeat("a", 98)), 413, "at most 100 bytes"},
		"as large":   {http.MethodPost, form("from=" + strings.Repeat("a", 95)), 400, "from cannot be"},
		"mistakes":   {http.MethodPost, form("ids=a"), 400, "did you mean id?"},
		"cross-site": {http.MethodPost, func(r *http.Request) { form("id=a")(r); r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403, "another site"},
		"half": {http.MethodPost, func(r *http.Request) {
			form("id=%zz")(r)
		}, 400, "the query cannot be read"},
	} {
		got := ask(t, test.method, url+"/api/v1/ledger", test.change)
		if d := read(t, got); got.status != test.status || len(d.Errors) != 1 || !strings.Contains(d.Errors[0].Message, test.want) {
			t.Errorf("%s: got %d, %s; want %d, %s", name, got.status, got.body, test.status, test.want)
		}
		protected(t, got)
	}
	without, _ := served(t, Options{})
	if got := ask(t, http.MethodPost, without+"/api/v1/ledger", form("id=a")); got.status != 404 {
		t.Errorf("without a ledger: %d %s", got.status, got.body)
	}
}

// TestLedgerFails says why while it can, and else cuts the answer off.
func TestLedgerFails(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.export = time.Millisecond
	damaged := errors.New("the ledger is damaged: minute 2026-11-22T11:58Z is not there")
	for name, test := range map[string]struct {
		ledger book
		want   string // "" when it is cut off
		logged string
	}{
		"at once": {func(context.Context, io.Writer, History) error { return damaged }, damaged.Error(), damaged.Error()},
		"before the first piece": {func(_ context.Context, w io.Writer, _ History) error {
			return errors.Join(pages("{}\n")(t.Context(), w, History{}), damaged)
		}, damaged.Error(), damaged.Error()},
		"half way": {func(_ context.Context, w io.Writer, _ History) error {
			return errors.Join(pages(strings.Repeat("{}\n", 100_000))(t.Context(), w, History{}), damaged)
		}, "", damaged.Error()},
		"too late": {func(ctx context.Context, _ io.Writer, _ History) error {
			<-ctx.Done()
			return errors.New("read the ledger: interrupted (9)")
		}, "it was not taken within 1ms", "it was not taken within 1ms"},
	} {
		url, log := servedWithin(t, Options{Ledger: test.ledger}, limits)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
		got, err := try(t.Context(), client, http.MethodPost, url+"/api/v1/ledger?id=a", nil)
		if (err != nil) != (test.want == "") {
			t.Errorf("%s: %d, %v", name, got.status, err)
		}
		if test.want != "" {
			if d := read(t, got); got.status != 500 || !strings.HasPrefix(d.Errors[0].Message, "the history cannot be read: ") || !strings.Contains(d.Errors[0].Message, test.want) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if text := log.String(); !strings.Contains(text, "was not sent whole") || !strings.Contains(text, test.logged) || strings.Contains(text, "panicked") {
			t.Errorf("%s: it logs %s", name, text)
		}
	}
}

// TestLedgerOneAtATime keeps a second one waiting, and nobody else.
func TestLedgerOneAtATime(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.turn = time.Millisecond
	entered, leave := make(chan struct{}), make(chan struct{})
	url, _ := servedWithin(t, Options{Ledger: book(func(context.Context, io.Writer, History) error {
		entered <- struct{}{}
		<-leave
		return nil
	})}, limits)
	status := make(chan int)
	go func() { status <- ask(t, http.MethodPost, url+"/api/v1/ledger?id=a", nil).status }()
	<-entered
	got := ask(t, http.MethodPost, url+"/api/v1/ledger?id=a", nil)
	if d := read(t, got); got.status != 503 || d.Errors[0].Message != "another is being answered; ask again later" {
		t.Errorf("a second: got %d, %s", got.status, got.body)
	}
	if got := ask(t, http.MethodGet, url+"/api/v1/slos", nil); got.status != 200 {
		t.Errorf("another path: got %d", got.status)
	}
	close(leave)
	if got := <-status; got != 200 {
		t.Errorf("the first: got %d", got)
	}
}

// TestLedgerIsNotTaken stops reading for a client that goes away, or takes nothing.
func TestLedgerIsNotTaken(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.write = 100 * time.Millisecond
	began, ended := make(chan struct{}), make(chan error)
	url, _ := servedWithin(t, Options{Ledger: book(func(ctx context.Context, w io.Writer, _ History) error {
		close(began)
		for ctx.Err() == nil {
			_, _ = w.Write(make([]byte, 1<<20)) // an exporter finds out in the end
		}
		ended <- context.Cause(ctx)
		return ctx.Err()
	})}, limits)
	for _, leaves := range []bool{false, true} {
		began = make(chan struct{})
		connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection, "POST /api/v1/ledger?id=a HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		<-began
		if leaves {
			connection.Close()
		}
		if err := <-ended; err == nil {
			t.Error("it has no reason to end")
		}
		connection.Close()
	}
}

// timed is a client that notes by when it has to have taken each piece.
type timed struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
	fails     error
}

func (w *timed) SetWriteDeadline(at time.Time) error {
	w.deadlines = append(w.deadlines, at)
	return w.fails
}

// TestStreamGivesTimeForEachPiece however long all of them take.
func TestStreamGivesTimeForEachPiece(t *testing.T) {
	t.Parallel()
	gone := func(err error) { t.Errorf("gone: %v", err) }
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	s := newStream(w, "text/plain", false, time.Hour, gone)
	for range 3 {
		before := time.Now()
		if _, err := s.Write(make([]byte, 64<<10+1)); err != nil {
			t.Fatal(err)
		}
		if n := len(w.deadlines); n == 0 || w.deadlines[n-1].Before(before.Add(time.Hour)) {
			t.Errorf("deadlines are %v, at %v", w.deadlines, before)
		}
	}
	if err := s.close(); err != nil || w.Body.Len() != 3*(64<<10+1) {
		t.Errorf("%d bytes, %v", w.Body.Len(), err)
	}
	told := error(nil)
	w = &timed{ResponseRecorder: httptest.NewRecorder(), fails: net.ErrClosed}
	s = newStream(w, "text/plain", true, time.Hour, func(err error) { told = err })
	if err := s.close(); !errors.Is(err, net.ErrClosed) || !errors.Is(told, net.ErrClosed) || s.begun {
		t.Errorf("a closed connection: %v, told %v, begun %t", err, told, s.begun)
	}
}
