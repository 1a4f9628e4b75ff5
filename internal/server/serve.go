package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/sync/errgroup"
)

// limits keep a client from holding on to what others need.
type limits struct {
	header time.Duration // to send the header of a request, from its first byte on a new connection
	read   time.Duration // to send a whole request
	write  time.Duration // from the header's end to the end of the answer, and of each piece of a history
	idle   time.Duration // between two requests of a connection
	grace  time.Duration // to finish what is being answered when the server ends
	turn   time.Duration // to wait until others have got their answers
	export time.Duration // to take a history, during which the ledger cannot let go of what it writes over

	headerBytes int   // of a request, all headers and the path together
	bodyBytes   int64 // of a request that has no use for one
	formBytes   int64 // of one that names a history: 300 for each of 50,000 SLOs, of 127 characters at the most and a key of 64
	atOnce      int   // answers that take much memory
}

// usual limits fit a scrape of 200,000 series, gzipped by one core, over a
// slow line.
func usual() limits {
	return limits{
		header: 10 * time.Second, read: 30 * time.Second, write: 2 * time.Minute, idle: 2 * time.Minute,
		grace: 5 * time.Second, turn: 10 * time.Second, export: time.Hour,
		headerBytes: 64 << 10, bodyBytes: 4 << 10, formBytes: 16 << 20, atOnce: 4,
	}
}

// Listen listens on all the TCP addresses, such as 127.0.0.1:8080, or on none
// of them. Port 0 takes a free one.
func Listen(ctx context.Context, addresses ...string) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, address := range addresses {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			closeAll(listeners)
			if op, ok := errors.AsType[*net.OpError](err); ok {
				err = op.Err // the address is named anyway
			}
			return nil, fmt.Errorf("listen on %s: %w", address, err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		listener.Close() //nolint:errcheck // nothing is lost with it
	}
}

// Serve answers requests on all listeners until ctx ends, then lets what is
// being answered finish for at most five seconds. It closes the listeners and
// waits for everything that it started. It returns nil when ctx ended it, and
// an error as soon as one listener cannot be served.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	defer closeAll(listeners)
	if len(listeners) == 0 {
		return errors.New("there is no address to serve: name one to listen on")
	}
	group, failed := errgroup.WithContext(ctx)
	for _, listener := range listeners {
		// The toolkit changes the server that it is given: each listener has
		// one of its own.
		server := s.httpServer()
		group.Go(func() error {
			err := web.Serve(listener, server, &web.FlagConfig{WebConfigFile: &s.options.WebConfig}, s.logger)
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve %s: %w", listener.Addr(), err)
		})
		group.Go(func() error {
			<-failed.Done()
			return s.stop(ctx, server)
		})
	}
	return group.Wait()
}

func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.limits.header,
		ReadTimeout:       s.limits.read,
		WriteTimeout:      s.limits.write,
		IdleTimeout:       s.limits.idle,
		MaxHeaderBytes:    s.limits.headerBytes,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
}

// stop ends a server, at first by waiting for answers that are under way.
func (s *Server) stop(ctx context.Context, server *http.Server) error {
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.grace)
	defer cancel()
	err := server.Shutdown(graceful)
	if errors.Is(err, context.DeadlineExceeded) {
		s.logger.Warn("answers under way were cut off", "after", s.limits.grace)
		err = server.Close()
	}
	if err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}
