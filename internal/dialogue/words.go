package dialogue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// words are what a dialogue says by itself.
type words struct {
	yes, no string
	yesOrNo func(answer string) (string, error)
	note    func(string) string // behind an option
	// howTo says how to choose; several that the list has pages, other that
	// something else may be typed.
	howTo func(several, other bool) string
	next  func(more int) string // that Enter shows further ones
	again string                // that Enter shows all
	none  func(text string, other bool) error
}

func wordsIn(locale slo.Locale) words {
	if locale == slo.Japanese {
		return japanese()
	}
	return english()
}

// yesOrNo reads an answer in either language.
func yesOrNo(yes, no, otherwise string) func(string) (string, error) {
	return func(answer string) (string, error) {
		switch strings.ToLower(answer) {
		case "y", "yes", "はい", "h":
			return yes, nil
		case "n", "no", "いいえ", "i":
			return no, nil
		}
		return "", errors.New(otherwise)
	}
}

func english() words {
	return words{
		yes: "yes", no: "no", yesOrNo: yesOrNo("yes", "no", "write yes or no"),
		note: func(text string) string { return " (" + text + ")" },
		howTo: func(several, other bool) string {
			switch {
			case several && other:
				return "Write a number, a part of a name to see those that hold it, or = and what is not in the list."
			case several:
				return "Write a number, or a part of a name to see those that hold it."
			case other:
				return "Write a number, or = and what is not in the list."
			}
			return "Write a number."
		},
		next:  func(more int) string { return fmt.Sprintf(" Enter shows the next ones, of %d more.", more) },
		again: " Enter shows all of them again.",
		none: func(text string, other bool) error {
			if other {
				return fmt.Errorf("nothing in the list holds %s; write =%s if you mean it all the same", text, text)
			}
			return fmt.Errorf("nothing in the list holds %s", text)
		},
	}
}

func japanese() words {
	return words{
		yes: "はい", no: "いいえ", yesOrNo: yesOrNo("はい", "いいえ", "はい（y）かいいえ（n）で答えてください"),
		note: func(text string) string { return "（" + text + "）" },
		howTo: func(several, other bool) string {
			switch {
			case several && other:
				return "番号か、名前の一部（絞り込み）を入力してください。一覧にないものは = に続けて入力します。"
			case several:
				return "番号か、名前の一部（絞り込み）を入力してください。"
			case other:
				return "番号を入力してください。一覧にないものは = に続けて入力します。"
			}
			return "番号を入力してください。"
		},
		next: func(more int) string {
			return fmt.Sprintf(" Enter で続きを表示します（残り%d件）。", more)
		},
		again: " Enter で再びすべて表示します。",
		none: func(text string, other bool) error {
			if other {
				return fmt.Errorf("「%s」を含むものは一覧にありません。そのまま使うときは =%s と入力してください", text, text)
			}
			return fmt.Errorf("「%s」を含むものは一覧にありません", text)
		},
	}
}
