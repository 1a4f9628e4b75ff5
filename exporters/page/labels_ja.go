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
	noun := func(s slo.Severity) string {
		if s == slo.Page {
			return "緊急アラート"
		}
		return "チケット"
	}
	return &labels{
		Lang: "ja", Colon: "：", Title: "バックテスト：アラートは発生していたか",
		AsItIs: "現状", Before: "変更前", AfterChange: "変更後",
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

		Pages: "緊急アラート", Tickets: "チケット", PagesPerWeek: "週あたりの緊急アラート", NightPages: "夜間の緊急アラート", Repeated: "再発した緊急アラート", Found: "検知したインシデント",
		RepeatedNote:   "1日以内",
		Of:             func(n, of int) string { return count(int64(of)) + "件中" + count(int64(n)) + "件" },
		PagesHead:      "緊急",
		Already:        func(n string) string { return "ほか" + n + "件は開始時に発生済み" },
		OfExpected:     func(n int) string { return fmt.Sprintf("期待%d件のうち", n) },
		TicketsPerWeek: func(n string) string { return "週あたり" + n },

		Timeline: "タイムライン", Objective: "目標", Time: "時間", Held: "抑止", Left: "残量",
		BudgetLine: "バジェット残量（点線が0）", Band: "インシデント", QuietBand: "通知不要のインシデント",
		MarkNames: map[string]string{
			"page": "緊急アラート（バーンレート）", "ticket": "チケット（バーンレート）", "held": "ガードによる抑止", "budget": "バジェット消費",
			"noTraffic": "イベント減少", "noData": "計測停止", "source": "ソース停止",
		},
		Untold: "通知なし（観察中・他に集約）", Gained: "増えたもの", Lost: "なくなったもの",
		LanesNote: "上が緊急アラート、下がチケットです。", AlreadyNote: "「3 + 2」の2は、開始時に発生済みの件数です（一覧では≤）。",
		CompareNote: func(before, after string) string {
			return fmt.Sprintf("各行の上段は変更前（%s）、下段は変更後（%s）です。", before, after)
		},
		NoAlerts: "送られるアラートも、ガードによる抑止も、バジェットの枯渇もありませんでした。",
		MoreQuiet: func(n int) string {
			return fmt.Sprintf("ほかに、アラートのない目標が%s件あります", count(int64(n)))
		},
		MoreRows: func(n int, pages, tickets string) string {
			return fmt.Sprintf("ほかに%s件の目標があります（緊急アラート %s、チケット %s）", count(int64(n)), pages, tickets)
		},
		MoreMarks: func(n int) string { return fmt.Sprintf("ほか%s件の印は省略しています", count(int64(n))) },
		More:      func(n int) string { return fmt.Sprintf("ほか%s件", count(int64(n))) },
		OnScreen: func(pages, tickets, silent, held int) string {
			text := fmt.Sprintf("チケット%s件、通知なし%s件、抑止%s件", count(int64(tickets)), count(int64(silent)), count(int64(held)))
			if pages > 0 {
				text = "緊急アラート" + count(int64(pages)) + "件、" + text
			}
			return text + "の一覧は画面で表示します。"
		},
		Observed: "観察中",

		Incidents: "インシデント", Incident: "インシデント", When: "期間", Expected: "期待", Result: "結果",
		TiersNote: "条件ごとに、発生までの時間、または「両方の期間のバーンレートの最大値 / しきい値」と、抑止したガードを示します。",
		Severity:  severity, Alert: noun, Nobody: "通知なし",
		OwnedBy:      func(what, owner string) string { return what + "（" + owner + "）" },
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
		ScoresNote:  "適合率は発生したもののうちインシデントに対応していた割合、再現率は期待されるインシデントのうち検知できた割合です。検知までの時間は中央値で、下は最短と最長です。緊急アラートを受けた人にチケットは不要なため、緊急アラートで検知したものはチケットでも検知したとみなします。条件の発生回数には、通知なしのものも含みます。",
		ScoresAfter: "小さい数字は変更後のものです。",
		Sent:        func(s slo.Severity) string { return noun(s) + "全体" },

		Toil: "対応の負担", Owner: "担当", All: "全体", PerWeek: "週あたり", AtNight: "夜間", Weekend: "週末", Again: "再発", Short: "短時間", Busiest: "最多の日",
		ToilNote: "再発は同じアラートの解消から1日以内に、短時間は30分以内に解消した緊急アラートです。",

		Advice: "提案", NoAdvice: "特にありません。目標・期間・条件は履歴に見合っています。",

		Changes: "増えたもの・なくなったもの", Change: "変化", NoneChanged: "増えたアラートも、なくなったアラートもありません。",
		Kept: func(n, earlier, later int) string {
			if earlier+later == 0 {
				return fmt.Sprintf("両方にあるアラートは%s件で、時刻は変わりません。", count(int64(n)))
			}
			return fmt.Sprintf("両方にあるアラートは%s件で、変更後に早くなるものは%s件、遅くなるものは%s件です。", count(int64(n)), count(int64(earlier)), count(int64(later)))
		},
		Objectives: "変わる目標", Target: "目標値", Policy: "ポリシー", AtEnd: "最後の消費", AtMost: "最大の消費", New: "追加", Gone: "削除",
		SameObjectives: func(n int) string {
			if n == 0 {
				return "すべての目標が変わります。"
			}
			return fmt.Sprintf("変わらない目標は%s件です。", count(int64(n)))
		},
		TicketList: func(n int) string { return fmt.Sprintf("チケット（%s件）", count(int64(n))) },
		SilentList: func(n int) string { return fmt.Sprintf("通知されないアラート（%s件）", count(int64(n))) },
		HeldList:   func(n int) string { return fmt.Sprintf("ガードによる抑止（%s件）", count(int64(n))) },
		HeldNote:   "偶然の範囲、失敗件数不足、イベント不足の順に、それぞれしきい値に対するバーンレートの高いものから並べています。",
		SpentNote:  "消費は、最初に成立した条件の長い方の期間が、通知の時点までにバジェットのどれだけを消費していたかを示します。累計消費は、その時点でのバジェット全体の消費です。",
		Guard:      "ガード", Burn: "バーンレート / しきい値", BadEvents: "失敗件数",
		NoPages:  "緊急アラートは送られませんでした。",
		PageList: "緊急アラートの一覧", Start: "発生", Length: "継続", Tier: "条件", Step: "ステップ", Spent: "消費", Consumed: "累計消費", Reason: "終了",
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
			return fmt.Sprintf("緊急アラート%d件、チケット%d件、抑止%d件", pages, tickets, held)
		},
		Below: func(what string) string { return what + "のアラートに集約" },
	}
}
