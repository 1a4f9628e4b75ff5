// Package server is the HTTP face of the engine: metrics for Prometheus, the
// state of every SLO as the document that slojourn eval prints, alerts as the one
// that slojourn alerts prints, history as slojourn ledger export writes it, health,
// and reload.
//
//	server, err := server.New(server.Options{
//		Engine: engine, Metrics: registry, Registerer: registry, Logger: logger,
//	})
//	if err != nil {
//		return err
//	}
//	listeners, err := server.Listen(ctx, "127.0.0.1:8080")
//	if err != nil {
//		return err
//	}
//	return server.Serve(ctx, listeners...) // until ctx ends
//
// It measures, decides and keeps nothing: every answer is made of the newest
// snapshot, or read from the ledger. It writes nothing but what it is told to
// reload. TLS and passwords are those of a web configuration file, the same for all
// of Prometheus' programs.
package server
