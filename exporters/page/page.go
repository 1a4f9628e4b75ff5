package page

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

//go:embed templates
var templates embed.FS

// Backtest writes a document as a page, in English unless the locale says otherwise.
func Backtest(w io.Writer, doc report.Backtest, locale slo.Locale) error {
	b, err := newBuilder(&doc, locale)
	if err != nil {
		return fmt.Errorf("page of a backtest: %w", err)
	}
	t, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		return fmt.Errorf("page of a backtest: %w", err)
	}
	return t.ExecuteTemplate(w, "backtest.html", b.view())
}

// builder makes the page of one document.
type builder struct {
	words
	t       *labels
	doc     *report.Backtest
	compare bool
	last    *report.BacktestRun // the run that the page is about: that after a change
	from    time.Time
	length  time.Duration
	paper   paper
}

func newBuilder(doc *report.Backtest, locale slo.Locale) (*builder, error) {
	if n := len(doc.Runs); n != 1 && n != 2 {
		return nil, fmt.Errorf("the document has %d runs: there has to be one, or those before and after a change", n)
	}
	if len(doc.Runs) == 2 && doc.Comparison == nil {
		return nil, errors.New("the document has two runs and does not compare them: set its Comparison")
	}
	zone := time.UTC
	if doc.TimeZone != "" {
		var err error
		if zone, err = slo.LoadTimeZone(doc.TimeZone); err != nil {
			return nil, err
		}
	}
	return &builder{
		words: words{locale, zone}, t: labelsOf(locale), doc: doc, compare: len(doc.Runs) == 2, last: &doc.Runs[len(doc.Runs)-1],
		from: doc.From, length: max(doc.To.Sub(doc.From), time.Minute),
	}, nil
}

// asItIs is what the set that is there now is called in English, as a run.
const asItIs = "as it is"

// runName is how people know the set of a run.
func (b *builder) runName(n int) string {
	if name := b.doc.Runs[n].Name; name != asItIs {
		return safe(name)
	}
	return b.t.AsItIs
}

// episode returns one of a run by its index; false when there is none.
func episode(run *report.BacktestRun, i int) (*backtest.Episode, bool) {
	if i < 0 || i >= len(run.Episodes) {
		return nil, false
	}
	return &run.Episodes[i], true
}
