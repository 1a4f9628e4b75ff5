package grafana

import (
	"fmt"

	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// reviewWords are those of the review.
type reviewWords struct {
	Description string
	Text        string // Markdown

	Windows, Journeys, AgainstNote, NoJourneys          string
	OnlyCommon                                          func(windows int) string
	LeftNow, LeftBefore, Change, Points                 string // Points is a unit
	Spenders, SpendersTable, SpendersNote, NothingSpent string
	Step, OfBudget                                      string
	OwnersTable, OwnersNote, NoObjectives               string
	Objectives, Lowest                                  string
	Alerts, AlertsTable, AlertsNote, NoAlerts           string
	PageTime, TicketTime                                string
	Doubts, Unmeasured, UnmeasuredNote, AllMeasured     string
	NotMeasured, Loose, LooseNote, NoneLoose, LeastLeft string
	Others, SLOs, NoSLOs                                string
	Agreed, AgreedText, WhenSpent                       string
	More                                                func(n int) string
}

func (m *maker) reviewWords() *reviewWords {
	if m.options.Locale == slo.Japanese {
		return reviewJapanese()
	}
	return reviewEnglish()
}

func reviewEnglish() *reviewWords {
	return &reviewWords{
		Description: "How did each journey do compared with the window before, what used up the budgets, and what do we do about it?",
		Text: `**How did each journey do compared with the window before, what used up the budgets, and what do we do about it?** For a review meeting: go through the tables from top to bottom, and for every orange or red row write down who does what.

- **Orange**: less than 25% of the budget is left. The owner says what used it up, and whether it still does.
- **Red**: the budget is spent. Is what was agreed for this case being done? It is listed at the end. If nothing was agreed, put off what adds risk, mend the step that used most, and agree on it now.
- **Never below 75%**: the target may be too loose, or users may expect more than it asks for.

These colours are about budgets. How long pages and tickets fired has a table of its own, whatever is left of the budget. The time range at the top is that of alerts and of what was never below 75%. All other numbers are those of the objectives' own windows at the end of that range. Each row names its owner; owners can be chosen at the top.`,
		Windows: "This window and the one before", Journeys: "Journeys, least budget left first", NoJourneys: "no journey with an objective here, or slojourn is not scraped",
		AgainstNote: "The window before is the one that ended where this one begins: at the turn of the month or week for a calendar window, and as long ago as the window is long for a rolling one. From 50% to 60% is a change of 10 points. Before is not known if Prometheus has no numbers of that time, if there were no events then, or if less than 90% of a rolling window was measured. How much of an earlier calendar window was measured is not shown.",
		OnlyCommon: func(windows int) string {
			return fmt.Sprintf(" Of rolling windows it is shown for the %d most common ones only, and not known for others.", windows)
		},
		LeftNow: "Left now", LeftBefore: "Left before", Change: "Change", Points: "suffix: points",
		Spenders: "What used up the budgets, and who owns it", SpendersTable: "Steps that used most of a journey's budget", NothingSpent: "no step is known to have used any",
		SpendersNote: "How much of the journey's whole budget went to errors of this step: the share of the budget that is used, times the step's share of the journey's errors, both over the objective's window.",
		Step:         "Step", OfBudget: "Of the budget",
		OwnersTable: "Owners", OwnersNote: "How each owner's objectives are doing. What is spent is not counted as at risk as well.", NoObjectives: "no objective here, or slojourn is not scraped",
		Objectives: "Total", Lowest: "Least left",
		Alerts: "Alerts", AlertsTable: "How long alerts fired", NoAlerts: "no alert fired in the time that is known",
		AlertsNote: "How much of the time at the top a page or a ticket fired: 1% of 28 days is 6.7 hours. It is the share of the time in which slojourn judged alerts; while an alert was not there yet it did not fire. Alerts that fire at the same time count once. Alerts that nobody was told of do not count.",
		PageTime:   "Time with a page", TicketTime: "Time with a ticket",
		Doubts: "What to question", Unmeasured: "What was not measured", AllMeasured: "everything was measured",
		UnmeasuredNote: "The share of the objective's window that was not measured, if it is more than 1%. Nobody knows how users fared in that time.",
		NotMeasured:    "Not measured", Loose: "Targets that may be too loose", NoneLoose: "none of those known for all this time",
		LooseNote: "Budgets that never fell below 75% in the time at the top, of those known for at least 95% of it. A target that is never at stake says little. Choose a time at least as long as the objective's window.",
		LeastLeft: "Lowest in this time",
		Others:    "SLOs of no journey", SLOs: "SLOs of no journey, least budget left first", NoSLOs: "no such SLO here, or slojourn is not scraped",
		Agreed: "What was agreed", AgreedText: "What owners agreed to do when a journey's budget is spent:", WhenSpent: "When the budget is spent",
		More: func(n int) string {
			if n == 1 {
				return "and 1 more journey"
			}
			return fmt.Sprintf("and %s more journeys", words.Count(int64(n)))
		},
	}
}

func reviewJapanese() *reviewWords {
	return &reviewWords{
		Description: "各ジャーニーの前期との比較、バジェットを消費した要因、次に行うことを確認します。",
		Text: `**各ジャーニーは前期と比べてどうだったか。何がバジェットを消費したか。次に何をするか。** 振り返りの会議用です。上から順に表を確認し、橙と赤の行ごとに、誰が何をするかを書き留めます。

- **橙**：残量が25%未満です。担当は、何が消費したか、今も続いているかを説明します。
- **赤**：バジェットが枯渇しています。取り決めた対応が実施されているかを確認します。取り決めの一覧は最後にあります。取り決めがなければ、リスクを増やす作業を見合わせ、最も消費したステップを直し、この場で対応を取り決めます。
- **一度も75%を下回っていない**：目標値が緩すぎるか、ユーザーの期待に届いていない可能性があります。

これらの色はバジェットの状態を表します。緊急アラートとチケットが発生していた時間は、残量にかかわらず別の表で確認します。上部の時間範囲が影響するのは、アラートの表と「緩すぎる可能性のある目標」の表だけです。そのほかは、範囲の終わりの時点における各目標の期間の値です。担当は各行に表示され、上部で絞り込めます。`,
		Windows: "今期と前期", Journeys: "ジャーニー（バジェット残量の少ない順）", NoJourneys: "目標のある該当ジャーニーなし、またはslojournのデータなし",
		AgainstNote: "前期は、今の期間の直前の期間です。暦の期間では月や週などの変わり目、ローリング期間では期間の長さだけ前の時点の残量を表示します。50%から60%への変化が10ポイントです。「不明」は、Prometheusに当時の値がないか、前期にイベントがないか、ローリング期間の計測率が90%未満であったことを示します。暦の期間については、前期の計測率は表示しません。",
		OnlyCommon: func(windows int) string {
			return fmt.Sprintf("ローリング期間の前期末の残量は、多くの目標で使われている%d種類の期間についてのみ表示し、ほかは「不明」とします。", windows)
		},
		LeftNow: "現在の残量", LeftBefore: "前期末の残量", Change: "変化", Points: "suffix:ポイント",
		Spenders: "バジェットを消費した要因と担当", SpendersTable: "ジャーニーのバジェットを最も消費したステップ", NothingSpent: "消費が確認されたステップなし",
		SpendersNote: "ジャーニーのバジェット全体のうち、このステップのエラーが消費した割合です。目標の期間について、消費済みの割合と、ジャーニーのエラーにこのステップが占める割合を掛けて求めます。",
		Step:         "ステップ", OfBudget: "消費した割合",
		OwnersTable: "担当別", OwnersNote: "担当ごとの目標の状態です。枯渇した目標は、要注意には含みません。", NoObjectives: "該当する目標なし、またはslojournのデータなし",
		Objectives: "目標数", Lowest: "最小残量",
		Alerts: "アラート", AlertsTable: "アラートが発生していた時間", NoAlerts: "判定していた時間に発生したアラートなし",
		AlertsNote: "上部の時間範囲のうち、緊急アラートまたはチケットが発生していた時間の割合です（28日の1%は6.7時間）。slojournがアラートを判定していた時間を100%とし、アラートがまだ存在しなかった時間は、発生していなかったものとみなします。同時に発生したアラートは重複して数えません。通知されなかったものは含みません。",
		PageTime:   "緊急アラートの時間", TicketTime: "チケットの時間",
		Doubts: "見直すべき点", Unmeasured: "計測できなかった時間", AllMeasured: "すべて計測済み",
		UnmeasuredNote: "目標の期間のうち、計測できなかった時間の割合です（1%を超えるもののみ）。この間のユーザーへの影響は分かりません。",
		NotMeasured:    "未計測の割合", Loose: "緩すぎる可能性のある目標", NoneLoose: "全期間の値がある目標には該当なし",
		LooseNote: "上部の時間範囲で、残量が一度も75%を下回らなかった目標です。範囲の95%以上の時間で残量が分かっているものだけを対象とします。余裕がありすぎる目標値は、あまり意味を持ちません。時間範囲は目標の期間以上にしてください。",
		LeastLeft: "範囲内の最小残量",
		Others:    "ジャーニーに属さないSLO", SLOs: "ジャーニーに属さないSLO（バジェット残量の少ない順）", NoSLOs: "該当するSLOなし、またはslojournのデータなし",
		Agreed: "取り決め", AgreedText: "ジャーニーのバジェットが枯渇したときの対応として、担当が取り決めた内容です。", WhenSpent: "枯渇したときの対応",
		More: func(n int) string { return "ほか" + words.Count(int64(n)) + "件のジャーニー" },
	}
}
