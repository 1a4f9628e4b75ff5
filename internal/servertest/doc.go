// Package servertest starts real servers for tests: Prometheus, Alertmanager,
// VictoriaMetrics and vmalert, on loopback, each with a folder of its own. They are those on
// PATH, or those that .ci/servers unpacks and names in SLOJOURN_SERVERS.
//
//	s := servertest.StartPrometheus(t, servertest.Options{Config: "scrape_configs: []"})
//	servertest.Eventually(t, "it scrapes", func() error {
//		if len(s.Query(t, "up", time.Time{})) == 0 {
//			return errors.New("nothing is up")
//		}
//		return nil
//	})
//	s.Kill()  // as a machine that loses power does
//	s.Start() // at the same address, with what it had
//
// Everything but this text has the build tag servers. A server that is not there fails the
// test, which is never skipped.
package servertest
