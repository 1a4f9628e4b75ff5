package newrelic

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"

	"github.com/slojourn/slojourn/slo"
)

// row is one row of results. Values stay as they were sent, under names that
// are exactly those that were asked for.
type row map[string]json.RawMessage

// counts reads how many events there were: bad is counted, or follows from
// what is good, whichever the column says.
func (r row) counts(column string) (slo.Counts, error) {
	total, err := r.integer(aliasTotal)
	if err != nil {
		return slo.Counts{}, err
	}
	counted, err := r.integer(column)
	if err != nil {
		return slo.Counts{}, err
	}
	if column == aliasGood {
		return slo.Counts{Total: total, Bad: total - counted}, nil
	}
	return slo.Counts{Total: total, Bad: counted}, nil
}

// maxInteger is the largest number up to which floats, as which New Relic
// counts, hold every whole one.
const maxInteger = 1 << 53

// number matches the numbers that may be counts, as JSON spells them.
var number = regexp.MustCompile(`^-?[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,3})?$`)

// lacks reports whether a value is null or missing.
func (r row) lacks(name string) bool { return len(r[name]) == 0 || string(r[name]) == "null" }

// integer reads a whole number, which may be written as a float; it is never
// rounded. The error repeats a number at most, since an answer may hold
// anything, a key among it.
func (r row) integer(name string) (int64, error) {
	if r.lacks(name) {
		return 0, fmt.Errorf("New Relic answered without %s", name)
	}
	text := string(r[name])
	if !number.MatchString(text) {
		return 0, fmt.Errorf("New Relic answered with a value of %s that is not a number", name)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && -maxInteger <= n && n <= maxInteger {
		return n, nil
	}
	exact, valid := new(big.Rat).SetString(text)
	switch {
	case !valid || !exact.IsInt():
		return 0, fmt.Errorf("New Relic answered with %s = %s, which is not a whole number", name, text)
	case exact.Num().CmpAbs(big.NewInt(maxInteger)) > 0:
		return 0, fmt.Errorf("New Relic answered with %s = %s, which is too large to be exact", name, text)
	}
	return exact.Num().Int64(), nil
}
