package diag

// Code names a kind of finding. Codes are stable: a code is never used for
// something else, so that filters and links to its explanation keep working.
type Code string

// The codes of findings about spec files and the NRQL in them.
const (
	CodeSyntax       Code = "SLO001" // YAML that cannot be parsed
	CodeAPIVersion   Code = "SLO002" // a document that is not of slojourn/v1
	CodeKind         Code = "SLO003" // an unknown or missing kind
	CodeUnknownKey   Code = "SLO004" // a key that the language does not know
	CodeMissing      Code = "SLO005" // a key that has to be there
	CodeType         Code = "SLO006" // a value of the wrong shape: a list where a string belongs
	CodeTarget       Code = "SLO007" // a target that is no percentage or leaves no budget
	CodeWindow       Code = "SLO008" // a window that cannot be used
	CodeName         Code = "SLO009" // a name that does not match the pattern of names
	CodeDuplicate    Code = "SLO010" // two things of one name
	CodeReference    Code = "SLO011" // a reference to something that is not defined
	CodeConflict     Code = "SLO012" // two keys that exclude each other
	CodeValue        Code = "SLO013" // a value that is not one of those allowed
	CodeSecret       Code = "SLO014" // a secret in the file, or a reference that is not allowed
	CodeNotSupported Code = "SLO015" // a part of the language that this version cannot do
	CodeNRQL         Code = "SLO016" // NRQL that does not parse
	CodeNRQLClause   Code = "SLO017" // a clause in a condition
	CodeNRQLFunction Code = "SLO018" // a function that is unknown or has no place there
	CodeHost         Code = "SLO019" // an endpoint that is not trusted
	CodeEncoding     Code = "SLO020" // bytes that are not readable text
	CodeCeiling      Code = "SLO021" // a journey whose steps promise less than it does
	CodeOperator     Code = "SLO022" // what only the operator may declare

	// Advice on NRQL that New Relic takes.
	CodeNRQLCoercion     Code = "SLO060" // a number against text: nothing is converted
	CodeNRQLBoolean      Code = "SLO061" // = on a boolean
	CodeNRQLPattern      Code = "SLO062" // a pattern that matches less or more than it seems to
	CodeNRQLNull         Code = "SLO063" // a negated test of an attribute that may be absent
	CodeNRQLCase         Code = "SLO064" // a name that differs from a documented one in case only
	CodeNRQLAdditive     Code = "SLO065" // a function whose results cannot be added up over time
	CodeNRQLSampled      Code = "SLO066" // an event type of which not every event is kept
	CodeNRQLUndocumented Code = "SLO067" // what was seen to work but is not documented
	CodeNRQLRange        Code = "SLO068" // buckets that do not fit the default time range
)

// The codes of findings about what specs mean.
const (
	CodeHostileText   Code = "SLO030" // text that could do something where it is shown or sent
	CodeLink          Code = "SLO031" // a link that is not http or https
	CodeComment       Code = "SLO032" // a value that YAML ends early
	CodeNoEffect      Code = "SLO033" // a key that changes nothing where it stands
	CodeRename        Code = "SLO034" // a former name that belongs to something else
	CodeTimeZone      Code = "SLO035" // a time zone that is missing or unknown
	CodeTierWindows   Code = "SLO036" // a tier whose short window is not shorter than the long one
	CodeUnreachable   Code = "SLO037" // a tier that can never fire
	CodeAlwaysFiring  Code = "SLO038" // a tier that fires while the target is met
	CodeShortWindow   Code = "SLO039" // a window that is shorter than its policy looks back
	CodeSlice         Code = "SLO040" // slices that do not fit an hour or the tiers
	CodeInterval      Code = "SLO041" // an exclusion, or an incident, that ends before it begins
	CodeRule          Code = "SLO042" // a recurrence rule that cannot be read or comes too often
	CodeNoMatch       Code = "SLO043" // a pattern that matches nothing
	CodeContradiction Code = "SLO045" // conditions that leave nothing, or everything, good
	CodeNetwork       Code = "SLO046" // failures of the network that are not counted as bad
	CodeLabels        Code = "SLO047" // labels that metrics cannot have
	CodeStale         Code = "SLO048" // an entry of accept that accepts nothing
)
