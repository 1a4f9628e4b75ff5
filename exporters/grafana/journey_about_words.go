package grafana

import (
	"fmt"

	"github.com/slojourn/slojourn/slo"
)

// aboutWords tell whose a journey or an SLO is, and what to do about it.
type aboutWords struct {
	Owner, Contact           func(who string) string
	NoOwner                  string
	Observed                 func(owner string) string
	Colours, NothingAgreed   string
	WhenSpent                func(agreement string) string
	Runbook                  string
	Exclusions, NoExclusions string
	Excluded                 func(name, effect, reason, approvedBy string) string
	More                     func(n int) string
}

func (m *maker) aboutWords() *aboutWords {
	if m.options.Locale == slo.Japanese {
		return japaneseAbout()
	}
	return englishAbout()
}

func englishAbout() *aboutWords {
	return &aboutWords{
		Owner:         func(who string) string { return "Owner: " + who },
		Contact:       func(who string) string { return ", " + who },
		NoOwner:       "It has no owner",
		Observed:      func(owner string) string { return owner + ". It is only observed: nobody is alerted when it breaks." },
		Colours:       "**Blue**: healthy, 25% or more of the budget is left. **Orange**: at risk, less than 25% is left; find out what is using it up, and talk to the owner. **Red**: spent, nothing is left. **Grey**: not known. Pages and tickets have numbers of their own; act on them whatever is left of the budget.",
		WhenSpent:     func(agreement string) string { return "When the budget is spent: **" + agreement + "**" },
		NothingAgreed: "When the budget is spent: nothing was agreed. Until it is, the owner puts off what adds risk, such as releases, and mends what uses most of the budget. Agree on what to do, and write it in the spec as `whenSpent`.",
		Runbook:       "Runbook",
		Exclusions:    "Agreed exclusions:", NoExclusions: "No exclusions are agreed.",
		Excluded: func(name, effect, reason, approvedBy string) string {
			return name + " (" + effect + "): " + reason + " – approved by " + approvedBy
		},
		More: func(n int) string { return fmt.Sprintf("and %d more", n) },
	}
}

func japaneseAbout() *aboutWords {
	return &aboutWords{
		Owner:   func(who string) string { return "担当：" + who },
		Contact: func(who string) string { return "（連絡先 " + who + "）" },
		NoOwner: "担当：なし",
		Observed: func(owner string) string {
			return owner + "。観察中のため、異常があっても通知されません。"
		},
		Colours: "**青**：健全。エラーバジェットの残量が25%以上です。**橙**：要注意。残量が25%未満です。何が消費しているかを確認し、担当と対応を相談してください。**赤**：枯渇。残量がありません。**灰**：不明。緊急アラートとチケットの件数は別に表示します。バジェットの残量にかかわらず対応してください。",
		WhenSpent: func(agreement string) string {
			return "エラーバジェットを使い切ったときの取り決め：**" + agreement + "**"
		},
		NothingAgreed: "エラーバジェットを使い切ったときの取り決めはありません。取り決めるまでは、担当がリリースなどリスクを増やす作業を見合わせ、最も消費しているものを直してください。対応を取り決めたら、仕様ファイルの `whenSpent` に書いてください。",
		Runbook:       "手順書",
		Exclusions:    "合意済みの除外時間：", NoExclusions: "除外時間はありません。",
		Excluded: func(name, effect, reason, approvedBy string) string {
			return name + "（" + effect + "）：" + reason + "（承認：" + approvedBy + "）"
		},
		More: func(n int) string { return fmt.Sprintf("ほか%d件", n) },
	}
}
