// Package page writes what alerts would have done over a history as one HTML page,
// which a team reads in a meeting, on a screen or on one sheet of A4.
//
//	err := page.Backtest(w, document, slo.English)
//
// The page holds all it needs and runs nothing: no script, and no font or image from
// elsewhere. It is the same bytes for the same document. It says nothing that the
// document does not say: see [report.Backtest] for that, and for programs its JSON.
package page
