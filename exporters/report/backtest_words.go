package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// AdviceText says an advice in one or two sentences, with the numbers behind it. It
// does not say whose objective or SLI it is about. Its parts are as the specs have
// them: whoever shows it escapes it.
func AdviceText(a backtest.Advice, locale slo.Locale) string {
	if locale == slo.Japanese {
		return adviceJapanese(&a)
	}
	return adviceEnglish(&a)
}

func adviceEnglish(a *backtest.Advice) string {
	tier := fmt.Sprintf("%s tier %s/%s", a.Severity, a.Long, a.Short)
	during := minutesText(a.Minutes)
	switch a.Kind {
	case backtest.TargetMissed:
		return missedEnglish(a)
	case backtest.TargetLoose:
		return fmt.Sprintf("%s would have been met in all %s, and so would %s, with at least half of its budget left.",
			a.Target, windowsEnglish(a.Of, a.Window), a.ProposedTarget)
	case backtest.WindowShort:
		return shortEnglish(a)
	case backtest.WindowUnknown:
		return unknownEnglish(a)
	case backtest.TiersSilent:
		burn, factor := apart(a.Burn, a.Factor)
		return fmt.Sprintf("No tier fired in the %s that were judged. The %s came closest: it burned at %s of %s.", during, tier, burn, factor)
	case backtest.TierConstant:
		return fmt.Sprintf("The %s fired in %s of the %s that were judged: what fires so often tells nothing new.", tier, wholePercent(a.Share), during)
	case backtest.TierHeld:
		burn, factor := apart(a.Burn, a.Factor)
		return fmt.Sprintf("The %s never fired: it burned at up to %s, factor %s, and the guard held it back for %s.", tier, burn, factor, during)
	case backtest.TierFalse:
		return fmt.Sprintf("The %s fired %s, and never about an incident.", tier, timesText(a.Of))
	case backtest.SLIWithoutBad:
		return fmt.Sprintf("None of %s events was bad in the %s that were measured: check that the SLI sees what fails.", a.Events, during)
	case backtest.SLIWithoutGood:
		return fmt.Sprintf("Each of %s events was bad in the %s that were measured: check what the SLI takes for good.", a.Events, during)
	case backtest.SLIWithoutEvents:
		return fmt.Sprintf("Nothing happened in the %s that were measured: check what the SLI takes for valid.", during)
	default:
		return string(a.Kind)
	}
}

func missedEnglish(a *backtest.Advice) string {
	if a.Of == 1 {
		text := fmt.Sprintf("%s would have been missed in the only %s that was measured well; ", a.Target, windowEnglish(a.Window))
		if a.ProposedTarget == "" {
			return text + "no usual target would have been met."
		}
		return text + a.ProposedTarget + " would have been met."
	}
	text := fmt.Sprintf("%s would have been missed in %d of %s; ", a.Target, a.Missed, windowsEnglish(a.Of, a.Window))
	if a.ProposedTarget == "" {
		return text + "no usual target would have been met in all of them."
	}
	return text + a.ProposedTarget + " would have been met in all of them."
}

func shortEnglish(a *backtest.Advice) string {
	text := fmt.Sprintf("Half of %s have at most %s events", windowsEnglish(a.Of, a.Window), a.Events)
	if a.Of == 1 {
		text = fmt.Sprintf("The only %s that was measured well has %s events", windowEnglish(a.Window), a.Events)
	}
	text += fmt.Sprintf(", so that a single bad one spends %s of the budget of %s", wholePercent(a.Share), a.Target)
	var instead []string
	if a.ProposedWindow != "" {
		instead = append(instead, "over "+a.ProposedWindow)
	}
	if a.ProposedTarget != "" {
		instead = append(instead, "with "+a.ProposedTarget)
	}
	if len(instead) == 0 {
		return text + "."
	}
	return text + "; " + strings.Join(instead, ", or ") + ", it would spend at most a tenth."
}

func unknownEnglish(a *backtest.Advice) string {
	text := fmt.Sprintf("The history has no %s that was measured well, so that nothing can be said of %s.", windowEnglish(a.Window), a.Target)
	switch {
	case a.ProposedWindow == "":
		return text
	case a.Missed == 0:
		return text + fmt.Sprintf(" It would have been met in all %s.", windowsEnglish(a.Of, a.ProposedWindow))
	default:
		return text + fmt.Sprintf(" It would have been missed in %d of %s.", a.Missed, windowsEnglish(a.Of, a.ProposedWindow))
	}
}

func adviceJapanese(a *backtest.Advice) string {
	severity := "チケット"
	if a.Severity == slo.Page {
		severity = "緊急"
	}
	tier := fmt.Sprintf("%sアラートの条件（%s・%s）", severity, windowJapanese(a.Long), windowJapanese(a.Short))
	during := strings.TrimSuffix(minutesJapanese(a.Minutes), "間") + "間" // 28日間, 6時間
	switch a.Kind {
	case backtest.TargetMissed:
		return targetJapanese(a)
	case backtest.TargetLoose:
		return fmt.Sprintf("目標の%sは、%sすべてで達成できていました。より厳しい%sでも、毎回バジェットを半分以上残して達成できていました。",
			a.Target, windowsJapanese(a.Of, a.Window), a.ProposedTarget)
	case backtest.WindowShort:
		return shortJapanese(a)
	case backtest.WindowUnknown:
		return unknownJapanese(a)
	case backtest.TiersSilent:
		burn, factor := apart(a.Burn, a.Factor)
		return fmt.Sprintf("判定した%sに、どの条件も成立しませんでした。最も近かったのは%sで、バーンレートは最大%s（しきい値 %s）でした。", during, tier, burn, factor)
	case backtest.TierConstant:
		return fmt.Sprintf("%sは、判定した%sのうち%sの時間で成立していました。これほど頻繁に出るアラートでは、新しい異常に気付けません。", tier, during, wholePercent(a.Share))
	case backtest.TierHeld:
		burn, factor := apart(a.Burn, a.Factor)
		return fmt.Sprintf("%sは一度も成立しませんでした。バーンレートは最大%s（しきい値 %s）でしたが、ガードにより合計%s抑止されました。", tier, burn, factor, during)
	case backtest.TierFalse:
		return fmt.Sprintf("%sは%d回成立しましたが、インシデントに関するものは一度もありませんでした。", tier, a.Of)
	case backtest.SLIWithoutBad:
		return fmt.Sprintf("計測した%sのイベント%s件のうち、失敗は1件もありませんでした。失敗を捉えられるSLIになっているか確認してください。", during, a.Events)
	case backtest.SLIWithoutGood:
		return fmt.Sprintf("計測した%sのイベント%s件が、すべて失敗でした。SLIが何を成功とみなしているか確認してください。", during, a.Events)
	case backtest.SLIWithoutEvents:
		return fmt.Sprintf("計測した%sに、イベントが1件もありませんでした。SLIが何を対象としているか確認してください。", during)
	default:
		return string(a.Kind)
	}
}

func targetJapanese(a *backtest.Advice) string {
	if a.Of == 1 {
		text := fmt.Sprintf("目標の%sは、十分に計測できた唯一の期間（%s）で未達となっていました。", a.Target, windowJapanese(a.Window))
		if a.ProposedTarget == "" {
			return text + "一般的な目標値のうち、達成できるものはありません。"
		}
		return text + a.ProposedTarget + "であれば、達成できていました。"
	}
	text := fmt.Sprintf("目標の%sは、%s未達となっていました。", a.Target, missedJapanese(a.Missed, a.Of, a.Window))
	if a.ProposedTarget == "" {
		return text + "一般的な目標値のうち、すべてで達成できるものはありません。"
	}
	return text + a.ProposedTarget + "であれば、すべてで達成できていました。"
}

func shortJapanese(a *backtest.Advice) string {
	events := fmt.Sprintf("%sの半数で%s件以下", windowsJapanese(a.Of, a.Window), a.Events)
	if a.Of == 1 {
		events = fmt.Sprintf("十分に計測できた唯一の期間で%s件", a.Events)
	}
	text := fmt.Sprintf("期間が%sではイベントが少なく（%s）、1件の失敗だけで目標%sのバジェットの%sを消費します。",
		windowJapanese(a.Window), events, a.Target, wholePercent(a.Share))
	switch {
	case a.ProposedWindow != "" && a.ProposedTarget != "":
		return text + fmt.Sprintf("期間を%sにするか、目標を%sにすれば、10%%以下に収まります。", windowJapanese(a.ProposedWindow), a.ProposedTarget)
	case a.ProposedWindow != "":
		return text + fmt.Sprintf("期間を%sにすれば、10%%以下に収まります。", windowJapanese(a.ProposedWindow))
	case a.ProposedTarget != "":
		return text + fmt.Sprintf("目標を%sにすれば、10%%以下に収まります。", a.ProposedTarget)
	default:
		return text
	}
}

func unknownJapanese(a *backtest.Advice) string {
	text := fmt.Sprintf("期間（%s）を通して十分に計測できたことがなく、目標の%sについては判断できません。", windowJapanese(a.Window), a.Target)
	switch {
	case a.ProposedWindow == "":
		return text
	case a.Missed == 0:
		return text + fmt.Sprintf("%sでは、すべてで達成できていました。", windowsJapanese(a.Of, a.ProposedWindow))
	default:
		return text + missedJapanese(a.Missed, a.Of, a.ProposedWindow) + "は、未達となっていました。"
	}
}

// windowsEnglish counts several windows: 12 windows of 28d, 12 months.
func windowsEnglish(n int, window string) string {
	if isCalendar(window) {
		return fmt.Sprint(n, " ", window, "s")
	}
	return fmt.Sprint(n, " windows of ", window)
}

func windowEnglish(window string) string {
	if isCalendar(window) {
		return window
	}
	return "window of " + window
}

// windowsJapanese counts windows: 28日の期間12回, 12か月.
func windowsJapanese(n int, window string) string {
	if isCalendar(window) {
		return strconv.Itoa(n) + counterJapanese(window)
	}
	return windowJapanese(window) + "の期間" + strconv.Itoa(n) + counterJapanese(window)
}

// missedJapanese says in how many of them: 12か月のうち3か月で.
func missedJapanese(missed, of int, window string) string {
	return fmt.Sprintf("%sのうち%d%sで", windowsJapanese(of, window), missed, counterJapanese(window))
}

// counterJapanese is what windows of a kind are counted with.
func counterJapanese(window string) string {
	switch window {
	case "day":
		return "日"
	case "week":
		return "週"
	case "month":
		return "か月"
	case "quarter":
		return "四半期"
	case "year":
		return "年"
	default:
		return "回"
	}
}

func isCalendar(window string) bool {
	w, err := slo.ParseWindow(window)
	return err == nil && w.IsCalendar()
}

// windowJapanese writes a window or a duration that is spelt as in specs. What is
// neither stays as it is.
func windowJapanese(text string) string {
	if isCalendar(text) {
		return "1" + counterJapanese(text)
	}
	if d, err := slo.ParseDuration(text); err == nil {
		return minutesJapanese(int64(d.Minutes()))
	}
	return text
}

// minutesJapanese writes the two largest units of a duration: 1日2時間.
func minutesJapanese(n int64) string {
	var parts []string
	for _, unit := range []struct {
		minutes int64
		name    string
	}{{24 * 60, "日"}, {60, "時間"}, {1, "分"}} {
		if count := n / unit.minutes; count > 0 && len(parts) < 2 {
			parts = append(parts, strconv.FormatInt(count, 10)+unit.name)
		} else if len(parts) > 0 {
			break // 1日 and a minute is 1日
		}
		n %= unit.minutes
	}
	if len(parts) == 0 {
		return "0分"
	}
	return strings.Join(parts, "")
}

func timesText(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprint(n, " times")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
