// Package render prints findings: as text for people, with the source line
// and carets under the exact place, as JSON for programs, as SARIF for code
// scanning, and as the annotations of GitHub Actions and Azure Pipelines. Each says its
// findings in a [diag.Language].
//
// Whatever looks like a New Relic key is masked in every format, because
// findings quote what was written. Characters that could change how a terminal
// looks, or be taken for a command by what reads the output, are replaced or
// escaped.
package render
