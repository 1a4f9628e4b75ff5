// Package slo is the domain: journeys, SLOs, objectives, targets and windows,
// the teams that own them, the sources that measure them, and the policies,
// notifiers and exclusions that decide who hears of what.
//
// Declarations are what the files say, field by field with places
// ([Declarations]). [Resolve] checks them against each other and gives a
// [Set] of plain values in which every reference is followed and every
// default is filled in:
//
//	set, findings := slo.Resolve(declarations, newrelic.Key)
//	for _, journey := range set.Journeys {
//		for _, step := range journey.Steps {
//			fmt.Println(step.SLO.ID, step.SLO.Owner)
//		}
//	}
//
// Conditions travel as [diag.Text], so that whoever parses them can point
// into the file. The package reads no files but the time zones of the system,
// opens no sockets and has no clock; time is counted in [Minute]s that are
// passed in.
package slo
