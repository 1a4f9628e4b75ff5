// Package alert says when alerts fire and when they resolve.
//
// It is a pure function of a sequence of snapshots: the same snapshots give
// the same events, whoever asks and however often. It does no I/O and has no
// clock.
//
//	var states alert.States // nothing fires
//	for snapshot := range snapshots {
//		var events []alert.Event
//		states, events = alert.Advance(states, snapshot)
//	}
//
// An alert is inactive, then firing, then resolved, which is inactive again.
// It fires at once. It resolves when its condition has been false on evidence
// for the hold of its policy: half of both windows of the tiers that fired
// were measured, and there were events in the short one. Without evidence it
// is held, for at most [HeldFor].
//
// All alerts are judged, and then it is decided who is told: an alert that another
// one stands for is silent below it, and is sent once nothing does, see
// [Alert.Below].
//
// A correction changes the past of a snapshot. It makes a tier fire only when
// the short window burns too, so that what is over and was found late does not
// wake anybody.
//
// States are keyed by what people know an alert by, see [Key], and never by
// tiers: they survive every edit of a policy. The package notifies nobody, and
// knows neither tickets nor pagers.
package alert
