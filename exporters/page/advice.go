package page

import (
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

func adviceText(a backtest.Advice, _ slo.Locale) string { return string(a.Kind) }
