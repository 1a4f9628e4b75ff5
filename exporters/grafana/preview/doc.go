// Package preview draws the dashboards of package grafana as static pages of HTML, with
// what their expressions say of data in memory, so that they can be looked at without
// Grafana:
//
//	book, err := preview.New(files, preview.Options{Locale: slo.English, At: at})
//	for i := range files {
//		page, err := book.Page(i, preview.Data{Data: samples, Every: 5 * time.Minute})
//		…
//	}
//
// A page has no script, and nothing of it comes from elsewhere. Panels lie where Grafana
// has them, and units, thresholds, mappings, overrides and transformations give the same
// texts and colours. Grafana may lay out what is within a panel in another way. The package
// draws what dashboards of package grafana have, and says of anything else that it does not
// know it.
package preview
