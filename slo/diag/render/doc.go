// Package render prints findings: as text for people, with the source line
// and carets under the exact place, and as JSON for programs.
//
// Whatever looks like a New Relic key is masked in every format, because
// findings quote what was written.
package render
