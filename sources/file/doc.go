// Package file measures SLOs by the rows of a file: counts per minute and SLO,
// in CSV or NDJSON. It serves backfill, and trying specs out without an account:
// rows name SLOs by their ids, so that what their SLIs say is not read, and only
// the Source of a set has to change.
//
//	minute,id,total,bad
//	2026-11-22T09:00:00Z,shop/pay,120,1
//
// A minute without a row was not measured. Specs have many authors, and a file
// that one of them points at may be a secret: messages hold no more of it than
// numbers, ids, and the numbers of lines.
package file
