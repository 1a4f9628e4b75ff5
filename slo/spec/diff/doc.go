// Package diff says what a change of specs means: which targets were lowered, who is
// no longer told of what, what is measured in another way.
//
//	for _, c := range diff.Of(before, after, nil) {
//		fmt.Println(c.Weight, c.Kind, c.Subject.Name, c.Before, "→", c.After)
//	}
//
// It compares sets that were resolved, so that what Defaults and alert policies do is seen
// at what they reach, and layout, comments, the order of documents and the names of files
// make no difference. It does not look at what was measured: burnrate/backtest says what a
// change would have made of a history.
package diff
