package lineage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// setOf reads a set: SLOs, steps and measured journeys, each as "id indicator",
// behind which may stand "restart: why" and "was: former, names". An indicator
// in capitals counts every event as one, others weigh them. A journey without
// an indicator is a composed one.
func setOf(t *testing.T, lines ...string) *slo.Set {
	t.Helper()
	set := &slo.Set{}
	journeys := map[string]*slo.Journey{}
	for _, line := range lines {
		parts := strings.Split(line, "; ")
		id, indicator, _ := strings.Cut(parts[0], " ")
		about, history := slo.About{}, slo.History{Mode: slo.Splice}
		for _, part := range parts[1:] {
			switch what, text, _ := strings.Cut(part, ": "); what {
			case "was":
				about.RenamedFrom = strings.Split(text, ", ")
			case "restart":
				history = slo.History{Mode: slo.Restart, Reason: text}
			default:
				t.Fatalf("what is %q of %q?", part, line)
			}
		}
		sli := slo.SLI{}
		if indicator != strings.ToUpper(indicator) {
			sli.Count = diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
		}
		s := &slo.SLO{ID: id, Kind: slo.KindSLO, About: about, SLI: sli, Indicator: slo.IndicatorID(indicator), History: history}
		journey, step, isStep := strings.Cut(id, "/")
		switch {
		case isStep:
			s.Kind = slo.KindStep
			if journeys[journey] == nil {
				t.Fatalf("%q stands before its journey", id)
			}
			journeys[journey].Steps = append(journeys[journey].Steps, slo.Step{Name: step, SLO: s})
		case indicator == "":
			journeys[id] = &slo.Journey{ID: id, About: about, Compose: slo.Series}
			continue
		}
		set.SLOs = append(set.SLOs, s)
	}
	for _, id := range slices.Sorted(maps.Keys(journeys)) {
		set.Journeys = append(set.Journeys, journeys[id])
	}
	return set
}

// keeper keeps entries as a ledger does.
type keeper map[[2]string]string

func (k keeper) put(entries []burnrate.Entry) {
	for _, e := range entries {
		if key := [2]string{e.Kind, e.Key}; e.Value == nil {
			delete(k, key)
		} else {
			k[key] = string(e.Value)
		}
	}
}

func (k keeper) kept() burnrate.Kept {
	var kept burnrate.Kept
	for _, key := range slices.SortedFunc(maps.Keys(k), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		kept.Entries = append(kept.Entries, burnrate.Entry{Kind: key[0], Key: key[1], Value: []byte(k[key])})
	}
	return kept
}

// adopt adopts a set, and then again: that must change nothing.
func (k keeper) adopt(t *testing.T, set *slo.Set, at slo.Minute, kinds ...string) []Change {
	t.Helper()
	entries, changes, err := Adopt(k.kept(), set, Always(at), kinds...)
	if err != nil {
		t.Fatal(err)
	}
	k.put(entries)
	for _, later := range []slo.Minute{at, at + 1} {
		if entries, again, err := Adopt(k.kept(), set, Always(later), kinds...); err != nil || len(entries)+len(again) > 0 {
			t.Errorf("the same set at minute %d: %v, %v, %v", later, entries, again, err)
		}
	}
	return changes
}

// described writes lineages for people: their definitions with the minutes that
// they end at, seams that restart, and what is left out in brackets.
func (k keeper) described(t *testing.T) []string {
	t.Helper()
	lineages, err := All(k.kept())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, id := range slices.Sorted(maps.Keys(lineages)) {
		l := lineages[id]
		text := id + ":"
		for _, s := range l.Past {
			form := " %s %d"
			if s.Until <= l.opened() {
				form = " (%s %d)"
			}
			text += fmt.Sprintf(form, s.Indicator, s.Until)
		}
		text += " " + string(l.Present.Indicator)
		for _, r := range l.Restarts {
			text += fmt.Sprintf(", restart %d %s", r.At, r.Reason)
		}
		if l.Removed != 0 {
			text += fmt.Sprintf(", removed %d", l.Removed)
		}
		all = append(all, text)
	}
	return all
}

func (c Change) describe() string {
	text := fmt.Sprintf("%s %s", c.ID, c.Kind)
	if c.From != "" {
		text += " from " + c.From
	}
	if c.At != 0 {
		text += fmt.Sprintf(" at %d", c.At)
	}
	if c.Reason != "" {
		text += ": " + c.Reason
	}
	return text
}

// adopted is a set that is adopted, and what has become of everything then.
type adopted struct {
	at       slo.Minute
	set      []string
	changes  []string
	lineages []string
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		steps []adopted
	}{
		{"new ones", []adopted{{
			10,
			[]string{"pay A", "shop", "shop/find B"},
			[]string{"pay added", "shop/find added"},
			[]string{"pay: A", "shop/find: B"},
		}}},
		{"a definition changes", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B"}, []string{"pay spliced at 20"}, []string{"pay: A 20 B"}},
			{30, []string{"pay C; restart: no probes"}, []string{"pay restarted at 30: no probes"}, []string{"pay: (A 20) (B 30) C, restart 30 no probes"}},
			{40, []string{"pay D"}, []string{"pay spliced at 40"}, []string{"pay: (A 20) (B 30) C 40 D, restart 30 no probes"}},
		}},
		{"a restart that is written with the first definition", []adopted{
			{10, []string{"pay A; restart: why"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B; restart: why"}, []string{"pay restarted at 20: why"}, []string{"pay: (A 20) B, restart 20 why"}},
			{30, []string{"pay C; restart: why"}, []string{"pay restarted at 30: why"}, []string{"pay: (A 20) (B 30) C, restart 20 why, restart 30 why"}},
		}},
		{"a restart that is written later, put in other words, and taken out", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B"}, []string{"pay spliced at 20"}, []string{"pay: A 20 B"}},
			{30, []string{"pay B; restart: no probes"}, []string{"pay restarted at 20: no probes"}, []string{"pay: (A 20) B, restart 20 no probes"}},
			{40, []string{"pay B; restart: fewer probes"}, nil, []string{"pay: (A 20) B, restart 20 fewer probes"}},
			{50, []string{"pay B"}, nil, []string{"pay: (A 20) B, restart 20 fewer probes"}},
		}},
		{"back to the definition before", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B"}, []string{"pay spliced at 20"}, []string{"pay: A 20 B"}},
			{30, []string{"pay A"}, []string{"pay spliced at 30"}, []string{"pay: A 20 B 30 A"}},
			{40, []string{"pay B"}, []string{"pay spliced at 40"}, []string{"pay: A 20 B 30 A 40 B"}},
		}},
		{"back to the definition before a restart", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B; restart: why"}, []string{"pay restarted at 20: why"}, []string{"pay: (A 20) B, restart 20 why"}},
			{30, []string{"pay A"}, []string{"pay spliced at 30"}, []string{"pay: A 20 B 30 A, restart 20 why"}},
			{40, []string{"pay B"}, []string{"pay spliced at 40"}, []string{"pay: A 20 B 30 A 40 B, restart 20 why"}},
			{50, []string{"pay C"}, []string{"pay spliced at 50"}, []string{"pay: A 20 B 30 A 40 B 50 C, restart 20 why"}},
		}},
		{"back with a restart", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B"}, []string{"pay spliced at 20"}, []string{"pay: A 20 B"}},
			{30, []string{"pay A; restart: why"}, []string{"pay restarted at 30: why"}, []string{"pay: (A 20) (B 30) A, restart 30 why"}},
			{40, []string{"pay B"}, []string{"pay spliced at 40"}, []string{"pay: A 20 B 30 A 40 B, restart 30 why"}},
			{50, []string{"pay A"}, []string{"pay spliced at 50"}, []string{"pay: A 20 B 30 A 40 B 50 A, restart 30 why"}},
		}},
		{"several definitions within a minute", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B; restart: why"}, []string{"pay restarted at 20: why"}, []string{"pay: (A 20) B, restart 20 why"}},
			{20, []string{"pay C"}, []string{"pay spliced at 20"}, []string{"pay: A 20 C"}},
			{20, []string{"pay A"}, []string{"pay spliced at 20"}, []string{"pay: A"}},
			{20, []string{"pay B; restart: why"}, []string{"pay restarted at 20: why"}, []string{"pay: (A 20) B, restart 20 why"}},
			{20, []string{"pay A; restart: why"}, []string{"pay spliced at 20"}, []string{"pay: A"}},
		}},
		{"the clock was put back", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B"}, []string{"pay spliced at 20"}, []string{"pay: A 20 B"}},
			{15, []string{"pay C"}, []string{"pay spliced at 20"}, []string{"pay: A 20 C"}},
			{30, []string{"pay D"}, []string{"pay spliced at 30"}, []string{"pay: A 20 C 30 D"}},
		}},
		{"removed, and back", []adopted{
			{10, []string{"pay A", "find B", "look C"}, []string{"find added", "look added", "pay added"}, []string{"find: B", "look: C", "pay: A"}},
			{20, []string{"find B"}, []string{"look removed", "pay removed"}, []string{"find: B", "look: C, removed 20", "pay: A, removed 20"}},
			{
				30,
				[]string{"find B", "look D", "pay A"},
				[]string{"look returned", "look spliced at 30", "pay returned"},
				[]string{"find: B", "look: C 30 D", "pay: A"},
			},
		}},
		{"a journey is not measured any more", []adopted{
			{10, []string{"shop A"}, []string{"shop added"}, []string{"shop: A"}},
			{20, []string{"shop", "shop/pay B"}, []string{"shop removed", "shop/pay added"}, []string{"shop: A, removed 20", "shop/pay: B"}},
		}},
		{"renamed", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay B; restart: why"}, []string{"pay restarted at 20: why"}, []string{"pay: (A 20) B, restart 20 why"}},
			{30, []string{"charge B; was: pay"}, []string{"charge renamed from pay"}, []string{"charge: (A 20) B, restart 20 why"}},
			{40, []string{"charge B"}, nil, []string{"charge: (A 20) B, restart 20 why"}},
			{50, []string{"pay C; was: charge"}, []string{"pay renamed from charge", "pay spliced at 50"}, []string{"pay: (A 20) B 50 C, restart 20 why"}},
		}},
		{"renamed without a word", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"charge A"}, []string{"charge added", "pay removed"}, []string{"charge: A", "pay: A, removed 20"}},
			{30, []string{"charge A; was: pay"}, nil, []string{"charge: A", "pay: A, removed 20"}},
		}},
		{"renamed and redefined at once", []adopted{
			{10, []string{"pay A", "find B"}, []string{"find added", "pay added"}, []string{"find: B", "pay: A"}},
			{
				20,
				[]string{"charge C; was: pay", "look D; was: find; restart: why"},
				[]string{"charge renamed from pay", "charge spliced at 20", "look renamed from find", "look restarted at 20: why"},
				[]string{"charge: A 20 C", "look: (B 20) D, restart 20 why"},
			},
		}},
		{"a journey is renamed with its steps", []adopted{
			{
				10,
				[]string{"shop", "shop/find A", "shop/pay B", "shop/leave C"},
				[]string{"shop/find added", "shop/leave added", "shop/pay added"},
				[]string{"shop/find: A", "shop/leave: C", "shop/pay: B"},
			},
			{
				20,
				[]string{"buy; was: shop", "buy/find A", "buy/pay D", "buy/wait E"},
				[]string{"buy/find renamed from shop/find", "buy/pay renamed from shop/pay", "buy/pay spliced at 20", "buy/wait added", "shop/leave removed"},
				[]string{"buy/find: A", "buy/pay: B 20 D", "buy/wait: E", "shop/leave: C, removed 20"},
			},
		}},
		{"a name that was removed is given to another one", []adopted{
			{10, []string{"pay A", "charge B"}, []string{"charge added", "pay added"}, []string{"charge: B", "pay: A"}},
			{20, []string{"charge B"}, []string{"pay removed"}, []string{"charge: B", "pay: A, removed 20"}},
			{30, []string{"pay B; was: charge"}, []string{"pay renamed from charge"}, []string{"pay: B"}},
		}},
		{"of several former names the last one counts", []adopted{
			{10, []string{"one A", "two B", "three C"}, []string{"one added", "three added", "two added"}, []string{"one: A", "three: C", "two: B"}},
			{20, []string{"two B", "three C"}, []string{"one removed"}, []string{"one: A, removed 20", "three: C", "two: B"}},
			{30, []string{"three C"}, []string{"two removed"}, []string{"one: A, removed 20", "three: C", "two: B, removed 30"}},
			{
				40,
				[]string{"four C; was: one, three, two", "five D; was: one, two"},
				[]string{"five renamed from two", "five returned", "five spliced at 40", "four renamed from three"},
				[]string{"five: B 40 D", "four: C", "one: A, removed 20"},
			},
		}},
		{"two swap their names", []adopted{
			{10, []string{"one A", "two B"}, []string{"one added", "two added"}, []string{"one: A", "two: B"}},
			{20, []string{"one B", "two A"}, []string{"one spliced at 20", "two spliced at 20"}, []string{"one: A 20 B", "two: B 20 A"}},
			{30, []string{"one A; was: two", "two B; was: one"}, []string{"one spliced at 30", "two spliced at 30"}, []string{"one: A 20 B 30 A", "two: B 20 A 30 B"}},
		}},
		{"two swap their names by a third one", []adopted{
			{10, []string{"one A", "two B"}, []string{"one added", "two added"}, []string{"one: A", "two: B"}},
			{20, []string{"three A; was: one", "two B"}, []string{"three renamed from one"}, []string{"three: A", "two: B"}},
			{30, []string{"three A", "one B; was: two"}, []string{"one renamed from two"}, []string{"one: B", "three: A"}},
			{40, []string{"two A; was: three", "one B"}, []string{"two renamed from three"}, []string{"one: B", "two: A"}},
		}},
		{"a former name that something still has", []adopted{
			{10, []string{"one A", "shop", "shop/pay B"}, []string{"one added", "shop/pay added"}, []string{"one: A", "shop/pay: B"}},
			{
				20,
				[]string{"one A", "two C; was: one", "shop", "shop/pay B", "visit; was: shop", "visit/pay B"},
				[]string{"two added", "visit/pay added"},
				[]string{"one: A", "shop/pay: B", "two: C", "visit/pay: B"},
			},
			{
				30,
				[]string{"one A", "two C", "shop", "visit", "visit/pay B", "tour; was: shop", "tour/pay B"},
				[]string{"shop/pay removed", "tour/pay added"},
				[]string{"one: A", "shop/pay: B, removed 30", "tour/pay: B", "two: C", "visit/pay: B"},
			},
		}},
		{"one that cannot be measured", []adopted{
			{10, []string{"pay A"}, []string{"pay added"}, []string{"pay: A"}},
			{20, []string{"pay ?"}, nil, []string{"pay: A"}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := keeper{}
			for i, s := range test.steps {
				set := setOf(t, s.set...)
				for _, m := range set.SLOs {
					if m.Indicator == "?" {
						m.Indicator = ""
					}
				}
				var changes []string
				for _, c := range k.adopt(t, set, s.at) {
					changes = append(changes, c.describe())
				}
				if diff := cmp.Diff(s.changes, changes); diff != "" {
					t.Errorf("step %d, changes (-want +got):\n%s", i, diff)
				}
				if diff := cmp.Diff(s.lineages, k.described(t)); diff != "" {
					t.Errorf("step %d, lineages (-want +got):\n%s", i, diff)
				}
			}
		})
	}
}

// TestAdoptMoves moves the entries of an id, and no others.
// TestForget drops what ended before a minute, and not what ended later.
func TestForget(t *testing.T) {
	t.Parallel()
	kept := keeper{}
	kept.adopt(t, setOf(t, "pay A", "search C"), 100)
	kept.adopt(t, setOf(t, "pay B", "search C"), 200)
	kept.adopt(t, setOf(t, "pay B; restart: another service"), 300)
	kept.put([]burnrate.Entry{{Kind: Kind, Key: "unread", Value: []byte(`{"version":9}`)}, {Kind: "alert", Key: "search", Value: []byte("firing")}})
	forget := func(before slo.Minute) int {
		t.Helper()
		entries, err := Forget(kept.kept(), before)
		if err != nil {
			t.Fatal(err)
		}
		kept.put(entries)
		return len(entries)
	}
	if n := forget(199); n != 0 {
		t.Errorf("%d entries a minute before", n)
	}
	if n := forget(200); n != 1 {
		t.Errorf("%d entries when a definition is forgotten", n)
	}
	if n := forget(300); n != 1 || kept[[2]string{Kind, "search"}] != "" {
		t.Errorf("%d entries when an SLO is forgotten", n)
	}
	delete(kept, [2]string{Kind, "unread"})
	if got := kept.described(t); !slices.Equal(got, []string{"pay: B"}) {
		t.Errorf("%q", got)
	}
}

// TestClockAhead adopts a set while the clock is years ahead, and again when it
// is right: the seam is where the clock was put right, and not in years.
func TestClockAhead(t *testing.T) {
	t.Parallel()
	kept := keeper{}
	kept.adopt(t, setOf(t, "pay A"), 100)
	adopt := func(at slo.Minute, lines ...string) {
		t.Helper()
		entries, _, err := Adopt(kept.kept(), setOf(t, lines...), Always(at))
		if err != nil {
			t.Fatal(err)
		}
		kept.put(entries)
	}
	adopt(5_000_000, "pay B")
	adopt(5_000_100, "pay C; restart: another service")
	adopt(1000, "pay C; restart: another service")
	if got := kept.described(t); !slices.Equal(got, []string{"pay: (A 1000) (B 1000) C, restart 1000 another service"}) {
		t.Errorf("%q", got)
	}
	// A little ahead is no mistake.
	adopt(2000, "pay D")
	adopt(1500, "pay D")
	if got := kept.described(t); !slices.Equal(got, []string{"pay: (A 1000) (B 1000) C 2000 D, restart 1000 another service"}) {
		t.Errorf("%q", got)
	}
}

// TestForgetWhatCameBack keeps a definition that came back after a restart, as it
// says that what lies between counts.
func TestForgetWhatCameBack(t *testing.T) {
	t.Parallel()
	l := Lineage{ID: "pay", Present: Definition{"A", 1}}
	l.redefine(Definition{"B", 1}, 10)
	l.restart("why")
	l.redefine(Definition{"C", 1}, 20)
	l.restart("why")
	l.redefine(Definition{"A", 1}, 30)
	want := l.Stretches()
	if l.forgetBefore(15); !slices.Equal(l.Stretches(), want) {
		t.Errorf("%v, before %v", l.Stretches(), want)
	}
}

// TestForgettingChangesNothing has any definitions one after another, and
// forgets the first ones: of later minutes everything is as it was.
func TestForgettingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		definition := rapid.SampledFrom([]Definition{{"A", 1}, {"B", 1}, {"C", 1}, {"D", slo.Thousandths}})
		l := Lineage{ID: "pay", Present: definition.Draw(t, "first")}
		at := slo.Minute(0)
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			at += slo.Minute(rapid.IntRange(1, 3).Draw(t, "later"))
			if now := definition.Draw(t, "definition"); now != l.Present {
				l.redefine(now, at)
			}
			if rapid.Bool().Draw(t, "restart") {
				l.restart("why")
			}
		}
		m := slo.Minute(rapid.IntRange(0, int(at)+2).Draw(t, "forgotten"))
		later := slo.Span{Start: m, End: lastMinute}
		of := func(l Lineage) (list []Stretch) {
			for _, s := range l.Stretches() {
				if s.Span = s.Intersect(later); s.Len() > 0 {
					list = append(list, s)
				}
			}
			return list
		}
		want, seams := of(l), l.Seams(later)
		l.forgetBefore(m)
		if !l.sound() || !slices.Equal(of(l), want) || !slices.Equal(l.Seams(later), seams) {
			t.Fatalf("from %d on there are %v with seams %v, were %v with %v: %+v", m, of(l), l.Seams(later), want, seams, l)
		}
	})
}

func TestAdoptMoves(t *testing.T) {
	t.Parallel()
	k := keeper{}
	k.adopt(t, setOf(t, "pay A", "shop", "shop/find B", "mail C"), 10)
	for _, key := range []string{"pay", "pay 28d burn page", "pay/x", "pay-later 28d", "payer", "shop 28d", "shop/find 28d", "shop/gone", "mail 28d"} {
		k[[2]string{"alert", key}] = key
		k[[2]string{"outbox", key}] = key
	}
	k[[2]string{"alert", "charge 28d burn page"}] = "was there"
	k.adopt(t, setOf(t, "charge D; was: older, pay", "second E; was: pay", "buy; was: shop", "buy/find B", "mail C"), 20, "alert", "none", Kind)
	if diff := cmp.Diff([]string{"buy/find: B", "charge: A 20 D", "mail: C", "second: E"}, k.described(t)); diff != "" {
		t.Errorf("lineages (-want +got):\n%s", diff)
	}
	want := map[string]string{
		"charge": "pay", "charge/x": "pay/x", "charge 28d burn page": "was there", "pay 28d burn page": "pay 28d burn page",
		"pay-later 28d": "pay-later 28d", "payer": "payer",
		"buy 28d": "shop 28d", "buy/find 28d": "shop/find 28d", "buy/gone": "shop/gone", "mail 28d": "mail 28d",
	}
	got := map[string]string{}
	for key, value := range k {
		switch {
		case key[0] == "alert":
			got[key[1]] = value
		case key[0] == "outbox" && value != key[1]:
			t.Errorf("%v was moved, which is of another kind", key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// TestLineageOfOtherPrograms refuses what it would lose or misread.
func TestLineageOfOtherPrograms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ value, want string }{
		{`{"version":2,"present":{"indicator":"A","unit":1},"future":true}`, `the lineage of "pay" has form 2`},
		{`{"version":1,"present":{"indicator":"A","unit":1},"future":true}`, `unknown field "future"`},
		{`{"version":1,"present":{"indicator":"","unit":1}}`, "is not one that was written"},
		{`{"version":1,"present":{"indicator":"A","unit":7}}`, "is not one that was written"},
		{`{"present":{"indicator":"A","unit":1}}`, "is not one that was written"},
		{`{"version":1,"present":{"indicator":"A","unit":1},"past":[{"indicator":"B","unit":1,"until":9},{"indicator":"C","unit":1,"until":8}]}`, "is not one that was written"},
		{`{"version":1,`, "cannot be read"},
		{``, "cannot be read"},
	} {
		kept := burnrate.Kept{Entries: []burnrate.Entry{{Kind: Kind, Key: "pay", Value: []byte(test.value)}}}
		entries, changes, err := Adopt(kept, setOf(t, "pay A"), Always(10))
		if err == nil || !strings.Contains(err.Error(), test.want) || len(entries)+len(changes) > 0 {
			t.Errorf("%s: got %v, %v and error %v, want one with %q", test.value, entries, changes, err, test.want)
		}
	}
}

// TestSeams asks for those within a window.
func TestSeams(t *testing.T) {
	t.Parallel()
	k := keeper{}
	for i, set := range []string{"pay A", "pay B; restart: x", "pay C", "pay D"} { // seams at 20, 30 and 40
		k.adopt(t, setOf(t, set), slo.Minute(10*i+10))
	}
	lineages, err := All(k.kept())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		start, end slo.Minute
		want       []slo.Minute
	}{
		{0, 100, []slo.Minute{20, 30, 40}},
		{20, 40, []slo.Minute{30}}, // it begins with a seam, and ends before one
		{19, 41, []slo.Minute{20, 30, 40}},
		{30, 30, nil},
		{40, 100, nil},
		{0, 20, nil},
	} {
		if diff := cmp.Diff(test.want, lineages["pay"].Seams(slo.Span{Start: test.start, End: test.end})); diff != "" {
			t.Errorf("seams from %d to %d (-want +got):\n%s", test.start, test.end, diff)
		}
	}
	k.adopt(t, setOf(t, "pay E; restart: y"), 50)
	if lineages, err = All(k.kept()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]slo.Minute{50}, lineages["pay"].Seams(slo.Span{Start: 0, End: 100})); diff != "" {
		t.Errorf("seams after a restart (-want +got):\n%s", diff)
	}
}
