package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/exporter-toolkit/web"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/outbox"
	metrics "github.com/slojourn/slojourn/exporters/prometheus"
)

// Engine is what the server shows. It is asked from many goroutines at once.
type Engine interface {
	// Snapshot returns the newest snapshot, and false before the first one.
	Snapshot() (burnrate.Snapshot, bool)

	// Ready returns nil, or why the numbers are not whole yet, such as
	// "the history of 312 of 672 indicators was not read yet".
	Ready() error
}

// Alerts is what the server shows of alerts. It is asked from many goroutines at
// once.
type Alerts interface {
	// Alerts returns what is kept of alerts, and false before the first tick.
	Alerts() (outbox.Box, bool)
}

// Options say what a server shows and allows.
type Options struct {
	Engine  Engine              // mandatory
	Metrics prometheus.Gatherer // mandatory: what /metrics shows of the program
	Alerts  Alerts              // nil when nobody judges any
	Ledger  Ledger              // nil leaves out /api/v1/ledger

	// Page returns what /metrics shows of SLOs, nil before there is anything. It is
	// called from many goroutines at once. Without it /metrics shows the program alone.
	Page func() *metrics.Page

	// Registerer takes the metrics of the server itself; nil leaves them out.
	Registerer prometheus.Registerer

	// Lifecycle lets POST /-/reload call Reload, from several goroutines at
	// once, with a context that ends when the client goes away. Everything is
	// reloaded or nothing, and the client is shown the error. removed are
	// patterns of ids that may go, as [slo.MatchID] reads them.
	Lifecycle bool
	Reload    func(ctx context.Context, removed []string) error // mandatory with Lifecycle

	// WebConfig is the path of a web configuration file with certificates and
	// passwords; without one anybody who reaches the port may read. The file
	// is read again for every request and every TLS connection.
	WebConfig string

	Version string       // shown on the first page, unless empty
	Logger  *slog.Logger // nil is silent
}

// Server answers HTTP requests about an engine. It is safe for concurrent use.
type Server struct {
	options     Options
	logger      *slog.Logger
	limits      limits
	instruments instruments
	routes      map[string]http.Handler
	unknown     http.Handler // for all other paths
}

// New returns a server. It fails when something mandatory is missing, when the
// web configuration cannot be used, and when the registerer has the metrics of
// another server.
func New(options Options) (*Server, error) { return limited(options, usual()) }

func limited(options Options, limits limits) (*Server, error) {
	switch {
	case options.Engine == nil:
		return nil, errors.New("a server needs an engine to show")
	case options.Metrics == nil:
		return nil, errors.New("a server needs metrics to show")
	case options.Lifecycle && options.Reload == nil:
		return nil, errors.New("a server that lets others reload needs something to call for that")
	}
	if err := web.Validate(options.WebConfig); err != nil {
		return nil, fmt.Errorf("web configuration %s: %w; https://prometheus.io/docs/prometheus/latest/configuration/https/ says what it may hold",
			options.WebConfig, err)
	}
	s := &Server{options: options, logger: options.Logger, limits: limits, instruments: newInstruments()}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if options.Registerer != nil {
		if err := options.Registerer.Register(s.instruments); err != nil {
			return nil, fmt.Errorf("register the metrics of the server: %w", err)
		}
	}
	s.routes = map[string]http.Handler{}
	for _, e := range s.endpoints() {
		s.routes[e.path] = s.instruments.observe(e.path, s.guard(e))
	}
	s.unknown = s.instruments.observe("unknown", s.guard(endpoint{serve: serveUnknown}))
	return s, nil
}

// endpoint is what is served at a path, by one method; GET has HEAD with it.
// Without a method it is any.
type endpoint struct {
	path   string
	method string
	serve  http.HandlerFunc
	reads  bool // serve reads the body, which is of no use to others
}

func (s *Server) endpoints() []endpoint {
	endpoints := []endpoint{
		{path: "/", method: http.MethodGet, serve: s.serveIndex},
		{path: "/metrics", method: http.MethodGet, serve: s.metrics()},
		{path: "/-/healthy", method: http.MethodGet, serve: serveHealthy},
		{path: "/-/ready", method: http.MethodGet, serve: s.serveReady},
		{path: "/-/reload", method: http.MethodPost, serve: s.serveReload},
		{path: "/api/v1/slos", method: http.MethodGet, serve: s.inTurn(s.limits.atOnce, s.serveSLOs)},
		{path: "/api/v1/alerts", method: http.MethodGet, serve: s.inTurn(s.limits.atOnce, s.serveAlerts)},
	}
	if s.options.Ledger != nil {
		endpoints = append(endpoints, endpoint{path: "/api/v1/ledger", method: http.MethodPost, serve: s.inTurn(1, s.serveLedger), reads: true})
	}
	return endpoints
}

// ServeHTTP answers a request without the web configuration, which is up to
// [Server.Serve].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if route, known := s.routes[r.URL.Path]; known {
		route.ServeHTTP(w, r)
		return
	}
	s.unknown.ServeHTTP(w, r)
}

func serveUnknown(w http.ResponseWriter, r *http.Request) {
	fail(w, r, http.StatusNotFound, problem{Message: "there is nothing at this path; / lists what there is"})
}
