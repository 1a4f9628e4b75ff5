// Package engine measures the SLOs of a set and evaluates them.
//
// Measuring is I/O and concurrent; deciding is a pure function of what was
// measured. One source that fails leaves the others alone: its SLOs carry the
// error instead of numbers.
package engine
