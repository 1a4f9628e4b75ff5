package burnrate

import (
	"fmt"
	"math"
	"strconv"

	"github.com/slojourn/slojourn/slo"
)

// Ratio is a number that may be undefined, such as an error ratio without
// events. The zero Ratio is undefined. A defined Ratio is never NaN and never
// infinite.
type Ratio struct {
	value   float64
	defined bool
}

// RatioOf returns a defined ratio, or an undefined one for NaN and infinity.
func RatioOf(value float64) Ratio {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Ratio{}
	}
	return Ratio{value, true}
}

// Value returns the number and whether it is defined.
func (r Ratio) Value() (float64, bool) { return r.value, r.defined }

// Defined reports whether r has a value.
func (r Ratio) Defined() bool { return r.defined }

// String formats r with at most 12 significant digits, or as "undefined".
func (r Ratio) String() string {
	if !r.defined {
		return "undefined"
	}
	return strconv.FormatFloat(r.value, 'g', 12, 64)
}

// Rounded returns r as its JSON says it, with at most 12 significant digits: more
// than any count of events can justify, and few enough that the last bits of
// different processors do not show.
func (r Ratio) Rounded() Ratio {
	if !r.defined {
		return r
	}
	value, err := strconv.ParseFloat(strconv.FormatFloat(r.value, 'g', 12, 64), 64)
	if err != nil {
		return r // out of range, which twelve digits of a number never are
	}
	if value == 0 {
		value = 0 // no negative zero
	}
	return Ratio{value, true}
}

// MarshalJSON writes null for an undefined ratio. Others are rounded, see
// [Ratio.Rounded].
func (r Ratio) MarshalJSON() ([]byte, error) {
	if !r.defined {
		return []byte("null"), nil
	}
	value := r.Rounded().value
	return strconv.AppendFloat(nil, value, jsonFormat(value), -1, 64), nil
}

// UnmarshalJSON reads what MarshalJSON writes: a number, or null for an undefined
// ratio.
func (r *Ratio) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*r = Ratio{}
		return nil
	}
	value, err := strconv.ParseFloat(string(data), 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return fmt.Errorf("%s is not a ratio: write a number, or null for none", data)
	}
	*r = Ratio{value, true}
	return nil
}

// jsonFormat chooses plain decimals except for very small and large numbers,
// as encoding/json does.
func jsonFormat(value float64) byte {
	if magnitude := math.Abs(value); magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21) {
		return 'e'
	}
	return 'f'
}

// ErrorRatio is bad / total: 41 of 120,034 are 0.000341570. It is undefined
// without events.
func ErrorRatio(c slo.Counts) Ratio {
	if c.Total == 0 {
		return Ratio{}
	}
	return RatioOf(float64(c.Bad) / float64(c.Total))
}

// BurnRate is the error ratio over the share that may be bad. At 1 the budget
// is spent exactly when the window ends: 41 of 120,034 burn at 0.683140 with
// a target of 99.95%. It is undefined without events.
func BurnRate(c slo.Counts, target slo.Target) Ratio {
	if c.Total == 0 {
		return Ratio{}
	}
	allowed, of := target.Allowed()
	return RatioOf(float64(c.Bad) * float64(of) / (float64(c.Total) * float64(allowed)))
}

// burnRateOf is the burn rate of an error ratio that has no counts.
func burnRateOf(errorRatio Ratio, target slo.Target) Ratio {
	if !errorRatio.defined {
		return Ratio{}
	}
	allowed, of := target.Allowed()
	return RatioOf(errorRatio.value * float64(of) / float64(allowed))
}
