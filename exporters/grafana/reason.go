package grafana

import "github.com/slojourn/slojourn/exporters/grafana/query"

// Numbers below 0 that stand where a ratio is missing, and say why.
const (
	withoutEvents  = -1 // it was measured, and nothing happened
	withoutMinutes = -2 // nothing was measured
)

// explained is a ratio, and where there is none the reason, which follows from the
// coverage of the same window. Both have the same labels.
func explained(ratio, coverage query.Expr) query.Expr {
	covered := query.With(coverage, query.Above, query.Number(0)).Bool()
	return query.With(ratio, query.Or, query.With(covered, query.Plus, query.Number(withoutMinutes)))
}

// reasons has the words for [explained], and one for what nobody knows.
func (w *sharedWords) reasons() []Mapping {
	return append(mappings(word{"-1", w.Quiet, grey}, word{"-2", w.NotMeasured, grey}), unknown(w.NotKnown))
}

// unknown is shown in grey where there is no value.
func unknown(text string) Mapping {
	return Mapping{"special", SpecialMapping{"null", Mapped{Text: text, Color: grey}}}
}

// nothingFailed is -1, without labels, where no event of a window was bad: then errors have
// no causes that could have shares of them. Where errors are not known, it is not there.
func nothingFailed(id, window string) query.Expr {
	errors := of(metricErrors, id, []query.Matcher{query.Is("window", window)})
	return query.With(query.With(errors, query.Equal, query.Number(0)), query.Minus, query.Number(1))
}
