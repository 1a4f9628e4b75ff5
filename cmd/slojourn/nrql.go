package main

import (
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func newNRQL(env environment) *cobra.Command {
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "nrql FILE…",
		Short: "Check NRQL queries without an account",
		Long: `nrql reads one query a line from the given files ("-" is stdin), says what New
Relic would refuse, at its place, and gives advice on the rest: values that can
never be equal, patterns that match less than they seem to, what is not
documented. Empty lines and lines that begin with -- or // are skipped. It opens
no connection and reads no secret.

With -o json it prints, for each query, its canonical text, its tree, what was
found, and whether it can be a service level indicator and why.

Exit code 1 means that New Relic would refuse a query; advice leaves it at 0.`,
		Example: "  slojourn nrql dashboards.nrql\n" +
			"  echo \"SELECT percentage(count(*), WHERE error IS TRUE) FROM Transaction\" | slojourn nrql -o json -",
		Args: cobra.ArbitraryArgs,
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if len(args) == 0 {
			return usage("name a file with one query a line, or - for stdin")
		}
		queries, err := readQueries(env, args)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = printQueries(env.stdout, queries, env.language())
		} else {
			err = printAdvice(env, queries)
		}
		if err != nil {
			return failed(err)
		}
		for _, q := range queries {
			if q.findings.Failed() {
				return &exitError{code: exitFindings}
			}
		}
		return nil
	}
	return cmd
}

// checkedQuery is a line of a file.
type checkedQuery struct {
	file     string
	line     int
	source   string
	query    *nrql.Query // nil when it does not parse
	findings diag.List
}

// readQueries checks every line of all files that holds a query.
func readQueries(env environment, files []string) ([]checkedQuery, error) {
	var queries []checkedQuery
	for _, file := range files {
		data, name, err := readInput(env, file)
		if err != nil {
			return nil, usage("%s: %v", file, err)
		}
		before := len(queries)
		line := 0
		for text := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
			line++
			text = strings.TrimRight(text, "\r\n")
			trimmed := strings.TrimSpace(text)
			if trimmed == "" || strings.HasPrefix(trimmed, "--") || strings.HasPrefix(trimmed, "//") {
				continue
			}
			queries = append(queries, checkQuery(name, line, text))
		}
		if len(queries) == before {
			return nil, usage("%s: holds no query", file)
		}
	}
	return queries, nil
}

func readInput(env environment, file string) (data []byte, name string, err error) {
	if file == "-" {
		data, err = io.ReadAll(env.stdin)
		return data, "<stdin>", err
	}
	data, err = os.ReadFile(file)
	return data, file, err
}

func checkQuery(file string, line int, source string) checkedQuery {
	text := diag.PlainText(source, file, diag.Position{Line: line, Column: 1})
	q := checkedQuery{file: file, line: line, source: source}
	q.query, q.findings = nrql.ParseQuery(text)
	q.findings.Add(nrql.AdviseQuery(text, q.query)...)
	q.findings.Sort()
	return q
}

func printAdvice(env environment, queries []checkedQuery) error {
	lines := map[string]map[int]string{}
	var all diag.List
	for _, q := range queries {
		if lines[q.file] == nil {
			lines[q.file] = map[int]string{}
		}
		lines[q.file][q.line] = q.source
		all.Add(q.findings...)
	}
	return render.Text(env.stdout, all, render.Options{
		Lines: func(file string, line int) (string, bool) {
			text, found := lines[file][line]
			return text, found
		},
		Color: term.Color(env.stdout, env.getenv), Language: env.language(),
	})
}

// The JSON document of nrql.
type (
	nrqlDocument struct {
		Schema  string      `json:"schema"`
		Queries []nrqlQuery `json:"queries"`
	}

	nrqlQuery struct {
		File      string           `json:"file"`
		Line      int              `json:"line"`
		Query     string           `json:"query"`
		Valid     bool             `json:"valid"`
		Canonical *string          `json:"canonical"` // null when it is not valid, like what follows
		AST       *nrql.Query      `json:"ast"`
		SLI       *nrqlJudgement   `json:"sli"`
		Findings  []render.Finding `json:"findings"`
	}

	nrqlJudgement struct {
		Possible bool       `json:"possible"`
		Form     *nrql.Form `json:"form"` // null when it is not possible
		Why      []string   `json:"why"`
		Leave    []string   `json:"leave"` // clauses that the engine adds itself
		Instead  *nrqlPart  `json:"instead"`
	}

	// nrqlPart is the SLI that measures what a percentage shows.
	nrqlPart struct {
		From      string `json:"from"`
		Where     string `json:"where"`
		Condition string `json:"condition"` // good or bad, whichever the percentage is of
	}
)

func printQueries(w io.Writer, queries []checkedQuery, l diag.Language) error {
	document := nrqlDocument{Schema: "slojourn.nrql/v1", Queries: []nrqlQuery{}}
	for _, q := range queries {
		entry := nrqlQuery{
			File: q.file, Line: q.line, Query: q.source, Valid: q.query != nil, AST: q.query,
			Findings: render.Findings(q.findings, l),
		}
		if q.query != nil {
			canonical := q.query.String()
			entry.Canonical, entry.SLI = &canonical, judged(q.query, l)
		}
		document.Queries = append(document.Queries, entry)
	}
	var buffer bytes.Buffer
	if err := render.Encode(&buffer, document); err != nil {
		return err
	}
	// A key in a query is spelt in JSON as it is spelt there.
	_, err := io.WriteString(w, render.Mask(buffer.String()))
	return err
}

func judged(q *nrql.Query, l diag.Language) *nrqlJudgement {
	found := nrql.Judge(q)
	j := &nrqlJudgement{Possible: found.Form != "", Why: []string{}, Leave: append([]string{}, found.Leave...)}
	for _, why := range found.Why {
		j.Why = append(j.Why, why.In(l))
	}
	if j.Possible {
		j.Form = &found.Form
	}
	if part := found.Part; part != nil {
		j.Instead = &nrqlPart{From: strings.Join(part.From, ", "), Condition: nrql.Print(part.Condition)}
		if part.Where != nil {
			j.Instead.Where = nrql.Print(part.Where)
		}
	}
	return j
}
