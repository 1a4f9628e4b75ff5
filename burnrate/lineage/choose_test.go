package lineage

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

func TestLeading(t *testing.T) {
	t.Parallel()
	k := keeper{}
	k.adopt(t, setOf(t, "pay A", "find B", "look C", "shop", "shop/pay D", "shop/scan E"), 10)
	k.adopt(t, setOf(t, "pay F", "find B", "shop", "shop/pay D", "shop/scan E"), 20)
	k.adopt(t, setOf(t, "pay G; restart: why", "find B", "shop", "shop/pay D", "shop/scan F"), 30)
	all, err := All(k.kept())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name       string
		ids        []string
		indicators []slo.IndicatorID
		want       map[string][]slo.IndicatorID
	}{
		{"nothing", nil, nil, nil},
		{"what is not known", []string{"p", "pay/", "x*"}, []slo.IndicatorID{"X"}, nil},
		{"an id, with what was before its restart", []string{"pay"}, nil, map[string][]slo.IndicatorID{"pay": {"G", "A", "F"}}},
		{"a removed one", []string{"look"}, nil, map[string][]slo.IndicatorID{"look": {"C"}}},
		{"a pattern", []string{"shop/*"}, nil, map[string][]slo.IndicatorID{"shop/pay": {"D"}, "shop/scan": {"F", "E"}}},
		{"an indicator, which another one was measured by", nil, []slo.IndicatorID{"F"}, map[string][]slo.IndicatorID{"shop/scan": {"F", "E"}}},
		{"both", []string{"find"}, []slo.IndicatorID{"D"}, map[string][]slo.IndicatorID{"find": {"B"}, "shop/pay": {"D"}}},
	} {
		indicators := map[slo.IndicatorID]bool{}
		for _, id := range test.indicators {
			indicators[id] = true
		}
		var got map[string][]slo.IndicatorID
		leading := Leading(all, test.ids, indicators)
		for _, id := range slices.Sorted(maps.Keys(leading)) {
			if got == nil {
				got = map[string][]slo.IndicatorID{}
			}
			got[id] = leading[id].Indicators()
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
