// Package codeowners writes who reviews changes of specs, as GitHub reads it from a file
// CODEOWNERS. Its lines stand in a block of their own, between two marks, so that the file
// can hold lines of others as well:
//
//	entries, err := codeowners.Entries(set, place)
//	…
//	block, err := codeowners.Block(entries)
//	…
//	file, err = codeowners.Merge(file, block)
//
// It reads and writes no file. GitLab reads such lines too, Azure DevOps and Bitbucket do
// not.
package codeowners
