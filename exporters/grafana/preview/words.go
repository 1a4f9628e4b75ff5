package preview

import (
	"fmt"

	"github.com/slojourn/slojourn/slo"
)

// labels are the words of pages in one language.
type labels struct {
	Lang, Index, AllDashboards string
	All, NoData                string
	Note                       func(source, at, zone string) string
	Span                       func(from, to, zone string) string
	More                       func(n int) string
	Calc                       func(name string) string
}

func labelsOf(locale slo.Locale) *labels {
	if locale == slo.Japanese {
		return &labels{
			Lang: "ja", Index: "ダッシュボードのプレビュー", AllDashboards: "すべてのダッシュボード", All: "すべて", NoData: "データなし",
			Note: func(source, at, zone string) string {
				return fmt.Sprintf("%sのデータ（%s %s時点）によるプレビューです。「slojourn generate grafana --preview」で作成しました。Grafanaでの表示は細部が異なることがあります。", source, at, zone)
			},
			Span: func(from, to, zone string) string { return fmt.Sprintf("%s ～ %s（%s）", from, to, zone) },
			More: func(n int) string { return fmt.Sprintf("ほか%d件", n) },
			Calc: func(name string) string {
				if text, known := map[string]string{"lastNotNull": "最新", "last": "最新", "mean": "平均", "max": "最大", "min": "最小", "sum": "合計", "count": "件数", "firstNotNull": "最初", "first": "最初"}[name]; known {
					return text
				}
				return name
			},
		}
	}
	return &labels{
		Lang: "en", Index: "Preview of dashboards", AllDashboards: "All dashboards", All: "All", NoData: "No data",
		Note: func(source, at, zone string) string {
			return fmt.Sprintf("Preview with the data of %s until %s %s, made by slojourn generate grafana --preview; Grafana may lay details out differently.", source, at, zone)
		},
		Span: func(from, to, zone string) string { return fmt.Sprintf("%s to %s (%s)", from, to, zone) },
		More: func(n int) string { return fmt.Sprintf("and %d more", n) },
		Calc: func(name string) string {
			if text, known := map[string]string{"lastNotNull": "Last", "last": "Last", "mean": "Mean", "max": "Max", "min": "Min", "sum": "Total", "count": "Count", "firstNotNull": "First", "first": "First"}[name]; known {
				return text
			}
			return name
		},
	}
}
