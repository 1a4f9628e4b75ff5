package draft

import (
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Layer is where a step can be measured.
type Layer struct {
	Name   string   // as --step has it
	Types  []string // event types it is measured by
	Fields []Field  // in the order they are asked for
	sli    func(Values) sli
}

// Field is something a layer has to know.
type Field struct {
	Key string // as --step has it
	// Attribute is what its values are values of, in the events that meet what
	// the fields before say; "" when an account cannot propose any.
	Attribute string
	Kind      Kind
	Optional  bool
	Default   string // "" for none
}

// Kind is what a field holds.
type Kind int

// The kinds of fields. The zero Kind is invalid.
const (
	Exact   Kind = iota + 1 // a text that an attribute is equal to
	Part                    // a text that an attribute holds, with % as wildcard
	Path                    // the same, of a path or an address
	Seconds                 // a limit in seconds, above 0 and at most an hour
	Counter                 // the name of a metric
)

// Values are the values of a step's fields, by key. One that is left out is absent.
type Values map[string]string

// sli is how a step is measured, in NRQL.
type sli struct {
	from             []string
	where, good, bad nrql.Expr // one of good and bad
	total, failures  string    // whole queries, in the place of all others
}

// Layers returns all layers, those that are nearest to the user first.
func Layers() []Layer {
	app := Field{Key: "app", Attribute: "appName", Kind: Exact}
	return []Layer{
		{
			Name: "mobile", Types: []string{"MobileRequest", "MobileRequestError"}, sli: mobileSLI,
			Fields: []Field{app, {Key: "path", Attribute: "requestPath", Kind: Path}, {Key: "slow", Kind: Seconds, Optional: true}},
		},
		{
			Name: "page", Types: []string{"PageView"}, sli: pageSLI,
			Fields: []Field{app, {Key: "url", Attribute: "pageUrl", Kind: Path, Optional: true}, {Key: "slow", Kind: Seconds, Default: "3"}},
		},
		{
			Name: "ajax", Types: []string{"AjaxRequest"}, sli: ajaxSLI,
			Fields: []Field{app, {Key: "url", Attribute: "requestUrl", Kind: Path}},
		},
		{
			Name: "backend", Types: []string{"Transaction"}, sli: backendSLI,
			Fields: []Field{app, {Key: "transaction", Attribute: "name", Kind: Exact}, {Key: "slow", Kind: Seconds, Optional: true}},
		},
		{
			Name: "synthetic", Types: []string{"SyntheticCheck"}, sli: syntheticSLI,
			Fields: []Field{{Key: "monitor", Attribute: "monitorName", Kind: Exact}},
		},
		{
			Name: "log", Types: []string{"Log"}, sli: logSLI,
			Fields: []Field{{Key: "service", Attribute: "service.name", Kind: Exact}, {Key: "message", Kind: Part, Optional: true}},
		},
		{
			Name: "metric", Types: []string{"Metric"}, sli: metricSLI,
			Fields: []Field{
				{Key: "total", Attribute: "metricName", Kind: Counter},
				{Key: "bad", Attribute: "metricName", Kind: Counter},
				{Key: "service", Attribute: "service.name", Kind: Exact, Optional: true},
			},
		},
	}
}

// LayerNamed finds a layer by its name.
func LayerNamed(name string) (Layer, bool) {
	all := Layers()
	i := slices.IndexFunc(all, func(l Layer) bool { return l.Name == name })
	if i < 0 {
		return Layer{}, false
	}
	return all[i], true
}

// Within returns the condition that events meet among which a field's values are looked
// for: what the fields before it say. It is nil when they say nothing. No event is of two
// metrics: the first one decides.
func (l Layer) Within(field Field, values Values) nrql.Expr {
	var conditions []nrql.Expr
	said := map[string]bool{field.Attribute: true}
	for _, f := range l.Fields {
		switch {
		case f.Key == field.Key:
			return nrql.All(conditions...)
		case values[f.Key] == "" || said[f.Attribute]:
		case f.Kind == Exact || f.Kind == Counter:
			said[f.Attribute] = true
			conditions = append(conditions, equal(f.Attribute, values[f.Key]))
		}
	}
	return nrql.All(conditions...)
}

func mobileSLI(v Values) sli {
	return sli{
		from:  []string{"MobileRequest", "MobileRequestError"},
		where: nrql.All(equal("appName", v["app"]), begins("requestPath", v["path"])),
		bad:   nrql.Any(equal("errorType", "NetworkFailure"), compare("statusCode", nrql.Ge, "500"), slower("responseTime", v)),
	}
}

func pageSLI(v Values) sli {
	return sli{
		from:  []string{"PageView"},
		where: nrql.All(equal("appName", v["app"]), holds("pageUrl", v["url"])),
		good:  compare("duration", nrql.Lt, v["slow"]),
	}
}

func ajaxSLI(v Values) sli {
	return sli{
		from:  []string{"AjaxRequest"},
		where: nrql.All(equal("appName", v["app"]), holds("requestUrl", v["url"])),
		bad:   nrql.Any(compare("httpResponseCode", nrql.Ge, "500"), compare("httpResponseCode", nrql.Eq, "0")),
	}
}

func backendSLI(v Values) sli {
	made := sli{from: []string{"Transaction"}, where: nrql.All(equal("appName", v["app"]), equal("name", v["transaction"]))}
	if v["slow"] == "" {
		made.bad = is("error", nrql.IsTrue)
		return made
	}
	made.good = nrql.All(compare("duration", nrql.Lt, v["slow"]), nrql.Any(is("error", nrql.IsFalse), is("error", nrql.IsNull)))
	return made
}

func syntheticSLI(v Values) sli {
	return sli{
		from:  []string{"SyntheticCheck"},
		where: nrql.All(equal("monitorName", v["monitor"]), nrql.Any(is("isMuted", nrql.IsFalse), is("isMuted", nrql.IsNull))),
		good:  equal("result", "SUCCESS"),
	}
}

func logSLI(v Values) sli {
	return sli{
		from:  []string{"Log"},
		where: nrql.All(equal("service.name", v["service"]), holds("message", v["message"])),
		bad:   nrql.Any(equal("level", "ERROR"), equal("level", "error")),
	}
}

func metricSLI(v Values) sli {
	query := func(metric string) string {
		q := nrql.Query{
			From:   []nrql.Expr{name("Metric")},
			Select: []nrql.Column{{Expr: &nrql.Call{Name: "sum", Args: []nrql.Expr{name(metric)}}}},
		}
		if v["service"] != "" {
			q.Where = equal("service.name", v["service"])
		}
		return q.String()
	}
	return sli{total: query(v["total"]), failures: query(v["bad"])}
}
