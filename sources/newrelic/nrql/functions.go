package nrql

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// FunctionKind is what a function makes a value of. The zero FunctionKind is
// invalid.
type FunctionKind int

// The kinds of functions.
const (
	Aggregate FunctionKind = iota + 1 // of many events
	Row                               // of one event
	Model                             // of a time series, behind PREDICT
)

// String returns the name that output uses.
func (k FunctionKind) String() string { return [...]string{"?", "aggregate", "row", "model"}[k] }

// Function describes a function that New Relic documents, or that its products
// and people were seen to use.
type Function struct {
	Name    string
	Kind    FunctionKind
	MinArgs int
	MaxArgs int // -1 when there is no bound
	// Additive says that results over two ranges add up to the result over
	// both: 3 events and 4 events are 7 events, but two averages are no
	// average. filter() adds up when what it restricts does.
	Additive bool
}

// Functions returns every known function, sorted by name without regard to
// case.
func Functions() []Function { return slices.Clone(functions[:]) }

// functions is sorted by its names in lower case. Nothing writes to it.
var functions = [...]Function{
	{"abs", Row, 1, 1, false},
	{"accountId", Row, 0, 0, false},
	{"aggregationendtime", Aggregate, 0, 0, false},
	{"allColumnSearch", Row, 1, 2, false},
	{"aparse", Row, 2, 2, false},
	{"apdex", Aggregate, 1, 2, false},
	{"average", Aggregate, 1, 1, false},
	{"blob", Row, 1, 1, false},
	{"boolean", Row, 1, 1, false},
	{"bucketPercentile", Aggregate, 1, -1, false},
	{"buckets", Row, 2, 3, false},
	{"bytecountestimate", Aggregate, 0, 1, false},
	{"capture", Row, 2, 2, false},
	{"cardinality", Aggregate, 0, -1, false},
	{"cdfPercentage", Aggregate, 2, 11, false},
	{"ceil", Row, 1, 1, false},
	{"cidrAddress", Row, 1, 3, false},
	{"clamp_max", Row, 2, 2, false},
	{"clamp_min", Row, 2, 2, false},
	{"concat", Row, 0, 21, false},
	{"contains", Row, 2, 2, false},
	{"convert", Row, 3, 3, false},
	{"count", Aggregate, 1, 1, true},
	{"dateOf", Row, 1, 2, false},
	{"dayOfMonthOf", Row, 1, 2, false},
	{"daysInMonthOf", Row, 1, 2, false},
	{"decode", Row, 2, 2, false},
	{"derivative", Aggregate, 1, 2, false},
	{"dimensions", Row, 0, -1, false},
	{"earliest", Aggregate, 1, 1, false},
	{"encode", Row, 2, 2, false},
	{"eventType", Row, 0, 0, false},
	{"exp", Row, 1, 1, false},
	{"filter", Aggregate, 2, 2, true},
	{"floor", Row, 1, 1, false},
	{"fromDatetime", Row, 1, 3, false},
	{"fromTimestamp", Row, 1, 3, false},
	{"funnel", Aggregate, 2, 11, false},
	{"getCdfCount", Row, 2, 2, false},
	{"getField", Row, 2, 2, false},
	{"histogram", Aggregate, 1, 4, false},
	{"holtwinters", Model, 0, -1, false},
	{"hourOf", Row, 1, 2, false},
	{"if", Row, 2, 3, false},
	{"indexOf", Row, 2, 3, false},
	{"irate", Aggregate, 1, 2, false},
	{"jparse", Row, 1, 2, false},
	{"keyset", Aggregate, 0, 0, false},
	{"latest", Aggregate, 1, 1, false},
	{"latestrate", Aggregate, 1, 2, false},
	{"length", Row, 1, 1, false},
	{"ln", Row, 1, 1, false},
	{"log", Row, 1, 2, false},
	{"log10", Row, 1, 1, false},
	{"log2", Row, 1, 1, false},
	{"lookup", Row, 1, 1, false},
	{"lower", Row, 1, 1, false},
	{"mapKeys", Row, 1, 1, false},
	{"mapValues", Row, 1, 1, false},
	{"max", Aggregate, 1, 1, false},
	{"median", Aggregate, 1, 1, false},
	{"min", Aggregate, 1, 1, false},
	{"minuteOf", Row, 1, 2, false},
	{"mod", Row, 2, 2, false},
	{"monthOf", Row, 1, 2, false},
	{"nativesizeestimate", Aggregate, 0, 1, false},
	{"numeric", Row, 1, 1, false},
	{"percentage", Aggregate, 2, -1, false},
	{"percentile", Aggregate, 1, -1, false},
	{"position", Row, 2, 3, false},
	{"pow", Row, 2, 2, false},
	{"predictLinear", Aggregate, 1, 2, false},
	{"quarterOf", Row, 1, 2, false},
	{"rate", Aggregate, 1, 2, false},
	{"round", Row, 1, 2, false},
	{"sqrt", Row, 1, 1, false},
	{"stddev", Aggregate, 1, 1, false},
	{"stdvar", Aggregate, 1, 1, false},
	{"string", Row, 1, 2, false},
	{"substring", Row, 2, 3, false},
	{"sum", Aggregate, 1, 1, true},
	{"toDatetime", Row, 1, 3, false},
	{"toTimestamp", Row, 1, 3, false},
	{"tuple", Row, 1, -1, false},
	{"uniqueCount", Aggregate, 1, -1, false},
	{"uniques", Aggregate, 1, 2, false},
	{"upper", Row, 1, 1, false},
	{"weekdayOf", Row, 1, 2, false},
	{"weekOf", Row, 1, 2, false},
	{"yearOf", Row, 1, 2, false},
}

// LookupFunction finds a function by its name, blind to case.
func LookupFunction(name string) (Function, bool) {
	i, found := slices.BinarySearchFunc(functions[:], name, func(f Function, name string) int {
		return compareFold(f.Name, name)
	})
	if !found {
		return Function{}, false
	}
	return functions[i], true
}

// compareFold orders texts blind to the case of ASCII letters, and of no
// others: a name with 'ſ' is no spelling of one with 's'.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(lowerASCII(a[i]), lowerASCII(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// nearestFunction proposes a known name for an unknown one.
func nearestFunction(name string) (string, bool) {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.Name
	}
	return diag.Nearest(name, names)
}
