package main

import (
	"fmt"

	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/draft"
)

func initJapanese() initWords {
	return initWords{
		welcome: "最初のジャーニーを作成します。ジャーニーとは、利用者がやり遂げたいことを、計測できるステップに分けたものです。" +
			"Enter だけを押すと角かっこ内の値を使います。Ctrl-C で中止すると、何も書き込みません。",
		title:     "利用者は何をしようとしていますか？",
		titleHelp: "利用者の言葉で書きます。例：レジでアプリのバーコードを見せて支払う",
		name:      "ID は何にしますか？",
		nameHelp:  "コマンド、メトリクス、アラートで使います。英小文字、数字、ハイフンで入力してください。",
		owner:     "担当のチームはどこですか？",
		ownerHelp: "短い名前で入力してください。例：payments",
		source:    "どの Source で計測しますか？",
		account:   "どの New Relic アカウントで計測しますか？", accountHelp: "アカウント番号を入力してください。",
		region:       "アカウントのリージョンはどこですか？",
		key:          "ユーザーキーはどこにありますか？",
		keyHelp:      "環境変数かファイルの名前を入力してください。キーそのものは入力しないでください。",
		steps:        "次はステップです。最初は、失敗したときに最も困る1つだけで十分です。",
		layer:        "ステップをどこで計測しますか？ 数値を信頼できる範囲で、できるだけ利用者に近い場所を選びます。",
		another:      "ステップを追加しますか？",
		stepName:     "ステップの名前は何にしますか？",
		stepNameHelp: "英小文字、数字、ハイフンで入力してください。",
		empty:        func(none string) string { return "空欄：" + none + "。" },
		nameTaken:    "%s はこのフォルダーにすでにあります。別の名前にしてください",
		fileTaken:    "%s はすでにあり、上書きはしません。別の名前にしてください",
		stepTaken: func(name string) error {
			return fmt.Errorf("%s というステップがすでにあります。別の名前にしてください", name)
		},
		target: func(window string) string {
			if window == "" {
				return "成功すべき割合はどれだけですか？（期間は Defaults に従います）"
			}
			return "直近" + window[:len(window)-1] + "日間で、成功すべき割合はどれだけですか？"
		},
		targetHelp: func(met bool) string {
			if met {
				return "角かっこ内は、この実績なら達成できていた値です。"
			}
			return "最初は仮の値でかまいません。アラートはまだ送られず、数週間の数値を見て決められます。"
		},

		looking: func(account int64) string {
			return fmt.Sprintf("アカウント %d の内容を調べています…", account)
		},
		measuring: "直近7日間を計測しています…",
		events: func(n int64, metric bool) string {
			switch {
			case metric && n == 0:
				return "直近1時間はなし"
			case metric:
				return "直近1時間に" + words.Count(n) + "個の値"
			case n == 0:
				return "直近7日間はなし"
			}
			return "直近7日間に" + words.Count(n) + "件"
		},
		count: func(n int64) string { return words.Count(n) + "件" },
		without: func(reason string) string {
			return fmt.Sprintf("New Relic に名前や数値を問い合わせられないため、問い合わせずに進めます：%s", reason)
		},
		unmeasured: func(step, reason string) string {
			return fmt.Sprintf("%s を計測できませんでした：%s", step, reason)
		},
		week: func(step string, week draft.Week) string {
			if week.Total() == 0 {
				return fmt.Sprintf("%s：%s、対象となるものがありませんでした。名前を確認してください（NRQL は存在しない名前も受け付けます）。", step, japaneseDays(week))
			}
			text := fmt.Sprintf("%s：%sの%s件のうち、%s が成功しました。", step, japaneseDays(week), words.Count(week.Total()), draft.Share(week.Sum()))
			if begin, worst, found := week.Worst(); found {
				text += fmt.Sprintf("最も悪い1時間（%s から）は %s でした。", draft.Moment(begin), draft.Share(worst))
			}
			return text
		},
		together: func(share string) string { return "全ステップを合わせると " + share + " です。" },

		interrupted: "中断しました。何も書き込んでいません",
		ended:       "すべての質問に答える前に入力が終わりました。何も書き込んでいません",
		refused:     "このままでは上の誤りが含まれるため、何も書き込んでいません。別の答えを選んでください",
		unwritten: func(path string, reason error) string {
			return fmt.Sprintf("%s に書き込めませんでした：%v", path, reason)
		},
		done: func(path, arguments, variable string) string {
			text := path + " を作成しました。説明も書いてあります。合わないところは書き換えてください。次の手順：\n\n" +
				initCommands(arguments, "誤りを見つけます", "New Relic に該当するイベントがあるかを確認します", "エラーバジェットの残量を表示します")
			if variable != "" {
				text += "\n後の2つは New Relic に問い合わせるため、" + variable + " にキーが必要です。\n"
			}
			return text
		},
	}
}

func japaneseDays(week draft.Week) string {
	if days := len(week.Hours) / 24; days > 1 {
		return fmt.Sprintf("直近%d日間", days)
	}
	return fmt.Sprintf("直近%d時間", len(week.Hours))
}
