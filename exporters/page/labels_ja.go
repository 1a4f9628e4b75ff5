package page

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

func japanese() *labels {
	severity := func(s slo.Severity) string {
		if s == slo.Page {
			return "緊急"
		}
		return "チケット"
	}
	return &labels{
		Lang: "ja", Colon: "：", Title: "バックテスト：アラートは発生していたか",
		Span: func(from, to, length, zone string) string {
			return fmt.Sprintf("%s ～ %s（%s）。時刻は %s です。", from, to, length, zone)
		},
		Scope: func(objectives, shown int) string {
			return fmt.Sprintf("対象の目標は%s件、うち動きがあったものは%s件です。", count(int64(objectives)), count(int64(shown)))
		},
		Hindsight: func(fromSource bool) string {
			from := "台帳"
			if fromSource {
				from = "ソース"
			}
			return "これは後からの検証です。" + from + "の履歴に計測の遅れを加えて再生していますが、遅れて届いた値や訂正された値は最初から反映され、ソースの障害は起こりません。"
		},
		Missing: "計測・履歴の欠落",

		Pages: "緊急", Tickets: "チケット", PagesPerWeek: "緊急（週あたり）", NightPages: "夜間の緊急", Repeated: "再発した緊急", Found: "検知したインシデント",
		RepeatedNote:   "1日以内",
		Of:             func(n, of int) string { return count(int64(of)) + "件中" + count(int64(n)) + "件" },
		OfExpected:     func(n int) string { return fmt.Sprintf("期待%d件のうち", n) },
		TicketsPerWeek: func(n string) string { return "週あたり" + n },

		Timeline: "タイムライン", Objective: "目標", Time: "時間", Held: "抑止", Left: "残量",
		BudgetLine: "バジェット残量（点線が0）", Band: "インシデント", QuietBand: "通知不要のインシデント",
		MarkNames: map[string]string{
			"page": "緊急（バーンレート）", "ticket": "チケット（バーンレート）", "held": "ガードによる抑止", "budget": "バジェット消費",
			"noTraffic": "イベント減少", "noData": "計測停止", "source": "ソース停止",
		},
		Untold: "通知なし（観察中・他に集約）", Gained: "増えたもの", Lost: "なくなったもの",
		LanesNote: "上が緊急、下がチケットです。",
		CompareNote: func(before, after string) string {
			return fmt.Sprintf("各行の上段は変更前（%s）、下段は変更後（%s）です。", before, after)
		},
		NoAlerts: "送られるアラートも、ガードによる抑止も、バジェットの枯渇もありませんでした。",
		MoreQuiet: func(n int) string {
			return fmt.Sprintf("ほかに、アラートのない目標が%s件あります", count(int64(n)))
		},
		MoreRows: func(n int, pages, tickets string) string {
			return fmt.Sprintf("ほかに%s件の目標があります（緊急 %s、チケット %s）", count(int64(n)), pages, tickets)
		},
		MoreMarks: func(n int) string { return fmt.Sprintf("ほか%s件の印は省略しています", count(int64(n))) },
		More:      func(n int) string { return fmt.Sprintf("ほか%s件", count(int64(n))) },
		OnScreen: func(n int) string {
			return fmt.Sprintf("緊急%s件の一覧は、画面でのみ表示します。", count(int64(n)))
		},
		Observed: "観察中",

		Incidents: "インシデント", Incident: "インシデント", When: "期間", Expected: "期待", Result: "結果",
		TiersNote: "条件ごとに、発生までの時間、または「両方の期間のバーンレートの最大値 / しきい値」と、抑止したガードを示します。",
		Severity:  severity, Nobody: "通知なし",
		FoundBy:      func(severity, after string) string { return after + "後に" + severity },
		FoundAlready: func(severity string) string { return severity + "が発生済み" },
		Missed:       "見逃し", Outside: "対象外", Quiet: "通知なし（期待どおり）", NotQuiet: "不要な通知あり",
		TierAlready: "発生済み",
		Verdict: func(v burnrate.Verdict) string {
			switch v {
			case burnrate.FewEvents:
				return "イベント不足"
			case burnrate.FewBad:
				return "失敗件数不足"
			case burnrate.Chance:
				return "偶然の範囲"
			}
			return ""
		},
		MoreTiers: func(n int) string {
			return fmt.Sprintf("ほか%s件の条件は列を省略しています", count(int64(n)))
		},

		Scores: "評価", What: "対象", Fired: "発生", Precision: "適合率", Recall: "再現率", Delay: "検知まで",
		ScoresNote: "適合率は発生したもののうちインシデントに対応していた割合、再現率は期待されるインシデントのうち検知できた割合です。検知までの時間は中央値で、下は最短と最長です。",
		Sent:       func(severity string) string { return severity + "全体" },

		Toil: "対応の負担", Owner: "担当", All: "全体", PerWeek: "週あたり", AtNight: "夜間", Weekend: "週末", Again: "再発", Short: "短時間", Busiest: "最多の日",
		ToilNote: "再発は同じアラートの解消から1日以内に、短時間は30分以内に解消した緊急です。",

		Advice: "提案", NoAdvice: "特にありません。目標・期間・条件は履歴に見合っています。",

		Changes: "増えたもの・なくなったもの", Change: "変化",
		Kept: func(n, earlier, later int) string {
			return fmt.Sprintf("両方にあるアラートは%d件で、変更後に早くなるものは%d件、遅くなるものは%d件です。", n, earlier, later)
		},
		NoPages:  "緊急アラートは送られませんでした。",
		PageList: "緊急の一覧", Start: "発生", Length: "継続", Tier: "条件", Step: "ステップ", Spent: "消費", Consumed: "累計消費", Reason: "終了",
		Fires: "継続中", FromStart: "開始時点で発生済み",
		Kind: func(k alert.Kind) string {
			switch k {
			case alert.Burn:
				return "バーンレート"
			case alert.Budget:
				return "バジェット消費"
			case alert.NoTraffic:
				return "イベント減少"
			case alert.NoData:
				return "計測停止"
			case alert.Source:
				return "ソース停止"
			}
			return safe(string(k))
		},
		Reasons: func(r alert.Reason) string {
			switch r {
			case alert.Recovered:
				return "回復"
			case alert.Excluded:
				return "除外時間"
			case alert.Unknown:
				return "不明"
			case alert.DefinitionChanged:
				return "定義の変更"
			case alert.Removed:
				return "定義の削除"
			case "":
				return none
			}
			return safe(string(r))
		},
		HeldFor: func(length, burn, factor string) string {
			return fmt.Sprintf("%s抑止：バーンレート%s（しきい値%s）", length, burn, factor)
		},
		SpentTitle: func(share string) string { return "検知までにバジェットの" + share + "を消費" },
		LeftTitle: func(first, last, least string) string {
			return fmt.Sprintf("バジェット残量：最初は%s、最後は%s、最小は%s", first, last, least)
		},
		RowTitle: func(name string) string { return name + "のアラート" },
		RowDesc: func(pages, tickets, held int) string {
			return fmt.Sprintf("緊急%d件、チケット%d件、抑止%d件", pages, tickets, held)
		},
		Below: func(what string) string { return what + "のアラートに集約" },
	}
}
