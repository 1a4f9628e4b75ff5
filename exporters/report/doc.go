// Package report prints a snapshot: as the JSON document of slojourn eval and
// as a table for people; and alerts, as those of slojourn alerts, and as the
// beginning of a postmortem. It also lists what there is in a set of specs.
package report
