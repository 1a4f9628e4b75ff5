package grafana

import "github.com/slojourn/slojourn/slo"

// overviewWords are those of the overview.
type overviewWords struct {
	Description string
	Text        string // Markdown

	HealthyNote, AtRiskNote, SpentNote, UnknownNote string
	PagesNote, TicketsNote                          string
	Sources, SourcesNote                            string
	Age, AgeNote, NothingYet                        string

	Journeys, JourneyTable, StandingNote, NoJourneys string
	Worst, WorstNote, WorstByState                   string
	Alerts, Now, NowNote, NoAlerts, Severity, Kind   string
	SLOs, SLOTable, SLONote, NoSLOs                  string
}

func (m *maker) overviewWords() *overviewWords {
	if m.options.Locale == slo.Japanese {
		return overviewJapanese()
	}
	return overviewEnglish()
}

func overviewEnglish() *overviewWords {
	return &overviewWords{
		Description: "Are our users' journeys all right, and which one do I look at first?",
		Text: `**Are our users' journeys all right, and which one do I look at first?** A journey is judged by its objective with the least error budget left.

- **Blue, healthy**: 25% or more of the budget is left.
- **Orange, at risk**: less than 25% is left. The owner finds out what is using up the budget; the journey's dashboard shows it step by step.
- **Red, spent**: nothing is left. What to do then is on the journey's dashboard.
- **Grey, unknown**: nothing was measured, so nobody knows how users are doing. Check the sources first.

These words say how much budget is left, and nothing else. Pages (red) and tickets (orange) have numbers and a column of their own: act on them whatever is left of the budget. Each row names its owner. Owners, journeys and labels can be chosen at the top.`,
		HealthyNote: "Journeys with 25% or more of their budget left. Journeys without an objective are not counted.",
		AtRiskNote:  "Journeys with less than 25% of their budget left.",
		SpentNote:   "Journeys with no budget left.",
		UnknownNote: "Journeys whose budget is not known: no events, or nothing was measured. The table says which.",
		PagesNote:   "Pages that were sent and have not resolved, those of steps among them.",
		TicketsNote: "Tickets that were sent and have not resolved, those of steps among them.",
		Sources:     "Sources down", SourcesNote: "Sources from which nothing can be measured. Choices at the top make no difference.",
		Age: "Data age", AgeNote: "How long ago the newest measured minute ended, for whatever is furthest behind. A few minutes are normal.", NothingYet: "nothing measured yet",
		Journeys: "Journeys", JourneyTable: "Journeys, least budget left first", NoJourneys: "no journey with an objective here, or slojourn is not scraped",
		StandingNote: "Errors and what was measured are those of the objective's own window. At a burn rate of 1 the budget lasts exactly until the window ends; it is the rate over an hour, or over the window of the alert policy that is closest to an hour and had events.",
		Worst:        "Budget left over time, lowest journeys", WorstNote: "At each instant the eight journeys with the least budget left.", WorstByState: "Lines have the colour of the journey's state.",
		Alerts: "Alerts", Now: "Firing now", NowNote: "Alerts that were sent and have not resolved. Sources are always listed.", NoAlerts: "nothing is firing",
		Severity: "Severity", Kind: "Why",
		SLOs: "SLOs of no journey", SLOTable: "SLOs of no journey, least budget left first", NoSLOs: "no such SLO here, or slojourn is not scraped",
		SLONote: "SLOs with an objective that are not a step of any journey yet. The choice of journeys makes no difference.",
	}
}

func overviewJapanese() *overviewWords {
	return &overviewWords{
		Description: "ユーザーのジャーニーに問題はないか、どれから確認すべきかを示します。",
		Text: `**ユーザーのジャーニーに問題はないか。どれから確認すべきか。** ジャーニーの状態は、エラーバジェットの残量が最も少ない目標で判定します。

- **青（健全）**：残量が25%以上あります。
- **橙（要注意）**：残量が25%未満です。担当は、何がバジェットを消費しているかを調べます。ジャーニーのダッシュボードでステップごとの内訳を確認できます。
- **赤（枯渇）**：残量がありません。この場合の対応は、ジャーニーのダッシュボードに記載されています。
- **灰（不明）**：計測値がなく、ユーザーへの影響が分かりません。まずソースを確認してください。

これらの状態はバジェットの残量だけを示します。緊急アラート（赤）とチケット（橙）は、件数と「発生中」の列で別に表示します。残量にかかわらず対応してください。担当は各行に表示されます。担当・ジャーニー・ラベルは上部で絞り込めます。`,
		HealthyNote: "残量が25%以上あるジャーニーの数です。目標のないジャーニーは含みません。",
		AtRiskNote:  "残量が25%未満のジャーニーの数です。",
		SpentNote:   "残量がなくなったジャーニーの数です。",
		UnknownNote: "残量が不明なジャーニーの数です。イベントがないか、計測できていません。どちらであるかは表で確認できます。",
		PagesNote:   "通知済みで、まだ解消していない緊急アラートの数です。ステップのものも含みます。",
		TicketsNote: "通知済みで、まだ解消していないチケットの数です。ステップのものも含みます。",
		Sources:     "停止中のソース", SourcesNote: "計測値を取得できないソースの数です。上部の絞り込みは影響しません。",
		Age: "データの遅れ", AgeNote: "最後に計測できた分からの経過時間です。最も遅れている対象の値を表示します。数分であれば正常です。", NothingYet: "計測値なし",
		Journeys: "ジャーニー", JourneyTable: "ジャーニー（バジェット残量の少ない順）", NoJourneys: "目標のある該当ジャーニーなし、またはslojournのデータなし",
		StandingNote: "エラー率と計測率は、各目標の期間の値です。バーンレートが1のとき、バジェットは期間の終わりにちょうどなくなります。バーンレートは1時間の値、またはアラートポリシーの期間のうち、イベントがあり、1時間に最も近い期間の値です。",
		Worst:        "バジェット残量の推移（残量の少ないジャーニー）", WorstNote: "各時点で残量が最も少ない8件のジャーニーです。", WorstByState: "線の色はジャーニーの状態を表します。",
		Alerts: "アラート", Now: "発生中のアラート", NowNote: "通知済みで、まだ解消していないアラートです。ソースは常に表示します。", NoAlerts: "発生中のアラートなし",
		Severity: "重要度", Kind: "理由",
		SLOs: "ジャーニーに属さないSLO", SLOTable: "ジャーニーに属さないSLO（バジェット残量の少ない順）", NoSLOs: "該当するSLOなし、またはslojournのデータなし",
		SLONote: "目標はあるものの、どのジャーニーのステップにもなっていないSLOです。ジャーニーの絞り込みは影響しません。",
	}
}
