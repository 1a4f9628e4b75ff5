package simulator

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// defaultTimeout is how long a query may take unless it says otherwise.
const defaultTimeout = 5 * time.Second

// exchange is one request on the way to its answer.
type exchange struct {
	simulator *Simulator
	ctx       context.Context
	key       Key
	now       time.Time // of the server; all queries of the request share it
	document  *document
	variables map[string]any
	questions []*question
	polls     int // for queries that go on

	// What faults make of it.
	instead      *reply        // the answer, whatever was asked
	later        time.Duration // than the latency
	truncated    bool
	reset        bool
	accountNull  bool
	accountError *queryError
	forbidden    []int64 // accounts
}

// question is one NRQL query of a request: a field nrql.
type question struct {
	path          []string // of the field
	lastOfSeveral bool     // of the request
	accounts      []int64  // that it asks, in order
	text          string
	timeout       time.Duration
	asynchronous  bool // whether it may go on when its time is over

	// What faults make of it.
	err            *queryError
	null           bool
	goesOn         time.Duration // behind its answer
	arrayTotals    bool
	zeroShares     bool
	messages       []string
	omitted        int64
	inspectedLimit int64 // 0 is New Relic's
	view           view
}

// alias returns the name of the field in the answer.
func (q *question) alias() string { return q.path[len(q.path)-1] }

// prepare reads a document and collects its questions, without answering
// them. It returns the errors of the document.
func (x *exchange) prepare(asked request) []graphqlError {
	document, problems := readDocument(asked.Query, asked.OperationName, x.simulator.schema)
	if len(problems) > 0 {
		return problems
	}
	variables, problems := coerceVariables(document, asked.Variables)
	if len(problems) > 0 {
		return problems
	}
	x.document, x.variables = document, variables
	_, e := x.execute(true)
	if n := len(x.questions); n > 1 {
		x.questions[n-1].lastOfSeveral = true
	}
	return e.conflicts
}

// execute computes the data of the document; a survey only collects the
// questions in it.
func (x *exchange) execute(survey bool) (object, *execution) {
	e := &execution{
		resolver:  &resolver{exchange: x, survey: survey},
		document:  x.document,
		variables: x.variables,
	}
	return e.object(x.document.root, nil, []ast.SelectionSet{x.document.operation.SelectionSet}, nil), e
}

// answer answers the questions. An error of a field leaves that field null and
// the others filled.
func (x *exchange) answer() reply {
	data, e := x.execute(false)
	var response object
	response.set("data", data)
	if len(e.errors) > 0 {
		response.set("errors", errorList(e.errors))
	}
	answer := jsonReply(http.StatusOK, encode(response))
	if x.truncated {
		answer.body = answer.body[:len(answer.body)/2]
	}
	answer.reset = x.reset
	answer.later = x.givenUp()
	return answer
}

// givenUp is how much sooner than the latency the answer comes because every
// query in it gave up before, as a length of time that is not positive. To poll
// for a query takes no time.
func (x *exchange) givenUp() time.Duration {
	latency := x.simulator.options.Latency
	if len(x.questions)+x.polls == 0 {
		return 0
	}
	var longest time.Duration
	for _, q := range x.questions {
		longest = max(longest, min(q.timeout, latency))
	}
	return longest - latency
}

// question returns the question that stands at a path.
func (x *exchange) question(path []string) *question {
	i := slices.IndexFunc(x.questions, func(q *question) bool { return slices.Equal(q.path, path) })
	return x.questions[i]
}
