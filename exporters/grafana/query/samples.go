package query

import "time"

// Labels are those of a series, without the name of its metric.
type Labels map[string]string

// Sample is a value of a series at an instant.
type Sample struct {
	Labels Labels
	Value  float64
}

// Point is a value at a time.
type Point struct {
	At    time.Time
	Value float64
}

// Series is values over time, in order. Where there is no point, there is no value.
type Series struct {
	Labels Labels
	Points []Point
}

// Data is what expressions are evaluated on. Results are ordered by their labels, but
// those of Top and Bottom at an instant by value.
type Data interface {
	// At evaluates an expression at an instant.
	At(e Expr, at time.Time, with Binding) ([]Sample, error)
	// Between evaluates it at from, and each step after that until to.
	Between(e Expr, from, to time.Time, step time.Duration, with Binding) ([]Series, error)
}
