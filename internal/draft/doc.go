// Package draft writes a first journey as YAML, with comments for readers who have never
// seen one, from a few answers.
//
//	layer, _ := draft.LayerNamed("backend")
//	step := draft.Step{Name: "place-order", Layer: layer, Values: draft.Values{
//		"app": "order-api", "transaction": "WebTransaction/Action/placeOrder",
//	}}
//	text := draft.Journey{
//		Name: "order-online", Title: "Order in the app", Owner: "orders", Target: "99.5%", Window: "28d",
//		Steps: []draft.Step{step},
//	}.YAML(slo.English)
//
// A [Layer] is where New Relic can measure a step, from the app in a user's hand to a log
// line; its fields are what has to be known for that. A [Week] is what a step measured in
// the last days, and what target that would have met.
//
// The package asks nobody: neither the user nor New Relic. What it writes has no finding:
// those that are traits of New Relic's events are accepted in it, with the reason.
package draft
