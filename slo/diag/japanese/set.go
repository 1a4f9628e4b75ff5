package japanese

import "github.com/slojourn/slojourn/slo/diag"

func sets() diag.Language {
	return diag.Language{
		// load/accept.go
		"nothing to accept: no finding of %s is left here":         "受け入れるものがありません: ここに %s の指摘は残っていません",
		"remove the entry, or move it to where the finding stands": "項目を削除するか、指摘のある場所に移してください",

		// ceiling.go
		"write %s%% or less, or raise the targets of the steps":    "%s%% 以下にするか、ステップの目標を上げてください",
		"target %s is above what the steps promise together: %s%%": "目標 %s は、ステップ全体で約束している %s%% を上回っています",

		// codeowner.go
		`write "@user", "@org/team" or an e-mail address, one to an entry`: `"@ユーザー"、"@組織/チーム"、メールアドレスのいずれかを、1 件ずつ書いてください`,
		`write "@%s"`: `"@%s" と書いてください`,
		"%q is no user, team or e-mail address of a code owner": "%q は、コードオーナーのユーザー、チーム、メールアドレスのいずれでもありません",

		// decimal.go
		"%q is not a decimal number":              "%q は 10 進数ではありません",
		"write digits with a point, such as 14.4": "14.4 のように、数字と小数点で書いてください",
		"write %s, with a point":                  "%s のように、小数点で書いてください",
		"%q is not a percentage":                  "%q は百分率ではありません",
		"write a percentage such as 2%%":          "2%% のように、百分率で書いてください",
		"%q looks like a share, not a percentage": "%q は百分率ではなく、割合のように見えます",
		"did you mean %s%%?":                      "%s%% の間違いではありませんか",
		"%q has no percent sign":                  "%q に %% 記号がありません",
		"write %s%% if that is meant":             "その意味なら %s%% と書いてください",
		"%s is more than everything":              "%s は全体を超えています",
		"write 100%% or less":                     "100%% 以下にしてください",

		// gap.go
		"nobody but its owner knows what the journey is and why it matters":                                "オーナー以外には、どのようなジャーニーで、なぜ重要なのかが分かりません",
		"nothing says whether anybody is told when the budget burns":                                       "バジェットが消費されたときに通知するのかどうか、決まっていません",
		"whoever is paged finds nothing about what to do":                                                  "page を受け取った人が、対応の手順を見つけられません",
		"nobody agreed to what happens when the budget is spent":                                           "バジェットを使い切ったときの対応について、合意がありません",
		"no journey says which users the SLO is for":                                                       "どのユーザーのための SLO なのかを示すジャーニーがありません",
		"alerts about what the team owns go to nobody":                                                     "チームが受け持つもののアラートが、誰にも通知されません",
		"others do not know where the team is reached":                                                     "チームへの連絡方法が分かりません",
		"the team owns nothing in the set":                                                                 "チームが受け持つものが、このセットにありません",
		"add description to its spec":                                                                      "スペックに description を追加してください",
		"add alerts: paging, or none, to its spec or to Defaults; or stage: observe while it is tried out": "スペックか Defaults に alerts: paging (または none) を追加してください。試している間は stage: observe としてください",
		"add runbook: https://… to its spec":                                                               "スペックに runbook: https://… を追加してください",
		"add whenSpent to its spec, such as: No releases until half the budget is back.":                   "スペックに whenSpent を追加してください。例: バジェットが半分に戻るまでリリースしない。",
		"name it in a step of a journey, as slo: NAME":                                                     "ジャーニーのステップで slo: NAME と指定してください",
		"add notify: [NAME] to the team's spec, with the name of a Notifier":                               "チームのスペックに、Notifier の名前で notify: [NAME] を追加してください",
		`add contact to the team's spec, such as "#payments"`:                                              `チームのスペックに contact を追加してください。例: "#payments"`,
		"name it as owner where it is, or remove the document":                                             "受け持つものの owner に指定するか、ドキュメントを削除してください",

		// name.go
		"the name %q is not valid": "%q は名前として使えません",
		"use at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends": "63 文字以内の英小文字・数字・ハイフンを使い、両端は英小文字か数字にしてください",
		"%s; for example %s": "%s。例: %s",

		// recurrence.go
		"the rule holds more than a rule": "ルール以外のものが含まれています",
		"write only what stands behind RRULE:, such as FREQ=WEEKLY;BYDAY=SU; from says when it begins": "FREQ=WEEKLY;BYDAY=SU のように、RRULE: の後の部分だけを書いてください。始まりは from で決まります",
		"the rule %q cannot be read: %v": "ルール %q を読み取れません: %v",
		"write a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYMONTHDAY=1": "FREQ=WEEKLY;BYDAY=SU や FREQ=MONTHLY;BYMONTHDAY=1 のように、RFC 5545 のルールを書いてください",
		"the rule %q has a negative INTERVAL":                                                 "ルール %q の INTERVAL が負です",
		"write a whole number from 1 on":                                                      "1 以上の整数を書いてください",
		"the rule %q names hours that its INTERVAL may never meet":                            "ルール %q の時刻は、その INTERVAL では現れないことがあります",
		"use FREQ=DAILY with BYHOUR, or leave BYHOUR out":                                     "FREQ=DAILY と BYHOUR を使うか、BYHOUR を外してください",
		"the rule %q comes more often than every hour":                                        "ルール %q は 1 時間に 2 回以上現れます",
		"use FREQ=HOURLY or a longer one, with one minute of the hour":                        "FREQ=HOURLY かそれより長い間隔にし、分は 1 つだけ指定してください",

		// resolve.go
		"no Source is declared, so references to sources are not checked": "Source が 1 つも宣言されていないため、ソースへの参照は検査していません",
		"add a document of kind Source to measure":                        "計測するには kind: Source のドキュメントを追加してください",
		"%s %q is defined twice":                                          "%s %q が 2 回定義されています",
		"the second one":                                                  "2 つ目",
		"rename or remove one of them":                                    "どちらかの名前を変えるか、削除してください",
		"the first one is at %s":                                          "1 つ目は %s にあります",
		"journey":                                                         "ジャーニー",
		"journey or SLO":                                                  "ジャーニーまたは SLO",
		"is the name of something in this set":                            "このセットにあるものの名前です",
		"is given as a former name twice":                                 "以前の名前として 2 回指定されています",
		"%q %s":                                                           "%q は %s",
		"remove it here, or rename the other one: only one thing can go on from a name": "ここから削除するか、もう一方の名前を変えてください。1 つの名前を引き継げるのは 1 つだけです",
		"team":                        "チーム",
		"add a document of kind Team": "kind: Team のドキュメントを追加してください",
		"known: %s; or %s":            "使えるもの: %s。または %s",
		"unknown %s %q":               "%s %q が見つかりません",

		// resolve_exclusion.go
		"exclusion":                           "除外",
		"the exclusion ends before it begins": "除外の終わりが始まりより前です",
		"write a to that is later than from, and look at the offsets of both":                     "to を from より後にし、両方の時差の表記を確かめてください",
		"write the id of a journey, a step (journey/step) or an SLO; * stands for any characters": "ジャーニー、ステップ (journey/step) または SLO の ID を書いてください。* は任意の文字列に一致します",
		"%q matches no journey, step or SLO":                                                      "%q に一致するジャーニー、ステップ、SLO がありません",
		"add timeZone: Asia/Tokyo, or another one, to repeat or to Defaults":                      "repeat か Defaults に timeZone: Asia/Tokyo のように追加してください",
		"nothing says whose clock the rule follows":                                               "ルールがどのタイムゾーンに従うのか指定されていません",
		"write when it first holds, such as 2026-11-22T01:00:00+09:00":                            "2026-11-22T01:00:00+09:00 のように、最初の開始時刻を書いてください",
		"an exclusion that repeats cannot begin before the year %d":                               "繰り返す除外を %d 年より前に始めることはできません",
		"the rule %s does not give this time (%s in %s), which is excluded all the same":          "この時刻 (%[3]s の %[2]s) はルール %[1]s に含まれませんが、それでも除外されます",
		"write from: %s, the first time of the rule after it":                                     "from: %s と書いてください。その後でルールが最初に示す時刻です",
		"the rule is at %s":                         "ルールは %s にあります",
		"the rule ends before the exclusion begins": "除外が始まる前にルールが終わります",
		"write an UNTIL that is later than from; for one time only, write to instead of repeat": "UNTIL を from より後にしてください。1 回だけなら、repeat の代わりに to を書いてください",
		"it begins at %s": "始まりは %s にあります",
		"name days that such a month has; BYMONTHDAY=-1 is the last one of each": "その月にある日を指定してください。BYMONTHDAY=-1 は各月の末日です",
		"the rule %s never takes place":                                          "ルール %s に当てはまる日時がありません",
		"Sunday":                                                                 "日曜日",
		"Monday":                                                                 "月曜日",
		"Tuesday":                                                                "火曜日",
		"Wednesday":                                                              "水曜日",
		"Thursday":                                                               "木曜日",
		"Friday":                                                                 "金曜日",
		"Saturday":                                                               "土曜日",
		"%[1]s %[2]s":                                                            "%s %s",

		// resolve_journey.go
		"step":                                  "ステップ",
		"remove it, or write compose: weighted": "削除するか、compose: weighted と書いてください",
		"the weight changes nothing, as the journey is composed as %s": "ジャーニーが %s で合成されるため、weight は何も変えません",
		"add an objective to the step, or remove it":                   "ステップに目標を追加するか、削除してください",
		"alerts change nothing here, as the step has no objective":     "このステップには目標がないため、alerts は何も変えません",
		"move the SLI into a document of kind SLO and name that":       "SLI を kind: SLO のドキュメントに移し、その名前を指定してください",
		"a step can share an SLO, never a journey or a step":           "ステップが共有できるのは SLO だけで、ジャーニーやステップは共有できません",
		"add a document of kind SLO":                                   "kind: SLO のドキュメントを追加してください",

		// resolve_objective.go
		"two objectives are named %q":                                               "%q という名前の目標が 2 つあります",
		"add a name to one of them, such as name: contract":                         "どちらかに name: contract のように名前を付けてください",
		"this objective has no window":                                              "この目標に期間がありません",
		"remove it, or use a calendar window such as month":                         "削除するか、month などの暦の期間を使ってください",
		"the time zone changes nothing, as a window of %s is the same everywhere":   "期間 %s はどこでも同じなので、タイムゾーンは何も変えません",
		"nothing says in which time zone the %s begins":                             "%s がどのタイムゾーンで始まるのか指定されていません",
		"write {target: %s, window: 28d}, or set window in Defaults":                "{target: %s, window: 28d} と書くか、Defaults に window を設定してください",
		"add window: 28d to the objective, or set window in Defaults":               "目標に window: 28d を追加するか、Defaults に window を設定してください",
		"write {target: %s, timeZone: Asia/Tokyo}, or set timeZone in Defaults":     "{target: %s, timeZone: Asia/Tokyo} と書くか、Defaults に timeZone を設定してください",
		"add timeZone: Asia/Tokyo, or another one, to the objective or to Defaults": "目標か Defaults に timeZone: Asia/Tokyo のように追加してください",
		"alert policy":                            "アラートポリシー",
		"add a document of kind AlertPolicy":      "kind: AlertPolicy のドキュメントを追加してください",
		"use an alert policy with longer windows": "期間のより長いアラートポリシーを使ってください",
		"write every: %s, or %s":                  "every: %s と書いてください。または%s",
		"slices of %s are longer than a fifth of %s, the shortest window of the alert policy %s": "%s のスライスは、アラートポリシー %[3]s の最も短い期間 %[2]s の 5 分の 1 より長くなっています",

		// resolve_policy.go
		"alerts: none means no alerts, so an alert policy of this name could not be used":                                      "alerts: none は「アラートなし」を意味するため、この名前のアラートポリシーは使えません",
		"choose another name, and name it in alerts, perhaps in Defaults":                                                      "別の名前にして、その名前を alerts (たとえば Defaults のもの) に書いてください",
		"the alert policy %q is built in":                                                                                      "アラートポリシー %q は組み込みです",
		"use an alert policy with shorter tiers":                                                                               "アラート条件 (tier) の期間がより短いアラートポリシーを使ってください",
		"the alert policy %s looks back %s, which is longer than the window of %s":                                             "アラートポリシー %s は %s さかのぼりますが、目標の期間 %s より長くなっています",
		"the tier of %s can never fire: it needs a burn rate above %s, and at a target of %s everything failing burns at %s":   "%s のアラート条件 (tier) は成立することがありません。バーンレートが %s を超える必要がありますが、目標 %s では、すべて失敗しても %s です",
		"the tier of %s fires while the target is met: over %s it fires above a burn rate of %s, and 1 just spends the budget": "%s のアラート条件 (tier) は、目標を満たしていても成立します。期間 %s ではバーンレート %s を超えると成立しますが、ちょうど使い切る速さは 1 です",
		"the target is at %s":                                       "目標値は %s にあります",
		"raise the target above %s%%":                               "目標を %s%% より高くしてください",
		"%s, or write an alert policy with lower factors for it":    "%s。または、しきい値をこれに合わせて下げたアラートポリシーを書いてください",
		"write a burn below %s, or %s":                              "burn を %s 未満にしてください。または%s",
		"write a budget below %s%%, or %s":                          "budget を %s%% 未満にしてください。または%s",
		"use a longer window, or an alert policy of your own":       "期間を長くするか、独自のアラートポリシーを使ってください",
		"write a burn of 1 or more":                                 "burn を 1 以上にしてください",
		"write budget: %s%% or more, which is the part of %s in %s": "budget: %s%% 以上にしてください。これは %[3]s に占める %[2]s の割合です",
		"write alerts: %s, which is made for such windows":          "alerts: %s と書いてください。このような期間のためのものです",

		// resolve_source.go
		"notifier": "通知先",
		"remove it, or add a Notifier of Alertmanager or a webhook, where something can notice that it stops": "削除するか、途切れたことに気付ける Alertmanager か webhook の Notifier を追加してください",
		"the heartbeat changes nothing, as Slack and PagerDuty do not notice when it stops":                   "Slack と PagerDuty は途切れても気付かないため、heartbeat は何も変えません",
		"notify names %s already": "notify にはすでに %s があります",
		"no Notifier is declared, so references to notifiers are not checked":     "Notifier が 1 つも宣言されていないため、通知先への参照は検査していません",
		"add a document of kind Notifier, or leave that to whoever runs slojourn": "kind: Notifier のドキュメントを追加するか、slojourn の運用者に任せてください",
		"add a document of kind Notifier":                                         "kind: Notifier のドキュメントを追加してください",
		"this folder has a second document of kind Defaults":                      "このフォルダーに kind: Defaults のドキュメントが 2 つあります",
		"keep one of them":              "どちらか一方だけを残してください",
		"source":                        "ソース",
		"add a document of kind Source": "kind: Source のドキュメントを追加してください",
		"add source: NAME to the sli or to Defaults; known: %s":                 "sli か Defaults に source: NAME を追加してください。使えるもの: %s",
		"several sources are declared and nothing says which one measures this": "ソースが複数宣言されていますが、どれで計測するのか指定されていません",

		// source.go
		"file %s":                 "ファイル %s",
		"environment variable %s": "環境変数 %s",

		// target.go
		"target %q is not a percentage":                                   "目標 %q は百分率ではありません",
		"write a decimal percentage such as 99.9%%":                       "99.9%% のように、百分率を小数で書いてください",
		"target %s has %d decimals":                                       "目標 %s の小数は %d 桁です",
		"use at most %d":                                                  "%d 以下にしてください",
		"target %s demands nothing":                                       "目標 %s では何も求めていないことになります",
		"write a percentage such as 99.9%%":                               "99.9%% のように、百分率で書いてください",
		"target %s looks like a share, not a percentage":                  "目標 %s は百分率ではなく、割合のように見えます",
		"target %s leaves no error budget":                                "目標 %s ではエラーバジェットが残りません",
		"use less than 100%%; 99.99%% allows 4m 2s of failure in 28 days": "100%% 未満にしてください。99.99%% なら、28 日間で 4m 2s の失敗が許されます",
		"target %s is below 50 and has no percent sign":                   "目標 %s は 50 未満で、%% 記号がありません",

		// text.go
		"the text goes over more than one line":                       "テキストが複数行にわたっています",
		"write it on one line":                                        "1 行で書いてください",
		"the text holds the control character U+%04X":                 "テキストに制御文字 U+%04X が含まれています",
		"the text holds U+%04X, which turns the direction of writing": "テキストに、書字方向を変える U+%04X が含まれています",
		"remove it; the text could be read as something else":         "削除してください。別の文章に読まれるおそれがあります",
		"mentions people or channels where it is sent":                "、送り先で人やチャンネルへのメンションになります",
		"write it without the @ or the brackets":                      "@ や山括弧を使わずに書いてください",
		"begins a template where it is sent":                          "、送り先でテンプレートの始まりになります",
		"remove the braces":                                           "波括弧を削除してください",

		// window.go
		"%q is not a window":        "%q は期間ではありません",
		"window %s is out of range": "期間 %s は範囲外です",
		"use between 1m and 90d, or quarter or year of the calendar": "1m から 90d まで、または暦の quarter か year を使ってください",
		"%q is not a duration":                          "%q は時間の長さではありません",
		"write a whole number of m, h or d, such as 3m": "3m のように、m、h、d の付いた整数を書いてください",
		"%s is too long":                                "%s は長すぎます",
		"use at most %s":                                "%s 以下にしてください",
		"write a whole number of m, h or d, such as 28d; or day, week, month, quarter or year of the calendar": "28d のように m、h、d の付いた整数か、暦の day、week、month、quarter、year を書いてください",
		"did you mean day?":                   "day の間違いではありませんか",
		"add a unit: %dm, %dh or %dd":         "単位を付けてください: %dm、%dh または %dd",
		"write %dd; the units are m, h and d": "%dd と書いてください。単位は m、h、d です",
		"write %dm; the units are m, h and d": "%dm と書いてください。単位は m、h、d です",
		"write %d%s":                          "%d%s と書いてください",

		// zone.go
		"write a name of the IANA database, such as Asia/Tokyo, Europe/Paris or UTC": "Asia/Tokyo、Europe/Paris、UTC のように、IANA データベースの名前を書いてください",
		"the time zone %q is not known":                                              "タイムゾーン %q は使えません",
	}
}
