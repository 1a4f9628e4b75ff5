package grafana

import (
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// journeyWords are those of the dashboard of a journey.
type journeyWords struct {
	Shows, NoObjective, NoPolicy                  string
	Series, Worst, Pooled, Measured               string
	Weighted                                      func(weights []string) string
	Weight                                        func(step, weight string) string
	ErrorsNote                                    func(measured bool) string
	Steps, StepsTitle, StepsNote, Place, Step     string
	OpenStep, NoObjectives, Recently              string
	StepErrors                                    func(window string) string
	Share, NoShare                                string
	Causes                                        string
	Cause                                         func(target string) string
	CauseOver                                     string
	CauseNote                                     func(estimated bool) string
	Events, Budget, Budgets, BudgetsNote, Journey string
}

func (m *maker) journeyWords() *journeyWords {
	if m.options.Locale == slo.Japanese {
		return japaneseJourney()
	}
	return englishJourney()
}

func englishJourney() *journeyWords {
	return &journeyWords{
		Shows:       "Can users do this now? How much of the error budget is left, and when did it start to drop? Which step is using it up? Was anyone alerted?",
		NoObjective: "**This journey has no objective**, so it has no error budget and no alerts of its own; only its steps are shown.",
		NoPolicy:    "**This journey has no alert policy with burn rates**, so nobody is alerted when its budget burns; the graphs of burn rates against factors are left out.",
		Series:      "A user succeeds when every step does. This assumes that every user goes through every step once, and that failures are independent of each other.",
		Worst:       "The journey is as bad as its worst step.",
		Pooled:      "The events of all steps are counted together.",
		Measured:    "The journey is measured directly. Its steps explain it, and their shares are estimates.",
		Weighted: func(weights []string) string {
			return "The error ratio is the weighted mean of the steps': " + strings.Join(weights, ", ") + "."
		},
		Weight: func(step, weight string) string { return step + " " + weight },
		ErrorsNote: func(measured bool) string {
			if measured {
				return "The share of the journey's events that were bad."
			}
			return "How often the journey fails, worked out from its steps."
		},
		Steps: "Steps, in order", StepsTitle: "How each step is doing",
		StepsNote: "Budget left, burn rate and coverage are those of the step's first objective. A step without an objective has no budget; its errors and its coverage (of a day) come from its counters.",
		Place:     "No.", Step: "Step", OpenStep: "Open this step",
		NoObjectives: "not known, or no objective", Recently: "recent",
		StepErrors: func(window string) string { return "Errors, " + window },
		Share:      "Share of errors", NoShare: "nothing failed",
		Causes:    "What is using up the budget",
		Cause:     func(target string) string { return "Share of errors: " + target },
		CauseOver: "Share of errors over time",
		CauseNote: func(estimated bool) string {
			text := "How much of the journey's errors in its window each step caused; together they make 100%. When nothing failed, there are no shares."
			if estimated {
				text += " As the journey is measured directly, the shares are estimates."
			}
			return text
		},
		Events: "What was measured",
		Budget: "Error budget over time", Budgets: "Budget left", BudgetsNote: "The journey's, and that of the first objective of each step. Dashed lines: 25% is left, and nothing is left.",
		Journey: "the journey",
	}
}

func japaneseJourney() *journeyWords {
	return &journeyWords{
		Shows:       "いま利用できているか。エラーバジェットはどれだけ残っていて、いつから減り始めたか。どのステップが消費しているか。アラートは通知されたか。",
		NoObjective: "**このジャーニーには目標がありません**。エラーバジェットもアラートもないため、ステップだけを表示します。",
		NoPolicy:    "**このジャーニーにはバーンレートのアラートポリシーがありません**。エラーバジェットの消費が速くても通知されないため、しきい値との比較は表示しません。",
		Series:      "すべてのステップが成功したとき、ユーザーは成功したとみなします。どのユーザーも各ステップを1回ずつ通り、失敗は互いに独立していると仮定しています。",
		Worst:       "最も悪いステップの値を、ジャーニー全体の値とします。",
		Pooled:      "すべてのステップのイベントを合わせて数えます。",
		Measured:    "ジャーニー自体を計測しています。ステップは内訳を説明するもので、その割合は推定値です。",
		Weighted: func(weights []string) string {
			return "ステップのエラー率を重み付きで平均しています（" + strings.Join(weights, "、") + "）。"
		},
		Weight: func(step, weight string) string { return step + "：" + weight },
		ErrorsNote: func(measured bool) string {
			if measured {
				return "計測したイベントのうち、失敗したものの割合です。"
			}
			return "ジャーニーが失敗する割合で、ステップの値から求めています。"
		},
		Steps: "ステップ（通る順）", StepsTitle: "ステップごとの状況",
		StepsNote: "バジェット残量・バーンレート・計測率は、ステップの最初の目標の値です。目標のないステップにはバジェットがなく、エラー率と計測率（1日）はカウンターから求めています。",
		Place:     "順", Step: "ステップ", OpenStep: "ステップを開く",
		NoObjectives: "不明・目標なし", Recently: "直近",
		StepErrors: func(window string) string { return "エラー率：" + window },
		Share:      "エラーに占める割合", NoShare: "失敗なし",
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
		Budget: "エラーバジェットの推移", Budgets: "バジェット残量", BudgetsNote: "ジャーニーと、各ステップの最初の目標の残量です。破線は残り25%と残り0%を示します。",
		Journey: "ジャーニー全体",
	}
}
