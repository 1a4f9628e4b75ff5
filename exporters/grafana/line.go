package grafana

// placed draws the series of a query, by its RefID, as the line of a place, from 0: that of
// a step, or of a window. A step has the same one everywhere on a dashboard.
func (p *Panel) placed(refID string, place int) *Panel {
	colour, dashed := lineColour(place)
	return p.coloured(refID, colour, dashed)
}

// called draws the series of a name as the line of a place, and shows it under a title.
func (p *Panel) called(name, title string, place int) *Panel {
	colour, dashed := lineColour(place)
	return p.override("byName", name, append([]Property{{"displayName", title}}, drawn(colour, dashed)...)...)
}

// own draws the series of a query as what a journey has itself, by the place of the
// objective: thick, and in the colour of text, which is no step's.
func (p *Panel) own(refID string, place int) *Panel {
	const thick = 3
	p.coloured(refID, "text", false)
	properties := []Property{{"custom.lineWidth", thick}}
	if dashes := [...][]float64{nil, {14, 6}, {3, 6}}[place]; dashes != nil {
		properties = append(properties, Property{"custom.lineStyle", LineStyle{Fill: "dash", Dash: dashes}})
	}
	return p.override("byFrameRefID", refID, properties...)
}
