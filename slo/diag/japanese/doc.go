// Package japanese says the phrases of findings and reports in Japanese.
//
//	render.Text(w, findings, render.Options{Language: japanese.Language()})
//
// The formats stand in one function for each package whose phrases they are, in the
// order of its files, so that a phrase and its Japanese are easy to compare. A test reads
// the source of the module: every format has its Japanese, and nothing else has.
package japanese

import (
	"maps"

	"github.com/slojourn/slojourn/slo/diag"
)

// Language returns the Japanese of every format that is a phrase.
func Language() diag.Language {
	all := diag.Language{}
	for _, some := range []diag.Language{accounts(), answers(), changes(), commands(), queries(), reports(), scenarios(), sets(), specs()} {
		maps.Copy(all, some)
	}
	return all
}
