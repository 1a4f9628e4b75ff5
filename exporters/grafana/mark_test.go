package grafana

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

func TestSign(t *testing.T) {
	t.Parallel()
	sign := func(change func(d *Dashboard), locale slo.Locale) (d *Dashboard, digest string) {
		d = &Dashboard{UID: uid.Of("pay"), Title: "pay", Description: "How paying goes.\n\nMore."}
		change(d)
		Sign(d, locale)
		digest, ok := Signed(d.Description, d.UID)
		if !ok {
			t.Errorf("it is not signed: %q", d.Description)
		}
		return d, digest
	}
	same := func(*Dashboard) {}
	first, digest := sign(same, slo.English)
	want := "Made by slojourn: change the specs, not this dashboard. (slojourn:" + first.UID + ":" + digest + ")\n\nHow paying goes.\n\nMore."
	if first.Description != want || len(digest) != 16 {
		t.Errorf("got  %q\nwant %q", first.Description, want)
	}
	Sign(first, slo.English)
	if first.Description != want {
		t.Errorf("signed again: %q", first.Description)
	}
	if ja, other := sign(same, slo.Japanese); other != digest || !strings.HasPrefix(ja.Description, "slojournが作成") {
		t.Errorf("in Japanese: %q", ja.Description)
	}
	for name, change := range map[string]func(d *Dashboard){
		"uid":            func(d *Dashboard) { d.UID = uid.Of("buy") },
		"title":          func(d *Dashboard) { d.Title = "Pay" },
		"description":    func(d *Dashboard) { d.Description = "" },
		"its first line": func(d *Dashboard) { d.Description = "\nHow paying goes.\n\nMore." },
		"panel":          func(d *Dashboard) { d.Panels = []*Panel{{ID: 1, Title: "Budget"}} },
	} {
		if _, other := sign(change, slo.English); other == digest {
			t.Errorf("another %s has the same digest", name)
		}
	}
}

// TestRetitled wants a dashboard as if it had had the title when it was signed.
func TestRetitled(t *testing.T) {
	t.Parallel()
	for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
		d := &Dashboard{UID: uid.Of("pay"), Title: "pay", Description: "How paying goes."}
		Sign(d, locale)
		was := *d
		want := &Dashboard{UID: d.UID, Title: "Pay", Description: "How paying goes."}
		Sign(want, locale)
		if got := Retitled(d, "Pay"); string(got.JSON()) != string(want.JSON()) || d.Title != was.Title || d.Description != was.Description {
			t.Errorf("got  %s\nwant %s", got.JSON(), want.JSON())
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	const digest, pay = "0123456789abcdef", "slojourn-pay"
	for description, want := range map[string]bool{
		"Made. (slojourn:slojourn-pay:0123456789abcdef)":            true,
		"Made. (slojourn:slojourn-pay:0123456789abcdef) \r\nMore":   true,
		"Changed words (slojourn:slojourn-pay:0123456789abcdef)\n":  true,
		"Made. (slojourn:slojourn-buy:0123456789abcdef)":            false,
		"Made. (slojourn:slojourn-pay:0123456789abcde)":             false,
		"Made. (slojourn:slojourn-pay:0123456789ABCDEF)":            false,
		"Made. (slojourn:slojourn-pay:0123456789abcdef) by hand":    false,
		"Mine.\nMade. (slojourn:slojourn-pay:0123456789abcdef)":     false,
		"Made. slojourn:slojourn-pay:0123456789abcdef)":             false,
		"(slojourn:slojourn-pay:a) (slojourn:slojourn-pay:abcdef0)": false,
		"": false,
	} {
		switch got, ok := Signed(description, pay); {
		case ok != want:
			t.Errorf("%q: %t, want %t", description, ok, want)
		case ok && got != digest:
			t.Errorf("%q: the digest is %q", description, got)
		}
	}
}

func TestIntact(t *testing.T) {
	t.Parallel()
	half := 0.5
	d := &Dashboard{
		UID: uid.Of("pay"), Title: "pay & buy", Description: "How paying goes.", Tags: []string{"slojourn"},
		Panels: []*Panel{{ID: 1, Title: "Budget", FieldConfig: &FieldConfig{Defaults: FieldDefaults{Max: &half}}}},
	}
	Sign(d, slo.English)
	for name, test := range map[string]struct {
		change func(content map[string]any)
		want   bool
	}{
		"as it was":       {func(map[string]any) {}, true},
		"saved":           {func(c map[string]any) { c["id"], c["version"] = 17, json.Number("3") }, true},
		"number":          {func(c map[string]any) { c["graphTooltip"] = json.Number("0.0") }, true},
		"title":           {func(c map[string]any) { c["title"] = "mine" }, false},
		"copied":          {func(c map[string]any) { c["uid"] = "mine" }, false},
		"not signed":      {func(c map[string]any) { c["description"] = "How paying goes." }, false},
		"description":     {func(c map[string]any) { c["description"] = c["description"].(string) + " Badly." }, false},
		"later schema":    {func(c map[string]any) { c["schemaVersion"] = 42 }, false},
		"words of a mark": {func(c map[string]any) { c["description"] = "Mine" + c["description"].(string)[4:] }, true},
		"panel":           {func(c map[string]any) { c["panels"].([]any)[0].(map[string]any)["title"] = "mine" }, false},
	} {
		var content map[string]any
		if err := json.Unmarshal(d.JSON(), &content); err != nil {
			t.Fatal(err)
		}
		test.change(content)
		if got := Intact(content); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
		if _, still := content["description"]; !still {
			t.Errorf("%s: the content was changed", name)
		}
	}
}
