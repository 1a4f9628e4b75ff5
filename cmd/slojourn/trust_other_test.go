//go:build !linux

package main

// commands are the programs that tests can run.
func commands() map[string]func() {
	return map[string]func(){"slojourn": stopped, "slojourn-commits": commitsForEver}
}
