// Package remote sends the minutes of a ledger to a receiver of Prometheus' remote
// write 1.0, such as Prometheus, VictoriaMetrics, Mimir or Thanos: each minute once,
// when it does not change any more.
//
//	client, err := remote.NewClient(remote.ClientOptions{URL: "https://mimir.example.com/api/v1/push"})
//	…
//	w := remote.New(remote.Options{Ledger: book, Feeds: feeds, Sender: client, Clock: clock, Log: log})
//	w.Run(ctx)
//
// How far it has come is an entry of the ledger, which moves on when the receiver
// took something. So nothing is lost while the receiver is down, and a crash sends
// one batch again, which says the same. The names and values are those of an export
// of the ledger as OpenMetrics, so that the two go together without a seam.
//
// The package does not send what was measured or corrected after a minute was sent.
package remote
