package grafana

import (
	"fmt"

	"github.com/slojourn/slojourn/slo"
)

// burnWords are those that dashboards of journeys and of SLOs share: of targets, states,
// burn rates and alerts.
type burnWords struct {
	Target                                       func(name, target, window, zone string) string
	State, StateNote                             string
	Burning                                      func(target string) string
	TierNote                                     string
	Tier                                         func(severity, long, short, factor string) string
	OfSteps                                      func(severity string) string
	Alerts, AlertsNote, NoneFired, Quiet, Firing string
	Fires                                        func(slo.Severity) string
	FiresNote                                    string
}

func (m *maker) burnWords() *burnWords {
	if m.options.Locale == slo.Japanese {
		return japaneseBurn()
	}
	return englishBurn()
}

func englishBurn() *burnWords {
	return &burnWords{
		Target: func(name, target, window, zone string) string {
			if name != "" {
				name += ": "
			}
			if zone != "" {
				zone = " (" + zone + ")"
			}
			return name + target + " in " + window + zone
		},
		State:     "State",
		StateNote: "What the numbers of the window rest on. Partly measured: less than 99 % of its minutes, or a step is missing. No traffic: measured, and nothing happened. No data: nothing was measured, so that nothing is known.",
		Burning:   func(target string) string { return "Burn rate against the factors of alerts: " + target },
		TierNote:  "The alert fires while both lines are above the factor, and there are enough events to tell. At 1× the budget is spent exactly when its window ends.",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s: %s and %s above %s", severity, long, short, factor)
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
		FiresNote: "How many alerts fire now that people were told of.",
	}
}

func japaneseBurn() *burnWords {
	return &burnWords{
		Target: func(name, target, window, zone string) string {
			if name != "" {
				name += "："
			}
			if zone != "" {
				zone = "（" + zone + "）"
			}
			return name + window + "で" + target + zone
		},
		State:     "計測状況",
		StateNote: "期間の数値が何に基づいているかを示します。一部のみ計測：計測できた時間が99%未満か、計測できていないステップがある。イベントなし：計測はできたが、イベントが1件もなかった。データなし：何も計測できておらず、正常かどうかは不明。",
		Burning:   func(target string) string { return "バーンレートとアラートのしきい値：" + target },
		TierNote:  "長短両方の期間のバーンレートがしきい値を超え、判定に十分なイベントがあるとき、アラートが発生します。1×は、期間の終わりにちょうどエラーバジェットを使い切る速さです。",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s：%sと%sがともに%s超", severity, long, short, factor)
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
		FiresNote: "通知済みで、現在も続いているアラートの件数です。",
	}
}
