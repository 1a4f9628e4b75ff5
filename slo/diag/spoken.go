package diag

import (
	"errors"
	"strings"
)

// Spoken is an error that can be said in other languages: [Phrase.Err] makes one.
type Spoken interface {
	error
	Phrase() Phrase // what Error says in English
}

// Err returns an error that says the phrase. It wraps the first error among what stands
// for the verbs.
func (p Phrase) Err() error { return &phraseError{p} }

type phraseError struct{ phrase Phrase }

func (e *phraseError) Error() string  { return e.phrase.String() }
func (e *phraseError) Phrase() Phrase { return e.phrase }

func (e *phraseError) Unwrap() error {
	for _, arg := range e.phrase.args {
		if err, is := arg.(error); is {
			return err
		}
	}
	return nil
}

// Of returns what an error says. Of one that wraps a [Spoken], only the part that is the
// spoken one's has other languages.
func Of(err error) Phrase {
	spoken, is := errors.AsType[Spoken](err)
	if !is {
		return Phrase{english: err.Error()}
	}
	phrase, text := spoken.Phrase(), err.Error()
	said := phrase.String()
	switch start := strings.LastIndex(text, said); { // what is wrapped is last as a rule
	case start < 0:
		return Phrase{english: text}
	case text == said:
		return phrase
	default:
		return Phrase{format: "%s%s%s", args: []any{text[:start], phrase, text[start+len(said):]}, english: text}
	}
}
