package main

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// newLogger returns a log in a format, text or json, from a level on.
func newLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	options := &slog.HandlerOptions{ReplaceAttr: harmless}
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	chosen, known := levels[level]
	if !known {
		return nil, usage("--log-level %q is unknown; use debug, info, warn or error", level)
	}
	options.Level = chosen
	isJSON, err := second("--log-format", format, "text", "json")
	switch {
	case err != nil:
		return nil, err
	case isJSON:
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
}

// harmless masks keys in what is logged, and takes out what a terminal obeys. Line
// breaks are escaped by the handlers.
func harmless(_ []string, a slog.Attr) slog.Attr {
	if kind := a.Value.Kind(); kind == slog.KindTime || kind == slog.KindDuration {
		return a
	}
	var text string
	switch value := a.Value.Any().(type) {
	case string:
		text = value
	case error:
		text = value.Error()
	case fmt.Stringer:
		text = value.String()
	case []string:
		text = strings.Join(value, ", ")
	default:
		return a
	}
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n] = render.Plain(line)
	}
	return slog.String(a.Key, strings.Join(lines, "\n"))
}

// listed names some of many ids.
func listed(ids []string) string {
	const most = 20
	if more := len(ids) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), more)
	}
	return strings.Join(ids, ", ")
}

// sizes are the attributes that say how much there is to measure.
func sizes(specs engine.Specs) []any {
	return []any{
		"journeys", len(specs.Set.Journeys), "slos", len(specs.Set.SLOs), "indicators", indicatorsOf(specs), "sources", len(specs.Sources),
	}
}

// indicatorsOf returns how many different things are counted.
func indicatorsOf(specs engine.Specs) int {
	seen := map[string]bool{}
	for _, s := range specs.Set.Measured() {
		seen[string(s.Indicator)] = true
	}
	return len(seen)
}

// logChanges says what has become of SLOs. Many may be added or removed at once.
func logChanges(log *slog.Logger, changes []lineage.Change) {
	together := map[lineage.ChangeKind][]string{}
	for _, c := range changes {
		switch c.Kind {
		case lineage.Renamed:
			log.Info("an SLO was renamed and goes on", "slo", c.ID, "from", c.From)
		case lineage.Spliced:
			log.Info("an SLO is measured otherwise from now on and goes on", "slo", c.ID, "from", c.At.Time())
		case lineage.Restarted:
			log.Info("an SLO is measured otherwise from now on and begins anew", "slo", c.ID, "from", c.At.Time(), "reason", c.Reason)
		default:
			together[c.Kind] = append(together[c.Kind], c.ID)
		}
	}
	for _, kind := range []lineage.ChangeKind{lineage.Added, lineage.Returned, lineage.Removed} {
		if ids := together[kind]; len(ids) > 0 {
			log.Info("SLOs were "+map[lineage.ChangeKind]string{
				lineage.Added: "added", lineage.Returned: "brought back", lineage.Removed: "removed",
			}[kind], "count", len(ids), "slos", listed(ids))
		}
	}
}

// warnUnheard says which SLOs and journeys have alerts that reach nobody.
func warnUnheard(log *slog.Logger, set *slo.Set) {
	var unheard []string
	note := func(id string, about slo.About, objectives []slo.Objective) {
		alerted := slices.ContainsFunc(objectives, func(o slo.Objective) bool { return o.Alerts != nil })
		if alerted && about.Stage == slo.Active && len(set.NotifiersOf(about.Owner)) == 0 {
			unheard = append(unheard, id)
		}
	}
	for _, j := range set.Journeys {
		note(j.ID, j.About, j.Objectives)
	}
	for _, s := range set.SLOs {
		note(s.ID, s.About, s.Objectives)
	}
	if len(unheard) > 0 {
		slices.Sort(unheard)
		log.Warn("alerts reach nobody, as the teams of their owners have no notify", "count", len(unheard), "slos", listed(unheard))
	}
}
