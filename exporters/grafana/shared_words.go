package grafana

import (
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// sharedWords are those that several dashboards have.
type sharedWords struct {
	Overview, Review string // titles of the dashboards of everything

	Owner, Journey string // titles of variables and columns
	Label          func(name string) string
	Name           string // of a journey, a step or an SLO
	Objective      string
	Target         string
	Left           string
	Burn           func(window string) string // "" for several
	Errors         string
	Coverage       string
	State          string
	Firing         string
	Open           string // the dashboard of a row

	// In place of a value: NotMeasured of a coverage, and NotKnown of a budget, a burn rate or
	// an error ratio, as there were no events or they were not measured; the state of the
	// objective says which. NotKnown also of alerts that nobody judged. NotScraped is where not even slojourn is known.
	NotMeasured, NotKnown, None, NotScraped string

	Healthy, AtRisk, Spent, Unknown   string // of a budget
	Measured, Partial, Quiet, Missing string // states of an objective
	Page, Ticket, Nothing             string // what fires
	Kinds                             map[alert.Kind]string
	Pages, Tickets                    string // how many fire
	Effects                           map[slo.Effect]string

	Alerts, Exclusions, Definitions, Targets string // annotations
	DefinitionChanged, TargetChanged         string
}

func (m *maker) words() *sharedWords {
	if m.options.Locale == slo.Japanese {
		return sharedJapanese()
	}
	return sharedEnglish()
}

// stateWords stand for the numbers of [states].
func (w *sharedWords) stateWords() []word {
	return []word{{"1", w.Measured, blue}, {"2", w.Partial, orange}, {"3", w.Quiet, grey}, {"4", w.Missing, grey}}
}

// firingWords stand for the numbers of [firing].
func (w *sharedWords) firingWords() []word {
	return []word{{"-1", w.NotKnown, grey}, {"0", w.Nothing, ""}, {"1", w.Ticket, orange}, {"2", w.Page, vermilion}}
}

// numberOfAlerts has words in place of a number of [fires].
func (w *sharedWords) numberOfAlerts() []Mapping {
	return append(mappings(word{"-1", w.NotKnown, grey}), unknown(w.NotScraped))
}

// severityWords stand for the severities of alerts.
func (w *sharedWords) severityWords() []word {
	return []word{{string(slo.Page), w.Page, vermilion}, {string(slo.Ticket), w.Ticket, orange}}
}

// kindWords stand for the kinds of alerts.
func (w *sharedWords) kindWords() []word {
	var list []word
	for _, kind := range []alert.Kind{alert.Burn, alert.Budget, alert.NoTraffic, alert.NoData, alert.Source} {
		list = append(list, word{string(kind), w.Kinds[kind], ""})
	}
	return list
}

// effectWords stand for what exclusions do.
func (w *sharedWords) effectWords() []word {
	return []word{{string(slo.Drop), w.Effects[slo.Drop], ""}, {string(slo.CountAsGood), w.Effects[slo.CountAsGood], ""}}
}

func sharedEnglish() *sharedWords {
	return &sharedWords{
		Overview: "Service levels: overview", Review: "Service levels: review",
		Owner: "Owner", Journey: "Journey", Label: func(name string) string { return "Label " + name }, Name: "Name",
		Objective: "Objective", Target: "Target", Left: "Budget left", Errors: "Errors", Coverage: "Measured", State: "Data",
		Burn: func(window string) string {
			if window == "" {
				return "Burn rate"
			}
			return "Burn rate, " + window
		},
		Firing: "Firing", Open: "Open dashboard",
		NotMeasured: "not measured", NotKnown: "not known", None: "none", NotScraped: "no data from slojourn; is it scraped?",
		Healthy: "Healthy", AtRisk: "At risk", Spent: "Spent", Unknown: "Unknown",
		Measured: "measured", Partial: "partly measured", Quiet: "no traffic", Missing: "no data",
		Page: "page", Ticket: "ticket", Nothing: "none",
		Kinds: map[alert.Kind]string{
			alert.Burn: "burning too fast", alert.Budget: "budget low or spent", alert.NoTraffic: "traffic drop", alert.NoData: "no data", alert.Source: "source down",
		},
		Pages: "Pages firing", Tickets: "Tickets open",
		Effects: map[slo.Effect]string{slo.Drop: "the time does not count", slo.CountAsGood: "failures do not count"},
		Alerts:  "Alerts", Exclusions: "Exclusions", Definitions: "Definition changes", Targets: "Target changes",
		DefinitionChanged: "What is measured has changed", TargetChanged: "The target has changed",
	}
}

func sharedJapanese() *sharedWords {
	return &sharedWords{
		Overview: "サービスレベル：概要", Review: "サービスレベル：振り返り",
		Owner: "担当", Journey: "ジャーニー", Label: func(name string) string { return "ラベル " + name }, Name: "名前",
		Objective: "目標", Target: "目標値", Left: "バジェット残量", Errors: "エラー率", Coverage: "計測率", State: "計測状況",
		Burn: func(window string) string {
			if window == "" {
				return "バーンレート"
			}
			return window + "バーンレート"
		},
		Firing: "発生中", Open: "ダッシュボードを開く",
		NotMeasured: "未計測", NotKnown: "不明", None: "なし", NotScraped: "slojournのデータなし（収集設定を確認）",
		Healthy: "健全", AtRisk: "要注意", Spent: "枯渇", Unknown: "不明",
		Measured: "計測済み", Partial: "一部のみ計測", Quiet: "イベントなし", Missing: "データなし",
		Page: "緊急アラート", Ticket: "チケット", Nothing: "なし",
		Kinds: map[alert.Kind]string{
			alert.Burn: "消費が速い", alert.Budget: "バジェット残りわずか・枯渇", alert.NoTraffic: "イベント減少", alert.NoData: "計測停止", alert.Source: "ソース停止",
		},
		Pages: "緊急アラート", Tickets: "チケット",
		Effects: map[slo.Effect]string{slo.Drop: "集計の対象外", slo.CountAsGood: "失敗を数えない"},
		Alerts:  "アラート", Exclusions: "除外", Definitions: "計測内容の変更", Targets: "目標値の変更",
		DefinitionChanged: "計測内容が変わりました", TargetChanged: "目標値が変わりました",
	}
}
