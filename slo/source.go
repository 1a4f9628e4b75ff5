package slo

import (
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Source is where SLIs are measured: one New Relic account, or a file.
type Source struct {
	Name     string
	Title    string
	Owner    string
	NewRelic NewRelic // zero when File is set
	File     *File
	Origin   diag.Span
}

// File holds the counts of SLOs, by their ids. Nothing but what lies below its
// folder may be read.
type File struct {
	Path   string // relative to Folder, with slashes
	Folder string // of the spec that names it; absolute, with slashes
}

// NewRelic says how to reach an account and what to expect of it.
type NewRelic struct {
	AccountID int64
	Region    Region
	APIKey    SecretRef
	Endpoint  string        // another NerdGraph than the region's; "" for the region's
	QueryLag  time.Duration // until events can be queried
	Lateness  time.Duration // until events no longer arrive late
	Retention Retention
}

// Region is a New Relic data centre. The zero Region is invalid.
type Region string

// The regions of New Relic.
const (
	US  Region = "US"
	EU  Region = "EU"
	JP  Region = "JP"
	Gov Region = "Gov"
)

// Regions returns every region.
func Regions() []Region { return []Region{US, EU, JP, Gov} }

// Retention is how long events are kept, by event type. Answers about older
// time are not believed: events that are gone look like events that never
// were.
type Retention struct {
	Default time.Duration
	ByType  map[string]time.Duration
}

// Of returns how long all of the given event types are kept.
func (r Retention) Of(eventTypes []string) time.Duration {
	kept := time.Duration(-1)
	for _, t := range eventTypes {
		d, own := r.ByType[t]
		if !own {
			d = r.Default
		}
		if kept < 0 || d < kept {
			kept = d
		}
	}
	if kept < 0 {
		return r.Default
	}
	return kept
}

// SecretRef names a place a secret is read from; it never holds the secret.
// Exactly one field is set.
type SecretRef struct {
	Env  string // name of an environment variable
	File string // path below the folder of secrets
}

// Phrase names the place, and can be said in other languages.
func (r SecretRef) Phrase() diag.Phrase {
	if r.File != "" {
		return diag.Say("file %s", r.File)
	}
	return diag.Say("environment variable %s", r.Env)
}

// String names the place in English.
func (r SecretRef) String() string { return r.Phrase().String() }

// Defaults of a New Relic source.
const (
	DefaultQueryLag  = 3 * time.Minute
	DefaultLateness  = 6 * time.Hour
	DefaultRetention = 8 * 24 * time.Hour
	// MetricRetention is how long raw points of the event type Metric are kept.
	MetricRetention = 30 * 24 * time.Hour
)
