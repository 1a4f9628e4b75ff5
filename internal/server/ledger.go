package server

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Ledger is where the server takes history from.
type Ledger interface {
	// Export writes what is kept of a history, as of one commit, as slojourn
	// ledger export does: lines of JSON, a part of them at a time. It ends with ctx.
	Export(ctx context.Context, w io.Writer, asked History) error
}

// History is which part of a ledger is asked for. What the ledger does not know
// is left out.
type History struct {
	IDs        []string // patterns of ids, as [slo.MatchID] reads them
	Indicators []slo.IndicatorID
	Span       *slo.Span // nil for all that is kept
}

// historyQuery is the query of a history.
type historyQuery struct{ ids, indicators, from, to []string }

// mostNamed is how many values the query of a history may have.
const mostNamed = 200_000

func (q *historyQuery) parameters() map[string]parameter {
	instant := regexp.MustCompile(`^[-0-9]+T[:.0-9]+(Z|[-+][:0-9]+)$`)
	const says = "an instant such as 2026-11-22T09:00:00Z, and + as %2B"
	return map[string]parameter{
		"id": pattern(&q.ids),
		"indicator": {
			values: &q.indicators, shape: regexp.MustCompile(`^(?s:.+)$`), longest: 8 << 10, // the path of a file may be in it
			says: "the key of an indicator, as slojourn ledger export has it at its top",
		},
		"from": {values: &q.from, shape: instant, says: says},
		"to":   {values: &q.to, shape: instant, says: says},
	}
}

// parseHistory reads a query such as id=checkout/*&from=2026-11-22T09:00:00Z. It
// returns everything that is wrong with it.
func parseHistory(query string) (History, []problem) {
	var q historyQuery
	problems := parseUpTo(mostNamed, query, q.parameters())
	asked := History{IDs: q.ids}
	for _, id := range q.indicators {
		asked.Indicators = append(asked.Indicators, slo.IndicatorID(id))
	}
	if len(problems) > 0 {
		return asked, problems
	}
	if len(q.ids)+len(q.indicators) == 0 {
		return asked, []problem{{Message: "name whose history: id=ID, with * for any characters, or indicator=KEY", Allowed: []string{"id", "indicator"}}}
	}
	if len(q.from)+len(q.to) == 0 {
		return asked, nil
	}
	asked.Span = &slo.Span{End: 1 << 62}
	for _, limit := range []struct {
		name   string
		texts  []string
		minute *slo.Minute
	}{{"from", q.from, &asked.Span.Start}, {"to", q.to, &asked.Span.End}} {
		for n, text := range limit.texts {
			at, err := time.Parse(time.RFC3339, text)
			message := ""
			switch *limit.minute = slo.MinuteAt(at); {
			case err != nil:
				message = fmt.Sprintf("%s cannot be %s; write an instant such as 2026-11-22T09:00:00Z", limit.name, quoted(text))
			case !limit.minute.Time().Equal(at):
				message = limit.name + " is no whole minute, and minutes are what the ledger keeps"
			case n > 0:
				message = limit.name + " is there twice"
			default:
				continue
			}
			problems = append(problems, problem{Message: message, Parameter: limit.name, Value: shown(text)})
		}
	}
	if len(problems) == 0 && asked.Span.Len() == 0 {
		problems = []problem{{Message: "from is not before to"}}
	}
	return asked, problems
}

// serveLedger answers with the part of the ledger that the query names, which is in
// the path or, as it may be long, in the body.
func (s *Server) serveLedger(w http.ResponseWriter, r *http.Request) {
	// A page in somebody's browser can send a POST as well, and has the server work.
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		fail(w, r, http.StatusForbidden, problem{Message: "a page of another site must not ask for history"})
		return
	}
	query, status, wrong := s.form(r)
	if status != 0 {
		w.Header().Set("Connection", "close") // with the rest of the body
		fail(w, r, status, wrong)
		return
	}
	asked, problems := parseHistory(query)
	if len(problems) > 0 {
		fail(w, r, http.StatusBadRequest, problems...)
		return
	}
	ctx, cancel := context.WithTimeoutCause(r.Context(), s.limits.export, fmt.Errorf("it was not taken within %s", s.limits.export))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	answer := newStream(w, "application/x-ndjson", acceptsGzip(r.Header), s.limits.write, stop)
	err := s.options.Ledger.Export(ctx, answer, asked)
	if err == nil {
		err = answer.close()
	}
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	s.logger.Warn("history that was asked for was not sent whole", "remote", r.RemoteAddr, "error", err)
	if answer.begun {
		panic(http.ErrAbortHandler) // so that nobody takes it for whole
	}
	fail(w, r, http.StatusInternalServerError, problem{Message: "the history cannot be read: " + err.Error()})
}

// form reads a query from the path and from the body. It returns a status and a
// problem when it cannot.
func (s *Server) form(r *http.Request) (query string, status int, p problem) {
	body, err := io.ReadAll(io.LimitReader(r.Body, s.limits.formBytes+1))
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // "" where it cannot be read
	const form = "application/x-www-form-urlencoded"
	switch {
	case err != nil:
		return "", http.StatusBadRequest, problem{Message: "the body of the request cannot be read"}
	case int64(len(body)) > s.limits.formBytes:
		return "", http.StatusRequestEntityTooLarge, problem{Message: fmt.Sprintf("send a body of at most %d bytes; * in an id stands for any characters", s.limits.formBytes)}
	case len(body) > 0 && media != form:
		return "", http.StatusUnsupportedMediaType, problem{Message: "send the parameters in the body as " + form + ", as curl -d does"}
	case len(body) == 0 || r.URL.RawQuery == "":
		return r.URL.RawQuery + string(body), 0, p
	}
	return r.URL.RawQuery + "&" + string(body), 0, p
}

// stream is an answer that is sent while it is made, so that nobody has to hold all
// of it. Its header is sent with the first piece.
type stream struct {
	to     http.ResponseWriter
	within time.Duration // the client has to take a piece
	gone   func(error)   // is told when a piece cannot be sent
	begun  bool
	media  string
	pieces *bufio.Writer // in front of to
	zip    *gzip.Writer  // in front of pieces, or nil
}

func newStream(w http.ResponseWriter, media string, zipped bool, within time.Duration, gone func(error)) *stream {
	s := &stream{to: w, within: within, gone: gone, media: media}
	s.pieces = bufio.NewWriterSize(piecesOf{s}, 64<<10)
	if zipped {
		// Its lines are much alike: the fastest way makes them small enough.
		s.zip, _ = gzip.NewWriterLevel(s.pieces, gzip.BestSpeed) // the level is one that there is
	}
	return s
}

func (s *stream) Write(data []byte) (int, error) {
	if s.zip != nil {
		return s.zip.Write(data)
	}
	return s.pieces.Write(data)
}

// close sends the rest.
func (s *stream) close() error {
	if s.zip != nil {
		if err := s.zip.Close(); err != nil {
			return err
		}
	}
	return s.pieces.Flush()
}

// piecesOf sends pieces of a stream.
type piecesOf struct{ *stream }

func (p piecesOf) Write(piece []byte) (int, error) {
	n, err := p.send(piece)
	if err != nil {
		p.gone(err)
	}
	return n, err
}

func (p piecesOf) send(piece []byte) (int, error) {
	err := http.NewResponseController(p.to).SetWriteDeadline(time.Now().Add(p.within))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	if !p.begun {
		p.begun = true
		p.to.Header().Set("Content-Type", p.media)
		p.to.Header().Add("Vary", "Accept-Encoding")
		if p.zip != nil {
			p.to.Header().Set("Content-Encoding", "gzip")
		}
		p.to.WriteHeader(http.StatusOK)
	}
	return p.to.Write(piece)
}
