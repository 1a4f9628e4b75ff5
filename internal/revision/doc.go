// Package revision reads specs as they stood in a revision of git.
//
//	found, err := revision.Read(ctx, "main", []string{"specs"})
//	…
//	result, err := load.Found(found, newrelic.Key, newrelic.Check)
//
// It asks the program git, which has to be on PATH, of objects alone: the files that
// are checked out, hooks, filters and attributes have no part in it, and nothing is
// fetched from anywhere.
package revision
