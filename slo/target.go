package slo

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// maxTargetDecimals bounds the decimals of a target, so that the products of
// its exact arithmetic stay in range: nine leave 10^11 parts of the whole.
const maxTargetDecimals = 9

var percentage = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]+)?$`)

// Target is the share of valid events that must be good, kept as the decimal
// percentage that was typed. The zero Target is not valid; make one with
// [ParseTarget].
type Target struct {
	text  string // "99.95", without the percent sign
	parts int64  // of scale that must be good: 9995
	scale int64  // parts in the whole: 10000
}

// ParseTarget reads a percentage such as "99.9%" or "99.9". It refuses what
// leaves no error budget, what looks like a share instead of a percentage,
// and a percentage below 50 without its sign. The error is a [*Problem].
func ParseTarget(text string) (Target, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	number = strings.TrimSpace(number)
	if !percentage.MatchString(number) {
		return Target{}, &Problem{diag.Say("target %q is not a percentage", text), pointHint(text, diag.Say("write a decimal percentage such as 99.9%%"))}
	}
	whole, decimals, _ := strings.Cut(number, ".")
	if len(decimals) > maxTargetDecimals {
		return Target{}, &Problem{
			diag.Say("target %s has %d decimals", text, len(decimals)),
			diag.Say("use at most %d", maxTargetDecimals),
		}
	}
	t := Target{text: number, scale: 100}
	for _, digit := range whole + decimals {
		t.parts = 10*t.parts + int64(digit-'0')
	}
	for range decimals {
		t.scale *= 10
	}
	unit := t.scale / 100
	switch {
	case t.parts == 0:
		return Target{}, &Problem{diag.Say("target %s demands nothing", text), diag.Say("write a percentage such as 99.9%%")}
	case t.parts <= unit && !percent:
		return Target{}, &Problem{
			diag.Say("target %s looks like a share, not a percentage", text),
			diag.Say("did you mean %s%%?", percentOf(number)),
		}
	case t.parts >= t.scale:
		return Target{}, &Problem{
			diag.Say("target %s leaves no error budget", text),
			diag.Say("use less than 100%%; 99.99%% allows 4m 2s of failure in 28 days"),
		}
	case t.parts < 50*unit && !percent:
		return Target{}, &Problem{
			diag.Say("target %s is below 50 and has no percent sign", text),
			diag.Say("write %s%% if that is meant", number),
		}
	}
	return t, nil
}

// percentOf moves the point of a decimal two places to the right:
// 0.999 becomes 99.9.
func percentOf(number string) string {
	whole, decimals, _ := strings.Cut(number, ".")
	decimals += "00"
	whole, decimals = strings.TrimLeft(whole+decimals[:2], "0"), strings.TrimRight(decimals[2:], "0")
	if whole == "" {
		whole = "0"
	}
	if decimals == "" {
		// 0.99 and 1 mean 99 and 100; the latter leaves no budget.
		if whole == "100" {
			return "99.9"
		}
		return whole
	}
	return whole + "." + decimals
}

// String returns the target as a percentage: "99.95%".
func (t Target) String() string { return t.text + "%" }

// Valid reports whether t was made by [ParseTarget].
func (t Target) Valid() bool { return t.scale > 0 }

// Ratio returns the target as a share between 0 and 1: 0.9995 for 99.95%.
func (t Target) Ratio() float64 { return float64(t.parts) / float64(t.scale) }

// Allowed returns the share of events that may be bad as the exact fraction
// bad/of: 5/10000 for 99.95%. It is never computed as 1 - 0.9995, which is
// 0.0005000000000000004.
func (t Target) Allowed() (bad, of int64) { return t.scale - t.parts, t.scale }

// AllowedRatio returns 1 - target, rounded once.
func (t Target) AllowedRatio() float64 {
	bad, of := t.Allowed()
	return float64(bad) / float64(of)
}

// AllowedRat returns 1 - target as an exact fraction.
func (t Target) AllowedRat() *big.Rat { return big.NewRat(t.Allowed()) }

// rat returns the target as an exact fraction.
func (t Target) rat() *big.Rat { return big.NewRat(t.parts, t.scale) }
