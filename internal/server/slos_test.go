package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
)

// document is what a client reads of the answers of the API.
type document struct {
	Schema string                `json:"schema"`
	At     string                `json:"at"`
	SLOs   []struct{ ID string } `json:"slos"`
	Errors []struct {
		ID, Message, Parameter, Value string
		Allowed                       []string
	} `json:"errors"`
	Notices []struct{ ID string } `json:"notices"`
}

func read(t *testing.T, a answer) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return d
}

// TestSLOs is the document of eval, to the byte.
func TestSLOs(t *testing.T) {
	t.Parallel()
	var want bytes.Buffer
	if err := report.JSON(&want, fixture(t)); err != nil {
		t.Fatal(err)
	}
	url, _ := served(t, Options{})
	for _, query := range []string{"", "?", "?id=*", "?kind=journey&kind=step&kind=slo"} {
		got := ask(t, http.MethodGet, url+"/api/v1/slos"+query, nil)
		if diff := cmp.Diff(want.String(), got.body); diff != "" || got.status != http.StatusOK {
			t.Errorf("%s: status %d (-want +got):\n%s", query, got.status, diff)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := fixture(t)
	s.Failures = append(s.Failures, burnrate.Failure{ID: "returns", Message: "cannot be computed"}) // and has no state
	url, _ := served(t, Options{Engine: shows(s)})
	for _, test := range []struct{ query, slos, errors, notices string }{
		{"owner=shop", "checkout checkout/basket mail", "returns", "mail"},
		{"owner=shop&owner=identity", "checkout checkout/basket login login/password login/token mail", "login/token returns", "mail"},
		{"owner=nobody", "", "returns", ""},
		{"kind=journey", "checkout login", "returns", ""},
		{"kind=slo&kind=step", "checkout/basket checkout/pay login/password login/token mail receipts", "login/token returns", "mail receipts"},
		{"id=checkout", "checkout", "", ""},
		{"id=checkout/*", "checkout/basket checkout/pay", "", ""},
		{"id=checkout&id=checkout/*", "checkout checkout/basket checkout/pay", "", ""},
		{"id=*o*t*", "checkout checkout/basket checkout/pay login/token", "login/token", ""},
		{"id=%2Apa%2A", "checkout/pay login/password", "", ""},
		{"id=returns", "", "returns", ""},
		{"id=return", "", "", ""},
		{"budget=spent", "checkout checkout/pay", "returns", ""},
		{"budget=at-risk", "mail", "returns", "mail"},
		{"budget=unknown", "checkout/basket login/token", "login/token returns", ""},
		{"budget=healthy", "checkout/basket login login/password", "returns", ""},
		{"budget=healthy&budget=at-risk", "checkout/basket login login/password mail", "returns", "mail"},
		{"budget=spent&kind=step", "checkout/pay", "returns", ""},
		{"budget=spent&kind=step&owner=shop", "", "returns", ""},
		{"owner=payments&id=*receipts*", "receipts", "", "receipts"},
		{"owner=shop&owner=shop", "checkout checkout/basket mail", "returns", "mail"},
	} {
		got := ask(t, http.MethodGet, url+"/api/v1/slos?"+test.query, nil)
		d := read(t, got)
		slos, errors, notices := idsOf(d.SLOs), idsOf(d.Errors), idsOf(d.Notices)
		if got.status != 200 || d.Schema != report.Schema || slos != test.slos || errors != test.errors || notices != test.notices {
			t.Errorf("%s: status %d, %s\ngot  %q, errors %q, notices %q\nwant %q, errors %q, notices %q",
				test.query, got.status, d.Schema, slos, errors, notices, test.slos, test.errors, test.notices)
		}
		if strings.Contains(got.body, "null,\n  \"errors\"") || d.SLOs == nil || d.Errors == nil || d.Notices == nil {
			t.Errorf("%s: null in the place of a list", test.query)
		}
	}
}

// idsOf lists the ids of records of any kind.
func idsOf(records any) string {
	var list []string
	for i := range reflect.ValueOf(records).Len() {
		list = append(list, reflect.ValueOf(records).Index(i).FieldByName("ID").String())
	}
	return strings.Join(list, " ")
}

// TestFiltersKeepRecordsWhole takes an SLO with all of its objectives,
// whichever of them it was chosen by.
func TestFiltersKeepRecordsWhole(t *testing.T) {
	t.Parallel()
	s := fixture(t)
	before := fixture(t)
	f, problems := parseFilter("budget=unknown&id=checkout/basket")
	part := f.apply(s)
	if len(problems) > 0 || len(part.Statuses) != 1 || len(part.Statuses[0].Objectives) != 2 || part.At != s.At {
		t.Errorf("got %v, %+v", problems, part)
	}
	if !reflect.DeepEqual(s, before) {
		t.Error("the snapshot was changed")
	}
}

func TestRefusedQueries(t *testing.T) {
	t.Parallel()
	url, _ := served(t, Options{})
	type finding struct{ parameter, value, message, allowed string }
	kinds, budgets, parameters := "journey step slo", "healthy at-risk spent unknown", "budget id kind owner"
	for _, test := range []struct {
		query string
		want  []finding
	}{
		{"kind=jorney", []finding{{"kind", "jorney", `kind has no value "jorney"; did you mean journey?`, kinds}}},
		{"kind=", []finding{{"kind", "", `kind has no value ""; use journey, step or slo`, kinds}}},
		{"kind", []finding{{"kind", "", `kind has no value ""; use journey, step or slo`, kinds}}},
		{"kind=journey,step", []finding{{"kind", "journey,step", `kind has no value "journey,step"; use journey, step or slo`, kinds}}},
		{"budget=Spent", []finding{{"budget", "Spent", `budget has no value "Spent"; did you mean spent?`, budgets}}},
		{"ower=shop", []finding{{"ower", "", `the parameter "ower" is unknown; did you mean owner?`, parameters}}},
		{"Owner=shop", []finding{{"Owner", "", `the parameter "Owner" is unknown; did you mean owner?`, parameters}}},
		{"=", []finding{{"", "", `the parameter "" is unknown; use budget, id, kind or owner`, parameters}}},
		{"owner=Shop", []finding{{"owner", "Shop", `owner cannot be "Shop"; write the name of a team`, ""}}},
		{"id=", []finding{{"id", "", `id cannot be ""; write an id such as barcode-payment/authorise, with * for any characters`, ""}}},
		{"id=a/b/c", []finding{{"id", "a/b/c", `id cannot be "a/b/c"; write an id such as barcode-payment/authorise, with * for any characters`, ""}}},
		{"id=checkout&kind=x&budget=y&kind=step", []finding{
			{"budget", "y", `budget has no value "y"; use healthy, at-risk, spent or unknown`, budgets},
			{"kind", "x", `kind has no value "x"; use journey, step or slo`, kinds},
		}},
		{"id=%zz", []finding{{"", "", `the query cannot be read: invalid URL escape "%zz"`, ""}}},
		{"id=a;owner=b", []finding{{"", "", "the query cannot be read: invalid semicolon separator in query", ""}}},
		{"id=" + strings.Repeat("a", 300), []finding{{"id", strings.Repeat("a", 80) + "…", `id cannot be "` + strings.Repeat("a", 80) + `…"; write an id such as barcode-payment/authorise, with * for any characters`, ""}}},
		{strings.Repeat("id=a&", 101), []finding{{"", "", "the query has more than 100 values; name more at once with *", ""}}},
		{"kind=NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA", []finding{{"kind", "NRAK-…", `kind has no value "NRAK-…"; use journey, step or slo`, kinds}}},
		{"kind=%3Cscript%3E%1b%00", []finding{{"kind", "<script>��", `kind has no value "<script>��"; use journey, step or slo`, kinds}}},
	} {
		got := ask(t, http.MethodGet, url+"/api/v1/slos?"+test.query, nil)
		d := read(t, got)
		var findings []finding
		for _, e := range d.Errors {
			findings = append(findings, finding{e.Parameter, e.Value, e.Message, strings.Join(e.Allowed, " ")})
		}
		if diff := cmp.Diff(test.want, findings, cmp.AllowUnexported(finding{})); diff != "" || got.status != 400 || d.Schema != "slojourn.error/v1" {
			t.Errorf("%s: status %d, %s (-want +got):\n%s", test.query, got.status, d.Schema, diff)
		}
		protected(t, got)
	}
}

// TestHostileStates sends texts that are no fault of a reader as data.
func TestHostileStates(t *testing.T) {
	t.Parallel()
	hostile := "</script><b>\x1b[2J\u202e\"\\\n\xff NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA"
	s := fixture(t)
	s.Statuses = slices.Clone(s.Statuses)
	s.Statuses[0].ID, s.Statuses[0].Owner, s.Statuses[0].Title = hostile, hostile, hostile
	s.Failures = []burnrate.Failure{{ID: hostile, Message: hostile}}
	address, _ := served(t, Options{Engine: shows(s)})
	got := ask(t, http.MethodGet, address+"/api/v1/slos", nil)
	d := read(t, got)
	if d.SLOs[0].ID != strings.ToValidUTF8(hostile, "�") {
		t.Errorf("got the id %q", d.SLOs[0].ID)
	}
	if strings.Contains(d.Errors[0].Message, "NRAK-A") {
		t.Errorf("got the message %q", d.Errors[0].Message)
	}
	if strings.ContainsAny(got.body, "\x1b\u202e") || !utf8.ValidString(got.body) {
		t.Error("the document would change how a terminal looks")
	}
	got = ask(t, http.MethodGet, address+"/api/v1/slos?id="+url.QueryEscape(hostile), nil)
	if d := read(t, got); got.status != 400 || strings.ContainsAny(got.body, "\x1b\u202e") || strings.Contains(got.body, "NRAK-A") {
		t.Errorf("got %d, %+v", got.status, d)
	}
}

// FuzzFilter reads any query: either something is said to be wrong with it, or
// all that is taken can be asked for.
func FuzzFilter(f *testing.F) {
	for _, query := range []string{"", "owner=shop&kind=step", "id=checkout/*&budget=spent", "kind=x", "%zz", "a=b;c", "id=*&id=*a*b*", "=&&"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		filter, problems := parseFilter(query)
		if len(problems) == 0 {
			part := filter.apply(burnrate.Snapshot{Statuses: []burnrate.Status{{ID: "checkout"}, {ID: "checkout/pay"}}})
			if len(part.Statuses) > 2 {
				t.Errorf("%d states of 2", len(part.Statuses))
			}
			for name, p := range filter.parameters() {
				for _, value := range *p.values {
					if problem, wrong := p.check(name, value); wrong {
						t.Errorf("%q was taken: %+v", value, problem)
					}
				}
			}
			return
		}
		for _, p := range problems {
			if p.Message == "" || len(p.Message) > 2000 || !utf8.ValidString(p.Message) || strings.ContainsAny(p.Message+p.Value+p.Parameter, "\x00\x1b\n\u202e") {
				t.Errorf("%q: %s", query, fmt.Sprintf("%+v", p))
			}
		}
	})
}
