package grafana

import "github.com/slojourn/slojourn/slo"

// detailWords are those of the dashboard of a step or an SLO.
type detailWords struct {
	Shows, NoObjective, NoPolicy, NoStep                   string
	Journey                                                func(title string) string
	StepOf                                                 func(step, journey string) string
	StepElsewhere                                          func(journey string) string
	Measures                                               func(form slo.Form, weighted bool) string
	Left                                                   func(target string) string
	LeftNote, Unknown                                      string
	Errors                                                 func(window string) string
	ErrorsNote                                             func(allowed string) string
	CountedNote                                            string
	Coverage                                               func(window string) string
	CoverageNote                                           string
	Burn                                                   func(window string) string
	Age, AgeNote, NeverMeasured                            string
	Events, EventsNote, NoEvents, Good, Bad                string
	GoodAndBad                                             func(form slo.Form, weighted bool) string
	Ratio, RatioNote                                       string
	Budget, BudgetLeft, BudgetNote                         string
	Measuring, CoverageOver, Late, LateNote, NoneLate      string
	Excluded, ExcludedNote, NotExcluded, Counts, CountsNot string
	Told                                                   string
}

func (m *maker) detailWords() *detailWords {
	if m.options.Locale == slo.Japanese {
		return japaneseDetail()
	}
	return englishDetail()
}

func englishDetail() *detailWords {
	return &detailWords{
		Shows:         "What is measured, and is it? How do good and bad events run? What is left of the error budget? Which alert is near its factor?",
		NoObjective:   "**It has no objective**, and so no error budget and no alerts: its errors are shown, and count for its journeys.",
		NoPolicy:      "**It has no alert policy with burn rates**, so that nobody is told when its budget burns: its graphs of burn rates against factors are left out.",
		NoStep:        "It is a step of no journey.",
		Journey:       func(title string) string { return "Journey: " + title },
		StepOf:        func(step, journey string) string { return "It is the step “" + step + "” of " + journey + "." },
		StepElsewhere: func(journey string) string { return "It is a step of " + journey + " of another shard." },
		Measures: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormQueries:
				return "It is measured by queries:"
			case form == slo.FormSlices:
				return "Time is cut into slices, and each is good or bad as a whole:"
			case weighted:
				return "Each event is good or bad, and counts with its weight:"
			}
			return "Each event is good or bad:"
		},
		Left:         func(target string) string { return "Budget left: " + target },
		LeftNote:     "Which share of the bad events that the target allows is left in its window; below 0 it is overspent.",
		Unknown:      "not known",
		Errors:       func(window string) string { return "Errors in " + window },
		ErrorsNote:   func(allowed string) string { return "The share of bad events; the target allows " + allowed + "." },
		CountedNote:  "The share of bad events, by the counters.",
		Coverage:     func(window string) string { return "Measured, " + window },
		CoverageNote: "The share of the minutes that were measured. Below 99 % the numbers are partial; below a half no alert fires.",
		Burn:         func(window string) string { return "Burn rate, " + window },
		Age:          "Newest measurement", AgeNote: "How long ago the newest minute ended that was measured. Some minutes are usual, as events need a while until they can be queried.",
		NeverMeasured: "never measured",
		Events:        "Events", EventsNote: "Each bar counts the time up to it, a quarter of an hour at least. What is excluded counts as good. A restart of slojourn counts from 0 again, and is not seen here.",
		NoEvents: "no events were counted", Good: "good", Bad: "bad",
		GoodAndBad: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormSlices:
				return "Good and bad slices"
			case weighted:
				return "Good and bad events, by weight"
			}
			return "Good and bad events"
		},
		Ratio: "Share of bad events, by window", RatioNote: "A short window shows what happens now, the objective's own what counts. The line is what the target allows. Without events there is no share.",
		Budget: "Error budget over time", BudgetLeft: "Budget left", BudgetNote: "Lines: a quarter is left, and nothing is left.",
		Measuring: "Is it measured?", CoverageOver: "Share of the time that was measured", Late: "Events that came late", NoneLate: "none came late",
		LateNote: "Events of minutes that were counted already. They are in the budget, and not in the counts above.",
		Excluded: "Exclusions over time", ExcludedNote: "When agreed exclusions held.", NotExcluded: "nothing is excluded", Counts: "counts", CountsNot: "excluded",
		Told: "Who was told",
	}
}

func japaneseDetail() *detailWords {
	return &detailWords{
		Shows:       "何を計測しているか。計測できているか。成功と失敗のイベントはどう推移しているか。エラーバジェットはどれだけ残っているか。どのアラートがしきい値に近いか。",
		NoObjective: "**目標がありません**。エラーバジェットもアラートもありませんが、エラーは計測され、ジャーニーの値に反映されます。",
		NoPolicy:    "**バーンレートのアラートポリシーがありません**。エラーバジェットが速く消費されても通知されないため、しきい値との比較は表示しません。",
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
		Left:     func(target string) string { return "バジェット残量：" + target },
		LeftNote: "目標が期間内に許す失敗のうち、まだ残っている割合です。0を下回ると超過しています。",
		Unknown:  "不明",
		Errors:   func(window string) string { return "エラー率：" + window },
		ErrorsNote: func(allowed string) string {
			return "失敗したイベントの割合です。目標が許すのは" + allowed + "までです。"
		},
		CountedNote:  "失敗したイベントの割合で、カウンターから求めています。",
		Coverage:     func(window string) string { return "計測率：" + window },
		CoverageNote: "期間のうち計測できた時間の割合です。99%未満では数値は一部の計測に基づき、50%未満ではアラートは発生しません。",
		Burn:         func(window string) string { return "バーンレート：" + window },
		Age:          "最新の計測からの経過", AgeNote: "計測できた最新の1分間が終わってからの時間です。イベントを検索できるようになるまで時間がかかるため、数分の遅れは正常です。",
		NeverMeasured: "未計測",
		Events:        "イベント", EventsNote: "棒は、その時刻までの件数です（15分以上の単位）。除外時間のイベントは成功として数えます。slojourn の再起動の影響は受けません。",
		NoEvents: "イベントなし", Good: "成功", Bad: "失敗",
		GoodAndBad: func(form slo.Form, weighted bool) string {
			switch {
			case form == slo.FormSlices:
				return "成功と失敗の区間"
			case weighted:
				return "成功と失敗のイベント（重み付き）"
			}
			return "成功と失敗のイベント"
		},
		Ratio: "期間別のエラー率", RatioNote: "短い期間は現在の状況を、目標の期間は判定の対象となる値を示します。線は目標が許す割合です。イベントがなければ値はありません。",
		Budget: "エラーバジェットの推移", BudgetLeft: "バジェット残量", BudgetNote: "線は残り25%と残り0を示します。",
		Measuring: "計測の状況", CoverageOver: "計測率の推移", Late: "遅れて届いたイベント", NoneLate: "遅延なし",
		LateNote: "集計済みの時間に属するイベントです。エラーバジェットには反映されますが、上の件数には含まれません。",
		Excluded: "除外時間の推移", ExcludedNote: "合意された除外時間が適用された時間帯です。", NotExcluded: "除外なし", Counts: "集計対象", CountsNot: "除外",
		Told: "通知の状況",
	}
}
