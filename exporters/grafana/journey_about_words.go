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
	Excluded                 func(name string, dropped bool, reason, approvedBy string) string
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
		Colours:       "**Blue**: healthy. **Orange**: less than 25% of the budget is left, or a ticket is open; find out what is using it up, and talk to the owner. **Red**: the budget is spent, or a page is firing. **Grey**: not known.",
		WhenSpent:     func(agreement string) string { return "When the budget is spent: **" + agreement + "**" },
		NothingAgreed: "There is no agreement on what happens when the budget is spent; write it in the spec as `whenSpent`.",
		Runbook:       "Runbook",
		Exclusions:    "Agreed exclusions:", NoExclusions: "No exclusions are agreed.",
		Excluded: func(name string, dropped bool, reason, approvedBy string) string {
			effect := "failures do not count"
			if dropped {
				effect = "the time does not count"
			}
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
		Colours: "**青**：健全。**橙**：要注意。エラーバジェットの残りが25%未満、またはチケットが未解消です。何が消費しているかを確認し、担当と対応を相談してください。**赤**：エラーバジェットが枯渇したか、緊急アラートが発生中です。**灰**：不明。",
		WhenSpent: func(agreement string) string {
			return "エラーバジェットを使い切ったときの取り決め：**" + agreement + "**"
		},
		NothingAgreed: "エラーバジェットを使い切ったときの取り決めはありません。仕様ファイルの `whenSpent` に書いてください。",
		Runbook:       "手順書",
		Exclusions:    "合意済みの除外時間：", NoExclusions: "除外時間はありません。",
		Excluded: func(name string, dropped bool, reason, approvedBy string) string {
			effect := "失敗を数えない"
			if dropped {
				effect = "集計の対象外"
			}
			return name + "（" + effect + "）：" + reason + "（承認：" + approvedBy + "）"
		},
		More: func(n int) string { return fmt.Sprintf("ほか%d件", n) },
	}
}
