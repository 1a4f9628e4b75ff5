package slo_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

func TestFactor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ budget, burn, window, want string }{
		{"2%", "", "30d", "72/5"},   // 14.4, of the SRE workbook
		{"2%", "", "28d", "336/25"}, // 13.44
		{"5%", "", "28d", "168/5"},  // within an hour: 33.6
		{"2%", "", "month", "72/5"}, // nominal 30 days
		{"", "1", "28d", "1"},
		{"", "13.44", "7d", "336/25"},
	} {
		tier := slo.Tier{Long: time.Hour}
		var err error
		if test.budget != "" {
			tier.Budget, err = slo.ParsePercentage(test.budget)
		} else {
			tier.Burn, err = slo.ParseDecimal(test.burn)
		}
		if err != nil {
			t.Fatal(err)
		}
		window, err := slo.ParseWindow(test.window)
		if err != nil {
			t.Fatal(err)
		}
		if got := tier.Factor(window.In(time.UTC)).RatString(); got != test.want {
			t.Errorf("budget %s burn %s in 1h over %s: factor %s, want %s", test.budget, test.burn, test.window, got, test.want)
		}
	}
}

// TestBuiltInPolicies demands of the policies that are built in what is
// demanded of everybody's, over the windows that they are made for.
func TestBuiltInPolicies(t *testing.T) {
	t.Parallel()
	made := map[string][]string{"paging": {"28d", "30d", "month", "90d"}, "paging-7d": {"7d", "week"}, "paging-1d": {"1d", "day"}}
	for _, p := range slo.BuiltInPolicies() {
		if len(made[p.Name]) == 0 {
			t.Errorf("%s is made for no window", p.Name)
		}
		if p.Guard != slo.DefaultGuard() || p.Guard.Confidence.String() != "95%" || p.Hold != slo.DefaultHold() || p.NoTraffic.Below.String() != "5%" {
			t.Errorf("%s: guard %v, hold %v, noTraffic %v", p.Name, p.Guard, p.Hold, p.NoTraffic)
		}
		if got := []string{p.BudgetSpent[0].String(), p.BudgetSpent[1].String()}; !cmp.Equal(got, []string{"80%", "100%"}) {
			t.Errorf("%s: budget spent at %v", p.Name, got)
		}
		for _, text := range made[p.Name] {
			window, err := slo.ParseWindow(text)
			if err != nil {
				t.Fatal(err)
			}
			last := big.NewRat(1_000_000, 1)
			for i, tier := range p.Tiers {
				factor := tier.Factor(window)
				if tier.Short >= tier.Long || tier.Long > time.Duration(window.Minutes())*time.Minute || p.LongestTier() < tier.Long || p.ShortestWindow() > tier.Short {
					t.Errorf("%s: tier %d over %s looks back %v and %v", p.Name, i, window, tier.Long, tier.Short)
				}
				// Above 1, below what 99 % can reach, and the longer the lower.
				if factor.Cmp(big.NewRat(1, 1)) < 0 || factor.Cmp(big.NewRat(100, 1)) >= 0 || factor.Cmp(last) >= 0 {
					t.Errorf("%s: tier %d over %s has the factor %s", p.Name, i, window, factor.FloatString(2))
				}
				last = factor
			}
		}
	}
}

func TestMatchID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, id string
		want        bool
	}{
		{"pay", "pay", true},
		{"pay", "pay/authorise", false},
		{"pay/*", "pay/authorise", true},
		{"pay/*", "pay", false},
		{"*", "pay/authorise", true},
		{"*/receipt", "pay/receipt", true},
		{"p*/*t", "pay/receipt", true},
		{"a*b*c", "axbxbc", true},
		{"a*b*c", "acb", false},
		{"ab*ba", "aba", false},
		{"**", "x", true},
	} {
		if got := slo.MatchID(test.pattern, test.id); got != test.want {
			t.Errorf("MatchID(%q, %q) = %t", test.pattern, test.id, got)
		}
	}
}

func TestExclusionApplies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, id string
		want        bool
	}{
		{"pay", "pay", true},
		{"pay", "pay/authorise", true},
		{"p*y", "pay/authorise", true},
		{"pay", "payment/authorise", false},
		{"pay/authorise", "pay", false},
		{"authorise", "pay/authorise", false},
	} {
		e := slo.Exclusion{SLOs: []string{"other", test.pattern}}
		if got := e.Applies(test.id, "web"); got != test.want {
			t.Errorf("%q applies to %q: %t", test.pattern, test.id, got)
		}
	}
	byOwner := slo.Exclusion{Owner: "web", SLOs: []string{"*"}}
	if byOwner.Applies("pay", "ops") || !byOwner.Applies("pay", "web") {
		t.Error("an exclusion for an owner applies to what others own, or not to its own")
	}
}

func TestParseRule(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"FREQ=WEEKLY;BYDAY=SU", "FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=2SA;BYHOUR=1,13;BYMINUTE=30", "FREQ=YEARLY;COUNT=3"} {
		if parsed, err := slo.ParseRule(rule); err != nil || parsed.String() != rule {
			t.Errorf("ParseRule(%q) = %s, %v", rule, parsed, err)
		}
	}
	for _, rule := range []string{
		"", "weekly", "FREQ=SOMETIMES", "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=90", "FREQ=DAILY;BYMINUTE=0,30", "FREQ=DAILY;BYSECOND=0,30",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY", "FREQ=DAILY;DTSTART=20260101T000000Z", "FREQ=DAILY;BYHOUR=25", "FREQ=DAILY;FOO=1",
	} {
		if _, err := slo.ParseRule(rule); err == nil {
			t.Errorf("ParseRule(%q) takes it", rule)
		}
	}
}

func TestLoadTimeZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires"} {
		if loaded, err := slo.LoadTimeZone(zone); err != nil || loaded.String() != zone {
			t.Errorf("LoadTimeZone(%q) = %v, %v", zone, loaded, err)
		}
	}
	for _, zone := range []string{"", "Local", "JST", "Mars/Olympus", "../etc/passwd", "Asia/Tokyo\x00"} {
		if _, err := slo.LoadTimeZone(zone); err == nil {
			t.Errorf("LoadTimeZone(%q) takes it", zone)
		}
	}
}

func TestFindHostile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "Pay with the app's barcode", "支払い #1 (50%) – 🛒", "mail@here.example.com", "a < b, c > d", "{one brace}", "me@example.com, @payments-oncall",
	} {
		if found := slo.FindHostile(text, true); len(found) > 0 {
			t.Errorf("FindHostile(%q) = %+v", text, found)
		}
	}
	for text, want := range map[string]string{
		"a\x1b[31m": "\x1b", "a\u202eb": "\u202e", "x\u2066y": "\u2066", "tell <!channel> now": "<!channel>", "<@U123>": "<@U123>",
		"@here {{ x \u202e\n @channel\n": "@here {{ \u202e \n @channel", "hi @here": "@here", "(@everyone)": "@everyone", "{{ .x }}": "{{", "a\nb": "\n", "a\u0085b": "\u0085", "a\u2028": "\u2028",
	} {
		var found []string
		for _, h := range slo.FindHostile(text, true) {
			found = append(found, text[h.Start:h.End])
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("FindHostile(%q) found %q, want %q", text, got, want)
		}
	}
	if found := slo.FindHostile("a\nb\tc", false); len(found) > 0 {
		t.Errorf("a text of two lines: %+v", found)
	}
}
