package newrelic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// keyVersion names the form that keys are made of. What a version gives for an
// SLI never changes, since measured minutes are kept under it.
const keyVersion = "v1"

// Key names the indicator of an SLI. SLIs with equal keys count the same
// events: blanks, comments, the case of keywords, the order of event types and
// of AND, and the name of the source make no difference. An SLI whose NRQL
// cannot be parsed has the key "".
func Key(source *slo.Source, sli slo.SLI) slo.IndicatorID {
	k := keyed{parts: []any{keyVersion, string(sli.Form())}}
	account := int64(0)
	if source != nil {
		account = source.NewRelic.AccountID
	}
	k.add(strconv.FormatInt(account, 10), slices.Compact(slices.Sorted(slices.Values(sli.EventTypes()))))
	k.condition(sli.Where)
	switch sli.Form() {
	case slo.FormEvents:
		k.choice(sli.Good, sli.Bad, k.condition)
		count := "count(*)"
		if sli.Weighted() {
			count = k.expression(sli.Count)
		}
		k.add(count)
	case slo.FormQueries:
		k.query(sli.Queries.Total)
		k.choice(sli.Queries.Good, sli.Queries.Bad, k.query)
	case slo.FormSlices:
		k.add(sli.Slice.Every.Value.String(), k.expression(sli.Slice.Value), string(sli.Slice.Empty))
		k.condition(sli.Slice.Good)
	}
	if k.broken {
		return ""
	}
	data, err := json.Marshal(k.parts)
	if err != nil { // texts and lists of texts are always JSON
		return ""
	}
	sum := sha256.Sum256(data)
	return slo.IndicatorID(hex.EncodeToString(sum[:]))
}

// keyed collects the parts of a key.
type keyed struct {
	parts  []any
	broken bool
}

func (k *keyed) add(parts ...any) { k.parts = append(k.parts, parts...) }

func (k *keyed) choice(good, bad diag.Text, add func(diag.Text)) {
	if good.Len() > 0 {
		k.add("good")
		add(good)
		return
	}
	k.add("bad")
	add(bad)
}

func (k *keyed) condition(text diag.Text) {
	if text.Len() == 0 {
		k.add([]string{})
		return
	}
	x, findings := nrql.ParseCondition(text)
	k.broken = k.broken || findings.Failed()
	k.add(nrql.NormalCondition(x))
}

func (k *keyed) query(text diag.Text) {
	q, findings := nrql.ParseQuery(text)
	if k.broken = k.broken || findings.Failed(); !k.broken {
		k.add(nrql.NormalQuery(q))
	}
}

// expression returns the normal form of what stands behind SELECT.
func (k *keyed) expression(text diag.Text) string {
	q, findings := nrql.ParseQuery(text.Within("SELECT ", " FROM T"))
	if k.broken = k.broken || findings.Failed(); k.broken {
		return ""
	}
	return nrql.NormalQuery(q)
}
