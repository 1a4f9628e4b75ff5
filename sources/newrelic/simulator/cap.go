package simulator

// isCapped reports whether agents keep only so many events of a type a minute,
// whatever the rest of them holds.
func isCapped(eventType string) bool { return eventType == "TransactionError" || eventType == "Span" }

// firstOfMinutes keeps the first events of each minute and host. Which ones an
// agent keeps is not known; how many are is. The answer does not depend on where
// the range of a query begins.
func firstOfMinutes(t *table, most int) func(row int) int {
	const minute = 60_000
	hosts := t.byName["host"]
	var first int // row of the minute
	var kept []bool
	begin := int64(always)
	return func(row int) int {
		if at := floor(t.times[row], minute); at != begin {
			begin = at
			var last int
			first, last = t.rows(begin, begin+minute)
			kept = make([]bool, last-first)
			seen := map[cell]int{}
			for i := range kept {
				host := hosts.at(first + i)
				seen[host]++
				kept[i] = seen[host] <= most
			}
		}
		if kept[row-first] {
			return 1
		}
		return 0
	}
}
