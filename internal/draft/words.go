package draft

import "github.com/slojourn/slojourn/slo"

// words are the comments of a file, and what people are asked, in one language.
type words struct {
	head, name, title, owner, whenSpent, steps, ownTarget string
	// observe explains the stage; alerted says that Defaults name a policy.
	observe func(alerted bool) string
	// promise explains the objective; the window is "" when Defaults have it.
	promise func(window string) string
	// past says what the last days were like; "" when nothing is known.
	past func([]Week) string

	from, valid, good, bad, queries, where            string
	sampled, alike                                    string // alike is why that is accepted, in the spec itself
	team, contact                                     string
	source, account, region, key, endpoint, retention string

	layers   map[string]layerWords
	fields   map[string]fieldWords // by layer and key, or by key alone
	refusals map[Refusal]string
}

// layerWords are about one layer.
type layerWords struct {
	title   string // in a list
	comment string // above a step
	verdict string // above good or bad; "" where that needs no words
}

// fieldWords ask for one field. none is what leaving out an optional one means.
type fieldWords struct{ question, help, none string }

func wordsIn(locale slo.Locale) *words {
	if locale == slo.Japanese {
		return japanese()
	}
	return english()
}

// Title is what the layer is called in a list.
func (l Layer) Title(locale slo.Locale) string { return wordsIn(locale).layers[l.Name].title }

// Question asks for a field of a layer. none says what leaving out an optional one means;
// "" for the others.
func (l Layer) Question(locale slo.Locale, field Field) (question, help, none string) {
	w := wordsIn(locale)
	asked, own := w.fields[l.Name+"/"+field.Key]
	if !own {
		asked = w.fields[field.Key]
	}
	return asked.question, asked.help, asked.none
}

// Text says why an answer cannot be taken, and what to write.
func (r Refusal) Text(locale slo.Locale) string { return wordsIn(locale).refusals[r] }
