package diag

import "strings"

// Nearest returns the candidate that word was probably meant to be, for "did
// you mean" hints, and whether there is one. It allows one edit in short words
// and one in three characters in longer ones, but not all characters of a
// word; case does not count. Of equally near candidates the first wins.
func Nearest(word string, candidates []string) (string, bool) {
	runes := []rune(strings.ToLower(word))
	best, bestDistance := "", min(len(runes), 1+max(1, len(runes)/3))
	for _, candidate := range candidates {
		if d := editDistance(runes, []rune(strings.ToLower(candidate))); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best, best != ""
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours (optimal string alignment).
func editDistance(a, b []rune) int {
	width := len(b) + 1
	previous2, previous, current := make([]int, width), make([]int, width), make([]int, width)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], previous2[j-2]+1)
			}
		}
		previous2, previous, current = previous, current, previous2
	}
	return previous[len(b)]
}
