package grafana

import "github.com/slojourn/slojourn/slo"

// overviewWords are those of the overview.
type overviewWords struct {
	Description string
	Text        string // Markdown

	HealthyNote, AtRiskNote, SpentNote, UnknownNote string
	Pages, PagesNote, Tickets, TicketsNote          string
	Sources, SourcesNote                            string
	Age, AgeNote, NothingYet                        string

	Journeys, JourneyTable, JourneyNote, NoJourneys string
	Worst, WorstNote                                string
	Alerts, Now, NowNote, NoAlerts, Severity, Kind  string
	SLOs, SLOTable, SLONote, NoSLOs                 string
}

func (m *maker) overviewWords() *overviewWords {
	if m.options.Locale == slo.Japanese {
		return overviewJapanese()
	}
	return overviewEnglish()
}

func overviewEnglish() *overviewWords {
	return &overviewWords{
		Description: "Are the journeys of our users all right, and which one is looked at first?",
		Text: `**Are the journeys of our users all right, and which one do I look at first?** A journey counts by the objective that has least of its budget left.

- **Blue, healthy**: a quarter of the budget or more is left. There is nothing to do.
- **Orange, at risk**: less than a quarter is left. Its owner finds out what spends it. Open the journey in the table: its steps are there.
- **Vermilion, spent**: nothing is left. What was agreed for this is on the dashboard of the journey.
- **Grey, unknown**: nothing was measured. Whether users are all right is not known: look at the sources first.

Whoever owns a journey is in its row. Choose owners, journeys and labels at the top.`,
		HealthyNote: "Journeys that have a quarter of their budget or more left. Journeys without objective are counted nowhere.",
		AtRiskNote:  "Journeys that have less than a quarter of their budget left.",
		SpentNote:   "Journeys that have nothing left of their budget.",
		UnknownNote: "Journeys with objectives of which nothing was measured.",
		Pages:       "Pages firing", PagesNote: "Pages that people were told of and that have not resolved.",
		Tickets: "Tickets open", TicketsNote: "Tickets that people were told of and that have not resolved.",
		Sources: "Sources down", SourcesNote: "Sources that measure nothing, whatever is chosen at the top.",
		Age: "Newest minute, age", AgeNote: "How long ago the newest minute ended that was measured, of what is furthest behind. A few minutes are usual.", NothingYet: "nothing yet",
		Journeys: "Journeys", JourneyTable: "Journeys, least budget left first", NoJourneys: "no journey with an objective",
		JourneyNote: "Errors and what was measured are those of the objective's own window. A burn rate of 1 spends the budget exactly by the end of the window.",
		Worst:       "Budget left over time: the journeys that have least", WorstNote: "At each instant the eight journeys that have least left of their budget.",
		Alerts: "Alerts", Now: "What fires now", NowNote: "Alerts that people were told of and that have not resolved; sources at all times.", NoAlerts: "nothing fires",
		Severity: "Severity", Kind: "Why",
		SLOs: "SLOs of no journey", SLOTable: "SLOs that are in no journey, least budget left first", NoSLOs: "no such SLO",
		SLONote: "What was agreed on, and is not yet a step of what a user does. The choice of journeys does not matter here.",
	}
}

func overviewJapanese() *overviewWords {
	return &overviewWords{
		Description: "ユーザーのジャーニーに問題はないか、最初に確認すべきジャーニーはどれかを示します。",
		Text: `**ユーザーのジャーニーに問題はないか。最初に確認すべきジャーニーはどれか。** ジャーニーの状態は、エラーバジェットの残量が最も少ない目標で判定します。

- **青（健全）**：残量が4分の1以上あります。対応は不要です。
- **橙（要注意）**：残量が4分の1未満です。担当は何が消費しているかを調べます。表からジャーニーを開くと、ステップごとの内訳が見られます。
- **朱（枯渇）**：残量がありません。取り決めた対応はジャーニーのダッシュボードに記載されています。
- **灰（不明）**：計測されていません。ユーザーに影響があるかどうかも分からないため、まずソースを確認します。

担当は各行に表示されます。担当・ジャーニー・ラベルは上部で絞り込めます。`,
		HealthyNote: "残量が4分の1以上あるジャーニーの数です。目標のないジャーニーは数えません。",
		AtRiskNote:  "残量が4分の1未満のジャーニーの数です。",
		SpentNote:   "残量がなくなったジャーニーの数です。",
		UnknownNote: "目標はあるものの、計測値がまったくないジャーニーの数です。",
		Pages:       "発生中の緊急アラート", PagesNote: "通知済みで、まだ解消していない緊急アラートの数です。",
		Tickets: "未解消のチケット", TicketsNote: "通知済みで、まだ解消していないチケットの数です。",
		Sources: "停止中のソース", SourcesNote: "計測値をまったく取得できないソースの数です。上部の絞り込みには影響されません。",
		Age: "最新計測からの経過", AgeNote: "最も遅れている対象について、最後に計測できた分からの経過時間です。数分は通常の範囲です。", NothingYet: "未計測",
		Journeys: "ジャーニー", JourneyTable: "ジャーニー（バジェット残量の少ない順）", NoJourneys: "目標のあるジャーニーなし",
		JourneyNote: "エラー率と計測率は、目標の期間での値です。バーンレートが1のとき、バジェットは期間の終わりにちょうどなくなります。",
		Worst:       "バジェット残量の推移（残量の少ないジャーニー）", WorstNote: "各時点で残量が最も少ない8件のジャーニーを示します。",
		Alerts: "アラート", Now: "発生中のアラート", NowNote: "通知済みで、まだ解消していないアラートです。ソースは常に表示します。", NoAlerts: "発生中のアラートなし",
		Severity: "重要度", Kind: "理由",
		SLOs: "ジャーニーに属さないSLO", SLOTable: "ジャーニーに属さないSLO（バジェット残量の少ない順）", NoSLOs: "該当するSLOなし",
		SLONote: "目標はあるものの、どのジャーニーのステップにもなっていないSLOです。ジャーニーの絞り込みは影響しません。",
	}
}
