package slo

import "github.com/slojourn/slojourn/slo/diag"

// Acceptance says that warnings and infos of a code are known and may stay.
type Acceptance struct {
	Code   diag.Code
	Reason string    // on one line
	Span   diag.Span // of the code
}

// AcceptDeclaration declares an acceptance. One that says too little, which is reported, is
// left out of the declarations.
type AcceptDeclaration struct {
	Code   diag.Located[diag.Code]
	Reason string
	// Within is where the findings begin that it is about: the mapping that holds the key
	// accept, up to whatever follows it.
	Within diag.Span
	// Document is the whole document.
	Document diag.Span
}

// Accepts visits every acceptance that is declared. Those of a step come before those of
// its journey.
func (d Declarations) Accepts(visit func(AcceptDeclaration)) {
	each := func(list []AcceptDeclaration) {
		for _, a := range list {
			visit(a)
		}
	}
	for _, s := range d.SLOs {
		each(s.Accepts)
	}
	for _, j := range d.Journeys {
		for _, step := range j.Steps {
			each(step.Accepts)
		}
		each(j.Accepts)
	}
	for _, p := range d.Policies {
		each(p.Accepts)
	}
}

// accepted returns what is declared as it is in a set.
func accepted(declared []AcceptDeclaration) []Acceptance {
	var list []Acceptance
	for _, a := range declared {
		list = append(list, Acceptance{a.Code.Value, a.Reason, a.Code.Span})
	}
	return list
}
