package remote

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func setOf(slos ...*slo.SLO) *slo.Set { return &slo.Set{SLOs: slos} }

var at = time.Date(2026, 11, 22, 12, 0, 30, 0, time.UTC)

// TestFeeds says when minutes are ready.
func TestFeeds(t *testing.T) {
	t.Parallel()
	now := slo.MinuteAt(at)
	relic := &slo.Source{Name: "relic", NewRelic: slo.NewRelic{Lateness: time.Hour}}
	file := &slo.Source{Name: "counts", File: &slo.File{}}
	a, b := &slo.SLO{ID: "a", Indicator: "v1:a", Source: relic}, &slo.SLO{ID: "b", Indicator: "v1:b", Source: relic}
	c := &slo.SLO{ID: "c", Indicator: "v1:c", Source: file}
	other := &slo.SLO{ID: "other", Indicator: "v1:o", Source: relic, Elsewhere: true}
	slices := &slo.SLO{ID: "s", Indicator: "v1:s", Source: relic, SLI: slo.SLI{Slice: &slo.Slice{Every: diag.Located[time.Duration]{Value: 30 * time.Minute}}}}
	for _, test := range []struct {
		name       string
		slos       []*slo.SLO
		watermarks map[string]slo.Minute
		filling    bool
		want       []Feed
	}{
		{"lateness is over, and what another shard exports is left out", []*slo.SLO{b, a, other}, map[string]slo.Minute{"a": now - 3, "b": now - 3}, false, []Feed{{"relic", []string{"a", "b"}, now - 60, false}}},
		{"one is not measured yet", []*slo.SLO{a, b}, map[string]slo.Minute{"a": now - 3, "b": now - 70}, false, []Feed{{"relic", []string{"a", "b"}, now - 70, false}}},
		{"one is not measured for long", []*slo.SLO{a, b}, map[string]slo.Minute{"a": now - 3}, false, []Feed{{"relic", []string{"a", "b"}, now - 75, false}}},
		{"one is not measured while history comes", []*slo.SLO{a, b}, map[string]slo.Minute{"a": now - 3}, true, []Feed{{"relic", []string{"a", "b"}, now - 60 - 360, true}}},
		{"whole slices", []*slo.SLO{a, slices}, map[string]slo.Minute{"a": now - 3, "s": now - 30}, false, []Feed{{"relic", []string{"a", "s"}, now - 60, false}}},
		{"a slice is under way", []*slo.SLO{slices}, map[string]slo.Minute{"s": now - 90}, false, []Feed{{"relic", []string{"s"}, now - 75, false}}},
		{"a file that ended yesterday", []*slo.SLO{c}, map[string]slo.Minute{"c": now - 1440}, false, []Feed{{"counts", []string{"c"}, now - 1440, false}}},
		{"two sources", []*slo.SLO{a, c}, map[string]slo.Minute{"a": now}, false, []Feed{{"counts", []string{"c"}, 0, false}, {"relic", []string{"a"}, now - 60, false}}},
	} {
		got := Feeds(setOf(test.slos...), Progress{test.watermarks, test.filling}, at)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestFollow says where sources begin.
func TestFollow(t *testing.T) {
	t.Parallel()
	two := []Feed{{Source: "a", Ready: 100}, {Source: "b", Ready: 200}}
	for _, test := range []struct {
		name   string
		before []place
		feeds  []Feed
		from   slo.Minute
		want   []place
	}{
		{"the first time", nil, two, 0, []place{{"a", 100, ""}, {"b", 200, ""}}},
		{"the first time, from long ago", nil, two, 7, []place{{"a", 7, ""}, {"b", 7, ""}}},
		{"what was asked for at another first time", []place{{"a", 90, "x"}, {"b", 200, ""}}, two, 7, []place{{"a", 90, "x"}, {"b", 200, ""}}},
		{"another name", []place{{"a", 90, "x"}, {"old", 95, ""}}, two, 0, []place{{"a", 90, "x"}, {"b", 90, ""}}},
		{"the first time, from long ago, and nothing is known of one", nil, []Feed{{Source: "a", Ready: 100}, {Source: "b"}}, 7, []place{{"a", 7, ""}, {"b", 7, ""}}},
		{"nothing is known of it yet", []place{{"a", 90, ""}}, []Feed{{Source: "a", Ready: 100}, {Source: "b"}}, 0, []place{{"a", 90, ""}}},
		{"one that is known has a hole", []place{{"a", 90, ""}}, []Feed{{Source: "a"}}, 0, []place{{"a", 90, ""}}},
	} {
		got := position{Places: test.before}.follow(test.feeds, test.from)
		if diff := cmp.Diff(test.want, got.Places); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestBack takes back what is ahead of the clock, as far as it is known where to.
func TestBack(t *testing.T) {
	t.Parallel()
	p := position{Places: []place{{"a", 90, "x"}, {"b", 101, "x"}, {"c", 1000, ""}}}
	got, ahead := p.back([]Feed{{Source: "a", Ready: 80}, {Source: "b", Ready: 95}, {Source: "c"}}, 100)
	if diff := cmp.Diff([]place{{"a", 90, "x"}, {"b", 95, ""}, {"c", 1000, ""}}, got.Places); diff != "" || !ahead {
		t.Errorf("ahead %t (-want +got):\n%s", ahead, diff)
	}
	if _, ahead := got.back([]Feed{{Source: "a", Ready: 80}, {Source: "b", Ready: 95}}, 100); ahead {
		t.Error("it is still ahead")
	}
}
