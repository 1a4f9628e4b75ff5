package draft

import "fmt"

func japanese() *words {
	return &words{
		head: `slojourn init が作成したジャーニーの下書きです。合わないところは自由に書き換えてください。
# で始まる行は説明です。不要になったら削除してかまいません。

次の手順（このフォルダーで実行します）：
  slojourn validate .   誤りを見つけ、正しい書き方を示します
  slojourn doctor .     New Relic に該当するイベントがあるかを確認します
  slojourn eval .       計測し、エラーバジェットの残量を表示します`,
		name:  "コマンド、メトリクス、アラートで使う ID。後で変えるときは renamedFrom: [元の名前] を加えます。",
		title: "人に見せる名前。",
		owner: "ジャーニー全体に責任を持つチーム（Team）。",
		observe: func(alerted bool) string {
			text := "observe：計測と表示だけを行い、アラートは誰にも送りません。4週間ほど様子を見て、数値が利用者の\n実感と合っていれば、"
			if alerted {
				return text + "この行を削除します。Defaults のアラートポリシーが有効になります。"
			}
			return text + "この行の代わりに alerts: paging と書きます。"
		},
		promise: func(window string) string {
			text := "約束：利用者の操作のうち、この割合が成功すること。残りがエラーバジェットで、リリースや実験、\n不運な障害に使えます。"
			if window == "" {
				return text + "期間は Defaults に従います。"
			}
			return text + fmt.Sprintf("%s は直近%s日間を表します。", window, window[:len(window)-1])
		},
		past: func(weeks []Week) string {
			first, share := summary(weeks)
			if share == "" {
				return ""
			}
			return fmt.Sprintf("%s までの%d日間の実績は %s でした。", Moment(first.End()), len(first.Hours)/24, share)
		},
		whenSpent: `バジェットを使い切ったときに何を止めるか。事前に合意し、ここに書きます：
  whenSpent: バジェットが半分戻るまで、関連サービスのリリースを止める。`,
		steps: `利用者の操作を順に3～7個。各ステップには、直せるチームを1つだけ決めます。ジャーニーの良さは
全ステップの積で、99.9% と 99.8% なら 99.7% です。`,
		ownTarget: `直すチームが別の場合や、個別の目標が必要な場合は、ここに書きます：
  owner: チーム名
  objective: 99.9%`,
		from:    "計測に使うイベントタイプ。",
		sampled: "エージェントはイベントの一部だけを送ることがあり、validate がそれを指摘します。ここでは理由を添えて\n受け入れています。件数も重要な場合は、この項目を削除してください。",
		alike:   "良いイベントも悪いイベントも同じように間引かれるため、割合は正しく、件数だけが少なめになります。",
		valid:   "対象とするイベント。自分たちの責任でないもの（ロボット、パスワードの誤り、カードの与信否決）は除きます。",
		good:    "そのうち良いイベント。それ以外は、属性がないものも含めてすべて悪いイベントです。",
		bad:     "そのうち悪いイベント。それ以外は、属性がないものも含めてすべて良いイベントです。",
		queries: "全体の件数と、そのうちの失敗の件数。平均値は足し合わせられないため、合計を使います。",
		where:   "計測に使う Source。",
		team:    "誰が何を担当するか。ほかのファイルからは Team の名前で参照します。",
		contact: "チームの連絡先：\n  spec: {contact: \"#チャンネル名\"}",
		source: `計測先。1つの Source をフォルダー内の全ファイルで共有するので、ジャーニーを消すときも残して
ください。slojourn serve --config DIR が読むのは、そのフォルダーにある Source だけです。`,
		account:  "New Relic のアカウント番号。メニューの Administration か、ブラウザーのアドレスバーで確認できます。",
		region:   "データセンター：US、EU、JP、Gov のいずれか。",
		key:      "キーの置き場所。キーそのものは決して書きません。NRAK- で始まるユーザーキーを使います。",
		endpoint: "New Relic 以外の NerdGraph（slojourn simulator など）。本物を使うときは削除します。",
		retention: `アカウントがイベントを保持する期間。これより古い結果は使いません：
  retention: {default: 8d}`,

		layers: map[string]layerWords{
			"mobile": {
				title: "モバイルアプリのリクエスト",
				comment: `モバイルアプリで計測します。ネットワークの影響も含みます。失敗したリクエストは別のイベントタイプに
なるため、両方を指定します。`,
				verdict: "サーバーに届かなかったリクエストには statusCode がありません。",
			},
			"page": {
				title:   "ブラウザーのページ表示",
				comment: "ブラウザーで計測する、ページの読み込み時間。読み込めなかったページは報告されません。",
				verdict: "単位は秒。現在のグラフの値ではなく、利用者があきらめる長さにします。",
			},
			"ajax": {
				title:   "ブラウザーのページが送る AJAX リクエスト",
				comment: "ブラウザーで計測する、ページから送られるリクエスト。",
				verdict: "0 は、遮断または中断されたリクエストです。",
			},
			"backend": {
				title:   "サービスのトランザクション",
				comment: "サービスで計測します。漏れはありませんが、サービスに届かないものは見えません。",
				verdict: "多くのエージェントは、error を true のときだけ付け、それ以外では省略します。",
			},
			"synthetic": {
				title:   "外形監視（Synthetics）",
				comment: "ロボットが昼夜を問わず計測します。利用者がいない時間帯の障害も検知できます。",
				verdict: "",
			},
			"log": {
				title:   "ログの行",
				comment: "ログで計測します。ほかに報告の手段がないものに使います。",
				verdict: "level ではなく severity や log.level に書くプログラムもあります。",
			},
			"metric": {
				title:   "件数のメトリクス",
				comment: "2つのメトリクスで計測します。一方は全体の件数、もう一方は失敗の件数です。",
			},
		},
		fields: map[string]fieldWords{
			"app":            {"どのアプリケーションですか？", "New Relic での名前（appName）。", ""},
			"mobile/path":    {"どのリクエストですか？", "パスの先頭部分。例：/v2/search。% は任意の文字列を表します。", ""},
			"mobile/slow":    {"何秒以上かかると遅すぎますか？", "利用者があきらめる長さ。", "遅くても良いリクエストとみなす"},
			"page/url":       {"どのページですか？", "アドレスの一部。例：/search。% は任意の文字列を表します。", "すべてのページ"},
			"page/slow":      {"表示に何秒以上かかると遅すぎますか？", "利用者があきらめる長さ。", ""},
			"ajax/url":       {"どのリクエストですか？", "アドレスの一部。例：/api/search。% は任意の文字列を表します。", ""},
			"transaction":    {"どのトランザクションですか？", "完全な名前。例：WebTransaction/Action/placeOrder。", ""},
			"backend/slow":   {"何秒以上かかると遅すぎますか？", "利用者があきらめる長さ。", "遅くても良いトランザクションとみなす"},
			"monitor":        {"どのモニターですか？", "New Relic での名前（monitorName）。", ""},
			"log/service":    {"どのサービスのログですか？", "service.name の値。", ""},
			"message":        {"どの行ですか？", "メッセージの一部。% は任意の文字列を表します。", "すべての行"},
			"total":          {"全体の件数を表すメトリクスはどれですか？", "足し合わせられる件数。例：checkout.requests。", ""},
			"bad":            {"失敗の件数を表すメトリクスはどれですか？", "これも件数。例：checkout.failures。", ""},
			"metric/service": {"どのサービスですか？", "service.name の値。", "これらのメトリクスを報告するすべてのサービス"},
		},
		refusals: map[Refusal]string{
			Empty:       "入力が必要です",
			TooLong:     "300文字以内で入力してください",
			NotText:     "目に見えない文字（矢印キーなど）が含まれています",
			Active:      "メンション（@here、<!channel>）とテンプレート（{{）は使えません。送信先で動作してしまうためです",
			NotName:     "英小文字、数字、ハイフンを63文字まで使えます。先頭と末尾は英小文字か数字にします。例：order-online",
			NotSeconds:  "秒（例：0.8）かミリ秒（例：800ms）で、1時間以内の値を入力してください",
			NotTarget:   "0より大きく100より小さい百分率を入力してください。例：99.5%（0.995 のような割合ではなく）",
			NotAccount:  "アカウント番号を入力してください。例：1234567",
			NoBackticks: "NRQL では、バッククォートを含む名前を書けません",
			Secret:      "秘密情報のようです。ファイルには書けません。見られた可能性があるため、無効にしてください",
			NotKey:      "env:NAME（NAME は NEW_RELIC_ か SLOJOURN_ で始まる名前）か file:NAME と入力してください。キーそのものは書きません",
		},
	}
}
