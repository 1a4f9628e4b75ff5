package simulator

import (
	"fmt"
	"slices"
)

// maxAccounts is how many accounts one query may ask.
const maxAccounts = 30

// newCrossAccountFields returns the fields of Actor that ask several accounts
// at once. Rows do not tell the accounts apart, unless FACET accountId() does.
func newCrossAccountFields(result *objectType) map[string]*field {
	accounts := argument{"accounts", "[Int!]", true}
	return map[string]*field{
		"nrql": {
			object: result, resolve: (*resolver).nrqlOfAccounts,
			arguments: append([]argument{accounts}, nrqlArguments()...),
		},
		"nrqlQueryProgress": {
			object: result, resolve: (*resolver).progressOfAccounts,
			arguments: []argument{accounts, {"queryId", "ID", true}},
		},
	}
}

// nrqlArguments are those of every field nrql.
func nrqlArguments() []argument {
	return []argument{{"query", "Nrql", true}, {"timeout", "Seconds", false}, {"async", "Boolean", false}}
}

func (r *resolver) nrqlOfAccounts(_ any, args map[string]any) (any, *queryError) {
	accounts, err := r.accountsIn(args)
	if err != nil {
		return nil, err
	}
	return r.ask(accounts, args)
}

func (r *resolver) progressOfAccounts(_ any, args map[string]any) (any, *queryError) {
	accounts, err := r.accountsIn(args)
	if err != nil {
		return nil, err
	}
	return r.poll(accounts, args)
}

// accountsIn reads the argument accounts, in order and each once. The words of
// the errors about its length are inferred.
func (r *resolver) accountsIn(args map[string]any) ([]int64, *queryError) {
	var accounts []int64
	for _, id := range args["accounts"].([]any) {
		accounts = append(accounts, id.(int64))
	}
	slices.Sort(accounts)
	accounts = slices.Compact(accounts)
	switch {
	case len(accounts) == 0:
		return nil, &queryError{message: "At least one account must be specified", code: "INVALID_INPUT"}
	case len(accounts) > maxAccounts:
		return nil, &queryError{message: fmt.Sprintf("A query can ask at most %d accounts, and this one asks %d", maxAccounts, len(accounts)), code: "INVALID_INPUT"}
	}
	for _, id := range accounts {
		if !r.simulator.may(r.key, id) || !r.survey && slices.Contains(r.forbidden, id) {
			return nil, notAuthorized(id)
		}
	}
	return accounts, nil
}
