// Package archtest holds the architecture as a test: one table that says which of our
// packages may import what, and a check that the tree keeps to it. It has no code of its
// own beside the tests.
//
// When the test fails, either the new import is a mistake, or the table is: then change
// the table in the same commit and say in its message why. A package that no row covers
// fails as well; add a row that says where it belongs.
package archtest
