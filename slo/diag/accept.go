package diag

import "slices"

// Codes returns every code, in order.
func Codes() []Code {
	return []Code{
		CodeSyntax, CodeAPIVersion, CodeKind, CodeUnknownKey, CodeMissing, CodeType, CodeTarget, CodeWindow, CodeName, CodeDuplicate,
		CodeReference, CodeConflict, CodeValue, CodeSecret, CodeNotSupported, CodeNRQL, CodeNRQLClause, CodeNRQLFunction, CodeHost,
		CodeEncoding, CodeCeiling, CodeOperator,
		CodeHostileText, CodeLink, CodeComment, CodeNoEffect, CodeRename, CodeTimeZone, CodeTierWindows, CodeUnreachable, CodeAlwaysFiring,
		CodeShortWindow, CodeSlice, CodeInterval, CodeRule, CodeNoMatch, CodeContradiction, CodeNetwork, CodeLabels, CodeStale,
		CodeNRQLCoercion, CodeNRQLBoolean, CodeNRQLPattern, CodeNRQLNull, CodeNRQLCase, CodeNRQLAdditive, CodeNRQLSampled,
		CodeNRQLUndocumented, CodeNRQLRange,
	}
}

// Acceptable returns the codes that findings about journeys, steps, SLOs and alert policies can
// have that are no errors, in order. Their authors may accept those.
func Acceptable() []Code {
	return []Code{
		CodeSecret, CodeCeiling, CodeComment, CodeNoEffect, CodeUnreachable, CodeAlwaysFiring, CodeShortWindow, CodeContradiction, CodeNetwork,
		CodeNRQLCoercion, CodeNRQLBoolean, CodeNRQLPattern, CodeNRQLNull, CodeNRQLCase, CodeNRQLSampled, CodeNRQLUndocumented,
	}
}

// Accepted reports whether the finding is one that its author accepts: it does not count.
func (d Diagnostic) Accepted() bool { return d.Acceptance != "" }

// Counting returns the findings that nobody accepts.
func (l List) Counting() List { return slices.DeleteFunc(slices.Clone(l), Diagnostic.Accepted) }
