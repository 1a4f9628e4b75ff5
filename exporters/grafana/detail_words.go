package grafana

import (
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// detailWords are those of the dashboard of a step or an SLO.
type detailWords struct {
	Shows, NoObjective, NoPolicy, NoStep             string
	Journey                                          func(title string) string
	StepOf                                           func(step, journey string) string
	StepElsewhere                                    func(journey string) string
	Measures                                         func(form slo.Form, weighted bool) string
	ErrorsNote                                       func(allowed string) string
	CountedNote                                      string
	Coverage                                         func(window string) string
	CoverageNote                                     string
	Age, AgeNote                                     string
	Events, EventsNote, Good, Bad                    string
	GoodAndBad                                       func(form slo.Form, weighted bool) string
	Ratio, RatioNote                                 string
	Budget, BudgetNote                               string
	Measuring, CoverageOver, Late, LateNote          string
	Excluded, ExcludedNote, NotExcluded, ExcludedNow string
}

func (m *maker) detailWords() *detailWords {
	if m.options.Locale == slo.Japanese {
		return japaneseDetail()
	}
	return englishDetail()
}

func englishDetail() *detailWords {
	return &detailWords{
		Shows:         "What is measured, and is it being measured? How are good and bad events running? How much of the error budget is left? Which alert is close to firing?",
		NoObjective:   "**It has no objective**, so it has no error budget and no alerts; its errors are shown, and count towards its journeys.",
		NoPolicy:      "**It has no alert policy with burn rates**, so nobody is alerted when its budget burns; the graphs of burn rates against factors are left out.",
		NoStep:        "It is not a step of any journey.",
		Journey:       func(title string) string { return "Journey: " + title },
		StepOf:        func(step, journey string) string { return "It is the step “" + step + "” of " + journey + "." },
		StepElsewhere: func(journey string) string { return "It is a step of " + journey + ", which is in another shard." },
		Measures: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormQueries:
				return "It is measured with queries:"
			case form == slo.FormSlices:
				return "Time is divided into slices, and each slice is good or bad as a whole:"
			case weighted:
				return "Each event is good or bad, and counts with its weight:"
			}
			return "Each event is good or bad:"
		},
		ErrorsNote: func(allowed string) string {
			return "The share of events that were bad; the target allows " + allowed + "."
		},
		CountedNote:  "The share of events that were bad, from the counters.",
		Coverage:     func(window string) string { return "Measured, " + strings.TrimPrefix(window, "a ") },
		CoverageNote: "The share of minutes that were measured. Below 99% the numbers are partial; below 50% no alert fires.",
		Age:          "Newest measurement", AgeNote: "How long ago the newest measured minute ended. A few minutes are normal, as it takes a while until events can be queried.",
		Events: "Events", EventsNote: "Each bar counts the time up to it, 15 minutes at least. Excluded time counts as good. A restart of slojourn does not show here.",
		Good: "good", Bad: "bad",
		GoodAndBad: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormSlices:
				return "Good and bad slices"
			case weighted:
				return "Good and bad events, by weight"
			}
			return "Good and bad events"
		},
		Ratio: "Share of bad events, by window", RatioNote: "A short window shows what is happening now; the objective's own window is what counts. The dashed line is what the target allows. Without events there is no share.",
		Budget: "Error budget over time", BudgetNote: "Dashed lines: 25% is left, and nothing is left.",
		Measuring: "Is it being measured?", CoverageOver: "Share of time that was measured", Late: "Late events",
		LateNote: "Events of minutes that had already been counted. They are in the budget, but not in the counts above.",
		Excluded: "Exclusions over time", ExcludedNote: "When agreed exclusions were in force.", NotExcluded: "not excluded", ExcludedNow: "excluded",
	}
}

func japaneseDetail() *detailWords {
	return &detailWords{
		Shows:       "何を計測しているか。計測できているか。成功と失敗のイベントはどう推移しているか。エラーバジェットはどれだけ残っているか。発生しそうなアラートはどれか。",
		NoObjective: "**目標がありません**。エラーバジェットもアラートもありませんが、エラーは計測され、ジャーニーの値に反映されます。",
		NoPolicy:    "**バーンレートのアラートポリシーがありません**。エラーバジェットの消費が速くても通知されないため、しきい値との比較は表示しません。",
		NoStep:      "どのジャーニーのステップでもありません。",
		Journey:     func(title string) string { return "ジャーニー：" + title },
		StepOf:      func(step, journey string) string { return journey + "のステップ「" + step + "」です。" },
		StepElsewhere: func(journey string) string {
			return "別のシャードにある" + journey + "のステップです。"
		},
		Measures: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormQueries:
				return "クエリで計測しています："
			case form == slo.FormSlices:
				return "時間を一定の長さに区切り、区間ごとに成功か失敗かを判定しています："
			case weighted:
				return "イベントごとに成功か失敗かを判定し、重みを付けて数えています："
			}
			return "イベントごとに成功か失敗かを判定しています："
		},
		ErrorsNote: func(allowed string) string {
			return "失敗したイベントの割合です。目標で許容されるのは" + allowed + "までです。"
		},
		CountedNote:  "失敗したイベントの割合で、カウンターから求めています。",
		Coverage:     func(window string) string { return "計測率：" + window },
		CoverageNote: "期間のうち計測できた時間の割合です。99%未満では数値は一部の計測に基づき、50%未満ではアラートは発生しません。",
		Age:          "最新の計測からの経過", AgeNote: "計測できた最新の1分間が終わってからの時間です。イベントを検索できるようになるまで時間がかかるため、数分の遅れは正常です。",
		Events: "イベント", EventsNote: "棒は、その時刻までの件数です（15分以上の単位）。除外時間のイベントは成功として数えます。slojournの再起動の影響は受けません。",
		Good: "成功", Bad: "失敗",
		GoodAndBad: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormSlices:
				return "成功と失敗の区間"
			case weighted:
				return "成功と失敗のイベント（重み付き）"
			}
			return "成功と失敗のイベント"
		},
		Ratio: "期間別のエラー率", RatioNote: "短い期間は現在の状況を、目標の期間は判定の対象となる値を示します。破線は目標で許容される割合です。イベントがなければ値はありません。",
		Budget: "エラーバジェットの推移", BudgetNote: "破線は残り25%と残り0%を示します。",
		Measuring: "計測の状況", CoverageOver: "計測率の推移", Late: "遅れて届いたイベント",
		LateNote: "集計済みの時間に属するイベントです。エラーバジェットには反映されますが、上の件数には含まれません。",
		Excluded: "除外時間の推移", ExcludedNote: "合意された除外時間が適用された時間帯です。", NotExcluded: "除外なし", ExcludedNow: "除外中",
	}
}
