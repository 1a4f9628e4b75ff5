package nrql

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

type functionKind int

const (
	aggregate functionKind = iota + 1 // makes one value of many events
	row                               // makes a value of one event
)

// function describes a documented function. most is -1 when there is no bound
// on the number of arguments.
type function struct {
	name        string
	kind        functionKind
	least, most int
}

// functions is every documented function, sorted by its name in lower case.
// Nothing writes to it.
var functions = [...]function{
	{"abs", row, 1, 1},
	{"accountId", row, 0, 0},
	{"aggregationendtime", aggregate, 0, 0},
	{"aparse", row, 2, 2},
	{"apdex", aggregate, 1, 2},
	{"average", aggregate, 1, 1},
	{"blob", row, 1, 1},
	{"boolean", row, 1, 1},
	{"bucketPercentile", aggregate, 1, -1},
	{"buckets", row, 2, 3},
	{"bytecountestimate", aggregate, 0, 1},
	{"capture", row, 2, 2},
	{"cardinality", aggregate, 0, -1},
	{"cdfPercentage", aggregate, 2, 11},
	{"ceil", row, 1, 1},
	{"cidrAddress", row, 2, 3},
	{"clamp_max", row, 2, 2},
	{"clamp_min", row, 2, 2},
	{"concat", row, 1, 21},
	{"convert", row, 3, 3},
	{"count", aggregate, 1, 1},
	{"dateOf", row, 1, 2},
	{"dayOfMonthOf", row, 1, 2},
	{"decode", row, 2, 2},
	{"derivative", aggregate, 1, 2},
	{"dimensions", row, 0, -1},
	{"earliest", aggregate, 1, 1},
	{"encode", row, 2, 2},
	{"eventType", row, 0, 0},
	{"exp", row, 1, 1},
	{"filter", aggregate, 2, 2},
	{"floor", row, 1, 1},
	{"funnel", aggregate, 2, 11},
	{"getCdfCount", aggregate, 2, 2},
	{"getField", row, 2, 2},
	{"histogram", aggregate, 1, 4},
	{"hourOf", row, 1, 2},
	{"if", row, 2, 3},
	{"indexOf", row, 2, 3},
	{"jparse", row, 1, 2},
	{"keyset", aggregate, 0, 0},
	{"latest", aggregate, 1, 1},
	{"latestrate", aggregate, 1, 2},
	{"length", row, 1, 1},
	{"ln", row, 1, 1},
	{"log", row, 1, 2},
	{"log10", row, 1, 1},
	{"log2", row, 1, 1},
	{"lower", row, 1, 1},
	{"mapKeys", row, 1, 1},
	{"mapValues", row, 1, 1},
	{"max", aggregate, 1, 1},
	{"median", aggregate, 1, 1},
	{"min", aggregate, 1, 1},
	{"minuteOf", row, 1, 2},
	{"mod", row, 2, 2},
	{"monthOf", row, 1, 2},
	{"numeric", row, 1, 1},
	{"percentage", aggregate, 2, -1},
	{"percentile", aggregate, 1, -1},
	{"position", row, 2, 3},
	{"pow", row, 2, 2},
	{"predictLinear", aggregate, 2, 2},
	{"quarterOf", row, 1, 2},
	{"rate", aggregate, 1, 2},
	{"round", row, 1, 2},
	{"sqrt", row, 1, 1},
	{"stddev", aggregate, 1, 1},
	{"stdvar", aggregate, 1, 1},
	{"string", row, 1, 2},
	{"substring", row, 2, 3},
	{"sum", aggregate, 1, 1},
	{"toDatetime", row, 1, 3},
	{"toTimestamp", row, 1, 3},
	{"tuple", row, 1, -1},
	{"uniqueCount", aggregate, 1, -1},
	{"uniques", aggregate, 1, 2},
	{"upper", row, 1, 1},
	{"weekdayOf", row, 1, 2},
	{"weekOf", row, 1, 2},
	{"yearOf", row, 1, 2},
}

// lookup finds a function by name, blind to case.
func lookup(name string) (function, bool) {
	i, found := slices.BinarySearchFunc(functions[:], name, func(f function, name string) int {
		return compareFold(f.name, name)
	})
	if !found {
		return function{}, false
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
		names[i] = f.name
	}
	return diag.Nearest(name, names)
}
