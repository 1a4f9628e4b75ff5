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
		NoOwner:       "Nobody owns it",
		Observed:      func(owner string) string { return owner + ". It is only observed: nobody is told when it breaks." },
		Colours:       "Blue: healthy. Orange: less than a quarter of the budget is left, so look at what costs it and talk with its owner. Vermilion: the budget is spent, or an alert fires. Grey: not known.",
		WhenSpent:     func(agreement string) string { return "When the budget is spent: **" + agreement + "**" },
		NothingAgreed: "Nothing is agreed for when the budget is spent: write it as `whenSpent` in the spec.",
		Runbook:       "Runbook",
		Exclusions:    "Agreed exclusions:", NoExclusions: "No time is excluded.",
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
		Colours: "青：正常。橙：エラーバジェットの残りが25%未満。何が消費しているかを確認し、担当チームと対応を相談してください。朱：エラーバジェットの枯渇、またはアラート発生中。灰：不明。",
		WhenSpent: func(agreement string) string {
			return "エラーバジェットを使い切ったときの取り決め：**" + agreement + "**"
		},
		NothingAgreed: "エラーバジェットを使い切ったときの取り決めはありません。仕様ファイルの `whenSpent` に書いてください。",
		Runbook:       "手順書",
		Exclusions:    "合意された除外時間：", NoExclusions: "除外時間はありません。",
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
