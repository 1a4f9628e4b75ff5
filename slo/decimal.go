package slo

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

var plainDecimal = regexp.MustCompile(`^[0-9]{1,6}(\.[0-9]{1,9})?$`)

// Decimal is a number of zero or more, kept as the decimal that was typed. The
// zero Decimal is zero.
type Decimal struct {
	text  string // "14.4"
	units int64  // 144
	scale int64  // 10; 0 in the zero Decimal
}

// ParseDecimal reads a decimal number such as "14.4", with at most six digits
// before and nine behind the point. The error is a [*Problem].
func ParseDecimal(text string) (Decimal, error) {
	if !plainDecimal.MatchString(text) {
		return Decimal{}, &Problem{diag.Say("%q is not a decimal number", text), pointHint(text, diag.Say("write digits with a point, such as 14.4"))}
	}
	whole, decimals, _ := strings.Cut(text, ".")
	d := Decimal{text: text, scale: 1}
	for _, digit := range whole + decimals {
		d.units = 10*d.units + int64(digit-'0')
	}
	for range decimals {
		d.scale *= 10
	}
	return d, nil
}

var decimalComma = regexp.MustCompile(`^([0-9]+),([0-9]+ *%?)$`)

// pointHint says how to write a number whose decimals follow a comma; of other
// texts it says otherwise.
func pointHint(text string, otherwise diag.Phrase) diag.Phrase {
	text = strings.TrimSpace(text)
	if !decimalComma.MatchString(text) {
		return otherwise
	}
	return diag.Say("write %s, with a point", decimalComma.ReplaceAllString(text, "$1.$2"))
}

// String returns the number as it was typed.
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Rat returns the number as an exact fraction.
func (d Decimal) Rat() *big.Rat { return big.NewRat(d.units, max(1, d.scale)) }

// Sign returns 0 for zero and 1 for every other number.
func (d Decimal) Sign() int { return int(min(1, d.units)) }

// Percentage is a share of a whole from 0 % to 100 %, kept as the decimal that
// was typed. The zero Percentage is 0 %.
type Percentage struct{ percent Decimal }

// ParsePercentage reads a percentage with its sign, such as "2%" or "0.5%".
// The error is a [*Problem].
func ParsePercentage(text string) (Percentage, error) {
	number, sign := strings.CutSuffix(strings.TrimSpace(text), "%")
	percent, err := ParseDecimal(strings.TrimSpace(number))
	if err != nil {
		return Percentage{}, &Problem{diag.Say("%q is not a percentage", text), pointHint(text, diag.Say("write a percentage such as 2%%"))}
	}
	p := Percentage{percent}
	switch {
	case !sign && p.Sign() > 0 && percent.Rat().Cmp(big.NewRat(1, 1)) < 0:
		return Percentage{}, &Problem{diag.Say("%q looks like a share, not a percentage", text), diag.Say("did you mean %s%%?", percentOf(percent.String()))}
	case !sign:
		return Percentage{}, &Problem{diag.Say("%q has no percent sign", text), diag.Say("write %s%% if that is meant", percent)}
	case p.Rat().Cmp(big.NewRat(1, 1)) > 0:
		return Percentage{}, &Problem{diag.Say("%s is more than everything", text), diag.Say("write 100%% or less")}
	}
	return p, nil
}

// String returns the percentage as it was typed: "2%".
func (p Percentage) String() string { return p.percent.String() + "%" }

// Rat returns the share as an exact fraction: 1/50 for 2%.
func (p Percentage) Rat() *big.Rat {
	share := p.percent.Rat()
	return share.Quo(share, big.NewRat(100, 1))
}

// Share returns the percentage as a number from 0 to 1, the nearest there is:
// 0.8 for 80%.
func (p Percentage) Share() float64 {
	return float64(p.percent.units) / (100 * float64(max(1, p.percent.scale)))
}

// Sign returns 0 for 0 % and 1 for everything else.
func (p Percentage) Sign() int { return p.percent.Sign() }
