// Package backtest answers whether alert policies would have paged: it takes the
// snapshots of a replayed history, lets the alerts go through them as they do live,
// and keeps what they did. From that follow how well they found real incidents, how
// much toil they made, what another policy would have changed, and which targets and
// windows the history supports.
//
//	r := backtest.NewRecorder(backtest.Options{Incidents: incidents})
//	for snapshot := range replayed { // a minute apart, see internal/engine
//		r.See(snapshot)
//	}
//	run := r.Run()
//	judgement := backtest.Judge(run, incidents)
//
// It is hindsight: minutes that were corrected or filled in later are seen as they are
// known now. It reads no history and knows no clock.
package backtest
