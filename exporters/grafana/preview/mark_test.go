package preview

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// TestMarksAreAsLongAsWhatTheyMark has an alert of an hour, and a target that changes, in
// samples that are half an hour apart.
func TestMarksAreAsLongAsWhatTheyMark(t *testing.T) {
	t.Parallel()
	const every = 30 * time.Minute
	samples := query.NewSamples(every)
	for ago := 24 * time.Hour; ago >= 0; ago -= every {
		samples.Add("fires", nil, end.Add(-ago), to01(ago <= 12*time.Hour && ago > 11*time.Hour))
		samples.Add("target", nil, end.Add(-ago), to01(ago < 6*time.Hour))
	}
	since := func(f query.Function, metric string) query.Expr {
		return query.With(query.Over{Function: f, Of: query.Metric(metric), Length: query.Length{Built: query.RateStep}}, query.Above, query.Number(0))
	}
	d := &grafana.Dashboard{
		UID: "d", Title: "Marks", Time: grafana.TimeRange{From: "now-1d", To: "now"},
		Annotations: grafana.Annotations{List: []grafana.Annotation{
			{Name: "Alerts", Enable: true, Query: since(query.Maximum, "fires")},
			{Name: "Targets", Enable: true, Query: since(query.Changes, "target")},
		}},
	}
	b, err := bookOf(t, []grafana.File{{Name: "d", Dashboard: d}}, slo.English).board(d, Data{Data: samples, Every: every})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.marks) != 2 {
		t.Fatalf("there are %d marks, want one of the alert and one of the target", len(b.marks))
	}
	for i, want := range []time.Duration{time.Hour, 0} {
		if got := b.marks[i].to.Sub(b.marks[i].from); got > want+every {
			t.Errorf("the mark of %q is %v long, want at most %v more than %v", b.marks[i].title, got, every, want)
		}
	}
}
