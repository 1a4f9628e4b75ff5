// Package spec reads the YAML language of slojourn.
//
// [Decode] turns one file into declarations in which every field knows its
// place, together with everything that is wrong with it:
//
//	declarations, findings := spec.Decode(spec.File{Name: "checkout.yaml", Data: data, Named: true})
//
// [ReadPaths], [ReadFS] and [Read] read the files first: from a command line,
// from a file system, from anywhere. [Format] lays a file out in the canonical
// way.
//
// The language is defined in one table: kinds, keys in the order they are
// written in, what may stand behind them. The decoder opens mappings by their
// definitions and can read nothing else; [Schema] makes a JSON Schema of them,
// and the reference in the documentation is made of them as well.
//
// Documents are split at "---" before they are decoded, so that a syntax
// error in one hides no other. The YAML nodes are walked by hand, for exact
// positions, for findings that say what to write instead, and for the words
// of a domain instead of the words of a decoder. References between documents
// are followed later, by [slo.Resolve].
package spec
