// Package report prints a snapshot: as the JSON document of slojourn eval and
// as a table for people.
package report
