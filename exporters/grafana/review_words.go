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
	LeftNow, LeftBefore, Change, Points, NotKnown       string // Points is a unit
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
		Description: "How did each journey do in this window against the last one, what spent the budgets, and what follows?",
		Text: `**How did each journey do in this window against the last one, what spent the budgets, and what follows?** For a review meeting: go through the tables from the top down, and write down for each row in orange or vermilion who does what.

- **Orange**: less than a quarter of the budget is left. Its owner says what spent it, and whether that goes on.
- **Vermilion**: the budget is spent. Does what was agreed for this hold? It is listed at the end.
- **Never below 75%**: perhaps the target is too loose, or users want more than it asks for.

The time at the top is that of alerts and of what was never below 75%; all other numbers are those of the objectives' own windows at its end. Owners are in the rows; choose them at the top.`,
		Windows: "This window and the last", Journeys: "Journeys, least budget left first", NoJourneys: "no journey with an objective",
		AgainstNote: "The last window ended where this one begins: for a calendar window at the turn of the month or week, for a rolling one as long ago as it is long. A change of 10 points is from 50% to 60%.",
		LeftNow:     "Left now", LeftBefore: "Left at the end of the last window", Change: "Change", Points: "suffix: points", NotKnown: "not known",
		Spenders: "What spent the budgets, and whose it is", SpendersTable: "Steps that spent most of a journey's budget", NothingSpent: "nothing was spent",
		SpendersNote: "Which share of the journey's whole budget went to errors of this step: what the journey has spent, times the step's share of its errors, both over the objective's window.",
		Step:         "Step", OfBudget: "Of the journey's budget",
		OwnersTable: "Owners", OwnersNote: "How the objectives of each owner stand. What is spent does not count as at risk too.", NoObjectives: "no objectives",
		Objectives: "Objectives", Lowest: "Least budget left",
		Alerts: "Alerts", AlertsTable: "How long alerts fired", NoAlerts: "no alert fired in this time",
		AlertsNote: "Share of the time at the top during which a page or a ticket fired: of 28 days, 1% is 6.7 hours. Of alerts that fired at once, the longest counts. What nobody was told of does not count.",
		PageTime:   "Time with a page", TicketTime: "Time with a ticket",
		Doubts: "What to doubt", Unmeasured: "What was not measured", AllMeasured: "everything was measured",
		UnmeasuredNote: "Share of the objective's window that was not measured, where it is more than 1%. Of this time nobody knows how users fared.",
		NotMeasured:    "Not measured", Loose: "Targets that may be too loose", NoneLoose: "none: all budgets were used",
		LooseNote: "Budgets that never fell below 75% in the time at the top. A target that is never close says little. Choose at least as much time as the window is long.",
		LeastLeft: "Least left in this time",
		Others:    "SLOs of no journey", SLOs: "SLOs that are in no journey, least budget left first", NoSLOs: "no such SLO",
		Agreed: "What was agreed", AgreedText: "What owners agreed to do when the budget of a journey is spent:", WhenSpent: "When the budget is spent",
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
		Description: "各ジャーニーの今期と前期の比較、バジェットを消費した要因、次に行うことを確認します。",
		Text: `**各ジャーニーは前期と比べてどうだったか。何がバジェットを消費したか。次に何をするか。** 振り返りの会議用です。上から順に表を確認し、橙と朱の行ごとに誰が何をするかを書き留めます。

- **橙**：残量が4分の1未満です。担当は、何が消費したか、今も続いているかを説明します。
- **朱**：バジェットは枯渇しています。取り決めた対応が守られているかを確認します。取り決めは最後にまとめてあります。
- **一度も75%を下回らない**：目標値が緩すぎるか、ユーザーの期待に合っていない可能性があります。

上部の時間範囲が影響するのは、アラートと「75%を下回らない」の表だけです。そのほかは、範囲の終わりの時点における各目標の期間での値です。担当は各行に表示され、上部で絞り込めます。`,
		Windows: "今期と前期", Journeys: "ジャーニー（バジェット残量の少ない順）", NoJourneys: "目標のあるジャーニーなし",
		AgainstNote: "前期とは、今の期間の直前の期間です。暦の期間では月や週の変わり目、ローリングでは期間の長さだけ前の時点の残量と比べます。50%から60%への変化が10ポイントです。",
		LeftNow:     "現在の残量", LeftBefore: "前期末の残量", Change: "変化", Points: "suffix:ポイント", NotKnown: "不明",
		Spenders: "バジェットを消費した要因と担当", SpendersTable: "ジャーニーのバジェットを最も消費したステップ", NothingSpent: "消費なし",
		SpendersNote: "ジャーニーのバジェット全体のうち、このステップのエラーが消費した割合です。目標の期間について、ジャーニーの消費とステップのエラー割合を掛けて求めます。",
		Step:         "ステップ", OfBudget: "バジェットに占める割合",
		OwnersTable: "担当別", OwnersNote: "担当ごとの目標の状態です。枯渇したものは要注意には数えません。", NoObjectives: "目標なし",
		Objectives: "目標の数", Lowest: "最も少ない残量",
		Alerts: "アラート", AlertsTable: "アラートが発生していた時間", NoAlerts: "この期間に発生したアラートなし",
		AlertsNote: "上部の時間範囲のうち、緊急アラートまたはチケットが発生していた時間の割合です（28日の1%は6.7時間）。同時に発生したものは、最も長いものを数えます。通知されなかったものは含みません。",
		PageTime:   "緊急アラートの時間", TicketTime: "チケットの時間",
		Doubts: "疑うべき点", Unmeasured: "計測できなかった時間", AllMeasured: "すべて計測済み",
		UnmeasuredNote: "目標の期間のうち、計測できなかった時間の割合です（1%を超えるもの）。この間のユーザーへの影響は分かりません。",
		NotMeasured:    "未計測の割合", Loose: "緩すぎる可能性のある目標", NoneLoose: "該当なし（どのバジェットも消費あり）",
		LooseNote: "上部の時間範囲で、残量が一度も75%を下回らなかった目標です。余裕がありすぎる目標値は、あまり意味を持ちません。時間範囲は目標の期間以上にしてください。",
		LeastLeft: "期間内の最小残量",
		Others:    "ジャーニーに属さないSLO", SLOs: "ジャーニーに属さないSLO（バジェット残量の少ない順）", NoSLOs: "該当するSLOなし",
		Agreed: "取り決め", AgreedText: "ジャーニーのバジェットを使い切ったときに行うと、担当が取り決めた内容です。", WhenSpent: "使い切ったときの取り決め",
		More: func(n int) string { return "ほか" + words.Count(int64(n)) + "件のジャーニー" },
	}
}
