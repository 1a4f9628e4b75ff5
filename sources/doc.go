// Package sources says what a source of measurements is: something that knows
// which minutes of an SLI it can measure, and counts valid and bad events
// between given minutes. Implementations live in packages below.
package sources
