package slo_test

import (
	"math/big"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*big.Rat{
		"14.4": big.NewRat(72, 5), "0": new(big.Rat), "1": big.NewRat(1, 1), "0.000000001": big.NewRat(1, 1_000_000_000),
		"999999.999999999": big.NewRat(999_999_999_999_999, 1_000_000_000),
	} {
		d, err := slo.ParseDecimal(text)
		if err != nil || d.Rat().Cmp(want) != 0 || d.String() != text || d.Sign() != want.Sign() {
			t.Errorf("ParseDecimal(%q) = %s, %v, sign %d; want %s", text, d.Rat(), err, d.Sign(), want)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1.", ".5", "1e3", "1234567", "0.0000000001", "1,5", " 1"} {
		if d, err := slo.ParseDecimal(text); err == nil {
			t.Errorf("ParseDecimal(%q) = %s, want a problem", text, d)
		}
	}
	if zero := (slo.Decimal{}); zero.String() != "0" || zero.Rat().Sign() != 0 || zero.Sign() != 0 {
		t.Errorf("the zero Decimal is %s", zero)
	}
}

func TestParsePercentage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*big.Rat{"2%": big.NewRat(1, 50), "0.5 %": big.NewRat(1, 200), "100%": big.NewRat(1, 1), "0%": new(big.Rat)} {
		p, err := slo.ParsePercentage(text)
		if err != nil || p.Rat().Cmp(want) != 0 || p.Sign() != want.Sign() {
			t.Errorf("ParsePercentage(%q) = %s, %v; want %s", text, p.Rat(), err, want)
		}
		if share, _ := want.Float64(); p.Share() != share {
			t.Errorf("the share of %s is %v, want %v", text, p.Share(), share)
		}
	}
	for _, text := range []string{"2", "100.1%", "-1%", "%", "a%", "2%%"} {
		if p, err := slo.ParsePercentage(text); err == nil {
			t.Errorf("ParsePercentage(%q) = %s, want a problem", text, p)
		}
	}
}

func FuzzParsePercentage(f *testing.F) {
	for _, text := range []string{"2%", "0.5 %", "100%", "", "1e2%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := slo.ParsePercentage(text)
		if err != nil {
			return
		}
		if p.Rat().Sign() < 0 || p.Rat().Cmp(big.NewRat(1, 1)) > 0 {
			t.Errorf("ParsePercentage(%q) = %s", text, p.Rat())
		}
		if again, err := slo.ParsePercentage(p.String()); err != nil || again != p {
			t.Errorf("ParsePercentage(%q) = %v, %v, want %v again", p, again, err, p)
		}
	})
}
