package slo_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

func TestMinuteText(t *testing.T) {
	t.Parallel()
	for want, at := range map[string]time.Time{
		"2026-11-22T08:59Z": time.Date(2026, time.November, 22, 9, 59, 59, 0, time.FixedZone("", 3600)),
		"1969-12-31T23:59Z": time.Unix(-1, 0),
	} {
		if got := slo.MinuteAt(at).String(); got != want {
			t.Errorf("%v: got %s, want %s", at, got, want)
		}
	}
}

func TestCutID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string][2]string{"pay/authorise": {"pay", "authorise"}, "pay": {"pay"}, "": {}} {
		journey, step, isStep := slo.CutID(id)
		if got := [2]string{journey, step}; got != want || isStep != (want[1] != "") {
			t.Errorf("%q: got %q, %t", id, got, isStep)
		}
	}
}
