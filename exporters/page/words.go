package page

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	spelt "github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// none stands where a number is undefined, or nothing is to be said.
const none = "–"

// words writes numbers and times for people, in a language and a time zone.
type words struct {
	locale slo.Locale
	zone   *time.Location
}

func (w words) japanese() bool { return w.locale == slo.Japanese }

// duration writes the two largest units of a duration, in whole minutes: 2 d 3 h.
func (w words) duration(d time.Duration) string {
	if d <= -time.Minute {
		return "−" + w.duration(-d)
	}
	return spelt.Duration(w.locale, max(d, 0))
}

// minutes writes a number of minutes as a duration.
func (w words) minutes(n float64) string {
	return w.duration(time.Duration(math.Round(n)) * time.Minute)
}

// window writes a window as people say it where there is little room: 28 d, or month as it
// is in English. What is no window stays as it is.
func (w words) window(text string) string {
	periods := map[string]string{"day": "暦日", "week": "暦週", "month": "暦月", "quarter": "四半期", "year": "暦年"}
	switch period, is := periods[text]; {
	case is && w.japanese():
		return period
	case is:
		return text
	}
	return safe(spelt.Window(w.locale, text))
}

// count groups digits: 1,234,567.
func count(n int64) string { return strings.Replace(spelt.Count(n), "-", "−", 1) }

// decimal writes a number with at most so many decimals: 13.44, 2.
func decimal(value float64, decimals int) string {
	if math.Abs(value) >= 1e15 {
		return strconv.FormatFloat(value, 'g', 3, 64) // more digits than there are counts
	}
	text := strconv.FormatFloat(math.Abs(value), 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "0" && value != 0 && decimals > 0 {
		return "<" + strconv.FormatFloat(math.Pow10(-decimals), 'f', decimals, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return text
	}
	text = count(n)
	if fraction != "" {
		text += "." + fraction
	}
	if value < 0 && text != "0" {
		text = "−" + text
	}
	return text
}

// number writes a ratio with three digits: a burn rate of 13.4.
func number(r burnrate.Ratio) string {
	value, known := r.Value()
	switch magnitude := math.Abs(value); {
	case !known:
		return none
	case magnitude < 10:
		return decimal(value, 2)
	case magnitude < 100:
		return decimal(value, 1)
	default:
		return decimal(value, 0)
	}
}

// share writes a ratio as a percentage with at most one decimal, and two of what is
// less than one percent.
func share(r burnrate.Ratio) string {
	value, known := r.Value()
	switch percent := value * 100; {
	case !known:
		return none
	case math.Abs(percent) < 1:
		return decimal(percent, 2) + "%"
	case math.Abs(percent) >= 100:
		return decimal(percent, 0) + "%"
	default:
		return decimal(percent, 1) + "%"
	}
}

// weekday is the short name of one: Mon, 月.
func (w words) weekday(at time.Time) string {
	if w.japanese() {
		return []string{"日", "月", "火", "水", "木", "金", "土"}[at.Weekday()]
	}
	return at.Format("Mon")
}

// day writes a day of the zone: Mon 2 Nov, 11月2日（月）.
func (w words) day(at time.Time) string {
	at = at.In(w.zone)
	if w.japanese() {
		return at.Format("1月2日") + "（" + w.weekday(at) + "）"
	}
	return at.Format("Mon 2 Jan")
}

// shortDay writes a day where there is little room: 2 Nov, 11/2.
func (w words) shortDay(at time.Time) string {
	if w.japanese() {
		return at.In(w.zone).Format("1/2")
	}
	return at.In(w.zone).Format("2 Jan")
}

// shortMoment is a moment where there is little room: 2 Nov 09:13, 11/2 09:13.
func (w words) shortMoment(at time.Time) string {
	return w.shortDay(at) + " " + at.In(w.zone).Format("15:04")
}

// month writes a month: Nov 2026, 2026年11月.
func (w words) month(at time.Time) string {
	if w.japanese() {
		return at.In(w.zone).Format("2006年1月")
	}
	return at.In(w.zone).Format("Jan 2006")
}

// middle leaves both ends of a text that is wider than so many columns.
func middle(text string, columns int) string {
	if term.Width(text) <= columns {
		return text
	}
	runes := []rune(text)
	end, width := len(runes), 0
	for end > 0 && width+term.Width(string(runes[end-1])) <= columns/2 {
		end--
		width += term.Width(string(runes[end]))
	}
	begin, left := 0, columns-1-width
	for begin < end && term.Width(string(runes[:begin+1])) <= left {
		begin++
	}
	return string(runes[:begin]) + "…" + string(runes[end:])
}

// moment writes an instant without its year: Mon 2 Nov 09:13, 11月2日（月）09:13.
func (w words) moment(at time.Time) string {
	if w.japanese() {
		return w.day(at) + at.In(w.zone).Format("15:04")
	}
	return w.day(at) + " " + at.In(w.zone).Format("15:04")
}

// date writes an instant with its year: 2 Nov 2026 09:13.
func (w words) date(at time.Time) string {
	if w.japanese() {
		return at.In(w.zone).Format("2006年1月2日 15:04")
	}
	return at.In(w.zone).Format("2 Jan 2006 15:04")
}

// stretch writes from when until when something was: the day is not said twice.
func (w words) stretch(from, to time.Time) string {
	end := w.moment(to)
	if from.In(w.zone).Format(time.DateOnly) == to.In(w.zone).Format(time.DateOnly) {
		end = to.In(w.zone).Format("15:04")
	}
	if w.japanese() {
		return w.moment(from) + "～" + end
	}
	return w.moment(from) + " – " + end
}

// mostText is how many characters of a text of others are shown.
const mostText = 160

// safe returns a text of others on one line, without what could do something where it
// is shown: secrets are masked, and control characters replaced. Of a long one the
// beginning is left, and an ellipsis.
func safe(text string) string { return cut(text, mostText) }

func cut(text string, most int) string {
	if len(text) > 16*most { // what is masked is seldom shorter
		text = strings.ToValidUTF8(text[:16*most], "\ufffd")
	}
	text = render.Plain(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " "))
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
