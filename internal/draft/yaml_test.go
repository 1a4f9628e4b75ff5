package draft_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// retail is a step of each layer that the simulated shop has events for.
func retail() []draft.Step {
	step := func(layer string, values draft.Values) draft.Step {
		l, found := draft.LayerNamed(layer)
		if !found {
			panic(layer)
		}
		return draft.Step{Name: l.Slug(values), Layer: l, Values: values}
	}
	return []draft.Step{
		step("mobile", draft.Values{"app": "shop-app", "path": "/v2/search", "slow": "2"}),
		step("page", draft.Values{"app": "shop-web", "url": "/search", "slow": "3"}),
		step("ajax", draft.Values{"app": "shop-web", "url": "/api/points"}),
		step("backend", draft.Values{"app": "order-api", "transaction": "WebTransaction/Action/placeOrder"}),
		step("synthetic", draft.Values{"monitor": "log-in"}),
		step("log", draft.Values{"service": "receipt", "message": "receipt"}),
		step("metric", draft.Values{"total": "points.requests", "bad": "points.failures", "service": "points-api"}),
	}
}

func journey(steps ...draft.Step) draft.Journey {
	return draft.Journey{
		Name: "shop", Title: "Find something and order it", Owner: "orders", Target: "99.5%", Window: "28d", Steps: steps, Teams: []string{"orders"},
		Source: &draft.Source{Name: "newrelic", Account: 1234567, Region: slo.JP, Key: slo.SecretRef{Env: "NEW_RELIC_API_KEY"}},
	}
}

func locales() []slo.Locale { return []slo.Locale{slo.English, slo.Japanese} }

// loaded reads a file that was written, which must be in the canonical layout and without
// findings that count, infos too.
func loaded(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, text []byte,
) *slo.Set {
	t.Helper()
	file := spec.File{Name: "shop.yaml", Folder: "/", Data: text, Named: true}
	result := load.Files([]spec.File{file}, newrelic.Key, newrelic.Check)
	for _, f := range result.Findings {
		if !f.Accepted() || f.Code != diag.CodeNRQLSampled {
			t.Fatalf("%v: %s (%s) [%s]\n%s", f.Span, f.Message, f.Hint, f.Code, text)
		}
	}
	formatted, findings := spec.Format(file)
	if diff := cmp.Diff(string(text), string(formatted.Data)); diff != "" || len(findings) > 0 {
		t.Fatalf("not the canonical layout (-written +formatted): %v\n%s", findings, diff)
	}
	return result.Set
}

// TestLayers writes a journey of each layer in each language. It has no findings, and
// measures something in the simulated shop.
func TestLayers(t *testing.T) {
	t.Parallel()
	source := shop(t)
	for _, locale := range locales() {
		for _, step := range retail() {
			t.Run(string(locale)+"/"+step.Layer.Name, func(t *testing.T) {
				t.Parallel()
				text := journey(step).YAML(locale)
				golden(t, step.Layer.Name+"."+string(locale)+".yaml", text)
				set := loaded(t, text)
				if len(set.SLOs) != 1 || set.SLOs[0].ID != "shop/"+step.Name || set.Journeys[0].About.Stage != slo.Observe {
					t.Fatalf("got %+v", set.SLOs)
				}
				end := slo.MinuteAt(closing()) - 60
				cuts := []slo.Minute{end - 60, end}
				answer := source.Counts(t.Context(), []sources.Request{{SLO: set.SLOs[0], Cuts: cuts}})[0]
				if answer.Err != nil || len(answer.Sums) != 1 || answer.Sums[0].Counts.Total == 0 || !answer.Sums[0].Counts.Consistent() {
					t.Errorf("got %+v", answer)
				}
			})
		}
	}
}

// TestWholeJourney has several steps, in a folder where a Source has to be named, Defaults
// have the window and an alert policy, and the past is known.
func TestWholeJourney(t *testing.T) {
	t.Parallel()
	for _, locale := range locales() {
		j := journey(retail()...)
		j.Window, j.Alerted, j.SourceName, j.Title = "", true, "newrelic", "ほしい商品を見つけて、アプリで注文する"
		j.Steps[1].Name = "results-page" // search is that of the app
		j.Steps[0].Owner, j.Teams = "mobile", []string{"mobile", "orders"}
		j.Source.Key, j.Source.Endpoint = slo.SecretRef{File: "newrelic-key"}, "http://127.0.0.1:8800/graphql"
		j.Measured = []draft.Week{{Start: slo.MinuteAt(closing()), Hours: slices.Repeat([]slo.Counts{{Total: 1000, Bad: 1}}, 7*24), Unit: 1}}
		text := j.YAML(locale)
		golden(t, "whole."+string(locale)+".yaml", text)
		defaults := "---\napiVersion: slojourn/v1\nkind: Defaults\nspec: {window: 28d, alerts: paging}\n"
		if set := loaded(t, append(text, defaults...)); len(set.SLOs) != len(retail()) {
			t.Errorf("got %d SLOs", len(set.SLOs))
		}
	}
}

func closing() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

// inProcess lets a client ask a handler.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// shop is a source of the simulated shop.
func shop(t *testing.T) *newrelic.Source {
	t.Helper()
	store := simulator.NewRetail(simulator.RetailOptions{Seed: 1, End: closing()}).Store()
	server := simulator.New(store, simulator.Options{Now: closing, NoLimits: true})
	config := slo.NewRelic{
		AccountID: 1234567, Region: slo.JP, QueryLag: slo.DefaultQueryLag, Retention: slo.Retention{Default: 30 * 24 * time.Hour},
	}
	return newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{server},
	}), closing)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
