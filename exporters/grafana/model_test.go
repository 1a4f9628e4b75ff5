package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// model checks dashboards that are in one Grafana, by what Grafana asks of them and by what
// people do.
type model struct {
	found []string
	uids  map[string]bool
	said  map[string]bool // expressions that were parsed
}

// checkModel reports everything in the dashboards of a set that Grafana would refuse or
// show wrongly.
func checkModel(t interface{ Errorf(string, ...any) }, set *slo.Set, options Options) {
	files := slices.Collect(Generate(set, options))
	m := &model{uids: map[string]bool{}, said: map[string]bool{}}
	for _, f := range files {
		if m.uids[f.Dashboard.UID] {
			m.report("uid %s is there twice", f.Dashboard.UID)
		}
		m.uids[f.Dashboard.UID] = true
	}
	m.files(files)
	again := slices.Collect(Generate(set, options))
	for i, f := range files {
		before := len(m.found)
		m.dashboard(f.Dashboard)
		for k := range m.found[before:] {
			m.found[before+k] = f.Name + ": " + m.found[before+k]
		}
		if i >= len(again) || !bytes.Equal(f.Dashboard.JSON(), again[i].Dashboard.JSON()) {
			m.report("%s: another time it is another one", f.Name)
		}
	}
	for _, problem := range m.found {
		t.Errorf("%s", problem)
	}
}

func (m *model) report(format string, args ...any) {
	m.found = append(m.found, fmt.Sprintf(format, args...))
}

var (
	validUID  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	validFile = regexp.MustCompile(`^[a-z0-9][-.a-z0-9]*$`)
)

// files checks where dashboards belong.
func (m *model) files(files []File) {
	taken, folders, titles := map[string]bool{}, map[string]Folder{}, map[string]string{}
	once := func(what, where string) {
		if taken[what+"\x00"+where] {
			m.report("folder %s has the %s twice", where, what)
		}
		taken[what+"\x00"+where] = true
	}
	for _, f := range files {
		once("title "+strings.ToLower(f.Dashboard.Title), f.Folder.UID)
		once("file "+f.Name, f.Folder.Name)
		if !validFile.MatchString(f.Name) || !validFile.MatchString(f.Folder.Name) {
			m.report("%s/%s is no name of a file", f.Folder.Name, f.Name)
		}
		if known, is := folders[f.Folder.UID]; is && known != f.Folder {
			m.report("folder %s is also %s", known, f.Folder)
		}
		folders[f.Folder.UID] = f.Folder
		if other, is := titles[strings.ToLower(f.Folder.Title)]; is && other != f.Folder.UID {
			m.report("two folders have the title %s", f.Folder.Title)
		}
		titles[strings.ToLower(f.Folder.Title)] = f.Folder.UID
		if !validUID.MatchString(f.Folder.UID) {
			m.report("folder %s has a uid that Grafana refuses", f.Folder.UID)
		}
		m.title("folder", f.Folder.Title)
	}
}

// title checks a text that is one line.
func (m *model) title(what, text string) {
	const most = 189
	if text == "" || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || !utf8.ValidString(text) {
		m.report("%s: %q is no title", what, text)
	}
}

func (m *model) dashboard(d *Dashboard) {
	m.title("dashboard", d.Title)
	if d.SchemaVersion != 37 || !validUID.MatchString(d.UID) || d.Time.From == "" || d.Time.To != "now" {
		m.report("version %d, uid %s, time %v", d.SchemaVersion, d.UID, d.Time)
	}
	if _, signed := Signed(d.Description, d.UID); !signed {
		m.report("it is not signed")
	}
	if len(d.Panels) == 0 || d.Panels[0].Type != TypeText {
		m.report("it does not begin with words")
	}
	ids, taken := map[int]bool{}, map[[2]int]int{}
	for _, p := range d.Panels {
		if p.ID < 1 || ids[p.ID] {
			m.report("panel id %d is not its own", p.ID)
		}
		ids[p.ID] = true
		g := p.GridPos
		if g.W < 1 || g.H < 1 || g.X < 0 || g.X+g.W > columns || g.Y < 0 {
			m.report("panel %d %q lies outside: %v", p.ID, p.Title, g)
		}
		for x := g.X; x < g.X+g.W; x++ {
			for y := g.Y; y < g.Y+g.H; y++ {
				if other, is := taken[[2]int{x, y}]; is {
					m.report("panels %d and %d overlap", other, p.ID)
				}
				taken[[2]int{x, y}] = p.ID
			}
		}
		before := len(m.found)
		m.panel(p)
		for k := range m.found[before:] {
			m.found[before+k] = fmt.Sprintf("panel %d %q: %s", p.ID, p.Title, m.found[before+k])
		}
	}
	for _, a := range d.Annotations.List {
		m.title("annotation", a.Name)
		m.expression(a.Query, a.Expr)
	}
	for _, l := range d.Links {
		m.link(l.Title, l.URL)
	}
	m.variables(d)
}

func (m *model) panel(p *Panel) {
	if p.Type == TypeRow || len(p.Targets) > 0 && p.Title != "" {
		m.title("panel", p.Title)
	}
	if (len(p.Targets) > 0) == (p.Type == TypeRow || p.Type == TypeText) {
		m.report("%s has %d queries", p.Type, len(p.Targets))
	}
	if len(p.Targets) == 0 {
		return
	}
	refs := map[string]bool{}
	for _, t := range p.Targets {
		if t.RefID == "" || refs[t.RefID] {
			m.report("query %q is there twice", t.RefID)
		}
		refs[t.RefID] = true
		if t.Instant == t.Range || t.Format == "table" && !t.Instant || (p.Type == TypeTable) != (t.Format == "table") {
			m.report("query %s: instant %t, range %t, as %s", t.RefID, t.Instant, t.Range, t.Format)
		}
		m.expression(t.Query, t.Expr)
	}
	fields := p.FieldConfig.Defaults
	if fields.NoValue == "" || fields.Unit == "" {
		m.report("it has the unit %q, and %q where there is nothing", fields.Unit, fields.NoValue)
	}
	m.thresholds(fields.Unit, fields.Thresholds)
	for _, l := range fields.Links {
		m.link(l.Title, l.URL)
	}
	for _, o := range p.FieldConfig.Overrides {
		unit := fields.Unit
		for _, property := range o.Properties {
			if property.ID == "unit" {
				unit = property.Value.(string)
			}
		}
		for _, property := range o.Properties {
			switch value := property.Value.(type) {
			case *Thresholds:
				m.thresholds(unit, value)
			case []Link:
				for _, l := range value {
					m.link(l.Title, l.URL)
				}
			case string:
				if value == "" {
					m.report("%s of %s is empty", property.ID, o.Matcher.Options)
				}
			}
		}
	}
	if p.Type == TypeTable {
		m.table(p)
	}
}

// table checks that every column has a name, and every number a unit and a word for none.
func (m *model) table(p *Panel) {
	var organize OrganizeOptions
	for _, transformation := range p.Transformations {
		if o, is := transformation.Options.(OrganizeOptions); is {
			organize = o
		}
	}
	overrides := map[string][]string{}
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			overrides[o.Matcher.Options] = append(overrides[o.Matcher.Options], property.ID)
		}
	}
	titles := map[string]bool{}
	for name := range organize.IndexByName {
		title := organize.RenameByName[name]
		if title == "" {
			if !slices.Contains(overrides[name], "custom.hidden") {
				m.report("column %s has no title", name)
			}
			continue
		}
		if titles[title] {
			m.report("two columns are %q", title)
		}
		titles[title] = true
		if has := overrides[title]; strings.HasPrefix(name, "Value") && !slices.Contains(has, "mappings") && (!slices.Contains(has, "unit") || !slices.Contains(has, "noValue")) {
			m.report("column %q has %v, and so no unit or no word for what is missing", title, has)
		}
	}
	for column := range overrides {
		if _, is := organize.IndexByName[column]; !titles[column] && !is {
			m.report("there is no column %q", column)
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	if _, has := organize.IndexByName["dashboard"]; bytes.Contains(text, []byte("__data.fields.dashboard")) && !has {
		m.report("it links to dashboards that it does not know")
	}
	if sorts := p.Options.(TableOptions).SortBy; len(sorts) > 0 && !titles[sorts[0].DisplayName] {
		m.report("it is sorted by %q, which it does not have", sorts[0].DisplayName)
	}
}

// thresholds checks that steps ascend and are in the unit of the field.
func (m *model) thresholds(unit string, t *Thresholds) {
	if t == nil {
		return
	}
	least, most := -1e300, 1e300
	switch unit {
	case unitShare:
		least, most = -1, 1
	case unitBurn, unitSeconds, unitCount:
		least = 0
	}
	for i, step := range t.Steps {
		if (step.Value == nil) != (i == 0) {
			m.report("the first threshold alone has no value: %d", i)
			continue
		}
		if i == 0 {
			continue
		}
		if *step.Value < least || *step.Value > most {
			m.report("threshold %v is not in the unit %s", *step.Value, unit)
		}
		if i > 1 && *step.Value <= *t.Steps[i-1].Value {
			m.report("thresholds do not ascend: %v", *step.Value)
		}
	}
}

var dashboardPath = regexp.MustCompile(`^/d/([^?]*)\?`)

// link checks that a link within Grafana leads to a dashboard that is there.
func (m *model) link(title, url string) {
	m.title("link", title)
	if !strings.HasPrefix(url, "/") {
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			m.report("%s is no address of the web", url)
		}
		return
	}
	found := dashboardPath.FindStringSubmatch(url)
	if found == nil || !m.uids[found[1]] && found[1] != "${__data.fields.dashboard}" && found[1] != "${__field.labels.dashboard}" {
		m.report("%s leads nowhere", url)
	}
}

// expression checks that what is written is what was meant, and is PromQL.
func (m *model) expression(of query.Expr, text string) {
	if of == nil || query.PromQL(of) != text {
		m.report("%s is not what was meant", text)
		return
	}
	with := query.Binding{Range: 24 * time.Hour, Step: time.Hour, RateStep: time.Hour}
	bound := query.Bound(of, with)
	if m.said[bound] {
		return
	}
	m.said[bound] = true
	if found, err := query.NewSamples(time.Hour).At(of, time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC), with); err != nil || len(found) > 0 {
		m.report("%s is %v where slojourn was never scraped, error %v", bound, found, err)
	}
	if _, err := parser.NewParser(parser.Options{}).ParseExpr(bound); err != nil {
		m.report("%s: %v", bound, err)
	}
}

var used = regexp.MustCompile(`\$(\w+)|\$\{(\w+)`)

// variables checks that those that are used are there, and those that are there are used.
func (m *model) variables(d *Dashboard) {
	names := func(of any) map[string]bool {
		text, err := json.Marshal(of)
		if err != nil {
			panic(err)
		}
		found := map[string]bool{}
		for _, match := range used.FindAllStringSubmatch(string(text), -1) {
			name := match[1] + match[2]
			if strings.HasPrefix(name, "__") || strings.Trim(name, "0123456789") == "" { // built in, or a group of label_replace
				continue
			}
			found[name] = true
		}
		return found
	}
	known, inPanels := map[string]bool{}, names(d.Panels)
	for i, v := range d.Templating.List {
		m.title("variable", v.Label)
		if (i == 0) != (v.Name == "datasource") {
			m.report("variable %d is %s", i, v.Name)
		}
		if known[v.Name] {
			m.report("variable %s is there twice", v.Name)
		}
		known[v.Name] = true
		if !inPanels[v.Name] {
			m.report("no panel uses the variable %s", v.Name)
		}
		if q, is := v.Query.(VariableQuery); is {
			m.choice(v, q)
		}
	}
	for name := range names(d) {
		if !known[name] {
			m.report("variable %s is used and not there", name)
		}
	}
}

// choice checks that the values of a variable are those of the label.
func (m *model) choice(v Variable, q VariableQuery) {
	text, ofSeries := strings.CutPrefix(q.Query, "query_result(")
	if !ofSeries {
		m.expression(q.Of, strings.TrimSuffix(strings.TrimPrefix(q.Query, "label_values("), ", "+q.Label+")"))
		return
	}
	m.expression(q.Of, strings.TrimSuffix(text, ")"))
	pattern := regexp.MustCompile(strings.Trim(v.Regex, "/"))
	const title = `Pay "now", at {1} [2]`
	found := pattern.FindStringSubmatch(`{` + q.Label + `="pay",name="` + title + `"} 1 1795942800000`)
	if found == nil || found[pattern.SubexpIndex("value")] != "pay" || found[pattern.SubexpIndex("text")] != title {
		m.report("of the variable %s %s chooses %q", v.Name, v.Regex, found)
	}
}

func TestModelOfExamples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"retail", "shared-slos", "calendar-month-tokyo", "latency-slices", "alerts-and-exclusions", "mobile-to-backend"} {
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			t.Run(name+" "+string(locale), func(t *testing.T) {
				t.Parallel()
				checkModel(t, example(t, name), Options{Locale: locale})
			})
		}
	}
}

func TestModelOfRandomSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkModel(t, drawSet(t), Options{Locale: rapid.SampledFrom([]slo.Locale{slo.English, slo.Japanese}).Draw(t, "locale"), Datasource: rapid.SampledFrom([]string{"", "prom-1"}).Draw(t, "datasource")})
	})
}

func TestModelOfNothing(t *testing.T) {
	t.Parallel()
	checkModel(t, &slo.Set{}, Options{Locale: slo.English})
}
