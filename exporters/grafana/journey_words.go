package grafana

import (
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// journeyWords are those of the dashboard of a journey.
type journeyWords struct {
	Shows, NoObjective, NoPolicy                               string
	Series, Worst, Pooled, Measured                            string
	Weighted                                                   func(weights []string) string
	Weight                                                     func(step, weight string) string
	Left                                                       func(target string) string
	LeftNote, Unknown                                          string
	Burn                                                       func(window string) string
	BurnNote                                                   string
	Errors                                                     func(window string) string
	ErrorsNote                                                 func(measured bool) string
	Steps, StepsTitle, StepsNote, Place, Step, OpenStep, Owner string
	StepLeft, NoBudget, NoBurn, Recently                       string
	StepErrors                                                 func(window string) string
	Share, NoShare, Coverage, NoSteps                          string
	Causes                                                     string
	Cause                                                      func(target string) string
	CauseOver                                                  string
	CauseNote                                                  func(estimated bool) string
	Events                                                     string
	Budget, Budgets, BudgetsNote, Journey, Told                string
}

func (m *maker) journeyWords() *journeyWords {
	if m.options.Locale == slo.Japanese {
		return japaneseJourney()
	}
	return englishJourney()
}

func englishJourney() *journeyWords {
	return &journeyWords{
		Shows:       "Can users do this now? How much of the error budget is left, and since when does it fall? Which step costs it? Is somebody told?",
		NoObjective: "**The journey has no objective**, and so no error budget and no alerts of its own: only its steps are shown.",
		NoPolicy:    "**The journey has no alert policy with burn rates**, so that nobody is told when its budget burns: its graphs of burn rates against factors are left out.",
		Series:      "A user succeeds when every step does. This assumes that every user passes every step once, and that failures are independent of each other.",
		Worst:       "The journey is as bad as its worst step.",
		Pooled:      "The events of all steps are counted together.",
		Measured:    "The journey is measured by itself. Its steps explain it, and their shares are estimates.",
		Weighted: func(weights []string) string {
			return "The error ratio is the mean of the steps', by weight: " + strings.Join(weights, ", ") + "."
		},
		Weight:   func(step, weight string) string { return step + " " + weight },
		Left:     func(target string) string { return "Budget left: " + target },
		LeftNote: "Which share of the bad events that the target allows is left in its window; below 0 it is overspent.",
		Unknown:  "not known",
		Burn:     func(window string) string { return "Burn rate, " + window },
		BurnNote: "How many times faster than allowed the budget is spent: at 1× it is gone exactly when its window ends.",
		Errors:   func(window string) string { return "Errors in " + window },
		ErrorsNote: func(measured bool) string {
			if measured {
				return "The share of its events that were bad."
			}
			return "How often the journey fails, as it follows from its steps."
		},
		Steps: "Steps, in their order", StepsTitle: "How each step does",
		StepsNote: "Budget, burn rate and coverage are those of the step's first objective. A step without an objective has no budget; its errors and its coverage (of a day) follow from its counters.",
		Place:     "No.", Step: "Step", OpenStep: "Open this step", Owner: "Owner",
		StepLeft: "Budget left", NoBudget: "not known, or no objective", NoBurn: "no traffic, or no objective", Recently: "of late",
		StepErrors: func(window string) string { return "Errors, " + window },
		Share:      "Share of the journey's errors", NoShare: "nothing failed", Coverage: "Measured", NoSteps: "no step is known",
		Causes:    "What costs the budget",
		Cause:     func(target string) string { return "Share of the errors: " + target },
		CauseOver: "Share of the errors over time",
		CauseNote: func(estimated bool) string {
			text := "Which share of the journey's errors in its window each step caused; together they are 100 %. Without errors there is nothing to share."
			if estimated {
				text += " As the journey is measured by itself, the shares are estimates."
			}
			return text
		},
		Events: "What was measured",
		Budget: "Error budget over time", Budgets: "Budget left", BudgetsNote: "Of the journey, and of the first objective of its steps. Lines: a quarter is left, and nothing is left.",
		Journey: "the journey", Told: "Who was told",
	}
}

func japaneseJourney() *journeyWords {
	return &journeyWords{
		Shows:       "いま利用できているか。エラーバジェットはどれだけ残っていて、いつから減っているか。どのステップが消費しているか。担当者に通知されているか。",
		NoObjective: "**このジャーニーには目標がありません**。エラーバジェットもアラートもないため、ステップだけを表示します。",
		NoPolicy:    "**このジャーニーにはバーンレートのアラートポリシーがありません**。エラーバジェットが速く消費されても通知されないため、しきい値との比較は表示しません。",
		Series:      "すべてのステップに成功したとき、ユーザーは成功したとみなします。どのユーザーも各ステップを1回ずつ通り、失敗は互いに独立していると仮定しています。",
		Worst:       "最も悪いステップを、ジャーニー全体の値とします。",
		Pooled:      "すべてのステップのイベントを合わせて数えます。",
		Measured:    "ジャーニー自体を計測しています。ステップは内訳を説明するもので、その割合は推定値です。",
		Weighted: func(weights []string) string {
			return "ステップのエラー率を重みで平均しています（" + strings.Join(weights, "、") + "）。"
		},
		Weight:   func(step, weight string) string { return step + "：" + weight },
		Left:     func(target string) string { return "バジェット残量：" + target },
		LeftNote: "目標が期間内に許す失敗のうち、まだ残っている割合です。0を下回ると超過しています。",
		Unknown:  "不明",
		Burn:     func(window string) string { return "バーンレート：" + window },
		BurnNote: "許容される速さの何倍でエラーバジェットを消費しているかを示します。1×は、期間の終わりにちょうど使い切る速さです。",
		Errors:   func(window string) string { return "エラー率：" + window },
		ErrorsNote: func(measured bool) string {
			if measured {
				return "計測したイベントのうち、失敗したものの割合です。"
			}
			return "ジャーニーに失敗する割合で、ステップの値から求めています。"
		},
		Steps: "ステップ（通る順）", StepsTitle: "ステップごとの状況",
		StepsNote: "バジェット残量・バーンレート・計測率は、ステップの最初の目標の値です。目標のないステップにはバジェットがなく、エラー率と計測率（1日）はカウンターから求めています。",
		Place:     "順", Step: "ステップ", OpenStep: "ステップを開く", Owner: "担当",
		StepLeft: "バジェット残量", NoBudget: "不明・目標なし", NoBurn: "イベントなし・目標なし", Recently: "直近",
		StepErrors: func(window string) string { return "エラー率：" + window },
		Share:      "ジャーニーのエラーに占める割合", NoShare: "失敗なし", Coverage: "計測率", NoSteps: "ステップの情報なし",
		Causes:    "エラーバジェットを消費しているステップ",
		Cause:     func(target string) string { return "エラーに占める割合：" + target },
		CauseOver: "エラーに占める割合の推移",
		CauseNote: func(estimated bool) string {
			text := "期間内のジャーニーのエラーのうち、各ステップが原因となった割合です。合計は100%になります。失敗がなければ値はありません。"
			if estimated {
				text += "ジャーニー自体を計測しているため、割合は推定値です。"
			}
			return text
		},
		Events: "計測したイベント",
		Budget: "エラーバジェットの推移", Budgets: "バジェット残量", BudgetsNote: "ジャーニーと、各ステップの最初の目標の残量です。線は残り25%と残り0を示します。",
		Journey: "ジャーニー全体", Told: "通知の状況",
	}
}
