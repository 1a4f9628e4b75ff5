package japanese

import "github.com/slojourn/slojourn/slo/diag"

func commands() diag.Language {
	return diag.Language{
		// diff_history.go
		"the history says nothing, as one of both has no Journey and no SLO": "一方にジャーニーも SLO もないため、履歴では比較できません",

		// diff_read.go
		"%s cannot be read as a whole; errors: %d, the first at %s: %s": "%s には読み取れない部分があります。エラー %d 件、最初のものは %s: %s",
		"%s has no specs: everything counts as added":                   "%s にスペックがないため、すべて追加とみなします",
		"%s leads to no spec any more: what it held counts as removed":  "%s にスペックがなくなったため、以前のものは削除とみなします",
		"%s leads to no spec: what is there now counts as added":        "%s にスペックがなかったため、今あるものは追加とみなします",

		// doctor.go
		"there is no key to ask with: %v":                                "問い合わせるためのキーがありません: %v",
		"put a user key (NRAK-…) there, or correct apiKey of the Source": "そこにユーザーキー (NRAK-…) を入れるか、Source の apiKey を直してください",

		// doctor_print.go
		"Source %s: not looked at, as it is the file %s; eval says what is wrong with it.": "Source %s: ファイル %s なので調べていません。誤りがあれば eval が示します。",
		"concerns %s":                        "該当: %s",
		"Nothing is wrong with the account.": "アカウントに問題はありません。",
		"%s.":                                "%s。",
		"account %d":                         "アカウント %d",
		"account %d (%s)":                    "アカウント %d (%s)",
		"%d SLOs":                            "SLO %d 件",
		"1 SLO":                              "SLO 1 件",
		"Source %s, %s: %s":                  "Source %s、%s: %s",
		"The key is that of %s.":             "キーは %s のものです。",
		"Measuring asks %s queries a minute; slojourn's share of an account is %d.":                    "計測には 1 分あたり %s 件のクエリを使います。アカウントのうち slojourn の割り当ては %d 件です。",
		"By the traffic of the last hour it inspects %.0f records an hour; the share is %.0f billion.": "直近 1 時間のトラフィックでは、1 時間あたり %.0f 件のレコードを検査します。割り当ては %.0f0 億件です。",
		"%s and %d more": "%s ほか %d 件",
		"1 error":        "エラー 1 件",
		"%d errors":      "エラー %d 件",
		"1 warning":      "警告 1 件",
		"%d warnings":    "警告 %d 件",
		"1 info":         "情報 1 件",
		"%d infos":       "情報 %d 件",

		// trust.go
		"correct it, or let the operator allow it with --allow-host %s":  "直すか、運用者が --allow-host %s で許可してください",
		"the endpoint's host %s is neither New Relic's nor this machine": "エンドポイントのホスト %s は、New Relic のものでも、このマシンでもありません",
		"write https://": "https:// と書いてください",
		"the endpoint would send the key without encryption":      "このエンドポイントでは、キーが暗号化されずに送られます",
		"move it to a file below %s, or ask who runs slojourn to": "%s の下のファイルに移すか、slojourn の運用者に依頼してください",
		"a %s has its place in the operator's folder":             "%s は運用者のフォルダーに置くものです",

		// sarif.go
		"see %s, or run `slojourn explain %s`": "%s を見るか、`slojourn explain %s` を実行してください",

		// validate.go
		"1 finding is accepted; --accepted shows it":      "受け入れ済みの指摘が 1 件あります。--accepted で表示します",
		"%d findings are accepted; --accepted shows them": "受け入れ済みの指摘が %d 件あります。--accepted で表示します",

		// words.go
		"error":    "エラー",
		"warning":  "警告",
		"info":     "情報",
		"hint: %s": "ヒント: %s",
		"note: %s": "参考: %s",

		// text.go
		"accepted: %s": "受け入れ済み: %s",

		// test.go
		"expected %[1]s": "期待: %s",
		"happened: %s":   "実際: %s",
	}
}
