package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"reflect"
	"strings"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/file"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// specFiles are the files that a daemon has its specs from, and the accounts that
// they name. It is for one goroutine.
type specFiles struct {
	env     environment
	trust   *trust
	paths   []string
	shard   shard
	limits  *nerdgraph.Limits // of the process: sources come and go
	secrets []slo.SecretRef   // of the set that was read last
	open    accounts          // of the set that is in force
}

// accounts are New Relic sources that are open, by name.
type accounts map[string]openAccount

type openAccount struct {
	declared slo.NewRelic
	key      digest
	source   sources.Source
}

// digest tells whether something is another than before.
type digest [sha256.Size]byte

func newSpecFiles(env environment, t *trust, paths []string, part shard) *specFiles {
	return &specFiles{env: env, trust: t, paths: orCurrentFolder(paths), shard: part, limits: part.limits(), open: accounts{}}
}

// check refuses paths that cannot be read more than once.
func (f *specFiles) check() error {
	for _, path := range f.paths {
		if path == "-" {
			return usage("serve reads its specs again and again, and stdin can be read once: name files or folders")
		}
	}
	return nil
}

// candidate is a set that was read and is not in force yet.
type candidate struct {
	print    digest // of everything it was made of
	result   *load.Result
	specs    engine.Specs
	accounts accounts
}

// find reads all files. Those of the operator come first, so that they are his
// wherever else a path leads to them.
func (f *specFiles) find() ([]spec.Found, error) {
	paths := f.paths
	if f.trust.config != "" {
		if err := f.trust.checkConfig(); err != nil {
			return nil, err
		}
		paths = append([]string{f.trust.config}, paths...)
	}
	found, _ := spec.ReadPaths(paths, strings.NewReader("")) // the problems are in what was found
	found[0].Operators = f.trust.config != ""
	return found, nil
}

// look returns the digest of what there is to be read now.
func (f *specFiles) look() digest {
	found, err := f.find()
	if err != nil {
		return sha256.Sum256([]byte(err.Error()))
	}
	return f.digest(found)
}

// digest is that of files with what cannot be read of them, and of secrets.
func (f *specFiles) digest(found []spec.Found) digest {
	h := sha256.New()
	for _, path := range found {
		for _, problem := range path.Problems {
			hashText(h, problem.Error())
		}
		for _, file := range path.Files {
			hashText(h, file.Name)
			hashText(h, string(file.Data))
		}
	}
	resolver := f.trust.resolver(f.env)
	for _, ref := range f.secrets {
		sum := keyDigest(resolver.Resolve(ref))
		h.Write(sum[:])
	}
	return digest(h.Sum(nil))
}

// hashText adds a text with its length, so that no two lists of texts are the same.
func hashText(h hash.Hash, text string) { fmt.Fprintf(h, "%d:%s", len(text), text) } //nolint:errcheck // a hash never fails

// keyDigest stands for a key, or for why there is none.
func keyDigest(key secret.Value, err error) digest {
	if err != nil {
		return sha256.Sum256([]byte("error: " + err.Error()))
	}
	return sha256.Sum256([]byte("key: " + key.Reveal()))
}

// errFindings says that specs have errors, which are in the candidate.
var errFindings = errors.New("the specs have errors")

// load reads the specs and opens what they are measured with. With an error there
// is nothing to be put in force; what was found is in the candidate all the same.
func (f *specFiles) load() (candidate, error) {
	found, err := f.find()
	if err != nil {
		return candidate{print: sha256.Sum256([]byte(err.Error()))}, err
	}
	checks := []load.Check{newrelic.Check, f.trust.check}
	if f.trust.config != "" {
		checks = append(checks, operatorsOnly(f.trust.config, found[0].Files))
	}
	result, err := load.Found(found, newrelic.Key, checks...)
	if err != nil {
		return candidate{print: f.digest(found)}, &exitError{exitUsage, err}
	}
	if result.Findings.Failed() {
		return candidate{print: f.digest(found), result: result}, errFindings
	}
	if err := holdsSomething(result.Set); err != nil {
		return candidate{print: f.digest(found), result: result}, err
	}
	f.secrets = nil
	part := f.shard.part(result.Set)
	for _, s := range usedSources(part) {
		if s.File == nil {
			f.secrets = append(f.secrets, s.NewRelic.APIKey)
		}
	}
	c := candidate{print: f.digest(found), result: result, accounts: accounts{}}
	c.specs = engine.Specs{Set: part, Sources: f.sources(part, measuredIDs(result.Set), c.accounts)}
	return c, nil
}

// sources opens what a set is measured with, of which ids is all that is measured in
// all shards. An account that has not changed, nor its key, is the same as before, with
// all that is known of it.
func (f *specFiles) sources(set *slo.Set, ids []string, opened accounts) openSources {
	resolver := f.trust.resolver(f.env)
	measuring := openSources{}
	for _, s := range usedSources(set) {
		if s.File != nil {
			measuring[s.Name] = file.New(s, ids)
			continue
		}
		key, err := resolver.Resolve(s.NewRelic.APIKey)
		now := openAccount{declared: s.NewRelic, key: keyDigest(key, err)}
		before, known := f.open[s.Name]
		switch {
		case known && before.key == now.key && reflect.DeepEqual(before.declared, now.declared):
			now.source = before.source
		case err != nil:
			now.source = unavailable(s, err)
		default:
			now.source = account(s.NewRelic, key, f.limits, f.env)
		}
		opened[s.Name], measuring[s.Name] = now, now.source
	}
	return measuring
}

// use notes that a candidate is in force, and closes what is not used any more.
func (f *specFiles) use(c candidate) {
	f.open.closeBut(c.accounts)
	f.open = c.accounts
}

// drop closes what was opened for a candidate that is not put in force.
func (f *specFiles) drop(c candidate) { c.accounts.closeBut(f.open) }

// close closes everything.
func (f *specFiles) close() { f.open.closeBut(nil) }

// closeBut closes the sources that are not among others.
func (a accounts) closeBut(others accounts) {
	for name, account := range a {
		if closer, ok := account.source.(interface{ Close() }); ok && others[name].source != account.source {
			closer.Close()
		}
	}
}
