package simulator

import (
	"fmt"
	"strings"
)

// call is a mutation or a query of the control plane on the way.
type call struct {
	*resolver
	args map[string]any
}

// act makes, changes or deletes something. It is called with the lock held and
// returns what answers show.
type act func(c call) (map[string]any, *denial)

// denial is why a mutation did nothing.
type denial struct {
	cause    cause
	message  string
	problems []problem // of the input
}

// cause is what kind of failure it is. Each group of mutations has words of its
// own for them.
type cause int

const (
	wrongInput cause = iota + 1
	wrongGUID
	notFound
	forbidden
	limitReached
	duplicate
	inUse
	channelMissing
	notSimulated
)

func denied(problems ...problem) *denial {
	var reasons []string
	for _, p := range problems {
		reasons = append(reasons, p.name+" "+p.reason)
	}
	return &denial{wrongInput, strings.Join(reasons, "; "), problems}
}

// missing is a failure of something that is not there. The official client
// looks for the words.
func missing() *denial { return &denial{cause: notFound, message: "Not Found"} }

// may says why an account may not be used.
func (c call) may(account int64) *denial {
	value, err := c.account(nil, map[string]any{"id": account})
	if err != nil {
		return &denial{cause: forbidden, message: err.message}
	}
	if _, isNothing := value.(nothingThere); isNothing {
		return &denial{cause: forbidden, message: notAuthorized(account).message}
	}
	return nil
}

func (c call) text(name string) string { return textOf(c.args, name) }

func (c call) accountID() int64 {
	account, _ := c.args["accountId"].(int64)
	return account
}

func (c call) control() *control { return c.simulator.control }

// create makes an object of a kind in the account of the argument accountId.
func (k *resourceKind) create(input string) act {
	return func(c call) (map[string]any, *denial) {
		return k.add(c, c.accountID(), objectOf(c.args, input))
	}
}

func (k *resourceKind) add(c call, account int64, given map[string]any) (map[string]any, *denial) {
	if f := c.may(account); f != nil {
		return nil, f
	}
	given = merged(nil, given)
	for _, name := range k.beside {
		given[name] = c.args[name]
	}
	next := &resource{kind: k, account: account, state: given, created: c.now}
	if k.most > 0 && len(c.control().list(k.bucket, account, nil)) >= k.most {
		return nil, &denial{cause: limitReached, message: fmt.Sprintf("The account has %d of %s already, which is the limit", k.most, k.name)}
	}
	if f := k.settle(c, next); f != nil {
		return nil, f
	}
	next.id = c.control().nextID()
	c.control().resources = append(c.control().resources, next)
	return c.view(next), nil
}

// settle gives an object its defaults and checks it.
func (k *resourceKind) settle(c call, next *resource) *denial {
	state, problems := c.simulator.schema.settled(k.input, next.state)
	next.state = state
	if k.check != nil && len(problems) == 0 {
		problems = k.check(c, next)
	}
	if len(problems) > 0 {
		return denied(problems...)
	}
	return nil
}

// finder finds the object that a mutation is about.
type finder func(c call, k *resourceKind) (*resource, *denial)

// byID finds an object by an argument, in the account of accountId.
func byID(argument string) finder {
	return func(c call, k *resourceKind) (*resource, *denial) {
		if f := c.may(c.accountID()); f != nil {
			return nil, f
		}
		found := c.control().find(k.bucket, c.accountID(), c.text(argument))
		if found == nil {
			return nil, missing()
		}
		return found, nil
	}
}

// byGUID finds an object by an argument that says the account as well.
func byGUID(argument string) finder {
	return func(c call, k *resourceKind) (*resource, *denial) {
		name, isGUID := readGUID(c.text(argument))
		if !isGUID {
			return nil, denied(problem{argument, "is not the GUID of an entity"})
		}
		if f := c.may(name.account); f != nil {
			return nil, f
		}
		found := c.control().findGUID(name.guid())
		if found == nil || found.kind.bucket != k.bucket {
			return nil, missing()
		}
		return found, nil
	}
}

// update changes an object of a kind.
func (k *resourceKind) update(find finder, input string) act {
	return func(c call) (map[string]any, *denial) {
		old, f := find(c, k)
		if f != nil {
			return nil, f
		}
		if old.kind != k {
			return nil, denied(problem{"id", "belongs to " + old.kind.name + ", not to " + k.name})
		}
		return k.change(c, old, objectOf(c.args, input))
	}
}

func (k *resourceKind) change(c call, old *resource, changes map[string]any) (map[string]any, *denial) {
	next := *old
	if k.adapt != nil {
		changes = k.adapt(changes)
	}
	next.state, next.updated = merged(old.state, changes), c.now
	if f := k.settle(c, &next); f != nil {
		return nil, f
	}
	*old = next
	return c.view(old), nil
}

// remove deletes an object of a kind and shows it as it was.
func (k *resourceKind) remove(find finder) act {
	return func(c call) (map[string]any, *denial) {
		old, f := find(c, k)
		if f != nil {
			return nil, f
		}
		last := c.view(old)
		c.control().remove(func(r *resource) bool { return r == old })
		if old.kind.gone != nil {
			old.kind.gone(c, old)
		}
		return last, nil
	}
}

// alone answers with what an act returns. Failures are errors of GraphQL, as
// those of alerts are.
func alone(do act) resolve {
	return locked(func(c call, _ any) (any, *queryError) {
		result, f := do(c)
		if f != nil {
			return nil, f.query()
		}
		return result, nil
	})
}

// query turns a failure into an error of GraphQL.
func (f *denial) query() *queryError {
	switch f.cause {
	case notSimulated:
		return refusal(f.message)
	case forbidden:
		return &queryError{message: f.message, code: "FORBIDDEN"}
	case wrongInput:
		return &queryError{message: "Validation Error: " + f.message, code: codeBadInput, problems: f.problems}
	}
	return badInput(f.message)
}

// codeBadInput is the code of New Relic's alerts for everything that is wrong
// with what was sent.
const codeBadInput = "BAD_USER_INPUT"

func badInput(message string) *queryError { return &queryError{message: message, code: codeBadInput} }

// describe adds to the extensions of an error what a mutation has to say.
func (e *queryError) describe(extensions *object) {
	if e.code != codeBadInput {
		return
	}
	extensions.set("code", e.code)
	if len(e.problems) == 0 {
		return
	}
	var list []any
	for _, p := range e.problems {
		var o object
		o.set("name", p.name)
		o.set("reason", p.reason)
		list = append(list, o)
	}
	extensions.set("validationErrors", list)
}

// inBand answers with HTTP's and GraphQL's success, whatever happens: the
// object under a name, or null and a list of errors.
func inBand(name string, do act, words map[cause]string) resolve {
	return inBandFlat(func(c call) (map[string]any, *denial) {
		result, f := do(c)
		if f != nil {
			return nil, f
		}
		return map[string]any{name: result}, nil
	}, words)
}

// inBandFlat is the same for answers that are more, or less, than one object.
// What is answered beside a failure is answered beside its error.
func inBandFlat(do act, words map[cause]string) resolve {
	return locked(func(c call, _ any) (any, *queryError) {
		result, f := do(c)
		if f != nil && f.cause == notSimulated {
			return nil, f.query()
		}
		answer := merged(map[string]any{"errors": []any{}}, result)
		if f != nil {
			answer["errors"] = []any{f.inBand(words)}
		}
		return answer, nil
	})
}

// inBand is a failure in the payload of a mutation. Groups of mutations have
// different names for the text.
func (f *denial) inBand(words map[cause]string) map[string]any {
	word, known := words[f.cause]
	if !known {
		word = words[wrongInput]
	}
	return map[string]any{"type": word, "description": f.message, "message": f.message, "details": f.message}
}

// locked resolves a field with the control plane locked.
func locked(read func(c call, parent any) (any, *queryError)) resolve {
	return func(r *resolver, parent any, args map[string]any) (any, *queryError) {
		c := call{r, args}
		c.control().mu.Lock()
		defer c.control().mu.Unlock()
		return read(c, parent)
	}
}

// one reads an object of a bucket by its id, in the account above it.
func one(bucket string) resolve {
	return locked(func(c call, parent any) (any, *queryError) {
		account, _ := parent.(int64)
		found := c.control().find(bucket, account, c.text("id"))
		if found == nil {
			return nil, missing().query()
		}
		return c.view(found), nil
	})
}

// search reads the objects of a bucket that match, page by page, in the
// account above it. matches gets the argument with the criteria.
func search(bucket, list, criteria string, matches func(given map[string]any, r *resource) bool) resolve {
	return locked(func(c call, parent any) (any, *queryError) {
		account, _ := parent.(int64)
		given := objectOf(c.args, criteria)
		found := c.control().list(bucket, account, func(r *resource) bool { return matches(given, r) })
		page, err := c.page(found, list, c.text("cursor"))
		if err != nil {
			return nil, err
		}
		return page, nil
	})
}

// like reports whether a text holds another one, without regard to case. An
// empty one is no condition.
func like(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// same reports whether a text is another one. An empty one is no condition.
func same(text, wanted string) bool { return wanted == "" || text == wanted }
