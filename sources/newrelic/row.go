package newrelic

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// row is one row of results. Values stay as they were sent, under names that
// are exactly those that were asked for.
type row map[string]json.RawMessage

// readRow reads one row of results. What the decoder says is left out: it repeats
// parts of the answer.
func readRow(data json.RawMessage) (row, error) {
	var r row
	if json.Unmarshal(data, &r) != nil {
		return nil, diag.Say("New Relic's answer to the query cannot be read: its results are not a list of rows").Err()
	}
	return r, nil
}

// maxInteger is the largest number up to which floats, as which New Relic
// counts, hold every whole one.
const maxInteger = 1 << 53

// number matches the numbers that may be counts, as JSON spells them.
var number = regexp.MustCompile(`^-?[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,3})?$`)

// lacks reports whether a value is null or missing.
func (r row) lacks(name string) bool { return len(r[name]) == 0 || string(r[name]) == "null" }

// exact reads a number as it is written; it is never rounded. The error repeats
// a number at most, since an answer may hold anything, a key among it.
func (r row) exact(name string) (*big.Rat, error) {
	text := string(r[name])
	if !number.MatchString(text) {
		return nil, diag.Say("New Relic answered with a value of %s that is not a number", name).Err()
	}
	exact, valid := new(big.Rat).SetString(text)
	if !valid {
		return nil, diag.Say("New Relic answered with %s = %s, which is not a number", name, text).Err()
	}
	return exact, nil
}

// integer reads a whole number, which may be written as a float.
func (r row) integer(name string) (int64, error) {
	if r.lacks(name) {
		return 0, diag.Say("New Relic answered without %s", name).Err()
	}
	text := string(r[name])
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && -maxInteger <= n && n <= maxInteger {
		return n, nil
	}
	exact, err := r.exact(name)
	switch {
	case err != nil:
		return 0, err
	case !exact.IsInt():
		return 0, diag.Say("New Relic answered with %s = %s, which is not a whole number", name, text).Err()
	case exact.Num().CmpAbs(big.NewInt(maxInteger)) > 0:
		return 0, tooLarge(name, text)
	}
	return exact.Num().Int64(), nil
}

func tooLarge(name, text string) error {
	return diag.Say("New Relic answered with %s = %s, which is too large to be exact", name, text).Err()
}

// thousandths reads a sum, which may have decimals, in thousandths: 2.5 is
// 2,500, and halves are rounded away from zero. The sum of nothing is 0, also
// where New Relic has no value for it.
func (r row) thousandths(name string) (int64, error) {
	if r.lacks(name) {
		return 0, nil
	}
	exact, err := r.exact(name)
	if err != nil {
		return 0, err
	}
	exact.Mul(exact, big.NewRat(slo.Thousandths, 1))
	half := big.NewRat(int64(exact.Sign()), 2)
	exact.Add(exact, half)
	whole := new(big.Int).Quo(exact.Num(), exact.Denom()) // towards zero
	if whole.CmpAbs(big.NewInt(maxInteger)) > 0 {
		return 0, tooLarge(name, string(r[name]))
	}
	return whole.Int64(), nil
}
