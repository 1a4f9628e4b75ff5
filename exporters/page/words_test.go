package page

import (
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func TestWords(t *testing.T) {
	t.Parallel()
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	en, ja := words{slo.English, tokyo}, words{slo.Japanese, tokyo}
	night := at(2, 14, 59) // a minute before midnight
	for _, test := range []struct{ got, want string }{
		{en.duration(0), "0 min"},
		{ja.duration(59 * time.Second), "0分"},
		{en.duration(50*time.Hour + 61*time.Second), "2 d 2 h"},
		{en.duration(24*time.Hour + time.Minute), "1 d"}, // the next unit is empty
		{ja.duration(63 * time.Minute), "1時間3分"},
		{en.duration(-5 * time.Minute), "−5 min"},
		{en.minutes(16.5), "17 min"},
		{en.window("28d"), "28 d"},
		{ja.window("28d"), "28日"},
		{en.window("month"), "month"},
		{ja.window("month"), "暦月"},
		{en.window("0d"), "0d"},
		{count(-1_234_567), "−1,234,567"},
		{count(999), "999"},
		{decimal(0.0001, 2), "<0.01"},
		{decimal(-12.50, 2), "−12.5"},
		{decimal(0, 2), "0"},
		{decimal(1e16, 2), "1e+16"},
		{number(ratio(13.44)), "13.4"},
		{number(ratio(5.6)), "5.6"},
		{number(ratio(1234.5)), "1,234"},
		{number(burnrate.Ratio{}), "–"},
		{share(ratio(0.0213)), "2.1%"},
		{share(ratio(0.00021)), "0.02%"},
		{share(ratio(1.074)), "107%"},
		{share(ratio(-0.07)), "−7%"},
		{share(burnrate.Ratio{}), "–"},
		{en.moment(night), "Mon 2 Nov 23:59"},
		{ja.moment(night), "11月2日（月）23:59"},
		{en.shortMoment(night), "2 Nov 23:59"},
		{ja.date(night), "2026年11月2日 23:59"},
		{en.stretch(night.Add(-time.Hour), night), "Mon 2 Nov 22:59 – 23:59"},
		{ja.stretch(night, night.Add(time.Minute)), "11月2日（月）23:59～11月3日（火）00:00"},
		{middle("log-in/app", 10), "log-in/app"},
		{middle("barcode-payment/show-barcode", 24), "barcode-pay…show-barcode"},
		{middle("店舗検索/検索結果の表示", 12), "店舗…の表示"},
		{middle("abc", 1), "…"},
		{safe("a\n b\x1b[2J"), "a b�[2J"},
		{safe(strings.Repeat("長", 1000)), strings.Repeat("長", 159) + "…"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
