package grafana

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// burnWords are those that dashboards of journeys and of SLOs share: of targets, states,
// burn rates and alerts.
type burnWords struct {
	Target                            func(name, target, window, zone string) string
	Named                             func(name, target string) string
	Left, LeftNote                    func(target string) string
	Errors                            func(window string) string
	StateNote, BurnNote               string
	Burning                           func(target string) string
	TierNote                          string
	Tier                              func(severity, long, short, factor string) string
	Alert                             func(severity, kind string) string
	OfTarget                          func(what, target string) string
	OfSteps                           func(severity string) string
	Alerts, AlertsNote, Quiet, Firing string
	FiresNote                         func(withSteps bool) string
	Told                              string
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
		Named: func(name, target string) string { return name + " (" + target + ")" },
		Left:  func(target string) string { return "Budget left: " + target },
		LeftNote: func(target string) string {
			return "Target: " + target + ". The share of the bad events it allows that is still left in its window; below 0 the budget is overspent."
		},
		Errors:    func(window string) string { return "Errors, " + strings.TrimPrefix(window, "a ") },
		StateNote: "What the numbers of the window are based on. Partly measured: less than 99% of its minutes, or a step is missing. No traffic: measured, but there were no events. No data: nothing was measured, so nothing is known.",
		BurnNote:  "How many times faster than allowed the budget is being spent: at 1× it runs out exactly when its window ends.",
		Burning:   func(target string) string { return "Burn rate against alert factors: " + target },
		TierNote:  "The alert fires while both lines are above the factor and there are enough events to be sure. At 1× the budget runs out exactly when its window ends.",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s: %s and %s above %s", severity, long, short, factor)
		},
		Alert:      func(severity, kind string) string { return severity + ": " + kind },
		OfTarget:   func(what, target string) string { return what + ", " + target },
		OfSteps:    func(severity string) string { return "steps: any " + severity },
		Alerts:     "Alerts over time",
		AlertsNote: "Firing: the condition holds and the owner was told. Quiet can also mean that another alert covers it.",
		Quiet:      "quiet", Firing: "firing",
		FiresNote: func(withSteps bool) string {
			if withSteps {
				return "How many alerts are firing now that people were told of: those of the journey, and those of its steps."
			}
			return "How many alerts are firing now that people were told of."
		},
		Told: "Was anyone alerted?",
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
		Named: func(name, target string) string { return name + "（" + target + "）" },
		Left:  func(target string) string { return "バジェット残量：" + target },
		LeftNote: func(target string) string {
			return "目標：" + target + "。目標が期間内に許容する失敗のうち、まだ残っている割合です。0を下回ると超過しています。"
		},
		Errors:    func(window string) string { return "エラー率：" + window },
		StateNote: "期間の数値がどこまで計測に基づいているかを示します。一部のみ計測：計測できた時間が99%未満か、計測できていないステップがある。イベントなし：計測はできたが、イベントが1件もなかった。データなし：まったく計測できておらず、正常かどうかは分からない。",
		BurnNote:  "許容される速さの何倍でエラーバジェットを消費しているかを示します。1×は、期間の終わりにちょうど使い切る速さです。",
		Burning:   func(target string) string { return "バーンレートとアラートのしきい値：" + target },
		TierNote:  "長短両方の期間のバーンレートがしきい値を超え、判定に十分なイベントがあるとき、アラートが発生します。1×は、期間の終わりにちょうどエラーバジェットを使い切る速さです。",
		Tier: func(severity, long, short, factor string) string {
			return fmt.Sprintf("%s：%sと%sがともに%s超", severity, long, short, factor)
		},
		Alert:      func(severity, kind string) string { return severity + "：" + kind },
		OfTarget:   func(what, target string) string { return what + "／" + target },
		OfSteps:    func(severity string) string { return "ステップの" + severity },
		Alerts:     "アラートの推移",
		AlertsNote: "「発生中」は、条件が成立し、担当に通知済みであることを示します。「なし」には、他のアラートに集約されている場合も含まれます。",
		Quiet:      "なし", Firing: "発生中",
		FiresNote: func(withSteps bool) string {
			if withSteps {
				return "通知済みで、現在も続いているアラートの件数です。ジャーニーとそのステップの分を合わせて数えています。"
			}
			return "通知済みで、現在も続いているアラートの件数です。"
		},
		Told: "アラートの状況",
	}
}
