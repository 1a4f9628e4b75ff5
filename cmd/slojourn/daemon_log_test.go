package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// TestWarnUnheard names what has alerts, is active, and has nobody to be told.
func TestWarnUnheard(t *testing.T) {
	t.Parallel()
	alerted := []slo.Objective{{Name: "28d", Alerts: slo.BuiltInPolicies()[0]}}
	about := func(owner string, stage slo.Stage) slo.About { return slo.About{Owner: owner, Stage: stage} }
	set := &slo.Set{
		Teams: []*slo.Team{{Name: "deaf"}, {Name: "shop", Notify: []*slo.Notifier{{Name: "hook"}}}},
		SLOs: []*slo.SLO{
			{ID: "heard", About: about("shop", slo.Active), Objectives: alerted},
			{ID: "observed", About: about("deaf", slo.Observe), Objectives: alerted},
			{ID: "quiet", About: about("deaf", slo.Active), Objectives: []slo.Objective{{Name: "28d"}}},
			{ID: "unheard", About: about("deaf", slo.Active), Objectives: alerted},
		},
		Journeys: []*slo.Journey{{ID: "journey", About: about("deaf", slo.Active), Objectives: alerted}},
	}
	var out bytes.Buffer
	log, err := newLogger(&out, "text", "info")
	if err != nil {
		t.Fatal(err)
	}
	warnUnheard(log, set)
	if got := out.String(); !strings.Contains(got, `level=WARN msg="alerts reach nobody, as the teams of their owners have no notify" count=2 slos="journey, unheard"`) {
		t.Errorf("the log says %s", got)
	}
	out.Reset()
	set.SLOs, set.Journeys = set.SLOs[:3], nil
	if warnUnheard(log, set); out.Len() > 0 {
		t.Errorf("the log says %s", out.String())
	}
}
