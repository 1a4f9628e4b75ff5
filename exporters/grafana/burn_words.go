package grafana

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// The kinds of alerts, as they are in metrics.
const (
	kindBurn      = string(alert.Burn)
	kindBudget    = string(alert.Budget)
	kindNoTraffic = string(alert.NoTraffic)
	kindNoData    = string(alert.NoData)
)

// burnWords are those that dashboards of journeys and of SLOs share: of targets, states,
// burn rates and alerts.
type burnWords struct {
	Target                                                 func(target, window string) string
	Measured, Partial, NoTraffic, NoData                   string
	State, StateNote                                       string
	Burning, TierNote                                      string
	Tier                                                   func(severity, long, short, factor string) string
	Severity                                               func(slo.Severity) string
	Kind                                                   func(kind string) string
	OfSteps                                                func(severity string) string
	Alerts, AlertsNote, NoneFired, Quiet, Firing           string
	Fires                                                  func(slo.Severity) string
	FiresNote                                              string
	AlertsMarked, ExclusionsMarked, Changed, TargetChanged string
	ChangedTitle, TargetChangedTitle                       string // of an id
}

func (m *maker) burnWords() *burnWords {
	if m.options.Locale == slo.Japanese {
		return japaneseBurn()
	}
	return englishBurn()
}

func englishBurn() *burnWords {
	return &burnWords{
		Target:   func(target, window string) string { return target + " in " + window },
		Measured: "measured", Partial: "partly measured", NoTraffic: "no traffic", NoData: "no data",
		State:     "State",
		StateNote: "What the numbers of the window rest on. Partly measured: less than 99 % of its minutes, or a step is missing. No traffic: measured, and nothing happened. No data: nothing was measured, so that nothing is known.",
		Burning:   "Burn rate against what alerts",
		TierNote:  "The alert fires while both lines are above the factor, and there are enough events to tell. At 1× the budget is spent exactly when its window ends.",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s: %s and %s above %s", severity, long, short, factor)
		},
		Severity: func(s slo.Severity) string {
			if s == slo.Page {
				return "page"
			}
			return "ticket"
		},
		Kind: func(kind string) string {
			switch kind {
			case kindBurn:
				return "burns too fast"
			case kindBudget:
				return "budget is spent"
			case kindNoTraffic:
				return "no traffic"
			case kindNoData:
				return "not measured"
			}
			return plain(kind)
		},
		OfSteps:    func(severity string) string { return "steps: any " + severity },
		Alerts:     "Alerts over time",
		AlertsNote: "Firing: the alert holds and its owner was told. Quiet also means that another alert stands for it.",
		NoneFired:  "no alert is known", Quiet: "quiet", Firing: "firing",
		Fires: func(s slo.Severity) string {
			if s == slo.Page {
				return "Pages firing"
			}
			return "Tickets firing"
		},
		FiresNote:    "How many alerts fire now that people were told of.",
		AlertsMarked: "Alerts", ExclusionsMarked: "Exclusions", Changed: "Changed SLIs", TargetChanged: "Changed targets",
		ChangedTitle: "What is measured was changed: %s", TargetChangedTitle: "The target was changed: %s",
	}
}

func japaneseBurn() *burnWords {
	return &burnWords{
		Target:   func(target, window string) string { return window + "で" + target },
		Measured: "計測済み", Partial: "一部未計測", NoTraffic: "イベントなし", NoData: "計測値なし",
		State:     "計測の状態",
		StateNote: "期間の数値が何に基づいているかを示します。一部未計測：計測できた時間が99%未満か、計測できていないステップがある。イベントなし：計測はできたが、イベントが1件もなかった。計測値なし：何も計測できておらず、正常かどうかは不明。",
		Burning:   "バーンレートとアラートのしきい値",
		TierNote:  "長短両方の期間のバーンレートがしきい値を超え、判定に十分なイベントがあるとき、アラートが発生します。1×は、期間の終わりにちょうどエラーバジェットを使い切る速さです。",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s：%sと%sがともに%s超", severity, long, short, factor)
		},
		Severity: func(s slo.Severity) string {
			if s == slo.Page {
				return "緊急アラート"
			}
			return "チケット"
		},
		Kind: func(kind string) string {
			switch kind {
			case kindBurn:
				return "バーンレート"
			case kindBudget:
				return "バジェット消費"
			case kindNoTraffic:
				return "イベント減少"
			case kindNoData:
				return "計測停止"
			}
			return plain(kind)
		},
		OfSteps:    func(severity string) string { return "ステップの" + severity },
		Alerts:     "アラートの推移",
		AlertsNote: "「発生中」は、条件が成立し、担当チームに通知済みであることを示します。「なし」には、他のアラートに集約されている場合も含まれます。",
		NoneFired:  "アラートの情報なし", Quiet: "なし", Firing: "発生中",
		Fires: func(s slo.Severity) string {
			if s == slo.Page {
				return "発生中の緊急アラート"
			}
			return "発生中のチケット"
		},
		FiresNote:    "通知済みで、現在も続いているアラートの件数です。",
		AlertsMarked: "アラート", ExclusionsMarked: "除外時間", Changed: "SLIの変更", TargetChanged: "目標値の変更",
		ChangedTitle: "計測の定義が変わりました：%s", TargetChangedTitle: "目標値が変わりました：%s",
	}
}
