package grafana

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// TestMarksNameTitles has marks of the shop, and the id where no title is written. What is
// short and over is named too, though nothing is said of it any more.
func TestMarksNameTitles(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	overview, journey := m.overview(), &Dashboard{}
	own := []query.Matcher{oneOf([]string{"pay", "pay/till"})}
	m.annotate(journey, own, own...)
	for _, test := range []struct {
		name  string
		of    *Dashboard
		owner string
		want  []string
	}{
		{"overview", overview, ".*", []string{"Pay: page", "Pay: ticket", "buy: ticket"}},
		{"overview of an owner", overview, "orders", []string{"buy: ticket"}},
		{"journey", journey, "", []string{"Pay: page", "Pay: ticket"}},
	} {
		with := query.Binding{Variables: map[string]string{"owner": test.owner}, RateStep: time.Hour}
		fired := &test.of.Annotations.List[0]
		samples, err := shopData(t).At(fired.Query, now().Add(30*time.Minute), with)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		var got []string
		for _, s := range samples {
			got = append(got, s.Labels["name"]+": "+s.Labels["severity"])
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
